using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Keras.Core.Tests.Files;

namespace Keras.Fuzz.Tests;

/// <summary>A reader of files that gets damaged ones.</summary>
/// <param name="Name">What tests and messages call it.</param>
/// <param name="Samples">Files that are sound.</param>
/// <param name="Read">Reads all that a file holds.</param>
sealed record FileTarget(string Name, byte[][] Samples, Action<byte[]> Read)
{
    const long MaxBytes = 16 << 20;

    static readonly LoadLimits Limits = new() { MaxBytes = MaxBytes, MaxTextBytes = MaxBytes, MaxInflatedBytes = MaxBytes };

    static readonly byte[] Buffer = new byte[MaxBytes], Shard = FileSamples.Safetensors()[0], Weights = FileSamples.Weights(FileSamples.Model);

    static readonly System.Buffers.SearchValues<char> Controls = System.Buffers.SearchValues.Create("\0\a\b\t\r\u001b\u007f\u009b\u202e");

    /// <summary>Every reader, a line each.</summary>
    internal static FileTarget[] All { get; } =
    [
        new("zip", FileSamples.Archives(), ReadArchive),
        new("json", FileSamples.Texts(), ReadJson),
        new("safetensors", FileSamples.Safetensors(), bytes => Safetensors.Load(bytes, Limits)),
        new("safetensors-index", FileSamples.Indices(), ReadIndex),
        new("npy", FileSamples.Arrays(), bytes => NumPy.Load(bytes, limits: Limits)),
        new("npz", FileSamples.ArrayArchives(), bytes => NumPy.LoadNpz(new MemoryStream(bytes), limits: Limits)),
        new("hdf5", FileSamples.Hdf5(), ReadHdf5),
        new("info", FileSamples.Any(), ReadInfo),
        new("keras", FileSamples.Models(), bytes => Saving.LoadModel(bytes, limits: Limits)),
        new("model-config", [FileSamples.Config(FileSamples.Model)], ReadModel),
        new("model-weights", [Weights], bytes => Saving.LoadModel(FileSamples.Model, limits: Limits).LoadWeights(new MemoryStream(bytes), limits: Limits)),
        new("editor", [.. FileSamples.Models().Take(2), Weights], ReadEditor),
        new("old-model", FileSamples.OldModels(), bytes => Saving.LoadModel(bytes, limits: Limits)),
    ];

    internal byte[] Draw(long seed, long index) => new Mutation(new Dice(seed, index), Samples).Draw();

    static void ReadArchive(byte[] bytes)
    {
        var zip = new ZipArchiveReader(new MemoryStream(bytes), Limits);
        foreach (var member in zip.Members)
        {
            var content = zip.ReadAll(member, MaxBytes);
            using var again = zip.OpenSeekable(member);
            if (again.Length != content.Length) throw new InvariantException("a member has two lengths");
        }
    }

    static void ReadJson(byte[] bytes)
    {
        var text = PythonJson.Write(PythonJson.Read(bytes, "a.json", Limits));
        var again = PythonJson.Write(PythonJson.Read(Encoding.UTF8.GetBytes(text), "b.json", Limits));
        if (text != again) throw new InvariantException("what was read is written in two ways");
    }

    /// <summary>Reads a model by a config and the weights of <see cref="FileSamples.Model"/>.</summary>
    static void ReadModel(byte[] bytes) => Saving.LoadModel(Core.Tests.Files.Samples.Zip(CompressionLevel.NoCompression, ("config.json", bytes), ("model.weights.h5", Weights)), limits: Limits);

    static void ReadIndex(byte[] bytes)
    {
        using var folder = Core.Tests.Files.Samples.Folder();
        File.WriteAllBytes(folder[FileSamples.IndexName], bytes);
        File.WriteAllBytes(folder[FileSamples.ShardName], Shard);
        Safetensors.Load(folder[FileSamples.IndexName], Limits);
    }

    static void ReadHdf5(byte[] bytes)
    {
        if (Hdf5Files.ReadEach(new MemoryStream(bytes), Limits, Buffer) is { } refused) throw refused;
    }

    static void ReadEditor(byte[] bytes)
    {
        using var folder = Core.Tests.Files.Samples.Folder();
        File.WriteAllBytes(folder["file"], bytes);
        using var editor = new KerasFileEditor(folder["file"], Limits);
        using var shown = new StringWriter();
        editor.Summary(shown);
        if (shown.ToString().Replace("\n", "", StringComparison.Ordinal).AsSpan().ContainsAny(Controls)) throw new InvariantException("a file's names move the cursor");
        editor.Weights.WriteTo(Stream.Null);
    }

    static void ReadInfo(byte[] bytes)
    {
        using var folder = Core.Tests.Files.Samples.Folder();
        File.WriteAllBytes(folder["file"], bytes);
        var info = ModelFileInfo.Read(folder["file"], Limits);
        if (info.ToString().AsSpan().ContainsAny(Controls)) throw new InvariantException("a file's names move the cursor");
        if (info.Problems.Count > 0) throw new ModelFileException("info", null, "the file has problems", "none", info.Problems.Count);
    }

    public override string ToString() => Name;
}

/// <summary>Sound files to damage: few, small, and each with something that the others lack.</summary>
static class FileSamples
{
    internal const string IndexName = "model.safetensors.index.json", ShardName = "model-00001-of-00001.safetensors";

    static readonly Dictionary<string, Tensor> Tensors = new()
    {
        ["dense/kernel"] = Tensor.Of([1f, 2, 3, 4, 5, 6], [2, 3]),
        ["dense/größe"] = Tensor.Of([1L, -1], [2]),
        ["mask"] = Tensor.Of([true, false, true], [3, 1]),
        ["scalar"] = Tensor.Of([2.5], []),
        ["empty"] = Ops.Zeros([0, 4]),
    };

    static byte[] Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    internal static byte[][] Archives() =>
    [
        Written(stream =>
        {
            var zip = new ZipArchiveWriter(stream);
            zip.Add("metadata.json", "{}"u8);
            zip.Add("assets/ü.txt", "text"u8);
            // Announced as large, so that its sizes have 64 bits.
            zip.Add("model.weights.h5", s => s.Write(new byte[300]), ZipArchiveWriter.NoTime, about: 1L << 32);
            zip.Finish();
        }),
        Samples.Zip(CompressionLevel.SmallestSize, ("a", new byte[100_000]), ("b/c", Samples.Text("some text that is to be compressed, some text"))),
        Written(stream =>
        {
            using var zip = new ZipArchive(new OneWayStream(stream), ZipArchiveMode.Create);
            using var member = zip.CreateEntry("descriptor.json").Open();
            member.Write("{\"key\": 1}"u8);
        }),
        .. Saved("*.keras", 2),
    ];

    internal static byte[][] Texts() =>
    [
        Samples.Text("""{"a": [1, 2.5, -3e-7, NaN, -Infinity, Infinity, true, null], "ü\ud83d\ude00": {"b": "\"\\\n"}, "c": "😀"}"""),
        Samples.Text("[[[[[]]]], {}, \"\", 0]"),
        .. Saved("*.keras", 12).Select(Config),
    ];

    internal static byte[] Config(byte[] keras) => Member(keras, "config.json");

    internal static byte[] Weights(byte[] keras) => Member(keras, "model.weights.h5");

    static byte[] Member(byte[] keras, string name)
    {
        var zip = new ZipArchiveReader(new MemoryStream(keras));
        return zip.ReadAll(zip.Find(name)!);
    }

    /// <summary>A model with a graph, that was trained.</summary>
    internal static byte[] Model { get; } = Written(stream =>
    {
        var x = Layer.Input(3);
        var y = new Layers.Dense(2, activation: "relu", kernelRegularizer: "l2").Apply(x) * 2;
        var model = new Model(x, new Layers.Add().Apply([y, new Layers.BatchNormalization().Apply(y)]));
        model.Compile("adam", "mse", metrics: ["mae"]);
        model.Fit(Keras.Random.Normal([4, 3], seed: 1), Keras.Random.Normal([4, 2], seed: 2), verbose: 0);
        model.Save(stream);
    });

    internal static byte[][] Models() => [Model, .. Saved("model-Sequential*.keras", 8), .. Saved("model-Functional*.keras", 4)];

    internal static byte[][] OldModels()
    {
        using var folder = Samples.Folder();
        Saving.LoadModel(Model).Save(folder["m.h5"]);
        return [File.ReadAllBytes(folder["m.h5"]), WithFunctions(OfTensorFlow), .. Saved("model-*.h5", 2)];
    }

    /// <summary>Functions between layers as tf.keras wrote them: of one tensor and of several, indices, shapes that are computed, and a node of a graph.</summary>
    const string OfTensorFlow = """
        {"class_name": "TFOpLambda", "config": {"name": "s", "function": "compat.v1.shape"}, "name": "s", "inbound_nodes": [["x", 0, 0, {"out_type": "int32"}]]},
        {"class_name": "SlicingOpLambda", "config": {"name": "b", "function": "__operators__.getitem"}, "name": "b", "inbound_nodes": [["s", 0, 0, {"slice_spec": 0}]]},
        {"class_name": "TFOpLambda", "config": {"name": "r", "function": "reshape"}, "name": "r", "inbound_nodes": [["x", 0, 0, {"shape": [["b", 0, 0], -1, 2]}]]},
        {"class_name": "TFOpLambda", "config": {"name": "m", "function": "math.multiply"}, "name": "m", "inbound_nodes": [["r", 0, 0, {"y": [1.5, -2.0], "name": null}]]},
        {"class_name": "SlicingOpLambda", "config": {"name": "i", "function": "__operators__.getitem"}, "name": "i", "inbound_nodes": [["m", 0, 0, {"slice_spec": [{"class_name": "__ellipsis__"}, {"start": null, "stop": -1, "step": 1}, null, 0]}]]},
        {"class_name": "TFOpLambda", "config": {"name": "c", "function": "concat"}, "name": "c", "inbound_nodes": [[["i", 0, 0, {"axis": -1}], ["i", 0, 0, {"axis": -1}]]]},
        {"class_name": "TFOpLambda", "config": {"name": "a", "function": "linalg.matmul"}, "name": "a", "inbound_nodes": [["c", 0, 0, {"b": ["c", 0, 0], "transpose_b": true}]]},
        {"class_name": "TFOpLambda", "config": {"name": "e", "function": "math.reduce_mean"}, "name": "e", "inbound_nodes": [["a", 0, 0, {"axis": [-1], "keepdims": true}]]},
        {"class_name": "TFOpLambda", "config": {"name": "o", "function": "math.subtract"}, "name": "o", "inbound_nodes": [["_CONSTANT_VALUE", -1, 1.0, {"y": ["e", 0, 0]}]]},
        {"class_name": "TensorFlowOpLayer", "config": {"name": "StridedSlice", "node_def": {"name": "n", "op": "StridedSlice", "attr": {"T": {"type": "DT_FLOAT"}, "begin_mask": {"i": "1"}, "shrink_axis_mask": {"i": "2"}}},
         "constants": {"1": [0, 0], "2": [2, 1], "3": [1, 1]}}, "name": "f", "inbound_nodes": [[["o", 0, 0, {}]]]}
        """;

    static byte[] WithFunctions(string layers) => Hdf5Files.Write(root =>
    {
        root.Attribute("keras_version", "2.9.0");
        root.Attribute("model_config", $$$"""
            {"class_name": "Functional", "config": {"name": "m", "layers": [{"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 4]}, "name": "x", "inbound_nodes": []}, {{{layers}}}],
             "input_layers": [["x", 0, 0]], "output_layers": [["f", 0, 0]]}}
            """);
        root.Group("model_weights").Attribute("layer_names", []);
    });

    internal static byte[][] Safetensors() =>
    [
        Keras.Safetensors.ToBytes(Tensors, new Dictionary<string, string> { ["format"] = "keras" }),
        Keras.Safetensors.ToBytes(new Dictionary<string, Tensor> { ["x"] = Ops.Cast(Ops.Arange(5), DType.BFloat16) }),
    ];

    internal static byte[][] Indices()
    {
        var map = new JsonObject(Tensors.Keys.Select(name => KeyValuePair.Create(name, (JsonNode?)ShardName)));
        return [Samples.Text(PythonJson.Write(new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = 51 }, ["weight_map"] = map }))];
    }

    internal static byte[][] Arrays() =>
    [
        .. Tensors.Values.Select(NumPy.ToBytes),
        NumPy.ToBytes(Ops.Cast(Ops.Arange(5), DType.BFloat16)),
        Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(NumPy.ToBytes(Ops.Zeros([2, 3]))).Replace("<f4", ">f4", StringComparison.Ordinal).Replace("False", "True ", StringComparison.Ordinal)),
    ];

    internal static byte[][] ArrayArchives() =>
    [
        Written(stream => NumPy.SaveNpz(stream, Tensors)),
        Samples.Zip(CompressionLevel.Optimal, [.. Tensors.Take(3).Select((t, i) => ($"{i}.npy", NumPy.ToBytes(t.Value)))]),
    ];

    /// <summary>A few of each kind.</summary>
    internal static byte[][] Any() =>
    [
        .. Saved("*.keras", 4), .. Saved("*.keras", 2).Select(Config), .. Safetensors(), .. Indices(), .. Arrays().Take(2), .. ArrayArchives(), .. Saved("*.h5", 4), .. Saved("model-*.h5", 2),
        Samples.Text("""{"metadata": {}, "weight_map": {"/layers/dense/vars": "a_00000.weights.h5", "/vars": ["a_00001.weights.h5"]}}"""),
    ];

    internal static byte[][] Hdf5() =>
    [
        Hdf5Files.Small(),
        .. Saved("*.weights.h5", 2),
        .. Saved("model-*.h5", 2),
        .. Directory.EnumerateFiles(Path.Combine(TestContext.CurrentContext.TestDirectory, "Files", "data"), "*.h5").Order(StringComparer.Ordinal).Select(File.ReadAllBytes),
    ];

    /// <summary>The smallest of the files that Keras saved.</summary>
    static IEnumerable<byte[]> Saved(string pattern, int count) => Samples.Saved(pattern).Select(File.ReadAllBytes).OrderBy(b => b.Length).Take(count);
}
