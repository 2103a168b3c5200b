using System.Text.Json.Nodes;

namespace Keras;

/// <summary>In which dtype a layer computes and keeps its variables: a dtype's name for both, or <c>mixed_float16</c> and
/// <c>mixed_bfloat16</c>, which compute in half precision on float32 variables.</summary>
public class DTypePolicy
{
    static DTypePolicy? _global;

    /// <summary>Reads Keras's name.</summary>
    /// <param name="name">A dtype, <c>mixed_float16</c> or <c>mixed_bfloat16</c>. Default <see cref="Config.Floatx"/>.</param>
    /// <exception cref="ArgumentException">The name is no dtype and no mixed policy.</exception>
    public DTypePolicy(string? name = null)
    {
        Name = name ?? Config.Floatx.Name();
        (ComputeDType, VariableDType) = Name switch
        {
            "mixed_float16" => (DType.Float16, DType.Float32),
            "mixed_bfloat16" => (DType.BFloat16, DType.Float32),
            _ when DTypes.TryParse(Name, out var dtype) => (dtype, dtype),
            _ => throw Errors.Argument("DTypePolicy", "unknown name", "a dtype, mixed_float16 or mixed_bfloat16", $"\"{name}\""),
        };
    }

    /// <summary>A policy of another name with the dtypes of a source.</summary>
    private protected DTypePolicy(string name, DTypePolicy source) => (Name, ComputeDType, VariableDType) = (name, source.ComputeDType, source.VariableDType);

    /// <summary>Keras's name.</summary>
    public string Name { get; }

    /// <summary>The dtype that inputs and variables are cast to in a call.</summary>
    public DType ComputeDType { get; }

    /// <summary>The dtype of the variables.</summary>
    public DType VariableDType { get; }

    /// <summary>What of this policy a layer cannot do yet, if anything.</summary>
    private protected virtual string? Unsupported => null;

    /// <summary>The policy of layers that are given none. Default <see cref="Config.Floatx"/>.</summary>
    public static DTypePolicy Global
    {
        get => _global ?? new DTypePolicy(Config.Floatx.Name());
        set => _global = value;
    }

    /// <summary>The policy as Keras writes it: <c>{"module", "class_name", "config"}</c>.</summary>
    public JsonObject Serialize() => Serialization.Write(this);

    /// <summary>The arguments that make the same policy again, by Keras's keys.</summary>
    public virtual JsonObject GetConfig() => ObjectConfig.Of(this);

    /// <summary>Makes a policy of what <see cref="Serialize"/> gives, or of a name.</summary>
    /// <param name="config">As Keras writes it, or a name.</param>
    /// <param name="customObjects">Classes of one's own by name. Default the registered ones.</param>
    /// <exception cref="ArgumentException">The class or the name is unknown, or the config does not fit.</exception>
    public static DTypePolicy Deserialize(JsonNode config, CustomObjects? customObjects = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config is JsonObject ? Serialization.Open<DTypePolicy>(config, customObjects) : ReadScope.Run(config, () => Read(config));
    }

    internal static DTypePolicy Read(JsonNode config) => config is JsonObject ? Serialization.Read<DTypePolicy>(config) : Get(JsonRead.Text(config));

    static DTypePolicy Get(string name) => name?.Split("_from_") is [var mode, var source] ? QuantizedDTypePolicy.Of(mode, source) : new DTypePolicy(name);

    /// <summary>Refuses the policy where a layer that has it is used.</summary>
    internal void Check(string who)
    {
        if (Unsupported is { } what) throw Errors.Unsupported(who, $"{what} is not supported yet", "a dtype, mixed_float16 or mixed_bfloat16", $"dtype policy {Name}");
    }

#pragma warning disable CA2225 // The constructor is the named twin.
    /// <summary>Reads Keras's name, also of a quantized policy, such as <c>"int8_from_float32"</c>.</summary>
    public static implicit operator DTypePolicy(string name) => Get(name);

    /// <summary>One dtype for both.</summary>
    public static implicit operator DTypePolicy(DType dtype) => new(dtype.Name());
#pragma warning restore CA2225

    /// <summary>Keras's name.</summary>
    public override string ToString() => Name;
}

/// <summary>Keras's older name of <see cref="DTypePolicy"/>.</summary>
/// <param name="name">As of <see cref="DTypePolicy"/>.</param>
public sealed class FloatDTypePolicy(string? name = null) : DTypePolicy(name);
