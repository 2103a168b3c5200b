using System.Text.Json.Nodes;

namespace Keras;

public partial class Model
{
    (Optimizer? Optimizer, PerOutput<Loss>? Loss, IReadOnlyList<double>? LossWeights, MetricLists? Metrics, MetricLists? WeightedMetrics) _given;
    JsonObject? _compiled;

    /// <summary>Whether a single input or output stands in a list in the file that the model comes from.</summary>
    internal (bool Inputs, bool Outputs) ListedEnds { get; private set; }

    /// <inheritdoc/>
    public override JsonObject GetConfig() => Graph is not null && IsFunctional(GetType()) ? FunctionalWriter.Write(this) : base.GetConfig();

    /// <summary>Makes a functional model of what <see cref="GetConfig"/> gives.</summary>
    /// <param name="config">As Keras writes it.</param>
    /// <param name="customObjects">Classes and functions of one's own by name. Default the registered ones.</param>
    /// <exception cref="ArgumentException">A class is unknown, or the config does not fit together.</exception>
    public static Model FromConfig(JsonObject config, CustomObjects? customObjects = null) => Serialization.Open(config, c => Read(typeof(Model), c), customObjects);

    /// <summary>The model as JSON, without its weights. Keras reads it by <c>keras.models.model_from_json</c>.</summary>
    /// <exception cref="NotSupportedException">Something in it has no form in Keras.</exception>
    public string ToJson() => PythonJson.Write(Serialize());

    /// <summary>Whether a class makes a model of inputs and outputs.</summary>
    internal static bool IsFunctional(Type type) => type == typeof(Model) || ObjectConfig.Takes(type, "inputs", "outputs");

    internal static bool IsFunctional(Type type, JsonObject config) => type.IsSubclassOf(typeof(Model)) && config.ContainsKey("input_layers") && IsFunctional(type);

    internal static Model Read(Type type, JsonObject config)
    {
        var (inputs, outputs, listed) = FunctionalReader.Read(config);
        var name = config["name"] is { } given ? JsonRead.Text(given) : null;
        var trainable = config["trainable"] is not { } flag || JsonRead.Bool(flag);
        var model = type == typeof(Model) ? new Model(inputs, outputs, name, trainable)
            : (Model)ObjectConfig.Construct(type, p => p.Name switch { "inputs" => inputs, "outputs" => outputs, "name" => name, "trainable" => trainable, _ => null });
        model.ListedEnds = listed;
        return model;
    }

    /// <inheritdoc/>
    public override JsonObject? GetBuildConfig() => FunctionalReader.IsFunctional(this) ? new() { ["input_shape"] = null } : base.GetBuildConfig();

    /// <summary>What <see cref="Compile"/> was given, as Keras writes it; <c>null</c> for a model that is not compiled.</summary>
    /// <exception cref="NotSupportedException">Something in it has no form in Keras.</exception>
    public JsonObject? GetCompileConfig()
    {
        if (_compiled is not null)
        {
            var read = (JsonObject)_compiled.DeepClone();
            if (_trainer is not null) read["optimizer"] = Serialization.Write(_given.Optimizer!);
            return read;
        }
        return _trainer is null ? null : new()
        {
            ["optimizer"] = Serialization.Write(_given.Optimizer!),
            ["loss"] = _given.Loss?.Write(Form),
            ["loss_weights"] = _given.LossWeights is { } weights ? new JsonArray([.. weights.Select(w => (JsonNode)w)]) : null,
            ["metrics"] = _given.Metrics?.Write(Form),
            ["weighted_metrics"] = _given.WeightedMetrics?.Write(Form),
            ["run_eagerly"] = Execution.Eagerly,
            ["steps_per_execution"] = Execution.Steps,
            ["jit_compile"] = Execution.Jit ?? false,
        };
    }

    static JsonNode? Form(Loss loss) => loss.GivenName is { } name ? name : Serialization.Write(loss);

    static JsonNode? Form(Metric metric) => metric.GivenName is { } name ? name : Serialization.Write(metric);

    /// <summary>Compiles the model as <see cref="GetCompileConfig"/> says. An optimizer, loss or metric that is unknown leaves it as it is, with a warning;
    /// the config is kept, and written again.</summary>
    /// <param name="config">As Keras writes it.</param>
    /// <exception cref="ArgumentException">It is nested too deeply to be kept.</exception>
    public void CompileFromConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        ReadScope.CheckDepth(config);
        try
        {
            ReadScope.Run(config, () =>
            {
                var read = new CompileReader(Graph?.OutputNames);
                Compile(Serialization.Read<Optimizer>(config["optimizer"] ?? "rmsprop"), CompileReader.Loss(config["loss"]), read.Weights(config["loss_weights"]),
                    read.Metrics(config["metrics"]), read.Metrics(config["weighted_metrics"]),
                    config["run_eagerly"] is { } eagerly && JsonRead.Bool(eagerly), config["steps_per_execution"] is { } steps ? JsonRead.Int(steps) : 1,
                    config["jit_compile"] is { } jit && JsonRead.TextOrNull(jit) != "auto" ? JsonRead.Bool(jit) : null);
                return true;
            });
            if (Built && Optimizer is { Built: false } optimizer) optimizer.Build(TrainableWeights);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or FormatException or OverflowException or InvalidOperationException)
        {
            _trainer = null;
            var reason = e is ArgumentException or NotSupportedException ? e : ReadScope.Misfit(e);
            Callbacks.Messages.Warn(Who, $"the model is not compiled, since what the file says of that is not known here: {reason.Message}");
        }
        _compiled = (JsonObject)config.DeepClone();
    }
}
