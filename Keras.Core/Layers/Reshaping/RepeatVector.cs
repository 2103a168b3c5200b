namespace Keras.Layers;

/// <summary>(batch, features) repeated to (batch, n, features), as <c>keras.layers.RepeatVector</c>.</summary>
public sealed class RepeatVector : Layer
{
    /// <summary>Chooses how often.</summary>
    /// <param name="n">The number of repetitions, 1 or more.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The number is not positive.</exception>
    public RepeatVector(int n, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        N = n > 0 ? n : throw Errors.Argument(Who, "n is not positive", "1 or more", n);
        InputSpec = [new InputSpec(Ndim: 2)];
    }

    /// <summary>The number of repetitions.</summary>
    public int N { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Ops.BroadcastTo(Ops.ExpandDims(x, 1), [x.Shape[0], N, x.Shape[1]]);
    }
}
