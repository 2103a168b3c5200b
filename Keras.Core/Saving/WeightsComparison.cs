namespace Keras;

/// <summary>What <see cref="KerasFileEditor.Compare"/> found.</summary>
/// <param name="Status"><c>success</c> where file and model fit each other, else <c>error</c>.</param>
/// <param name="ErrorCount">How many objects and weights one of both lacks, and how many weights have another shape.</param>
/// <param name="MatchCount">How many weights fit.</param>
public sealed record KerasFileComparison(string Status, int ErrorCount, int MatchCount);

/// <summary>Compares the weights in a file with those of a model.</summary>
sealed class WeightsComparison(TextWriter output)
{
    int _errors, _matches;

    internal KerasFileComparison Run(WeightsObject file, WeightsObject model)
    {
        Compare(file, model, "");
        output.Write(_errors == 0 ? $"The file fits the model: {Count(_matches, "weight")}.\n" : $"The file does not fit the model: {Count(_errors, "difference")}.\n");
        return new(_errors == 0 ? "success" : "error", _errors, _matches);
    }

    static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    void Compare(WeightsObject file, WeightsObject model, string path)
    {
        foreach (var (name, array) in model.Arrays)
            if (!file.Arrays.TryGetValue(name, out var stored)) Missing("Weight", $"{path}/{name}", "file");
            else if (stored.Type.Shape != array.Type.Shape) Error($"Weight {path}/{name} has shape {stored.Type.Shape} in the file, {array.Type.Shape} in the model");
            else _matches++;
        foreach (var name in file.Arrays.Keys)
            if (!model.Arrays.ContainsKey(name)) Missing("Weight", $"{path}/{name}", "model");
        foreach (var (name, part) in Holding(model))
            if (file.Parts.TryGetValue(name, out var stored) && stored.HoldsArrays) Compare(stored, part, $"{path}/{name}");
            else Missing("Object", $"{path}/{name}", "file");
        foreach (var (name, _) in Holding(file))
            if (!model.Parts.TryGetValue(name, out var part) || !part.HoldsArrays) Missing("Object", $"{path}/{name}", "model");
    }

    static IEnumerable<KeyValuePair<string, WeightsObject>> Holding(WeightsObject item) => item.Parts.Where(p => p.Value.HoldsArrays);

    void Missing(string what, string path, string where) => Error($"{what} {path} is not in the {where}");

    void Error(string text)
    {
        _errors++;
        output.Write($"{ModelFileException.Show(text)}\n");
    }
}
