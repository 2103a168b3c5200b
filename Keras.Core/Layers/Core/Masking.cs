namespace Keras.Layers;

/// <summary>Leaves out the steps of (batch, steps…, features) whose features are all one value: they become 0 and their mask is false, as
/// <c>keras.layers.Masking</c>.</summary>
[NoBuildConfig]
public sealed class Masking : Layer
{
    /// <summary>Chooses the value.</summary>
    /// <param name="maskValue">The value of features that do not count. Default 0.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public Masking(double maskValue = 0, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        MaskValue = maskValue;
        SupportsMasking = true;
    }

    /// <summary>The value of features that do not count.</summary>
    public double MaskValue { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        var kept = Ops.Any(Ops.NotEqual(x, MaskValue), -1, keepdims: true);
        var y = Ops.Where(kept, x, 0);
        y.Mask = Ops.Squeeze(kept, -1);
        return y;
    }
}
