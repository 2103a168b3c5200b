using System.IO.Hashing;
using Keras.Layers;

namespace Keras.Bench;

/// <summary>A model of 100 MB in a <c>.keras</c> file. Its peer reads the file's bytes and takes their checksum, or writes them to the disk.</summary>
static class FileCases
{
    const int Units = 5000;

    static readonly Lazy<Sequential> Model = new(() => new Sequential([new Input(Units), new Dense(Units)]));

    static readonly Lazy<string> Saved = new(() =>
    {
        var path = Temporary("saved.keras");
        Model.Value.Save(path);
        return path;
    });

    static string Temporary(string name) => Path.Combine(Directory.CreateTempSubdirectory("keras-bench-").FullName, name);

    public static Action Load()
    {
        var path = Saved.Value;
        return () => Saving.LoadModel(path);
    }

    public static Action Read()
    {
        var path = Saved.Value;
        return () => Crc32.HashToUInt32(File.ReadAllBytes(path));
    }

    public static Action Save()
    {
        var (model, path) = (Model.Value, Temporary("model.keras"));
        return () => model.Save(path);
    }

    public static Action Write()
    {
        var (bytes, path) = (File.ReadAllBytes(Saved.Value), Temporary("bytes"));
        return () =>
        {
            Crc32.HashToUInt32(bytes);
            using var file = File.Create(path);
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        };
    }
}
