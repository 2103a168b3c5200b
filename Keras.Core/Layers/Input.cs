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
    public Input(Shape shape, int? batchSize = null, DType? dtype = null, string? name = null)
        : base(name ?? Naming.Automatic("InputLayer"), dtype is { } d ? (DTypePolicy)d : null)
    {
        Shape = shape;
        BatchSize = batchSize;
        var type = new TensorType(dtype ?? Config.Floatx, Shape.Of(batchSize ?? Shape.Unknown).Append(shape));
        Output = new Placeholder(type, Name, IsInput: true).On();
        Output.History = new LayerCall(this, Nest.List(), null) { Outputs = [Output] };
    }

    /// <summary>The shape without the batch.</summary>
    public Shape Shape { get; }

    /// <summary>The batch size, where it is fixed.</summary>
    public int? BatchSize { get; }

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
        ["optional"] = false,
    };

    /// <summary>Makes an input of what <see cref="GetConfig"/> gives.</summary>
    /// <exception cref="ArgumentException">A value does not fit.</exception>
    /// <exception cref="NotSupportedException">It is sparse, ragged or optional.</exception>
    public static Input FromConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        foreach (var key in (string[])["sparse", "ragged", "optional"])
            if (config[key] is { } flag && JsonRead.Bool(flag)) throw Errors.Unsupported("InputLayer", $"{key} inputs are not supported", "a dense one", $"{key}: true");
        var name = config["name"] is { } given ? JsonRead.Text(given) : null;
        if (config["batch_shape"] is not JsonArray { Count: > 0 } dims) throw Errors.Argument("InputLayer", "batch_shape is no shape", "a list", JsonRead.Short(config["batch_shape"]));
        var shape = JsonRead.Dims(dims);
        var dtype = config["dtype"] is { } type ? DTypePolicy.Read(type).ComputeDType : Config.Floatx;
        return new Input(shape.Slice(1, shape.Rank - 1), shape[0] == Shape.Unknown ? null : shape[0], dtype, name);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x;
}
