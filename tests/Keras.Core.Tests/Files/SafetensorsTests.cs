using System.Buffers.Binary;
using System.Text;
using Keras.Tests;

namespace Keras.Core.Tests.Files;

public class SafetensorsTests
{
    static readonly Dictionary<string, Tensor> Two = new() { ["b"] = Tensor.Of([1f, 2], [2]), ["a"] = Tensor.Of([3L], [1, 1]) };

    /// <summary>A file of this header and as many bytes of data.</summary>
    internal static byte[] File(string header, int data = 0) => File(Samples.Text(header), data);

    static byte[] File(byte[] header, int data = 0)
    {
        var bytes = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes, 8);
        return bytes;
    }

    static void Refused(string header, int data, string part) => Samples.Refused(() => Safetensors.Load(File(header, data)), part);

    [Test]
    public void Bytes_are_those_of_the_formats_own_writer()
    {
        const string header = """{"__metadata__":{"format":"np"},"a":{"dtype":"I64","shape":[1,1],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""";
        var bytes = Safetensors.ToBytes(Two, new Dictionary<string, string> { ["format"] = "np" });
        var padded = header.PadRight((header.Length + 7) / 8 * 8);
        Assert.Multiple(() =>
        {
            Assert.That(BinaryPrimitives.ReadInt64LittleEndian(bytes), Is.EqualTo(padded.Length));
            Assert.That(Encoding.UTF8.GetString(bytes, 8, padded.Length), Is.EqualTo(padded));
            Assert.That(bytes[(8 + padded.Length)..], Is.EqualTo(new byte[] { 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40 }));
        });
    }

    static IEnumerable<Tensor> Tensors()
    {
        foreach (var dtype in Enum.GetValues<DType>().Where(d => d != DType.Complex128))
            foreach (var shape in (Shape[])[[], [3, 2], [0, 4]])
                yield return Ops.Cast(Ops.Reshape(Ops.Arange(shape.Size, dtype: DType.Float32), shape), dtype);
    }

    [Test]
    public void Every_dtype_and_shape_comes_back()
    {
        var tensors = Tensors().Select((t, i) => ($"tensor/{i}", t)).ToDictionary();
        using var folder = Samples.Folder();
        Safetensors.Save(folder["x.safetensors"], tensors);
        foreach (var read in (Dictionary<string, Tensor>[])[Safetensors.Load(folder["x.safetensors"]), Safetensors.Load(Safetensors.ToBytes(tensors))])
        {
            Assert.That(read.Keys, Is.EquivalentTo(tensors.Keys));
            foreach (var (name, tensor) in tensors)
            {
                Assert.That(read[name].Type, Is.EqualTo(tensor.Type));
                Assert.That(read[name].Evaluate().Span.SequenceEqual(tensor.Evaluate().Span), Is.True, $"{name} {tensor.Type}");
            }
        }
    }

    [Test]
    public void Names_and_metadata_are_any_text()
    {
        string[] texts = ["", "ü", "a\"b\\c\n\0", "😀", "\u2028", "/../x", "<&>'+"];
        var bytes = Safetensors.ToBytes(texts.ToDictionary(t => t, _ => Tensor.Of([true], [1])), texts.ToDictionary(t => t, t => t + t));
        using var file = Safetensors.Open(new MemoryStream(bytes));
        Assert.Multiple(() =>
        {
            Assert.That(file.Names, Is.EquivalentTo(texts));
            Assert.That(file.Metadata, Is.EquivalentTo(texts.ToDictionary(t => t, t => t + t)));
            Assert.That(Safetensors.Load(Safetensors.ToBytes(new Dictionary<string, Tensor>())), Is.Empty);
        });
    }

    [Test]
    public void Single_tensors_are_read_when_asked_for()
    {
        var stream = new MemoryStream();
        stream.Write("before"u8);
        Safetensors.Save(stream, Two);
        stream.Position = 6;
        var file = Safetensors.Open(stream);
        Assert.Multiple(() =>
        {
            Assert.That(file.Names, Is.EqualTo(new[] { "a", "b" }));
            Assert.That(file.TypeOf("b"), Is.EqualTo(new TensorType(DType.Float32, [2])));
            Assert.That(file.Contains("b"), Is.True);
            Assert.That(file.Contains("c"), Is.False);
            Assert.That(file.Read("b").ToArray<float>(), Is.EqualTo(new[] { 1f, 2 }));
            Assert.That(() => file.Read("c"), Throws.ArgumentException.With.Message.Contains("\"c\""));
            Assert.That(file.Metadata, Is.Empty);
        });
        file.Dispose();
        Assert.That(stream.CanRead, Is.True);
        stream.SetLength(stream.Length - 1);
        Samples.Refused(() => file.Read("b"), "end too early");
    }

    [Test]
    public void What_cannot_be_written_is_an_error_and_the_old_file_stays()
    {
        using var folder = Samples.Folder();
        var path = folder["x.safetensors"];
        Safetensors.Save(path, Two);
        var old = System.IO.File.ReadAllBytes(path);
        Assert.Multiple(() =>
        {
            Assert.That(() => Safetensors.Save(path, new Dictionary<string, Tensor> { ["x"] = Ops.Cast(Two["b"], DType.Complex128) }), Throws.ArgumentException.With.Message.Contains("complex128"));
            Assert.That(() => Safetensors.Save(path, new Dictionary<string, Tensor> { ["__metadata__"] = Two["b"] }), Throws.ArgumentException.With.Message.Contains("__metadata__"));
            Assert.That(() => Safetensors.Save(path, new Dictionary<string, Tensor> { ["\ud800"] = Two["b"] }), Throws.ArgumentException);
            Assert.That(() => Safetensors.Save(path, new Dictionary<string, Tensor> { ["x"] = Layer.Input(3) }), Throws.InvalidOperationException);
            Assert.That(() => Safetensors.Load(new OneWayStream(new MemoryStream())), Throws.ArgumentException.With.Message.Contains("seek"));
            Assert.That(() => Safetensors.Load(folder["missing"]), Throws.InstanceOf<FileNotFoundException>());
        });
        Assert.That(System.IO.File.ReadAllBytes(path), Is.EqualTo(old));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Has.Exactly(1).Items);
    }

    [TestCase(long.MaxValue)]
    [TestCase(-1)]
    [TestCase(100_000_001)]
    [TestCase(3)]
    [TestCase(0)]
    [TestCase(1)]
    [Hostile("I01")]
    public void A_header_of_wrong_length_is_refused(long length)
    {
        var bytes = new byte[10];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        bytes[8] = (byte)'{';
        Samples.Refused(() => Safetensors.Load(bytes));
        Samples.Refused(() => Safetensors.Load(bytes.AsSpan(0, 8)), "no safetensors file");
        BinaryPrimitives.WriteInt64LittleEndian(bytes, 2);
        bytes[9] = (byte)'}';
        Assert.That(Safetensors.Load(bytes), Is.Empty);
    }

    [Test, Hostile("I01")]
    public void A_longer_header_than_the_format_allows_is_refused_though_it_is_there()
    {
        const int length = 100_000_001;
        var file = new HoleStream();
        file.Write(BitConverter.GetBytes((long)length));
        file.Write("{}"u8);
        file.SetLength(sizeof(long) + length);
        file.Position = 0;
        Samples.Refused(() => Safetensors.Open(file), "too long");
    }

    [TestCase(""" {}""", "no JSON object")]
    [TestCase("[]", "no JSON object")]
    [TestCase("{}x", "no JSON")]
    [TestCase("{}{}", "no JSON")]
    [TestCase("{", "no JSON")]
    [TestCase("""{"a":}""", "no JSON")]
    [TestCase("""{"a":1,}""", "something else")]
    [TestCase("""{"a":[]}""", "something else")]
    [TestCase("""{"a":null}""", "something else")]
    [TestCase("""{"__metadata__":[]}""", "something else")]
    [TestCase("""{"__metadata__":{"a":1}}""", "strings alone")]
    [TestCase("""{"__metadata__":{"a":null}}""", "strings alone")]
    [TestCase("""{"__metadata__":{"a":{"b":"c"}}}""", "strings alone")]
    [TestCase("""{"__metadata__":{"a":"1","a":"2"}}""", "there twice")]
    [TestCase("""{"__metadata__":{},"__metadata__":{}}""", "one name")]
    [TestCase("""{"\ud800":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", "no JSON")]
    [TestCase("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},}""", "no JSON")]
    [TestCase("""{"a":{"dtype":"F32","shape":[0]}}""", "missing")]
    [TestCase("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"x":1}}""", "unknown or there twice")]
    [TestCase("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"shape":[0]}}""", "unknown or there twice")]
    [TestCase("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", "one name")]
    [TestCase("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\u0061":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", "one name")]
    [TestCase("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}}""", "whole numbers")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}""", "whole numbers")]
    [TestCase("""{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,0]}}""", "whole numbers")]
    [TestCase("""{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", "whole numbers")]
    [TestCase("""{"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}""", "no JSON")]
    [TestCase("""{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", "something else")]
    [TestCase("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", "out of range")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2147483647,2147483647],"data_offsets":[0,0]}}""", "too large")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2147483647,2147483647,0],"data_offsets":[0,0]}}""", "too large")]
    [TestCase("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0]}}""", "no range")]
    [TestCase("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0,0]}}""", "no range")]
    [TestCase("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[-4,0]}}""", "whole numbers")]
    [TestCase("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[1,0]}}""", "reversed")]
    [TestCase("""{"a":{"dtype":"F99","shape":[0],"data_offsets":[0,0]}}""", "F99")]
    [TestCase("""{"a":{"dtype":"f32","shape":[0],"data_offsets":[0,0]}}""", "f32")]
    [TestCase("""{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}""", "F4")]
    [TestCase("""{"a":{"dtype":5,"shape":[0],"data_offsets":[0,0]}}""", "something else")]
    [Hostile("I02", "I03", "I04", "I07")]
    public void A_header_that_breaks_a_rule_is_refused(string header, string part) => Refused(header, 0, part);

    [TestCase("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, "overlap")]
    [TestCase("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4, "overlap")]
    [TestCase("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}}""", 9, "hole")]
    [TestCase("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}}""", 5, "hole")]
    [TestCase("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 5, "end with the file")]
    [TestCase("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 3, "end with the file")]
    [TestCase("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,3]}}""", 3, "not as long as the tensor")]
    [TestCase("""{"a":{"dtype":"U8","shape":[100000,20000],"data_offsets":[0,2000000000]}}""", 3, "end with the file")]
    [TestCase("{}", 1, "end with the file")]
    [Hostile("I03", "I05")]
    public void Ranges_that_do_not_fill_the_file_are_refused(string header, int data, string part)
    {
        Refused(header, data, part);
        // The order in the header does not matter.
        Assert.That(Safetensors.Load(File("""{"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]},"a":{"data_offsets":[0,2],"shape":[2],"dtype":"I8"}} """, 6)).Keys, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test, Hostile("I02")]
    public void Deep_headers_and_other_encodings_are_refused()
    {
        Refused("{\"a\":" + new string('[', 50_000), 0, "something else");
        Refused("{\"__metadata__\":{\"a\":" + string.Concat(Enumerable.Repeat("{\"a\":", 50_000)), 0, "strings alone");
        Samples.Refused(() => Safetensors.Load(File([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}'])));
        Samples.Refused(() => Safetensors.Load(File(Encoding.Unicode.GetBytes("{}"))));
        Samples.Refused(() => Safetensors.Load(File([.. Encoding.UTF8.GetPreamble(), .. "{}"u8])), "no JSON object");
        var bytes = File("""{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}""", 2);
        Assert.That(Safetensors.Load(bytes)["a"].ToArray<bool>(), Is.EqualTo(new[] { false, false }));
        bytes[^1] = 2;
        Samples.Refused(() => Safetensors.Load(bytes), "truth value");
        Refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[" + string.Join(',', Enumerable.Repeat("1", 65)) + "],\"data_offsets\":[0,4]}}", 4, "too many dimensions");
    }

    [Test, Hostile("I06")]
    public void A_million_tensors_are_read_and_no_more()
    {
        const int count = 1_000_000;
        var header = new MemoryStream();
        header.WriteByte((byte)'{');
        for (var i = 0; i <= count; i++)
            header.Write(Samples.Text($"{(i == 0 ? "" : ",")}\"model/decoder/layers/{i}/attention/kernel\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"));
        header.WriteByte((byte)'}');
        Assert.That(header.Length, Is.GreaterThan(90_000_000));
        var bytes = File(header.ToArray());
        Assert.That(() => Safetensors.Open(new MemoryStream(bytes)), Throws.TypeOf<ModelFileException>().With.Message.Contains("too many tensors"));
        using var file = Soon.Does(() => Safetensors.Open(new MemoryStream(bytes), new LoadLimits { MaxEntries = count + 1 }), TimeSpan.FromSeconds(5));
        Assert.That(file.Names, Has.Count.EqualTo(count + 1));
    }

    [Test, Hostile("I05")]
    public void Truncated_at_any_byte_it_is_refused()
    {
        var bytes = Safetensors.ToBytes(Two);
        for (var length = 0; length < bytes.Length; length++)
            Assert.That(() => Safetensors.Load(bytes.AsSpan(0, length)), Throws.TypeOf<ModelFileException>(), $"{length} bytes");
        Assert.That(() => Safetensors.Load([.. bytes, 0]), Throws.TypeOf<ModelFileException>());
    }

    [Test]
    public void A_flipped_bit_anywhere_gives_an_array_or_is_refused()
    {
        var bytes = Safetensors.ToBytes(Two, new Dictionary<string, string> { ["k"] = "v" });
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            try
            {
                Assert.That(Safetensors.Load(bytes), Has.Count.EqualTo(2).Or.Count.EqualTo(1).Or.Count.EqualTo(3), $"bit {bit}");
            }
            catch (ModelFileException)
            {
                // One of the two.
            }
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Assert.That(Safetensors.Load(bytes), Has.Count.EqualTo(2));
    }
}
