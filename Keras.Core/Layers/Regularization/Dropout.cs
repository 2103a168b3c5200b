namespace Keras.Layers;

/// <summary>In training sets elements to 0 at random and divides the others by (1 − rate), so that the sum stays; else gives the input back,
/// as <c>keras.layers.Dropout</c> (Srivastava et al., 2014).</summary>
[NoBuildConfig]
public sealed class Dropout : Layer
{
    readonly SeedGenerator? _generator;

    /// <summary>Chooses how much is dropped.</summary>
    /// <param name="rate">The probability that an element is dropped, within [0, 1].</param>
    /// <param name="noiseShape">The shape of the draw, unknown where it is that of the input; dimensions of 1 drop together. Default the
    /// input's shape.</param>
    /// <param name="seed">Default one drawn now.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The rate is outside of [0, 1].</exception>
    public Dropout(double rate, Shape? noiseShape = null, int? seed = null, string? name = null, DTypePolicy? dtype = null,
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
        ArgumentNullException.ThrowIfNull(context);
        return context.Training && _generator is not null ? Random.Dropout(x, Rate, NoiseShapes.Of(NoiseShape, x.Shape, Who), _generator) : x;
    }
}

/// <summary>Shapes of draws: unknown dimensions are those of the input.</summary>
static class NoiseShapes
{
    internal static Shape Of(Shape? noise, Shape input, string who)
    {
        if (noise is not { } shape) return input;
        if (shape.Rank != input.Rank) throw Errors.Argument(who, "noise_shape has another rank than the input", input, shape);
        return Shape.Of([.. Enumerable.Range(0, input.Rank).Select(i => shape[i] == Shape.Unknown ? input[i] : shape[i])]);
    }
}

static class RandomRate
{
    internal static double Check(string who, double rate) => rate is >= 0 and <= 1
        ? rate
        : throw Errors.Argument(who, "rate is no probability", "a number within [0, 1]", rate);
}
