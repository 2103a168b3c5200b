namespace Keras.Layers;

/// <summary>Where a model's data come in. In a <see cref="Sequential"/> it stands first; <see cref="Output"/> begins a functional model.
/// In files it is called <c>InputLayer</c>.</summary>
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
    protected override Tensor Call(Tensor x, CallContext context) => x;
}
