using System.IO.Compression;
using System.Text;

namespace Keras.Core.Tests.Files;

/// <summary>What the tests of file formats share.</summary>
static class Samples
{
    internal const long MemoryAllowed = 64L << 20;

    internal static readonly TimeSpan TimeAllowed = TimeSpan.FromSeconds(1);

    internal static string Goldens { get; } = Environment.GetEnvironmentVariable("KERAS_GOLDENS") is { Length: > 0 } named ? named : AboveTests();

    internal static IEnumerable<string> Saved(string pattern) => Directory.EnumerateFiles(Path.Combine(Goldens, "saved"), pattern).Order(StringComparer.Ordinal);

    internal static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A folder of this test's own, gone at its end.</summary>
    internal static TemporaryFolder Folder() => new();

    /// <summary>A file that must be refused with the one type of exception, soon, and without much memory.</summary>
    internal static ModelFileException Refused(Action load, string? part = null)
    {
        var (error, allocated) = Soon.Does(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            return (Assert.Throws<ModelFileException>(() => load())!, GC.GetAllocatedBytesForCurrentThread() - before);
        }, TimeAllowed);
        Assert.Multiple(() =>
        {
            if (part is not null) Assert.That(error.Message, Does.Contain(part));
            Assert.That(error.Message, Does.Contain("Expected: ").And.Contain("Received: "));
            Assert.That(error.Message, Has.Length.LessThan(2000));
            Assert.That(error.Message.Any(char.IsControl), Is.False);
            Assert.That(allocated, Is.LessThan(MemoryAllowed));
        });
        return error;
    }

    /// <summary>An archive as .NET makes it.</summary>
    internal static byte[] Zip(params (string Name, byte[] Content)[] members) => Zip(CompressionLevel.NoCompression, members);

    internal static byte[] Zip(CompressionLevel level, params (string Name, byte[] Content)[] members)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in members)
            {
                using var stream = zip.CreateEntry(name, level).Open();
                stream.Write(content);
            }
        return bytes.ToArray();
    }

    static string AboveTests()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "goldens"))) folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? "", "tests", "goldens");
    }
}

public sealed class TemporaryFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("keras-test-").FullName;

    internal string this[string name] => System.IO.Path.Combine(Path, name);

    internal IEnumerable<string> Names => Directory.EnumerateFiles(Path).Select(f => System.IO.Path.GetFileName(f)).Order(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
