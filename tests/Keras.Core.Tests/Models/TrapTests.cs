namespace Keras.Core.Tests.Models;

using Keras.Layers;

/// <summary>Faults that other frameworks had in models: small inputs with known results.</summary>
sealed class TrapTests
{
    static Tensor Named(string name, params int?[] shape) => new Input(Shape.Create(shape), name: name).Output;

    static Nest Data(params (string Name, Tensor Value)[] values) => Nest.Dictionary(values.Select(v => KeyValuePair.Create(v.Name, (Nest)v.Value)));

    [Test]
    public void Inputs_of_a_dictionary_go_by_name_and_a_list_for_them_is_refused()
    {
        Tensor it = Named("IT", 10), s = Named("IS", 10);
        var model = new Model(Data(("IT", it), ("IS", s)), new Keras.Layers.Subtract().Apply([it, s]));
        Tensor ones = Ops.Ones([2, 10]), zeros = Ops.Zeros([2, 10]);
        Assert.That(model.Apply(Data(("IT", ones), ("IS", zeros))).Tensor.ToDoubles(), Has.All.EqualTo(1));
        Assert.That(model.Predict(Data(("IS", zeros), ("IT", ones))).ToDoubles(), Has.All.EqualTo(1));
        Nest list = new[] { ones, zeros };
        model.Compile("sgd", "mse");
        foreach (var action in new Action[] { () => model.Apply(list), () => model.Predict(list), () => model.Fit(list, ones, verbose: 0) })
            Assert.That(action, Throws.ArgumentException.With.Message.Contains("IS, IT").And.Message.Contains("list"));
        var function = new Function(model.Inputs, model.Outputs);
        Assert.That(() => function.Apply(list), Throws.ArgumentException);
        Assert.That(function.Apply(Data(("IT", ones), ("IS", zeros))).Tensor.ToDoubles(), Has.All.EqualTo(1));
    }

    [Test]
    public void One_tensor_serves_a_dictionary_of_one_input()
    {
        var x = Named("x", 2);
        var model = new Model(Data(("x", x)), new Rescaling(2).Apply(x));
        Assert.That(model.Predict(Ops.Ones([1, 2])).ToDoubles(), Is.EqualTo(new double[] { 2, 2 }));
    }

    [Test]
    public void Dictionaries_may_hold_lists()
    {
        Tensor a = Named("a", 1), b = Named("b", 1), c = Named("c", 1);
        var inputs = Nest.Dictionary([new("rest", new[] { b, c }), new("first", a)]);
        var model = new Model(inputs, new Keras.Layers.Concatenate().Apply([a, b, c]));
        Tensor Of(float value) => Tensor.Of([value], [1, 1]);
        var given = Nest.Dictionary([new("rest", new[] { Of(2), Of(3) }), new("first", Of(1))]);
        Assert.That(model.Predict(given).ToDoubles(), Is.EqualTo(new double[] { 1, 2, 3 }));
        Assert.That(() => model.Predict(Data(("first", Of(1)), ("rest", Of(2)))), Throws.ArgumentException);
    }

    [Test]
    public void Inputs_that_are_not_in_the_order_of_their_names_are_matched_by_name()
    {
        Tensor b = Named("b", 3), a = Named("a", 2);
        var model = new Model(new[] { b, a }, new Keras.Layers.Concatenate().Apply([b, a]));
        Tensor three = Tensor.Of([1f, 2, 3], [1, 3]), two = Tensor.Of([4f, 5], [1, 2]);
        double[] expected = [1, 2, 3, 4, 5];
        Assert.That(model.Predict(Data(("a", two), ("b", three))).ToDoubles(), Is.EqualTo(expected));
        Assert.That(model.Predict(new[] { three, two }).ToDoubles(), Is.EqualTo(expected));
        Assert.That(model.Apply(Data(("a", two), ("b", three))).Tensor.ToDoubles(), Is.EqualTo(expected));
        // Also where both would fit.
        Tensor z = Named("z", 1), y = Named("y", 1);
        var same = new Model(new[] { z, y }, z - y);
        Assert.That(same.Predict(Data(("y", Ops.Zeros([1, 1])), ("z", Ops.Ones([1, 1])))).Item(), Is.EqualTo(1));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_key_that_is_no_input_is_passed_over(bool dictionary)
    {
        var x = Named("input_feature", 168, 3);
        var model = new Model(dictionary ? Data(("input_feature", x)) : x, new GlobalMaxPooling1D().Apply(x));
        var data = Data(("ignore_feature", Ops.Zeros([2])), ("input_feature", Ops.Ones([2, 168, 3])));
        Assert.That(model.Predict(data).ToDoubles(), Has.All.EqualTo(1).And.Exactly(6).Items);
        Assert.That(model.Apply(data).Tensor.ToDoubles(), Has.All.EqualTo(1));
        Assert.That(() => model.Predict(Data(("ignore_feature", Ops.Zeros([2])))), Throws.ArgumentException.With.Message.Contains("input_feature"));
    }

    [Test]
    public void A_function_of_a_middle_tensor_leaves_out_what_was_before()
    {
        var x = Layer.Input(1);
        var y = x * x;
        var z = y + 1;
        var three = Tensor.Of([3f], [1, 1]);
        Assert.That(new Function(y, z).Apply(three).Item(), Is.EqualTo(4));
        Assert.That(new Model(y, z).Predict(three).Item(), Is.EqualTo(4));
        Assert.That(new Function(x, z).Apply(three).Item(), Is.EqualTo(10));
        // Also of one that has no samples.
        var sum = Ops.Sum(y);
        Assert.That(new Function(sum, sum * 2).Apply(Tensor.Scalar(3, DType.Float32)).Item(), Is.EqualTo(6));
    }

    [Test]
    public void A_model_between_inner_layers_has_those_alone()
    {
        var x = Layer.Input(4);
        Layer[] dense = [new Dense(5, name: "one"), new Dense(6, name: "two"), new Dense(7, name: "three")];
        var (first, second) = (dense[0].Apply(x), dense[1]);
        var h = second.Apply(first);
        var whole = new Model(x, dense[2].Apply(h));
        var part = new Model(first, whole.Outputs);
        Assert.That(part.Layers.Where(l => l is Dense).Select(l => l.Name), Is.EqualTo(new[] { "two", "three" }));
        Assert.That(part.Layers.Select(l => l.GetType()), Is.EqualTo(new[] { typeof(Input), typeof(Dense), typeof(Dense) }));
        Assert.That(part.Predict(Data((part.Layers[0].Name, Ops.Ones([1, 5])))).Shape, Is.EqualTo(Shape.Of(1, 7)));
        Assert.That(part.CountParams(), Is.EqualTo((5 * 6) + 6 + (6 * 7) + 7));
        var data = Ops.Ones([2, 4]);
        Assert.That(part.Apply(dense[0].Apply(data)).ToArray<float>(), Is.EqualTo(whole.Apply(data).ToArray<float>()).Within(1e-6));
    }

    [Test]
    public void A_layer_of_a_model_and_of_its_part_is_one()
    {
        var x = Layer.Input(10);
        var shared = new Dense(10, kernelInitializer: new Keras.Initializers.Identity());
        var inner = new Model(x, shared.Apply(x));
        var model = new Model(x, shared.Apply(inner.Apply(x)));
        Assert.That(model.CountParams(), Is.EqualTo(110));
        shared.SetWeights([shared.GetWeights()[0] * 2, Ops.Zeros([10])]);
        Assert.That(model.Predict(Ops.Ones([1, 10])).ToDoubles(), Has.All.EqualTo(4));
        model.Compile("sgd", "mse");
        model.Fit(Ops.Ones([4, 10]), Ops.Zeros([4, 10]), verbose: 0);
        Assert.That(model.GetWeights(), Has.Count.EqualTo(2));
        Assert.That(inner.GetWeights()[0].ToDoubles(), Is.EqualTo(model.GetWeights()[0].ToDoubles()));
    }

    [Test]
    public void Weights_go_by_place_whatever_the_names()
    {
        static Sequential Make() => new([new Input(3), new Dense(4), new Dense(2)]);
        var (first, second) = (Make(), Make());
        Assert.That(second.Layers[0].Name, Is.Not.EqualTo(first.Layers[0].Name));
        second.SetWeights(first.GetWeights());
        Assert.That(second.Predict(Ops.Ones([1, 3])).ToArray<float>(), Is.EqualTo(first.Predict(Ops.Ones([1, 3])).ToArray<float>()));
    }

    [Test]
    public void Weights_for_a_model_without_a_shape_have_to_wait()
    {
        var model = new Sequential([new Flatten(), new Dense(60)], name: "open");
        Assert.That(() => model.SetWeights([Ops.Ones([4, 60]), Ops.Ones([60])]), Throws.InvalidOperationException.With.Message.StartsWith("[Sequential \"open\"]")
            .And.Message.Contains("Build"));
        model.Build([null, 2, 2]);
        model.SetWeights([Ops.Ones([4, 60]), Ops.Ones([60])]);
        Assert.That(model.Predict(Ops.Ones([1, 2, 2])).ToDoubles(), Has.All.EqualTo(5).And.Exactly(60).Items);
    }

    [Test]
    public void A_sequential_that_begins_with_a_built_model_is_built()
    {
        var model = new Sequential([new Sequential([new Input(16), new Dense(4)])]);
        Assert.That(model.Built);
        Assert.That(model.CountParams(), Is.EqualTo(68));
        model.Add(new Dense(2));
        Assert.That(model.Outputs.Tensor.Shape, Is.EqualTo(Shape.Of(-1, 2)));
        var x = Layer.Input(16);
        var functional = new Sequential([new Model(x, new Dense(3).Apply(x)), new Dense(1)]);
        Assert.That(functional.Predict(Ops.Ones([2, 16])).Shape, Is.EqualTo(Shape.Of(2, 1)));
        var open = new Sequential([new Sequential([new Dense(4)]), new Dense(1)]);
        Assert.That(open.Built, Is.False);
        Assert.That(open.Predict(Ops.Ones([2, 5])).Shape, Is.EqualTo(Shape.Of(2, 1)));
    }

    sealed class Scaled(int units, double scale) : Model
    {
        readonly Dense _dense = new(units);

        public int Units { get; } = units;

        public double Scale { get; } = scale;

        protected override Tensor Call(Tensor x, CallContext context) => _dense.Apply(x) * Scale;
    }

    static IEnumerable<TestCaseData> Originals()
    {
        var x = Layer.Input(4);
        Dense shared = new(4, activation: "tanh", name: "shared"), late = new(3);
        var inner = new Model(x, shared.Apply(shared.Apply(x) + 1), name: "inner");
        yield return new(new Sequential([new Input(4), new Dense(3), new Dropout(0.5), new Dense(2)], name: "with")) { TestName = "Sequential with input" };
        yield return new(new Sequential([new Dense(3), new BatchNormalization()], name: "without")) { TestName = "Sequential without input" };
        yield return new(inner) { TestName = "Functional with a layer used twice" };
        yield return new(new Model(Data(("a", x)), Data(("o", late.Apply(inner.Apply(x) * 2))), name: "outer")) { TestName = "Model in a model" };
        yield return new(new Sequential([inner, new Dense(2)], name: "around")) { TestName = "Model in a sequential" };
        yield return new(new Scaled(3, 0.5)) { TestName = "Subclassed" };
        var step = Layer.Input(1);
        yield return new(new Model(x, new TimeDistributed(new Model(step, new Dense(2).Apply(step))).Apply(new Reshape([4, 1]).Apply(x)), name: "wrapping")) { TestName = "Model in a wrapper" };
        yield return new(new Sequential([new Reshape([4, 1, 1]), new TimeDistributed(new TimeDistributed(new Sequential([new Input(1), new Dense(2)])))], name: "twice")) { TestName = "Sequential in wrappers" };
    }

    [TestCaseSource(nameof(Originals))]
    public void A_clone_computes_the_same_with_the_same_weights(Model model)
    {
        var clone = Keras.Models.CloneModel(model);
        var data = Ops.Ones([2, 4]);
        var expected = model.Apply(model.Graph?.Inputs.Keys is null ? data : Data(("a", data))).Flatten()[0].ToArray<float>();
        var input = clone.Graph?.Inputs.Keys is null ? data : Data(("a", data));
        clone.Apply(input);
        Assert.That(clone.GetType(), Is.EqualTo(model.GetType()));
        Assert.That(clone.Layers.Select(l => l.GetType()), Is.EqualTo(model.Layers.Select(l => l.GetType())));
        if (model is not Scaled)
        {
            Assert.That(clone.Name, Is.EqualTo(model.Name));
            Assert.That(clone.Layers.Select(l => l.Name), Is.EqualTo(model.Layers.Select(l => l.Name)));
        }
        Assert.That(clone.Weights.Intersect(model.Weights), Is.Empty);
        Assert.That(clone.CountParams(), Is.EqualTo(model.CountParams()));
        clone.SetWeights(model.GetWeights());
        Assert.That(clone.Apply(input).Flatten()[0].ToArray<float>(), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void A_clone_begins_with_given_tensors_and_may_share_layers()
    {
        var sequential = new Sequential([new Dense(3, name: "d"), new Dense(2)]);
        var x = Named("mine", 5);
        var clone = Keras.Models.CloneModel(sequential, x);
        Assert.That(clone.Inputs.Tensor, Is.SameAs(x));
        Assert.That(clone.CountParams(), Is.EqualTo(18 + 8));
        Tensor a = Layer.Input(3), b = Layer.Input(3);
        var model = new Model(new[] { a, b }, new Dense(1).Apply(a - b));
        var shared = Keras.Models.CloneModel(model, new[] { Named("p", 3), Named("q", 3) }, l => l);
        Assert.That(shared.Weights, Is.EqualTo(model.Weights));
        Assert.That(shared.Apply([Ops.Ones([1, 3]), Ops.Zeros([1, 3])]).Item(), Is.EqualTo(model.Apply([Ops.Ones([1, 3]), Ops.Zeros([1, 3])]).Item()));
        Assert.That(() => Keras.Models.CloneModel(model, new[] { a, b, a }), Throws.ArgumentException);
        Assert.That(() => Keras.Models.CloneModel(new Scaled(1, 1), x), Throws.ArgumentException);
        // Layers of models within are asked for where that is wanted, the models themselves else.
        var nested = new Sequential([new Input(3), new Sequential([new Input(3), new Dense(1)])]);
        var asked = new List<Type>();
        Layer Asked(Layer layer)
        {
            asked.Add(layer.GetType());
            return layer;
        }
        Keras.Models.CloneModel(nested, cloneFunction: Asked);
        Keras.Models.CloneModel(nested, cloneFunction: Asked, recursive: true);
        Assert.That(asked, Is.EqualTo(new[] { typeof(Sequential), typeof(Dense) }));
    }
}
