namespace Keras.Layers;

/// <summary>Repeats each step of (batch, steps, features), as <c>keras.layers.UpSampling1D</c>.</summary>
public sealed class UpSampling1D : Layer
{
    /// <summary>Chooses how often.</summary>
    /// <param name="size">The number of repetitions, 1 or more. Default 2.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The number is not positive.</exception>
    public UpSampling1D(int size = 2, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        Size = size > 0 ? size : throw Errors.Argument(Who, "size is not positive", "1 or more", size);
        InputSpec = [new InputSpec(Ndim: 3)];
    }

    /// <summary>The number of repetitions.</summary>
    public int Size { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Repeat(x, Size, 1);
}
