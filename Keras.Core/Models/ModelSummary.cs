using System.Globalization;
using System.Text;

namespace Keras;

/// <summary>The table of layers that Keras prints (keras/src/utils/summary_utils.py), for a terminal of 80 columns unless a width is named.</summary>
static class ModelSummary
{
    const int Width = 76;

    // Shares of the width that text takes in each column, of models that are one chain and of others.
    static readonly int[] Chain = [31, 22, 13], Graph = [19, 17, 10, 17];

    internal static string Of(Model model, int? lineLength)
    {
        if (!model.Built)
            throw Errors.Invalid(model.Who, "the model has no weights yet", "a built model", "an unbuilt one", "Call it on data, or put an Input in front.");
        var connected = model is not Sequential && model.Graph is not null && !IsChain(model.Graph);
        string[] heads = connected ? ["Layer (type)", "Output Shape", "Param #", "Connected to"] : ["Layer (type)", "Output Shape", "Param #"];
        var widths = Widths(connected ? Graph : Chain, lineLength);
        var text = new StringBuilder($"Model: \"{model.Name}\"\n");
        Rule(text, widths, '┏', '━', '┳', '┓');
        Row(text, widths, heads, '┃');
        Rule(text, widths, '┡', '━', '╇', '┩');
        var layers = model.Layers;
        for (var i = 0; i < layers.Count; i++)
        {
            if (i > 0) Rule(text, widths, '├', '─', '┼', '┤');
            Row(text, widths, Cells(model, layers[i], connected), '│');
        }
        Rule(text, widths, '└', '─', '┴', '┘');
        Totals(text, model);
        return text.ToString();
    }

    static bool IsChain(FunctionalGraph graph) => graph.Inputs.Flatten().Count == 1
        && graph.Calls.All(c => c.Inputs.Flatten().Count <= 1) && graph.Calls.Count() == graph.Layers.Count;

    static int[] Widths(int[] columns, int? lineLength)
    {
        var extra = (lineLength ?? Width) - Width;
        return [.. columns.Select(c => Math.Max(8, c + (extra * c / columns.Sum())))];
    }

    static string[] Cells(Model model, Layer layer, bool connected)
    {
        var calls = model.Graph?.Calls.Where(c => c.Layer == layer).ToList() ?? [];
        var shape = calls.Count == 0 ? "?" : string.Join(", ", calls[0].Outputs.Select(o => o.Shape.ToString()));
        var count = layer.Built || layer is Layers.Input ? Number(layer.Weights.Sum(w => w.Shape.Size)) : "0 (unbuilt)";
        string[] cells = [$"{layer.Name} ({SavedObjects.ClassOf(layer)})", calls.Count > 0 && calls[0].Outputs.Count > 1 ? $"[{shape}]" : shape, count];
        return connected ? [.. cells, Sources(model.Graph!, calls)] : cells;
    }

    static string Sources(FunctionalGraph graph, List<LayerCall> calls)
    {
        var sources = calls.SelectMany(c => c.Inputs.Flatten()).Select(t => graph.CallOf(t) is { } from
            ? $"{from.Layer.Name}[{from.Index}][{from.Outputs.ToList().IndexOf(t)}]" : t.Op.Name).ToList();
        return sources.Count == 0 ? "-" : string.Join(", ", sources);
    }

    static void Totals(StringBuilder text, Model model)
    {
        var (trainable, fixedOnes) = (model.TrainableWeights, model.NonTrainableWeights);
        IReadOnlyList<Variable> optimizer = model.Optimizer is { Built: true } built ? built.Variables : [];
        Total(text, "Total params", [.. trainable, .. fixedOnes, .. optimizer]);
        Total(text, "Trainable params", trainable);
        Total(text, "Non-trainable params", fixedOnes);
        if (optimizer.Count > 0) Total(text, "Optimizer params", optimizer);
    }

    static void Total(StringBuilder text, string name, IReadOnlyList<Variable> weights) =>
        text.Append(CultureInfo.InvariantCulture, $" {name}: {Number(weights.Sum(w => w.Shape.Size))} ({Bytes(weights.Sum(w => w.Type.Bytes))})\n");

    static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    static string Bytes(double bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB", "PB"];
        var unit = 0;
        for (; bytes >= 1024 && unit < units.Length - 1; unit++) bytes /= 1024;
        return bytes.ToString("F2", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    static void Rule(StringBuilder text, int[] widths, char left, char line, char between, char right) =>
        text.Append(left).AppendJoin(between, widths.Select(w => new string(line, w + 2))).Append(right).Append('\n');

    static void Row(StringBuilder text, int[] widths, string[] cells, char border)
    {
        var lines = cells.Select((c, i) => Wrap(c, widths[i])).ToArray();
        for (var line = 0; line < lines.Max(l => l.Count); line++)
        {
            text.Append(border);
            for (var i = 0; i < cells.Length; i++)
            {
                var part = line < lines[i].Count ? lines[i][line] : "";
                // Numbers stand on the right.
                text.Append(' ').Append(i == 2 ? part.PadLeft(widths[i]) : part.PadRight(widths[i])).Append(' ').Append(border);
            }
            text.Append('\n');
        }
    }

    static List<string> Wrap(string cell, int width)
    {
        var lines = new List<string> { "" };
        foreach (var word in cell.Split(' '))
        {
            var rest = word;
            if (lines[^1].Length > 0 && lines[^1].Length + 1 + rest.Length <= width)
            {
                lines[^1] += " " + rest;
                continue;
            }
            if (lines[^1].Length > 0) lines.Add("");
            // A word that is too long ends in an ellipsis, as in Keras.
            if (rest.Length > width) rest = rest[..(width - 1)] + "…";
            lines[^1] = rest;
        }
        return lines;
    }
}
