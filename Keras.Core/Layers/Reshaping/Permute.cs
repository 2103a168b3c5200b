namespace Keras.Layers;

/// <summary>The axes of each example in another order, as <c>keras.layers.Permute</c>.</summary>
public sealed class Permute : Layer
{
    /// <summary>Chooses the order.</summary>
    /// <param name="dims">Which axis comes to each place, counted from 1 without the batch: (2, 1) swaps two.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The numbers are not each of 1, 2, … once.</exception>
    public Permute(Axes dims, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        if (!dims.Order().SequenceEqual(Enumerable.Range(1, dims.Count)))
            throw Errors.Argument(Who, "dims is no permutation", $"each of 1 to {dims.Count} once", dims);
        Dims = Axes.Create(dims.Span);
        InputSpec = [new InputSpec(Ndim: dims.Count + 1)];
    }

    /// <summary>Which axis comes to each place.</summary>
    public Axes Dims { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Transpose(x, Axes.Create([0, .. Dims]));
}
