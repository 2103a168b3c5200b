using Keras.Layers;

namespace Keras.Parity.Tests;

/// <summary>The classes of one's own in files that Keras's tests saved, in C#.</summary>
static class SavedClasses
{
    const string Package = "my_custom_package>";

    /// <summary>By the names that files give them.</summary>
    internal static CustomObjects All { get; } = new()
    {
        { Package + "MyDense", typeof(MyDense) },
        { Package + "LayerWithCustomSaving", typeof(LayerWithCustomSaving) },
        { Package + "CustomModelX", typeof(CustomModelX) },
        { Package + "ModelWithCustomSaving", typeof(ModelWithCustomSaving) },
        { Package + "SubclassFunctional", typeof(SubclassFunctional) },
        { Package + "my_mean_squared_error", (Func<Tensor, Tensor, Tensor>)LossFunctions.MeanSquaredError },
        { "test_nested_list>NestedContainerModel", typeof(Lists.NestedContainerModel) },
        { "test_nested_dict>NestedContainerModel", typeof(Dictionaries.NestedContainerModel) },
        { "test_deeply_nested>DeeplyNestedModel", typeof(DeeplyNestedModel) },
        { "test_mixed_nested>MixedNestedModel", typeof(MixedNestedModel) },
        { "test_cyclic_container>CyclicContainerModel", typeof(CyclicContainerModel) },
    };

    [RegisterKerasSerializable("my_custom_package")]
    public class MyDense : Layer
    {
        // Fields go by their order here: in Keras the layer's own weights come first.
        Variable? _first, _second, _third;

        public MyDense(int units, string? name = null, DTypePolicy? dtype = null, bool trainable = true) : base(name, dtype, trainable)
        {
            Units = units;
            NestedLayer = new Dense(units, name: "dense");
        }

        public int Units { get; }

        public Dense NestedLayer { get; }

        protected override void BuildWeights(Shape inputShape)
        {
            _first = AddWeight([], "ones", name: "my_additional_weight");
            _second = AddWeight([], "ones", name: "my_additional_weight_2");
            _third = AddWeight([], "ones", name: "my_dict_weight");
            NestedLayer.Build(inputShape);
        }

        protected override Tensor Call(Tensor x, CallContext context) => NestedLayer.Apply(x);

        internal int Own => new[] { _first, _second, _third }.Count(v => v is not null);
    }

    [RegisterKerasSerializable("my_custom_package")]
    public sealed class LayerWithCustomSaving(int units, string? name = null, DTypePolicy? dtype = null, bool trainable = true) : MyDense(units, name, dtype, trainable)
    {
        internal byte[] Assets { get; private set; } = [];

        internal Tensor? Stored { get; private set; }

        protected internal override void SaveAssets(IDictionary<string, byte[]> files) => files["assets.txt"] = Assets;

        protected internal override void LoadAssets(IReadOnlyDictionary<string, byte[]> files) => Assets = files["assets.txt"];

        protected internal override void SaveOwnVariables(VariableStore store) => store["variables"] = Stored!;

        protected internal override void LoadOwnVariables(VariableStore store) => Stored = store["variables"];
    }

    [RegisterKerasSerializable("my_custom_package")]
    public sealed class CustomModelX(string? name = null, DTypePolicy? dtype = null, bool trainable = true) : Model(name, dtype, trainable)
    {
        readonly MyDense dense1 = new(1, name: "my_dense_1");
        readonly MyDense dense2 = new(1, name: "my_dense_2");

        protected override Tensor Call(Tensor x, CallContext context) => dense2.Apply(dense1.Apply(x));
    }

    [RegisterKerasSerializable("my_custom_package")]
    public sealed class ModelWithCustomSaving(string? name = null, DTypePolicy? dtype = null, bool trainable = true) : Model(name, dtype, trainable)
    {
        readonly LayerWithCustomSaving _customDense = new(1);

        protected override Tensor Call(Tensor x, CallContext context) => _customDense.Apply(x);
    }

    [RegisterKerasSerializable("my_custom_package")]
    public sealed class SubclassFunctional : Model
    {
        public SubclassFunctional() : this(Input(4, 2))
        {
        }

        SubclassFunctional(Tensor x) : base(x, new Dense(1, name: "second_dense").Apply(new Dense(1, name: "first_dense").Apply(x)))
        {
        }

        static Tensor Input(int dim, int batch) => new Input(Shape.Of(dim), batchSize: batch).Output;

        public override System.Text.Json.Nodes.JsonObject GetConfig() => [];
    }

    public sealed class CanaryLayer : Layer
    {
        protected override void BuildWeights(Shape inputShape) => AddWeight([], "zeros", trainable: false, name: "counter");

        protected override Tensor Call(Tensor x, CallContext context) => x;
    }

    public abstract class ContainerModel(string? name, DTypePolicy? dtype, bool trainable) : Model(name, dtype, trainable)
    {
        private protected abstract IEnumerable<Layer> Stack { get; }

        protected override Tensor Call(Tensor x, CallContext context) => Stack.Aggregate(x, (y, layer) => layer.Apply(y));
    }

    static class Lists
    {
        [RegisterKerasSerializable("test_nested_list")]
        public sealed class NestedContainerModel(string? name = null, DTypePolicy? dtype = null, bool trainable = true) : ContainerModel(name, dtype, trainable)
        {
            readonly List<List<Dense>> _blocks = [[new Dense(8), new Dense(8)], [new Dense(8), new Dense(8)]];
            readonly Dense _outLayer = new(2);

            private protected override IEnumerable<Layer> Stack => _blocks.SelectMany(b => b).Append(_outLayer);
        }
    }

    static class Dictionaries
    {
        [RegisterKerasSerializable("test_nested_dict")]
        public sealed class NestedContainerModel(string? name = null, DTypePolicy? dtype = null, bool trainable = true) : ContainerModel(name, dtype, trainable)
        {
            readonly Dictionary<string, List<Dense>> _blocks = new() { ["block_a"] = [new Dense(8), new Dense(8)], ["block_b"] = [new Dense(8), new Dense(8)] };
            readonly Dense _outLayer = new(2);

            private protected override IEnumerable<Layer> Stack => _blocks.Values.SelectMany(b => b).Append(_outLayer);
        }
    }

    [RegisterKerasSerializable("test_deeply_nested")]
    public sealed class DeeplyNestedModel(string? name = null, DTypePolicy? dtype = null, bool trainable = true) : ContainerModel(name, dtype, trainable)
    {
        readonly List<List<List<Dense>>> _blocks = [[[new Dense(4), new Dense(4)]]];
        readonly Dense _outLayer = new(2);

        private protected override IEnumerable<Layer> Stack => _blocks.SelectMany(b => b).SelectMany(b => b).Append(_outLayer);
    }

    [RegisterKerasSerializable("test_mixed_nested")]
    public sealed class MixedNestedModel(string? name = null, DTypePolicy? dtype = null, bool trainable = true) : ContainerModel(name, dtype, trainable)
    {
        readonly List<(Dense, Dense)> _blocks = [(new Dense(4), new Dense(4))];
        readonly Dense _outLayer = new(2);

        private protected override IEnumerable<Layer> Stack => [_blocks[0].Item1, _blocks[0].Item2, _outLayer];
    }

    [RegisterKerasSerializable("test_cyclic_container")]
    public sealed class CyclicContainerModel : ContainerModel
    {
        readonly List<object> _blocks = [];
        readonly Dense _out = new(2);

        public CyclicContainerModel(string? name = null, DTypePolicy? dtype = null, bool trainable = true) : base(name, dtype, trainable) => _blocks.Add(_blocks);

        private protected override IEnumerable<Layer> Stack => [_out];
    }
}
