namespace Keras;

/// <summary>Takes weights and assets out of files into an object and all within it: first everything is found and compared by shape, then read.</summary>
sealed class WeightsLoader
{
    readonly WeightsSource _source;
    readonly Func<string, IReadOnlyDictionary<string, byte[]>>? _assets;
    readonly Dictionary<object, (string Path, ArgumentException Error)> _errors = new(ReferenceEqualityComparer.Instance);
    readonly List<(Variable Variable, StoredArray Array)> _loads = [];

    WeightsLoader(WeightsSource source, Func<string, IReadOnlyDictionary<string, byte[]>>? assets) => (_source, _assets) = (source, assets);

    /// <summary>Loads all or nothing.</summary>
    /// <param name="root">The model, or a layer.</param>
    /// <param name="source">The weights.</param>
    /// <param name="skipMismatch">Whether objects that do not fit keep what they have, with a warning.</param>
    /// <param name="assets">The files kept for the object at a path; <c>null</c> for none at all.</param>
    /// <param name="restores">Whether what fails half-way leaves the values of before; a model that nobody has yet needs none.</param>
    /// <param name="cancellation">Stops between two arrays, as a failure.</param>
    /// <returns>The variables that got values.</returns>
    /// <exception cref="ModelFileException">Something is missing or does not fit.</exception>
    internal static IReadOnlyCollection<Variable> Load(object root, WeightsSource source, bool skipMismatch = false,
        Func<string, IReadOnlyDictionary<string, byte[]>>? assets = null, bool restores = true, CancellationToken cancellation = default)
    {
        var loader = new WeightsLoader(source, assets);
        return Restoring(restores ? SavedObjects.Of(root).SelectMany(s => SavedObjects.VariablesOf(s.Saved)) : [], () =>
        {
            loader.Find(root, skipMismatch);
            return Read(loader._loads, cancellation);
        });
    }

    /// <summary>Gives variables the values of arrays, which have been found to fit: all of them or none.</summary>
    internal static void Assign(IReadOnlyList<(Variable Variable, StoredArray Array)> loads, CancellationToken cancellation) =>
        Restoring(loads.Select(l => l.Variable), () => Read(loads, cancellation));

    static HashSet<Variable> Restoring(IEnumerable<Variable> variables, Func<HashSet<Variable>> load)
    {
        // Values never change: keeping them copies nothing.
        (Variable Variable, Tensor Value)[] before = [.. variables.Distinct().Select(v => (v, v.Read()))];
        try
        {
            return load();
        }
        catch
        {
            foreach (var (variable, value) in before)
                if (!ReferenceEquals(variable.Read(), value)) variable.Assign(value);
            throw;
        }
    }

    void Find(object root, bool skipMismatch)
    {
        var failed = SavedObjects.Walk(root, TryLoad, IsMissing);
        if (failed.Count == 0) return;
        var (path, first) = _errors[failed.First()];
        if (!skipMismatch) throw new ModelFileException(failed.Count == 1 ? first.Message : $"{first.Message} {failed.Count - 1} more objects do not fit.", $"/{path}", first);
        Callbacks.Messages.Warn(Name(root), $"{failed.Count} of its parts keep their values: the file does not fit them. The first one: {first.Message}");
    }

    static string Name(object saved) => saved is Layer layer ? layer.Who : saved.ToString()!;

    /// <summary>Containers in containers are not in files of before Keras 3.16.</summary>
    bool IsMissing(string path) => !_source.Has(path);

    bool TryLoad(object saved, string path)
    {
        var store = _source.Get(path);
        try
        {
            if (saved is Layer layer)
            {
                layer.LoadOwnVariables(store);
                if (_assets is not null) layer.LoadAssets(_assets(path));
            }
            else
            {
                ((Optimizer)saved).LoadOwnVariables(store);
            }
        }
        catch (ArgumentException e)
        {
            _errors[saved] = (path, e);
            return false;
        }
        _loads.AddRange(store.Loads);
        return true;
    }

    internal static HashSet<Variable> Read(IReadOnlyList<(Variable Variable, StoredArray Array)> loads, CancellationToken cancellation)
    {
        var loaded = new HashSet<Variable>();
        foreach (var (variable, array) in loads)
        {
            cancellation.ThrowIfCancellationRequested();
            // A new model's memory is that of its weights alone.
            if (array.ReadInto is { } readInto && array.Type == variable.Type && LoadScope.Current?.IsUndrawn(variable) == true) readInto(variable.BeforeOverwrite());
            else variable.Assign(array.ToTensor());
            loaded.Add(variable);
        }
        return loaded;
    }

    /// <summary>Warns of weights that are not finite, where that is wanted.</summary>
    /// <param name="model">The model that has got its weights.</param>
    /// <param name="limits">Says whether it is wanted.</param>
    internal static Model Checked(Model model, LoadLimits limits)
    {
        if (!limits.WarnsOfNonFinite) return model;
        Variable[] found = [.. model.Weights.Where(w => w.DType.IsInexact() && !Ops.All(Ops.Isfinite(w.Read())).Item<bool>())];
        if (found.Length > 0) Callbacks.Messages.Warn(model.Who, $"{found.Length} of its weights are not finite everywhere. The first one: {found[0].Path}.");
        return model;
    }
}
