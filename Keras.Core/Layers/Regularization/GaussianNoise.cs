namespace Keras.Layers;

/// <summary>In training adds normally distributed numbers of mean 0; else gives the input back, as <c>keras.layers.GaussianNoise</c>.</summary>
[NoBuildConfig]
public sealed class GaussianNoise : Layer
{
    readonly SeedGenerator? _generator;

    /// <summary>Chooses how much is added.</summary>
    /// <param name="stddev">The standard deviation of what is added, within [0, 1].</param>
    /// <param name="seed">Default one drawn now.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The standard deviation is outside of [0, 1].</exception>
    public GaussianNoise(double stddev, int? seed = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        Stddev = stddev is >= 0 and <= 1 ? stddev : throw Errors.Argument(Who, "stddev is out of range", "a number within [0, 1]", stddev);
        Seed = seed;
        if (stddev > 0) _generator = Track(new SeedGenerator(seed));
        SupportsMasking = true;
    }

    /// <summary>The standard deviation of what is added.</summary>
    public double Stddev { get; }

    /// <summary>The seed, where given.</summary>
    public int? Seed { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Training && _generator is not null ? x + Random.Normal(x.Shape, 0, Stddev, Dtype.ComputeDType, _generator) : x;
    }
}
