using System.Globalization;

namespace Keras.Core.Tests.Files;

/// <summary>Archives of ours in the hands of Python's zipfile, which is what Keras reads and writes with, and the other way round.</summary>
sealed class ZipPythonTests
{
    // Names, sizes and checksums as the directory says; testzip reads all and compares.
    const string List = """
        import sys, zipfile
        with zipfile.ZipFile(sys.argv[1]) as archive:
            assert archive.testzip() is None
            for info in archive.infolist():
                print(info.filename, info.file_size, info.extract_version, info.compress_type)
                if info.file_size < 1000: print(archive.read(info).hex())
        """;

    static string[] Lines(string path) => Python.Run("zipfile", List, path).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    static void Write(string path, Action<ZipArchiveWriter> write) => AtomicFile.Write(path, s =>
    {
        var zip = new ZipArchiveWriter(s);
        write(zip);
        zip.Finish();
    });

    [Test]
    public void Python_reads_what_we_write_with_sizes_of_64_bits_too()
    {
        using var folder = Samples.Folder();
        var path = folder["model.keras"];
        Write(path, zip =>
        {
            zip.Add("config.json", "{}"u8);
            zip.Add("model.weights.h5", s => s.Write([1, 2, 3]), ZipArchiveWriter.NoTime, about: 1L << 32);
            zip.Add("assets/größe.txt", s => s.Write("x"u8), new DateTime(2026, 11, 25, 12, 0, 0));
        });
        Assert.That(Lines(path), Is.EqualTo(new[] { "config.json 2 20 0", "7b7d", "model.weights.h5 3 45 0", "010203", "assets/größe.txt 1 20 0", "78" }));
    }

    [Test]
    public void Python_reads_more_members_than_16_bits_count()
    {
        using var folder = Samples.Folder();
        var path = folder["many.zip"];
        const int count = 66_000;
        Write(path, zip =>
        {
            for (var i = 0; i < count; i++) zip.Add(i.ToString(CultureInfo.InvariantCulture), [(byte)i]);
        });
        Assert.That(Lines(path), Has.Length.EqualTo(2 * count).And.ItemAt(2 * count - 1).EqualTo("cf"));
    }

    [Test, Explicit("writes and reads more than 4 GiB, most of them a hole")]
    public void Python_reads_more_bytes_than_32_bits_count()
    {
        using var folder = Samples.Folder();
        var path = folder["large.keras"];
        const long size = (1L << 32) + 5;
        Write(path, zip =>
        {
            zip.Add("model.weights.h5", s =>
            {
                s.SetLength(size);
                s.Position = size - 1;
                s.WriteByte(1);
            }, ZipArchiveWriter.NoTime, about: size);
            zip.Add("after", "x"u8);
        });
        Assert.That(Lines(path), Is.EqualTo(new[] { $"model.weights.h5 {size} 45 0", "after 1 45 0", "78" }));
    }

    [Test]
    public void We_read_what_Python_writes()
    {
        using var folder = Samples.Folder();
        const string write = """
            import io, sys, zipfile
            class OneWay(io.RawIOBase):
                def __init__(self, file): self.file = file
                def writable(self): return True
                def write(self, data): return self.file.write(data)
            def fill(target, method):
                with zipfile.ZipFile(target, 'w', method) as archive:
                    archive.writestr('config.json', '{}' * 100)
                    with archive.open('large', 'w', force_zip64=True) as member: member.write(b'ab' * 1000)
                    archive.writestr('assets/größe', b'')
            for name, method in [('stored', zipfile.ZIP_STORED), ('deflated', zipfile.ZIP_DEFLATED)]:
                fill(f'{sys.argv[1]}/{name}', method)
                with open(f'{sys.argv[1]}/{name}-streamed', 'wb') as file: fill(OneWay(file), method)
            """;
        Python.Run("zipfile", write, folder.Path);
        foreach (var name in (string[])["stored", "deflated", "stored-streamed", "deflated-streamed"])
        {
            var read = ZipArchiveTests.ReadAll(File.ReadAllBytes(folder[name]));
            Assert.That(read.Select(m => (m.Name, m.Content.Length)), Is.EqualTo(new[] { ("config.json", 200), ("large", 2000), ("assets/größe", 0) }), name);
            Assert.That(read[1].Content, Is.EqualTo(Samples.Text(string.Concat(Enumerable.Repeat("ab", 1000)))), name);
        }
    }
}
