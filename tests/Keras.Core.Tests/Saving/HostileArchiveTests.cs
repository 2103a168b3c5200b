using System.Diagnostics;
using System.IO.Compression;
using System.IO.Hashing;
using Keras.Core.Tests.Files;
using Keras.Tests;

namespace Keras.Core.Tests.Saving;

using Saving = Keras.Saving;

/// <summary>Archives of a model in which one thing is wrong, through the door by which models come in. The same archive without it loads.</summary>
sealed class HostileArchiveTests
{
    const string Config = "config.json", Weights = "model.weights.h5";

    static readonly (string Name, byte[] Content)[] Parts = ReadParts();

    static (string, byte[])[] ReadParts()
    {
        using var saved = new MemoryStream();
        WeightsFileTests.Small().Save(saved);
        var zip = new ZipArchiveReader(saved);
        return [.. zip.Members.Select(m => (m.Name, zip.ReadAll(m)))];
    }

    static byte[] Of(string part) => Parts.Single(p => p.Name == part).Content;

    /// <summary>The members of a model, of which one may be another, and more of them.</summary>
    static RawMember[] Members(string? replaced = null, RawMember? by = null, params RawMember[] more) => [.. Parts.Select(p => p.Name == replaced ? by! : new RawMember(p.Name, p.Content)), .. more];

    static RawZip With(RawMember more) => new(Members(more: more));

    static RawZip With(string replaced, RawMember by) => new(Members(replaced, by));

    static byte[] Twice(byte[] archive) => [.. archive, .. archive[^22..]];

    static byte[] FlippedIn(string part)
    {
        var archive = new RawZip(Members()).Build();
        var start = archive.AsSpan().IndexOf(Of(part));
        archive[start + Of(part).Length / 2] ^= 16;
        return archive;
    }

    static IEnumerable<TestCaseData> Refused()
    {
        static TestCaseData Case(string entry, string name, string? path, string message, Func<byte[]> file) =>
            new TestCaseData(file, path, message).SetName($"{entry}: {name}");
        static TestCaseData Zip(string entry, string name, string? path, string message, Func<RawZip> zip) => Case(entry, name, path, message, () => zip().Build());

        yield return Zip("C01", "a gibibyte of spaces as config", Config, "too large", () => With(Config, RawMember.Bomb(Config, (byte)' ', 1024)));
        yield return Zip("C02", "a gibibyte of zeros as weights", Weights, "too large", () => With(Weights, RawMember.Bomb(Weights, 0, 1024)));
        yield return Zip("C05", "two configs", null, "two members", () => With(new RawMember(Config, Of(Config))));
        yield return Zip("C05", "configs that differ by case", null, "two members", () => With(new RawMember("Config.JSON", Of(Config))));
        yield return Zip("C05", "a/b and a\\b", null, "no plain relative path", () => new RawZip(Members(more: [new("a/b", [1]), new(@"a\b", [2])])));
        yield return Zip("C06", "another name before the data", Config, "name", () => With(Config, new(Config, Of(Config)) { LocalName = Samples.Text("config.jsom") }));
        yield return Zip("C06", "another size before the data", Config, "size", () => With(Config, new(Config, Of(Config)) { LocalSize = 1 }));
        yield return Zip("C06", "another size before deflated data", Weights, "size", () => With(Weights, new(Weights, Of(Weights), deflate: true) { LocalSize = 1 }));
        yield return Zip("C06", "another method before the data", Weights, "method", () => With(Weights, new(Weights, Of(Weights)) { LocalMethod = 8 }));
        yield return Zip("C07", "a wrong CRC of the config", Config, "damaged", () => With(Config, new(Config, Of(Config)) { Crc = 1 }));
        yield return Zip("C07", "a wrong CRC of deflated weights", Weights, "damaged", () => With(Weights, new(Weights, Of(Weights), deflate: true) { Crc = 1 }));
        yield return Case("C07", "a flipped bit in stored weights", Weights, "damaged", () => FlippedIn(Weights));
        yield return Zip("C08", "a member that is another one's data", "metadata.json", "overlap", () => With(new RawMember("again", Of(Parts[0].Name)) { IsLocal = false, Start = 0 }));
        yield return Zip("C08", "a member behind the file", "x", "overlap", () => With(new RawMember("x", [1]) { Start = int.MaxValue }));
        yield return Zip("C08", "members that quote each other", "0", "overlap", () => Quoting(listed: 8));
        yield return Case("C09", "the end record twice", null, "does not reach to the end record", () => Twice(new RawZip(Members()).Build()));
        yield return Zip("C09", "a comment that ends as an archive", null, "", () => new RawZip(Members()) { Comment = [.. new byte[65_000], .. new RawZip(Members()).Build()[^22..]] });
        yield return Zip("C09", "a program before the archive", null, "", () => new RawZip(Members()) { Before = [0x7F, .. "ELF"u8, .. new byte[60]] });
        yield return Zip("C09", "something behind the archive", null, "something follows it", () => new RawZip(Members()) { After = [1, 2, 3] });
        yield return Zip("C10", "encryption", Config, "encrypted", () => With(Config, new(Config, Of(Config)) { Flags = 1 }));
        foreach (var (method, name) in ((ushort, string)[])[(12, "bzip2"), (14, "LZMA"), (93, "Zstandard"), (99, "AES")])
            yield return Zip("C10", $"weights of {name}", Weights, name, () => With(Weights, new(Weights, Of(Weights)) { Method = method }));
        foreach (var name in (string[])["../config.json", "/config.json", @"C:\config.json", "C:config.json", "config.json\0.txt"])
            yield return Zip("C11", $"a member {name.Replace("\0", "NUL", StringComparison.Ordinal)}", null, "no plain relative path", () => With(new RawMember(name, Of(Config))));
        yield return Zip("C11", "a config that is a link", Config, "link or a device", () => With(Config, new(Config, Samples.Text("/etc/passwd")) { Mode = 0xA1FF }));
        yield return Zip("C11", "a config that is a folder", null, "no such part", () => With(Config, new(Config + "/", [])));
        yield return Zip("C12", "an archive as its own config", Config, "UTF-8", () => With(Config, new(Config, new RawZip(Members()).Build())));
        yield return Zip("C12", "an archive as its own weights", null, "not an HDF5 file", () => With(Weights, new(Weights, new RawZip(Members()).Build())));
        yield return Zip("C12", "a member that is the archive", "metadata.json", "overlap", () => With(new RawMember("self", new RawZip(Members()).Build()) { IsLocal = false, Start = 0 }));
        yield return Case("C12", "ONNX", null, "unknown kind", () => [8, 7, .. "\u0012\u0007pytorch"u8, .. new byte[30]]);
        yield return Case("C12", "safetensors", null, "unknown kind", () => Safetensors.ToBytes(new Dictionary<string, Tensor> { ["x"] = Tensor.Of([1f, 2], [2]) }));
        yield return Case("C12", "PNG", null, "unknown kind", () => [0x89, .. "PNG\r\n\u001a\n"u8, .. new byte[30]]);
        yield return Case("C12", "weights alone", "/", "weights alone", () => Of(Weights));
        yield return Case("C12", "nothing", null, "the file is empty", () => []);
    }

    /// <summary>A model and deflated members each of which begins with the next one's header, as a block that is not compressed: the last one's data
    /// belong to all of them.</summary>
    static RawZip Quoting(int listed)
    {
        const int count = 8, headerBytes = 30 + 1, blockBytes = 5;
        var start = BitConverter.ToInt32(new RawZip(Members()).Build(), new RawZip(Members()).Build().Length - 6);
        using var deflated = new MemoryStream();
        var content = new byte[1 << 20];
        using (var deflate = new DeflateStream(deflated, CompressionLevel.SmallestSize, leaveOpen: true)) deflate.Write(content);
        var (stored, chain) = (deflated.ToArray(), new RawMember[count]);
        for (var i = count - 1; ; i--)
        {
            chain[i] = new($"{i}", stored, content.Length, Crc32.HashToUInt32(content)) { IsLocal = i == 0, Start = start + i * (headerBytes + blockBytes) };
            if (i == 0) return new RawZip(Members(more: chain[..listed]));
            using var local = new MemoryStream();
            chain[i].WriteLocal(local);
            var header = local.ToArray()[..headerBytes];
            stored = [0, headerBytes, 0, unchecked((byte)~headerBytes), 0xFF, .. header, .. stored];
            content = [.. header, .. content];
        }
    }

    [TestCaseSource(nameof(Refused)), Hostile("C01", "C02", "C05", "C06", "C07", "C08", "C09", "C10", "C11", "C12")]
    public void An_archive_with_one_thing_wrong_is_refused(Func<byte[]> file, string? path, string message)
    {
        using var folder = Samples.Folder();
        File.WriteAllBytes(folder["m.keras"], file());
        var error = Samples.Refused(() => Saving.LoadModel(folder["m.keras"]), message);
        if (message.Length > 0) Assert.That(error.Path, Is.EqualTo(path), error.Message);
        Assert.That(ModelFileInfo.Read(folder["m.keras"], tryLoad: true).CanBeLoaded, Is.Not.True);
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.EqualTo(new[] { folder["m.keras"] }));
    }

    static IEnumerable<TestCaseData> Loaded()
    {
        static TestCaseData Case(string entry, string name, Func<RawZip> zip) => new TestCaseData((Func<byte[]>)(() => zip().Build())).SetName($"{entry} loads: {name}");
        yield return Case("C01", "a config between spaces", () => With(Config, new(Config, [.. Samples.Text(new string(' ', 4 << 20)), .. Of(Config), (byte)' '], deflate: true)));
        yield return Case("C02", "deflated weights", () => With(Weights, new(Weights, Of(Weights), deflate: true)));
        foreach (var name in (string[])["unused", "assets/unused.txt", "assets/layers/dense/vocabulary.txt", "assets/nobody/unused.txt"])
            yield return Case("C03", $"a gibibyte that nobody asks for as {name}", () => With(RawMember.Bomb(name, 0, 1024)));
        yield return Case("C05", "a/b and a/c", () => new RawZip(Members(more: [new("a/b", [1]), new("a/c", [2])])));
        yield return Case("C06 to C09", "nothing wrong", () => new RawZip(Members()));
        yield return Case("C08", "a member with headers as its content", () => Quoting(listed: 1));
        yield return Case("C10", "a data descriptor without signature", () => With(Weights, new(Weights, Of(Weights)) { Flags = 8, Descriptor = Descriptor() }));
        yield return Case("C11", "a file and a folder", () => new RawZip(Members(more: [new("folder/", []), new("folder/x", [1]) { Mode = 0x81A4 }])));
        yield return Case("C12", "an archive within itself", () => With(new RawMember("self.keras", new RawZip(Members()).Build())));

        static byte[] Descriptor()
        {
            using var bytes = new MemoryStream();
            RawZip.Write(bytes, new RawMember(Weights, Of(Weights)).RightCrc, (uint)Of(Weights).Length, (uint)Of(Weights).Length);
            return bytes.ToArray();
        }
    }

    [TestCaseSource(nameof(Loaded)), Hostile("C03")]
    public void An_archive_with_nothing_wrong_loads(Func<byte[]> file)
    {
        using var folder = Samples.Folder();
        File.WriteAllBytes(folder["m.keras"], file());
        var (model, allocated) = Soon.Does(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            return (Saving.LoadModel(folder["m.keras"]), GC.GetAllocatedBytesForCurrentThread() - before);
        }, Samples.TimeAllowed);
        Assert.That(WeightsFileTests.Values(model), Is.EqualTo(WeightsFileTests.Values(Saving.LoadModel(new RawZip(Members()).Build()))));
        Assert.That(allocated, Is.LessThan(Samples.MemoryAllowed));
        Assert.That(ModelFileInfo.Read(folder["m.keras"], tryLoad: true).CanBeLoaded, Is.True);
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.EqualTo(new[] { folder["m.keras"] }));
    }

    [Test, Hostile("C12")]
    public void What_is_called_an_archive_is_what_it_holds()
    {
        using var folder = Samples.Folder();
        var model = WeightsFileTests.Small();
        model.Save(folder["m.h5"]);
        File.Move(folder["m.h5"], folder["m.keras"]);
        Assert.That(WeightsFileTests.Values(Saving.LoadModel(folder["m.keras"])), Is.EqualTo(WeightsFileTests.Values(model)));

        Directory.CreateDirectory(folder["folder.keras"]);
        Samples.Refused(() => Saving.LoadModel(folder["folder.keras"]), "this is a folder");
        Directory.CreateDirectory(folder["folder.keras/config.json"]);
        Samples.Refused(() => Saving.LoadModel(folder["folder.keras"]), "this is a folder");
        if (OperatingSystem.IsWindows()) return;
        using (var process = Process.Start("mkfifo", folder["pipe.keras"])) process.WaitForExit();
        Samples.Refused(() => Saving.LoadModel(folder["pipe.keras"]), "the file is empty");
        Samples.Refused(() => model.LoadWeights(folder["pipe.keras"]), "the file is empty");
        Assert.That(folder.Names, Is.EqualTo(new[] { "m.keras", "pipe.keras" }));
    }
}
