namespace Keras.Layers;

/// <summary>How the outputs of both directions become one. Converts from Keras's strings; the default is concat.</summary>
public readonly record struct MergeMode
{
    readonly string? _name;

    MergeMode(string name) => _name = name;

    /// <summary>Side by side along the last axis.</summary>
    public static MergeMode Concat { get; }

    /// <summary>Their sum.</summary>
    public static MergeMode Sum { get; } = new("sum");

    /// <summary>Their mean.</summary>
    public static MergeMode Ave { get; } = new("ave");

    /// <summary>Their product.</summary>
    public static MergeMode Mul { get; } = new("mul");

    /// <summary>Both, as a list. Keras writes <c>null</c> for it.</summary>
    public static MergeMode None { get; } = new("none");

    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator MergeMode(string name) =>
        Choice.Check("merge_mode", name, "concat", "sum", "ave", "mul", "none") is var known && known == "concat" ? Concat : new(known);

    /// <summary>Keras's name.</summary>
    public override string ToString() => _name ?? "concat";
}
