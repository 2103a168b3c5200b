namespace Keras.Optimizers.Schedules;

/// <summary>A rate that falls along half a cosine, optionally after rising along a line. See https://arxiv.org/abs/1608.03983.</summary>
/// <param name="initialLearningRate">The rate at the first step.</param>
/// <param name="decaySteps">How many steps the fall takes.</param>
/// <param name="alpha">Which share of the rate remains after the fall. Default 0.</param>
/// <param name="name">Default the class name.</param>
/// <param name="warmupTarget">The rate at the end of the rise; without it there is none.</param>
/// <param name="warmupSteps">How many steps the rise takes. Default 0.</param>
public sealed class CosineDecay(double initialLearningRate, int decaySteps, double alpha = 0, string name = "CosineDecay",
    double? warmupTarget = null, int warmupSteps = 0) : LearningRateSchedule
{
    /// <summary>The rate at the first step.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>How many steps the fall takes.</summary>
    public int DecaySteps { get; } = Positive(name, "decay_steps", decaySteps);

    /// <summary>Which share of the rate remains after the fall.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>The rate at the end of the rise, if there is one.</summary>
    public double? WarmupTarget { get; } = warmupTarget;

    /// <summary>How many steps the rise takes.</summary>
    public int WarmupSteps { get; } = warmupSteps;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (WarmupTarget is not { } target) return Fall(step, InitialLearningRate);
        if (WarmupSteps == 0) return Fall(step, target);
        var rise = Progress.Of(step, WarmupSteps) * (target - InitialLearningRate) + InitialLearningRate;
        return Ops.Where(step < WarmupSteps, rise, Fall(step - WarmupSteps, target));
    }

    Tensor Fall(Tensor step, double from)
    {
        var share = Ops.Minimum(Progress.Of(step, DecaySteps), 1);
        return ((Ops.Cos(share * Math.PI) + 1) * (0.5 * (1 - Alpha)) + Alpha) * from;
    }
}

/// <summary>A rate that falls along half a cosine again and again, each time over more steps. See https://arxiv.org/abs/1608.03983.</summary>
/// <param name="initialLearningRate">The rate at the first step.</param>
/// <param name="firstDecaySteps">How many steps the first fall takes.</param>
/// <param name="tMul">How many times longer each fall is than the one before. Default 2.</param>
/// <param name="mMul">The factor of the rate at each restart. Default 1.</param>
/// <param name="alpha">Which share of the rate remains at the end of a fall. Default 0.</param>
/// <param name="name">Default <c>SGDRDecay</c>.</param>
public sealed class CosineDecayRestarts(double initialLearningRate, int firstDecaySteps, double tMul = 2, double mMul = 1, double alpha = 0,
    string name = "SGDRDecay") : LearningRateSchedule
{
    /// <summary>The rate at the first step.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>How many steps the first fall takes.</summary>
    public int FirstDecaySteps { get; } = Positive(name, "first_decay_steps", firstDecaySteps);

    /// <summary>How many times longer each fall is than the one before.</summary>
    public double TMul { get; } = tMul;

    /// <summary>The factor of the rate at each restart.</summary>
    public double MMul { get; } = mMul;

    /// <summary>Which share of the rate remains at the end of a fall.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor step)
    {
        // In double precision: a rounding error next to a restart would be the whole rate.
        var share = Ops.Cast(step, DType.Float64) / FirstDecaySteps;
        Tensor restarts, within;
        if (TMul == 1)
        {
            restarts = Ops.Floor(share);
            within = share - restarts;
        }
        else
        {
            restarts = Ops.Floor(Ops.Log(1 - share * (1 - TMul)) / Math.Log(TMul) + 1e-9);
            var length = Ops.Power(TMul, restarts);
            within = (share - (1 - length) / (1 - TMul)) / length;
        }
        var cosine = (Ops.Cos(within * Math.PI) + 1) * 0.5 * Ops.Power(MMul, restarts);
        return Ops.Cast((cosine * (1 - Alpha) + Alpha) * InitialLearningRate, Config.Floatx);
    }
}
