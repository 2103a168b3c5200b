using System.Globalization;
using Keras.Layers;
using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests;

/// <summary>Model files of other people's projects, written by Keras 1.1 to 3.15. They lie beside the sources, where they lie at all.</summary>
public class FetchedFileTests
{
    static readonly Dictionary<string, string> Refused = new()
    {
        ["dl4j-test-resources/modelimport__keras__examples__lambda__model_lambda.h5"] = "code of Python",
        ["dl4j-test-resources/modelimport__keras__examples__lambda__sequential_lambda.h5"] = "code of Python",
        ["dl4j-test-resources/modelimport__keras__weights__space_to_depth_graph_tensorflow_2.h5"] = "code of Python",
        ["dl4j-test-resources/modelimport__keras__weights__space_to_depth_simple_tensorflow_1.h5"] = "code of Python",
        ["dl4j-test-resources/modelimport__keras__weights__space_to_depth_simple_tensorflow_2.h5"] = "code of Python",
    };

    static string Folder { get; } = Path.Combine(GoldenFolder.Sources, "..", "shared", "data", "fetched", "models");

    static string PathOf(string name) => Path.Combine(Folder, name);

    static IEnumerable<string> Files() => !Directory.Exists(Folder) ? []
        : Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f).Replace('\\', '/'))
            .Where(f => f.EndsWith("h5", StringComparison.Ordinal) || f.EndsWith("hdf5", StringComparison.Ordinal) || f.EndsWith(".keras", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    static bool IsWeights(string name) => name.Contains("weights.h", StringComparison.Ordinal) && !name.Contains("__weights__", StringComparison.Ordinal);

    static IEnumerable<string> Models() => Files().Where(f => !IsWeights(f) && !f.Contains("inputs_and_outputs", StringComparison.Ordinal) && !f.StartsWith("keras/", StringComparison.Ordinal)
        && !Refused.ContainsKey(f)).DefaultIfEmpty("");

    static void Need(string name)
    {
        if (name.Length == 0 || !File.Exists(PathOf(name))) Assert.Ignore("The files are not here: ../shared/data/fetched/models.");
    }

    [TestCaseSource(nameof(Models))]
    public void A_model_loads_computes_and_is_saved_again(string name)
    {
        Need(name);
        var model = Saving.LoadModel(PathOf(name));
        using var stream = new MemoryStream();
        model.Save(stream);
        stream.Position = 0;
        var again = Saving.LoadModel(stream);
        Assert.That(again.ToJson(), Is.EqualTo(model.ToJson()));
        // Some files do not say for which shape.
        if (!model.Built) return;
        var x = Inputs(model);
        var expected = model.PredictAll(x).Flatten().Select(t => t.ToDoubles()).ToArray();
        Assert.That(expected.SelectMany(e => e), Is.All.Matches<double>(double.IsFinite));
        Assert.That(again.PredictAll(x).Flatten().Select(t => t.ToDoubles()), Is.EqualTo(expected));
    }

    static Nest Inputs(Model model) => model.Inputs.Map(i => Ops.Cast(Keras.Random.Uniform(Shape.Of([.. i.Shape.Dims.ToArray().Select((d, at) => d != Shape.Unknown ? d : at == 0 ? 2 : 24)]), 0, 3, seed: 1), i.DType));

    static IEnumerable<string> Refusals() => Files().Where(Refused.ContainsKey).DefaultIfEmpty("");

    [TestCaseSource(nameof(Refusals))]
    public void Code_is_refused(string name)
    {
        Need(name);
        Assert.That(() => Saving.LoadModel(PathOf(name)), Throws.TypeOf<ModelFileException>().With.Message.Contains(Refused[name]));
    }

    static IEnumerable<string> Recorded() => Files().Where(f => f.EndsWith("_inputs_and_outputs.h5", StringComparison.Ordinal)).DefaultIfEmpty("");

    [TestCaseSource(nameof(Recorded))]
    public void Outputs_are_those_that_were_recorded(string name)
    {
        Need(name);
        var model = Saving.LoadModel(PathOf(name.Replace("inputs_and_outputs", "model", StringComparison.Ordinal)));
        using var file = File.OpenRead(PathOf(name));
        var root = Hdf5File.Open(file).Root;
        var (input, output) = (One(root.TryGroup("inputs")!), One(root.TryGroup("predictions")!));
        Same(model.Predict(input, batchSize: input.Shape[0]), output);
        // The same weights, from the file that holds nothing else.
        foreach (var weight in model.Weights) weight.Assign(Ops.Zeros(weight.Shape));
        model.LoadWeights(PathOf(name.Replace("inputs_and_outputs", "weights", StringComparison.Ordinal)));
        Same(model.Predict(input, batchSize: input.Shape[0]), output);
    }

    static void Same(Tensor received, Tensor expected)
    {
        Assert.That(received.Shape, Is.EqualTo(expected.Shape));
        Assert.That(received.ToDoubles(), Is.EqualTo(expected.ToDoubles()).Within(1e-5));
    }

    static Tensor One(Hdf5Group group) => Hdf5Weights.Stored(group.Datasets.Single()).ToTensor();

    [Test]
    public void A_network_of_convolutions_of_Keras_1_gives_the_recorded_output()
    {
        const string name = "dl4j-test-resources/keras__simple__cnn_tf_";
        Need(name + "model.h5");
        double[] Numbers(string file) => [.. File.ReadAllText(PathOf(name + file)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
        var (input, output) = (Numbers("input.txt"), Numbers("output.txt"));
        var model = Saving.LoadModel(PathOf(name + "model.h5"));
        var x = Ops.Cast(Tensor.Of(input, [1, 3, 8, 8]), DType.Float32);
        Assert.That(model.Predict(Ops.Transpose(x, [0, 2, 3, 1])).ToDoubles(), Is.EqualTo(output).Within(1e-5));
        model.LoadWeights(PathOf(name + "weights.h5"));
        Assert.That(model.Predict(Ops.Transpose(x, [0, 2, 3, 1])).ToDoubles(), Is.EqualTo(output).Within(1e-5));
    }

    [Test]
    public void Weights_alone_fit_the_layers_they_are_of()
    {
        const string snake = "Snake/model.weights.h5", lstm = "dl4j-test-resources/modelimport__keras__fullconfigs__lstm__lstm_th_keras_2_weights.h5";
        Need(snake);
        Fit(new Sequential([new Input(12, 12, 3), new Conv2D(32, 3), new MaxPooling2D(), new Conv2D(64, 3), new GlobalAveragePooling2D(), new Dense(64), new Dense(4)]), snake);
        Fit(new Sequential([new Input([null, 12]), new LSTM(96, returnSequences: true), new LSTM(96), new Dense(1)]), lstm);
    }

    /// <summary>Every weight gets other values than it began with.</summary>
    static void Fit(Model model, string name)
    {
        var before = model.Weights.Select(w => w.Value.ToDoubles()).ToArray();
        model.LoadWeights(PathOf(name));
        foreach (var (weight, values) in model.Weights.Zip(before)) Assert.That(weight.Value.ToDoubles(), Is.Not.EqualTo(values), weight.Path);
    }

    sealed class WeightedAverage : Layer
    {
        Variable? _weight;

        protected override void BuildWeights(Shape inputShape) => _weight = AddWeight([inputShape[-1], 1], name: "W");

        protected override Tensor Call(Tensor x, CallContext context) => Ops.Sum(x * Ops.Softmax(Ops.Matmul(x, _weight!.Value), 1), 1);
    }

    [Test]
    public void Weights_of_layers_for_cuDNN_fit_the_layers_of_today()
    {
        const string name = "textgenrnn/textgenrnn__textgenrnn_weights.hdf5";
        Need(name);
        var x = Layer.Input(40);
        var embedded = new Embedding(465, 100).Apply(x);
        var first = new LSTM(128, returnSequences: true).Apply(embedded);
        var second = new LSTM(128, returnSequences: true).Apply(first);
        var all = new Keras.Layers.Concatenate().Apply([embedded, first, second]);
        var model = new Model(x, new Dense(465, activation: "softmax").Apply(new WeightedAverage().Apply(all)));
        Fit(model, name);
        Assert.That(model.Predict(Ops.Zeros([1, 40])).ToDoubles().Sum(), Is.EqualTo(1).Within(1e-4));
    }

    [RegisterKerasSerializable("legacy_nested_container")]
    public sealed class NestedDenseModel : Model
    {
        readonly List<Tuple<Dense>> _blocks;
        readonly Dense _out = new(2);

        public NestedDenseModel(int num = 3, string? name = null, DTypePolicy? dtype = null, bool trainable = true) : base(name, dtype, trainable)
        {
            Num = num;
            _blocks = [.. Enumerable.Range(0, num).Select(i => Tuple.Create(new Dense(4, useBias: false, name: $"d_{i}")))];
        }

        public int Num { get; }

        protected override Tensor Call(Tensor x, CallContext context) => _out.Apply(_blocks.Aggregate(x, (y, block) => block.Item1.Apply(y)));
    }

    [Test]
    public void Lists_in_lists_of_before_are_found_among_the_layers()
    {
        const string name = "keras/keras__src__saving__test_data__pre_pr22362_nested_container.keras";
        Need(name);
        var model = Saving.LoadModel(PathOf(name), new() { { "legacy_nested_container>NestedDenseModel", typeof(NestedDenseModel) } });
        var kernels = model.Weights.Where(w => w.Name == "kernel").ToDictionary(w => w.Path.Split('/')[^2], w => w.Value.ToDoubles());
        for (var i = 0; i < 3; i++) Assert.That(kernels[$"d_{i}"], Is.All.EqualTo(0.1 * (i + 1)).Within(1e-6));
        Assert.That(kernels.Values.Last(), Is.All.EqualTo(0.5));
    }
}
