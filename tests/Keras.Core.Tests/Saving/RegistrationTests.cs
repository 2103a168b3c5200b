using System.Text.Json.Nodes;
using Keras.Layers;

namespace Keras.Core.Tests.Saving;

/// <summary>Classes and functions of the program in configs.</summary>
sealed class RegistrationTests
{
    public sealed class Scaling(double factor, Initializer? first = null, string? name = null) : Layer(name)
    {
        public double Factor { get; } = factor;

        public Initializer? First { get; } = first;

        protected override Tensor Call(Tensor x, CallContext context) => x * Factor;
    }

    [RegisterKerasSerializable("mine", "Own")]
    public sealed class Renamed(double factor) : Layer
    {
        public double Factor { get; } = factor;

        protected override Tensor Call(Tensor x, CallContext context) => x * Factor;
    }

    public sealed class Cubed(string? name = null) : Loss(name)
    {
        protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => Ops.Mean(Ops.Power(Ops.Abs(yTrue - yPred), 3), -1);
    }

    public sealed class Halves : Regularizer
    {
        public override Tensor Apply(Tensor x) => Ops.Sum(x) / 2;
    }

    static Tensor Triple(Tensor x) => x * 3;

    [Test]
    public void An_unknown_class_says_how_to_register_it()
    {
        var node = new Scaling(2).Serialize();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((string?)node["registered_name"], Is.EqualTo("Scaling"));
            Assert.That(() => Layer.Deserialize(node), Throws.ArgumentException.With.Message.Contains("Saving.RegisterKerasSerializable<YourClass>(package, name)").And.Message.Contains("Scaling"));
        }
    }

    [Test]
    public void Objects_of_a_module_come_last()
    {
        CustomObjects own = new() { { "Scaling", typeof(Scaling) } }, others = new() { { "Scaling", typeof(Renamed) } };
        Assert.That(Keras.Saving.GetRegisteredObject("Scaling", moduleObjects: others), Is.EqualTo(typeof(Renamed)));
        Assert.That(Keras.Saving.GetRegisteredObject("Scaling", own, others), Is.EqualTo(typeof(Scaling)));
        using (new CustomObjectScope(own)) Assert.That(Keras.Saving.GetRegisteredObject("Scaling", moduleObjects: others), Is.EqualTo(typeof(Scaling)));
        Assert.That(Keras.Saving.GetRegisteredObject("nothing", own, others), Is.Null);
    }

    [Test]
    public void Custom_objects_are_passed_or_stand_in_a_scope()
    {
        var node = new Scaling(2, new Initializers.Constant(1.5), "twice").Serialize();
        var objects = new CustomObjects { { "Scaling", typeof(Scaling) } };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Layer.Deserialize(node, objects).Serialize().ToJsonString(), Is.EqualTo(node.ToJsonString()));
            using (new CustomObjectScope(objects))
            {
                Assert.That(((Scaling)Layer.Deserialize(node)).Factor, Is.EqualTo(2));
                Assert.That(Keras.Saving.GetCustomObjects()["Scaling"], Is.EqualTo(typeof(Scaling)));
            }
            Assert.That(() => Layer.Deserialize(node), Throws.ArgumentException);
            Assert.That(Keras.Saving.GetRegisteredObject("Scaling"), Is.Null);
        }
    }

    [Test]
    public void Registered_classes_are_found_by_their_name()
    {
        Assert.That(Keras.Saving.RegisterKerasSerializable<Renamed>(), Is.EqualTo("mine>Own"));
        var node = new Renamed(4).Serialize();
        // Python's class has a name of its own.
        node["class_name"] = "Own";
        using (Assert.EnterMultipleScope())
        {
            Assert.That((string?)node["registered_name"], Is.EqualTo("mine>Own"));
            Assert.That(((Renamed)Layer.Deserialize(node)).Factor, Is.EqualTo(4));
            Assert.That(Keras.Saving.GetRegisteredName(typeof(Renamed)), Is.EqualTo("mine>Own"));
            Assert.That(Keras.Saving.GetRegisteredObject("mine>Own"), Is.EqualTo(typeof(Renamed)));
            Assert.That(() => Keras.Saving.RegisterKerasSerializable<Renamed>("a>b"), Throws.ArgumentException);
            Assert.That(() => Keras.Saving.RegisterKerasSerializable<string>(), Throws.ArgumentException);
        }
    }

    [Test]
    public void Losses_regularizers_and_the_like_are_registered_too()
    {
        Keras.Saving.RegisterKerasSerializable<Cubed>("registration");
        Keras.Saving.RegisterKerasSerializable<Halves>("registration");
        var dense = new Dense(2, kernelRegularizer: new Halves());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Loss.Deserialize(new Cubed("c").Serialize()), Is.InstanceOf<Cubed>().With.Property("Name").EqualTo("c"));
            Assert.That(((Dense)Layer.Deserialize(dense.Serialize())).KernelRegularizer, Is.InstanceOf<Halves>());
        }
    }

    [Test]
    public void Functions_are_written_by_their_registered_name()
    {
        Func<Tensor, Tensor> triple = Triple;
        Keras.Saving.RegisterKerasSerializable("registration>triple", triple);
        var dense = new Dense(2, activation: ActivationFunction.Of(triple));
        var written = dense.GetConfig()["activation"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(written.ToJsonString(), Is.EqualTo("""{"module":"builtins","class_name":"function","config":"registration\u003Etriple","registered_name":"function"}"""));
            Assert.That(((Dense)Layer.Deserialize(dense.Serialize())).Activation.Apply(Ops.Ones([1])).ToArray<float>(), Is.EqualTo(new[] { 3f }));
            Assert.That(() => new Dense(2, activation: ActivationFunction.Of(x => x)).GetConfig(), Throws.InstanceOf<NotSupportedException>());
            Assert.That(() => new CustomObjects { { "f", (Func<int, int>)(i => i) } }, Throws.ArgumentException);
        }
    }

    [Test]
    public void Names_are_shown_as_they_are()
    {
        var node = new JsonObject { ["module"] = null, ["class_name"] = "Thing", ["config"] = new JsonObject(), ["registered_name"] = "registration>Thing" };
        Assert.That(() => Layer.Deserialize(node), Throws.ArgumentException.With.Message.Contains("registered_name \"registration>Thing\""));
        (node["class_name"], node["registered_name"]) = ("O'Brien\n\u0007", null);
        Assert.That(() => Layer.Deserialize(node), Throws.ArgumentException.With.Message.Contains("class_name \"O'Brien??\""));
    }

    [Test]
    public void A_layer_may_be_an_activation()
    {
        var config = new Dense(2).GetConfig();
        config["activation"] = new LeakyReLU(0.5, name: "leak").Serialize();
        var dense = (Dense)Layer.Deserialize(new JsonObject { ["class_name"] = "Dense", ["config"] = config });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(dense.Activation.Apply(-Ops.Ones([1])).ToArray<float>(), Is.EqualTo(new[] { -0.5f }));
            Assert.That((string?)dense.GetConfig()["activation"]!["class_name"], Is.EqualTo("LeakyReLU"));
        }
    }

    [Test]
    public void Metrics_and_losses_of_functions_come_back()
    {
        Func<Tensor, Tensor, Tensor> gap = (t, p) => Ops.Mean(Ops.Abs(t - p), -1);
        Keras.Saving.RegisterKerasSerializable("registration>gap", gap);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Metric.Deserialize(Metric.Of(gap, "gap").Serialize()).Apply(Ops.Zeros([1, 2]), Ops.Ones([1, 2])).Item(), Is.EqualTo(1));
            Assert.That(Loss.Deserialize(Loss.Of(gap, "gap").Serialize()).Apply(Ops.Zeros([1, 2]), Ops.Ones([1, 2])).Item(), Is.EqualTo(1));
            Assert.That(Metric.Deserialize(new Metrics.MeanMetricWrapper(LossFunctions.MeanSquaredError, "m").Serialize()).Apply(Ops.Zeros([1, 2]), Ops.Ones([1, 2]) * 2).Item(), Is.EqualTo(4));
            Assert.That(Loss.Deserialize(JsonNode.Parse("""{"module": "builtins", "class_name": "function", "config": "mean_squared_error", "registered_name": "function"}""")!), Is.InstanceOf<Losses.MeanSquaredError>());
            Assert.That(Optimizer.Deserialize("ADAM"), Is.InstanceOf<Optimizers.Adam>());
            Assert.That(Keras.Saving.DeserializeKerasObject<Optimizer>(Keras.Saving.SerializeKerasObject(new Optimizers.SGD(new Optimizers.Schedules.ExponentialDecay(0.1, 10, 0.5)))!).Schedule, Is.InstanceOf<Optimizers.Schedules.ExponentialDecay>());
        }
    }
}
