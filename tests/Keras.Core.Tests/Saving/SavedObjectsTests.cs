using Keras.Layers;

namespace Keras.Core.Tests.Saving;

/// <summary>The paths are those of files that Keras wrote.</summary>
public class SavedObjectsTests
{
    static string[] Paths(object root) => [.. SavedObjects.Of(root).Select(s => s.Path)];

    static Dense Units(int units = 2) => new(units);

    [Test]
    public void A_functional_model_counts_its_inputs_and_goes_in_the_order_of_the_graph()
    {
        var x = Layer.Input(4);
        var h = new Dropout(0.5).Apply(new BatchNormalization().Apply(new Dense(3, name: "d1").Apply(x)));
        var model = new Model(x, Units().Apply(new Keras.Layers.Concatenate().Apply([h, h])));
        model.Compile("adam", "mse");
        Assert.That(Paths(model), Is.EqualTo(new[]
        {
            "", "layers/input_layer", "layers/dense", "layers/batch_normalization", "layers/dropout", "layers/concatenate", "layers/dense_1", "optimizer",
        }));
        Assert.That(SavedObjects.Of(model).Select(s => SavedObjects.NameOf(s.Saved)), Does.Contain("d1"));
    }

    [Test]
    public void A_sequential_model_does_not_count_its_input()
    {
        var inner = new Sequential([new Input(4), Units(), new LayerNormalization()]);
        Assert.That(Paths(inner), Is.EqualTo(new[] { "", "layers/dense", "layers/layer_normalization" }));
    }

    [Test]
    public void A_model_within_goes_by_its_class()
    {
        var x = Layer.Input(4);
        var inner = new Model(x, Units(4).Apply(x), name: "first");
        var stack = new Sequential([new Input(4), Units()], name: "second");
        var y = Layer.Input(4);
        Assert.That(Paths(new Model(y, stack.Apply(inner.Apply(y)))), Is.EqualTo(new[]
        {
            "", "layers/input_layer", "layers/functional", "layers/functional/layers/input_layer", "layers/functional/layers/dense",
            "layers/sequential", "layers/sequential/layers/dense",
        }));
    }

    [Test]
    public void Layers_around_layers_go_by_the_attribute()
    {
        Assert.That(Paths(new LSTM(2)), Is.EqualTo(new[] { "", "cell" }));
        Assert.That(Paths(new RNN(new RNNCell[] { new LSTMCell(2), new GRUCell(2), new LSTMCell(2) })),
            Is.EqualTo(new[] { "", "cell", "cell/cells/lstm_cell", "cell/cells/gru_cell", "cell/cells/lstm_cell_1" }));
        Assert.That(Paths(new Bidirectional(new GRU(2))), Is.EqualTo(new[] { "", "backward_layer", "backward_layer/cell", "forward_layer", "forward_layer/cell" }));
        Assert.That(Paths(new TimeDistributed(Units())), Is.EqualTo(new[] { "", "layer" }));
        Assert.That(Paths(new Pipeline([new Rescaling(2.0), new Rescaling(3.0)])), Is.EqualTo(new[] { "", "layers/rescaling", "layers/rescaling_1" }));
        Assert.That(Paths(new TextVectorization()), Is.EqualTo(new[] { "", "_lookup_layer" }));
    }

    [Test]
    public void Attention_has_its_parts_under_the_names_that_Python_gives_them()
    {
        var x = Layer.Input(3, 4);
        var heads = new MultiHeadAttention(2, 2, useGate: true);
        heads.Apply(x, x);
        Assert.That(Paths(heads), Is.EqualTo(new[]
            { "", "key_dense", "output_dense", "query_dense", "value_dense", "_dropout_layer", "_gate_dense", "_softmax" }));
        var groups = new GroupQueryAttention(2, 4, 2);
        groups.Apply(x, x);
        Assert.That(Paths(new Sequential([groups])), Is.EqualTo(new[]
        {
            "", "layers/grouped_query_attention", "layers/grouped_query_attention/_dropout_layer", "layers/grouped_query_attention/_key_dense",
            "layers/grouped_query_attention/_output_dense", "layers/grouped_query_attention/_query_dense", "layers/grouped_query_attention/_softmax",
            "layers/grouped_query_attention/_value_dense",
        }));
    }

    [Test]
    public void A_feature_space_keeps_layers_by_feature_in_the_order_given()
    {
        var space = new FeatureSpace(new Dictionary<string, Feature> { ["b"] = FeatureSpace.FloatNormalized(), ["a"] = FeatureSpace.IntegerHashed(3), ["c"] = FeatureSpace.IntegerHashed(4) },
            crosses: [("a", "c")]);
        Assert.That(Paths(space), Is.EqualTo(new[] { "", "crossers/hashed_crossing", "features/feature/preprocessor", "features/feature_1/preprocessor", "features/feature_2/preprocessor" }));
        Assert.That(SavedObjects.Of(space)[2].Saved, Is.InstanceOf<Normalization>());
    }

    [Test]
    public void Spectral_normalization_lists_the_kernel_as_its_own_too()
    {
        var layer = new SpectralNormalization(Units(3));
        layer.Build([null, 4]);
        var own = SavedObjects.VariablesOf(layer);
        Assert.That(own.Select(v => v.Name), Is.EqualTo(new[] { "kernel", "vector_u" }));
        Assert.That(SavedObjects.VariablesOf(layer.Layer), Does.Contain(own[0]));
    }

    // The example of what Keras does with attributes before and after "layers".
    sealed class Mixed : Model
    {
        readonly Dense _aDense = Units();
        readonly Dense _zz = Units();
        readonly List<Dense> _lst = [Units()];

        public BatchNormalization Bn { get; } = new();

        public Block Blk { get; } = new();

        protected override Tensor Call(Tensor x, CallContext context) => Bn.Apply(_zz.Apply(_lst[0].Apply(_aDense.Apply(x))));
    }

    sealed class Block : Layer
    {
        readonly Dense[] _ds = [Units(), Units()];
        readonly Dictionary<string, Dense> _dd = new() { ["x"] = Units() };
        readonly List<List<Layer>> _nest = [[Units()], [Units(), new LSTM(1)]];

        public Layer FirstTail { get; } = Units();
    }

    [Test]
    public void A_subclassed_model_gives_attributes_before_layers_their_names()
    {
        Assert.That(Paths(new Mixed()).Where(p => !p.StartsWith("blk")), Is.EqualTo(new[] { "", "a_dense", "bn", "layers/dense_1", "layers/dense_2" }));
    }

    [Test]
    public void A_subclassed_layer_goes_by_attributes_and_lists_by_classes()
    {
        var block = new Block();
        Assert.That(Paths(block), Is.EqualTo(new[]
        {
            "", "dd/dense", "ds/dense", "ds/dense_1", "first_tail", "nest/container/dense", "nest/container_1/dense", "nest/container_1/lstm", "nest/container_1/lstm/cell",
        }));
        Assert.That(block.Sublayers, Has.Count.EqualTo(7));
    }

    sealed class Cyclic : Model
    {
        readonly List<object> _blocks = [];

        public Cyclic()
        {
            _blocks.Add(_blocks);
            _blocks.Add(new List<object> { _blocks, Units() });
        }
    }

    [Test]
    public void A_list_that_holds_itself_ends() => Assert.That(Paths(new Cyclic()), Is.EqualTo(new[] { "", "blocks/container_1/dense" }));

    class Base(Dense given) : Layer
    {
        readonly Dense _inBase = Units();

        public Dense Given => given;

        public Dense InBase => _inBase;
    }

    sealed class Derived : Base
    {
        readonly Dense _own = Units();

        public Derived() : base(Units()) => Track(Own, "_private");

        public Dense Own => _own;
    }

    [Test]
    public void Fields_of_base_classes_count_and_a_given_name_wins()
    {
        var layer = new Derived();
        Assert.That(SavedObjects.Of(layer).Select(s => s.Path), Is.EqualTo(new[] { "", "given", "in_base", "_private" }));
        Assert.That(layer.Sublayers, Is.EqualTo(new[] { layer.Own, layer.Given, layer.InBase }).AsCollection);
    }

    sealed class Loop : Layer
    {
        public List<Layer> Parts { get; } = [];
    }

    [Test]
    public void What_one_path_does_not_have_is_looked_for_at_the_next()
    {
        var shared = Units();
        var (outer, inner) = (new Loop(), new Loop());
        inner.Parts.Add(shared);
        outer.Parts.AddRange([inner, shared]);
        var asked = new List<string>();
        var missing = SavedObjects.Walk(outer, (saved, path) =>
        {
            asked.Add(path);
            return saved is not Dense || path == "parts/dense";
        });
        Assert.That(asked, Is.EqualTo(new[] { "", "parts/loop", "parts/loop/parts/dense", "parts/dense" }));
        Assert.That(missing, Is.Empty);
        Assert.That(SavedObjects.Walk(outer, (saved, _) => saved is not Dense), Is.EqualTo(new[] { shared }));
    }

    [Test]
    public void A_failed_build_leaves_no_parts_behind()
    {
        var heads = new MultiHeadAttention(2, 2);
        Assert.That(() => heads.Apply(Layer.Input(3, 4), Layer.Input(4)), Throws.ArgumentException);
        var x = Layer.Input(3, 4);
        heads.Apply(x, x);
        Assert.That(Paths(heads), Has.Length.EqualTo(7));
    }
}
