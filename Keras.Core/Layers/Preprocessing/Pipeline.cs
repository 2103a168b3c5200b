namespace Keras.Layers;

/// <summary>Layers one behind the other as one layer, as <c>keras.layers.Pipeline</c>: for the preparation of data.
/// A call that is not told is one of training.</summary>
public sealed class Pipeline : Layer
{
    /// <summary>Puts layers one behind the other.</summary>
    /// <param name="layers">The layers; each takes what the one before gives.</param>
    /// <param name="name">Default <c>pipeline</c> and a number.</param>
    public Pipeline(IReadOnlyList<Layer> layers, string? name = null) : base(name)
    {
        ArgumentNullException.ThrowIfNull(layers);
        Layers = Track<Layer>([.. layers], "layers");
        SupportsMasking = true;
    }

    /// <summary>The layers.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    private protected override bool TrainsByDefault => true;

    /// <inheritdoc/>
    protected override bool CastsInputs => false;

    /// <inheritdoc/>
    protected override void Build(Nest inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var x = inputs.Map(t => new Placeholder(t.Type, "input").On());
        foreach (var layer in Layers) x = layer.Apply(x, true);
    }

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(context);
        return Layers.Aggregate(inputs, (x, layer) => layer.Apply(x, context.Training));
    }
}
