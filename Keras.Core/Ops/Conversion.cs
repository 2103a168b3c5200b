using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Keras;

/// <summary>The same bytes as elements of another dtype; the last dimension grows or shrinks with the elements' size.</summary>
sealed record View(DType DType) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var (shape, from, to) = (inputs[0].Shape, inputs[0].DType.Size(), DType.Size());
        if (from == to) return inputs[0].As(DType);
        if (shape.Rank == 0) throw Wrong("a scalar has no dimension to scale", $"a dtype of {from} bytes", DType.Name());
        if (shape[-1] == Shape.Unknown) return inputs[0].As(DType);
        var bytes = Shape.Dim((long)shape[-1] * from);
        return bytes % to == 0 ? new(DType, shape.With(-1, bytes / to))
            : throw Wrong("the last dimension does not hold whole elements", $"a multiple of {to} bytes", $"{bytes} bytes in {shape}");
    }

    // Of bits there is none, but complex numbers are pairs of real ones.
    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var from = result.Inputs[0].DType;
        return [from != DType && from.IsInexact() && from.ToReal() == DType.ToReal() ? Ops.View(gradient, from) : null];
    }
}

public static partial class Ops
{
    /// <summary>The same bytes as elements of another dtype.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="dtype">The dtype. Default x's. As bool, each byte that is not 0 is true.</param>
    /// <returns>x's shape, with a last dimension of as many elements as its bytes make. No gradient flows through it but between complex numbers and their parts.</returns>
    /// <exception cref="ArgumentException">The last dimension does not hold whole elements.</exception>
    public static Tensor View(Tensor x, DType? dtype = null)
    {
        x = ConvertToTensor(x);
        if (dtype is not { } wanted || wanted == x.DType) return x;
        return wanted == DType.Bool ? NotEqual(View(x, DType.UInt8), 0) : new View(wanted).On(x);
    }

    /// <summary>The values as a tensor of their own, in another dtype where one is named.</summary>
    public static Tensor Array(Tensor x, DType? dtype = null) => Copy(ConvertToTensor(x, dtype));

    /// <summary>The values in memory of their own.</summary>
    public static Tensor Copy(Tensor x) => new Copy().On(ConvertToTensor(x));

    /// <summary>The values as a .NET array of the tensor's rank and element type; of one element for a scalar.</summary>
    /// <exception cref="InvalidOperationException">The tensor depends on an <c>Input</c>, which has no value.</exception>
    [RequiresDynamicCode("Arrays of any rank are made at run time. Tensor.ToArray needs none.")]
    public static Array ConvertToNumpy(Tensor x)
    {
        x = ConvertToTensor(x);
        var data = x.Evaluate();
        var dims = x.Rank == 0 ? [1] : x.Shape.Dims.ToArray();
        var array = System.Array.CreateInstance(x.DType.ClrType(), dims);
        data.Span[..checked((int)x.Type.Bytes)].CopyTo(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), (int)x.Type.Bytes));
        return array;
    }

    /// <summary>Whether an object is a tensor.</summary>
    public static bool IsTensor(object? x) => x is Tensor;

    /// <summary>The number of dimensions.</summary>
    public static int Ndim(Tensor x) => x.Rank;

    /// <summary>The number of elements.</summary>
    /// <exception cref="InvalidOperationException">A dimension is not known.</exception>
    public static long Size(Tensor x) => x.Shape.Size;
}
