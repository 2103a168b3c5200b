using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Makes models of files.</summary>
sealed class ModelLoader
{
    readonly bool _compile;
    readonly LoadLimits _limits;
    readonly CancellationToken _cancellation;

    ModelLoader(bool compile, LoadLimits limits, CancellationToken cancellation) => (_compile, _limits, _cancellation) = (compile, limits, cancellation);

    internal static Model Load(string path, CustomObjects? customObjects, bool compile, LoadLimits? limits, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var scope = customObjects is null ? null : new CustomObjectScope(customObjects);
        var loader = new ModelLoader(compile, limits ?? LoadLimits.Default, cancellation);
        if (ModelFile.IsFolder(path))
        {
            using var parts = new FolderParts(path);
            return WeightsLoader.Checked(loader.Load(parts), loader._limits);
        }
        using var stream = InputFile.Open(path);
        return WeightsLoader.Checked(loader.Load(stream), loader._limits);
    }

    internal static Model Load(Stream stream, CustomObjects? customObjects, bool compile, LoadLimits? limits, CancellationToken cancellation)
    {
        using var scope = customObjects is null ? null : new CustomObjectScope(customObjects);
        var loader = new ModelLoader(compile, limits ?? LoadLimits.Default, cancellation);
        using var content = ModelFile.Seekable(stream, loader._limits);
        return WeightsLoader.Checked(loader.Load(content), loader._limits);
    }

    Model Load(Stream content)
    {
        switch (ModelFile.KindOf(content))
        {
            case FileKind.Zip:
                using (var parts = new ZipParts(content, _limits)) return Load(parts);
            case FileKind.Json:
                throw new ModelFileException("JSON", null, "a text holds no weights", "a saved model: .keras or .h5", "JSON",
                    "Layer.Deserialize makes a model of its config; Model.LoadWeights reads a .weights.json.");
            case FileKind.Hdf5:
                return LegacyModel.Load(Hdf5File.Open(content, _limits), content.Length, _compile, _limits, _cancellation);
            default:
                throw ModelFile.Unknown(content, ModelFile.ModelKinds);
        }
    }

    Model Load(ModelParts parts)
    {
        var config = PythonJson.Read(parts.Read(ModelParts.Config, _limits.MaxTextBytes), ModelParts.Config, _limits) as JsonObject
            ?? throw new ModelFileException("JSON", ModelParts.Config, "this is no config", "an object", "something else");
        using var stream = parts.OpenWeights();
        var weights = new Hdf5Weights(Hdf5File.Open(stream, _limits));
        var most = LoadScope.Allowed(stream.Length);
        var compiled = config["compile_config"] as JsonObject;
        config.Remove("compile_config");
        // The last versions of Keras 2 wrote archives too.
        if (VersionOf(parts) is { } version && LegacyConfig.Major(version) < 3)
            (config, compiled) = (LegacyConfig.Upgrade(config, version), compiled is null ? null : LegacyConfig.UpgradeTraining(compiled, version));
        return LoadScope.Run(most, () =>
        {
            var model = Build(config, ModelParts.Config);
            if (_compile && compiled is { Count: > 0 })
            {
                model.CompileFromConfig(compiled);
                if (weights.Has($"{Model.OptimizerAttribute}/inner_optimizer")) model.ScaleLoss();
                if (model.Optimizer is null) model.UnknownOptimizer = KeptArrays.Read(weights, Model.OptimizerAttribute, most);
            }
            return (model, WeightsLoader.Load(model, weights, assets: path => parts.AssetsAt(path, _limits.MaxTextBytes), restores: false, cancellation: _cancellation));
        });
    }

    /// <summary>What wrote the file, where it says so.</summary>
    string? VersionOf(ModelParts parts) => !parts.Has(ModelParts.Metadata) ? null
        : JsonRead.TextOrNull((PythonJson.Read(parts.Read(ModelParts.Metadata, _limits.MaxTextBytes), ModelParts.Metadata, _limits) as JsonObject)?["keras_version"]);

    /// <summary>Makes the model that a config means; every failure is one of the file.</summary>
    /// <param name="config">The config.</param>
    /// <param name="path">Where in the file it stands.</param>
    internal static Model Build(JsonObject config, string path)
    {
        try
        {
            return Serialization.Open<Layer>(config) as Model
                ?? throw new ModelFileException("Keras", path, "this is no model", "a model", JsonRead.TextOrNull(config["class_name"]));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw new ModelFileException(e.Message, path, e);
        }
    }
}
