using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>Where a model's data come in. In a <see cref="Sequential"/> it stands first; <see cref="Output"/> begins a functional model.
/// In files it is called <c>InputLayer</c>.</summary>
[NoBuildConfig]
public sealed class Input : Layer
{
    /// <summary>An input of this shape; the batch size is unknown.</summary>
    /// <param name="shape">The shape without the batch; <c>null</c> for an unknown dimension.</param>
    public Input(params int?[] shape) : this(Shape.Create(shape), null)
    {
    }

    /// <summary>An input of this shape.</summary>
    /// <param name="shape">The shape without the batch.</param>
    /// <param name="batchSize">Default unknown.</param>
    /// <param name="dtype">Default <see cref="Config.Floatx"/>.</param>
    /// <param name="name">Default <c>input_layer</c> and a number.</param>
    /// <param name="optional">Whether a model may be called without it: with <see cref="Nest.None"/> in its place, or no such key in a dictionary. Layers that
    /// it goes to are given <see cref="Nest.None"/> then. Default false.</param>
    public Input(Shape shape, int? batchSize = null, DType? dtype = null, string? name = null, bool optional = false)
        : base(name ?? Naming.Automatic("InputLayer"), dtype is { } d ? (DTypePolicy)d : null)
    {
        Shape = shape;
        (BatchSize, Optional) = (batchSize, optional);
        var type = new TensorType(dtype ?? Config.Floatx, Shape.Of(batchSize ?? Shape.Unknown).Append(shape));
        Output = new Placeholder(type, Name, IsInput: true).On();
        Output.History = new LayerCall(this, Nest.List(), null) { Outputs = [Output] };
    }

    /// <summary>An input of the type of a tensor.</summary>
    internal static Input Like(Tensor x, string? name = null, bool optional = false) =>
        x.Rank == 0 ? new([], null, x.DType, name, optional) : new(x.Shape.Slice(1, x.Rank - 1), x.Shape[0] == Shape.Unknown ? null : x.Shape[0], x.DType, name, optional);

    /// <summary>The shape without the batch.</summary>
    public Shape Shape { get; }

    /// <summary>The batch size, where it is fixed.</summary>
    public int? BatchSize { get; }

    /// <summary>Whether a model may be called without it.</summary>
    public bool Optional { get; }

    /// <summary>The symbolic tensor.</summary>
    public Tensor Output { get; }

    /// <inheritdoc/>
    public override JsonObject GetConfig() => new()
    {
        ["batch_shape"] = ValueKind.WriteAny(Output.Shape),
        ["dtype"] = Output.DType.Name(),
        ["sparse"] = false,
        ["ragged"] = false,
        ["name"] = Name,
        ["optional"] = Optional,
    };

    /// <summary>Makes an input of what <see cref="GetConfig"/> gives.</summary>
    /// <exception cref="ArgumentException">A value does not fit.</exception>
    /// <exception cref="NotSupportedException">It is sparse or ragged.</exception>
    public static Input FromConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return ReadScope.Run(config, () => Read(config));
    }

    static Input Read(JsonObject config)
    {
        foreach (var key in (string[])["sparse", "ragged"])
            if (config[key] is { } flag && JsonRead.Bool(flag)) throw Errors.Unsupported("InputLayer", $"{key} inputs are not supported", "a dense one", $"{key}: true");
        var name = config["name"] is { } given ? JsonRead.Text(given) : null;
        if (config["batch_shape"] is not JsonArray { Count: > 0 } dims) throw Errors.Argument("InputLayer", "batch_shape is no shape", "a list", JsonRead.Short(config["batch_shape"]));
        var shape = JsonRead.Dims(dims);
        var dtype = config["dtype"] is { } type ? DTypePolicy.Read(type).ComputeDType : Config.Floatx;
        var optional = config["optional"] is { } left && JsonRead.Bool(left);
        return new Input(shape.Slice(1, shape.Rank - 1), shape[0] == Shape.Unknown ? null : shape[0], dtype, name, optional);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x;
}
