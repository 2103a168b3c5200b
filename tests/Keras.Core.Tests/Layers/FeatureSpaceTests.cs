using System.Text.Json.Nodes;

namespace Keras.Core.Tests.Layers;

using Keras.Layers;

/// <summary>Tables of features: shapes of Keras's own tests, and values worked out by hand.</summary>
sealed class FeatureSpaceTests
{
    static readonly double[] Tenths = [.. Enumerable.Range(0, 10).Select(i => i / 10.0)];
    static readonly int[] Digits = [.. Enumerable.Range(0, 10)];
    static readonly string[] Texts = [.. Digits.Select(d => $"{d}")];

    static readonly Dictionary<string, Column> Table = new()
    {
        ["float_1"] = Tenths,
        ["float_2"] = Tenths,
        ["float_3"] = Tenths,
        ["int_1"] = Digits,
        ["int_2"] = Digits,
        ["int_3"] = Digits,
        ["string_1"] = Texts,
        ["string_2"] = Texts,
    };

    static readonly Dictionary<string, Column> One = new()
    {
        ["float_1"] = 0.0,
        ["float_2"] = 0.0,
        ["float_3"] = 0.0,
        ["int_1"] = 0,
        ["int_2"] = 0,
        ["int_3"] = 0,
        ["string_1"] = "0",
        ["string_2"] = "0",
    };

    static Dictionary<string, Feature> Kinds() => new()
    {
        ["float_1"] = "float",
        ["float_2"] = "float_normalized",
        ["float_3"] = "float_discretized",
        ["string_1"] = "string_categorical",
        ["string_2"] = "string_hashed",
        ["int_1"] = "integer_categorical",
        ["int_2"] = "integer_hashed",
        ["int_3"] = "integer_categorical",
    };

    [Test]
    public void Kinds_and_crosses_make_vectors()
    {
        var space = new FeatureSpace(Kinds(), crosses: [("float_3", "string_1"), ("string_2", "int_2")]);
        space.Adapt(Table);
        var whole = space.Apply(Table).Tensor;
        Assert.Multiple(() =>
        {
            Assert.That(whole.Shape, Is.EqualTo(Shape.Of(10, 195)));
            Assert.That(space.Apply(One).Tensor.ToDoubles(), Is.EqualTo(whole[0].ToDoubles()));
            Assert.That(whole.DType, Is.EqualTo(DType.Float32));
        });
        space.Adapt(Batches());
        Assert.That(space.Apply(Table).Tensor.ToDoubles(), Is.EqualTo(whole.ToDoubles()).Within(1e-5));

        static IEnumerable<IReadOnlyDictionary<string, Column>> Batches() => Digits.Chunk(5).Select(part => Kinds().Keys.ToDictionary(k => k, k => k[0] switch
        {
            'f' => (Column)part.Select(d => Tenths[d]).ToArray(),
            'i' => (Column)part,
            _ => (Column)part.Select(d => Texts[d]).ToArray(),
        }));
    }

    [Test]
    public void A_dictionary_has_every_feature()
    {
        var space = new FeatureSpace(Kinds(), "dict", [("float_3", "string_1"), new Cross(["string_2", "int_2"], 8, "int")]);
        space.Adapt(Table);
        var (many, one) = (Parts(space.Apply(Table)), Parts(space.Apply(One)));
        Assert.Multiple(() =>
        {
            Assert.That(many, Has.Count.EqualTo(10));
            Assert.That(many["string_1"].Shape, Is.EqualTo(Shape.Of(10, 11)));
            Assert.That(many["int_2"].Shape, Is.EqualTo(Shape.Of(10, 32)));
            Assert.That(many["string_2_X_int_2"].DType, Is.EqualTo(DType.Int64));
            Assert.That(one["string_1"].Shape, Is.EqualTo(Shape.Of(11)));
            Assert.That(one["float_3_X_string_1"].Shape, Is.EqualTo(Shape.Of(32)));
            Assert.That(one["string_2_X_int_2"].Shape, Is.EqualTo(Shape.Of(1)));
        });

        static Dictionary<string, Tensor> Parts(Nest nest) => nest.Keys!.Zip(nest.Items).ToDictionary(p => p.First, p => p.Second.Tensor);
    }

    [Test]
    public void Features_may_be_told_apart()
    {
        var space = new FeatureSpace(new Dictionary<string, Feature>
        {
            ["float_1"] = FeatureSpace.Float(),
            ["float_2"] = FeatureSpace.FloatNormalized(),
            ["float_3"] = FeatureSpace.FloatDiscretized(3),
            ["string_1"] = FeatureSpace.StringCategorical(5),
            ["string_2"] = FeatureSpace.StringHashed(32),
            ["int_1"] = FeatureSpace.IntegerCategorical(5, 2),
            ["int_2"] = FeatureSpace.IntegerHashed(32),
            ["int_3"] = FeatureSpace.IntegerCategorical(5),
        }, crosses: [new Cross(["float_3", "string_1"], 32), new Cross(["string_2", "int_2"], 32)]);
        space.Adapt(Table);
        Assert.That(space.Apply(One).Tensor.Shape, Is.EqualTo(Shape.Of(148)));
    }

    [Test]
    public void Values_are_those_of_the_layers()
    {
        var space = new FeatureSpace(new Dictionary<string, Feature>
        {
            ["price"] = FeatureSpace.FloatRescaled(2, 1),
            ["size"] = FeatureSpace.FloatDiscretized(3, [1, 2]),
            ["city"] = "string_categorical",
            ["text"] = new Feature("string", new TextVectorization(outputMode: "count", vocabulary: ["a", "b"]), "float"),
        });
        space.Adapt(new Dictionary<string, Column> { ["city"] = new[] { "Rome", "Oslo", "Rome" } });
        var encoded = space.Apply(new Dictionary<string, Column>
        {
            ["price"] = new[] { 3, 4 },
            ["size"] = new[] { 1.5, 9 },
            ["city"] = new[] { "Oslo", "Bonn" },
            ["text"] = new[] { "a B a", "c" },
        }).Tensor;
        // city: unknown, Rome, Oslo; price; size: three bins; text: unknown, a, b.
        Assert.That(encoded.ToDoubles(), Is.EqualTo(new double[] { 0, 0, 1, 7, 0, 1, 0, 0, 2, 1, 1, 0, 0, 9, 0, 0, 1, 1, 0, 0 }));
    }

    [Test]
    public void Features_of_numbers_may_stand_in_a_model()
    {
        var space = new FeatureSpace(new Dictionary<string, Feature> { ["a"] = "float_normalized", ["b"] = "integer_categorical" });
        var table = new Dictionary<string, Column> { ["a"] = Tenths, ["b"] = Digits };
        space.Adapt(table);
        var inputs = space.GetInputs();
        var model = new Model(inputs: inputs.ToDictionary(i => i.Key, i => i.Value), outputs: space.GetEncodedFeatures());
        var predicted = model.Predict(new Dictionary<string, Tensor> { ["a"] = Tensor.Of(Tenths, [10, 1]), ["b"] = Tensor.Of(Digits, [10, 1]) });
        Assert.That(predicted.ToDoubles(), Is.EqualTo(space.Apply(table).Tensor.ToDoubles()).Within(1e-6));
    }

    [Test]
    public void Comes_back_from_its_config()
    {
        var space = new FeatureSpace(Kinds(), "dict", [("float_3", "string_1"), new Cross(["string_2", "int_2", "int_1"], 8, "int")], 16, 7, 5);
        var config = space.GetConfig();
        var again = (FeatureSpace)ObjectConfig.Construct(typeof(FeatureSpace), JsonNode.Parse(config.ToJsonString())!.AsObject());
        Assert.Multiple(() =>
        {
            Assert.That(again.GetConfig().ToJsonString(), Is.EqualTo(config.ToJsonString()));
            Assert.That(config.Select(p => p.Key), Is.EquivalentTo("features output_mode crosses crossing_dim hashing_dim num_discretization_bins".Split(' ')));
            Assert.That((string?)config["features"]!["int_2"]!["config"]!["preprocessor"]!["class_name"], Is.EqualTo("Hashing"));
            Assert.That((int)config["features"]!["int_2"]!["config"]!["preprocessor"]!["config"]!["num_bins"]!, Is.EqualTo(7));
            Assert.That(again.Crossers.Keys, Is.EquivalentTo(new[] { "float_3_X_string_1", "string_2_X_int_2_X_int_1" }));
        });
    }

    [Test]
    public void Bins_of_a_config_are_adapted()
    {
        var space = new FeatureSpace(new Dictionary<string, Feature> { ["a"] = FeatureSpace.FloatDiscretized(3) });
        var table = new Dictionary<string, Column> { ["a"] = Tensor.Of(Tenths, [10]) };
        space.Adapt(table);
        var again = (FeatureSpace)ObjectConfig.Construct(typeof(FeatureSpace), JsonNode.Parse(space.GetConfig().ToJsonString())!.AsObject());
        Assert.That(again.Apply(table).Tensor.ToDoubles(), Is.EqualTo(space.Apply(table).Tensor.ToDoubles()));
    }

    [Test]
    public void A_copy_learns_by_itself()
    {
        var space = new FeatureSpace(new Dictionary<string, Feature> { ["b"] = FeatureSpace.FloatNormalized(), ["a"] = "string_categorical" });
        var copy = (FeatureSpace)ObjectConfig.Copy(space);
        Assert.That(copy.Features.Keys, Is.EqualTo(space.Features.Keys));
        Assert.That(copy.Preprocessors.Values.Intersect(space.Preprocessors.Values), Is.Empty);
        var table = new Dictionary<string, Column> { ["a"] = StringArray.Of(["x", "y"], [2]), ["b"] = Tensor.Of([1f, 3], [2]) };
        space.Adapt(table);
        Assert.That(() => copy.Apply(table), Throws.InvalidOperationException);
        copy.Adapt(table);
        Assert.That(copy.Apply(table).Tensor.ToDoubles(), Is.EqualTo(space.Apply(table).Tensor.ToDoubles()));
    }

    [Test]
    public void A_call_builds()
    {
        var space = new FeatureSpace(new Dictionary<string, Feature> { ["a"] = FeatureSpace.IntegerHashed(3), ["b"] = FeatureSpace.IntegerHashed(3) }, crosses: [("a", "b")]);
        space.Apply(new Dictionary<string, Column> { ["a"] = Tensor.Of(Digits, [10]), ["b"] = Tensor.Of(Digits, [10]) });
        Assert.That(space.Built && space.Crossers["a_X_b"].Built);
    }

    [TestCaseSource(nameof(Mistakes))]
    public void Mistakes_are_named(Action action, string text) =>
        Assert.That(action, Throws.InstanceOf<Exception>().With.Message.Contains(text).And.Message.StartsWith("["));

    static IEnumerable<TestCaseData> Mistakes()
    {
        yield return Case(() => _ = new FeatureSpace(new Dictionary<string, Feature>()), "there are no features");
        yield return Case(() => _ = new FeatureSpace(Kinds(), "list"), "unknown value");
        yield return Case(() => _ = (Feature)"float_rounded", "unknown value");
        yield return Case(() => _ = new FeatureSpace(Kinds(), crosses: [("int_1", "int_9")]), "a feature that is crossed is not there");
        yield return Case(() => _ = new Cross(["a"]), "nothing to cross");
        yield return Case(() => _ = new Cross(["a", "b"], outputMode: "float"), "unknown value");
        yield return Case(() => new FeatureSpace(Kinds()).Apply(Table), "features have to be adapted first");
        yield return Case(() => new FeatureSpace(Kinds()).Adapt(new Dictionary<string, Column> { ["float_1"] = Tenths }), "a column is missing");
        yield return Case(() => Only("int_1", "float").Apply(Table), "there is no such feature");
        yield return Case(() => Only("x", "float").Apply(new Dictionary<string, Column> { ["x"] = Texts }), "is of another kind");
        yield return Case(() => Only("x", "string_hashed").Apply(new Dictionary<string, Column> { ["x"] = Digits }), "is of another kind");
        yield return Case(() => Only("x", FeatureSpace.IntegerHashed(3, "int")).Apply(new Dictionary<string, Column> { ["x"] = Digits }), "is not encoded");
        yield return Case(() => Only("x", new Feature("float32", new Rescaling(1), "one_hot")).Apply(new Dictionary<string, Column> { ["x"] = Tenths }), "gives no integers");
        yield return Case(() => Only("x", "string_hashed").GetInputs(), "is of strings");

        static FeatureSpace Only(string name, Feature feature) => new(new Dictionary<string, Feature> { [name] = feature });

        static TestCaseData Case(Action action, string text) => new(action, text);
    }
}
