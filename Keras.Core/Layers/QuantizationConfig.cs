using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>How a layer is to be quantized, as <c>keras.quantizers.QuantizationConfig</c>. Quantization is not supported yet: the config is kept as it was
/// read, so that a file keeps it.</summary>
public sealed class QuantizationConfig
{
    readonly JsonObject _serialized;

    /// <summary>Keeps a config.</summary>
    /// <param name="serialized">As Keras writes it: <c>{"module", "class_name", "config"}</c>.</param>
    /// <exception cref="ArgumentException">There is no class name.</exception>
    public QuantizationConfig(JsonObject serialized)
    {
        ArgumentNullException.ThrowIfNull(serialized);
        ClassName = serialized["class_name"] is JsonValue name && name.TryGetValue<string>(out var text) ? text
            : throw Errors.Argument("QuantizationConfig", "the config names no class", "an object with class_name", JsonRead.Short(serialized));
        _serialized = (JsonObject)serialized.DeepClone();
    }

    /// <summary>Keras's class, such as <c>Int8QuantizationConfig</c>.</summary>
    public string ClassName { get; }

    /// <summary>The config as Keras writes it.</summary>
    public JsonObject Serialize() => (JsonObject)_serialized.DeepClone();

    /// <summary>Refuses what a layer was asked for and cannot do yet.</summary>
    internal static void RefuseLora(string who, int? rank)
    {
        if (rank is not null) throw Errors.Unsupported(who, "low-rank adaptation is not supported yet", "no loraRank", $"loraRank {rank}");
    }
}
