using System.Text.Json.Nodes;
using Keras.Layers;
using Keras.Tests;

namespace Keras.Core.Tests.Saving;

/// <summary>A config may hold anything: what does not fit is an error that says where, at once, and nothing is run or opened.</summary>
sealed class HostileConfigTests
{
    internal static JsonObject Node(string className, string config = "{}", string? module = "keras.layers", string? registered = null) => new()
    {
        ["module"] = module,
        ["class_name"] = className,
        ["config"] = JsonNode.Parse(config),
        ["registered_name"] = registered,
    };

    static void Refused(JsonNode node, params string[] says)
    {
        var error = Soon.Does(() => Assert.Catch(() => Layer.Deserialize(node)), TimeSpan.FromSeconds(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(error, Is.InstanceOf<ArgumentException>().Or.InstanceOf<NotSupportedException>());
            foreach (var part in says) Assert.That(error!.Message, Does.Contain(part));
            Assert.That(error!.Message, Has.Length.LessThan(4000));
        }
    }

    const string Code = """{"class_name": "__lambda__", "config": {"code": "4wEAAAAAAAAA", "defaults": null, "closure": null}}""";

    [TestCase("function"), TestCase("output_shape"), TestCase("mask"), Hostile("A01")]
    public void Code_of_Python_is_never_run(string key)
    {
        LambdaFunction.Register("hostile_double", (Tensor x) => x * 2);
        var config = new JsonObject { ["function"] = "hostile_double" };
        Assert.That(Layer.Deserialize(Node("Lambda", config.ToJsonString())), Is.InstanceOf<Lambda>());
        config[key] = JsonNode.Parse(Code);
        Refused(new JsonObject { ["module"] = "keras.layers", ["class_name"] = "Lambda", ["config"] = config }, "Lambda");
    }

    [Test]
    public void A_lambda_says_how_to_bind_a_function() =>
        Refused(Node("Lambda", $$"""{"function": {{Code}}}"""), "code of Python", "Saving.RegisterKerasSerializable(name, function)");

    [TestCase("os", "function", "system"), TestCase("builtins", "function", "eval"), TestCase("System.Diagnostics", "Process", "x"), TestCase("System.IO", "File", "x"),
     TestCase("keras.utils", "get_file", "http://127.0.0.1/"), TestCase("keras.models", "load_model", "/etc/passwd"), TestCase("keras.saving", "register_keras_serializable", "x"),
     TestCase("keras.config", "enable_unsafe_deserialization", "x"), TestCase(null, "System.Diagnostics.Process, System.Diagnostics.Process", "x"),
     TestCase("keras.layers", "TorchModuleWrapper", "gAI="), TestCase("keras.layers", "TFSMLayer", "/etc"), TestCase("keras.layers", "JaxLayer", "x"), Hostile("A02", "A04", "A07", "A08")]
    public void Only_classes_of_layers_can_be_named(string? module, string name, string config)
    {
        Refused(new JsonObject { ["module"] = module, ["class_name"] = name, ["config"] = config });
        Refused(new JsonObject { ["module"] = module, ["class_name"] = name, ["config"] = new JsonObject { ["value"] = config } });
        foreach (var key in (string[])["kernel_regularizer", "kernel_initializer", "activation", "kernel_constraint"])
            Refused(Node("Dense", new JsonObject
            {
                ["units"] = 2,
                [key] = new JsonObject { ["module"] = module, ["class_name"] = name, ["config"] = config },
            }.ToJsonString()));
    }

    [TestCase("kernel_initializer", "function", "get_file"), TestCase("activation", "function", "load_model"), TestCase("activation", "function", "System.IO.File")]
    public void Only_functions_of_their_kind_can_be_named(string key, string className, string name) =>
        Refused(Node("Dense", new JsonObject { ["units"] = 2, [key] = new JsonObject { ["module"] = "keras.utils", ["class_name"] = className, ["config"] = name } }.ToJsonString()), name);

    [Hostile("B01", "B07")]
    [TestCase("1.5"), TestCase("\"64\""), TestCase("true"), TestCase("1e400"), TestCase("9223372036854775808"), TestCase("2147483648"), TestCase("1000000000000"), TestCase("-1"),
     TestCase("0"), TestCase("null"), TestCase("[]"), TestCase("{}"), TestCase("[3]")]
    public void Numbers_are_read_strictly(string units)
    {
        Refused(Node("Dense", $$"""{"units": {{units}}}"""), "Dense", "units");
        Assert.That(((Dense)Layer.Deserialize(Node("Dense", """{"units": 64}"""))).Units, Is.EqualTo(64));
    }

    [Test, Hostile("B07")]
    public void Not_a_number_is_no_size()
    {
        var node = Node("Dense");
        node["config"]!["units"] = double.NaN;
        Refused(node, "[Dense] \"units\" has a wrong value", "NaN");
    }

    [TestCase("Dropout", """{"rate": 2}""", "rate"), TestCase("Conv2D", """{"filters": 2, "kernel_size": 3, "strides": 0}""", "strides"),
     TestCase("Conv2D", """{"filters": 2, "kernel_size": 3, "dilation_rate": -3}""", "dilation_rate"), TestCase("Conv2D", """{"filters": 3, "kernel_size": 3, "groups": 2}""", "groups"),
     TestCase("Embedding", """{"input_dim": 2147483648, "output_dim": 2147483648}""", "input_dim"), TestCase("Conv2D", """{"filters": 3, "kernel_size": []}""", "kernel_size"),
     TestCase("Dense", """{"units": 2, "activation": 3}""", "activation"), TestCase("Dense", """{"units": 2, "activation": "rm -rf"}""", "rm -rf"),
     TestCase("Dense", """{"units": 2, "use_bias": 1}""", "use_bias"), TestCase("Dense", """{"units": 2, "name": 5}""", "name"), TestCase("Dense", """[1]""", "Dense"),
     TestCase("Dense", """{"units": 2, "unheard_of": 5}""", "unheard_of"), TestCase("Conv2D", """{"filters": 2, "kernel_size": 3, "padding": "sideways"}""", "padding")]
    [Hostile("B02", "B07")]
    public void Values_that_fit_no_layer_are_refused(string name, string config, string key) => Refused(Node(name, config), key);

    [TestCase("Dropout", """{"rate": 0.5}"""), TestCase("Conv2D", """{"filters": 2, "kernel_size": 3, "strides": 1}"""), TestCase("Conv2D", """{"filters": 2, "kernel_size": 3, "dilation_rate": 3}"""),
     TestCase("Conv2D", """{"filters": 4, "kernel_size": 3, "groups": 2}"""), TestCase("Embedding", """{"input_dim": 2147483647, "output_dim": 2147483647}""")]
    public void Values_that_fit_are_taken(string name, string config) => Assert.That(Layer.Deserialize(Node(name, config)), Is.Not.Null);

    [TestCase("BatchNormalization", """{"axis": 99}"""), TestCase("LayerNormalization", """{"axis": 99}"""), TestCase("LayerNormalization", """{"axis": [1, 99]}"""), TestCase("UnitNormalization", """{"axis": 99}"""),
     TestCase("Normalization", """{"axis": 99}"""), TestCase("Concatenate", """{"axis": 99}"""), TestCase("Dot", """{"axes": 99}"""), TestCase("Softmax", """{"axis": 99}"""), TestCase("GroupNormalization", """{"axis": 99, "groups": 1}"""),
     TestCase("Conv2D", """{"filters": 3, "kernel_size": 1, "groups": 3}"""), TestCase("DepthwiseConv2D", """{"kernel_size": 1, "depth_multiplier": 0}"""), Hostile("B07")]
    public void What_fits_no_shape_is_refused_when_it_gets_one(string name, string config)
    {
        Assert.That(Call(config), Throws.ArgumentException.With.Message.Contains("Expected: ").And.Message.Contains("Received: "));
        Assert.That(Call(config.Replace("99", "-1", StringComparison.Ordinal).Replace("\"groups\": 3", "\"groups\": 1", StringComparison.Ordinal).Replace("multiplier\": 0", "multiplier\": 1", StringComparison.Ordinal)), Throws.Nothing);

        Action Call(string changed) => () =>
        {
            var (layer, x) = (Layer.Deserialize(Node(name, changed)), Ops.Ones([2, 4, 4, 4]));
            var inputs = layer is Keras.Layers.Concatenate or Keras.Layers.Dot ? Nest.List(x, x) : (Nest)x;
            layer.Apply(inputs).Tensor.Evaluate();
        };
    }

    [TestCase("[-1, 3]"), TestCase("[null, 1.5]"), TestCase("[null, \"3\"]"), TestCase("3"), TestCase("[[null, 3], 4]"), TestCase("[null, 0]"), Hostile("B10")]
    public void Shapes_to_build_for_are_checked(string shape)
    {
        var node = Node("Dense", """{"units": 2}""");
        node["build_config"] = JsonNode.Parse($$"""{"input_shape": {{shape}}}""");
        if (shape == "[null, 0]") Assert.That(Layer.Deserialize(node).Weights[0].Shape, Is.EqualTo(Shape.Of(0, 2)));
        else Refused(node, "Dense");
    }

    [Test, Hostile("B10")]
    public void A_shape_of_a_million_dimensions_is_refused()
    {
        var node = Node("Dense", """{"units": 2}""");
        node["build_config"] = new JsonObject { ["input_shape"] = new JsonArray([.. Enumerable.Range(0, 1_000_000).Select(i => (JsonNode)1)]) };
        Refused(node, "32 dimensions");
    }

    [Test, Hostile("B04")]
    public void Deep_nesting_is_refused()
    {
        JsonNode array = new JsonArray(), o = new JsonObject();
        for (var i = 0; i < 100_000; i++) (array, o) = (new JsonArray(array), new JsonObject { ["a"] = o });
        Refused(new JsonObject { ["class_name"] = "Dense", ["config"] = o }, "deep");
        Refused(new JsonObject { ["class_name"] = "Dense", ["config"] = new JsonObject { ["units"] = array } }, "deep");
    }

    /// <summary>Doors for parts of configs hold too.</summary>
    [TestCase('['), TestCase('{'), Hostile("B04")]
    public void Deep_nesting_is_refused_in_parts_too(char open)
    {
        JsonObject Deep(string key)
        {
            JsonNode deep = new JsonArray();
            for (var i = 0; i < 100_000; i++) deep = open == '[' ? new JsonArray(deep) : new JsonObject { ["a"] = deep };
            return new JsonObject { ["class_name"] = "L2", [key] = deep };
        }
        foreach (var read in (Action[])[() => new Sequential([new Input([3]), new Dense(2)]).CompileFromConfig(Deep("loss")), () => new Dense(2).BuildFromConfig(Deep("input_shape")),
            () => Input.FromConfig(Deep("batch_shape")), () => Sequential.FromConfig(Deep("layers")), () => Model.FromConfig(Deep("input_layers")), () => Regularizer.Deserialize(Deep("config")),
            () => Loss.Deserialize(Deep("config")), () => Metric.Deserialize(Deep("config")), () => Optimizer.Deserialize(Deep("config")), () => Initializer.Deserialize(Deep("config")),
            () => Constraint.Deserialize(Deep("config")), () => LearningRateSchedule.Deserialize(Deep("config")), () => DTypePolicy.Deserialize(Deep("config")), () => Activations.Deserialize(Deep("config")),
            () => Keras.Saving.DeserializeKerasObject<Loss>(Deep("config"))])
            Assert.That(read, Throws.ArgumentException.With.Message.Contains("deep"));
    }

    [Test]
    public void Parts_that_are_of_no_kind_are_refused()
    {
        var none = new JsonArray(1);
        foreach (var read in (Action[])[() => Input.FromConfig(new JsonObject { ["name"] = 3, ["batch_shape"] = new JsonArray(1, 2) }), () => DTypePolicy.Deserialize(none), () => DTypePolicy.Deserialize(JsonValue.Create(3)),
            () => Activations.Deserialize(JsonValue.Create(3), new Dictionary<string, Func<Tensor, Tensor>>()), () => Activations.Deserialize(none), () => Loss.Deserialize(none), () => Metric.Deserialize(none),
            () => Optimizer.Deserialize(none), () => Initializer.Deserialize(none), () => Regularizer.Deserialize(none), () => Constraint.Deserialize(none), () => LearningRateSchedule.Deserialize(none)])
            Assert.That(read, Throws.ArgumentException.With.Message.Contains("Expected: ").And.Message.Contains("Received: "));
    }

    [TestCase("../../x", false), TestCase("/abs", false), TestCase("a/b", false), TestCase(".", false), TestCase("", false), TestCase("nul\0", false), TestCase("\u202eabc", false),
     TestCase("C:\\x", true), TestCase("con", true), TestCase("größe", true), Hostile("A12")]
    public void Names_are_names(string name, bool isOne)
    {
        var node = Node("Dense", """{"units": 2}""");
        node["config"]!["name"] = name;
        if (isOne) Assert.That(Layer.Deserialize(node).Name, Is.EqualTo(name));
        else Refused(node);
    }

    [Test, Hostile("A12")]
    public void A_name_of_a_million_letters_is_refused()
    {
        var node = Node("Dense", """{"units": 2}""");
        node["config"]!["name"] = new string('x', 1_000_000);
        Refused(node, "Dense");
        Refused(Node(new string('x', 1_000_000)));
    }

    [RegisterKerasSerializable("hostile")]
    public sealed class Masked(int units) : Layer
    {
        public int Units { get; } = units;
    }

    [Test, Hostile("A14")]
    public void Two_names_of_one_object_must_agree()
    {
        Keras.Saving.RegisterKerasSerializable<Masked>();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Layer.Deserialize(Node("Masked", """{"units": 3}""", null, "hostile>Masked")), Is.InstanceOf<Masked>());
            Refused(Node("Dense", """{"units": 3}""", "keras.layers", "hostile>Masked"), "different classes");
            Refused(Node("Masked", """{"units": 3}""", "keras.layers", "Dense"), "Masked");
        }
    }

    [Test, Hostile("A15")]
    public void Shared_objects_are_no_cycles_and_no_mixture()
    {
        var inner = Node("Dense", """{"units": 3, "name": "inner"}""");
        inner["shared_object_id"] = 7;
        var outer = new JsonObject { ["class_name"] = "TimeDistributed", ["config"] = new JsonObject { ["layer"] = inner }, ["shared_object_id"] = 7 };
        Refused(outer, "part of itself");
    }
}
