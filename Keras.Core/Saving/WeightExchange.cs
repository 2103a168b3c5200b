namespace Keras;

/// <summary>What a set of named tensors had too little or too much of for a layer.</summary>
/// <param name="Missing">Weights of the layer that the set has no tensor for; they are as they were.</param>
/// <param name="Unexpected">Tensors of the set that are no weights of the layer.</param>
public sealed record WeightReport(IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected)
{
    const int Shown = 5;

    /// <summary>Whether weights and tensors are the same.</summary>
    public bool IsComplete => Missing.Count == 0 && Unexpected.Count == 0;

    /// <summary>The first names of each list.</summary>
    public override string ToString() => $"missing: {Text(Missing)}; unexpected: {Text(Unexpected)}";

    static string Text(IReadOnlyList<string> names) => names.Count == 0 ? "none"
        : string.Join(", ", names.Take(Shown).Select(ModelFileException.Show)) + (names.Count > Shown ? $" and {names.Count - Shown} more" : "");
}

/// <summary>Weights by name: out of a layer or model, into another one, to files of other libraries and back. A weight's name is its path below
/// the layer, such as <c>dense/kernel</c>.</summary>
public static class WeightExchange
{
    const string Format = "safetensors";

    /// <summary>The values of all weights by name, in the order of <see cref="Layer.Weights"/>. Later changes of the weights do not show.</summary>
    /// <param name="layer">The layer or model, built.</param>
    /// <param name="rename">Makes of a weight's name that of its tensor. Default the name itself.</param>
    /// <exception cref="ArgumentException">Two weights have one name.</exception>
    /// <exception cref="InvalidOperationException">The weights have not been made.</exception>
    public static Dictionary<string, Tensor> GetNamedWeights(this Layer layer, Func<string, string>? rename = null)
    {
        ArgumentNullException.ThrowIfNull(layer);
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (name, weight) in Named(layer, rename)) tensors.Add(name, weight.Read().Detach());
        return tensors;
    }

    /// <summary>Sets weights by name, all that are named or, where anything is wrong, none.</summary>
    /// <param name="layer">The layer or model, built.</param>
    /// <param name="weights">The values; floating ones are cast to the weight's dtype, others must have it.</param>
    /// <param name="rename">Makes of a weight's name that of its tensor. Default the name itself.</param>
    /// <param name="strict">Whether every weight must have a tensor and every tensor a weight. Default true.</param>
    /// <returns>What was missing and what was not needed; nothing of both if strict.</returns>
    /// <exception cref="ArgumentException">A shape or dtype does not fit, or strict and a name is missing or unexpected; no weight is changed then.</exception>
    /// <exception cref="InvalidOperationException">The weights have not been made.</exception>
    public static WeightReport SetNamedWeights(this Layer layer, IReadOnlyDictionary<string, Tensor> weights, Func<string, string>? rename = null, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(weights);
        var (pairs, report) = Match(layer, [.. weights.Keys], name => weights[name].Type, rename, strict,
            (name, what, expected, received) => Errors.Argument($"{layer.Who}{(name is null ? "" : $", weight \"{ModelFileException.Show(name)}\"")}", what, expected, received));
        Assign(pairs, name => weights[name]);
        return report;
    }

    /// <summary>Writes all weights to a safetensors file, which is replaced as a whole or not at all.</summary>
    /// <param name="layer">The layer or model, built.</param>
    /// <param name="path">The file, usually named <c>….safetensors</c>.</param>
    /// <param name="rename">Makes of a weight's name that of its tensor. Default the name itself.</param>
    /// <param name="metadata">What readers may want to know besides. Default nothing.</param>
    /// <exception cref="ArgumentException">Two weights have one name.</exception>
    /// <exception cref="InvalidOperationException">The weights have not been made.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveSafetensors(this Layer layer, string path, Func<string, string>? rename = null, IReadOnlyDictionary<string, string>? metadata = null) =>
        Safetensors.Save(path, layer.GetNamedWeights(rename), metadata);

    /// <summary>Sets weights from a safetensors file or the index of a set of them, all that are named or, where anything is wrong, none. Names,
    /// shapes and dtypes are compared before any tensor is read.</summary>
    /// <param name="layer">The layer or model, built.</param>
    /// <param name="path">The file, or an index, whose name ends with <c>.json</c>.</param>
    /// <param name="rename">Makes of a weight's name that of its tensor. Default the name itself.</param>
    /// <param name="strict">Whether every weight must have a tensor and every tensor a weight. Default true.</param>
    /// <param name="limits">What the file may ask for. Default <see cref="LoadLimits.Default"/>.</param>
    /// <returns>What was missing and what was not needed; nothing of both if strict.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFileException">The file is broken, a shape or dtype does not fit, or strict and a name is missing or unexpected; no
    /// weight is changed then.</exception>
    /// <exception cref="InvalidOperationException">The weights have not been made.</exception>
    public static WeightReport LoadSafetensors(this Layer layer, string path, Func<string, string>? rename = null, bool strict = true, LoadLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(layer);
        using var file = Safetensors.Open(path, limits);
        var (pairs, report) = Match(layer, file.Names, file.TypeOf, rename, strict,
            (name, what, expected, received) => new ModelFileException(Format, name, name is null ? $"{what} {layer.Who}" : what, expected, received));
        Assign(pairs, file.Read);
        return report;
    }

    static List<(string Name, Variable Weight)> Named(Layer layer, Func<string, string>? rename)
    {
        if (!layer.Built) throw Errors.Invalid(layer.Who, "the layer has no weights yet", "a built layer", "an unbuilt one", "Call it, or Build it for a shape.");
        var names = new HashSet<string>();
        List<(string, Variable)> named = [];
        foreach (var weight in layer.Weights)
        {
            var name = Below(layer.Name, weight.Path);
            name = rename?.Invoke(name) ?? name;
            if (!names.Add(name)) throw Errors.Argument(layer.Who, "two weights have one name", "each name once", $"\"{ModelFileException.Show(name)}\"", "Name the layers, or rename weights apart.");
            named.Add((name, weight));
        }
        return named;
    }

    /// <summary>The part of a path behind an owner's name. It is there only where the owner's Build made the weight or the layer that has it.</summary>
    static string Below(string owner, string path)
    {
        var at = ('/' + path).IndexOf($"/{owner}/", StringComparison.Ordinal);
        return at < 0 ? path : path[(at + owner.Length + 1)..];
    }

    /// <summary>Finds a tensor for each weight and compares types. The last argument makes an error of a name, if it is about one, what is wrong,
    /// what was expected and what received.</summary>
    static (List<(string Name, Variable Weight)> Pairs, WeightReport Report) Match(Layer layer, IReadOnlyCollection<string> there, Func<string, TensorType> typeOf,
        Func<string, string>? rename, bool strict, Func<string?, string, object, object, Exception> error)
    {
        var weights = Named(layer, rename);
        var unexpected = there.ToHashSet();
        List<(string Name, Variable Weight)> pairs = [];
        List<string> missing = [];
        foreach (var (name, weight) in weights)
        {
            if (unexpected.Remove(name)) pairs.Add((name, weight));
            else missing.Add(name);
        }
        var report = new WeightReport(missing, [.. there.Where(unexpected.Contains)]);
        if (strict && !report.IsComplete) throw error(null, "the names are not those of the weights of", $"{weights.Count} weights", report);
        foreach (var (name, weight) in pairs)
        {
            var type = typeOf(name);
            if (type.Shape != weight.Shape) throw error(name, "the shape is another one than the weight's", weight.Shape, type.Shape);
            if (type.DType != weight.DType && !(type.DType.IsFloating() && weight.DType.IsFloating()))
                throw error(name, "the dtype does not fit the weight's", weight.DType.Name(), type.DType.Name());
        }
        return (pairs, report);
    }

    /// <summary>Reads all values before the first weight changes.</summary>
    static void Assign(List<(string Name, Variable Weight)> pairs, Func<string, Tensor> read) =>
        Variable.AssignAll([.. pairs.Select(p => (p.Weight, Ops.Cast(read(p.Name), p.Weight.DType)))]);
}
