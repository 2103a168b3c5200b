using System.Text.Json.Nodes;
using Keras.Layers;

namespace Keras;

/// <summary>How a <see cref="FeatureSpace"/> encodes one feature. A name of a kind, such as <c>float_normalized</c>, converts implicitly.</summary>
public sealed class Feature
{
    readonly string? _kind;
    readonly Layer? _preprocessor;

    /// <summary>A feature of one's own kind.</summary>
    /// <param name="dtype">What the data are: a dtype, or <c>string</c>.</param>
    /// <param name="preprocessor">The layer that the data go through.</param>
    /// <param name="outputMode"><c>float</c> or <c>int</c>: what the layer gives; <c>one_hot</c>: rows, made of the integers that it gives.</param>
    /// <exception cref="ArgumentException">The dtype or the mode is unknown.</exception>
    public Feature(string dtype, Layer preprocessor, string outputMode)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        if (dtype != "string") DTypes.Parse(dtype);
        (Dtype, _preprocessor, OutputMode) = (dtype, preprocessor, Choice.Check("output_mode", outputMode, "int", "one_hot", "float"));
    }

    Feature(string kind) => (_kind, Dtype, OutputMode) = (kind, "", "");

    /// <summary>What the data are; empty for a kind that a <see cref="FeatureSpace"/> has not taken yet.</summary>
    public string Dtype { get; }

    /// <summary>The layer that the data go through.</summary>
    /// <exception cref="InvalidOperationException">This is a kind that a <see cref="FeatureSpace"/> has not taken yet.</exception>
    public Layer Preprocessor => _preprocessor ?? throw Errors.Invalid("Feature", "the kind has no layer yet", "a feature of a FeatureSpace", _kind);

    /// <summary>What becomes of what the layer gives.</summary>
    public string OutputMode { get; }

#pragma warning disable CA2225 // The named twins are the functions of FeatureSpace.
    /// <summary>A kind by Keras's name, with its defaults.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator Feature(string kind) => new(Choice.Check("feature", kind, "float", "float_normalized", "float_rescaled",
        "float_discretized", "integer_categorical", "string_categorical", "integer_hashed", "string_hashed"));
#pragma warning restore CA2225

    /// <summary>The feature itself, or the one that its kind means under a name.</summary>
    internal Feature Named(string name, int hashingDim, int bins) => _kind switch
    {
        "float" => FeatureSpace.Float(name),
        "float_normalized" => FeatureSpace.FloatNormalized(name),
        "float_rescaled" => FeatureSpace.FloatRescaled(name: name),
        "float_discretized" => FeatureSpace.FloatDiscretized(bins, name: name),
        "integer_categorical" => FeatureSpace.IntegerCategorical(name: name),
        "string_categorical" => FeatureSpace.StringCategorical(name: name),
        "integer_hashed" => FeatureSpace.IntegerHashed(hashingDim, name: name),
        "string_hashed" => FeatureSpace.StringHashed(hashingDim, name: name),
        _ => this,
    };

    /// <summary>The same with a layer of its own.</summary>
    internal Feature Copied() => new(Dtype, (Layer)ObjectConfig.Copy(Preprocessor), OutputMode);

    internal JsonObject Serialize() => Serialized("Feature", new JsonObject
    {
        ["dtype"] = Dtype,
        ["preprocessor"] = Preprocessor.Serialize(),
        ["output_mode"] = OutputMode,
    });

    internal static Feature Read(JsonNode node) => node is not JsonObject o ? JsonRead.Text(node)
        : o["config"] is JsonObject { } config && config["preprocessor"] is { } preprocessor
        ? new Feature(JsonRead.Text(config["dtype"]), Serialization.Read<Layer>(preprocessor), JsonRead.Text(config["output_mode"]))
        : throw Errors.Argument("Feature", "the config has no preprocessor", "dtype, preprocessor and output_mode", JsonRead.Short(o));

    internal static JsonObject Serialized(string name, JsonObject config) => new()
    {
        ["module"] = "keras.src.layers.preprocessing.feature_space",
        ["class_name"] = name,
        ["config"] = config,
        ["registered_name"] = name,
    };
}

/// <summary>Features whose values together make one more feature of a <see cref="FeatureSpace"/>, by their hash. Names in an array or a tuple convert
/// implicitly.</summary>
public sealed class Cross
{
    /// <summary>Crosses features.</summary>
    /// <param name="featureNames">Their names, two or more.</param>
    /// <param name="crossingDim">How many bins the hash has. Default that of the <see cref="FeatureSpace"/>.</param>
    /// <param name="outputMode"><c>one_hot</c> (default): rows of the bins; <c>int</c>: the bin.</param>
    /// <exception cref="ArgumentException">There are fewer than two names, no bins, or the mode is unknown.</exception>
    public Cross(IReadOnlyList<string> featureNames, int? crossingDim = null, string outputMode = "one_hot")
    {
        ArgumentNullException.ThrowIfNull(featureNames);
        if (featureNames.Count < 2) throw Errors.Argument("Cross", "there is nothing to cross", "two names or more", featureNames.Count);
        if (crossingDim is < 1) throw Errors.Argument("Cross", "crossing_dim is not positive", "1 or more", crossingDim);
        (FeatureNames, CrossingDim, OutputMode) = ([.. featureNames], crossingDim, Choice.Check("output_mode", outputMode, "int", "one_hot"));
    }

    /// <summary>The names of the features.</summary>
    public IReadOnlyList<string> FeatureNames { get; }

    /// <summary>How many bins the hash has; <c>null</c> for that of the <see cref="FeatureSpace"/>.</summary>
    public int? CrossingDim { get; }

    /// <summary>What becomes of the bin.</summary>
    public string OutputMode { get; }

    /// <summary>The name of the feature that it makes: the names joined by <c>_X_</c>.</summary>
    public string Name => string.Join("_X_", FeatureNames);

#pragma warning disable CA2225 // The constructor is the named twin.
    /// <summary>Crosses the features of these names.</summary>
    public static implicit operator Cross(string[] featureNames) => new(featureNames);

    /// <summary>Crosses two features.</summary>
    public static implicit operator Cross((string, string) names) => new([names.Item1, names.Item2]);

    /// <summary>Crosses three features.</summary>
    public static implicit operator Cross((string, string, string) names) => new([names.Item1, names.Item2, names.Item3]);
#pragma warning restore CA2225

    internal JsonObject Serialize() => Feature.Serialized("Cross", new JsonObject
    {
        ["feature_names"] = new JsonObject { ["class_name"] = "__tuple__", ["items"] = new JsonArray([.. FeatureNames.Select(n => (JsonNode)n)]) },
        ["crossing_dim"] = CrossingDim,
        ["output_mode"] = OutputMode,
    });

    internal static Cross Read(JsonNode node)
    {
        var config = node is JsonObject o ? JsonRead.Object(o["config"]) : new JsonObject { ["feature_names"] = node.DeepClone() };
        var names = config["feature_names"] is JsonObject tuple ? tuple["items"] : config["feature_names"];
        return names is JsonArray list
            ? new Cross([.. list.Select(JsonRead.Text)], config["crossing_dim"] is { } dim ? JsonRead.Int(dim) : null, JsonRead.TextOrNull(config["output_mode"]) ?? "one_hot")
            : throw Errors.Argument("Cross", "the config has no names", "feature_names", JsonRead.Short(node));
    }
}
