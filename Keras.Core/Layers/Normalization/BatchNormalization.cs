namespace Keras.Layers;

/// <summary>Brings each channel to mean 0 and variance 1, then scales and shifts it (Ioffe and Szegedy, 2015), as
/// <c>keras.layers.BatchNormalization</c>: in training, unless frozen, by the statistics of the batch, which also move the stored ones; else by
/// the stored ones. Computes in float32 at least.</summary>
public sealed class BatchNormalization : AffineNormalization
{
    Variable? _movingMean;
    Variable? _movingVariance;
    Variable? _movingStddev;
    Variable? _renormMean;
    Variable? _renormStddev;

    static readonly string[] Limits = ["rmin", "rmax", "dmax"];

    /// <summary>Chooses the axis, the speed of the stored statistics and what belongs to the weights.</summary>
    /// <param name="axis">The axis of the channels. Default the last.</param>
    /// <param name="momentum">How much of the stored statistics stays at each step. Default 0.99.</param>
    /// <param name="epsilon">Added to the variance. Default 1e-3.</param>
    /// <param name="movingMeanInitializer">The first stored mean. Default zeros.</param>
    /// <param name="movingVarianceInitializer">The first stored variance. Default ones.</param>
    /// <param name="renorm">Whether, in training, what is normalized by the statistics of the batch is brought near to what the stored ones would
    /// give (Ioffe, 2017). Default false.</param>
    /// <param name="renormClipping">Limits of that correction, only with renorm: <c>rmin</c> and <c>rmax</c> of its factor, <c>dmax</c> of its
    /// shift. Default none.</param>
    /// <param name="renormMomentum">As momentum, for the statistics that the correction is made by. Default 0.99.</param>
    /// <param name="synchronized">Whether statistics are shared between devices; a model runs on one, so both are the same. Default
    /// false.</param>
    /// <inheritdoc cref="AffineNormalization(double, bool, bool, Initializer?, Initializer?, Regularizer?, Regularizer?, Constraint?, Constraint?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">There are limits without renorm, or unknown ones.</exception>
    public BatchNormalization(int axis = -1, double momentum = 0.99, double epsilon = 1e-3, bool center = true, bool scale = true,
        Initializer? betaInitializer = null, Initializer? gammaInitializer = null, Initializer? movingMeanInitializer = null,
        Initializer? movingVarianceInitializer = null, Regularizer? betaRegularizer = null, Regularizer? gammaRegularizer = null,
        Constraint? betaConstraint = null, Constraint? gammaConstraint = null, bool renorm = false,
        IReadOnlyDictionary<string, double>? renormClipping = null, double renormMomentum = 0.99, bool synchronized = false,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(epsilon, center, scale, betaInitializer, gammaInitializer, betaRegularizer, gammaRegularizer, betaConstraint, gammaConstraint,
            name, dtype, trainable, activityRegularizer)
    {
        if (renormClipping is not null && (!renorm || renormClipping.Keys.Except(Limits).Any()))
            throw Errors.Argument(Who, "renorm_clipping does not fit", $"renorm, and no limits but {string.Join(", ", Limits)}",
                $"renorm {renorm} and {string.Join(", ", renormClipping.Keys)}");
        (Axis, Momentum) = (axis, momentum);
        (MovingMeanInitializer, MovingVarianceInitializer) = (movingMeanInitializer ?? "zeros", movingVarianceInitializer ?? "ones");
        (Renorm, RenormClipping, RenormMomentum) = (renorm, renormClipping, renormMomentum);
        Synchronized = synchronized;
    }

    /// <summary>The axis of the channels.</summary>
    public int Axis { get; }

    /// <summary>How much of the stored statistics stays at each step.</summary>
    public double Momentum { get; }

    /// <summary>The first stored mean.</summary>
    public Initializer MovingMeanInitializer { get; }

    /// <summary>The first stored variance.</summary>
    public Initializer MovingVarianceInitializer { get; }

    /// <summary>Whether results in training are brought near to those by the stored statistics.</summary>
    public bool Renorm { get; }

    /// <summary>Limits of the correction, if any.</summary>
    public IReadOnlyDictionary<string, double>? RenormClipping { get; }

    /// <summary>How much of the statistics that the correction is made by stays at each step.</summary>
    public double RenormMomentum { get; }

    /// <summary>Whether statistics are shared between devices.</summary>
    public bool Synchronized { get; }

    /// <summary>The stored mean; <c>null</c> before the layer is built.</summary>
    public Variable? MovingMean => _movingMean;

    /// <summary>The stored variance; <c>null</c> before the layer is built.</summary>
    public Variable? MovingVariance => _movingVariance;

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        var axis = inputShape.Axis(Axis, Who);
        Shape shape = [inputShape[axis]];
        AddScaleAndShift(shape);
        _movingMean = AddStatistic(MovingMeanInitializer, "moving_mean");
        _movingVariance = AddStatistic(MovingVarianceInitializer, "moving_variance");
        if (Renorm)
        {
            _movingStddev = AddStatistic(FirstDeviation(), "moving_stddev");
            _renormMean = AddStatistic(MovingMeanInitializer, "renorm_mean");
            _renormStddev = AddStatistic(FirstDeviation(), "renorm_stddev");
        }
        InputSpec = [new InputSpec(Ndim: inputShape.Rank, Axes: new Dictionary<int, int> { [axis] = inputShape[axis] })];

        Variable AddStatistic(Initializer first, string name) => AddWeight(shape, first, trainable: false, autocast: false, name: name);

        Initializer FirstDeviation() => new Initializers.Constant(Trace.Suspend(() => Ops.Sqrt(MovingVarianceInitializer.Apply(shape, Dtype.VariableDType))));
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Mask is { } mask && mask.Rank != x.Rank - 1)
            throw Errors.Argument(Who, "the mask has a wrong rank", $"{x.Rank - 1} dimensions", mask.Shape);
        x = Widened(x);
        var view = new ChannelView(x.Shape, x.Shape.Axis(Axis, Who));
        var y = !(context.Training && Trainable) ? ByStored(x, view) : context.Mask is null ? ByBatch(x, view) : ByKept(x, view, context.Mask);
        return Ops.Cast(y, Dtype.ComputeDType);
    }

    Tensor ByStored(Tensor x, ChannelView view)
    {
        var scale = Ops.Rsqrt(Ops.Cast(_movingVariance!.Value, x.DType) + Epsilon);
        if (Gamma is not null) scale *= Ops.Cast(Gamma.Value, x.DType);
        var shift = -Ops.Cast(_movingMean!.Value, x.DType) * scale;
        if (Beta is not null) shift += Ops.Cast(Beta.Value, x.DType);
        return x * view.Along(scale) + view.Along(shift);
    }

    /// <summary>By the statistics of the batch, in one pass; they move the stored ones.</summary>
    Tensor ByBatch(Tensor x, ChannelView view)
    {
        Shape channels = [x.Shape[view.Axis]];
        var gamma = Gamma is null || Renorm ? Ops.Ones(channels, x.DType) : Ops.Cast(Gamma.Value, x.DType);
        var beta = Beta is null || Renorm ? Ops.Zeros(channels, x.DType) : Ops.Cast(Beta.Value, x.DType);
        var result = new BatchNormalize(view.Axis, Epsilon).On(x, gamma, beta);
        var (y, mean, variance) = (new Part(0).On(result), new Part(1).On(result), new Part(2).On(result));
        if (Renorm) return Renormalized(y, mean, variance, view);
        Move(_movingMean!, mean, Momentum);
        Move(_movingVariance!, variance, Momentum);
        return y;
    }

    /// <summary>By the statistics of the places that a mask keeps; they move the stored ones.</summary>
    Tensor ByKept(Tensor x, ChannelView view, Tensor mask)
    {
        var weights = Ops.BroadcastLike(Ops.ExpandDims(Ops.Cast(mask, x.DType), mask.Rank), x);
        var count = Ops.Sum(weights, view.Others, keepdims: true) + Config.Epsilon;
        var mean = Ops.Sum(weights * x, view.Others, keepdims: true) / count;
        var variance = Ops.Sum(weights * Ops.Square(x - mean), view.Others, keepdims: true) / count;
        var y = (x - mean) * Ops.Rsqrt(variance + Epsilon);
        if (Renorm) return Renormalized(y, ChannelView.Flat(mean), ChannelView.Flat(variance), view);
        Move(_movingMean!, mean, Momentum);
        Move(_movingVariance!, variance, Momentum);
        if (Gamma is not null) y *= view.Along(Ops.Cast(Gamma.Value, x.DType));
        return Beta is null ? y : y + view.Along(Ops.Cast(Beta.Value, x.DType));
    }

    /// <summary>What is normalized by the batch, as the running statistics would about have it, then scaled and shifted. No gradient flows through
    /// the correction.</summary>
    Tensor Renormalized(Tensor normal, Tensor mean, Tensor variance, ChannelView view)
    {
        (mean, variance) = (Ops.StopGradient(mean), Ops.StopGradient(variance));
        var deviation = Ops.Sqrt(variance + Epsilon);
        var stored = Ops.Maximum(Ops.Cast(_renormStddev!.Value, mean.DType), Math.Sqrt(Epsilon));
        var factor = deviation / stored;
        var shift = (mean - Ops.Cast(_renormMean!.Value, mean.DType)) / stored;
        if (Limit("rmin") is { } least) factor = Ops.Maximum(factor, least);
        if (Limit("rmax") is { } most) factor = Ops.Minimum(factor, most);
        if (Limit("dmax") is { } far) shift = Ops.Clip(shift, -far, far);
        Move(_renormMean, mean, RenormMomentum);
        Move(_renormStddev, deviation, RenormMomentum);
        Move(_movingMean!, mean, Momentum);
        Move(_movingStddev!, deviation, Momentum);
        // Rounding may bring it below 0.
        _movingVariance!.Assign(Ops.Relu(Ops.Square(_movingStddev!.Value) - Epsilon));
        if (Gamma is not null) (factor, shift) = (factor * Ops.Cast(Gamma.Value, mean.DType), shift * Ops.Cast(Gamma.Value, mean.DType));
        if (Beta is not null) shift += Ops.Cast(Beta.Value, mean.DType);
        return normal * view.Along(factor) + view.Along(shift);

        double? Limit(string name) => RenormClipping?.TryGetValue(name, out var limit) == true ? limit : null;
    }

    static void Move(Variable stored, Tensor batch, double momentum) =>
        stored.Assign(stored.Value * momentum + Ops.Reshape(batch, stored.Shape) * (1 - momentum));
}
