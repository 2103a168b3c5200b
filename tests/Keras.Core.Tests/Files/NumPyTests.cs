using System.IO.Compression;
using System.Text;
using Keras.Tests;

namespace Keras.Core.Tests.Files;

public class NumPyTests
{
    /// <summary>A file of this header text and these bytes, in a format's version.</summary>
    internal static byte[] File(string header, byte[] data, byte version = 1)
    {
        var text = Samples.Text(header);
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)text.Length) : BitConverter.GetBytes(text.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. text, .. data];
    }

    static string Header(string descr, string shape, bool fortran = false) => $"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}";

    static void Refused(byte[] bytes, string part) => Samples.Refused(() => NumPy.Load(bytes), part);

    [Test]
    public void Bytes_are_those_of_NumPy()
    {
        static string Text(Tensor tensor) => Encoding.Latin1.GetString(NumPy.ToBytes(tensor));
        Assert.Multiple(() =>
        {
            Assert.That(Text(Tensor.Of([0d], [])), Is.EqualTo("\u0093NUMPY\u0001\0v\0" + "{'descr': '<f8', 'fortran_order': False, 'shape': (), }".PadRight(117) + "\n\0\0\0\0\0\0\0\0"));
            Assert.That(Text(Tensor.Of([1f, 2, 3], [3])), Is.EqualTo("\u0093NUMPY\u0001\0v\0" + "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }".PadRight(117) + "\n\0\0\u0080?\0\0\0@\0\0@@"));
            Assert.That(Text(Tensor.Of([true, false], [2, 1])), Is.EqualTo("\u0093NUMPY\u0001\0v\0" + "{'descr': '|b1', 'fortran_order': False, 'shape': (2, 1), }".PadRight(117) + "\n\u0001\0"));
        });
    }

    static IEnumerable<Tensor> Tensors()
    {
        foreach (var dtype in Enum.GetValues<DType>())
            foreach (var shape in (Shape[])[[], [5], [3, 2, 4], [0, 4]])
                yield return Ops.Cast(Ops.Reshape(Ops.Arange(shape.Size, dtype: DType.Float32), shape), dtype);
    }

    static void AssertSame(Tensor read, Tensor tensor)
    {
        Assert.That(read.Type, Is.EqualTo(tensor.Type));
        Assert.That(read.Evaluate().Span.SequenceEqual(tensor.Evaluate().Span), Is.True, $"{tensor.Type}");
    }

    static DType? Opaque(DType dtype) => dtype.IsFloat8() ? dtype : null;

    [Test]
    public void Every_dtype_and_shape_comes_back()
    {
        using var folder = Samples.Folder();
        foreach (var tensor in Tensors())
        {
            NumPy.Save(folder["x.npy"], tensor);
            AssertSame(NumPy.Load(folder["x.npy"], Opaque(tensor.DType)), tensor);
        }
    }

    [Test]
    public void Arrays_of_an_archive_come_back_by_name()
    {
        using var folder = Samples.Folder();
        var tensors = Tensors().Where(t => Opaque(t.DType) is null).Select((t, i) => ($"layer/ü{i}", t)).ToDictionary();
        NumPy.SaveNpz(folder["x.npz"], tensors);
        var read = NumPy.LoadNpz(folder["x.npz"]);
        Assert.That(read.Keys, Is.EqualTo(tensors.Keys));
        foreach (var (name, tensor) in tensors) AssertSame(read[name], tensor);
        Assert.That(() => NumPy.SaveNpz(folder["x.npz"], new Dictionary<string, Tensor> { ["../x"] = Tensor.Of([1], []) }), Throws.ArgumentException);
        Assert.That(NumPy.LoadNpz(folder["x.npz"]), Has.Count.EqualTo(tensors.Count));
    }

    [Test]
    public void Arrays_follow_each_other_in_a_stream()
    {
        var stream = new MemoryStream();
        NumPy.Save(stream, Tensor.Of([1, 2], [2]));
        NumPy.Save(stream, Tensor.Of([3f], []));
        stream.Position = 0;
        Assert.Multiple(() =>
        {
            Assert.That(NumPy.Load(stream).ToArray<int>(), Is.EqualTo(new[] { 1, 2 }));
            Assert.That(NumPy.Load(stream).Item<float>(), Is.EqualTo(3));
            Assert.That(stream.Position, Is.EqualTo(stream.Length));
            Samples.Refused(() => NumPy.Load(stream.ToArray()), "not as long as the array");
            Assert.That(() => NumPy.Load(new OneWayStream(stream)), Throws.ArgumentException.With.Message.Contains("seek"));
        });
    }

    // Made by NumPy 1.24: arange(3, dtype='<i2') in versions 2.0 and 3.0; savez_compressed(a=arange(3, dtype='<i2'), b=ones((2, 2), '>f4')).
    const string Version2 = "k05VTVBZAgB0AAAAeydkZXNjcic6ICc8aTInLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAEAAgA=";
    const string Version3 = "k05VTVBZAwB0AAAAeydkZXNjcic6ICc8aTInLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAEAAgA=";
    const string Compressed = "UEsDBBQAAAAIAAAAIQBqz/JRSgAAAIYAAAAFABQAYS5ucHkBABAAhgAAAAAAAABKAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6mjoKtQoUAC4GBkYGJgYAUEsDBBQAAAAIAAAAIQDUq7IaTAAAAJAAAAAFABQAYi5ucHkBABAAkAAAAAAAAABMAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6XZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CkaaOgq1CmQDLvsGBgZkDABQSwECFAMUAAAACAAAACEAas/yUUoAAACGAAAABQAAAAAAAAAAAAAAgAEAAAAAYS5ucHlQSwECFAMUAAAACAAAACEA1KuyGkwAAACQAAAABQAAAAAAAAAAAAAAgAGBAAAAYi5ucHlQSwUGAAAAAAIAAgBmAAAABAEAAAAA";

    [Test]
    public void Files_of_NumPy_are_read()
    {
        var npz = NumPy.LoadNpz(new MemoryStream(Convert.FromBase64String(Compressed)));
        Assert.Multiple(() =>
        {
            foreach (var file in (string[])[Version2, Version3]) Assert.That(NumPy.Load(Convert.FromBase64String(file)).ToArray<short>(), Is.EqualTo(new short[] { 0, 1, 2 }));
            Assert.That(npz.Keys, Is.EqualTo(new[] { "a", "b" }));
            Assert.That(npz["a"].ToArray<short>(), Is.EqualTo(new short[] { 0, 1, 2 }));
            Assert.That(npz["b"].Shape, Is.EqualTo(Shape.Of(2, 2)));
            Assert.That(npz["b"].ToArray<float>(), Is.All.EqualTo(1));
        });
    }

    /// <summary>NumPy writes arrays of all its dtypes in both orders; we read them, write them anew, and NumPy says whether all is the same.</summary>
    [Test]
    public void NumPy_and_we_read_each_others_files()
    {
        using var folder = Samples.Folder();
        const string write = """
            import sys, numpy as np
            np.random.seed(1)
            n = 0
            for order in '<>':
                for code in ['b1', 'u1', 'u2', 'u4', 'u8', 'i1', 'i2', 'i4', 'i8', 'f2', 'f4', 'f8', 'c8', 'c16']:
                    for shape in [(), (3,), (0, 2), (3, 4), (2, 3, 1, 5)]:
                        x = np.random.randint(0, 100, shape)
                        x = np.asarray((x + 0.5 + (1j * x[..., ::-1] if x.ndim else 2j)) if code[0] == 'c' else x + 0.5).astype(order + code)
                        for y in [x, np.asfortranarray(x) if x.ndim else x]:
                            np.save(f'{sys.argv[1]}/{n:04}.npy', y)
                            n += 1
            np.savez(f'{sys.argv[1]}/all.npz', **{str(i): np.load(f'{sys.argv[1]}/{i:04}.npy') for i in range(n)})
            np.savez_compressed(f'{sys.argv[1]}/small.npz', **{str(i): np.load(f'{sys.argv[1]}/{i:04}.npy') for i in range(n)})
            print(n)
            """;
        var count = int.Parse(Python.Run("numpy", write, folder.Path), null);
        foreach (var npz in (string[])["all.npz", "small.npz"])
        {
            var all = NumPy.LoadNpz(folder[npz]);
            Assert.That(all, Has.Count.EqualTo(count));
            for (var i = 0; i < count; i++) AssertSame(all[$"{i}"], NumPy.Load(folder[$"{i:0000}.npy"]));
            NumPy.SaveNpz(folder["our-" + npz], all);
        }
        for (var i = 0; i < count; i++) NumPy.Save(folder[$"our-{i:0000}.npy"], NumPy.Load(folder[$"{i:0000}.npy"]));
        const string compare = """
            import sys, numpy as np
            folder, n = sys.argv[1], int(sys.argv[2])
            npz = [np.load(f'{folder}/our-{name}.npz') for name in ('all', 'small')]
            for i in range(n):
                theirs, ours = [f'{folder}/{kind}{i:04}.npy' for kind in ('', 'our-')]
                x = np.load(theirs)
                for y in [np.load(ours), npz[0][str(i)], npz[1][str(i)]]:
                    assert x.shape == y.shape and x.dtype.newbyteorder('<') == y.dtype and np.array_equal(x, y), (i, x, y)
                if x.dtype.byteorder != '>' and x.flags.c_contiguous: assert open(theirs, 'rb').read() == open(ours, 'rb').read(), i
            print('same')
            """;
        Assert.That(Python.Run("numpy", compare, folder.Path, $"{count}").Trim(), Is.EqualTo("same"));
    }

    [Test]
    public void What_NumPy_has_no_name_for_is_told_by_the_caller()
    {
        byte[] one = [0x40, 0x38];
        Assert.Multiple(() =>
        {
            Assert.That(NumPy.Load(File(Header("<V2", "(1,)"), one)).DType, Is.EqualTo(DType.BFloat16));
            Assert.That(NumPy.Load(File(Header("|V2", "(1,)"), one)).DType, Is.EqualTo(DType.BFloat16));
            Assert.That(NumPy.Load(File(Header("|V2", "(1,)"), one), DType.Float16).DType, Is.EqualTo(DType.Float16));
            Assert.That(NumPy.Load(File(Header("|V1", "(2,)"), one), DType.Float8E5M2).DType, Is.EqualTo(DType.Float8E5M2));
            Refused(File(Header("|V1", "(2,)"), one), "no name");
            Refused(File(Header(">V2", "(1,)"), one), "another size");
            Refused(File(Header("|V8", "(0,)"), []), "no name");
            Samples.Refused(() => NumPy.Load(File(Header("|V2", "(1,)"), one), DType.Float32), "another size");
            Assert.That(NumPy.Load(File(Header("<i2", "(1L,)"), one)).Item(), Is.EqualTo(0x3840));
            Assert.That(NumPy.Load(File("""{"shape":(1,),"fortran_order":True,"descr":">i2"}""", one)).Item(), Is.EqualTo(0x4038));
        });
    }

    [TestCase("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "Python objects")]
    [TestCase("{'descr': 'O', 'fortran_order': False, 'shape': (1,), }", "no numbers")]
    [TestCase("{'descr': '<U2', 'fortran_order': False, 'shape': (1,), }", "no numbers")]
    [TestCase("{'descr': '|S8', 'fortran_order': False, 'shape': (1,), }", "no numbers")]
    [TestCase("{'descr': '<M8[s]', 'fortran_order': False, 'shape': (1,), }", "no numbers")]
    [TestCase("{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }", "no numbers")]
    [TestCase("{'descr': '<f99999999999999999999', 'fortran_order': False, 'shape': (1,), }", "no numbers")]
    [TestCase("{'descr': '|f8', 'fortran_order': False, 'shape': (1,), }", "no numbers")]
    [TestCase("{'descr': '=f8', 'fortran_order': False, 'shape': (1,), }", "no numbers")]
    [TestCase("{'descr': '<i3', 'fortran_order': False, 'shape': (1,), }", "no numbers")]
    [TestCase("{'descr': '', 'fortran_order': False, 'shape': (1,), }", "no numbers")]
    [TestCase("{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,), }", "records")]
    [TestCase("{'descr': ('<f8', (1,)), 'fortran_order': False, 'shape': (1,), }", "records")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000000000), }", "too large")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 1000000000, 1000000000), }", "too large")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296,), }", "out of range")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (18446744073709551617,), }", "broken")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", "broken")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (1.0,), }", "broken")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (1), }", "broken")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': [1], }", "broken")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (1,,), }", "broken")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (1,", "broken")]
    [TestCase("{'descr': '<f8', 'fortran_order': 0, 'shape': (1,), }", "broken")]
    [TestCase("{'descr': '<f8', 'fortran_order': None, 'shape': (1,), }", "broken")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, }", "lacks a name")]
    [TestCase("{}", "lacks a name")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'descr': '|O'}", "twice")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}", "unknown name")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), } x", "follows")]
    [TestCase("{'descr': '\\x3cf8', 'fortran_order': False, 'shape': (1,), }", "broken")]
    [TestCase("{'descr: '<f8', 'fortran_order': False, 'shape': (1,), }", "broken")]
    [TestCase("__import__('os').system('x')", "broken")]
    [TestCase("", "broken")]
    [Hostile("C04", "J11")]
    public void A_header_that_breaks_a_rule_is_refused(string header, string part)
    {
        Refused(File(header, new byte[8]), part);
        Samples.Refused(() => NumPy.LoadNpz(new MemoryStream(Samples.Zip(("a.npy", File(header, new byte[8]))))), part);
    }

    [Test, Hostile("C04")]
    public void Other_lengths_versions_and_files_are_refused()
    {
        var right = File(Header("<f8", "(1,)"), new byte[8]);
        Assert.That(NumPy.Load(right).Item(), Is.Zero);
        byte[] With(int at, byte value)
        {
            var bytes = right.ToArray();
            bytes[at] = value;
            return bytes;
        }
        Refused(With(6, 0), "version");
        Refused(With(6, 4), "version");
        Refused(With(7, 1), "version");
        Refused(With(0, 0), "magic");
        Refused(With(9, 0xFF), "too long");
        Refused(File(new string(' ', 10_001), []), "too long");
        byte[] endless = [0x93, .. "NUMPY"u8, 2, 0, 0xFF, 0xFF, 0xFF, 0xFF, .. new byte[30]];
        Refused(endless, "too long");
        Samples.Refused(() => NumPy.LoadNpz(new MemoryStream(Samples.Zip(("a.npy", endless)))), "too long");
        Refused([.. right, 0], "not as long");
        Refused(File(Header("|b1", "(1,)"), [2]), "truth value");
        Refused(File(Header("<f8", $"({string.Concat(Enumerable.Repeat("1, ", 65))})"), new byte[8]), "too many dimensions");
        Assert.That(NumPy.Load(File(Header("<f8", $"({string.Concat(Enumerable.Repeat("1, ", 64))})", fortran: true), new byte[8])).Rank, Is.EqualTo(64));
        Refused(Samples.Zip(("a.npy", right)), "LoadNpz");
        Samples.Refused(() => NumPy.LoadNpz(new MemoryStream(right)), "a NumPy array");
        Samples.Refused(() => NumPy.LoadNpz(new MemoryStream(Samples.Zip(("a.npy", right), ("readme", right)))), "something else than arrays");
        Samples.Refused(() => NumPy.LoadNpz(new MemoryStream(Samples.Zip(("a.npy", [.. right, 0])))), "not as long");
    }

    /// <summary>What NumPy writes of Python objects is a program for Python: here one that would make a file.</summary>
    [Test, Hostile("J11")]
    public void Arrays_of_objects_are_refused_and_what_they_say_is_not_done()
    {
        using var folder = Samples.Folder();
        var program = Samples.Text($"cos\nsystem\n(S'touch {folder["made"]}'\ntR.");
        var array = File(Header("|O", "(1,)"), program);
        System.IO.File.WriteAllBytes(folder["a.npy"], array);
        System.IO.File.WriteAllBytes(folder["a.npz"], Samples.Zip(("a.npy", array), ("b.npy", NumPy.ToBytes(Tensor.Of([1f], [1])))));
        foreach (var name in (string[])["a.npy", "a.npz"])
        {
            var error = Samples.Refused(() => _ = name == "a.npy" ? (object)NumPy.Load(folder[name]) : NumPy.LoadNpz(folder[name]), "Python objects");
            Assert.That(error.Path, Is.EqualTo(name == "a.npy" ? null : "a.npy"));
            Assert.That(ModelFileInfo.Read(folder[name]).Problems, Has.Exactly(1).Contains("Python objects"));
        }
        Assert.That(folder.Names, Is.EqualTo(new[] { "a.npy", "a.npz" }));
        // The same with numbers for objects.
        System.IO.File.WriteAllBytes(folder["a.npy"], File(Header("|u1", $"({program.Length},)"), program));
        Assert.That(NumPy.Load(folder["a.npy"]).ToArray<byte>(), Is.EqualTo(program));
    }

    [Test]
    public void A_bomb_in_an_archive_is_refused()
    {
        var zip = new RawZip(RawMember.Bomb("a.npy", 0, 1024)).Build();
        Samples.Refused(() => NumPy.LoadNpz(new MemoryStream(zip)), "too large");
        var header = File(Header("<f8", "(1000000, 100)"), []);
        Samples.Refused(() => NumPy.LoadNpz(new MemoryStream(Samples.Zip(CompressionLevel.Fastest, ("a.npy", [.. header, .. new byte[100]])))), "not as long");
    }

    [Test]
    public void Truncated_at_any_byte_it_is_refused()
    {
        var bytes = NumPy.ToBytes(Tensor.Of([1f, 2], [2]));
        for (var length = 0; length < bytes.Length; length++)
            Assert.That(() => NumPy.Load(bytes.AsSpan(0, length)), Throws.TypeOf<ModelFileException>(), $"{length} bytes");
        var npz = Convert.FromBase64String(Compressed);
        for (var length = 0; length < npz.Length; length++)
            Assert.That(() => NumPy.LoadNpz(new MemoryStream(npz[..length])), Throws.TypeOf<ModelFileException>(), $"{length} bytes");
    }

    [Test]
    public void A_flipped_bit_anywhere_gives_an_array_or_is_refused()
    {
        var bytes = NumPy.ToBytes(Tensor.Of([1f, 2, 3, 4], [2, 2]));
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            try
            {
                Assert.That(NumPy.Load(bytes).Evaluate().Bytes, Is.EqualTo(16), $"bit {bit}");
            }
            catch (ModelFileException)
            {
                // One of the two.
            }
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Assert.That(NumPy.Load(bytes).ToArray<float>(), Is.EqualTo(new[] { 1f, 2, 3, 4 }));
    }
}
