using Keras.Core.Tests.Files;
using Keras.Layers;

namespace Keras.Core.Tests.Hostile;

/// <summary>Every way for a file to come in. None knows ONNX, so each refuses it by its content.</summary>
static class OnnxDoors
{
    const string Unknown = "the content is of an unknown kind";

    static Sequential Net { get; } = new([new Input(2), new Dense(2)]);

    // By name: what opens a path, and what its refusal says.
    static readonly (string Name, Action<string> Open, string? Says)[] Paths =
    [
        ("LoadModel", p => Keras.Saving.LoadModel(p), Unknown), ("LoadModelAsync", p => Keras.Saving.LoadModelAsync(p).GetAwaiter().GetResult(), Unknown),
        ("LoadWeights", p => Net.LoadWeights(p), Unknown), ("LoadWeights by name", p => Net.LoadWeights(p, byName: true), Unknown), ("Saving.LoadWeights", p => Keras.Saving.LoadWeights(Net, p), Unknown),
        ("LoadWeightsAsync", p => Net.LoadWeightsAsync(p).GetAwaiter().GetResult(), Unknown), ("LoadSafetensors", p => Net.LoadSafetensors(p), null),
        ("Safetensors", p => Safetensors.Load(p), null), ("NumPy", p => NumPy.Load(p), null), ("LoadNpz", p => NumPy.LoadNpz(p), null),
    ];

    static readonly (string Name, Action<byte[]> Open, string? Says)[] Contents =
    [
        ("LoadModel of bytes", b => Keras.Saving.LoadModel(b), Unknown), ("LoadModel of a stream", b => Keras.Saving.LoadModel(new MemoryStream(b)), Unknown),
        ("LoadModel of a pipe", b => Keras.Saving.LoadModel(new PipeLike(b)), Unknown), ("LoadWeights of a stream", b => Net.LoadWeights(new MemoryStream(b)), Unknown),
        ("Safetensors of bytes", b => Safetensors.Load(b), null), ("Safetensors of a stream", b => Safetensors.Load(new MemoryStream(b)), null),
        ("NumPy of bytes", b => NumPy.Load(b), null), ("NumPy of a stream", b => NumPy.Load(new MemoryStream(b)), null), ("LoadNpz of a stream", b => NumPy.LoadNpz(new MemoryStream(b)), null),
    ];

    static double[] Weights() => [.. Net.Weights.SelectMany(w => w.Read().ToDoubles())];

    /// <summary>Tries every door for a path; what is beside it stays as it is.</summary>
    internal static void Refuse(string path)
    {
        var before = Weights();
        foreach (var (name, open, says) in Paths) Try(name, () => open(path), says);
        var info = Soon.Does(() => ModelFileInfo.Read(path, tryLoad: true), Samples.TimeAllowed);
        Assert.That(info.Problems, Has.Count.EqualTo(1).And.Some.Contains(Unknown));
        Assert.That(info.CanBeLoaded, Is.Not.True);
        Assert.That(Weights(), Is.EqualTo(before));
    }

    /// <summary>Tries every door for a content.</summary>
    internal static void Refuse(byte[] content)
    {
        var before = Weights();
        foreach (var (name, open, says) in Contents) Try(name, () => open(content), says);
        Assert.That(Weights(), Is.EqualTo(before));
    }

    static void Try(string name, Action open, string? says)
    {
        try
        {
            Samples.Refused(open, says);
        }
        catch (Exception e) when (e is not AssertionException)
        {
            Assert.Fail($"{name}: {e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>The doors are open to what they know.</summary>
    internal static void OpenWhatTheyKnow(TemporaryFolder folder)
    {
        Net.Save(folder["right.keras"]);
        Net.SaveWeights(folder["right.weights.h5"]);
        Net.SaveSafetensors(folder["right.safetensors"]);
        var tensors = new Dictionary<string, Tensor> { ["w"] = Ops.Ones([2]) };
        NumPy.Save(folder["right.npy"], tensors["w"]);
        NumPy.SaveNpz(folder["right.npz"], tensors);
        foreach (var (name, open, _) in Paths.Where(p => p.Name != "LoadWeights by name")) Assert.That(() => open(folder[Right(name)]), Throws.Nothing, name);
        foreach (var (name, open, _) in Contents) Assert.That(() => open(File.ReadAllBytes(folder[Right(name)])), Throws.Nothing, name);
        Assert.That(ModelFileInfo.Read(folder["right.keras"], tryLoad: true).CanBeLoaded, Is.True);
    }

    static string Right(string door) => door switch
    {
        _ when door.Contains("LoadWeights", StringComparison.Ordinal) => "right.weights.h5",
        _ when door.Contains("Safetensors", StringComparison.Ordinal) => "right.safetensors",
        _ when door.Contains("LoadNpz", StringComparison.Ordinal) => "right.npz",
        _ when door.Contains("NumPy", StringComparison.Ordinal) => "right.npy",
        _ => "right.keras",
    };

    /// <summary>A stream that can only be read front to back.</summary>
    sealed class PipeLike(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }
    }
}
