using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Keras.Tests;

namespace Keras.Core.Tests.Files;

public class ZipArchiveTests
{
    static readonly DateTime Noon = new(2026, 11, 25, 12, 0, 0);

    static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new System.Random(seed).NextBytes(bytes);
        return bytes;
    }

    static ZipArchiveReader Open(byte[] bytes) => new(new MemoryStream(bytes));

    static byte[] Written(Action<ZipArchiveWriter> write)
    {
        var stream = new MemoryStream();
        var zip = new ZipArchiveWriter(stream);
        write(zip);
        zip.Finish();
        return stream.ToArray();
    }

    /// <summary>What Keras writes, read and written anew, is the same file to the byte.</summary>
    [Test]
    public void Every_archive_of_Keras_is_written_as_it_was()
    {
        var count = 0;
        foreach (var file in Samples.Saved("*.keras"))
        {
            var bytes = File.ReadAllBytes(file);
            var zip = Open(bytes);
            Assert.That(zip.Members.Select(m => m.Name), Is.SupersetOf(new[] { "metadata.json", "config.json", "model.weights.h5" }));
            var central = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(bytes.Length - 6));
            var written = Written(to =>
            {
                foreach (var member in zip.Members)
                {
                    var content = zip.ReadAll(member);
                    var date = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(central + 12));
                    // Python copies the mode of a member that was a file, and gives the others its owner's.
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(central + 38), 0x1800000);
                    central += 46 + member.Name.Length;
                    var time = new DateTime((int)(date >> 25) + 1980, (int)(date >> 21) & 15, (int)(date >> 16) & 31, (int)(date >> 11) & 31, (int)(date >> 5) & 63, (int)(date & 31) * 2);
                    if (member.Name.EndsWith(".json", StringComparison.Ordinal)) to.Add(member.Name, content);
                    else to.Add(member.Name, s => s.Write(content), time);
                }
            });
            Assert.That(written.AsSpan().SequenceEqual(bytes), Is.True, file);
            count++;
        }
        Assert.That(count, Is.GreaterThan(50));
    }

    [TestCase(CompressionLevel.NoCompression)]
    [TestCase(CompressionLevel.Fastest)]
    [TestCase(CompressionLevel.SmallestSize)]
    public void Archives_of_NET_are_read(CompressionLevel level)
    {
        (string, byte[])[] members = [("a.json", Samples.Text("{}")), ("empty", []), ("b/ü.bin", Bytes(100_000)), ("b/zeros", new byte[3_000_000])];
        var zip = Open(Samples.Zip(level, members));
        Assert.Multiple(() =>
        {
            foreach (var (name, content) in members)
            {
                Assert.That(zip.ReadAll(zip.Find(name)!).AsSpan().SequenceEqual(content), Is.True, name);
                using var seekable = zip.OpenSeekable(zip.Find(name)!);
                Assert.That(seekable.Length, Is.EqualTo(content.Length));
                if (content.Length == 0) continue;
                seekable.Position = content.Length / 2;
                Assert.That(seekable.ReadByte(), Is.EqualTo(content[content.Length / 2]));
            }
            Assert.That(zip.Find("A.json"), Is.Null);
        });
    }

    [Test]
    public void A_stream_that_cannot_seek_gets_data_descriptors_from_NET_and_they_are_read()
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(new OneWayStream(bytes), ZipArchiveMode.Create))
            foreach (var level in (CompressionLevel[])[CompressionLevel.Fastest, CompressionLevel.NoCompression])
            {
                using var member = zip.CreateEntry(level.ToString(), level).Open();
                member.Write(Bytes(5000));
            }
        var read = Open(bytes.ToArray());
        foreach (var member in read.Members) Assert.That(read.ReadAll(member), Is.EqualTo(Bytes(5000)));
        Assert.That(read.Members, Has.Count.EqualTo(2));
    }

    [Test]
    public void What_we_write_is_read_by_us_and_by_NET_whatever_the_stream()
    {
        void Write(ZipArchiveWriter zip)
        {
            zip.Add("metadata.json", "{}"u8);
            zip.Add("model.weights.h5", s =>
            {
                // As HDF5 writers do: forward, back, over what stands, beyond the end, and shorter again.
                s.Write(Bytes(1000));
                s.Position = 10;
                s.Write(new byte[20]);
                s.Position = 3000;
                s.WriteByte(7);
                s.SetLength(5000);
                s.SetLength(4000);
                s.Position = 2990;
                var read = new byte[20];
                s.ReadExactly(read);
                Assert.That(read[10], Is.EqualTo(7));
            }, Noon);
            zip.Add("assets/ü/vocabulary.txt", s => s.Write("a\nb"u8), Noon);
        }
        var bytes = Written(Write);
        var oneWay = new MemoryStream();
        var writer = new ZipArchiveWriter(new OneWayStream(oneWay));
        Write(writer);
        writer.Finish();
        Assert.That(oneWay.ToArray(), Is.EqualTo(bytes));

        var expected = Bytes(1000).Concat(new byte[3000]).ToArray();
        expected.AsSpan(10, 20).Clear();
        expected[3000] = 7;
        var ours = Open(bytes);
        using var theirs = new ZipArchive(new MemoryStream(bytes));
        Assert.Multiple(() =>
        {
            Assert.That(ours.ReadAll(ours.Find("model.weights.h5")!), Is.EqualTo(expected));
            Assert.That(ours.Members.Select(m => m.Name), Is.EqualTo(theirs.Entries.Select(e => e.FullName)));
            Assert.That(theirs.Entries[0].LastWriteTime.DateTime, Is.EqualTo(new DateTime(1980, 1, 1)));
            Assert.That(theirs.Entries[1].LastWriteTime.DateTime, Is.EqualTo(Noon));
        });
    }

    [Test]
    public void Members_from_4_GiB_on_have_64_bit_sizes()
    {
        var stream = new HoleStream();
        const long size = (1L << 32) + 5;
        var zip = new ZipArchiveWriter(stream);
        zip.Add("config.json", "{}"u8);
        zip.Add("model.weights.h5", s =>
        {
            s.SetLength(size);
            s.Position = size - 1;
            s.WriteByte(1);
        }, Noon, about: size);
        zip.Add("after", "x"u8);
        zip.Finish();
        var read = new ZipArchiveReader(stream);
        Assert.Multiple(() =>
        {
            Assert.That(read.Members.Select(m => m.Bytes), Is.EqualTo(new[] { 2, size, 1 }));
            Assert.That(read.ReadAll(read.Find("after")!), Is.EqualTo("x"u8.ToArray()));
            using var theirs = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            Assert.That(theirs.GetEntry("model.weights.h5")!.Length, Is.EqualTo(size));
            using var content = read.OpenSeekable(read.Find("model.weights.h5")!);
            content.Position = size - 1;
            Assert.That(content.ReadByte(), Is.EqualTo(1));
        });
    }

    [Test]
    public void An_unannounced_member_of_4_GiB_is_refused()
    {
        var zip = new ZipArchiveWriter(new HoleStream());
        Assert.That(() => zip.Add("large", s => s.SetLength(1L << 32), Noon), Throws.InvalidOperationException.With.Message.Contains("announced"));
    }

    [Test]
    public void A_name_is_written_once()
    {
        var zip = new ZipArchiveWriter(new MemoryStream());
        zip.Add("a", "1"u8);
        Assert.That(() => zip.Add("A", "2"u8), Throws.ArgumentException);
    }

    [TestCase(false)]
    [TestCase(true)]
    [Hostile("C07")]
    public void A_flipped_bit_in_content_is_found(bool deflated)
    {
        var content = Bytes(3000);
        var zip = Samples.Zip(deflated ? CompressionLevel.Fastest : CompressionLevel.NoCompression, ("w", content));
        var start = (int)Open(zip).Members[0].Start;
        foreach (var at in (int[])[0, 1, 1500, 2999])
        {
            var bytes = zip.ToArray();
            bytes[start + at] ^= 4;
            Samples.Refused(() => Open(bytes).ReadAll(Open(bytes).Members[0]));
            Samples.Refused(() => Open(bytes).OpenSeekable(Open(bytes).Members[0]));
        }
    }

    /// <summary>Reads every member whole.</summary>
    internal static List<(string Name, byte[] Content)> ReadAll(byte[] bytes)
    {
        var zip = Open(bytes);
        return [.. zip.Members.Select(m => (m.Name, zip.ReadAll(m)))];
    }
}
