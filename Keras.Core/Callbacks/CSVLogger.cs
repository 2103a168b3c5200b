using System.Globalization;

namespace Keras.Callbacks;

/// <summary>Writes the logs of each epoch to a CSV file: the epoch, from 0, then all names in alphabetical order.</summary>
/// <param name="filename">The file.</param>
/// <param name="separator">What stands between values. Default a comma.</param>
/// <param name="append">Whether to keep what the file holds. Default false.</param>
public sealed class CSVLogger(string filename, string separator = ",", bool append = false) : Callback, IDisposable
{
    StreamWriter? _writer;
    string[]? _names;
    bool _hasHeader;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs? logs = null)
    {
        Dispose();
        _hasHeader = append && File.Exists(filename) && new FileInfo(filename).Length > 0;
        _writer = new StreamWriter(filename, append) { NewLine = "\r\n" };
        _names = null;
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        if (_writer is null) return;
        if (_names is null)
        {
            _names = Columns(logs);
            if (!_hasHeader) WriteRow(["epoch", .. _names]);
        }
        WriteRow([epoch.ToString(CultureInfo.InvariantCulture), .. _names.Select(n => logs.TryGetValue(n, out var v) ? Messages.Number(v) : "NA")]);
        _writer.Flush();
    }

    /// <summary>The first epoch may come without a validation that later ones have.</summary>
    static string[] Columns(Logs logs)
    {
        string[] names = [.. logs.Keys.Order(StringComparer.Ordinal)];
        return names.Any(n => n.StartsWith("val_", StringComparison.Ordinal)) ? names : [.. names, .. names.Select(n => "val_" + n)];
    }

    void WriteRow(IEnumerable<string> cells) => _writer!.WriteLine(string.Join(separator, cells.Select(Quoted)));

    string Quoted(string cell) => cell.Contains(separator, StringComparison.Ordinal) || cell.AsSpan().IndexOfAny('"', '\r', '\n') >= 0
        ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs? logs = null) => Dispose();

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
    }
}
