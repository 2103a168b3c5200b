using Keras.Kernels.Cpu;

namespace Keras.Core.Tests.Models;

using Keras.Layers;

public class SteadyStateTests
{
    /// <summary>What the training thread allocates from the end of one batch to the end of the next.</summary>
    sealed class AllocationMeter : Callback
    {
        long _last;
        int _epoch;

        public List<long> Bytes { get; } = [];

        public override void OnEpochBegin(int epoch, Logs logs) => (_epoch, Bytes.Capacity) = (epoch, 4096);

        public override void OnTrainBatchEnd(int batch, Logs logs)
        {
            var now = GC.GetAllocatedBytesForCurrentThread();
            if (_epoch > 0 && batch > 0) Bytes.Add(now - _last);
            _last = GC.GetAllocatedBytesForCurrentThread();
        }
    }

    static T On<T>(int threads, Func<T> function)
    {
        var before = CpuDevice.Threads;
        try
        {
            CpuDevice.Threads = threads;
            return function();
        }
        finally
        {
            CpuDevice.Threads = before;
        }
    }

    /// <summary>Trains for four epochs, of which the first one may allocate.</summary>
    static void AssertSteady(int threads, int steps, Func<Callback, History> train)
    {
        var meter = new AllocationMeter();
        On(threads, () => train(meter));
        Assert.That(meter.Bytes, Has.Count.EqualTo(3 * (steps - 1)));
        Assert.That(meter.Bytes, Is.All.Zero);
    }

    [TestCase(1), TestCase(2)]
    public void A_training_step_allocates_nothing(int threads) => AssertSteady(threads, 8, meter =>
    {
        var model = Digits.Model(normalized: true);
        model.Compile("adam", "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        var (x, y) = Digits.Take(128);
        return model.Fit(x, y, batchSize: 16, epochs: 4, verbose: 0, callbacks: [meter]);
    });

    [Test]
    public void A_training_step_that_scales_its_loss_allocates_nothing() => AssertSteady(2, 4, meter =>
    {
        var model = new Sequential([new Input(4), new Dense(8, "relu", dtype: "mixed_float16"), new Dense(1, dtype: "mixed_float16")]);
        model.Compile(new Optimizers.LossScaleOptimizer("adam", dynamicGrowthSteps: 3), "mse");
        return model.Fit(Random.Normal([64, 4], seed: 1) * 1000, Random.Normal([64, 1], seed: 2), batchSize: 16, epochs: 4, verbose: 0, callbacks: [meter]);
    });

    [Test]
    public void A_training_step_with_counts_of_outcomes_allocates_nothing() => AssertSteady(2, 4, meter =>
    {
        var model = new Sequential([new Input(4), new Dense(3, "softmax")]);
        Metric[] metrics = ["auc", new Metrics.Precision([0.3, 0.6]), new Metrics.Recall(topK: 2), new Metrics.F1Score("macro"), new Metrics.R2Score(),
            new Metrics.OneHotMeanIoU(3), new Metrics.PrecisionAtRecall(0.5), new Metrics.TopKCategoricalAccuracy(2)];
        model.Compile("adam", "categorical_crossentropy", metrics: MetricLists.Create(metrics));
        return model.Fit(Random.Normal([64, 4], seed: 1), Ops.OneHot(Ops.Arange(64) % 3, 3), batchSize: 16, epochs: 4, verbose: 0, callbacks: [meter]);
    });

    [TestCase(1), TestCase(2)]
    public void A_training_step_of_recurrent_layers_allocates_nothing(int threads) => AssertSteady(threads, 4, meter =>
    {
        var model = new Sequential(
        [
            new Input(5, 7), new Masking(), new LSTM(6, returnSequences: true), new Bidirectional(new GRU(4, returnSequences: true)),
            new GRU(6, resetAfter: false, returnSequences: true), new SimpleRNN(5), new Dense(10),
        ]);
        model.Compile("adam", new Losses.SparseCategoricalCrossentropy(fromLogits: true));
        return model.Fit(Random.Normal([128, 5, 7], seed: 1), Ops.Arange(128) % 10, batchSize: 32, epochs: 4, verbose: 0, callbacks: [meter]);
    });

    static Model Transformer()
    {
        var x = Layer.Input(6, 8);
        var attended = new LayerNormalization().Apply(x + new MultiHeadAttention(2, 4).Apply(x, x));
        var fed = new LayerNormalization().Apply(attended + new Dense(8).Apply(new Dense(16, "relu").Apply(attended)));
        return new Model(x, new Dense(10).Apply(new GlobalAveragePooling1D().Apply(fed)));
    }

    static Sequential Separable() => new Sequential(
    [
        new Input(6, 8, 3), new DepthwiseConv2D(3, padding: "same", useBias: false), new BatchNormalization(), new ReLU(),
        new Conv2D(5, 1, useBias: false), new BatchNormalization(), new ReLU(), new GlobalAveragePooling2D(), new Dense(10),
    ]);

    [Test]
    public void A_training_step_of_a_transformer_block_allocates_nothing() => AssertSteady(Transformer(), [64, 6, 8]);

    [Test]
    public void A_training_step_of_a_separable_block_allocates_nothing() => AssertSteady(Separable(), [64, 6, 8, 3]);

    static void AssertSteady(Model model, Shape shape) => AssertSteady(2, 4, meter =>
    {
        model.Compile("adam", new Losses.SparseCategoricalCrossentropy(fromLogits: true));
        return model.Fit(Random.Normal(shape, seed: 1), Ops.Arange(64) % 10, batchSize: 16, epochs: 4, verbose: 0, callbacks: [meter]);
    });

    [Test]
    public void Steps_with_a_short_last_batch_and_weights_allocate_nothing_either() => AssertSteady(CpuDevice.Threads, 3, meter =>
    {
        var model = Digits.Model();
        model.Compile("sgd", "sparse_categorical_crossentropy", metrics: ["accuracy"], weightedMetrics: ["accuracy"]);
        var (x, y) = Digits.Take(40);
        return model.Fit(x, y, batchSize: 16, epochs: 4, verbose: 0, sampleWeight: Ops.Ones([40]), callbacks: [meter]);
    });

    [Test, Category("Slow")]
    public void Training_has_the_same_bits_on_any_number_of_threads()
    {
        byte[][] Train(int threads) => On(threads, () =>
        {
            Utils.ClearSession();
            Utils.SetRandomSeed(7);
            var model = Digits.Model();
            model.Compile("adam", "sparse_categorical_crossentropy", metrics: ["accuracy"]);
            var (x, y) = Digits.Take(500);
            model.Fit(x, y, batchSize: 32, epochs: 2, verbose: 0, validationSplit: 0.1);
            return model.GetWeights().Select(w => System.Runtime.InteropServices.MemoryMarshal.AsBytes(w.ToArray<float>().AsSpan()).ToArray()).ToArray();
        });
        var one = Train(1);
        Assert.That(Train(2), Is.EqualTo(one), "2 threads");
        Assert.That(Train(4), Is.EqualTo(one), "4 threads");
        Assert.That(Train(1), Is.EqualTo(one), "once more");
    }

    [Test, Category("Slow")]
    public void The_digits_are_learned()
    {
        Utils.SetRandomSeed(7);
        var model = Digits.Model();
        model.Compile("adam", "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        var (x, y) = Digits.Take(1400);
        var history = model.Fit(x, y, epochs: 4, verbose: 0, validationSplit: 0.1);
        Assert.That(history["accuracy"][^1], Is.GreaterThan(0.93));
        Assert.That(history["val_accuracy"][^1], Is.GreaterThan(0.93));
        Assert.That(history["loss"], Is.Ordered.Descending);
    }
}
