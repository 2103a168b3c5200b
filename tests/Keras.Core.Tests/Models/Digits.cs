using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using Keras.Layers;

namespace Keras.Core.Tests.Models;

/// <summary>The handwritten digits of the first example, and its model.</summary>
static class Digits
{
    static readonly Lazy<(float[] Images, int[] Labels)> All = new(Load);

    internal static (Tensor X, Tensor Y) Take(int count) =>
        (Tensor.Of(All.Value.Images[..(count * 64)], [count, 8, 8, 1]), Tensor.Of(All.Value.Labels[..count], [count]));

    static (float[] Images, int[] Labels) Load()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(DataFile()), CompressionMode.Decompress));
        var rows = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(',')).ToArray();
        return ([.. rows.SelectMany(r => r.Take(64)).Select(v => float.Parse(v, CultureInfo.InvariantCulture))],
            [.. rows.Select(r => int.Parse(r[64], CultureInfo.InvariantCulture))]);
    }

    static string DataFile([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../examples/Digits/Data/digits.csv.gz"));

    internal static Sequential Model(bool normalized = false) => new(
    [
        new Input(8, 8, 1),
        new Rescaling(1.0 / 16),
        new Conv2D(32, 3, padding: "same", activation: "relu"),
        .. normalized ? [new BatchNormalization()] : Array.Empty<Layer>(),
        new Conv2D(32, 3, padding: "same", activation: "relu"),
        new MaxPooling2D(2),
        new Conv2D(64, 3, padding: "same", activation: "relu"),
        new MaxPooling2D(2),
        new Flatten(),
        new Dropout(0.3),
        new Dense(10, activation: "softmax"),
    ], name: "digits");
}
