namespace Keras;

/// <summary>Files of weights alone, and the weights in files of whole models.</summary>
static class WeightsFile
{
    internal const string Ending = ".weights.h5";

    internal static void Save(WeightsSnapshot weights, string path, bool overwrite, double? maxShardSize)
    {
        CheckEnding(path, maxShardSize is null ? Ending : ShardedWeights.Ending, maxShardSize is null ? "Model.Save saves the whole model." : null);
        ModelFile.CheckOverwrite(path, overwrite);
        if (maxShardSize is not { } size) AtomicFile.Write(path, weights.WriteTo);
        else ShardedWeights.Write(weights, path, size > 0 ? (long)Math.Min(size * (1L << 30), long.MaxValue / 2)
            : throw Errors.Argument(Path.GetFileName(path), "maxShardSize is too small", "more than 0 GiB", size));
    }

    internal static void CheckEnding(string path, string ending, string? hint = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!path.EndsWith(ending, StringComparison.Ordinal)) throw Errors.Argument(Path.GetFileName(path), "the file name has another ending", ending, path, hint);
    }

    internal static void Load(Model model, string path, bool skipMismatch, bool byName, LoadLimits limits, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (ModelFile.IsFolder(path))
        {
            using var parts = new FolderParts(path);
            Load(model, parts, skipMismatch, limits, cancellation);
            return;
        }
        if (path.EndsWith(ShardedWeights.Ending, StringComparison.Ordinal) && !byName)
        {
            using var sharded = new ShardedWeights(path, limits);
            Load(model, sharded, skipMismatch, limits, cancellation);
            return;
        }
        using var stream = InputFile.Open(path);
        Load(model, stream, skipMismatch, byName, limits, cancellation);
    }

    internal static void Load(Model model, Stream stream, bool skipMismatch, bool byName, LoadLimits limits, CancellationToken cancellation)
    {
        using var content = ModelFile.Seekable(stream, limits);
        switch (ModelFile.KindOf(content))
        {
            case FileKind.Zip:
                if (byName) throw OnlyLegacy();
                using (var parts = new ZipParts(content, limits)) Load(model, parts, skipMismatch, limits, cancellation);
                break;
            case FileKind.Json:
                throw new ModelFileException("JSON", null, "a list of shards is no file of weights by itself", "the path of a .weights.json, with its shards beside it", "a stream");
            case FileKind.Hdf5:
                var file = Hdf5File.Open(content, limits);
                if (LegacyWeights.Find(file.Root) is { } legacy)
                {
                    LegacyWeights.Load(model, legacy, skipMismatch, byName, cancellation);
                    WeightsLoader.Checked(model, limits);
                }
                else if (byName) throw OnlyLegacy();
                else Load(model, new Hdf5Weights(file), skipMismatch, limits, cancellation);
                break;
            default:
                throw ModelFile.Unknown(content, ModelFile.ModelKinds);
        }
    }

    static ArgumentException OnlyLegacy() => Errors.Argument("LoadWeights", "by_name is for the old .h5 files only", "false", true);

    static void Load(Model model, ModelParts parts, bool skipMismatch, LoadLimits limits, CancellationToken cancellation)
    {
        using var stream = parts.OpenWeights();
        Load(model, new Hdf5Weights(Hdf5File.Open(stream, limits)), skipMismatch, limits, cancellation);
    }

    static void Load(Model model, WeightsSource source, bool skipMismatch, LoadLimits limits, CancellationToken cancellation)
    {
        if (!model.Built)
            throw Errors.Invalid(model.Who, "the model has no weights yet", "a built model", "an unbuilt one", "Build it for a shape, or call it, before weights are loaded.");
        // A file from a training that went on has slots for all that is trained.
        if (model.Optimizer is { Built: false } optimizer && source.Get(Model.OptimizerAttribute).Names.Count > optimizer.Variables.Count) optimizer.Build(model.TrainableWeights);
        WeightsLoader.Load(model, source, skipMismatch, cancellation: cancellation);
        WeightsLoader.Checked(model, limits);
    }
}
