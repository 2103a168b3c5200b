using System.Text.RegularExpressions;
using Keras.Callbacks;
using Keras.Layers;
using Keras.Losses;
using Keras.Optimizers;

namespace Keras.Core.Tests.Models;

public class FitTests
{
    static readonly float[,] X = { { 1, 2 }, { 3, -1 }, { 0, 1 }, { 2, 2 }, { -1, 1 } };
    static readonly float[,] Y = { { 5 }, { 2 }, { 0 }, { 4.5f }, { 1 } };

    static Sequential Linear(string optimizer = "sgd", MetricLists? metrics = null)
    {
        var model = new Sequential([new Input(2), new Dense(1, kernelInitializer: "ones")], name: "linear");
        model.Compile(optimizer, "mse", metrics: metrics);
        return model;
    }

    static double[][] Weights(Model model) => [.. model.GetWeights().Select(w => w.ToDoubles())];

    static string Captured(Action action, bool error = false)
    {
        var (writer, before) = (new StringWriter(), error ? Console.Error : Console.Out);
        if (error) Console.SetError(writer);
        else Console.SetOut(writer);
        try
        {
            action();
        }
        finally
        {
            if (error) Console.SetError(before);
            else Console.SetOut(before);
        }
        return writer.ToString();
    }

    [Test]
    public void A_step_of_sgd_is_the_one_by_hand()
    {
        var model = Linear();
        model.SetWeights([Tensor.Of<float>([0.5f, -0.5f], [2, 1]), Tensor.Of<float>([0.25f], [1])]);
        model.Fit(X, Y, batchSize: 5, verbose: 0);
        double[] gradient = new double[3];
        for (var i = 0; i < 5; i++)
        {
            var error = (0.5 * X[i, 0]) - (0.5 * X[i, 1]) + 0.25 - Y[i, 0];
            gradient[0] += 2 * error * X[i, 0] / 5;
            gradient[1] += 2 * error * X[i, 1] / 5;
            gradient[2] += 2 * error / 5;
        }
        Assert.That(Weights(model)[0], Is.EqualTo(new[] { 0.5 - (0.01 * gradient[0]), -0.5 - (0.01 * gradient[1]) }).Within(1e-6));
        Assert.That(Weights(model)[1], Is.EqualTo(new[] { 0.25 - (0.01 * gradient[2]) }).Within(1e-6));
    }

    [Test]
    public void Evaluation_equals_the_mean_by_hand_whatever_the_batch_size()
    {
        var model = Linear(metrics: ["mae"]);
        var errors = Enumerable.Range(0, 5).Select(i => (double)(X[i, 0] + X[i, 1] - Y[i, 0])).ToArray();
        foreach (var size in new[] { 1, 2, 5, 32 })
        {
            var logs = model.Evaluate(X, Y, batchSize: size, verbose: 0);
            Assert.That(logs["loss"], Is.EqualTo(errors.Average(e => e * e)).Within(1e-6));
            Assert.That(logs["mae"], Is.EqualTo(errors.Average(Math.Abs)).Within(1e-6));
        }
    }

    [Test]
    public void Sample_weights_count_in_the_loss_and_in_weighted_metrics_only()
    {
        var model = new Sequential([new Input(2), new Dense(1, kernelInitializer: "ones")]);
        model.Compile("sgd", "mse", metrics: ["mae"], weightedMetrics: ["mse"]);
        float[] weights = [1, 0, 2, 0.5f, 1];
        var errors = Enumerable.Range(0, 5).Select(i => (double)(X[i, 0] + X[i, 1] - Y[i, 0])).ToArray();
        var logs = model.Evaluate(X, Y, batchSize: 5, verbose: 0, sampleWeight: weights);
        Assert.That(logs["loss"], Is.EqualTo(errors.Zip(weights, (e, w) => e * e * w).Sum() / 5).Within(1e-6));
        Assert.That(logs["mae"], Is.EqualTo(errors.Average(Math.Abs)).Within(1e-6));
        Assert.That(logs["mse"], Is.EqualTo(errors.Zip(weights, (e, w) => e * e * w).Sum() / weights.Sum()).Within(1e-6));
    }

    [Test]
    public void The_history_has_all_names_in_alphabetical_order()
    {
        var model = Linear(metrics: ["mse", "mae"]);
        var history = model.Fit(X, Y, epochs: 3, verbose: 0, validationData: (X, Y));
        Assert.That(history.Values.Keys, Is.EqualTo(new[]
        {
            "loss", "mae", "mse", "val_loss", "val_mae", "val_mse",
        }));
        Assert.That(history.Epoch, Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(history.Values.Values.Select(v => v.Count), Is.All.EqualTo(3));
        Assert.That(history["loss"], Is.Ordered.Descending);
    }

    [Test]
    public void The_last_share_is_for_validation_and_not_trained_on()
    {
        var (x, y) = (new float[10, 1], new float[10, 1]);
        for (var i = 0; i < 10; i++) (x[i, 0], y[i, 0]) = (i < 8 ? 1 : 1000, i < 8 ? 2 : 5);
        var model = new Sequential([new Input(1), new Dense(1, useBias: false, kernelInitializer: "ones")]);
        model.Compile(new SGD(0.1), "mse");
        var history = model.Fit(x, y, batchSize: 4, epochs: 1, verbose: 0, validationSplit: 0.2);
        var w = Weights(model)[0][0];
        Assert.That(w, Is.EqualTo(1 + 0.2 + (0.2 * 0.8)).Within(1e-5), "two steps on the first eight samples");
        Assert.That(history["val_loss"][0], Is.EqualTo(Math.Pow((1000 * w) - 5, 2)).Within(0.1).Percent);
        Assert.That(() => model.Fit(x, y, validationSplit: 1.5), Throws.ArgumentException.With.Message.Contains("validation split"));
        Assert.That(() => model.Fit(x, y, validationSplit: 0.99), Throws.ArgumentException);
    }

    sealed class Order : Callback
    {
        public List<double> Losses { get; } = [];

        public override void OnTrainBatchEnd(int batch, Logs logs) => Losses.Add(logs["loss"] * (batch + 1));
    }

    [Test]
    public void Samples_come_in_order_or_shuffled_anew_each_epoch()
    {
        float[] Seen(bool shuffle)
        {
            var x = new float[40, 1];
            for (var i = 0; i < 40; i++) x[i, 0] = i;
            var order = new Order();
            var tracked = new Sequential([new Input(1), new Dense(1, kernelInitializer: "ones", useBias: false)]);
            tracked.Compile(new SGD(0), new MeanAbsoluteError());
            tracked.Fit(x, new float[40, 1], batchSize: 1, epochs: 2, verbose: 0, shuffle: shuffle, callbacks: [order]);
            return [.. order.Losses.Select((l, i) => (float)Math.Round(l - (i % 40 == 0 ? 0 : order.Losses[i - 1])))];
        }
        var inOrder = Enumerable.Range(0, 40).Select(i => (float)i).ToArray();
        Assert.That(Seen(false), Is.EqualTo(inOrder.Concat(inOrder)));
        var shuffled = Seen(true);
        Assert.That(shuffled.Take(40), Is.Not.EqualTo(inOrder).And.EquivalentTo(inOrder));
        Assert.That(shuffled.Skip(40), Is.Not.EqualTo(shuffled.Take(40)).And.EquivalentTo(inOrder));
    }

    [Test]
    public void Verbose_two_writes_a_line_an_epoch()
    {
        var model = Linear(metrics: ["mae"]);
        var text = Captured(() => model.Fit(X, Y, batchSize: 2, epochs: 2, verbose: 2, validationData: (X, Y)));
        const string Number = @"-?\d+(\.\d+)?(e[-+]\d+)?";
        var line = $@"3/3 - \d+s - \d+(us|ms|s)/step - loss: {Number} - mae: {Number} - val_loss: {Number} - val_mae: {Number}\n";
        Assert.That(text, Does.Match(new Regex($@"\AEpoch 1/2\n{line}Epoch 2/2\n{line}\z")));
        Assert.That(Captured(() => model.Fit(X, Y, verbose: 0)), Is.Empty);
        Assert.That(Captured(() => model.Fit(X, Y, verbose: 2)), Does.Not.Contain("Epoch"), "one epoch needs no title");
    }

    sealed class Recorder(string name, List<string> events) : Callback
    {
        void Add(string text) => events.Add($"{name}:{text}");

        public override void OnTrainBegin(Logs? logs = null) => Add("train{");
        public override void OnTrainEnd(Logs? logs = null) => Add("}train");
        public override void OnEpochBegin(int epoch, Logs logs) => Add($"epoch{epoch}{{");
        public override void OnEpochEnd(int epoch, Logs logs) => Add($"}}epoch{epoch}");
        public override void OnTrainBatchBegin(int batch, Logs logs) => Add($"batch{batch}{{");
        public override void OnTrainBatchEnd(int batch, Logs logs) => Add($"}}batch{batch}");
        public override void OnTestBegin(Logs? logs = null) => Add("test{");
        public override void OnTestEnd(Logs? logs = null) => Add("}test");
        public override void OnTestBatchBegin(int batch, Logs logs) => Add($"t{batch}{{");
        public override void OnTestBatchEnd(int batch, Logs logs) => Add($"}}t{batch}");
    }

    [Test]
    public void Callbacks_are_told_in_order()
    {
        var events = new List<string>();
        Linear().Fit(X, Y, batchSize: 3, verbose: 0, callbacks: [new Recorder("a", events), new Recorder("b", events)], validationData: (X, Y), validationBatchSize: 5);
        string[] expected = ["train{", "epoch0{", "batch0{", "}batch0", "batch1{", "}batch1", "test{", "t0{", "}t0", "}test", "}epoch0", "}train"];
        Assert.That(events, Is.EqualTo(expected.SelectMany(e => new[] { $"a:{e}", $"b:{e}" })));
    }

    sealed class StopAt(int epoch, int batch) : Callback
    {
        int _epoch;

        public override void OnEpochBegin(int epoch, Logs logs) => _epoch = epoch;

        public override void OnTrainBatchEnd(int at, Logs logs)
        {
            if (_epoch == epoch && at == batch) Model.StopTraining = true;
        }
    }

    [Test]
    public void A_callback_stops_training()
    {
        var model = Linear();
        var history = model.Fit(X, Y, batchSize: 1, epochs: 10, verbose: 0, callbacks: [new StopAt(1, 2)]);
        Assert.That(history.Epoch, Is.EqualTo(new[] { 0, 1 }));
        Assert.That(model.Optimizer!.Iterations.Value.Item(), Is.EqualTo(8), "five steps, then three");
        Assert.That(model.Fit(X, Y, batchSize: 1, epochs: 2, verbose: 0).Epoch, Has.Count.EqualTo(2), "the flag is cleared");
    }

    [Test]
    public void A_token_stops_training_after_a_whole_step()
    {
        var model = Linear("adam");
        using var source = new CancellationTokenSource();
        var steps = 0;
        var stop = new LambdaCallback(onTrainBatchEnd: (_, _) =>
        {
            if (++steps == 3) source.Cancel();
        });
        Assert.That(() => model.Fit(X, Y, batchSize: 1, epochs: 10, verbose: 0, callbacks: [stop], cancellationToken: source.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(model.Optimizer!.Iterations.Value.Item(), Is.EqualTo(3));
        var same = Linear("adam");
        same.Fit(X, Y, batchSize: 1, epochs: 1, verbose: 0, callbacks: [new StopAt(0, 2)]);
        Assert.That(Weights(model), Is.EqualTo(Weights(same)));
        Assert.That(model.Fit(X, Y, verbose: 0)["loss"], Has.Count.EqualTo(1));
    }

    [Test]
    public void A_callback_that_throws_leaves_the_model_usable()
    {
        var model = Linear();
        var fail = new LambdaCallback(onTrainBatchEnd: (_, _) => throw new InvalidDataException());
        Assert.That(() => model.Fit(X, Y, verbose: 0, callbacks: [fail]), Throws.TypeOf<InvalidDataException>());
        Assert.That(model.Fit(X, Y, verbose: 0)["loss"], Has.Count.EqualTo(1));
    }

    [Test]
    public void Mixed_precision_trains_on_float32_variables()
    {
        var model = new Sequential([new Input(2), new Dense(8, activation: "relu", dtype: "mixed_bfloat16"), new BatchNormalization(dtype: "mixed_bfloat16"),
            new Dense(1, dtype: "mixed_bfloat16")]);
        model.Compile(new Adam(0.05), "mse", metrics: ["mae"]);
        var history = model.Fit(X, Y, epochs: 40, verbose: 0);
        Assert.That(model.Weights.Select(w => w.DType), Is.All.EqualTo(DType.Float32));
        Assert.That(model.Predict(X).DType, Is.EqualTo(DType.BFloat16));
        Assert.That(history["loss"][^1], Is.LessThan(history["loss"][0] / 2));
    }

    [Test]
    public void Values_that_are_not_numbers_are_allowed_with_one_warning()
    {
        var model = Linear();
        var x = (float[,])X.Clone();
        x[1, 0] = x[2, 1] = float.NaN;
        var text = Captured(() => model.Fit(x, Y, epochs: 3, verbose: 0), error: true);
        Assert.That(text.ReplaceLineEndings("\n"), Is.EqualTo("[Sequential \"linear\"] the inputs hold 2 values that are not numbers (NaN); the loss may become NaN too.\n"));
        Assert.That(Captured(() => Linear().Fit(X, Y, verbose: 0), error: true), Is.Empty);
        Assert.That(double.IsNaN(model.Evaluate(x, Y, verbose: 0)["loss"]));
    }

    [Test]
    public void Single_batches_train_and_test()
    {
        Sequential one = Linear(metrics: ["mae"]), fitted = Linear(metrics: ["mae"]);
        var logs = one.TrainOnBatch(X, Y);
        fitted.Fit(X, Y, batchSize: 5, verbose: 0);
        Assert.That(Weights(one), Is.EqualTo(Weights(fitted)).Within(1e-6));
        Assert.That(logs.Keys, Is.EqualTo(new[] { "loss", "mae" }));
        var tested = one.TestOnBatch(X, Y);
        Assert.That(tested["loss"], Is.EqualTo(one.Evaluate(X, Y, verbose: 0)["loss"]).Within(1e-6));
        Assert.That(tested["loss"], Is.LessThan(logs["loss"]));
    }

    [Test]
    public void Other_batch_sizes_and_a_later_first_epoch_work()
    {
        var model = Linear();
        model.Fit(X, Y, batchSize: 2, verbose: 0);
        model.Fit(X, Y, batchSize: 3, verbose: 0);
        var history = model.Fit(X, Y, initialEpoch: 3, epochs: 5, verbose: 0, validationData: (X, Y), validationFreq: 2);
        Assert.That(history.Epoch, Is.EqualTo(new[] { 3, 4 }));
        Assert.That(history["val_loss"], Has.Count.EqualTo(1));
    }

    [Test]
    public void Penalties_join_the_loss()
    {
        var model = new Sequential([new Input(2), new Dense(1, kernelInitializer: "ones", kernelRegularizer: "l2")]);
        model.Compile("sgd", "mse");
        var plain = Linear().Evaluate(X, Y, verbose: 0)["loss"];
        Assert.That(model.Evaluate(X, Y, verbose: 0)["loss"], Is.EqualTo(plain + (0.01 * 2)).Within(1e-6));
        Assert.That(model.Losses.Single().Item(), Is.EqualTo(0.02).Within(1e-7));
    }

    [Test]
    public void Dropout_and_normalization_train_as_in_training_and_predict_as_in_inference()
    {
        var model = new Sequential([new Input(4), new Dropout(0.5), new BatchNormalization(momentum: 0.5)]);
        var x = Ops.Ones([64, 4]);
        Assert.That(model.Predict(x).ToArray<float>(), Is.EqualTo(Enumerable.Repeat(1 / MathF.Sqrt(1.001f), 256)).Within(1e-5f));
        var trained = model.Apply(x, training: true).ToArray<float>();
        Assert.That(trained.Distinct().Count(), Is.GreaterThan(1));
        Assert.That(trained.Average(), Is.Zero.Within(1e-4f));
    }

    [Test]
    public void Data_may_be_changed_between_runs()
    {
        var model = Linear();
        var x = (float[,])X.Clone();
        var before = model.Predict(x).ToArray<float>();
        x[0, 0] += 100;
        Assert.That(model.Predict(x).ToArray<float>()[0], Is.EqualTo(before[0] + 100).Within(1e-3f));
    }

    [Test]
    public void Class_weights_are_sample_weights_by_the_label()
    {
        Sequential Model()
        {
            Utils.SetRandomSeed(5);
            var model = new Sequential([new Input(2), new Dense(3, activation: "softmax")]);
            model.Compile("sgd", "sparse_categorical_crossentropy");
            return model;
        }
        var (x, y) = (new float[,] { { 1, 2 }, { 3, 1 }, { -1, 2 }, { 0, 1 } }, new[] { 0, 1, 2, 1 });
        var weights = new Dictionary<int, double> { [0] = 0.1, [2] = 3 };
        var byClass = Model().Fit(x, y, verbose: 0, epochs: 3, classWeight: weights);
        var bySample = Model().Fit(x, y, verbose: 0, epochs: 3, sampleWeight: new[] { 0.1f, 1, 3, 1 });
        Assert.That(byClass["loss"], Is.EqualTo(bySample["loss"]).Within(1e-7));
        Assert.That(() => Model().Fit(x, y, verbose: 0, classWeight: weights, sampleWeight: new float[4]),
            Throws.ArgumentException.With.Message.Contains("class weights and sample weights exclude each other"));
    }
}
