using System.Globalization;

namespace Keras.Callbacks;

/// <summary>What callbacks tell the user, and numbers as Python writes them.</summary>
static class Messages
{
    internal static void Print(string message) => Console.Out.WriteLine(message);

    internal static void Warn(string who, string message) => Console.Error.WriteLine($"[{who}] {message}");

    /// <summary>The shortest text that reads back as the number, in Python's form: <c>0.1</c>, <c>1.0</c>, <c>1e-05</c>.</summary>
    internal static string Number(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        var size = Math.Abs(value);
        if (size != 0 && size is < 1e-4 or >= 1e16)
        {
            var parts = value.ToString("E16", CultureInfo.InvariantCulture);
            for (var digits = 0; digits < 17; digits++)
            {
                parts = value.ToString("0" + (digits > 0 ? "." + new string('#', digits) : "") + "e+00", CultureInfo.InvariantCulture);
                if (double.Parse(parts, CultureInfo.InvariantCulture) == value) break;
            }
            return parts;
        }
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('E', StringComparison.Ordinal) ? value.ToString("0.0##################", CultureInfo.InvariantCulture)
            : text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
    }
}
