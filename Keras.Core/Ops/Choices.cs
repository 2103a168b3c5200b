namespace Keras;

/// <summary>Where the channels of an image stand. Converts from Keras's strings; the default is <see cref="Config.ImageDataFormat"/>.</summary>
public readonly record struct DataFormat
{
    readonly string? _name;

    DataFormat(string name) => _name = name;

    /// <summary>(batch, height, width, channels).</summary>
    public static DataFormat ChannelsLast { get; } = new("channels_last");

    /// <summary>(batch, channels, height, width).</summary>
    public static DataFormat ChannelsFirst { get; } = new("channels_first");

    /// <summary>The format itself, or the configured one where none was given.</summary>
    internal DataFormat Resolved => _name is null ? Config.ImageDataFormat : this;

    internal bool IsFirst => Resolved == ChannelsFirst;

    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator DataFormat(string name) =>
        new(Choice.Check("data_format", name, "channels_last", "channels_first"));

    /// <summary>Keras's name.</summary>
    public override string ToString() => Resolved._name ?? "channels_last";
}

/// <summary>What happens at the border of a window. Converts from Keras's strings; the default is valid.</summary>
public readonly record struct Padding
{
    readonly string? _name;

    Padding(string name) => _name = name;

    /// <summary>Only windows that lie within the input.</summary>
    public static Padding Valid { get; }

    /// <summary>As many windows as the input has places for at the stride; the border is padded evenly.</summary>
    public static Padding Same { get; } = new("same");

    /// <summary>Only the past is seen: the border lies before the first element. For convolutions over time alone.</summary>
    public static Padding Causal { get; } = new("causal");

    internal bool IsSame => _name == "same";

    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator Padding(string name) =>
        Choice.Check("padding", name, "valid", "same", "causal") is var known && known == "valid" ? Valid : new(known);

    /// <summary>The padding itself, where windows have no direction in time.</summary>
    internal Padding NotCausal(string who) => this != Causal ? this
        : throw Errors.Argument(who, "padding \"causal\" is for convolutions over time alone", "\"valid\" or \"same\"", "\"causal\"");

    /// <summary>Keras's name.</summary>
    public override string ToString() => _name ?? "valid";
}

/// <summary>How the losses of a batch become one. Converts from Keras's strings; the default is the mean over all elements.</summary>
public readonly record struct Reduce
{
    readonly string? _name;

    Reduce(string name) => _name = name;

    /// <summary>The sum of the weighted losses divided by the number of losses.</summary>
    public static Reduce SumOverBatchSize { get; }

    /// <summary>The sum of the weighted losses.</summary>
    public static Reduce Sum { get; } = new("sum");

    /// <summary>The sum of the weighted losses divided by the sum of the weights.</summary>
    public static Reduce MeanWithSampleWeight { get; } = new("mean_with_sample_weight");

    /// <summary>The weighted losses as they are.</summary>
    public static Reduce None { get; } = new("none");

    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator Reduce(string name) =>
        Choice.Check("reduction", name, "sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none") is "sum_over_batch_size" or "mean"
            ? SumOverBatchSize : new(name);

    /// <summary>Keras's name.</summary>
    public override string ToString() => _name ?? "sum_over_batch_size";
}

/// <summary>Checks a name against a closed set.</summary>
static class Choice
{
    // Keras lowers the case before it compares.
    internal static string Check(string what, string name, params string[] known) => known.Contains(name.ToLowerInvariant())
        ? name.ToLowerInvariant()
        : throw Errors.Argument(what, "unknown value", string.Join(", ", known.Select(k => $"\"{k}\"")), $"\"{name}\"");
}
