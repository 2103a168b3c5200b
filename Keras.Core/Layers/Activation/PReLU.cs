namespace Keras.Layers;

/// <summary>x, or a learned slope times x below 0 (He et al., 2015), as <c>keras.layers.PReLU</c>. One slope a position unless axes share
/// them.</summary>
public sealed class PReLU : Layer
{
    Variable? _alpha;

    /// <summary>Chooses how the slopes begin and what shares them.</summary>
    /// <param name="alphaInitializer">The first slopes. Default zeros.</param>
    /// <param name="alphaRegularizer">A penalty on the slopes. Default none.</param>
    /// <param name="alphaConstraint">A rule for the slopes. Default none.</param>
    /// <param name="sharedAxes">The axes, from 1 on, along which one slope holds; (1, 2) for one a channel of images. Default none.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public PReLU(Initializer? alphaInitializer = null, Regularizer? alphaRegularizer = null, Constraint? alphaConstraint = null,
        Axes? sharedAxes = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        AlphaInitializer = alphaInitializer ?? "zeros";
        (AlphaRegularizer, AlphaConstraint) = (alphaRegularizer, alphaConstraint);
        SharedAxes = sharedAxes is { } axes ? Axes.Create(axes.Span) : (Axes?)null;
        SupportsMasking = true;
        InputSpec = [new InputSpec(MinNdim: 1)];
    }

    /// <summary>The first slopes.</summary>
    public Initializer AlphaInitializer { get; }

    /// <summary>A penalty on the slopes, if any.</summary>
    public Regularizer? AlphaRegularizer { get; }

    /// <summary>A rule for the slopes, if any.</summary>
    public Constraint? AlphaConstraint { get; }

    /// <summary>The axes along which one slope holds, if any.</summary>
    public Axes? SharedAxes { get; }

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        var shared = SharedAxes?.Of(inputShape, Who) ?? default;
        var own = Enumerable.Range(1, inputShape.Rank - 1).Where(i => !shared.Contains(i)).ToArray();
        var dims = Enumerable.Range(1, inputShape.Rank - 1).Select(i => shared.Contains(i) ? 1 : inputShape[i]).ToArray();
        _alpha = AddWeight(dims, AlphaInitializer, regularizer: AlphaRegularizer, constraint: AlphaConstraint, name: "alpha");
        InputSpec = [new InputSpec(Ndim: inputShape.Rank, Axes: own.ToDictionary(i => i, i => inputShape[i]))];
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Relu(x) - _alpha!.Value * Ops.Relu(-x);
}
