namespace Keras.Optimizers.Schedules;

/// <summary>A rate that is multiplied by a factor each number of steps: rate · decay_rate^(step / decay_steps).</summary>
/// <param name="initialLearningRate">The rate at the first step.</param>
/// <param name="decaySteps">After how many steps the factor has been applied once.</param>
/// <param name="decayRate">The factor.</param>
/// <param name="staircase">Whether the exponent is rounded down, so that the rate falls in steps. Default false.</param>
/// <param name="name">Default the class name.</param>
public sealed class ExponentialDecay(double initialLearningRate, int decaySteps, double decayRate, bool staircase = false,
    string name = "ExponentialDecay") : LearningRateSchedule
{
    /// <summary>The rate at the first step.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>After how many steps the factor has been applied once.</summary>
    public int DecaySteps { get; } = Positive(name, "decay_steps", decaySteps);

    /// <summary>The factor.</summary>
    public double DecayRate { get; } = decayRate;

    /// <summary>Whether the rate falls in steps.</summary>
    public bool Staircase { get; } = staircase;

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor step) =>
        Ops.Power(DecayRate, Progress.Of(step, DecaySteps, Staircase)) * InitialLearningRate;
}

/// <summary>A rate that is divided by a number that grows with the steps: rate / (1 + decay_rate · step / decay_steps).</summary>
/// <param name="initialLearningRate">The rate at the first step.</param>
/// <param name="decaySteps">After how many steps the divisor has grown by decay_rate.</param>
/// <param name="decayRate">How fast the divisor grows.</param>
/// <param name="staircase">Whether step / decay_steps is rounded down, so that the rate falls in steps. Default false.</param>
/// <param name="name">Default the class name.</param>
public sealed class InverseTimeDecay(double initialLearningRate, int decaySteps, double decayRate, bool staircase = false,
    string name = "InverseTimeDecay") : LearningRateSchedule
{
    /// <summary>The rate at the first step.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>After how many steps the divisor has grown by the decay rate.</summary>
    public int DecaySteps { get; } = Positive(name, "decay_steps", decaySteps);

    /// <summary>How fast the divisor grows.</summary>
    public double DecayRate { get; } = decayRate;

    /// <summary>Whether the rate falls in steps.</summary>
    public bool Staircase { get; } = staircase;

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor step) =>
        InitialLearningRate / (Progress.Of(step, DecaySteps, Staircase) * DecayRate + 1);
}

/// <summary>A rate that falls from one value to another along a power of the remaining share of the steps.</summary>
/// <param name="initialLearningRate">The rate at the first step.</param>
/// <param name="decaySteps">How many steps the fall takes.</param>
/// <param name="endLearningRate">The rate after that. Default 0.0001.</param>
/// <param name="power">The exponent; 1 is a straight line. Default 1.</param>
/// <param name="cycle">Whether the fall takes the next multiple of decay_steps when it is over. Default false.</param>
/// <param name="name">Default the class name.</param>
public sealed class PolynomialDecay(double initialLearningRate, int decaySteps, double endLearningRate = 0.0001, double power = 1,
    bool cycle = false, string name = "PolynomialDecay") : LearningRateSchedule
{
    /// <summary>The rate at the first step.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>How many steps the fall takes.</summary>
    public int DecaySteps { get; } = Positive(name, "decay_steps", decaySteps);

    /// <summary>The rate after that.</summary>
    public double EndLearningRate { get; } = endLearningRate;

    /// <summary>The exponent.</summary>
    public double Power { get; } = power;

    /// <summary>Whether the fall takes the next multiple of the steps when it is over.</summary>
    public bool Cycle { get; } = cycle;

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor step)
    {
        var share = Progress.Of(step, DecaySteps);
        share = Cycle ? share / Ops.Maximum(Ops.Ceil(share), 1) : Ops.Minimum(share, 1);
        return Ops.Power(1 - share, Power) * (InitialLearningRate - EndLearningRate) + EndLearningRate;
    }
}

/// <summary>A rate that is one of several values, each up to its boundary.</summary>
/// <param name="boundaries">The last step of each value but the last one, rising.</param>
/// <param name="values">The rates, one more than boundaries.</param>
/// <param name="name">Default <c>PiecewiseConstant</c>.</param>
/// <exception cref="ArgumentException">The numbers of boundaries and values do not fit.</exception>
public sealed class PiecewiseConstantDecay(double[] boundaries, double[] values, string name = "PiecewiseConstant") : LearningRateSchedule
{
    /// <summary>The last step of each value but the last one.</summary>
    public IReadOnlyList<double> Boundaries { get; } = [.. boundaries];

    /// <summary>The rates.</summary>
    public IReadOnlyList<double> Values { get; } = values.Length == boundaries.Length + 1 ? [.. values]
        : throw Errors.Argument(name, "the number of values does not fit the boundaries", $"{boundaries.Length + 1} values", values.Length);

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor step)
    {
        var rate = Tensor.Scalar(Values[0], Config.Floatx);
        for (var i = 0; i < Boundaries.Count; i++)
            rate = Ops.Where(Progress.Of(step, 1) > Boundaries[i], Values[i + 1], rate);
        return rate;
    }
}

/// <summary>How far a schedule has come.</summary>
static class Progress
{
    internal static Tensor Of(Tensor step, int steps, bool whole = false)
    {
        ArgumentNullException.ThrowIfNull(step);
        var share = Ops.Cast(step, Config.Floatx) / steps;
        return whole ? Ops.Floor(share) : share;
    }
}
