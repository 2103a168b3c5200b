using Keras.Bench;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Peers;

/// <summary>The measured work as libtorch does it. Each method prepares once and returns the action to measure.</summary>
static class TorchPeers
{
    public static void SetThreads(int threads) => set_num_threads(threads);

    public static Action Gemm(int size)
    {
        Tensor a = randn(size, size), b = randn(size, size), c = zeros(size, size);
        return () => c.addmm_(a, b, beta: 0, alpha: 1);
    }

    public static Action ConvForward(ConvShape shape)
    {
        var (x, w) = ConvOperands(shape);
        return () =>
        {
            using var guard = no_grad();
            using var y = Convolve(x, w, shape);
        };
    }

    public static Action ConvBackward(ConvShape shape)
    {
        var (x, w) = ConvOperands(shape);
        Tensor[] inputs = [x.requires_grad_(), w.requires_grad_()];
        Tensor[] outputs = [Convolve(x, w, shape)];
        Tensor[] upstream = [ChannelsLast(shape.Output)];
        return () =>
        {
            foreach (var gradient in autograd.grad(outputs, inputs, upstream, retain_graph: true))
                gradient.Dispose();
        };
    }

    /// <summary>What orders elements along the last axis, as Keras does it on this backend.</summary>
    public static IReadOnlyDictionary<string, Func<Tensor, int, IReadOnlyList<Tensor>>> Orders { get; } = new Dictionary<string, Func<Tensor, int, IReadOnlyList<Tensor>>>
    {
        ["sort"] = (x, _) => Pair(x.sort()),
        ["sort64"] = (x, _) => Pair(x.sort()),
        ["argsort"] = (x, _) => Pair(x.sort(stable: true)),
        ["topk"] = (x, k) => Pair(x.topk(k)),
        ["median"] = (x, _) => [x.quantile(tensor(0.5f), -1)],
    };

    public static Action Resize(ResizeCase shape)
    {
        // Of few channels each is faster on its own.
        var x = shape.Channels < 8 ? randn(shape.Batch, shape.Channels, shape.Height, shape.Width) : ChannelsLast([shape.Batch, shape.Height, shape.Width, shape.Channels]);
        var mode = shape.Method switch { "nearest" => InterpolationMode.Nearest, "bilinear" => InterpolationMode.Bilinear, _ => InterpolationMode.Bicubic };
        return () =>
        {
            using var y = functional.interpolate(x, [shape.NewHeight, shape.NewWidth], mode: mode, align_corners: shape.Method == "nearest" ? null : false, antialias: shape.Antialias);
        };
    }

    public static Action Order(string name, int rows, int columns, int k)
    {
        var x = randn(rows, columns, name.EndsWith("64", StringComparison.Ordinal) ? ScalarType.Float64 : ScalarType.Float32);
        return () =>
        {
            foreach (var result in Orders[name](x, k)) result.Dispose();
        };
    }

    static Tensor[] Pair((Tensor, Tensor) both) => [both.Item1, both.Item2];

    public static Action MlpStep() => TrainStep(
        Sequential(Linear(784, 512), ReLU(), Linear(512, 512), ReLU(), Linear(512, 10)),
        randn(128, 784));

    // NCHW: over this whole step it is the faster layout for libtorch.
    public static Action ConvnetStep() => TrainStep(
        Sequential(
            Conv2d(1, 32, 3), ReLU(), MaxPool2d(2),
            Conv2d(32, 64, 3), ReLU(), MaxPool2d(2),
            Flatten(), Dropout(0.5), Linear(5 * 5 * 64, 10)),
        randn(128, 1, 28, 28));

    public static Action RecurrentStep(string cell)
    {
        var layer = cell == "lstm" ? (Module)LSTM(128, 128, batchFirst: true) : GRU(128, 128, batchFirst: true);
        var dense = Linear(128, 10);
        return TrainStep([.. layer.parameters(), .. dense.parameters()], randn(32, 80, 128), x =>
        {
            var y = layer is LSTM lstm ? lstm.forward(x).Item1 : ((GRU)layer).forward(x).Item1;
            return dense.forward(y.select(1, 79));
        });
    }

    // By its fused attention: the module for multi-head attention, which makes the scores, is slower.
    public static Action TransformerStep()
    {
        Linear query = Linear(128, 128), key = Linear(128, 128), value = Linear(128, 128), output = Linear(128, 128);
        Linear wide = Linear(128, 512), narrow = Linear(512, 128), dense = Linear(128, 10);
        LayerNorm first = LayerNorm(128, eps: 1e-3), second = LayerNorm(128, eps: 1e-3);
        Module[] all = [query, key, value, output, wide, narrow, dense, first, second];
        Tensor Heads(Tensor x) => x.view(32, 128, 4, 32).transpose(1, 2);
        return TrainStep(all.SelectMany(m => m.parameters()), randn(32, 128, 128), x =>
        {
            var seen = functional.scaled_dot_product_attention(Heads(query.forward(x)), Heads(key.forward(x)), Heads(value.forward(x)));
            var attended = first.forward(x + output.forward(seen.transpose(1, 2).reshape(32, 128, 128)));
            var fed = narrow.forward(functional.relu(wide.forward(attended)));
            return dense.forward(second.forward(attended + fed).mean([1]));
        });
    }

    // Of the two layouts the faster in each of these two steps.
    public static Action SeparableStep() => TrainStep(
        Sequential(
            Conv2d(64, 64, 3, padding: 1, groups: 64, bias: false), BatchNorm2d(64), ReLU(),
            Conv2d(64, 128, 1, bias: false), BatchNorm2d(128), ReLU(),
            AdaptiveAvgPool2d([1, 1]), Flatten(), Linear(128, 10)),
        ChannelsLast([32, 28, 28, 64]));

    public static Action NormalizedStep() => TrainStep(
        Sequential(BatchNorm2d(64), ReLU(), AdaptiveAvgPool2d([1, 1]), Flatten(), Linear(64, 10)), randn(32, 64, 56, 56));

    static Action TrainStep(Sequential model, Tensor x)
    {
        model.train();
        return TrainStep(model.parameters(), x, model.forward);
    }

    static Action TrainStep(IEnumerable<Parameter> parameters, Tensor x, Func<Tensor, Tensor> forward)
    {
        var y = randint(0, 10, [x.shape[0]], ScalarType.Int64);
        var optimizer = optim.Adam(parameters, lr: 1e-3);
        return () =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            functional.cross_entropy(forward(x), y).backward();
            optimizer.step();
        };
    }

    static Tensor Convolve(Tensor x, Tensor w, ConvShape shape)
    {
        long[] padding = [.. Enumerable.Repeat(shape.Same ? shape.Kernel / 2 : 0L, shape.Rank)];
        var groups = shape.Depthwise ? shape.Channels : 1;
        return shape.Rank == 3 ? functional.conv3d(x, w, padding: padding, groups: groups)
            : functional.conv2d(x, w, padding: padding, groups: groups);
    }

    static (Tensor X, Tensor W) ConvOperands(ConvShape shape) =>
        (ChannelsLast(shape.Input), ChannelsLast([shape.Filters, .. Enumerable.Repeat(shape.Kernel, shape.Rank), shape.Depthwise ? 1 : shape.Channels]));

    // libtorch keeps channels first and takes the layout from the strides; for single convolutions of images this one is its faster.
    static Tensor ChannelsLast(int[] shape)
    {
        var last = shape.Length - 1;
        return randn([.. shape.Select(d => (long)d)]).permute([0, last, .. Enumerable.Range(1, last - 1).Select(i => (long)i)]);
    }
}
