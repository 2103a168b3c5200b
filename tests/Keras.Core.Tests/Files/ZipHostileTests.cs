using System.IO.Compression;
using Keras.Tests;

namespace Keras.Core.Tests.Files;

/// <summary>Archives that were made to mislead, to exhaust or to crash. Each is refused, or read as the one thing that it says.</summary>
sealed class ZipHostileTests
{
    static readonly byte[] Config = Samples.Text("""{"class_name": "Sequential"}""");
    static readonly byte[] Weights = [.. Enumerable.Range(0, 400).Select(i => (byte)(i * 7))];

    static List<(string Name, byte[] Content)> Read(byte[] bytes) => ZipArchiveTests.ReadAll(bytes);

    static RawMember Plain(string name = "config.json") => new(name, Config);

    static void Accepted(RawZip zip, params string[] names) => Assert.That(Read(zip.Build()).Select(m => m.Name), Is.EqualTo(names));

    static void Refused(RawZip zip, string part) => Samples.Refused(() => Read(zip.Build()), part);

    [Test]
    public void What_has_nothing_wrong_is_read()
    {
        Accepted(new RawZip(Plain(), new RawMember("w", Weights, deflate: true)), "config.json", "w");
        Assert.That(Read(new RawZip(new RawMember("w", Weights, deflate: true)).Build())[0].Content, Is.EqualTo(Weights));
        Accepted(new RawZip());
    }

    [TestCase("config.json", (byte)' ')]
    [TestCase("model.weights.h5", (byte)0)]
    [Hostile("C01", "C02", "C03")]
    public void A_gibibyte_of_nothing_is_refused_and_others_are_read_beside_it(string name, byte value)
    {
        var bytes = new RawZip(RawMember.Bomb(name, value, 1024), Plain("other.json")).Build();
        Assert.That(bytes, Has.Length.LessThan(1_200_000));
        var zip = new ZipArchiveReader(new MemoryStream(bytes));
        Samples.Refused(() => zip.ReadAll(zip.Find(name)!), "too large");
        Samples.Refused(() => zip.OpenSeekable(zip.Find(name)!), "too large");
        Samples.Refused(() => zip.Open(zip.Find(name)!), "too large");
        Assert.That(zip.ReadAll(zip.Find("other.json")!), Is.EqualTo(Config));

        // The twin is an honest one: it is read where the caller allows it.
        var twin = new ZipArchiveReader(new MemoryStream(new RawZip(RawMember.Bomb(name, value, 24)).Build()));
        Assert.That(twin.ReadAll(twin.Members[0]), Has.Length.EqualTo(24 << 20).And.All.EqualTo(value));
    }

    [Test]
    public void Members_that_are_too_large_together_are_refused()
    {
        var zip = new ZipArchiveReader(new MemoryStream(new RawZip([.. Enumerable.Range(0, 6).Select(i => RawMember.Bomb($"{i}", 0, 3))]).Build()), new LoadLimits { MaxInflatedBytes = 16 << 20 });
        for (var i = 0; i < 5; i++) Assert.That(zip.ReadAll(zip.Members[i]), Has.Length.EqualTo(3 << 20));
        Samples.Refused(() => zip.ReadAll(zip.Members[5]), "too large");
    }

    [TestCase("config.json", "config.json")]
    [TestCase("config.json", "Config.JSON")]
    [TestCase("a/b", "A/b")]
    [TestCase("a/", "a")]
    [Hostile("C05")]
    public void Two_members_of_one_name_are_refused(string first, string second)
    {
        Refused(new RawZip(new RawMember(first, first[^1] == '/' ? [] : Config), new RawMember(second, Weights)), "two members");
        Accepted(new RawZip(new RawMember("one", Config), new RawMember("two", Weights)), "one", "two");
    }

    [TestCase("config.json", "config.json/vocabulary")]
    [TestCase("a/b/c", "a/b")]
    public void A_name_that_is_file_and_folder_is_refused(string first, string second) =>
        Refused(new RawZip(new RawMember(first, Config), new RawMember(second, Weights)), "a file and a folder");

    [TestCase("../x")]
    [TestCase("a/../../x")]
    [TestCase("/etc/passwd")]
    [TestCase("//server/x")]
    [TestCase(@"a\b")]
    [TestCase(@"..\x")]
    [TestCase(@"C:\x")]
    [TestCase("C:x")]
    [TestCase("a//b")]
    [TestCase("./a")]
    [TestCase("a/.")]
    [TestCase("a\0b")]
    [TestCase("a\nb")]
    [TestCase("..")]
    [TestCase("/")]
    [Hostile("C11")]
    public void A_name_that_is_no_plain_relative_path_is_refused(string name)
    {
        Refused(new RawZip(new RawMember(name, name == "/" ? [] : Config)), "no plain relative path");
        Assert.That(() => new ZipArchiveWriter(new MemoryStream()).Add(name, Config), Throws.ArgumentException);
    }

    [Test]
    public void Names_are_bounded()
    {
        Refused(new RawZip(new RawMember("", Config)), "empty or too long");
        Refused(new RawZip(new RawMember(new string('x', 1025), Config)), "empty or too long");
        Refused(new RawZip(new RawMember(string.Concat(Enumerable.Repeat("d/", 200)) + "x", Config)), "no plain relative path");
        Accepted(new RawZip(new RawMember(new string('x', 1024), Config)), new string('x', 1024));
        Refused(new RawZip(new RawMember("ü", Config)), "unknown encoding");
        Accepted(new RawZip(new RawMember("ü", Config) { Flags = 1 << 11 }), "ü");
    }

    static IEnumerable<TestCaseData> Disagreements()
    {
        yield return Case("name", new RawMember("config.json", Config) { LocalName = Samples.Text("Config.json") });
        yield return Case("name", new RawMember("config.json", Config) { LocalName = Samples.Text("config.jso") });
        yield return Case("size", new RawMember("config.json", Config) { LocalSize = 5 });
        yield return Case("size", new RawMember("config.json", Config, deflate: true) { LocalSize = 5 });
        yield return Case("method", new RawMember("config.json", Config) { LocalMethod = 8 });
        yield return Case("flags", new RawMember("config.json", Config) { LocalFlags = 1 << 11 });
        yield return Case("CRC-32", new RawMember("config.json", Config) { LocalCrc = 1 });
        yield return Case("sizes of a stored member", new RawMember("config.json", Config) { Size = 5 });
        yield return Case("damaged", new RawMember("config.json", Config) { Crc = 1 });
        yield return Case("damaged", new RawMember("config.json", Config, deflate: true) { Crc = 1 });
        yield return Case("overlap", new RawMember("config.json", Config) { StoredSize = 1000, Size = 1000 });
        yield return Case("between members", new RawMember("config.json", Config) { StoredSize = 5, Size = 5 });

        static TestCaseData Case(string part, RawMember member) => new TestCaseData(new RawZip(member), part).SetArgDisplayNames(part);
    }

    [TestCaseSource(nameof(Disagreements)), Hostile("C06", "C07")]
    public void Headers_that_disagree_are_refused(RawZip zip, string part) => Refused(zip, part);

    [TestCase(5u)]
    [TestCase(Grown)]
    public void A_deflated_member_that_is_not_as_long_as_it_says_is_refused(uint size) =>
        Refused(new RawZip(new RawMember("w", Weights, deflate: true) { Size = size }), "content");

    const uint Grown = 401;

    [Test, Hostile("C08")]
    public void Members_that_overlap_are_refused()
    {
        // Two entries of one content.
        Refused(new RawZip(Plain(), new RawMember("again", Config) { IsLocal = false, Start = 0 }), "overlap");
        // A member whose content is another one with its header.
        var inner = new MemoryStream();
        Plain("inner").WriteLocal(inner);
        Refused(new RawZip(new RawMember("outer", inner.ToArray()), new RawMember("inner", Config) { IsLocal = false, Start = 30 + 5 }), "overlap");
        Refused(new RawZip(new RawMember("x", Config) { Start = 1_000_000 }), "overlap");
        Refused(new RawZip(new RawMember("x", Config) { Start = 1 }), "overlap");
    }

    [Test, Hostile("C08")]
    public void Sizes_and_counts_beyond_all_files_are_refused()
    {
        static byte[] Extra(params object[] fields)
        {
            var bytes = new MemoryStream();
            RawZip.Write(bytes, (ushort)1, (ushort)(8 * fields.Length));
            RawZip.Write(bytes, fields);
            return bytes.ToArray();
        }
        Refused(new RawZip(new RawMember("x", Config) { Size = uint.MaxValue, StoredSize = uint.MaxValue, Extra = Extra(1UL << 63, 1UL << 63) }), "too large");
        Refused(new RawZip(new RawMember("x", Config) { Size = uint.MaxValue, StoredSize = uint.MaxValue, Extra = Extra((1UL << 63) - 1, (1UL << 63) - 1) }), "overlap");
        Refused(new RawZip(new RawMember("x", Config) { Size = uint.MaxValue, StoredSize = uint.MaxValue }), "64-bit sizes are missing");
        Refused(new RawZip(new RawMember("x", Config) { Extra = Extra(1UL) }), "64-bit sizes");
        var right = (ulong)Config.Length;
        Accepted(new RawZip(new RawMember("x", Config) { Size = uint.MaxValue, StoredSize = uint.MaxValue, Extra = Extra(right, right), LocalExtra = Extra(right, right) }), "x");
        Refused(new RawZip(Plain()) { Count = 2 }, "directory");
        Refused(new RawZip(Plain()) { Count = 0 }, "directory");
    }

    [TestCase(10_000, true)]
    [TestCase(10_001, false)]
    [TestCase(65_535, false)]
    [TestCase(65_536, false)]
    [Hostile("C08")]
    public void Members_are_counted(int count, bool accepted)
    {
        var stream = new MemoryStream();
        var zip = new ZipArchiveWriter(stream);
        for (var i = 0; i < count; i++) zip.Add($"{i}", []);
        zip.Finish();
        if (accepted) Assert.That(new ZipArchiveReader(stream).Members, Has.Count.EqualTo(count));
        else Samples.Refused(() => _ = new ZipArchiveReader(stream), "too many members");
        Assert.That(new ZipArchiveReader(stream, new LoadLimits { MaxMembers = 70_000 }).Members, Has.Count.EqualTo(count));
    }

    [Test, Hostile("C09")]
    public void What_lies_before_between_and_behind_is_refused()
    {
        var end = new RawZip().Build();
        Refused(new RawZip(Plain()) { Before = Samples.Text("#!/bin/sh\n") }, "");
        Refused(new RawZip(Plain()) { Between = [1] }, "between members");
        Refused(new RawZip(Plain()) { After = [0] }, "no zip archive");
        Refused(new RawZip(Plain()) { After = end }, "does not reach to the end record");
        Refused(new RawZip(Plain()) { Comment = Samples.Text("hello") }, "no zip archive");
        Refused(new RawZip(Plain()) { Comment = end }, "");
        Refused(new RawZip(Plain()) { Comment = [.. new byte[65_000], .. end] }, "");
        // A shift of all offsets makes the prefix part of the first member's surroundings: still no archive from its first byte on.
        Refused(new RawZip(new RawMember("x", Config) { Start = 10 }) { Before = new byte[10] }, "overlap");
    }

    [TestCase((ushort)12, "bzip2")]
    [TestCase((ushort)14, "LZMA")]
    [TestCase((ushort)93, "Zstandard")]
    [TestCase((ushort)99, "AES")]
    [TestCase((ushort)9, "Deflate64")]
    [TestCase((ushort)777, "method 777")]
    [Hostile("C10")]
    public void Other_compressions_are_refused_by_name(ushort method, string name) => Refused(new RawZip(new RawMember("x", Config) { Method = method }), name);

    [Test, Hostile("C10", "C11")]
    public void Encryption_links_and_devices_are_refused()
    {
        Refused(new RawZip(new RawMember("x", Config) { Flags = 1 }), "encrypted");
        Refused(new RawZip(new RawMember("x", Config) { Flags = 1 << 6 }), "unknown feature");
        Refused(new RawZip(new RawMember("x", Samples.Text("/etc/passwd")) { Mode = 0xA1FF }), "link or a device");
        Refused(new RawZip(new RawMember("x", []) { Mode = 0x21FF }), "link or a device");
        Refused(new RawZip(new RawMember("x", []) { Mode = 0x41FF }), "named as a file");
        Refused(new RawZip(new RawMember("config.json/", Config)), "a folder has content");
        Accepted(new RawZip(new RawMember("x", Config) { Mode = 0x81A4 }), "x");
        Accepted(new RawZip(new RawMember("d/", []), new RawMember("d/x", Config)), "d/x");
    }

    [Test, Hostile("C10")]
    public void Data_descriptors_are_read_in_all_forms_and_checked()
    {
        static byte[] Descriptor(params object[] fields)
        {
            var bytes = new MemoryStream();
            RawZip.Write(bytes, fields);
            return bytes.ToArray();
        }
        static RawZip Zip(byte[] descriptor) => new(new RawMember("x", Config) { Flags = 8, Descriptor = descriptor });
        var (crc, size) = (Plain().RightCrc, (uint)Config.Length);
        Accepted(Zip(Descriptor(crc, size, size)), "x");
        Accepted(Zip(Descriptor(0x08074b50u, crc, size, size)), "x");
        Accepted(Zip(Descriptor(crc, (ulong)size, (ulong)size)), "x");
        Accepted(Zip(Descriptor(0x08074b50u, crc, (ulong)size, (ulong)size)), "x");
        Refused(Zip([]), "no data descriptor");
        Refused(Zip(Descriptor(0x08074b51u, crc, size, size)), "descriptor is broken");
        Refused(Zip(Descriptor(crc + 1, size, size)), "CRC-32");
        Refused(Zip(Descriptor(crc, size + 1, size)), "stored size");
        Refused(Zip(Descriptor(crc, size, size - 1)), "size");
    }

    [Test]
    public void Bytes_behind_a_deflated_stream_are_refused()
    {
        var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, CompressionLevel.Fastest, leaveOpen: true)) deflate.Write(Config);
        var right = Plain();
        Accepted(new RawZip(new RawMember("x", deflated.ToArray(), Config.Length, right.RightCrc)), "x");
        deflated.Write([1, 2, 3]);
        Refused(new RawZip(new RawMember("x", deflated.ToArray(), Config.Length, right.RightCrc)), "x");
    }

    static IEnumerable<TestCaseData> Others()
    {
        yield return new TestCaseData(File.ReadAllBytes(Samples.Saved("*.h5").First()), "HDF5").SetArgDisplayNames("HDF5");
        yield return new TestCaseData(Safetensors.ToBytes(new Dictionary<string, Tensor> { ["x"] = Tensor.Of([1f, 2, 3, 4], [4]) }), "safetensors").SetArgDisplayNames("safetensors");
        yield return new TestCaseData(NumPy.ToBytes(Tensor.Of([1f], [1])), "NumPy").SetArgDisplayNames("npy");
        yield return new TestCaseData((byte[])[0x89, .. "PNG\r\n\u001a\n"u8, .. new byte[30]], "PNG").SetArgDisplayNames("PNG");
        yield return new TestCaseData((byte[])[8, 7, .. "\u0012\u0007pytorch"u8, .. new byte[30]], "starts with 0807").SetArgDisplayNames("ONNX");
        yield return new TestCaseData(Array.Empty<byte>(), "at least").SetArgDisplayNames("empty");
        yield return new TestCaseData(new byte[22], "").SetArgDisplayNames("zeros");
    }

    [TestCaseSource(nameof(Others)), Hostile("C12")]
    public void Other_files_are_refused_by_name(byte[] bytes, string part) => Samples.Refused(() => Read(bytes), part);

    [Test, Hostile("C12")]
    public void An_archive_within_an_archive_is_content()
    {
        var inner = new RawZip(Plain()).Build();
        Assert.That(Read(new RawZip(new RawMember("self.zip", inner), Plain()).Build())[0].Content, Is.EqualTo(inner));
    }

    static byte[] Twenty()
    {
        var random = new System.Random(3);
        var bytes = new byte[19_500];
        random.NextBytes(bytes);
        return Samples.Zip(CompressionLevel.NoCompression, ("metadata.json", Config), ("model.weights.h5", bytes), ("assets/vocabulary.txt", Weights));
    }

    [Test, Hostile("C10")]
    public void Truncated_at_any_byte_it_is_refused()
    {
        var bytes = Twenty();
        Assert.That(bytes, Has.Length.GreaterThan(20_000));
        for (var length = 0; length < bytes.Length; length++)
            Assert.That(() => Read(bytes[..length]), Throws.TypeOf<ModelFileException>(), $"{length} bytes");
        Assert.That(Read(bytes), Has.Count.EqualTo(3));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_flipped_bit_anywhere_is_refused_or_means_nothing(bool descriptors)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(descriptors ? new OneWayStream(stream) : stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var level in (CompressionLevel[])[CompressionLevel.NoCompression, CompressionLevel.SmallestSize])
            {
                using var member = zip.CreateEntry($"{level}.json", level).Open();
                member.Write(Weights);
            }
        var bytes = stream.ToArray();
        var right = Read(bytes);
        var refused = 0;
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            try
            {
                var read = Read(bytes);
                Assert.That(read.Select(m => m.Name), Is.EqualTo(right.Select(m => m.Name)), $"bit {bit}");
                for (var i = 0; i < read.Count; i++) Assert.That(read[i].Content.AsSpan().SequenceEqual(right[i].Content), Is.True, $"bit {bit}");
            }
            catch (ModelFileException)
            {
                refused++;
            }
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
        // Times, versions, the host and the permissions mean nothing to us.
        Assert.That(refused, Is.GreaterThan(8 * bytes.Length * 0.9));
    }
}
