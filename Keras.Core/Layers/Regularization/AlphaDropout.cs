namespace Keras.Layers;

/// <summary>In training sets elements at random to the value that SELU tends to, and keeps mean and variance; else gives the input back, as
/// <c>keras.layers.AlphaDropout</c> (Klambauer et al., 2017).</summary>
[NoBuildConfig]
public sealed class AlphaDropout : Layer
{
    // The limit of SELU far below 0: -scale · alpha.
    const double Dropped = -1.0507009873554804934193349852946 * 1.6732632423543772848170429916717;

    readonly SeedGenerator? _generator;

    /// <summary>Chooses how much is dropped.</summary>
    /// <param name="rate">The probability that an element is dropped, within [0, 1].</param>
    /// <param name="noiseShape">The shape of the draw, unknown where it is that of the input; dimensions of 1 drop together. Default the input's
    /// shape.</param>
    /// <param name="seed">Default one drawn now.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The rate is outside of [0, 1].</exception>
    public AlphaDropout(double rate, Shape? noiseShape = null, int? seed = null, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        Rate = RandomRate.Check(Who, rate);
        (NoiseShape, Seed) = (noiseShape, seed);
        if (rate > 0) _generator = Track(new SeedGenerator(seed));
        SupportsMasking = true;
    }

    /// <summary>The probability that an element is dropped.</summary>
    public double Rate { get; }

    /// <summary>The shape of the draw, where given.</summary>
    public Shape? NoiseShape { get; }

    /// <summary>The seed, where given.</summary>
    public int? Seed { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(context);
        if (!context.Training || _generator is null) return x;
        // As Keras: all dropped elements are one value, without the mending that would divide by 0.
        var factor = Rate < 1 ? 1 / Math.Sqrt((1 - Rate) * (1 + (Rate * Dropped * Dropped))) : 0;
        var kept = Ops.GreaterEqual(Random.Uniform(NoiseShapes.Of(NoiseShape, x.Shape, Who), 0, 1, DType.Float32, _generator), Rate);
        return Ops.Cast(Ops.Where(kept, x, Dropped) * factor - (factor * Dropped * Rate), x.DType);
    }
}
