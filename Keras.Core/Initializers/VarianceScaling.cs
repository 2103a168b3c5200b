namespace Keras.Initializers;

/// <summary>Random values whose variance is a scale divided by the number of inputs or outputs of a unit (fan).</summary>
public class VarianceScaling : RandomInitializer
{
    // The standard deviation of the standard normal distribution truncated to [-2, 2].
    const double TruncatedDeviation = 0.87962566103423978;

    /// <summary>Chooses scale, fan and distribution.</summary>
    /// <param name="scale">The scale, above 0. Default 1.</param>
    /// <param name="mode"><c>fan_in</c> (default), <c>fan_out</c> or <c>fan_avg</c>.</param>
    /// <param name="distribution"><c>truncated_normal</c> (default, also called <c>normal</c>), <c>untruncated_normal</c> or
    /// <c>uniform</c>.</param>
    /// <param name="seed">Default one drawn now.</param>
    /// <param name="inputAxes">The axes of a weight that count inputs, together with <paramref name="outputAxes"/>. Default the last but
    /// one; axes that are in neither multiply both fans.</param>
    /// <param name="outputAxes">The axes of a weight that count outputs. Default the last.</param>
    /// <exception cref="ArgumentException">The scale is not positive, a name is unknown, or only one kind of axes is given.</exception>
    public VarianceScaling(double scale = 1, string mode = "fan_in", string distribution = "truncated_normal", int? seed = null,
        Axes? inputAxes = null, Axes? outputAxes = null) : base(seed)
    {
        if (!(scale > 0)) throw Errors.Argument("VarianceScaling", "scale is not positive", "a number above 0", scale);
        if (inputAxes is null != outputAxes is null)
            throw Errors.Argument("VarianceScaling", "only one of input_axes and output_axes is given", "both or none",
                $"input_axes {inputAxes}, output_axes {outputAxes}");
        Scale = scale;
        Mode = Choice.Check("mode", mode, "fan_in", "fan_out", "fan_avg");
        Distribution = distribution == "normal" ? "truncated_normal"
            : Choice.Check("distribution", distribution, "uniform", "truncated_normal", "untruncated_normal");
        (InputAxes, OutputAxes) = (inputAxes, outputAxes);
    }

    /// <summary>The scale.</summary>
    public double Scale { get; }

    /// <summary>Which fan divides the scale.</summary>
    public string Mode { get; }

    /// <summary>The distribution.</summary>
    public string Distribution { get; }

    /// <summary>The axes that count inputs, where given.</summary>
    public Axes? InputAxes { get; }

    /// <summary>The axes that count outputs, where given.</summary>
    public Axes? OutputAxes { get; }

    /// <inheritdoc/>
    public override Tensor Apply(Shape shape, DType? dtype = null)
    {
        var (fanIn, fanOut) = Fans(shape);
        var fan = Mode switch { "fan_in" => fanIn, "fan_out" => fanOut, _ => (fanIn + fanOut) / 2 };
        var variance = Scale / Math.Max(1, fan);
        return Distribution switch
        {
            "uniform" => Random.Uniform(shape, -Math.Sqrt(3 * variance), Math.Sqrt(3 * variance), dtype, Drawn),
            "truncated_normal" => Random.TruncatedNormal(shape, 0, Math.Sqrt(variance) / TruncatedDeviation, dtype, Drawn),
            _ => Random.Normal(shape, 0, Math.Sqrt(variance), dtype, Drawn),
        };
    }

    (double In, double Out) Fans(Shape shape)
    {
        if (InputAxes is { } inputs && OutputAxes is { } outputs)
        {
            var (from, to) = (inputs.Of(shape, "VarianceScaling"), outputs.Of(shape, "VarianceScaling"));
            var rest = Product(Enumerable.Range(0, shape.Rank).Where(i => !from.Contains(i) && !to.Contains(i)));
            return (Product(from) * rest, Product(to) * rest);
        }
        if (shape.Rank == 0) return (1, 1);
        if (shape.Rank == 1) return (shape[0], shape[0]);
        var field = Product(Enumerable.Range(0, shape.Rank - 2));
        return (shape[-2] * field, shape[-1] * field);

        double Product(IEnumerable<int> axes) => axes.Aggregate(1.0, (product, axis) => product * shape[axis]);
    }
}

/// <summary>Truncated normal values of variance 2 / (inputs + outputs) (Glorot and Bengio, 2010).</summary>
/// <inheritdoc cref="VarianceScaling(double, string, string, int?, Axes?, Axes?)"/>
public sealed class GlorotNormal(int? seed = null, Axes? inputAxes = null, Axes? outputAxes = null)
    : VarianceScaling(1, "fan_avg", "truncated_normal", seed, inputAxes, outputAxes);

/// <summary>Values even over ±√(6 / (inputs + outputs)) (Glorot and Bengio, 2010).</summary>
/// <inheritdoc cref="VarianceScaling(double, string, string, int?, Axes?, Axes?)"/>
public sealed class GlorotUniform(int? seed = null, Axes? inputAxes = null, Axes? outputAxes = null)
    : VarianceScaling(1, "fan_avg", "uniform", seed, inputAxes, outputAxes);

/// <summary>Truncated normal values of variance 2 / inputs (He et al., 2015).</summary>
/// <inheritdoc cref="VarianceScaling(double, string, string, int?, Axes?, Axes?)"/>
public sealed class HeNormal(int? seed = null, Axes? inputAxes = null, Axes? outputAxes = null)
    : VarianceScaling(2, "fan_in", "truncated_normal", seed, inputAxes, outputAxes);

/// <summary>Values even over ±√(6 / inputs) (He et al., 2015).</summary>
/// <inheritdoc cref="VarianceScaling(double, string, string, int?, Axes?, Axes?)"/>
public sealed class HeUniform(int? seed = null, Axes? inputAxes = null, Axes? outputAxes = null)
    : VarianceScaling(2, "fan_in", "uniform", seed, inputAxes, outputAxes);

/// <summary>Truncated normal values of variance 1 / inputs (LeCun et al., 1998).</summary>
/// <inheritdoc cref="VarianceScaling(double, string, string, int?, Axes?, Axes?)"/>
public sealed class LecunNormal(int? seed = null, Axes? inputAxes = null, Axes? outputAxes = null)
    : VarianceScaling(1, "fan_in", "truncated_normal", seed, inputAxes, outputAxes);

/// <summary>Values even over ±√(3 / inputs) (LeCun et al., 1998).</summary>
/// <inheritdoc cref="VarianceScaling(double, string, string, int?, Axes?, Axes?)"/>
public sealed class LecunUniform(int? seed = null, Axes? inputAxes = null, Axes? outputAxes = null)
    : VarianceScaling(1, "fan_in", "uniform", seed, inputAxes, outputAxes);
