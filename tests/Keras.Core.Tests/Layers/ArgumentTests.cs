using Keras.Layers;

namespace Keras.Core.Tests.Layers;

/// <summary>What single arguments do that the recorded calls do not tell.</summary>
sealed class ArgumentTests
{
    [Test]
    public void Bidirectional_begins_with_given_weights()
    {
        var first = new Bidirectional(new LSTM(2, returnSequences: true));
        first.Build(Shape.Of(1, 3, 4));
        var second = new Bidirectional(new LSTM(2, returnSequences: true), weights: first.GetWeights());
        var x = Random.Normal([1, 3, 4], seed: 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(second.Apply(x).ToArray<float>(), Is.EqualTo(first.Apply(x).ToArray<float>()));
            Assert.That(second.GetConfig().ContainsKey("weights"), Is.False);
            Assert.That(() => new Bidirectional(new LSTM(2), weights: [Ops.Ones([1])]).Build(Shape.Of(1, 3, 4)), Throws.ArgumentException.With.Message.Contains("the number of weights differs"));
        }
    }

    [Test]
    public void UseCudnn_is_an_argument_and_no_part_of_the_config()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new LSTM(2, useCudnn: false).UseCudnn, Is.False);
            Assert.That(new GRU(2).UseCudnn, Is.Null);
            Assert.That(new LSTM(2, useCudnn: true).GetConfig().ContainsKey("use_cudnn"), Is.False);
        }
    }

    sealed class Squeezing(bool squeeze) : Layer
    {
        protected override void Build(Nest inputs) => InputSpec = [new InputSpec(Shape: Shape.Of(Shape.Unknown, 3, 1), AllowLastAxisSqueeze: squeeze)];

        protected override Tensor Call(Tensor x, CallContext context) => x;
    }

    [Test]
    public void A_last_axis_of_1_may_be_left_out_where_the_spec_says_so()
    {
        var layer = new Squeezing(true);
        layer.Build(Shape.Of(2, 3, 1));
        var strict = new Squeezing(false);
        strict.Build(Shape.Of(2, 3, 1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(layer.Apply(Ops.Ones([2, 3])).Shape, Is.EqualTo(Shape.Of(2, 3)));
            Assert.That(() => layer.Apply(Ops.Ones([2, 4])), Throws.ArgumentException);
            Assert.That(() => strict.Apply(Ops.Ones([2, 3])), Throws.ArgumentException.With.Message.Contains("the input has a wrong shape"));
        }
    }

    sealed class Picky : Layer
    {
        readonly Dense _first = new(2);
        Variable? _kernel;
        Dense? _second;

        protected override void BuildWeights(Shape inputShape)
        {
            _kernel = AddWeight(Shape.Of(inputShape[-1]));
            _second = new Dense(inputShape[-1]);
            _ = Weights;
            if (inputShape.Rank != 2) throw new ArgumentException("[Picky] no");
        }

        protected override Tensor Call(Tensor x, CallContext context) => _first.Apply(_second!.Apply(x * _kernel!));
    }

    [Test]
    public void A_failed_build_of_a_class_of_ones_own_leaves_nothing_behind()
    {
        var layer = new Picky();
        Assert.That(() => layer.Apply(Ops.Ones([1, 2, 3])), Throws.ArgumentException);
        Assert.That(layer.Weights, Is.Empty);
        layer.Apply(Ops.Ones([1, 4]));
        Assert.That(layer.CountParams(), Is.EqualTo(4 + ((4 * 2) + 2) + ((4 * 4) + 4)));
    }

    sealed class OfIntegers : Layer
    {
        public OfIntegers() => InputSpec = [new InputSpec(DType: DType.Int32)];

        protected override Tensor Call(Tensor x, CallContext context) => x;
    }

    [Test]
    public void Build_takes_the_dtype_that_the_spec_names()
    {
        var layer = new OfIntegers();
        layer.Build([null, 4]);
        Assert.That(layer.Built);
        Assert.That(() => layer.Apply(Ops.Ones([1, 4])), Throws.ArgumentException.With.Message.Contains("wrong dtype. Expected: int32. Received: float32."));
    }

    sealed class OfChannels : Layer
    {
        public OfChannels() => InputSpec = [new InputSpec(Axes: new Dictionary<int, int> { [2] = 4, [-3] = 2 })];

        protected override Tensor Call(Tensor x, CallContext context) => x;
    }

    [Test]
    public void An_axis_that_the_spec_names_has_to_be_there()
    {
        Assert.That(new OfChannels().Apply(Ops.Ones([2, 1, 4])).Shape, Is.EqualTo(Shape.Of(2, 1, 4)));
        Assert.That(() => new OfChannels().Apply(Ops.Ones([2, 4])), Throws.ArgumentException.With.Message.EndsWith("the input has a wrong dimension at axis 2. Expected: 4. Received: (2, 4)."));
    }

    sealed class Around : Layer
    {
        readonly List<Layer> _inner = [new Dense(3), new Dropout(0.5), new Dense(2)];

        protected override Tensor Call(Tensor x, CallContext context) => _inner.Aggregate(x, (y, layer) => layer.Apply(y));
    }

    [Test]
    public void Build_builds_the_layers_within_a_class_of_ones_own()
    {
        var layer = new Around();
        layer.Build([null, 4]);
        Assert.That(layer.CountParams(), Is.EqualTo((4 * 3) + 3 + (3 * 2) + 2));
        var refusing = new Around();
        Assert.That(() => refusing.Build([4]), Throws.ArgumentException);
        Assert.That(refusing.Built, Is.False);
        Assert.That(refusing.Apply(Ops.Ones([1, 5])).Shape, Is.EqualTo(Shape.Of(1, 2)));
    }

    [Test]
    public void A_stateful_layer_that_refused_a_batch_takes_another_sequence()
    {
        var layer = new LSTM(2, stateful: true);
        Assert.That(() => layer.Apply(Layer.Input(3, 4)), Throws.ArgumentException.With.Message.Contains("fixed batch size"));
        Assert.That(layer.Apply(Ops.Ones([1, 3, 5])).Shape, Is.EqualTo(Shape.Of(1, 2)));
    }

    [Test]
    public void A_recurrent_layer_that_a_failed_call_built_takes_another_sequence()
    {
        var layer = new GRU(2);
        Assert.That(() => new Sequential([layer, new Conv1D(2, 2)]).Apply(Ops.Ones([1, 3, 4])), Throws.ArgumentException);
        Assert.That(layer.Apply(Ops.Ones([1, 3, 5])).Shape, Is.EqualTo(Shape.Of(1, 2)));
    }

    sealed class Named : Layer
    {
        public Named() => InputSpec = [new InputSpec(Ndim: 3, Name: "pixels"), new InputSpec(Ndim: 1, Name: "age")];

        protected override Nest Call(Nest inputs, CallContext context) => inputs;
    }

    [Test]
    public void Inputs_of_a_dictionary_are_checked_by_name()
    {
        Tensor image = Ops.Ones([1, 2, 2]), age = Ops.Ones([1]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new Named().Apply(Nest.Dictionary([new("age", age), new("pixels", image)])).Flatten(), Has.Count.EqualTo(2));
            Assert.That(() => new Named().Apply(Nest.Dictionary([new("age", image), new("pixels", age)])), Throws.ArgumentException.With.Message.Contains("wrong rank"));
            Assert.That(() => new Named().Apply(Nest.Dictionary([new("age", age), new("photo", image)])), Throws.ArgumentException.With.Message.Contains("an input is missing. Expected: \"pixels\""));
        }
    }

    static readonly object[] Parts =
    [
        new Initializers.VarianceScaling(2, "fan_avg", "uniform", 7), new Initializers.Orthogonal(0.5, 3), new Regularizers.L1L2(0.1, 0.2), new Regularizers.OrthogonalRegularizer(0.1, "columns"),
        new Constraints.MinMaxNorm(0.1, 0.9, 0.5, 1), new Constraints.NonNeg(),
    ];

    [TestCaseSource(nameof(Parts))]
    public void Parts_come_back_from_what_Serialize_gives(object part)
    {
        var (written, again) = part switch
        {
            Initializer p => (p.Serialize(), Initializer.Deserialize(p.Serialize()).Serialize()),
            Regularizer p => (p.Serialize(), Regularizer.Deserialize(p.Serialize()).Serialize()),
            var p => (((Constraint)p).Serialize(), Constraint.Deserialize(((Constraint)p).Serialize()).Serialize()),
        };
        Assert.That(again.ToJsonString(), Is.EqualTo(written.ToJsonString()));
    }

    [TestCase("OrthogonalInitializer", typeof(Initializers.Orthogonal))]
    [TestCase("IdentityInitializer", typeof(Initializers.Identity))]
    [TestCase("STFTInitializer", typeof(Initializers.STFT))]
    [TestCase("he_normal", typeof(Initializers.HeNormal))]
    public void Other_names_of_initializers_are_known(string name, Type type) => Assert.That((Initializer)name, Is.InstanceOf(type));
}
