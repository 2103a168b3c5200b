using Keras.Layers;

namespace Keras;

/// <summary>Arrays of a layer as Keras 1 and 2 stored them, made into those of today.</summary>
static class LegacyArrays
{
    /// <summary>The arrays in today's number, order and shapes; they are still read only when they are wanted.</summary>
    /// <param name="layer">The layer that they are for.</param>
    /// <param name="arrays">The arrays in the file's order.</param>
    /// <param name="version">The version of Keras that wrote them.</param>
    /// <param name="backend">What it ran on; empty where it did not say.</param>
    internal static StoredArray[] Upgrade(Layer layer, StoredArray[] arrays, string version, string backend)
    {
        var isFirst = version.StartsWith('1');
        switch (layer)
        {
            case TimeDistributed { Layer: var inner }: return Upgrade(inner, arrays, version, backend);
            case Bidirectional two when arrays.Length % 2 == 0:
                var half = arrays.Length / 2;
                return [.. Upgrade(two.Layer, arrays[..half], version, backend), .. Upgrade(two.BackwardLayer, arrays[half..], version, backend)];
            case LSTM when arrays.Length == 12: return Joined(arrays, [0, 2, 1, 3]);
            case GRU when arrays.Length == 9: return Joined(arrays, [0, 1, 2]);
            case ConvLSTM when arrays.Length == 12: return Joined(arrays, [0, 2, 1, 3]);
            case LSTM lstm when IsOfCudnn(arrays, 4 * lstm.Units): return OfCudnn(arrays, lstm.Units, b => Ops.Sum(Ops.Reshape(b, [2, 4 * lstm.Units]), 0));
            case GRU gru when IsOfCudnn(arrays, 3 * gru.Units): return OfCudnn(arrays, gru.Units, b => Ops.Reshape(b, [2, 3 * gru.Units]));
        }
        if (arrays.Length == 0 || layer is not SpatialConvolution convolution) return arrays;
        if (isFirst) return FirstKernels(convolution, arrays);
        // Theano turned kernels round.
        return backend == "theano" && convolution is (Conv1D or Conv2D or Conv3D or Conv2DTranspose) ? [Turned(arrays[0]), .. arrays[1..]] : arrays;
    }

    static StoredArray Turned(StoredArray kernel) => Made(kernel, k => Ops.Flip(k, Axes.Create([.. Enumerable.Range(0, k.Rank - 2)])));

    /// <summary>Joins kernels, recurrent kernels and biases that were kept gate by gate.</summary>
    static StoredArray[] Joined(StoredArray[] arrays, int[] gates) => [.. Enumerable.Range(0, 3).Select(part =>
    {
        StoredArray[] parts = [.. gates.Select(g => arrays[(3 * g) + part])];
        var shape = parts[0].Type.Shape;
        if (shape.Rank == 0 || Array.Exists(parts, p => p.Type.Shape != shape)) throw Errors.Argument("LSTM", "the gates have different shapes", shape, string.Join(", ", parts.Select(p => p.Type.Shape)));
        var joined = shape.With(shape.Rank - 1, parts.Length * shape[-1]);
        return new StoredArray(new TensorType(parts[0].Type.DType, joined), () => Ops.Concatenate([.. parts.Select(p => p.ToTensor())], -1).EvaluateToKeep());
    })];

    /// <summary>Whether a layer that ran on cuDNN alone wrote them: its input and its state had a bias each.</summary>
    static bool IsOfCudnn(StoredArray[] arrays, int columns) => arrays is [{ Type.Shape.Rank: 2 } kernel, { Type.Shape.Rank: 2 }, { Type.Shape.Rank: 1 } bias]
        && bias.Type.Shape[0] == 2 * columns && kernel.Type.Shape[1] == columns;

    /// <summary>Its kernels lay gate by gate with rows and columns exchanged.</summary>
    static StoredArray[] OfCudnn(StoredArray[] arrays, int units, Func<Tensor, Tensor> bias)
    {
        var gates = arrays[0].Type.Shape[1] / units;
        Tensor Kernel(Tensor k) => Ops.Concatenate([.. Ops.Split(k, gates, 1).Select(g => Ops.Transpose(Ops.Reshape(g, [units, k.Shape[0]])))], 1);
        Tensor Recurrent(Tensor k) => Ops.Concatenate([.. Ops.Split(k, gates, 1).Select(g => Ops.Transpose(g))], 1);
        return [Made(arrays[0], Kernel), Made(arrays[1], Recurrent), Made(arrays[2], bias)];
    }

    /// <summary>Kernels of Keras 1: with channels first the filters stood first, and a window along one axis had a second one of size 1.</summary>
    static StoredArray[] FirstKernels(SpatialConvolution layer, StoredArray[] arrays)
    {
        var (first, shape) = (layer.DataFormat.IsFirst, arrays[0].Type.Shape);
        return layer switch
        {
            Conv1D when shape.Rank == 4 => [FirstKernel(arrays[0], shape[0] == layer.KernelSize[0] && shape[1] == 1 ? [0, 1, 2, 3] : [2, 3, 1, 0], squeeze: true), .. arrays[1..]],
            Conv2DTranspose => [FirstKernel(arrays[0], first ? [2, 3, 0, 1] : [0, 1, 3, 2]), .. arrays[1..]],
            Conv2D when first => [FirstKernel(arrays[0], [2, 3, 1, 0]), .. arrays[1..]],
            Conv3D when first => [FirstKernel(arrays[0], [2, 3, 4, 1, 0]), .. arrays[1..]],
            SeparableConv2D when first && arrays.Length > 1 => [FirstKernel(arrays[0], [2, 3, 1, 0]), FirstKernel(arrays[1], [2, 3, 1, 0]), .. arrays[2..]],
            _ => arrays,
        };
    }

    static StoredArray FirstKernel(StoredArray kernel, int[] order, bool squeeze = false) => kernel.Type.Shape.Rank != order.Length ? kernel
        : Made(kernel, k => squeeze ? Ops.Squeeze(Ops.Transpose(k, Axes.Create(order)), 1) : Ops.Transpose(k, Axes.Create(order)));

    static StoredArray Made(StoredArray array, Func<Tensor, Tensor> make)
    {
        // The shape is asked of the function without reading the data.
        var type = make(new Placeholder(array.Type, "array").On()).Type;
        return new StoredArray(type, () => make(array.ToTensor()).EvaluateToKeep());
    }
}
