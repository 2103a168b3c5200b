using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>A call of a function of TensorFlow in a config: its arguments are taken one by one, and functions of Keras are made of them.</summary>
sealed class TensorFlowCall
{
    readonly TensorFlowOps _graph;
    readonly JsonObject _layer;
    readonly JsonNode? _first;
    readonly JsonObject _arguments;
    readonly HashSet<string> _taken = new(StringComparer.Ordinal) { "name" };
    readonly List<JsonObject> _made = [];

    TensorFlowCall(TensorFlowOps graph, JsonObject layer, string name, string fullName, string function, JsonNode? first, JsonObject arguments)
    {
        (_graph, _layer, Name, _first, _arguments) = (graph, layer, name, first, arguments);
        (FullName, Function) = (fullName, function);
    }

    internal string Name { get; }

    /// <summary>The function or op as the file names it.</summary>
    internal string FullName { get; }

    /// <summary>The function without the module, where that says no more.</summary>
    internal string Function { get; }

    string Who => $"{JsonRead.TextOrNull(_layer["class_name"])} \"{ModelFileException.Show(Name)}\"";

    /// <summary>Reads a layer that holds a function.</summary>
    /// <exception cref="ArgumentException">It does not have the form of one.</exception>
    internal static TensorFlowCall Read(TensorFlowOps graph, JsonObject layer, string name, HashSet<string> names)
    {
        try
        {
            var config = JsonRead.Object(layer["config"]);
            if (JsonRead.List(layer["inbound_nodes"]) is not [JsonArray node]) throw new FormatException();
            var call = LegacyNodes.Call(node, names);
            var (first, named) = (call["args"]![0]?.DeepClone(), (JsonObject)call["kwargs"]!.DeepClone());
            if (config["node_def"] is { } definition)
            {
                var (op, function, values, arguments) = TensorFlowNode.Read(JsonRead.Object(definition), config["constants"] as JsonObject, first);
                return new TensorFlowCall(graph, layer, name, op, function, values, arguments);
            }
            var fullName = JsonRead.Text(config["function"]);
            return new TensorFlowCall(graph, layer, name, fullName, Bare(fullName), first, named);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or OverflowException)
        {
            throw new ArgumentException(Errors.Message($"layer {JsonRead.Short(name)}", "a function of TensorFlow has a wrong form", "a function, and one call of it", JsonRead.Short(layer["config"])), e);
        }
    }

    static readonly string[] Modules = ["math.", "nn.", "linalg.", "__operators__."];

    static string Bare(string function)
    {
        if (function.StartsWith("compat.v1.", StringComparison.Ordinal)) function = function[10..];
        return Array.Find(Modules, m => function.StartsWith(m, StringComparison.Ordinal)) is { } module ? function[module.Length..] : function;
    }

    /// <summary>Layers and functions of today that compute the same.</summary>
    /// <exception cref="NotSupportedException">There are none.</exception>
    internal IReadOnlyList<JsonObject> Upgraded()
    {
        if (Saving.GetRegisteredObject(FullName) is { } own) return [Own(own)];
        var function = TensorFlowFunctions.Find(FullName, Function) ?? throw Refused("the function of TensorFlow is unknown", "one that keras.ops has too");
        try
        {
            function(this);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or OverflowException)
        {
            throw new ArgumentException(Errors.Message(Who, $"{FullName} has an argument of a wrong form", "what tf.keras writes", string.Join(", ", _arguments.Select(p => $"{p.Key}: {JsonRead.Short(p.Value)}"))), e);
        }
        foreach (var (key, value) in _arguments)
            if (value is not null && value.GetValueKind() != JsonValueKind.False && !_taken.Contains(key)) throw Refused($"the argument \"{key}\" has no equal", "arguments that keras.ops has too", value);
        var last = _made[^1];
        (last["name"], last["config"]!["name"]) = (Name, Name);
        return _made;
    }

    internal NotSupportedException Refused(string what, string expected, JsonNode? received = null) => Errors.Unsupported(Who, what, expected,
        received is null ? FullName : $"{FullName} of {JsonRead.Short(received)}",
        $"Write it in C# as a layer and name it after the function: customObjects: new CustomObjects {{ {{ \"{FullName}\", typeof(YourLayer) }} }}.");

    /// <summary>A layer of a class or function that the program gives for a function: tensors are its inputs, anything else its arguments.</summary>
    JsonObject Own(object own)
    {
        var (config, inputs) = (new JsonObject { ["name"] = Name }, new JsonArray(_first?.DeepClone()));
        foreach (var (key, value) in _arguments)
            if (key != "name" && value is not null)
                if (HasTensor(value)) inputs.Add(value.DeepClone());
                else config[key] = value.DeepClone();
        if (own is not Type)
        {
            if (config.Count > 1) throw Refused("a function of tensors takes no other arguments", "a class that does", config);
            config["function"] = FullName;
        }
        return new JsonObject
        {
            ["class_name"] = own is Type ? FullName : "Lambda",
            ["config"] = config,
            ["name"] = Name,
            ["inbound_nodes"] = new JsonArray(new JsonObject { ["args"] = inputs, ["kwargs"] = new JsonObject() }),
        };
    }

    /// <summary>The first argument.</summary>
    internal JsonNode? Given => _first;

    /// <summary>An argument as it is, of whichever of the names it has; <c>null</c> where it is not given.</summary>
    internal JsonNode? Raw(params ReadOnlySpan<string> names)
    {
        JsonNode? found = null;
        foreach (var name in names)
        {
            _taken.Add(name);
            found ??= _arguments[name];
        }
        return found;
    }

    /// <summary>An argument that is no tensor.</summary>
    internal JsonNode? Plain(params ReadOnlySpan<string> names) => Raw(names) is not { } value ? null
        : HasTensor(value) ? throw Refused($"the argument \"{names[0]}\" is a tensor", "a value that the file holds") : value.DeepClone();

    /// <summary>A number or list of whole numbers.</summary>
    internal JsonNode? Whole(params ReadOnlySpan<string> names)
    {
        if (Plain(names) is not { } value) return null;
        return value is JsonArray ? new JsonArray([.. JsonRead.Items(value).Select(i => (JsonNode)JsonRead.Int(i))]) : JsonRead.Int(value);
    }

    internal int[]? Wholes(params ReadOnlySpan<string> names) => Plain(names) is { } value ? JsonRead.Integers(value) : null;

    internal bool Flag(params ReadOnlySpan<string> names) => Plain(names) is { } value && JsonRead.Bool(value);

    internal string? Text(params ReadOnlySpan<string> names) => Plain(names) is { } value ? JsonRead.Text(value) : null;

    /// <summary>The first argument, a tensor.</summary>
    internal JsonNode First => Tensor(_first, "the first argument");

    /// <summary>An argument that is a tensor, or numbers that become one.</summary>
    internal JsonNode Second(params ReadOnlySpan<string> names) => Tensor(Raw(names), names[0]);

    /// <summary>The first argument, several tensors.</summary>
    internal JsonArray List() => _first is JsonArray list ? [.. list.Select(i => Tensor(i, "the first argument"))] : [First];

    JsonNode Tensor(JsonNode? value, string name) => value switch
    {
        JsonObject when IsTensor(value) => value.DeepClone(),
        JsonObject o when JsonRead.TextOrNull(o["class_name"]) is "__tensor__" or "__numpy__" => o.DeepClone(),
        JsonArray list when !HasTensor(list) => Constant(list),
        JsonValue when value.GetValueKind() is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.DeepClone(),
        _ => throw Refused($"{name} is no tensor", "a tensor or numbers", value),
    };

    /// <summary>Numbers in lists. What TensorFlow took for its dtype, that of the other argument, is what the numbers need to be exact there.</summary>
    JsonObject Constant(JsonArray list)
    {
        var (isBool, isWhole, isInt) = (true, true, true);
        var lists = new Stack<JsonNode>([list]);
        while (lists.TryPop(out var part))
            foreach (var item in JsonRead.Items(part))
                if (item is JsonArray) lists.Push(item);
                else if (item.GetValueKind() is JsonValueKind.True or JsonValueKind.False) isWhole = false;
                else
                {
                    isBool = false;
                    var number = JsonRead.Number(item);
                    isWhole &= item.AsValue().TryGetValue<long>(out _);
                    isInt &= Math.Abs(number) <= int.MaxValue;
                }
        var dtype = isBool && !isWhole ? "bool" : isWhole && !isBool ? isInt ? "int32" : "int64" : FloatType;
        return new JsonObject { ["class_name"] = "__tensor__", ["config"] = new JsonObject { ["value"] = isBool && !isWhole ? Numbers(list) : list.DeepClone(), ["dtype"] = dtype } };
    }

    // Truth values among numbers are read as numbers.
    static JsonNode? Numbers(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => JsonRead.WithParts(node, Numbers),
    };

    string FloatType => JsonRead.TextOrNull((_layer["config"] as JsonObject)?["dtype"]) == "float64" ? "float64" : "float32";

    /// <summary>Sizes, some of which may be known only when it runs.</summary>
    internal Size[] Sizes(params ReadOnlySpan<string> names) => _graph.Shapes.List(Raw(names)) ?? throw Refused($"the argument \"{names[0]}\" is computed", "sizes, or parts of shapes of tensors", Raw(names));

    /// <summary>Whether the first dimension of the first argument is that of the model's inputs.</summary>
    internal bool HasBatch => _graph.Shapes.HasBatch(_first);

    /// <summary>A function of Keras. The last one is the result.</summary>
    /// <returns>Its result, for others to take.</returns>
    internal JsonNode Op(string module, string className, JsonNode?[] arguments, params ReadOnlySpan<(string Key, JsonNode? Value)> config)
    {
        var entry = Entry(className, arguments, config);
        (entry["module"], entry["registered_name"]) = ($"keras.src.ops.{module}", className);
        return Result(entry);
    }

    /// <summary>A layer of Keras.</summary>
    internal JsonNode Layer(string className, JsonNode?[] arguments, params ReadOnlySpan<(string Key, JsonNode? Value)> config) => Result(Entry(className, arguments, config));

    JsonObject Entry(string className, JsonNode?[] arguments, ReadOnlySpan<(string Key, JsonNode? Value)> config)
    {
        if (!arguments.Any(HasTensor)) throw Refused("no argument is a tensor of the model", "at least one");
        var name = _graph.Unique($"{Name}_{Naming.Snake(className)}");
        var made = new JsonObject { ["name"] = name };
        foreach (var (key, value) in config) made[key] = value;
        var entry = new JsonObject
        {
            ["class_name"] = className,
            ["config"] = made,
            ["name"] = name,
            ["inbound_nodes"] = new JsonArray(new JsonObject { ["args"] = new JsonArray(arguments), ["kwargs"] = new JsonObject() }),
        };
        _made.Add(entry);
        return entry;
    }

    static JsonObject Result(JsonObject entry) => LegacyNodes.Tensor(new JsonArray(entry["name"]!.DeepClone(), 0, 0));

    internal static bool IsTensor(JsonNode? node) => node is JsonObject o && JsonRead.TextOrNull(o["class_name"]) == LegacyNodes.TensorClass;

    static bool HasTensor(JsonNode? node) => IsTensor(node) || node switch
    {
        JsonArray list => list.Any(HasTensor),
        JsonObject o => o.Any(p => HasTensor(p.Value)),
        _ => false,
    };
}
