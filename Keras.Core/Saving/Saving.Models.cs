namespace Keras;

public static partial class Saving
{
    /// <summary>Makes the model that a file holds: its architecture, its weights, and how it was compiled with the state of its optimizer, so that
    /// training goes on as if it had not stopped. What the file is, its content says. No code of the file is run, ever.</summary>
    /// <param name="filepath">A <c>.keras</c> file, a folder of its parts, or an old <c>.h5</c> file.</param>
    /// <param name="customObjects">Classes and functions of one's own by name. Default the registered ones.</param>
    /// <param name="compile">Whether the model is compiled as it was. Default true. Losses, metrics and optimizers that are unknown here are kept for
    /// saving the model again, with a warning.</param>
    /// <param name="limits">What the file may ask for. Default <see cref="LoadLimits.Default"/>.</param>
    /// <param name="cancellationToken">Stops between two arrays.</param>
    /// <exception cref="ModelFileException">The file is damaged, of another kind, larger than the limits allow, or names a class that is unknown.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static Model LoadModel(string filepath, CustomObjects? customObjects = null, bool compile = true, LoadLimits? limits = null,
        CancellationToken cancellationToken = default) => ModelLoader.Load(filepath, customObjects, compile, limits, cancellationToken);

    /// <inheritdoc cref="LoadModel(string, CustomObjects?, bool, LoadLimits?, CancellationToken)"/>
    /// <param name="stream">The file, from the stream's position to its end. The stream stays open.</param>
    /// <param name="customObjects">Classes and functions of one's own by name. Default the registered ones.</param>
    /// <param name="compile">Whether the model is compiled as it was. Default true.</param>
    /// <param name="limits">What the file may ask for. Default <see cref="LoadLimits.Default"/>.</param>
    /// <param name="cancellationToken">Stops between two arrays.</param>
    public static Model LoadModel(Stream stream, CustomObjects? customObjects = null, bool compile = true, LoadLimits? limits = null,
        CancellationToken cancellationToken = default) => ModelLoader.Load(stream, customObjects, compile, limits, cancellationToken);

    /// <inheritdoc cref="LoadModel(string, CustomObjects?, bool, LoadLimits?, CancellationToken)"/>
    /// <param name="file">The file's content.</param>
    /// <param name="customObjects">Classes and functions of one's own by name. Default the registered ones.</param>
    /// <param name="compile">Whether the model is compiled as it was. Default true.</param>
    /// <param name="limits">What the file may ask for. Default <see cref="LoadLimits.Default"/>.</param>
    public static Model LoadModel(byte[] file, CustomObjects? customObjects = null, bool compile = true, LoadLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        return LoadModel(new MemoryStream(file, writable: false), customObjects, compile, limits);
    }

    /// <summary>Loads a model on another thread, which knows the classes and functions of the open scopes too.</summary>
    /// <inheritdoc cref="LoadModel(string, CustomObjects?, bool, LoadLimits?, CancellationToken)"/>
    public static Task<Model> LoadModelAsync(string filepath, CustomObjects? customObjects = null, bool compile = true, LoadLimits? limits = null,
        CancellationToken cancellationToken = default)
    {
        CustomObjects[] open = [.. CustomObjectScope.Open.Reverse()];
        return Task.Run(() =>
        {
            var scopes = open.Select(o => new CustomObjectScope(o)).ToArray();
            try
            {
                return LoadModel(filepath, customObjects, compile, limits, cancellationToken);
            }
            finally
            {
                foreach (var scope in scopes.Reverse()) scope.Dispose();
            }
        }, cancellationToken);
    }

    /// <summary>Saves a model, as <see cref="Model.Save(string, bool, bool, bool)"/>.</summary>
    /// <inheritdoc cref="Model.Save(string, bool, bool, bool)"/>
    public static void SaveModel(Model model, string filepath, bool overwrite = true, bool? zipped = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Save(filepath, overwrite, zipped ?? true);
    }

    /// <summary>Saves a model's weights, as <see cref="Model.SaveWeights(string, bool, double?)"/>.</summary>
    /// <inheritdoc cref="Model.SaveWeights(string, bool, double?)"/>
    public static void SaveWeights(Model model, string filepath, bool overwrite = true, double? maxShardSize = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.SaveWeights(filepath, overwrite, maxShardSize);
    }

    /// <summary>Loads a model's weights, as <see cref="Model.LoadWeights(string, bool, bool, LoadLimits?, CancellationToken)"/>.</summary>
    /// <inheritdoc cref="Model.LoadWeights(string, bool, bool, LoadLimits?, CancellationToken)"/>
    public static void LoadWeights(Model model, string filepath, bool skipMismatch = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.LoadWeights(filepath, skipMismatch);
    }
}
