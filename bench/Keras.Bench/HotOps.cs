using TorchSharp;

using static TorchSharp.torch;

using Torch = TorchSharp.torch.Tensor;

namespace Keras.Bench;

/// <summary>An op that models spend their time in, written for both sides over the same values.</summary>
sealed record HotOp(string Name, Feed[] Inputs, Func<Tensor[], IReadOnlyList<Tensor>> OurWork, Func<Torch[], IReadOnlyList<Torch>> TheirWork)
{
    HotOp(string name, Feed[] inputs, Func<Tensor[], Tensor> ours, Func<Torch[], Torch> theirs)
        : this(name, inputs, x => [ours(x)], x => [theirs(x)])
    {
    }

    /// <summary>The op and the gradients of its inputs with real values, for a gradient of the result that is its last input.</summary>
    static HotOp Training(string name, Feed[] inputs, Func<Tensor[], Tensor> ours, Func<Torch[], Torch> theirs)
    {
        int[] sources = [.. Enumerable.Range(0, inputs.Length - 1).Where(i => !inputs[i].IsWhole)];
        return new(name + "-training", inputs,
            x =>
            {
                var y = ours(x);
                return [y, .. Gradients.Of(y, [.. sources.Select(i => x[i])], x[^1])];
            },
            x =>
            {
                Torch[] wanted = [.. sources.Select(i => x[i].requires_grad_())];
                var y = theirs(x);
                return [y, .. autograd.grad([y], wanted, [x[^1]])];
            });
    }

    internal Action OurAction()
    {
        Tensor[] inputs = [.. Inputs.Select((feed, i) => feed.Ours(i))];
        return Bench.Ours.Compiled(x => OurWork([.. x]), inputs);
    }

    internal Action TheirAction()
    {
        Torch[] inputs = [.. Inputs.Select((feed, i) => feed.Theirs(i))];
        return () =>
        {
            using var scope = NewDisposeScope();
            TheirWork(inputs);
        };
    }

    static readonly Feed Square = new(1024, 1024);
    static readonly Feed Rows = new(4096, 512);
    static readonly Feed Row = new(512);
    static readonly Feed Images = new(32, 56, 56, 64);

    // libtorch keeps channels first and takes the layout from the strides: this one is its faster.
    static Torch First(Torch x) => x.permute(0, 3, 1, 2);

    static HotOp Unary(string name, Func<Tensor, Tensor> ours, Func<Torch, Torch> theirs) => new(name, [Square], x => ours(x[0]), x => theirs(x[0]));

    static HotOp Reduction(string name, Func<Tensor, Tensor> ours, Func<Torch, Torch> theirs) => new(name, [Rows], x => ours(x[0]), x => theirs(x[0]));

    internal static IEnumerable<HotOp> All => [.. Elementwise, .. Reductions, .. Networks, .. Moving, .. Products];

    static HotOp[] Elementwise =>
    [
        new("add", [Square, Square], x => x[0] + x[1], x => x[0] + x[1]),
        new("add-bias", [Rows, Row], x => x[0] + x[1], x => x[0] + x[1]),
        new("multiply-add", [Square, Square, Square], x => (x[0] * x[1]) + x[2], x => addcmul(x[2], x[0], x[1], 1)),
        new("divide", [Square, Square], x => x[0] / x[1], x => x[0] / x[1]),
        Unary("exp", Ops.Exp, exp),
        Unary("tanh", Ops.Tanh, tanh),
        Unary("sigmoid", Ops.Sigmoid, x => x.sigmoid()),
        Unary("gelu", x => Ops.Gelu(x, approximate: false), x => nn.functional.gelu(x)),
        Unary("erf", Ops.Erf, erf),
        Unary("relu", Ops.Relu, x => nn.functional.relu(x)),
        Unary("to-bfloat16", x => Ops.Cast(x, DType.BFloat16), x => x.to(ScalarType.BFloat16)),
        new("where", [Square, Square], x => Ops.Where(Ops.Greater(x[0], 0), x[0], x[1]), x => where(x[0] > 0, x[0], x[1])),
    ];

    static HotOp[] Reductions =>
    [
        Reduction("sum", x => Ops.Sum(x), x => x.sum()),
        Reduction("sum-rows", x => Ops.Sum(x, -1), x => x.sum(-1)),
        Reduction("sum-columns", x => Ops.Sum(x, 0), x => x.sum(0)),
        Reduction("max-rows", x => Ops.Max(x, -1), x => x.amax([-1])),
        Reduction("argmax-rows", x => Ops.Argmax(x, -1), x => x.argmax(-1)),
        Reduction("variance-rows", x => Ops.Var(x, -1), x => x.var(-1, false)),
        Reduction("logsumexp-rows", x => Ops.Logsumexp(x, -1), x => x.logsumexp(-1)),
        Reduction("cumsum-rows", x => Ops.Cumsum(x, -1), x => x.cumsum(-1)),
        Reduction("sort-rows", x => Ops.Sort(x, -1), x => x.sort().Values),
        new("top-k-rows", [Rows], x => [Ops.TopK(x[0], 10).Values, Ops.TopK(x[0], 10).Indices], x => x[0].topk(10) is var (values, indices) ? [values, indices] : []),
    ];

    static HotOp[] Networks =>
    [
        Reduction("softmax", x => Ops.Softmax(x), x => x.softmax(-1)),
        Training("softmax", [Rows, Rows], x => Ops.Softmax(x[0]), x => x[0].softmax(-1)),
        Training("layer-norm", [Rows, Row, Row, Rows], x => Ops.LayerNormalization(x[0], x[1], x[2]), x => nn.functional.layer_norm(x[0], [512], x[1], x[2])),
        Training("crossentropy", [Rows, Feed.Whole(512, 4096), new Feed()],
            x => Ops.Mean(Ops.SparseCategoricalCrossentropy(x[1], x[0], fromLogits: true)), x => nn.functional.cross_entropy(x[0], x[1])),
        Training("max-pool", [Images, new(32, 28, 28, 64)], x => Ops.MaxPool(x[0], 2), x => nn.functional.max_pool2d(First(x[0]), 2).permute(0, 2, 3, 1)),
        Training("average-pool", [Images, new(32, 28, 28, 64)], x => Ops.AveragePool(x[0], 2), x => nn.functional.avg_pool2d(First(x[0]), 2).permute(0, 2, 3, 1)),
        new("depthwise-conv", [Images, new(3, 3, 64, 1)], x => Ops.DepthwiseConv(x[0], x[1], padding: "same"),
            x => nn.functional.conv2d(First(x[0]), x[1].permute(2, 3, 0, 1), padding: [1, 1], groups: 64)),
    ];

    static HotOp[] Moving =>
    [
        new("gather-rows", [new(50_000, 128), Feed.Whole(50_000, 8192)], x => Ops.Take(x[0], x[1], 0), x => x[0].index_select(0, x[1])),
        new("gather-along", [Rows, Feed.Whole(512, 4096, 64)], x => Ops.TakeAlongAxis(x[0], x[1], -1), x => x[0].gather(-1, x[1])),
        new("scatter-add", [new(8192, 128), Feed.Whole(1000, 8192)], x => Ops.SegmentSum(x[0], x[1], 1000), x => zeros(1000, 128).index_add_(0, x[1], x[0], 1)),
        Unary("transpose", x => Ops.Transpose(x), x => x.t().contiguous()),
        new("channels-first", [Images], x => Ops.Transpose(x[0], [0, 3, 1, 2]), x => First(x[0]).contiguous()),
        new("concatenate", [Rows, Rows], x => Ops.Concatenate([x[0], x[1]], -1), x => cat([x[0], x[1]], -1)),
        new("pad", [Images], x => Ops.Pad(x[0], [(0, 0), (1, 1), (1, 1), (0, 0)]), x => nn.functional.pad(x[0], [0, 0, 1, 1, 1, 1])),
        new("tile", [new(64, 512)], x => Ops.Tile(x[0], (16, 2)), x => x[0].repeat(16, 2)),
        new("one-hot", [Feed.Whole(256, 8192)], x => Ops.OneHot(x[0], 256), x => nn.functional.one_hot(x[0], 256).to(ScalarType.Float32)),
    ];

    /// <summary>Queries, keys and values of 8 heads of 64.</summary>
    static Feed[] Heads(int batch, int length) => [.. Enumerable.Range(0, 3).Select(_ => new Feed(batch, length, 8, 64))];

    static Tensor Ours(Tensor[] x, bool causal) => Ops.DotProductAttention(x[0], x[1], x[2], isCausal: causal);

    static Torch Theirs(Torch[] x, bool causal) => nn.functional.scaled_dot_product_attention(
        x[0].transpose(1, 2), x[1].transpose(1, 2), x[2].transpose(1, 2), is_casual: causal).transpose(1, 2);

    static HotOp[] Products =>
    [
        new("einsum-attention", [new(8, 128, 8, 64), new(8, 128, 8, 64)], x => Ops.Einsum("bqhd,bkhd->bhqk", x[0], x[1]), x => einsum("bqhd,bkhd->bhqk", x[0], x[1])),
        new("matmul-batch", [new(64, 128, 64), new(64, 64, 128)], x => Ops.Matmul(x[0], x[1]), x => matmul(x[0], x[1])),
        new("attention", Heads(8, 256), x => Ours(x, false), x => Theirs(x, false)),
        new("attention-causal", Heads(2, 1024), x => Ours(x, true), x => Theirs(x, true)),
        new("attention-long", Heads(1, 4096), x => Ours(x, false), x => Theirs(x, false)),
        Training("attention", [.. Heads(8, 256), Heads(8, 256)[0]], x => Ours(x, false), x => Theirs(x, false)),
        Training("attention-causal", [.. Heads(2, 1024), Heads(2, 1024)[0]], x => Ours(x, true), x => Theirs(x, true)),
        new("cholesky", [Feed.Definite(512)], x => Ops.Cholesky(x[0]), x => linalg.cholesky(x[0])),
        new("svd", [new(256, 128)], x => Ops.Svd(x[0], false) is var (u, values, v) ? [u, values, v] : [], x => linalg.svd(x[0], false) is var (u, values, v) ? [u, values, v] : []),
        new("qr", [new(512, 256)], x => Ops.Qr(x[0]) is var (q, r) ? [q, r] : [], x => linalg.qr(x[0]) is var (q, r) ? [q, r] : []),
        new("eigh", [Feed.Definite(256)], x => Ops.Eigh(x[0]) is var (values, vectors) ? [values, vectors] : [], x => linalg.eigh(x[0]) is var (values, vectors) ? [values, vectors] : []),
        new("fft", [new(256, 1024), new(256, 1024)], x => Ops.Fft((x[0], x[1])) is var (re, im) ? [re, im] : [], x => [torch.fft.fft_(complex(x[0], x[1]))]),
        new("rfft", [new(256, 1024)], x => Ops.Rfft(x[0]) is var (re, im) ? [re, im] : [], x => [torch.fft.rfft(x[0])]),
        new("solve", [Feed.Definite(512), new(512, 64)], x => Ops.Solve(x[0], x[1]), x => linalg.solve(x[0], x[1])),
    ];
}

/// <summary>The values of an input: as many from a normal distribution as a shape holds, or whole numbers below a limit.</summary>
sealed class Feed(params int[] shape)
{
    int _below;
    bool _definite;

    internal bool IsWhole => _below > 0;

    internal static Feed Whole(int below, params int[] shape) => new(shape) { _below = below };

    /// <summary>A positive definite matrix.</summary>
    internal static Feed Definite(int n) => new(n, n) { _definite = true };

    float[] Values(int seed)
    {
        var random = new System.Random(seed + 1);
        var values = new float[shape.Aggregate(1, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
            values[i] = IsWhole ? random.Next(_below) : (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        for (var i = 0; _definite && i < shape[0]; i++)
        {
            for (var j = 0; j < i; j++) values[(i * shape[0]) + j] = values[(j * shape[0]) + i];
            values[i * (shape[0] + 1)] += 4 * MathF.Sqrt(shape[0]);
        }
        return values;
    }

    internal Tensor Ours(int seed) => Ops.Cast(Tensor.Of(Values(seed), Shape.Of(shape)), IsWhole ? DType.Int32 : DType.Float32);

    internal Torch Theirs(int seed) => tensor(Values(seed), [.. shape.Select(n => (long)n)], IsWhole ? ScalarType.Int64 : ScalarType.Float32);
}
