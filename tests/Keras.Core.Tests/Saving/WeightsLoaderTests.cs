using Keras.Layers;
using Utf8 = System.Text.Encoding;

namespace Keras.Core.Tests.Saving;

/// <summary>Weights as files have them, in memory.</summary>
sealed class MemoryWeights : WeightsSource
{
    readonly Dictionary<string, List<(string Name, Tensor Value)>> _stores = [];

    internal List<string> Read { get; } = [];

    internal static MemoryWeights Of(object root)
    {
        var weights = new MemoryWeights();
        foreach (var (path, saved) in SavedObjects.Of(root))
        {
            var store = new VariableStore(path);
            if (saved is Layer layer) layer.SaveOwnVariables(store);
            else ((Optimizer)saved).SaveOwnVariables(store);
            weights._stores[path] = [.. store.Names.Select(n => (n, store[n]))];
        }
        return weights;
    }

    internal List<(string Name, Tensor Value)> this[string path] => _stores[path];

    internal void Move(string from, string to)
    {
        foreach (var path in _stores.Keys.Where(p => p == from || p.StartsWith(from + "/", StringComparison.Ordinal)).ToArray())
            if (_stores.Remove(path, out var store)) _stores[to + path[from.Length..]] = store;
    }

    internal override VariableStore Get(string path)
    {
        var store = new VariableStore(path);
        foreach (var (name, value) in _stores.GetValueOrDefault(path, [])) store.Add(name, new StoredArray(new(value.DType, value.Shape), () =>
        {
            Read.Add($"{path}/{name}");
            return value.EvaluateToKeep();
        }));
        return store;
    }

    internal override bool Has(string path) => _stores.Keys.Any(p => p == path || p.StartsWith(path + "/", StringComparison.Ordinal));
}

public class WeightsLoaderTests
{
    static Sequential Small(string activation = "relu") => new([new Input(4), new Dense(3, activation: activation), new BatchNormalization(), new LSTMBlock(), new Dense(2)]);

    sealed class LSTMBlock : Layer
    {
        readonly RepeatVector _repeat = new(2);
        readonly LSTM _lstm = new(3);

        protected override Tensor Call(Tensor x, CallContext context) => _lstm.Apply(_repeat.Apply(x));
    }

    static double[][] Values(Layer layer) => [.. layer.Weights.Select(w => w.Value.ToDoubles())];

    [Test]
    public void Weights_and_the_state_of_the_optimizer_come_back_bit_by_bit()
    {
        var (x, y) = (Keras.Random.Normal([8, 4], seed: 1), Keras.Random.Normal([8, 2], seed: 2));
        var (first, second) = (Small(), Small());
        first.Compile("adam", "mse");
        second.Compile("adam", "mse");
        first.Fit(x, y, epochs: 2, verbose: 0, shuffle: false);
        second.Optimizer!.Build(second.TrainableWeights);
        var loaded = WeightsLoader.Load(second, MemoryWeights.Of(first));
        Assert.That(loaded, Has.Count.EqualTo(second.Weights.Count + second.Optimizer.Variables.Count));
        Assert.That(Values(second), Is.EqualTo(Values(first)));
        first.Fit(x, y, epochs: 2, verbose: 0, shuffle: false);
        second.Fit(x, y, epochs: 2, verbose: 0, shuffle: false);
        Assert.That(Values(second), Is.EqualTo(Values(first)));
    }

    [Test]
    public void What_does_not_fit_changes_nothing_and_reads_nothing()
    {
        var model = Small();
        var before = Values(model);
        var weights = MemoryWeights.Of(Small());
        weights["layers/dense_1"][0] = ("0", Ops.Zeros([2, 3]));
        Assert.That(() => WeightsLoader.Load(model, weights), Throws.TypeOf<ModelFileException>().With.Message.Contains("layers/dense_1").And.Message.Contains("(3, 2)"));
        Assert.That(Values(model), Is.EqualTo(before));
        Assert.That(weights.Read, Is.Empty);
    }

    [Test]
    public void A_failure_while_reading_leaves_the_values_of_before()
    {
        var model = Small();
        var before = Values(model);
        using var cancel = new CancellationTokenSource();
        var weights = MemoryWeights.Of(Small());
        cancel.Cancel();
        Assert.That(() => WeightsLoader.Load(model, weights, cancellation: cancel.Token), Throws.InstanceOf<OperationCanceledException>());
        weights["layers/dense_1"][1] = ("1", Tensor.Of(new float[] { 1, 2 }) + Layer.Input(2));
        weights["layers/dense_1"][1] = ("1", Ops.Sum(Layer.Input(2), 0));
        Assert.That(() => WeightsLoader.Load(model, weights), Throws.InvalidOperationException);
        Assert.That(weights.Read, Has.Count.GreaterThan(1));
        Assert.That(Values(model), Is.EqualTo(before));
    }

    [Test]
    public void Too_few_and_too_many_arrays_are_told_by_the_layer()
    {
        var weights = MemoryWeights.Of(Small());
        weights["layers/dense"].RemoveAt(1);
        Assert.That(() => WeightsLoader.Load(Small(), weights), Throws.TypeOf<ModelFileException>().With.Message.Contains("the number of weights differs. Expected: 2. Received: 1."));
        weights["layers/dense"].AddRange([("1", Ops.Zeros([3])), ("2", Ops.Zeros([3]))]);
        Assert.That(() => WeightsLoader.Load(Small(), weights), Throws.TypeOf<ModelFileException>().With.Message.Contains("Quantized weights are not supported."));
        Assert.That(() => WeightsLoader.Load(new Sequential([new Dense(3)]), MemoryWeights.Of(new Sequential([new Input(2), new Dense(3)]))),
            Throws.TypeOf<ModelFileException>().With.Message.Contains("is not built"));
    }

    [Test]
    public void Mismatches_can_be_skipped()
    {
        var (model, other) = (Small(), Small());
        var weights = MemoryWeights.Of(other);
        weights["layers/dense_1"].Clear();
        var before = Values(model.Layers[3]);
        WeightsLoader.Load(model, weights, skipMismatch: true);
        Assert.That(Values(model.Layers[3]), Is.EqualTo(before));
        Assert.That(Values(model.Layers[0]), Is.EqualTo(Values(other.Layers[0])));
    }

    sealed class Lists : Layer
    {
        public List<List<Dense>> Blocks { get; } = [[new Dense(2)], [new Dense(3)]];

        protected override Tensor Call(Tensor x, CallContext context) => Blocks.SelectMany(b => b).Aggregate(x, (y, l) => l.Apply(y));
    }

    [Test]
    public void Lists_in_lists_that_an_old_file_lacks_keep_their_values()
    {
        var (layer, other) = (new Lists(), new Lists());
        layer.Build([null, 2]);
        other.Build([null, 2]);
        var weights = MemoryWeights.Of(other);
        weights.Move("blocks/container", "nowhere");
        var before = Values(layer.Blocks[0][0]);
        WeightsLoader.Load(layer, weights);
        Assert.That(Values(layer.Blocks[0][0]), Is.EqualTo(before));
        Assert.That(Values(layer.Blocks[1][0]), Is.EqualTo(Values(other.Blocks[1][0])));
    }

    sealed class Custom : Layer
    {
        public Tensor Kept { get; set; } = 1.5;

        public string Text { get; set; } = "";

        protected internal override void SaveOwnVariables(VariableStore store) => store["kept"] = Kept;

        protected internal override void LoadOwnVariables(VariableStore store) => Kept = store["kept"];

        protected internal override void SaveAssets(IDictionary<string, byte[]> files) => files["text.txt"] = Utf8.UTF8.GetBytes(Text);

        protected internal override void LoadAssets(IReadOnlyDictionary<string, byte[]> files) => Text = Utf8.UTF8.GetString(files["text.txt"]);
    }

    [Test]
    public void A_layer_can_keep_what_it_wants_under_names_of_its_own()
    {
        var (first, second) = (new Custom { Kept = 2.5, Text = "words" }, new Custom());
        var files = new Dictionary<string, byte[]>();
        ((Layer)first).SaveAssets(files);
        WeightsLoader.Load(second, MemoryWeights.Of(first), assets: _ => files);
        Assert.That((second.Kept.Item(), second.Text), Is.EqualTo((2.5, "words")));
    }

    [TestCase("int")]
    [TestCase("tf_idf")]
    [TestCase("count")]
    public void Vocabularies_and_their_weights_come_back(string mode)
    {
        var (first, second) = (new TextVectorization(outputMode: mode), new TextVectorization(outputMode: mode));
        first.Adapt(new[] { "a b b c", "b c d", "e" });
        Assert.That(SavedObjects.Of(first).Select(s => s.Path), Is.EqualTo(new[] { "", "_lookup_layer" }));
        var files = new Dictionary<string, byte[]>();
        ((Layer)first).SaveAssets(files);
        Assert.That(Utf8.UTF8.GetString(files["vocabulary.txt"]), Is.EqualTo(mode == "int" ? "\n[UNK]\nb\nc\ne\nd\na" : "[UNK]\nb\nc\ne\nd\na"));
        WeightsLoader.Load(second, MemoryWeights.Of(first), assets: _ => files);
        Assert.That(second.GetVocabulary(), Is.EqualTo(first.GetVocabulary()));
        string[] text = ["b d x"];
        Assert.That(second.Apply(text).ToDoubles(), Is.EqualTo(first.Apply(text).ToDoubles()).Within(1e-6));
        Assert.That(() => WeightsLoader.Load(new TextVectorization(outputMode: mode), MemoryWeights.Of(first), assets: _ => new Dictionary<string, byte[]>()),
            Throws.TypeOf<ModelFileException>().With.Message.Contains("vocabulary.txt"));
    }

    [Test]
    public void An_optimizer_of_another_number_of_variables_starts_anew()
    {
        var (first, second, third) = (Small(), Small(), Small());
        first.Compile("adam", "mse");
        first.Optimizer!.Build(first.TrainableWeights);
        first.Optimizer.Iterations.Assign(7);
        second.Compile("sgd", "mse");
        WeightsLoader.Load(second, MemoryWeights.Of(first));
        Assert.That(second.Optimizer!.Iterations.Value.Item(), Is.Zero);
        third.Compile("adam", "mse");
        third.Optimizer!.Build(third.TrainableWeights);
        var old = MemoryWeights.Of(first);
        // As files of Keras 2.15, which have no learning rate.
        var stored = old["optimizer"];
        stored.RemoveAt(1);
        for (var i = 0; i < stored.Count; i++) stored[i] = ($"{i}", stored[i].Value);
        WeightsLoader.Load(third, old);
        Assert.That(third.Optimizer!.Iterations.Value.Item(), Is.EqualTo(7));
        stored[0] = ("0", -1);
        Assert.That(() => WeightsLoader.Load(third, old), Throws.TypeOf<ModelFileException>().With.Message.Contains("steps"));
    }

    [Test]
    public void A_model_may_not_ask_for_far_more_than_its_file_has()
    {
        Sequential Made(int units) => LoadScope.Run(LoadScope.Allowed(0), () => (new Sequential([new Input(1000), new Dense(units)]), Array.Empty<Variable>().AsEnumerable()));
        Assert.That(() => Made(1_000_000), Throws.ArgumentException.With.Message.Contains("larger than its file"));
        Assert.That(() => LoadScope.Run(LoadScope.Allowed(0), () => (new Sequential([new Input(1), new Embedding(int.MaxValue, int.MaxValue)]), Array.Empty<Variable>().AsEnumerable())),
            Throws.ArgumentException.With.Message.Contains("larger than its file"));
        Assert.That(Made(3).Weights[0].Value.ToDoubles(), Has.Some.Not.Zero, "weights without values are drawn");
    }

    [Test]
    public void What_the_file_has_is_not_drawn()
    {
        var drawn = 0;
        var kernel = new CountingInitializer(() => drawn++);
        var model = LoadScope.Run(LoadScope.Allowed(0), () =>
        {
            var made = new Sequential([new Input(4), new Dense(2, kernelInitializer: kernel)]);
            return (made, (IEnumerable<Variable>)made.Weights);
        });
        Assert.That((drawn, model.Weights[0].Value.ToDoubles().Any(v => v != 0)), Is.EqualTo((0, false)));
    }

    sealed class CountingInitializer(Action count) : Initializer
    {
        public override Tensor Apply(Shape shape, DType? dtype = null)
        {
            count();
            return Ops.Ones(shape, dtype);
        }
    }
}
