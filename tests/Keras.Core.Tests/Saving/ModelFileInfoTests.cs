using Keras.Core.Tests.Files;
using Keras.Layers;

namespace Keras.Core.Tests.Saving;

/// <summary>What <see cref="ModelFileInfo"/> says about a file of each kind.</summary>
public class ModelFileInfoTests
{
    const string DenseConfig = """{"class_name": "Sequential", "config": {"name": "net", "layers": [{"class_name": "Dense", "config": {"name": "dense"}, "build_config": {"input_shape": [null, 2]}}]}""";

    static readonly Dictionary<string, Tensor> Tensors = new() { ["kernel"] = Tensor.Of([1f, 2, 3, 4], [2, 2]), ["steps"] = Tensor.Of([5L], []) };

    static byte[] Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    static byte[] Hdf5(Action<Hdf5GroupWriter> fill)
    {
        var writer = new Hdf5Writer();
        fill(writer.Root);
        return Written(writer.WriteTo);
    }

    static byte[] Weights() => Hdf5(root =>
    {
        root.Dataset("layers/dense/vars/0", DType.Float32, [2, 2], new byte[16]);
        root.Dataset("layers/dense/vars/1", DType.Float32, [2], new byte[8]);
        for (var i = 0; i < 11; i++) root.Dataset($"optimizer/vars/{i}", DType.Int32, [], new byte[4]);
    });

    static (string Name, byte[] Content)[] Parts(string config = DenseConfig) =>
    [
        ("metadata.json", Samples.Text("""{"keras_version": "3.16.0", "date_saved": "2026-01-02@03:04:05"}""")),
        ("config.json", Samples.Text(config + """, "compile_config": {"optimizer": {"class_name": "Adam"}}}""")),
        ("model.weights.h5", Weights()),
        ("assets/layers/text/vocabulary.txt", new byte[3]),
    ];

    static byte[] Zip(params (string Name, byte[] Content)[] parts) => Written(stream =>
    {
        var zip = new ZipArchiveWriter(stream);
        foreach (var (name, content) in parts) zip.Add(name, content);
        zip.Finish();
    });

    static string Read(string name, byte[] content)
    {
        using var folder = Samples.Folder();
        File.WriteAllBytes(folder[name], content);
        return ModelFileInfo.Read(folder[name]).ToString();
    }

    const string Model = """
        Keras 3.16.0, saved 2026-01-02@03:04:05, compiled with Adam

        1 layer
          Sequential  net
            Dense     dense  takes (None, 2)

        13 arrays, 68 bytes
          layers/dense/vars/0  float32 (2, 2)  16 bytes
          layers/dense/vars/1  float32 (2,)    8 bytes
          optimizer/vars/0     int32 ()        4 bytes
          optimizer/vars/1     int32 ()        4 bytes
          optimizer/vars/2     int32 ()        4 bytes
          optimizer/vars/3     int32 ()        4 bytes
          optimizer/vars/4     int32 ()        4 bytes
          optimizer/vars/5     int32 ()        4 bytes
          optimizer/vars/6     int32 ()        4 bytes
          optimizer/vars/7     int32 ()        4 bytes
          optimizer/vars/8     int32 ()        4 bytes
          optimizer/vars/9     int32 ()        4 bytes
          optimizer/vars/10    int32 ()        4 bytes

        1 other part, 3 bytes
          assets/layers/text/vocabulary.txt  3 bytes
        """;

    [Test]
    public void An_archive_of_Keras()
    {
        var file = Zip(Parts());
        Assert.That(Read("model.keras", file), Is.EqualTo($"model.keras: Keras model (.keras), {file.Length:N0} bytes\n{Model}"));
    }

    [Test]
    public void A_folder_of_the_same_parts()
    {
        using var folder = Samples.Folder();
        foreach (var (name, content) in Parts())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
            File.WriteAllBytes(folder[name], content);
        }
        var info = ModelFileInfo.Read(folder.Path + Path.DirectorySeparatorChar);
        Assert.That(info.ToString(), Is.EqualTo($"{Path.GetFileName(folder.Path)}: Keras model as a folder, {Parts().Sum(p => p.Content.Length):N0} bytes\n{Model}"));
    }

    [Test]
    public void A_folder_of_something_else()
    {
        using var folder = Samples.Folder();
        File.WriteAllBytes(folder["saved_model.pb"], [1]);
        var name = Path.GetFileName(folder.Path);
        Assert.That(ModelFileInfo.Read(folder.Path).ToString(), Is.EqualTo($"""
            {name}: folder, 0 bytes

            Problem
              [{name}] the folder holds no model. Expected: config.json. Received: a SavedModel of TensorFlow. Save the model in Keras as .keras.
            """));
    }

    [Test]
    public void Old_models()
    {
        var file = Hdf5(root =>
        {
            root.Attribute("keras_version", "2.3.1");
            root.Attribute("backend", "tensorflow");
            root.Attribute("model_config", DenseConfig + "}");
            root.Attribute("training_config", """{"optimizer_config": {"class_name": "SGD", "config": {}}}""");
            root.Dataset("model_weights/dense/dense/kernel:0", DType.Float32, [2, 2], new byte[16]);
        });
        Assert.That(Read("old.h5", file), Is.EqualTo($"""
            old.h5: Keras model in the old format (.h5), {file.Length:N0} bytes
            Keras 2.3.1, on tensorflow, compiled with SGD

            1 layer
              Sequential  net
                Dense     dense  takes (None, 2)

            1 array, 16 bytes
              model_weights/dense/dense/kernel:0  float32 (2, 2)  16 bytes
            """));
    }

    [Test]
    public void Old_weights_and_new_ones_and_other_files_of_the_format()
    {
        var old = Hdf5(root =>
        {
            root.Attribute("layer_names", (string[])["dense"]);
            root.Dataset("dense/bias:0", DType.Float16, [3], new byte[6]);
        });
        Assert.That(Read("old.hdf5", old), Is.EqualTo($"old.hdf5: Keras weights in the old format (.h5), {old.Length:N0} bytes\n\n1 array, 6 bytes\n  dense/bias:0  float16 (3,)  6 bytes"));
        Assert.That(Read("a.weights.h5", Weights()), Does.StartWith($"a.weights.h5: Keras weights (.weights.h5), {Weights().Length:N0} bytes\n\n13 arrays, 68 bytes\n  layers/dense/vars/0  float32 (2, 2)  16 bytes\n"));
        Assert.That(Read("data.h5", Hdf5(root => root.Dataset("x", DType.UInt8, [1], new byte[1]))), Does.StartWith("data.h5: HDF5 file, ").And.EndsWith("\n\n1 array, 1 byte\n  x  uint8 (1,)  1 byte"));
    }

    [Test]
    public void Weights_in_several_files()
    {
        using var folder = Samples.Folder();
        File.WriteAllText(folder["a.weights.json"], """{"metadata": {}, "weight_map": {"/layers/dense/vars": "a_00000.weights.h5", "/x": ["a_00001.weights.h5", "../b.h5"]}}""");
        var shard = Hdf5(root => root.Dataset("layers/dense/vars/0", DType.BFloat16, [2, 2], new byte[8]));
        File.WriteAllBytes(folder["a_00000.weights.h5"], shard);
        Assert.That(ModelFileInfo.Read(folder["a.weights.json"]).ToString(), Is.EqualTo($"""
            a.weights.json: Keras weights in several files (.weights.json), 117 bytes

            1 array, 8 bytes
              layers/dense/vars/0  bfloat16 (2, 2)  8 bytes

            1 other part, {shard.Length:N0} bytes
              a_00000.weights.h5  {shard.Length:N0} bytes

            Problems
              [JSON] a shard is missing. Expected: a file "a_00001.weights.h5" beside this one. Received: none.
              [JSON] a shard lies elsewhere. Expected: the name of a file in the same folder. Received: "../b.h5".
            """));
    }

    const string Arrays = """


        2 arrays, 24 bytes
          kernel  float32 (2, 2)  16 bytes
          steps   int64 ()        8 bytes
        """;

    [Test]
    public void Safetensors_and_files_of_NumPy()
    {
        var npz = Written(s => NumPy.SaveNpz(s, Tensors));
        Assert.That(Read("a.npz", npz), Is.EqualTo($"a.npz: NumPy archive (.npz), {npz.Length:N0} bytes{Arrays}"));
        Assert.That(Read("a.npy", NumPy.ToBytes(Tensors["kernel"])), Is.EqualTo("a.npy: NumPy array (.npy), 144 bytes\n\n1 array, 16 bytes\n  a  float32 (2, 2)  16 bytes"));
        var safe = Safetensors.ToBytes(Tensors);
        Assert.That(Read("a.bin", safe).Split('\n'), Is.EquivalentTo($"a.bin: safetensors, {safe.Length:N0} bytes{Arrays}".Split('\n')));
    }

    [Test]
    public void A_set_of_safetensors_files()
    {
        using var folder = Samples.Folder();
        Safetensors.Save(folder["a-1.safetensors"], new Dictionary<string, Tensor> { ["kernel"] = Tensors["kernel"] });
        File.WriteAllText(folder["a.safetensors.index.json"], """{"weight_map": {"kernel": "a-1.safetensors"}}""");
        Assert.That(ModelFileInfo.Read(folder["a.safetensors.index.json"]).ToString(),
            Is.EqualTo("a.safetensors.index.json: list of safetensors files, 45 bytes\n\n1 array, 16 bytes\n  kernel  float32 (2, 2)  16 bytes"));
    }

    [Test]
    public void Configurations()
    {
        Assert.That(Read("m.json", Samples.Text("""{"class_name": "Model", "config": {"name": "m", "layers": [{"class_name": "TimeDistributed", "config": {"name": "t", "layer": {"class_name": "Keras>Own", "registered_name": "p>Own", "config": {"name": "o", "batch_shape": [null, 3]}}}}]}, "keras_version": "2.2.4", "backend": "theano"}""")),
            Is.EqualTo("""
            m.json: Keras model without weights (JSON), 284 bytes
            Keras 2.2.4, on theano

            2 layers
              Model              m
                TimeDistributed  t
                  p>Own          o  takes (None, 3)
            """));
        Assert.That(Read("x.json", Samples.Text("[1, 2]")), Is.EqualTo("""
            x.json: JSON, 6 bytes

            Problem
              [JSON "x.json"] this is no model's configuration. Expected: an object with class_name and config. Received: [1, 2].
            """));
        Assert.That(Read("y.json", Samples.Text("""{"class_name": "Dense", "config": {"batch_input_shape": [NaN, {"a": -Infinity}, "x", null]}}""")), Does.EndWith("takes (NaN, {a: -Infinity}, \"x\", None)"));
    }

    [Test]
    public void What_is_damaged_does_not_hide_the_rest()
    {
        var parts = Parts("[");
        parts[2].Content = parts[2].Content[..^1];
        var text = Read("bad.keras", Zip(parts));
        Assert.That(text, Does.Contain("Keras 3.16.0, saved").And.Contain("vocabulary.txt").And.Contain("\nProblems\n  [JSON \"config.json: $\"] ").And.Contain("\n  [HDF5 \"/\"] the file is cut short."));
        Assert.That(Read("old.keras", Zip([.. Parts()[..2], ("model.weights.npz", new byte[5])])), Does.EndWith("""
            1 other part, 5 bytes
              model.weights.npz  5 bytes

            Problem
              [Keras] there are no weights that can be read. Expected: model.weights.h5. Received: model.weights.npz, which holds Python objects. Save the model in Keras as .keras again.
            """));
    }

    [Test]
    public void Files_of_another_kind([Values("x", "\0\0\0\0\0\0\0\0\0\0", "PK\u0003\u0004", "{", "PK", "\u0008\0\0\0\0\0\0\0{")] string content)
    {
        var bytes = content.Select(c => (byte)c).ToArray();
        Assert.That(Read("a", bytes), Does.Match(@"^a: [^\n]*, \d+ bytes?\n\nProblem\n  \[[^\n]*\. Expected: [^\n]*\. Received: [^\n]*$"));
    }

    [Test]
    public void No_file_at_all()
    {
        using var folder = Samples.Folder();
        Assert.Throws<FileNotFoundException>(() => ModelFileInfo.Read(folder["none"]));
        Assert.That(Read("empty", []), Is.EqualTo("empty: unknown, 0 bytes\n\nProblem\n  [empty] the file is empty. Expected: a file with content. Received: 0 bytes."));
    }

    [Test]
    public void Whether_a_model_can_be_loaded()
    {
        using var folder = Samples.Folder();
        new Sequential([new Input(2), new Dense(2)]).Save(folder["good.keras"]);
        File.WriteAllBytes(folder["bad.keras"], Zip(Parts()));
        File.WriteAllBytes(folder["a.weights.h5"], Weights());
        Assert.That(ModelFileInfo.Read(folder["good.keras"]).CanBeLoaded, Is.Null);
        var good = ModelFileInfo.Read(folder["good.keras"], tryLoad: true);
        Assert.That(good.CanBeLoaded, Is.True);
        Assert.That(good.ToString(), Does.EndWith("\n\nIt can be loaded."));
        var bad = ModelFileInfo.Read(folder["bad.keras"], tryLoad: true);
        Assert.That(bad.CanBeLoaded, Is.False);
        Assert.That(bad.ToString(), Does.Match(@"\n\nIt cannot be loaded\.\n\nProblem\n  \[Dense\][^\n]*$"));
        Assert.That(ModelFileInfo.Read(folder["a.weights.h5"], tryLoad: true).CanBeLoaded, Is.Null);
    }

    [Test]
    public void Recorded_files_have_no_problem()
    {
        var files = (string[])[.. Samples.Saved("*.keras"), .. Samples.Saved("*.h5")];
        Assert.That(files, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            foreach (var file in files)
            {
                var info = ModelFileInfo.Read(file);
                Assert.That(info.Problems, Is.Empty, file);
                Assert.That(info.Format, Does.StartWith("Keras "), file);
            }
        });
    }
}
