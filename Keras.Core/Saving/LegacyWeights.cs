using System.Globalization;

namespace Keras;

/// <summary>Weights in the layout of old <c>.h5</c> files: a group a layer, whose arrays count by their order.</summary>
sealed class LegacyWeights
{
    internal const string Group = "model_weights", LayerNames = "layer_names", WeightNames = "weight_names", TopLevel = "top_level_model_weights";

    readonly Hdf5Group _group;
    readonly string _version, _backend;
    readonly List<(string Name, StoredArray[] Arrays)> _layers = [];
    readonly List<(Variable Variable, StoredArray Array)> _loads = [];
    readonly List<ModelFileException> _misfits = [];

    internal LegacyWeights(Hdf5Group group)
    {
        _group = group;
        // Before Keras 2 there was none.
        _version = group.TryText(LegacyModel.Version) ?? "1";
        _backend = group.TryText(LegacyModel.Backend) ?? "";
        foreach (var name in Names(group, LayerNames) ?? throw group.Bad("the layers are not listed", $"attribute {LayerNames}", "none"))
            _layers.Add((name, Arrays(Child(group, name))));
    }

    /// <summary>The group that holds the layers' groups; <c>null</c> where the file has another layout.</summary>
    internal static Hdf5Group? Find(Hdf5Group root) => IsLayers(root) ? root : root.TryGroup(Group) is { } group && IsLayers(group) ? group : null;

    internal static bool IsLayers(Hdf5Group group) => group.AttributeNames.Contains(LayerNames) || group.AttributeNames.Contains(LayerNames + "0");

    /// <summary>A list of names; a long one is spread over several attributes.</summary>
    static IReadOnlyList<string>? Names(Hdf5Group group, string attribute)
    {
        if (group.AttributeNames.Contains(attribute)) return group.TryTexts(attribute);
        var names = new List<string>();
        var parts = 0;
        for (; group.TryTexts(attribute + parts.ToString(CultureInfo.InvariantCulture)) is { } part; parts++) names.AddRange(part);
        return parts == 0 ? null : names;
    }

    static Hdf5Group Child(Hdf5Group group, string name) => group.TryGroup(name) ?? throw group.Bad("a listed group is missing", $"\"{ModelFileException.Show(name)}\"", "none");

    /// <summary>The arrays of a group in the order of its list.</summary>
    internal static StoredArray[] Arrays(Hdf5Group group) => [.. Named(group).Select(a => a.Array)];

    internal static IEnumerable<(string Name, StoredArray Array)> Named(Hdf5Group group) => (Names(group, WeightNames) ?? throw group.Bad("the weights are not listed", $"attribute {WeightNames}", "none"))
        .Select(name => (name, Hdf5Weights.Stored(group.TryDataset(name) ?? throw group.Bad("a listed array is missing", $"\"{ModelFileException.Show(name)}\"", "none"))));

    /// <summary>Loads all, or nothing where something does not fit.</summary>
    internal static void Load(Model model, Hdf5Group group, bool skipMismatch, bool byName, CancellationToken cancellation) =>
        WeightsLoader.Assign(new LegacyWeights(group).Match(model, skipMismatch, byName), cancellation);

    /// <summary>Finds the arrays of a model's weights, and compares shapes.</summary>
    /// <exception cref="ModelFileException">Layers or arrays are too few or too many, or a shape is another one.</exception>
    internal IReadOnlyList<(Variable Variable, StoredArray Array)> Match(Model model, bool skipMismatch = false, bool byName = false)
    {
        if (byName) MatchNames(model);
        else MatchOrder(model);
        MatchTopLevel(model);
        if (_misfits.Count > 0 && !skipMismatch) throw _misfits[0];
        foreach (var misfit in _misfits) Callbacks.Messages.Warn(model.Who, $"a layer keeps its weights: {misfit.Message}");
        return _loads;
    }

    void MatchNames(Model model)
    {
        foreach (var (name, arrays) in _layers)
            foreach (var layer in model.Layers.Where(l => l.Name == name && (arrays.Length > 0 || l.Weights.Count > 0))) MatchLayer(layer, name, arrays);
    }

    void MatchOrder(Model model)
    {
        Layer[] mine = [.. model.Layers.Where(l => l.Weights.Count > 0)];
        var stored = _layers.Where(l => l.Arrays.Length > 0).ToArray();
        if (mine.Length != stored.Length)
            throw _group.Bad("the number of layers with weights differs", $"{mine.Length} ({Shown(mine.Select(l => l.Name))})", $"{stored.Length} ({Shown(stored.Select(l => l.Name))})");
        foreach (var (layer, (name, arrays)) in mine.Zip(stored)) MatchLayer(layer, name, arrays);
    }

    static string Shown(IEnumerable<string> names) => ModelFileException.Show(string.Join(", ", names));

    void MatchTopLevel(Model model)
    {
        if (_group.TryGroup(TopLevel) is { } group && !_layers.Exists(l => l.Name == TopLevel) && Arrays(group) is { Length: > 0 } arrays)
            Match(model.Who, $"{_group.Path}/{TopLevel}", model.OwnVariables, arrays);
    }

    void MatchLayer(Layer layer, string name, StoredArray[] arrays)
    {
        var path = $"{_group.Path.TrimEnd('/')}/{name}";
        try
        {
            arrays = LegacyArrays.Upgrade(layer, arrays, _version, _backend);
        }
        catch (ArgumentException e)
        {
            _misfits.Add(new ModelFileException(e.Message, path, e));
            return;
        }
        Match(layer.Who, path, Ordered(layer), arrays);
    }

    /// <summary>The weights of a layer in the order of old files: trained ones first.</summary>
    internal static IReadOnlyList<Variable> Ordered(Layer layer) => [.. layer.TrainableWeights, .. layer.NonTrainableWeights];

    void Match(string who, string path, IReadOnlyList<Variable> weights, StoredArray[] arrays)
    {
        var misfit = weights.Count != arrays.Length ? Misfit(who, path, "the number of weights differs", weights.Count, arrays.Length)
            : weights.Zip(arrays, (weight, array) => Misfit(who, path, weight, array.Type)).FirstOrDefault(m => m is not null);
        if (misfit is not null) _misfits.Add(misfit);
        else _loads.AddRange(weights.Zip(arrays));
    }

    static ModelFileException? Misfit(string who, string path, Variable weight, TensorType stored) =>
        weight.Shape != stored.Shape ? Misfit(who, path, $"the shape of {weight.Path} differs", weight.Shape, stored.Shape)
        : !StoredArray.CanBecome(stored.DType, weight.DType) ? Misfit(who, path, $"the numbers cannot be those of {weight.Path}", weight.DType.Name(), stored.DType.Name()) : null;

    static ModelFileException Misfit(string who, string path, string what, object expected, object received) => new(Errors.Message(who, what, expected, received), path, null);
}
