namespace Keras.Initializers;

/// <summary>Random values. The same object gives the same values at every call: without a seed it draws one when it is made.</summary>
public abstract class RandomInitializer : Initializer
{
    private protected RandomInitializer(int? seed) => (Seed, Drawn) = (seed, seed ?? SeedGenerator.DrawSeed());

    /// <summary>The seed that was given; <c>null</c> where one was drawn.</summary>
    public int? Seed { get; }

    /// <summary>The seed that is used.</summary>
    private protected int Drawn { get; }
}

/// <summary>Normally distributed values.</summary>
/// <param name="mean">Their mean. Default 0.</param>
/// <param name="stddev">Their standard deviation. Default 0.05.</param>
/// <param name="seed">Default one drawn now.</param>
public sealed class RandomNormal(double mean = 0, double stddev = 0.05, int? seed = null) : RandomInitializer(seed)
{
    /// <summary>The mean.</summary>
    public double Mean => mean;

    /// <summary>The standard deviation.</summary>
    public double Stddev => stddev;

    /// <inheritdoc/>
    public override Tensor Apply(Shape shape, DType? dtype = null) => Random.Normal(shape, mean, stddev, dtype, Drawn);
}

/// <summary>Normally distributed values within two standard deviations of the mean.</summary>
/// <param name="mean">The mean. Default 0.</param>
/// <param name="stddev">The standard deviation before values are left out. Default 0.05.</param>
/// <param name="seed">Default one drawn now.</param>
public sealed class TruncatedNormal(double mean = 0, double stddev = 0.05, int? seed = null) : RandomInitializer(seed)
{
    /// <summary>The mean.</summary>
    public double Mean => mean;

    /// <summary>The standard deviation before values are left out.</summary>
    public double Stddev => stddev;

    /// <inheritdoc/>
    public override Tensor Apply(Shape shape, DType? dtype = null) => Random.TruncatedNormal(shape, mean, stddev, dtype, Drawn);
}

/// <summary>Values even over an interval.</summary>
/// <param name="minval">The lower bound. Default -0.05.</param>
/// <param name="maxval">The upper bound, left out. Default 0.05.</param>
/// <param name="seed">Default one drawn now.</param>
public sealed class RandomUniform(double minval = -0.05, double maxval = 0.05, int? seed = null) : RandomInitializer(seed)
{
    /// <summary>The lower bound.</summary>
    public double Minval => minval;

    /// <summary>The upper bound, left out.</summary>
    public double Maxval => maxval;

    /// <inheritdoc/>
    public override Tensor Apply(Shape shape, DType? dtype = null) => Random.Uniform(shape, minval, maxval, dtype, Drawn);
}
