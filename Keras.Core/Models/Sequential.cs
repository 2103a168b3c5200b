using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Layers one behind the other. With an <see cref="Keras.Layers.Input"/> in front the weights are made at once, else at the first call.</summary>
public sealed class Sequential : Model
{
    readonly List<Layer> _stack = [];
    Tensor? _input;

    /// <summary>A model of these layers.</summary>
    /// <param name="layers">The layers in order; an <see cref="Keras.Layers.Input"/> may stand first.</param>
    /// <param name="trainable">Default true.</param>
    /// <param name="name">Default <c>sequential</c> and a number.</param>
    public Sequential(IEnumerable<Layer>? layers = null, bool trainable = true, string? name = null) : this(layers, trainable, name, null)
    {
    }

    Sequential(IEnumerable<Layer>? layers, bool trainable, string? name, DTypePolicy? dtype) : base(name, dtype, trainable)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var layer in layers ?? []) Push(layer, names);
        Rebuild();
    }

    /// <summary>The layers without the input.</summary>
    public override IReadOnlyList<Layer> Layers => [.. _stack.Where(l => l is not Keras.Layers.Input)];

    /// <summary>Adds a layer at the end.</summary>
    /// <exception cref="ArgumentException">A layer of that name is there already, or an input does not stand first.</exception>
    public void Add(Layer layer)
    {
        Push(layer, [.. _stack.Select(l => l.Name)]);
        try
        {
            Rebuild();
        }
        catch
        {
            // A layer that does not fit is not added.
            Drop(layer);
            Rebuild();
            throw;
        }
    }

    /// <summary>Takes the last layer away.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public Layer Pop()
    {
        if (Layers.Count == 0) throw Errors.Invalid(Who, "there is no layer to take away", "1 layer or more", 0);
        var last = _stack[^1];
        Drop(last);
        Rebuild();
        return last;
    }

    void Push(Layer layer, HashSet<string> names)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (!names.Add(layer.Name))
            throw Errors.Argument(Who, "two layers have the same name", "different names", $"\"{layer.Name}\" twice");
        if (layer is Keras.Layers.Input && _stack.Count > 0)
            throw Errors.Argument(Who, "an Input stands first", "an Input before all layers", $"Input after {_stack.Count} layers");
        _stack.Add(layer);
        if (layer is not Keras.Layers.Input) Track(layer);
    }

    void Drop(Layer layer)
    {
        _stack.Remove(layer);
        Untrack(layer);
    }

    void Rebuild()
    {
        ClearGraph();
        _input = _stack.FirstOrDefault() switch
        {
            Keras.Layers.Input first => first.Output,
            // A model that knows its input stands for one in front.
            Model { Graph.Inputs: { IsTensor: true } known } when _input is null =>
                Keras.Layers.Input.Like(known.Tensor).Output,
            _ => _input,
        };
        if (_input is null || Layers.Count == 0) return;
        NameScope.Run(Name, () => SetGraph(_input, Chain(_input)));
        EnsureBuilt(_input);
    }

    Tensor Chain(Tensor x)
    {
        foreach (var layer in Layers) x = layer.Apply((Nest)x).Tensor;
        return x;
    }

    /// <inheritdoc/>
    protected override void Build(Nest inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (Graph is not null || Layers.Count == 0) return;
        var type = inputs.Tensor.Type;
        if (type.Shape.Rank == 0) throw Errors.Argument(Who, "the input has no samples", "1 dimension or more", type.Shape);
        _input = new Keras.Layers.Input(type.Shape.Slice(1, type.Shape.Rank - 1), dtype: type.DType).Output;
        SetGraph(_input, Chain(_input));
    }

    private protected override void Unbuild()
    {
        _input = null;
        ClearGraph();
    }

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        if (Graph is not null) return base.Call(inputs, context);
        ArgumentNullException.ThrowIfNull(inputs);
        return Chain(inputs.Tensor);
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        var config = new JsonObject { ["name"] = Name, ["trainable"] = Trainable, ["dtype"] = Serialization.Write(Dtype) };
        var input = Graph is not null ? _input!.History!.Layer : _stack.FirstOrDefault() as Keras.Layers.Input;
        config["layers"] = new JsonArray([.. (input is null ? Layers : Layers.Prepend(input)).Select(l => (JsonNode)Serialization.Write(l))]);
        if (Graph is not null) config["build_input_shape"] = ValueKind.WriteAny(_input!.Shape);
        return config;
    }

    /// <summary>Makes a model of what <see cref="GetConfig"/> gives.</summary>
    /// <param name="config">As Keras writes it.</param>
    /// <param name="customObjects">Classes and functions of one's own by name. Default the registered ones.</param>
    /// <exception cref="ArgumentException">A class is unknown, or the config does not fit together.</exception>
    public static new Sequential FromConfig(JsonObject config, CustomObjects? customObjects = null) => Serialization.Open(config, Read, customObjects);

    internal static Sequential Read(JsonObject config)
    {
        var name = config["name"] is { } given ? JsonRead.Text(given) : null;
        var entries = config["layers"] as JsonArray ?? throw Errors.Argument($"Sequential {JsonRead.Short(config["name"])}", "layers is missing", "a list", JsonRead.Short(config["layers"]));
        var layers = entries.Select(e => Serialization.Read<Layer>(e ?? throw new FormatException())).ToArray();
        var model = new Sequential(layers, config["trainable"] is not { } trainable || JsonRead.Bool(trainable), name, config["dtype"] is { } dtype ? DTypePolicy.Read(dtype) : null);
        if (model.Graph is null && model.Layers.Count > 0 && config["build_input_shape"] is JsonArray { Count: > 0 } shape && shape.All(d => d is null or JsonValue)) model.Begin(JsonRead.Dims(shape));
        return model;
    }

    /// <summary>Puts an input of this shape in front.</summary>
    void Begin(Shape shape)
    {
        var first = Layers[0];
        _input = new Keras.Layers.Input(shape.Slice(1, shape.Rank - 1), shape[0] == Shape.Unknown ? null : shape[0], first.Dtype.ComputeDType).Output;
        Rebuild();
    }
}
