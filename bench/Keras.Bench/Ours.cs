using Keras.Kernels.Cpu;
using Keras.Layers;

namespace Keras.Bench;

/// <summary>
/// The measured work as this project does it. Each method prepares once and returns the action to measure.
/// </summary>
static class Ours
{
    public static void SetThreads(int threads) => CpuDevice.Threads = threads;

    public static Action Gemm(int size)
    {
        Tensor a = Random.Normal([size, size], seed: 1), b = Random.Normal([size, size], seed: 2);
        return Compiled(xs => [Ops.Matmul(xs[0], xs[1])], a, b);
    }

    public static Action ConvForward(ConvShape shape) =>
        Compiled(xs => [Convolve(xs[0], xs[1], shape)], Inputs(shape));

    /// <summary>Forward once, and the gradients of the input and the kernel for a gradient of the output that is given.</summary>
    public static Action ConvBackward(ConvShape shape)
    {
        var inputs = Inputs(shape);
        var gradient = Random.Normal(Convolve(inputs[0], inputs[1], shape).Shape, seed: 3);
        return Compiled(xs => Gradients.Of(Convolve(xs[0], xs[1], shape), [xs[0], xs[1]], xs[2]), [.. inputs, gradient]);
    }

    public static Action? Order(string name, int rows, int columns, int k)
    {
        var x = Random.Normal([rows, columns], seed: 1);
        return name switch
        {
            "sort" => Compiled(xs => [Ops.Sort(xs[0])], x),
            "sort64" => Compiled(xs => [Ops.Sort(xs[0])], Ops.Cast(x, DType.Float64)),
            "argsort" => Compiled(xs => [Ops.Argsort(xs[0])], x),
            "topk" => Compiled(xs => [Ops.TopK(xs[0], k).Values, Ops.TopK(xs[0], k).Indices], x),
            "median" => Compiled(xs => [Ops.Median(xs[0], -1)], x),
            _ => null,
        };
    }

    public static Action Resize(ResizeCase shape) => Compiled(xs => [Ops.Resize(xs[0], (shape.NewHeight, shape.NewWidth), shape.Method, shape.Antialias)],
        Random.Normal([shape.Batch, shape.Height, shape.Width, shape.Channels], seed: 1));

    public static Action MlpStep()
    {
        var model = new Sequential([new Input(784), new Dense(512, activation: "relu"), new Dense(512, activation: "relu"), new Dense(10)]);
        return TrainingStep(model, [128, 784]);
    }

    public static Action ConvnetStep()
    {
        var model = new Sequential(
        [
            new Input(28, 28, 1),
            new Conv2D(32, 3, activation: "relu"), new MaxPooling2D(2),
            new Conv2D(64, 3, activation: "relu"), new MaxPooling2D(2),
            new Flatten(), new Dropout(0.5), new Dense(10),
        ]);
        return TrainingStep(model, [128, 28, 28, 1]);
    }

    public static Action RecurrentStep(string cell)
    {
        RNN layer = cell == "lstm" ? new LSTM(128) : new GRU(128);
        return TrainingStep(new Sequential([new Input(80, 128), layer, new Dense(10)]), [32, 80, 128]);
    }

    /// <summary>Attention and a network of two layers for each step, both added to what they were given and normalized.</summary>
    public static Action TransformerStep()
    {
        var x = Layer.Input(128, 128);
        var attended = new LayerNormalization().Apply(x + new MultiHeadAttention(4, 32).Apply(x, x));
        var fed = new Dense(128).Apply(new Dense(512, "relu").Apply(attended));
        var pooled = new GlobalAveragePooling1D().Apply(new LayerNormalization().Apply(attended + fed));
        return TrainingStep(new Model(x, new Dense(10).Apply(pooled)), [32, 128, 128]);
    }

    public static Action SeparableStep() => TrainingStep(new Sequential(
    [
        new Input(28, 28, 64),
        new DepthwiseConv2D(3, padding: "same", useBias: false), new BatchNormalization(), new ReLU(),
        new Conv2D(128, 1, useBias: false), new BatchNormalization(), new ReLU(),
        new GlobalAveragePooling2D(), new Dense(10),
    ]), [32, 28, 28, 64]);

    public static Action NormalizedStep() => TrainingStep(
        new Sequential([new Input(56, 56, 64), new BatchNormalization(), new ReLU(), new GlobalAveragePooling2D(), new Dense(10)]), [32, 56, 56, 64]);

    static Action TrainingStep(Model model, Shape shape)
    {
        model.Compile("adam", new Losses.SparseCategoricalCrossentropy(fromLogits: true));
        Nest x = Random.Normal(shape, seed: 4).Detach(), y = Labels(shape[0]);
        return () => model.TrainOnBatch(x, y);
    }

    static Tensor Labels(int count) => Tensor.Of([.. Enumerable.Range(0, count).Select(i => i * 7 % 10)], [count]);

    static Tensor Convolve(Tensor x, Tensor kernel, ConvShape shape)
    {
        Padding padding = shape.Same ? "same" : "valid";
        return shape.Depthwise ? Ops.DepthwiseConv(x, kernel, padding: padding) : Ops.Conv(x, kernel, padding: padding);
    }

    static Tensor[] Inputs(ConvShape s)
    {
        int[] window = [.. Enumerable.Repeat(s.Kernel, s.Rank)], ends = s.Depthwise ? [s.Channels, 1] : [s.Channels, s.Filters];
        return [Random.Normal(Shape.Of(s.Input), seed: 1), Random.Normal(Shape.Of([.. window, .. ends]), seed: 2)];
    }

    /// <summary>Replays a compiled function into memory that is there already, as a training step does.</summary>
    internal static Action Compiled(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, params Tensor[] arguments)
    {
        foreach (var argument in arguments) argument.Evaluate();
        var plan = new CompiledFunction(function).PlanFor(arguments);
        HostData[] results = [.. plan.Results.Select(r => new HostData(r.Bytes))];
        return () => CompiledFunction.Invoke(plan, arguments, results);
    }
}
