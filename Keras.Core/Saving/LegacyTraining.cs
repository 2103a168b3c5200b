using System.Text.Json.Nodes;

namespace Keras;

/// <summary>How a model was compiled, as old files say it, made into a <c>compile_config</c> of today.</summary>
sealed class LegacyTraining
{
    static readonly string[] Dropped = ["decay", "schedule_decay", "jit_compile", "is_legacy_optimizer"];

    readonly bool _isOld;

    internal LegacyTraining(bool isOld) => _isOld = isOld;

    /// <summary>The config that <c>Model.CompileFromConfig</c> takes.</summary>
    internal JsonObject Compile(JsonObject config)
    {
        var made = new JsonObject();
        if ((config["optimizer_config"] ?? config["optimizer"]) is { } optimizer) made["optimizer"] = optimizer is JsonObject o ? Optimizer((JsonObject)o.DeepClone()) : optimizer.DeepClone();
        foreach (var key in (string[])["loss", "loss_weights", "metrics", "weighted_metrics"]) made[key] = Value(config[key]);
        foreach (var key in (string[])["run_eagerly", "steps_per_execution", "jit_compile"])
            if (config[key] is { } value) made[key] = value.DeepClone();
        if (made["metrics"] is JsonArray { Count: 1 } metrics && metrics[0] is JsonArray only) made["metrics"] = only.DeepClone();
        return made;
    }

    static JsonObject Optimizer(JsonObject optimizer)
    {
        if (optimizer["config"] is not JsonObject config) return optimizer;
        foreach (var key in Dropped) config.Remove(key);
        if (config["lr"] is { } rate) LegacyConfig.Move(config, "lr", "learning_rate", rate);
        if (config.ContainsKey("epsilon") && config["epsilon"] is null) config.Remove("epsilon");
        return optimizer;
    }

    JsonNode? Value(JsonNode? value) => value switch
    {
        JsonObject o when o["class_name"] is not null && o["config"] is JsonObject config => Object((JsonObject)o.DeepClone(), (JsonObject)config.DeepClone()),
        _ => JsonRead.WithParts(value, Value),
    };

    /// <summary>A loss or metric.</summary>
    JsonObject Object(JsonObject made, JsonObject config)
    {
        // It meant the same for all that one does without spreading over machines.
        if (JsonRead.TextOrNull(config["reduction"]) == "auto") config["reduction"] = "sum_over_batch_size";
        if (_isOld && config["fn"] is JsonValue fn) config["fn"] = Saving.WriteFunction(fn.ToString());
        made["config"] = config;
        return made;
    }
}
