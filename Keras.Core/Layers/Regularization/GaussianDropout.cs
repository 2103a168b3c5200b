namespace Keras.Layers;

/// <summary>In training multiplies by normally distributed numbers of mean 1 and standard deviation √(rate / (1 − rate)); else gives the
/// input back, as <c>keras.layers.GaussianDropout</c>.</summary>
[NoBuildConfig]
public sealed class GaussianDropout : Layer
{
    readonly SeedGenerator? _generator;

    /// <summary>Chooses how strong the noise is.</summary>
    /// <param name="rate">As the rate of <see cref="Dropout"/>, within [0, 1).</param>
    /// <param name="seed">Default one drawn now.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The rate is outside of [0, 1).</exception>
    public GaussianDropout(double rate, int? seed = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        Rate = rate is >= 0 and < 1 ? rate : throw Errors.Argument(Who, "rate leaves no finite noise", "a number within [0, 1)", rate);
        Seed = seed;
        if (rate > 0) _generator = Track(new SeedGenerator(seed));
        SupportsMasking = true;
    }

    /// <summary>The strength of the noise.</summary>
    public double Rate { get; }

    /// <summary>The seed, where given.</summary>
    public int? Seed { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Training && _generator is not null
            ? x * Random.Normal(x.Shape, 1, Math.Sqrt(Rate / (1 - Rate)), Dtype.ComputeDType, _generator)
            : x;
    }
}
