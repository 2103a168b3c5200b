using System.Text.Json.Nodes;
using Keras.Callbacks;
using Keras.Layers;

namespace Keras.Core.Tests.Training;

/// <summary>How <c>Compile</c> says that steps are run.</summary>
sealed class ExecutionTests
{
    static readonly Tensor X = Keras.Random.Normal([10, 3], seed: 1), Y = Keras.Random.Normal([10, 2], seed: 2);

    /// <summary>Keeps the first number of what it is given in training, where that has a value.</summary>
    sealed class Looking(List<double> seen) : Layer
    {
        protected override Tensor Call(Tensor x, CallContext context)
        {
            try
            {
                seen.Add(x.ToDoubles()[0]);
            }
            catch (InvalidOperationException)
            {
                seen.Add(double.NaN);
            }
            return x;
        }
    }

    sealed class Told : Callback
    {
        internal List<(int Batch, double Loss)> Ends { get; } = [];

        internal List<int> Begins { get; } = [];

        public override void OnTrainBatchBegin(int batch, Logs logs) => Begins.Add(batch);

        public override void OnTrainBatchEnd(int batch, Logs logs) => Ends.Add((batch, logs["loss"]));

        public override void OnTestBatchBegin(int batch, Logs logs) => Begins.Add(batch);

        public override void OnTestBatchEnd(int batch, Logs logs) => Ends.Add((batch, logs["loss"]));

        public override void OnPredictBatchBegin(int batch, Logs logs) => Begins.Add(batch);

        public override void OnPredictBatchEnd(int batch, Logs logs) => Ends.Add((batch, 0));
    }

    static Sequential Made(bool runEagerly = false, int stepsPerExecution = 1, List<double>? seen = null)
    {
        Layer[] layers = [new Input(3), new Dense(4, activation: "relu", kernelInitializer: new Initializers.GlorotUniform(seed: 3)), new BatchNormalization(), new Dropout(0.5, seed: 4),
            new Dense(2, kernelInitializer: new Initializers.GlorotUniform(seed: 5))];
        var model = new Sequential(seen is null ? layers : layers.Prepend(new Looking(seen)).OrderBy(l => l is not Input));
        model.Compile("adam", "mse", metrics: ["mae"], runEagerly: runEagerly, stepsPerExecution: stepsPerExecution);
        return model;
    }

    static double[] Values(Model model) => [.. model.Weights.Concat(model.Optimizer!.Variables).SelectMany(w => w.Value.ToDoubles())];

    [Test]
    public void The_arguments_are_those_of_Keras() => Assert.That(typeof(Model).GetMethod(nameof(Model.Compile))!.GetParameters().Select(p => (p.Name, p.DefaultValue)), Is.EqualTo(new (string?, object?)[]
    {
        ("optimizer", null), ("loss", null), ("lossWeights", null), ("metrics", null), ("weightedMetrics", null), ("runEagerly", false), ("stepsPerExecution", 1), ("jitCompile", null),
        ("autoScaleLoss", true),
    }));

    [Test]
    public void Eager_steps_compute_what_planned_ones_do()
    {
        var (planned, eager) = (Made(), Made(runEagerly: true));
        var (expected, received) = (planned.Fit(X, Y, batchSize: 4, epochs: 3, verbose: 0), eager.Fit(X, Y, batchSize: 4, epochs: 3, verbose: 0));
        Assert.That(received["loss"], Is.EqualTo(expected["loss"]).Within(1e-5));
        Assert.That(received["mae"], Is.EqualTo(expected["mae"]).Within(1e-5));
        Assert.That(Values(eager), Is.EqualTo(Values(planned)).Within(1e-4));
        Assert.That(eager.Evaluate(X, Y, batchSize: 4, verbose: 0)["loss"], Is.EqualTo(planned.Evaluate(X, Y, batchSize: 4, verbose: 0)["loss"]).Within(1e-5));
        Assert.That(eager.TrainOnBatch(X, Y)["loss"], Is.EqualTo(planned.TrainOnBatch(X, Y)["loss"]).Within(1e-5));
        Assert.That(eager.Predict(X, batchSize: 4).ToDoubles(), Is.EqualTo(planned.Predict(X, batchSize: 4).ToDoubles()).Within(1e-4));
    }

    [Test]
    public void Layers_see_values_in_eager_steps_alone()
    {
        double[] first = [.. new[] { 0, 4, 8 }.Select(row => X.ToDoubles()[3 * row])];
        foreach (var eagerly in new[] { false, true })
        {
            var seen = new List<double>();
            var model = Made(eagerly, seen: seen);
            model.Fit(X, Y, batchSize: 4, epochs: 2, shuffle: false, verbose: 0);
            Assert.That(seen.Where(v => !double.IsNaN(v)), Is.EqualTo(eagerly ? [.. first, .. first] : Array.Empty<double>()));
            seen.Clear();
            model.Evaluate(X, Y, batchSize: 4, verbose: 0);
            model.Predict(X, batchSize: 4);
            Assert.That(seen.Where(v => !double.IsNaN(v)), Is.EqualTo(eagerly ? [.. first, .. first] : Array.Empty<double>()));
        }
    }

    [Test]
    public void Eager_steps_stop_where_they_are_cancelled()
    {
        using var source = new CancellationTokenSource();
        var model = Made(runEagerly: true, stepsPerExecution: 2);
        var stop = new LambdaCallback(onTrainBatchBegin: (_, _) => source.Cancel());
        Assert.That(() => model.Fit(X, Y, verbose: 0, callbacks: [stop], cancellationToken: source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(model.Optimizer!.Iterations.Value.Item(), Is.Zero);
    }

    [TestCase(1, new[] { 0, 1, 2, 3, 4 }, new[] { 0, 1, 2, 3, 4 })]
    [TestCase(2, new[] { 0, 2, 4 }, new[] { 1, 3, 5 })]
    [TestCase(5, new[] { 0 }, new[] { 4 })]
    [TestCase(int.MaxValue, new[] { 0 }, new[] { int.MaxValue - 1 })]
    public void Callbacks_are_told_of_executions(int steps, int[] begins, int[] ends)
    {
        var (single, several) = (Made(), Made(stepsPerExecution: steps));
        Told each = new(), train = new(), test = new(), predict = new();
        single.Fit(X, Y, batchSize: 2, verbose: 0, callbacks: [each]);
        several.Fit(X, Y, batchSize: 2, verbose: 0, callbacks: [train]);
        Assert.That(train.Begins, Is.EqualTo(begins));
        // The logs are those since the epoch began.
        Assert.That(train.Ends, Is.EqualTo(ends.Select(end => (end, each.Ends[Math.Min(end, 4)].Loss))));
        Assert.That(Values(several), Is.EqualTo(Values(single)));
        several.Evaluate(X, Y, batchSize: 2, verbose: 0, callbacks: [test]);
        Assert.That((test.Begins, test.Ends.Select(e => e.Batch)), Is.EqualTo((begins, ends)));
        var predicted = several.Predict(X, batchSize: 2, callbacks: [predict]);
        Assert.That((predict.Begins, predict.Ends.Select(e => e.Batch)), Is.EqualTo((begins, ends)));
        Assert.That(predicted.ToDoubles(), Is.EqualTo(single.Predict(X, batchSize: 2).ToDoubles()));
    }

    [Test]
    public void The_progress_ends_with_the_data()
    {
        using var output = new StringWriter();
        var shown = new ProgbarLogger(output, new ManualTime(), terminal: true);
        Made(stepsPerExecution: 4).Fit(X, Y, batchSize: 2, verbose: 1, callbacks: [shown]);
        Assert.That(output.ToString(), Does.Contain("5/5").And.Not.Contain("8/5"));
    }

    [Test]
    public void Files_keep_how_steps_are_run()
    {
        var model = Made();
        Assert.That(Kept(model), Is.EqualTo("false 1 false"));
        model.Compile("sgd", "mse", runEagerly: true, stepsPerExecution: 3, jitCompile: true);
        using var stream = new MemoryStream();
        model.Save(stream);
        var loaded = Keras.Saving.LoadModel(stream.ToArray());
        Assert.That(Kept(loaded), Is.EqualTo("true 3 true"));
        var told = new Told();
        loaded.Fit(X, Y, batchSize: 5, verbose: 0, callbacks: [told]);
        Assert.That(told.Ends.Select(e => e.Batch), Is.EqualTo(new[] { 2 }));
        loaded.Compile();
        Assert.That(Kept(loaded), Is.EqualTo("false 1 false"));

        static string Kept(Model model) => string.Join(' ', new[] { "run_eagerly", "steps_per_execution", "jit_compile" }.Select(key => model.GetCompileConfig()![key]));
    }

    [TestCase("\"auto\"", true), TestCase("null", true), TestCase("3", false)]
    public void What_files_say_is_read_strictly(string jit, bool fits)
    {
        var model = Made();
        var config = model.GetCompileConfig()!;
        config["jit_compile"] = JsonNode.Parse(jit);
        model.CompileFromConfig(config);
        Assert.That(model.Optimizer is not null, Is.EqualTo(fits));
    }

    [Test]
    public void An_execution_has_a_step() =>
        Assert.That(() => Made(stepsPerExecution: 0), Throws.ArgumentException.With.Message.Contains("an execution has no step. Expected: stepsPerExecution of 1 or more. Received: 0."));
}
