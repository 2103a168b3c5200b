namespace Keras.Layers;

/// <summary>x above 0, else alpha · (exp(x) − 1), as <c>keras.layers.ELU</c>.</summary>
[NoBuildConfig]
public sealed class ELU : Layer
{
    /// <summary>Chooses the scale.</summary>
    /// <param name="alpha">The scale below 0. Default 1.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public ELU(double alpha = 1, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        Alpha = alpha;
        SupportsMasking = true;
    }

    /// <summary>The scale below 0.</summary>
    public double Alpha { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Elu(x, Alpha);
}
