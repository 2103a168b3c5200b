using System.Text.Json.Nodes;

namespace Keras;

/// <summary>A layer whose weights, if any, depend on no shape: Keras writes no <c>build_config</c> for it.</summary>
[AttributeUsage(AttributeTargets.Class)]
sealed class NoBuildConfigAttribute : Attribute;

public abstract partial class Layer
{
    JsonObject? _recordedBuild;

    /// <summary>The arguments that make the same layer again, by Keras's keys.</summary>
    public virtual JsonObject GetConfig() => ObjectConfig.Of(this);

    /// <summary>The layer as Keras writes it, without its weights: <c>{"module", "class_name", "config", "registered_name"}</c>, and
    /// <c>"build_config"</c> where it is built.</summary>
    public JsonObject Serialize() => Serialization.Write(this);

    /// <summary>Makes a layer of what <see cref="Serialize"/> gives.</summary>
    /// <param name="config">As Keras writes it.</param>
    /// <param name="customObjects">Classes and functions of one's own by name. Default the registered ones.</param>
    /// <exception cref="ArgumentException">The class is unknown, or its config does not fit.</exception>
    public static Layer Deserialize(JsonNode config, CustomObjects? customObjects = null) => Serialization.Open<Layer>(config, customObjects);

    /// <summary>The shapes that the layer was built for: <c>{"input_shape": …}</c>, or <c>{"shapes_dict": …}</c> where several inputs have names of
    /// their own; <c>null</c> before, and where a layer depends on no shape.</summary>
    public virtual JsonObject? GetBuildConfig() => _recordedBuild is not null ? (JsonObject)_recordedBuild.DeepClone()
        : BuiltFor is null || GetType().IsDefined(typeof(NoBuildConfigAttribute), inherit: true) ? null
        : BuildArguments is { } names && BuiltFor.Items.Count > 0
        ? new() { ["shapes_dict"] = new JsonObject(BuiltFor.Items.Zip(names, (shape, name) => KeyValuePair.Create($"{name}_shape", Shapes(shape)))) }
        : new() { ["input_shape"] = Shapes(BuiltFor) };

    /// <summary>Makes the weights for the shapes that <see cref="GetBuildConfig"/> gave. What it does not know it passes over.</summary>
    /// <exception cref="ArgumentException">A shape is no shape, or does not fit the layer.</exception>
    public virtual void BuildFromConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        ReadScope.Run(config, () =>
        {
            if (ShapesOf(config) is { } shapes) BuildFor(shapes);
            return true;
        });
    }

    Nest? ShapesOf(JsonObject config) => config["shapes_dict"] is JsonObject { Count: > 0 } named ? Nest.List(named.Select(s => Placeholders(s.Value)))
        : config["input_shape"] is { } shape ? Placeholders(shape) : null;

    /// <summary>Makes the weights for tensors of these shapes.</summary>
    void BuildFor(Nest shapes)
    {
        // The shapes do not tell the dtypes.
        if (shapes.Leaves() is var leaves && leaves.Count == InputSpec.Count)
            for (var i = 0; i < leaves.Count; i++) (InputSpec[i] with { DType = null }).Check(Who, leaves[i]);
        EnsureBuilt(shapes);
        if (!HoldsUnbuilt) return;
        try
        {
            Apply(shapes);
        }
        catch (ArgumentException)
        {
            // The first call builds them then.
        }
    }

    /// <summary>Builds the layer for the shapes of a file, if it is not built yet; they are written again as they were.</summary>
    /// <exception cref="ArgumentException">It is built, for other shapes.</exception>
    internal void RecordBuild(JsonObject config)
    {
        if (!Built) BuildFromConfig(config);
        else if (ShapesOf(config) is not null && BuiltFor is { IsTensor: true } && config["input_shape"] is JsonArray shape && shape.All(d => d is null or JsonValue) && !JsonRead.Dims(shape).Matches(BuiltFor.Tensor.Shape))
            throw Errors.Argument(Who, "build_config names another shape than the layer gets", BuiltFor, JsonRead.Short(shape));
        if (Built) _recordedBuild = (JsonObject)config.DeepClone();
    }

    /// <summary>The names of the inputs, where Keras's layer is built for several of them by name.</summary>
    private protected virtual IReadOnlyList<string>? BuildArguments => null;

    static JsonNode? Shapes(Nest nest) => CallForm.Form(nest, t => ValueKind.WriteAny(t.Shape));

    Nest Placeholders(JsonNode? node)
    {
        if (node is null) return Nest.None;
        if (node is JsonObject named) return Nest.Dictionary(named.Select(n => KeyValuePair.Create(n.Key, Placeholders(n.Value))));
        if (node is JsonArray { Count: > 0 } list && list.Any(n => n is JsonArray or JsonObject)) return Nest.List(list.Select(Placeholders));
        try
        {
            return new Placeholder(new TensorType(Dtype.ComputeDType, JsonRead.Dims(node)), "input").On();
        }
        catch (FormatException e)
        {
            throw new ArgumentException(Errors.Message(Who, "build_config holds no shape", "up to 32 dimensions, none of them negative", JsonRead.Short(node)), e);
        }
    }
}
