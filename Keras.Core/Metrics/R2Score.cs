namespace Keras.Metrics;

/// <summary>The coefficient of determination: how much of the targets' variance the predictions explain, for (batch, outputs).</summary>
public sealed class R2Score : Metric
{
    readonly Variable _samples;
    Variable? _squares, _sum, _residual, _count;

    /// <summary>Makes the metric.</summary>
    /// <param name="classAggregation">How the scores of the outputs become one. Default their mean.</param>
    /// <param name="numRegressors">For the adjusted score, how many independent inputs there are. Default 0: the plain score.</param>
    /// <param name="name">The name in logs.</param>
    /// <param name="dtype">The dtype of the state. Default <see cref="Config.Floatx"/>.</param>
    /// <exception cref="ArgumentException">numRegressors is negative.</exception>
    public R2Score(ClassAggregation classAggregation = default, int numRegressors = 0, string? name = "r2_score", DType? dtype = null) : base(name, dtype)
    {
        if (numRegressors < 0) throw Errors.Argument(Name, "num_regressors is negative", "0 or more", numRegressors);
        (ClassAggregation, NumRegressors) = (classAggregation, numRegressors);
        _samples = AddVariable(Shape.Scalar, "num_samples");
    }

    /// <summary>How the scores of the outputs become one.</summary>
    public ClassAggregation ClassAggregation { get; }

    /// <summary>How many independent inputs there are, for the adjusted score.</summary>
    public int NumRegressors { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    void Build(int outputs)
    {
        _squares = AddVariable([outputs], "squared_sum");
        _sum = AddVariable([outputs], "sum");
        _residual = AddVariable([outputs], "residual");
        _count = AddVariable([outputs], "count");
    }

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        var (t, p) = Weighting.Align(Name, yTrue, Ops.Cast(yPred, Dtype));
        if (p.Rank != 2 || !t.Shape.Matches(p.Shape))
            throw Errors.Argument(Name, "targets and predictions have wrong shapes", "(batch, outputs) for both", $"{yTrue.Shape} and {yPred.Shape}");
        if (_squares is null) Build(p.Shape[1]);
        else if (_squares.Shape[0] != p.Shape[1]) throw Errors.Argument(Name, "the number of outputs changed", _squares.Shape[0], p.Shape[1]);
        var weight = Spread.Over(Name, Weighting.WithMask(sampleWeight, yPred.Mask, Dtype), p);
        // A sample counts where any of its outputs has a weight.
        var counted = Ops.Cast(Ops.Any(Ops.NotEqual(weight, 0), -1), Dtype);
        Variable.AssignAll([(_samples, _samples.Read() + Ops.Sum(counted)), Plus(_squares!, t * t * weight), Plus(_sum!, t * weight),
            Plus(_residual!, Ops.Square(t - p) * weight), Plus(_count!, weight)]);
    }

    static (Variable, Tensor) Plus(Variable variable, Tensor values) => (variable, variable.Read() + Ops.Sum(values, 0));

    /// <summary>The score so far: (outputs) without aggregation, else a scalar; 0 before the first update. Too few samples for the adjusted
    /// score give the plain one.</summary>
    public override Tensor Result()
    {
        if (_squares is null) return Tensor.Scalar(0.0, Dtype);
        var sum = _sum!.Read();
        var total = _squares.Read() - (sum * (sum / _count!.Read()));
        var raw = 1 - (_residual!.Read() / total);
        raw = Ops.Where(Ops.Isinf(raw), 0, raw);
        var score = ClassAggregation == ClassAggregation.None ? raw
            : ClassAggregation == ClassAggregation.UniformAverage ? Ops.Mean(raw)
            : Ops.Sum(total * raw) / Ops.Sum(total);
        if (NumRegressors == 0) return score;
        var free = _samples.Read() - 1 - NumRegressors;
        var enough = Ops.Greater(free, 0);
        return Ops.Where(enough, 1 - ((1 - score) * (_samples.Read() - 1) / Ops.Where(enough, free, 1)), score);
    }
}
