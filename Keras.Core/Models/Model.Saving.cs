namespace Keras;

// Files of models and of weights.
public partial class Model
{
    /// <summary>The state of the optimizer in the file that the model is from, where the optimizer is unknown.</summary>
    internal KeptArrays? UnknownOptimizer { get; set; }

    /// <summary>Saves architecture, weights, how the model is compiled, and the state of its optimizer, so that Keras can load it too. Until all is
    /// written, and where anything fails, the path keeps what it holds.</summary>
    /// <param name="filepath">A path that ends with <c>.keras</c>, or with <c>.h5</c> or <c>.hdf5</c> for the format of before Keras 3.</param>
    /// <param name="overwrite">Whether a file of this name is replaced. Default true.</param>
    /// <param name="zipped">Whether it becomes one file; else a folder of the same parts, and the ending may be any. Default true.</param>
    /// <param name="includeOptimizer">Whether how the model is compiled and the optimizer's state are saved too. Default true.</param>
    /// <exception cref="ArgumentException">The ending is another one.</exception>
    /// <exception cref="NotSupportedException">The model holds something that no file can, such as a function without a name.</exception>
    /// <exception cref="IOException">The file cannot be written, or is there and is not to be overwritten.</exception>
    public void Save(string filepath, bool overwrite = true, bool zipped = true, bool includeOptimizer = true)
    {
        CheckTarget(filepath, overwrite, zipped);
        Write(filepath, zipped, includeOptimizer)();
    }

    /// <summary>Writes the model to a stream, as a <c>.keras</c> file. The stream stays open.</summary>
    /// <inheritdoc cref="Save(string, bool, bool, bool)"/>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        new ModelSnapshot(this).WriteZip(stream);
    }

    /// <summary>Takes the model as it is now, and saves it while the caller goes on.</summary>
    /// <inheritdoc cref="Save(string, bool, bool, bool)"/>
    /// <param name="cancellationToken">Before the writing begins.</param>
    public Task SaveAsync(string filepath, bool overwrite = true, bool zipped = true, bool includeOptimizer = true,
        CancellationToken cancellationToken = default)
    {
        CheckTarget(filepath, overwrite, zipped);
        return Task.Run(Write(filepath, zipped, includeOptimizer), cancellationToken);
    }

    static void CheckTarget(string filepath, bool overwrite, bool zipped)
    {
        ArgumentException.ThrowIfNullOrEmpty(filepath);
        if (zipped && !IsLegacy(filepath) && !filepath.EndsWith(".keras", StringComparison.Ordinal))
            throw Errors.Argument(Path.GetFileName(filepath), "the file name has another ending", ".keras, or .h5 for the old format", filepath, "SaveWeights writes .weights.h5 files.");
        ModelFile.CheckOverwrite(filepath, overwrite);
    }

    static bool IsLegacy(string filepath) => !filepath.EndsWith(WeightsFile.Ending, StringComparison.Ordinal)
        && (filepath.EndsWith(".h5", StringComparison.Ordinal) || filepath.EndsWith(".hdf5", StringComparison.Ordinal));

    /// <summary>Takes the model as it is now; what comes back writes it.</summary>
    Action Write(string filepath, bool zipped, bool includeOptimizer)
    {
        if (zipped && IsLegacy(filepath))
        {
            var old = new LegacySnapshot(this, includeOptimizer);
            return () => AtomicFile.Write(filepath, old.WriteTo);
        }
        var snapshot = new ModelSnapshot(this, includeOptimizer);
        return zipped ? () => AtomicFile.Write(filepath, snapshot.WriteZip) : () => snapshot.WriteFolder(filepath);
    }

    /// <summary>Saves the weights, and the state of the optimizer.</summary>
    /// <param name="filepath">A path that ends with <c>.weights.h5</c>; with a size of shards, <c>.weights.json</c>.</param>
    /// <param name="overwrite">Whether a file of this name is replaced. Default true.</param>
    /// <param name="maxShardSize">The most GiB of weights in a file: they go to several, beside a list of them. Default all in one.</param>
    /// <exception cref="ArgumentException">The ending is another one, or a weight is larger than a shard.</exception>
    /// <exception cref="IOException">The file cannot be written, or is there and is not to be overwritten.</exception>
    public void SaveWeights(string filepath, bool overwrite = true, double? maxShardSize = null) =>
        WeightsFile.Save(new WeightsSnapshot(this), filepath, overwrite, maxShardSize);

    /// <summary>Writes the weights to a stream, as a <c>.weights.h5</c> file. The stream stays open.</summary>
    public void SaveWeights(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        new WeightsSnapshot(this).WriteTo(stream);
    }

    /// <summary>Takes the weights as they are now, and saves them while the caller goes on.</summary>
    /// <inheritdoc cref="SaveWeights(string, bool, double?)"/>
    /// <param name="cancellationToken">Before the writing begins.</param>
    public Task SaveWeightsAsync(string filepath, bool overwrite = true, double? maxShardSize = null, CancellationToken cancellationToken = default)
    {
        var snapshot = new WeightsSnapshot(this);
        return Task.Run(() => WeightsFile.Save(snapshot, filepath, overwrite, maxShardSize), cancellationToken);
    }

    /// <summary>Takes the weights of a file, and the state of the optimizer where it fits: all of them, or none where something fails.</summary>
    /// <param name="filepath">A <c>.weights.h5</c>, <c>.weights.json</c>, <c>.keras</c> or old <c>.h5</c> file.</param>
    /// <param name="skipMismatch">Whether layers that the file does not fit keep their weights, with a warning. Default false.</param>
    /// <param name="byName">Whether layers are found by their names, and others keep their weights; for old <c>.h5</c> files only. Default false.</param>
    /// <param name="limits">What the file may ask for. Default <see cref="LoadLimits.Default"/>.</param>
    /// <param name="cancellationToken">Stops between two arrays, and leaves the weights as they were.</param>
    /// <exception cref="InvalidOperationException">The model is not built.</exception>
    /// <exception cref="ModelFileException">The file is damaged, of another kind, or does not fit the model.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public void LoadWeights(string filepath, bool skipMismatch = false, bool byName = false, LoadLimits? limits = null, CancellationToken cancellationToken = default) =>
        WeightsFile.Load(this, filepath, skipMismatch, byName, limits ?? LoadLimits.Default, cancellationToken);

    /// <inheritdoc cref="LoadWeights(string, bool, bool, LoadLimits?, CancellationToken)"/>
    /// <param name="stream">The file, from the stream's position to its end. The stream stays open.</param>
    /// <param name="skipMismatch">Whether layers that the file does not fit keep their weights, with a warning. Default false.</param>
    /// <param name="byName">Whether layers are found by their names, and others keep their weights; for old <c>.h5</c> files only. Default false.</param>
    /// <param name="limits">What the file may ask for. Default <see cref="LoadLimits.Default"/>.</param>
    /// <param name="cancellationToken">Stops between two arrays, and leaves the weights as they were.</param>
    public void LoadWeights(Stream stream, bool skipMismatch = false, bool byName = false, LoadLimits? limits = null, CancellationToken cancellationToken = default) =>
        WeightsFile.Load(this, stream, skipMismatch, byName, limits ?? LoadLimits.Default, cancellationToken);

    /// <summary>Loads weights on another thread; the model is not to be used meanwhile.</summary>
    /// <inheritdoc cref="LoadWeights(string, bool, bool, LoadLimits?, CancellationToken)"/>
    public Task LoadWeightsAsync(string filepath, bool skipMismatch = false, bool byName = false, LoadLimits? limits = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => LoadWeights(filepath, skipMismatch, byName, limits, cancellationToken), cancellationToken);
}
