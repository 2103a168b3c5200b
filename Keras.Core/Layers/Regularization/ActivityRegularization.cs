using Keras.Regularizers;

namespace Keras.Layers;

/// <summary>Gives its input back and adds a penalty on it, divided by the batch size, to the loss, as
/// <c>keras.layers.ActivityRegularization</c>.</summary>
[NoBuildConfig]
public sealed class ActivityRegularization : Layer
{
    /// <summary>Chooses the factors of the penalty.</summary>
    /// <param name="l1">The factor of the sum of absolute values. Default 0.</param>
    /// <param name="l2">The factor of the sum of squares. Default 0.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public ActivityRegularization(double l1 = 0, double l2 = 0, string? name = null, DTypePolicy? dtype = null, bool trainable = true)
        : base(name, dtype, trainable, new L1L2(l1, l2))
    {
        (L1, L2) = (l1, l2);
        SupportsMasking = true;
    }

    /// <summary>The factor of the sum of absolute values.</summary>
    public double L1 { get; }

    /// <summary>The factor of the sum of squares.</summary>
    public double L2 { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x;
}
