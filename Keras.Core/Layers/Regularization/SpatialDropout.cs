using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>In training drops whole channels: the same for all places of an example.</summary>
[NoBuildConfig]
public abstract class SpatialDropout : Layer
{
    readonly SeedGenerator? _generator;
    readonly bool _channelsFirst;

    private protected SpatialDropout(int rank, double rate, int? seed, bool channelsFirst, string? name, DTypePolicy? dtype) : base(name, dtype)
    {
        Rate = RandomRate.Check(Who, rate);
        Seed = seed;
        _channelsFirst = channelsFirst;
        if (rate > 0) _generator = Track(new SeedGenerator(seed));
        SupportsMasking = true;
        InputSpec = [new InputSpec(Ndim: rank + 2)];
    }

    /// <summary>The probability that a channel is dropped.</summary>
    public double Rate { get; }

    /// <summary>The seed, where given.</summary>
    public int? Seed { get; }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.Training || _generator is null) return x;
        var channel = _channelsFirst ? 1 : x.Rank - 1;
        var noise = Shape.Of([.. Enumerable.Range(0, x.Rank).Select(i => i == 0 || i == channel ? x.Shape[i] : 1)]);
        return Random.Dropout(x, Rate, noise, _generator);
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        var config = base.GetConfig();
        // These layers alone write the policy as a name.
        config["dtype"] = Dtype.Name;
        return config;
    }
}

/// <summary>In training drops whole channels of (batch, steps, channels), as <c>keras.layers.SpatialDropout1D</c>.</summary>
/// <param name="rate">The probability that a channel is dropped, within [0, 1].</param>
/// <param name="seed">Default one drawn now.</param>
/// <param name="name">Default the class name in snake case, with a number where it is taken.</param>
/// <param name="dtype">The dtype policy. Default <see cref="DTypePolicy.Global"/>.</param>
public sealed class SpatialDropout1D(double rate, int? seed = null, string? name = null, DTypePolicy? dtype = null)
    : SpatialDropout(1, rate, seed, false, name, dtype);

/// <summary>In training drops whole channels of images, as <c>keras.layers.SpatialDropout2D</c>.</summary>
/// <param name="rate">The probability that a channel is dropped, within [0, 1].</param>
/// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
/// <param name="seed">Default one drawn now.</param>
/// <param name="name">Default the class name in snake case, with a number where it is taken.</param>
/// <param name="dtype">The dtype policy. Default <see cref="DTypePolicy.Global"/>.</param>
public sealed class SpatialDropout2D(double rate, DataFormat dataFormat = default, int? seed = null, string? name = null, DTypePolicy? dtype = null)
    : SpatialDropout(2, rate, seed, dataFormat.IsFirst, name, dtype)
{
    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat { get; } = dataFormat.Resolved;
}

/// <summary>In training drops whole channels of volumes, as <c>keras.layers.SpatialDropout3D</c>.</summary>
/// <param name="rate">The probability that a channel is dropped, within [0, 1].</param>
/// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
/// <param name="seed">Default one drawn now.</param>
/// <param name="name">Default the class name in snake case, with a number where it is taken.</param>
/// <param name="dtype">The dtype policy. Default <see cref="DTypePolicy.Global"/>.</param>
public sealed class SpatialDropout3D(double rate, DataFormat dataFormat = default, int? seed = null, string? name = null, DTypePolicy? dtype = null)
    : SpatialDropout(3, rate, seed, dataFormat.IsFirst, name, dtype)
{
    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat { get; } = dataFormat.Resolved;
}
