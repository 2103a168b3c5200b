using System.Globalization;
using Keras;

namespace Inspect;

/// <summary>Says what is in files, and in one line of those in which nothing is.</summary>
public static class Inspection
{
    const string Usage = "Which files? .keras or its unzipped folder, .h5, .weights.h5, .weights.json, .safetensors, .npy, .npz, or a model as .json";

    /// <summary>Reports on each file.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="output">Where reports go.</param>
    /// <param name="errors">Where the lines go on what is no file with something in it.</param>
    /// <returns>The exit code: 0 where all is well, 1 where a file is not, 2 where none is named.</returns>
    public static int Run(IReadOnlyList<string> paths, TextWriter output, TextWriter errors)
    {
        if (paths.Count == 0)
        {
            errors.WriteLine(Usage);
            return 2;
        }
        var failures = 0;
        foreach (var path in paths)
            if (!IsWell(path, output, errors)) failures++;
        return failures == 0 ? 0 : 1;
    }

    static bool IsWell(string path, TextWriter output, TextWriter errors)
    {
        try
        {
            var info = ModelFileInfo.Read(path, tryLoad: true);
            if (info is { Layers.Count: 0, Arrays.Count: 0, Others.Count: 0, Problems.Count: > 0 }) throw new IOException($"{info.FileName}: {info.Problems[0]}");
            output.WriteLine(info);
            output.WriteLine();
            return info.Problems.Count == 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            errors.WriteLine(OneLine(e.Message));
            return false;
        }
    }

    /// <summary>A text in which nothing ends the line, moves a terminal's cursor or turns the direction of reading.</summary>
    static string OneLine(string text) => string.Concat(text.Select(c => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? '?' : c));
}
