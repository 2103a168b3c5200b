using System.Text.Json.Nodes;

namespace Keras;

/// <summary>The config of a functional model: its layers and ops in Keras's order, each with its calls.</summary>
sealed class FunctionalWriter
{
    readonly Model _model;
    readonly OperationGraph _operations;
    readonly Dictionary<object, string> _names = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<Tensor, OperationForm> _forms = new(ReferenceEqualityComparer.Instance);

    FunctionalWriter(Model model)
    {
        (_model, _operations) = (model, model.Graph!.Operations);
        NameAll();
    }

    internal static JsonObject Write(Model model)
    {
        var writer = new FunctionalWriter(model);
        return new JsonObject
        {
            ["name"] = model.Name,
            ["trainable"] = model.Trainable,
            ["layers"] = new JsonArray([.. writer._operations.Operations.Select(writer.Entry)]),
            ["input_layers"] = writer.Ends(model.Graph!.Inputs, model.ListedEnds.Inputs),
            ["output_layers"] = writer.Ends(model.Graph!.Outputs, model.ListedEnds.Outputs),
        };
    }

    void NameAll()
    {
        var taken = new HashSet<string>(_operations.Operations.OfType<Layer>().Select(l => l.Name), StringComparer.Ordinal);
        foreach (var operation in _operations.Operations)
            _names[operation] = operation is Layer layer ? layer.Name : Unique(Naming.Snake(FormOf((Tensor)operation).ClassName));

        string Unique(string name)
        {
            var unique = name;
            for (var n = 1; !taken.Add(unique); n++) unique = $"{name}_{n}";
            return unique;
        }
    }

    OperationForm FormOf(Tensor tensor) => _forms.TryGetValue(tensor, out var known) ? known : _forms[tensor] = OperationForms.Of(tensor)
        ?? throw Errors.Unsupported(_model.Who, $"op {tensor.Op.Name} outside of layers cannot be written, since Keras has no function of its arguments", "functions that keras.ops has",
            $"{tensor.Op.Name} on {string.Join(", ", tensor.Inputs.ToArray().Select(i => i.Shape.ToString()))}", "Put it into a layer of its own.");

    JsonNode Entry(object operation)
    {
        var entry = operation switch
        {
            Operation function => function.Form,
            Layer layer => Serialization.Write(layer),
            _ => Written((Tensor)operation),
        };
        entry["name"] = _names[operation];
        entry["inbound_nodes"] = new JsonArray([.. operation is Layer called ? _operations.CallsOf(called).Where(c => c.Layer is not Layers.Input).Select(Node) : [Node((Tensor)operation)]]);
        return entry;
    }

    JsonObject Written(Tensor tensor)
    {
        var form = FormOf(tensor);
        form.Config.Insert(0, "name", _names[tensor]);
        return new JsonObject
        {
            ["module"] = $"keras.src.ops.{form.Module}",
            ["class_name"] = form.ClassName,
            ["config"] = form.Config,
            ["registered_name"] = form.ClassName,
        };
    }

    JsonObject Node(LayerCall call)
    {
        var (positional, named) = CallForm.Write(call, t => Value(t));
        return new JsonObject { ["args"] = positional, ["kwargs"] = named };
    }

    JsonObject Node(Tensor tensor) => new()
    {
        ["args"] = new JsonArray([.. FormOf(tensor).Arguments.Select(a => a switch
        {
            Tensor t => Value(t, tensor),
            Tensor[] list => new JsonArray([.. list.Select(t => Value(t))]),
            var node => (JsonNode?)node,
        })]),
        ["kwargs"] = new JsonObject(),
    };

    /// <summary>A tensor among arguments. A number of the dtype that the others have is a plain number.</summary>
    JsonNode? Value(Tensor tensor, Tensor? result = null)
    {
        if (tensor.IsSymbolic)
        {
            var (operation, node, place) = _operations.SourceOf(tensor);
            return Form("__keras_tensor__", new()
            {
                ["shape"] = ValueKind.WriteAny(tensor.Shape),
                ["dtype"] = tensor.DType.Name(),
                ["keras_history"] = new JsonArray(_names[operation], node, place),
            });
        }
        if (tensor.IsOpen || ReadsVariable(tensor))
            throw Errors.Unsupported(_model.Who, "a variable outside of layers cannot be written", "variables of layers", tensor, "Put what uses it into a layer of its own.");
        if (tensor.Rank == 0 && (tensor.IsWeak || result?.Inputs.ToArray().Any(i => i.IsSymbolic && i.DType == tensor.DType) == true) && !tensor.DType.IsComplex()) return OperationForms.Number(tensor);
        return Form("__tensor__", new() { ["value"] = ValueKind.WriteAny(tensor), ["dtype"] = tensor.DType.Name() });
    }

    static bool ReadsVariable(Tensor tensor)
    {
        var (stack, seen) = (new Stack<Tensor>([tensor]), new HashSet<Tensor>(ReferenceEqualityComparer.Instance));
        while (stack.TryPop(out var t))
        {
            if (t.Op is VariableRead) return true;
            foreach (var input in t.Inputs)
                if (seen.Add(input)) stack.Push(input);
        }
        return false;
    }

    static JsonObject Form(string className, JsonObject config) => new() { ["class_name"] = className, ["config"] = config };

    /// <summary>The inputs or outputs in their structure.</summary>
    JsonNode Ends(Nest nest, bool listed) => listed && nest.IsTensor ? new JsonArray(End(nest.Tensor)) : nest.IsTensor ? End(nest.Tensor)
        : nest.Keys is { } keys ? new JsonObject(keys.Zip(nest.Items, (k, i) => KeyValuePair.Create(k, (JsonNode?)Ends(i, false))))
        : new JsonArray([.. nest.Items.Select(i => Ends(i, false))]);

    // A functional model within counts the making of its own graph as its first call.
    JsonArray End(Tensor tensor)
    {
        if (!tensor.IsSymbolic) throw Errors.Unsupported(_model.Who, "an output that depends on no input cannot be written", "a symbolic tensor", tensor);
        var (operation, node, place) = _operations.SourceOf(tensor);
        return new JsonArray(_names[operation], FunctionalReader.IsFunctional(operation) ? node + 1 : node, place);
    }
}
