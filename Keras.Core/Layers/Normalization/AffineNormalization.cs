namespace Keras.Layers;

/// <summary>A normalization whose result is multiplied by a weight, gamma, and shifted by another, beta.</summary>
public abstract class AffineNormalization : Layer
{
    /// <summary>Chooses what belongs to the weights.</summary>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="center">Whether beta is added. Default true.</param>
    /// <param name="scale">Whether gamma is multiplied. Default true.</param>
    /// <param name="betaInitializer">The first beta. Default zeros.</param>
    /// <param name="gammaInitializer">The first gamma. Default ones.</param>
    /// <param name="betaRegularizer">A penalty on beta. Default none.</param>
    /// <param name="gammaRegularizer">A penalty on gamma. Default none.</param>
    /// <param name="betaConstraint">A rule for beta. Default none.</param>
    /// <param name="gammaConstraint">A rule for gamma. Default none.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    private protected AffineNormalization(double epsilon, bool center, bool scale, Initializer? betaInitializer, Initializer? gammaInitializer,
        Regularizer? betaRegularizer, Regularizer? gammaRegularizer, Constraint? betaConstraint, Constraint? gammaConstraint, string? name,
        DTypePolicy? dtype, bool trainable, Regularizer? activityRegularizer) : base(name, dtype, trainable, activityRegularizer)
    {
        (Epsilon, Center, Scale) = (epsilon, center, scale);
        (BetaInitializer, GammaInitializer) = (betaInitializer ?? "zeros", gammaInitializer ?? "ones");
        (BetaRegularizer, GammaRegularizer) = (betaRegularizer, gammaRegularizer);
        (BetaConstraint, GammaConstraint) = (betaConstraint, gammaConstraint);
        SupportsMasking = true;
    }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>Whether beta is added.</summary>
    public bool Center { get; }

    /// <summary>Whether gamma is multiplied.</summary>
    public bool Scale { get; }

    /// <summary>The first beta.</summary>
    public Initializer BetaInitializer { get; }

    /// <summary>The first gamma.</summary>
    public Initializer GammaInitializer { get; }

    /// <summary>A penalty on beta, if any.</summary>
    public Regularizer? BetaRegularizer { get; }

    /// <summary>A penalty on gamma, if any.</summary>
    public Regularizer? GammaRegularizer { get; }

    /// <summary>A rule for beta, if any.</summary>
    public Constraint? BetaConstraint { get; }

    /// <summary>A rule for gamma, if any.</summary>
    public Constraint? GammaConstraint { get; }

    /// <summary>What the normalized is multiplied by, if anything; <c>null</c> before the layer is built.</summary>
    public Variable? Gamma { get; private set; }

    /// <summary>What is added then, if anything; <c>null</c> before the layer is built.</summary>
    public Variable? Beta { get; private set; }

    /// <summary>Makes gamma and beta, which are read in their own dtype.</summary>
    private protected void AddScaleAndShift(Shape shape, bool shifts = true)
    {
        if (Scale) Gamma = AddWeight(shape, GammaInitializer, autocast: false, regularizer: GammaRegularizer, constraint: GammaConstraint, name: "gamma");
        if (Center && shifts)
            Beta = AddWeight(shape, BetaInitializer, autocast: false, regularizer: BetaRegularizer, constraint: BetaConstraint, name: "beta");
    }

    /// <summary>As floats of 32 bits at least: the squares of halves overflow.</summary>
    private protected static Tensor Widened(Tensor x) => Ops.Cast(x, DTypes.Promote(x.DType.IsFloating() ? x.DType : DType.Float32, DType.Float32));
}
