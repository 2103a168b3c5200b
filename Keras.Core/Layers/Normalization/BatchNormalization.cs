namespace Keras.Layers;

/// <summary>Brings each channel to mean 0 and variance 1, then scales and shifts it (Ioffe and Szegedy, 2015), as
/// <c>keras.layers.BatchNormalization</c>: in training, unless frozen, by the statistics of the batch, which also move the stored ones; else by
/// the stored ones. Computes in float32 at least.</summary>
public sealed class BatchNormalization : Layer
{
    Variable? _gamma;
    Variable? _beta;
    Variable? _movingMean;
    Variable? _movingVariance;

    /// <summary>Chooses the axis, the speed of the stored statistics and what belongs to the weights.</summary>
    /// <param name="axis">The axis of the channels. Default the last.</param>
    /// <param name="momentum">How much of the stored statistics stays at each step. Default 0.99.</param>
    /// <param name="epsilon">Added to the variance. Default 1e-3.</param>
    /// <param name="center">Whether beta is added. Default true.</param>
    /// <param name="scale">Whether gamma is multiplied. Default true.</param>
    /// <param name="betaInitializer">The first beta. Default zeros.</param>
    /// <param name="gammaInitializer">The first gamma. Default ones.</param>
    /// <param name="movingMeanInitializer">The first stored mean. Default zeros.</param>
    /// <param name="movingVarianceInitializer">The first stored variance. Default ones.</param>
    /// <param name="betaRegularizer">A penalty on beta. Default none.</param>
    /// <param name="gammaRegularizer">A penalty on gamma. Default none.</param>
    /// <param name="betaConstraint">A rule for beta. Default none.</param>
    /// <param name="gammaConstraint">A rule for gamma. Default none.</param>
    /// <param name="renorm">Batch renormalization. Only false for now.</param>
    /// <param name="renormClipping">Only with renorm.</param>
    /// <param name="renormMomentum">Only with renorm. Default 0.99.</param>
    /// <param name="synchronized">Whether statistics are shared between devices; a model runs on one, so both are the same. Default
    /// false.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="NotSupportedException">renorm is asked for.</exception>
    public BatchNormalization(int axis = -1, double momentum = 0.99, double epsilon = 1e-3, bool center = true, bool scale = true,
        Initializer? betaInitializer = null, Initializer? gammaInitializer = null, Initializer? movingMeanInitializer = null,
        Initializer? movingVarianceInitializer = null, Regularizer? betaRegularizer = null, Regularizer? gammaRegularizer = null,
        Constraint? betaConstraint = null, Constraint? gammaConstraint = null, bool renorm = false,
        IReadOnlyDictionary<string, double>? renormClipping = null, double renormMomentum = 0.99, bool synchronized = false,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(name, dtype, trainable, activityRegularizer)
    {
        if (renorm || renormClipping is not null)
            throw Errors.Unsupported(Who, "batch renormalization is not supported", "renorm false and no renorm_clipping", $"renorm {renorm}");
        (Axis, Momentum, Epsilon, Center, Scale) = (axis, momentum, epsilon, center, scale);
        (BetaInitializer, GammaInitializer) = (betaInitializer ?? "zeros", gammaInitializer ?? "ones");
        (MovingMeanInitializer, MovingVarianceInitializer) = (movingMeanInitializer ?? "zeros", movingVarianceInitializer ?? "ones");
        (BetaRegularizer, GammaRegularizer) = (betaRegularizer, gammaRegularizer);
        (BetaConstraint, GammaConstraint) = (betaConstraint, gammaConstraint);
        (RenormMomentum, Synchronized) = (renormMomentum, synchronized);
        SupportsMasking = true;
    }

    /// <summary>The axis of the channels.</summary>
    public int Axis { get; }

    /// <summary>How much of the stored statistics stays at each step.</summary>
    public double Momentum { get; }

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

    /// <summary>The first stored mean.</summary>
    public Initializer MovingMeanInitializer { get; }

    /// <summary>The first stored variance.</summary>
    public Initializer MovingVarianceInitializer { get; }

    /// <summary>A penalty on beta, if any.</summary>
    public Regularizer? BetaRegularizer { get; }

    /// <summary>A penalty on gamma, if any.</summary>
    public Regularizer? GammaRegularizer { get; }

    /// <summary>A rule for beta, if any.</summary>
    public Constraint? BetaConstraint { get; }

    /// <summary>A rule for gamma, if any.</summary>
    public Constraint? GammaConstraint { get; }

    /// <summary>Batch renormalization: false.</summary>
    public bool Renorm { get; }

    /// <summary>The limits of batch renormalization: none.</summary>
    public IReadOnlyDictionary<string, double>? RenormClipping { get; }

    /// <summary>The momentum of batch renormalization.</summary>
    public double RenormMomentum { get; }

    /// <summary>Whether statistics are shared between devices.</summary>
    public bool Synchronized { get; }

    /// <summary>What each channel is multiplied by, if anything; <c>null</c> before the layer is built.</summary>
    public Variable? Gamma => _gamma;

    /// <summary>What is added to each channel, if anything; <c>null</c> before the layer is built.</summary>
    public Variable? Beta => _beta;

    /// <summary>The stored mean; <c>null</c> before the layer is built.</summary>
    public Variable? MovingMean => _movingMean;

    /// <summary>The stored variance; <c>null</c> before the layer is built.</summary>
    public Variable? MovingVariance => _movingVariance;

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        var axis = inputShape.Axis(Axis, Who);
        Shape shape = [inputShape[axis]];
        if (Scale) _gamma = AddWeight(shape, GammaInitializer, autocast: false, regularizer: GammaRegularizer, constraint: GammaConstraint, name: "gamma");
        if (Center) _beta = AddWeight(shape, BetaInitializer, autocast: false, regularizer: BetaRegularizer, constraint: BetaConstraint, name: "beta");
        _movingMean = AddWeight(shape, MovingMeanInitializer, trainable: false, autocast: false, name: "moving_mean");
        _movingVariance = AddWeight(shape, MovingVarianceInitializer, trainable: false, autocast: false, name: "moving_variance");
        InputSpec = [new InputSpec(Ndim: inputShape.Rank, Axes: new Dictionary<int, int> { [axis] = inputShape[axis] })];
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Mask is { } mask && mask.Rank != x.Rank - 1)
            throw Errors.Argument(Who, "the mask has a wrong rank", $"{x.Rank - 1} dimensions", mask.Shape);
        x = Ops.Cast(x, DTypes.Promote(x.DType.IsFloating() ? x.DType : DType.Float32, DType.Float32));
        var axis = x.Shape.Axis(Axis, Who);
        var learns = context.Training && Trainable;
        return Ops.Cast(learns && context.Mask is null ? Learn(x, axis) : Normalize(x, axis, learns ? context.Mask : null), Dtype.ComputeDType);
    }

    /// <summary>By the statistics of the batch, in one pass; they move the stored ones.</summary>
    Tensor Learn(Tensor x, int axis)
    {
        Shape channels = [x.Shape[axis]];
        var gamma = _gamma is null ? Ops.Ones(channels, x.DType) : Ops.Cast(_gamma.Value, x.DType);
        var beta = _beta is null ? Ops.Zeros(channels, x.DType) : Ops.Cast(_beta.Value, x.DType);
        var result = new BatchNormalize(axis, Epsilon).On(x, gamma, beta);
        Move(_movingMean!, new Part(1).On(result));
        Move(_movingVariance!, new Part(2).On(result));
        return new Part(0).On(result);
    }

    /// <summary>By the stored statistics, or by those of the places that a mask keeps, which move them.</summary>
    Tensor Normalize(Tensor x, int axis, Tensor? mask)
    {
        var view = new ChannelView(x.Shape, axis);
        var (mean, variance) = mask is null
            ? (Along(_movingMean!), Along(_movingVariance!))
            : Learn(x, view.Others, Ops.BroadcastLike(Ops.ExpandDims(Ops.Cast(mask, x.DType), mask.Rank), x));
        var scale = Ops.Rsqrt(variance + Epsilon);
        if (_gamma is not null) scale *= Along(_gamma);
        var shift = -mean * scale;
        if (_beta is not null) shift += Along(_beta);
        return x * scale + shift;

        Tensor Along(Variable variable) => view.Along(Ops.Cast(variable.Value, x.DType));
    }

    (Tensor Mean, Tensor Variance) Learn(Tensor x, Axes others, Tensor weights)
    {
        var count = Ops.Sum(weights, others, keepdims: true) + Config.Epsilon;
        var mean = Ops.Sum(weights * x, others, keepdims: true) / count;
        var variance = Ops.Sum(weights * Ops.Square(x - mean), others, keepdims: true) / count;
        Move(_movingMean!, mean);
        Move(_movingVariance!, variance);
        return (mean, variance);
    }

    void Move(Variable stored, Tensor batch) =>
        stored.Assign(stored.Value * Momentum + Ops.Reshape(batch, stored.Shape) * (1 - Momentum));
}
