namespace Keras;

/// <summary>The policy of a quantized layer, as <c>keras.dtype_policies.QuantizedDTypePolicy</c>. Quantization is not supported yet: policies are read and
/// written, and a layer that has one says so when it is used.</summary>
public class QuantizedDTypePolicy : DTypePolicy
{
    static readonly string[] Modes = ["int8", "float8", "int4", "gptq", "awq", "ternary"];

    /// <summary>Chooses how weights are kept, and the dtypes of the rest.</summary>
    /// <param name="mode">int8, float8, int4, gptq, awq or ternary; behind a slash may stand what the mode needs, such as <c>int4/128</c>.</param>
    /// <param name="sourceName">The policy of everything else. Default that of <see cref="DTypePolicy.Global"/>.</param>
    /// <exception cref="ArgumentException">The mode or the source is unknown.</exception>
    public QuantizedDTypePolicy(string mode, string? sourceName = null)
        : base($"{mode}_from_{sourceName ?? Global.Name}", new DTypePolicy(sourceName ?? Global.Name))
    {
        ArgumentNullException.ThrowIfNull(mode);
        if (!Modes.Contains(Kind(mode))) throw Errors.Argument(GetType().Name, "unknown mode", string.Join(", ", Modes), mode);
        (Mode, SourceName) = (mode, sourceName ?? Global.Name);
    }

    /// <summary>How weights are kept.</summary>
    public string Mode { get; }

    /// <summary>The policy of everything else.</summary>
    public string SourceName { get; }

    private protected override string? Unsupported => "quantization";

    private protected void Require(string kind, int parts)
    {
        if (Kind(Mode) != kind || (parts > 1 && Mode.Split('/').Length != parts))
            throw Errors.Argument(GetType().Name, "the mode is not of this policy", parts switch { 1 => kind, 2 => $"{kind}/block size", _ => $"{kind}/bits/group size" }, Mode);
    }

    static string Kind(string mode) => mode.Split('/')[0];

    /// <summary>The policy of a mode, of the class that Keras has for it.</summary>
    internal static QuantizedDTypePolicy Of(string mode, string source) => Kind(mode) switch
    {
        "int4" when mode.Contains('/', StringComparison.Ordinal) => new Int4DTypePolicy(mode, source),
        "float8" => new QuantizedFloat8DTypePolicy(mode, source),
        "gptq" => new GPTQDTypePolicy(mode, source),
        "awq" => new AWQDTypePolicy(mode, source),
        "ternary" => new TernaryDTypePolicy(mode, source),
        _ => new QuantizedDTypePolicy(mode, source),
    };
}

/// <summary>The policy of layers with kernels in 8-bit floats.</summary>
public sealed class QuantizedFloat8DTypePolicy : QuantizedDTypePolicy
{
    /// <inheritdoc cref="QuantizedDTypePolicy(string, string?)"/>
    /// <param name="amaxHistoryLength">How many steps the largest magnitudes are kept of. Default 1024.</param>
    public QuantizedFloat8DTypePolicy(string mode, string? sourceName = null, int amaxHistoryLength = 1024) : base(mode, sourceName)
    {
        Require("float8", 1);
        AmaxHistoryLength = amaxHistoryLength > 0 ? amaxHistoryLength
            : throw Errors.Argument(nameof(QuantizedFloat8DTypePolicy), "amax_history_length is not positive", "1 or more", amaxHistoryLength);
    }

    /// <summary>How many steps the largest magnitudes are kept of.</summary>
    public int AmaxHistoryLength { get; }
}

/// <summary>The policy of layers with kernels of 4 bits, in blocks: <c>int4/128</c>, or <c>int4/-1</c> for one block.</summary>
public sealed class Int4DTypePolicy : QuantizedDTypePolicy
{
    /// <inheritdoc cref="QuantizedDTypePolicy(string, string?)"/>
    public Int4DTypePolicy(string mode, string? sourceName = null) : base(mode, sourceName) => Require("int4", 2);
}

/// <summary>The policy of layers quantized by GPTQ: <c>gptq/4/128</c> for bits and group size.</summary>
public sealed class GPTQDTypePolicy : QuantizedDTypePolicy
{
    /// <inheritdoc cref="QuantizedDTypePolicy(string, string?)"/>
    public GPTQDTypePolicy(string mode, string? sourceName = null) : base(mode, sourceName) => Require("gptq", 3);
}

/// <summary>The policy of layers quantized by AWQ: <c>awq/4/128</c> for bits and group size.</summary>
public sealed class AWQDTypePolicy : QuantizedDTypePolicy
{
    /// <inheritdoc cref="QuantizedDTypePolicy(string, string?)"/>
    public AWQDTypePolicy(string mode, string? sourceName = null) : base(mode, sourceName) => Require("awq", 3);
}

/// <summary>The policy of layers with kernels of −1, 0 and 1.</summary>
public sealed class TernaryDTypePolicy : QuantizedDTypePolicy
{
    /// <inheritdoc cref="QuantizedDTypePolicy(string, string?)"/>
    public TernaryDTypePolicy(string mode, string? sourceName = null) : base(mode, sourceName) => Require("ternary", 1);
}

/// <summary>Policies by the paths of layers, as <c>keras.dtype_policies.DTypePolicyMap</c>. Layers do not look theirs up yet: maps are read and written, and
/// a layer that has one says so when it is used.</summary>
public sealed class DTypePolicyMap : DTypePolicy
{
    /// <summary>Keeps policies.</summary>
    /// <param name="defaultPolicy">The policy of paths that are not in the map. Default <see cref="DTypePolicy.Global"/>.</param>
    /// <param name="policyMap">Policies by path. Default none.</param>
    public DTypePolicyMap(DTypePolicy? defaultPolicy = null, IReadOnlyDictionary<string, DTypePolicy>? policyMap = null)
        : base($"map_{(defaultPolicy ?? Global).Name}", defaultPolicy ?? Global) =>
        (DefaultPolicy, PolicyMap) = (defaultPolicy, policyMap ?? new Dictionary<string, DTypePolicy>());

    /// <summary>The policy of paths that are not in the map, where given.</summary>
    public DTypePolicy? DefaultPolicy { get; }

    /// <summary>Policies by path.</summary>
    public IReadOnlyDictionary<string, DTypePolicy> PolicyMap { get; }

    private protected override string? Unsupported => "a map of policies";
}
