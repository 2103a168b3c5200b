using static Keras.Core.Tests.Hostile.Onnx;

namespace Keras.Core.Tests.Hostile;

/// <summary>One file of the catalogue's part about ONNX.</summary>
/// <param name="Entry">The entry in the catalogue.</param>
/// <param name="Name">Which of its inputs.</param>
/// <param name="File">The file.</param>
/// <param name="Twin">The same file but for the one thing that is wrong; <c>null</c> where nothing is and a reader must load it.</param>
sealed record HostileOnnxFile(string Entry, string Name, byte[] File, byte[]? Twin)
{
    /// <summary>What a test's name shows.</summary>
    public override string ToString() => $"{Entry} {Name}";
}

/// <summary>The inputs of the catalogue that are ONNX files, each with its benign twin.</summary>
static partial class HostileOnnx
{
    internal static IReadOnlyList<HostileOnnxFile> All => field ??=
    [
        .. Locations(), .. Links(), .. Data(), .. Ranges(), .. Places(), .. Wire(), .. Versions(), .. Functions(), .. Expansions(), .. Wirings(),
    ];

    internal static IEnumerable<HostileOnnxFile> Of(string entry) => All.Where(f => f.Entry == entry);

    /// <summary>A model whose matrix lies in another file, called as a test wants.</summary>
    internal static byte[] At(string location) => With(External("w", ("location", location), ("offset", "0"), ("length", "16")));

    const string Inside = "x";

    static IEnumerable<HostileOnnxFile> Locations()
    {
        foreach (var (name, location) in ((string, string)[])[("above", "../x"), ("above by a detour", "a/../../x"), ("absolute", "/etc/hostname"), ("absolute of Windows", @"C:\x"), ("on a host", @"\\host\x"), ("on a host with slashes", "//host/x"),
            ("empty", ""), ("NUL", "x\0"), ("NUL within", "x\0/../../x"), ("5,000 characters", new string('x', 5000)), ("a folder", "./"), ("above with backslashes", @"..\x")])
            yield return new("H01", name, At(location), At(Inside));
        yield return new("H01", "none", With(External("w", ("offset", "0"))), At(Inside));
    }

    /// <summary>What stands beside a model under the name that its data have.</summary>
    internal static readonly string[] OnDisk = ["link", "parent/x", "hard", "pipe", "folder", "device", "loop", "dangling"];

    static IEnumerable<HostileOnnxFile> Links() => OnDisk.Select(name => new HostileOnnxFile("H02", name, At(name), At("plain")));

    static IEnumerable<HostileOnnxFile> Data()
    {
        var twin = With(Weights());
        HostileOnnxFile Case(string name, OnnxBytes tensor, OnnxBytes? right = null) => right is null ? new("H04", name, With(tensor), twin) : new("H04", name, Holding(tensor), Holding(right));
        HostileOnnxFile New(string name, OnnxBytes tensor, OnnxBytes right) => new("H04", name, Holding(tensor, isNew: true), Holding(right, isNew: true));

        yield return Case("shorter", TensorOf("w", Floats, [2, 2], new byte[15]));
        yield return Case("longer", TensorOf("w", Floats, [2, 2], new byte[17]));
        yield return Case("by an element", TensorOf("w", Floats, [2, 2], new byte[20]));
        yield return Case("none", TensorOf("w", Floats, [2, 2], []));
        yield return Case("no field of data", Head("w", Floats, 2, 2));
        yield return Case("a million of four bytes", TensorOf("w", Floats, [1000, 1000], new byte[4]));
        yield return Case("product of 2^64", TensorOf("w", Floats, [1L << 32, 1L << 32], []));
        yield return Case("product of 2^64 and a little", TensorOf("w", Floats, [641, 6700417, 1L << 32], new byte[16]));
        yield return Case("bytes of 2^64", TensorOf("w", Floats, [1L << 62], []));
        yield return Case("negative", TensorOf("w", Floats, [-1], new byte[4]), TensorOf("w", Floats, [1], new byte[4]));
        yield return Case("two negative", TensorOf("w", Floats, [-2, -2], new byte[16]));
        yield return Case("least", TensorOf("w", Floats, [long.MinValue, 2], new byte[16]));
        yield return Case("a million dimensions", TensorOf("w", Floats, Enumerable.Repeat(1L, 1_000_000), new byte[4]), TensorOf("w", Floats, [1], new byte[4]));
        yield return Case("two fields", Weights().Bytes(4, new byte[16]));
        yield return Case("three fields", Weights().Bytes(4, new byte[16]).Packed(5, 0, 0, 0, 0));
        yield return Case("a field of another dtype", Head("w", Floats, 2, 2).Packed(7, 0, 0, 0, 0));
        yield return Case("a field that is shorter", Head("w", Floats, 2, 2).Bytes(4, new byte[12]), Head("w", Floats, 2, 2).Bytes(4, new byte[16]));
        yield return Case("inside and outside", External(Weights(), ("location", Inside)));
        yield return New("odd int4 in too few bytes", TensorOf("w", Int4, [3], new byte[1]), TensorOf("w", Int4, [3], new byte[2]));
        yield return New("odd int4 in too many bytes", TensorOf("w", Int4, [3], new byte[3]), TensorOf("w", Int4, [3], new byte[2]));
        yield return Case("dtype 0", TensorOf("w", 0, [2, 2], new byte[16]));
        yield return Case("dtype 999", TensorOf("w", 999, [2, 2], new byte[16]));
        yield return Case("dtype -1", TensorOf("w", -1, [2, 2], new byte[16]));
        yield return Case("strings in bytes", TensorOf("w", Strings, [2, 2], new byte[16]), Head("w", Strings, 2, 2).Texts(6, "a", "b", "c", "d"));
        yield return Case("strings in numbers", Head("w", Strings, 2, 2).Bytes(4, new byte[16]), Head("w", Strings, 2, 2).Texts(6, "a", "b", "c", "d"));
        yield return Case("too few strings", Head("w", Strings, 2, 2).Texts(6, "a"), Head("w", Strings, 2, 2).Texts(6, "a", "b", "c", "d"));
    }

    static IEnumerable<HostileOnnxFile> Ranges()
    {
        static byte[] Range(params (string, string)[] entries) => With(External("w", entries));
        static byte[] Part(string offset, string length) => Range(("location", Inside), ("offset", offset), ("length", length));
        var twin = Part("0", "16");
        foreach (var (name, offset, length) in ((string, string, string)[])[("negative offset", "-1", "16"), ("negative length", "0", "-16"), ("1e18 offset", "1e18", "16"), ("1e18 length", "0", "1e18"),
            ("10^18 offset", "1000000000000000000", "16"), ("10^18 length", "0", "1000000000000000000"), ("letters", "x", "16"), ("hexadecimal", "0x10", "16"), ("empty", "", "16"), ("a fraction", "0.0", "16"), ("a space", " 0", "16"), ("a sign", "+0", "16"),
            ("past the end", "4096", "16"), ("over the end", "8", "16"), ("shorter than the dims", "0", "12"), ("longer than the dims", "0", "20"), ("unaligned", "3", "16"), ("overflow of the sum", "9223372036854775807", "16"),
            ("overflow of the length", "16", "9223372036854775807"), ("beyond 64 bits", "18446744073709551616", "16"), ("a million digits", new string('1', 1_000_000), "16")])
            yield return new("H05", name, Part(offset, length), twin);
        yield return new("H05", "unknown key", Range(("location", Inside), ("offset", "0"), ("length", "16"), ("path", "/etc/hostname")), twin);
        yield return new("H05", "key of an attribute", Range(("location", Inside), ("offset", "0"), ("length", "16"), ("__class__", "x")), twin);
        yield return new("H05", "duplicate location", Range(("location", Inside), ("location", "../x"), ("offset", "0"), ("length", "16")), twin);
        yield return new("H05", "duplicate offset", Range(("location", Inside), ("offset", "0"), ("offset", "4"), ("length", "16")), twin);
        yield return new("H05", "two of one range", Model(GraphOf([Node("MatMul", ["x", "w"], ["h"]), Node("MatMul", ["h", "v"], ["y"])],
            [External("w", ("location", Inside), ("offset", "0"), ("length", "16")), External("v", ("location", Inside), ("offset", "0"), ("length", "16"))])), null);
    }

    static IEnumerable<HostileOnnxFile> Places()
    {
        foreach (var (name, location) in ((string, string)[])[("", "../x"), (", absolute", "/etc/hostname")])
        {
            byte[] Sparsely(string values, string indices) => Model(GraphOf([Product], sparse: [Sparse(Stored("w", Floats, 1, values), Stored("", Integers, 1, indices), 2, 2)]));
            yield return new("H06", $"values of a sparse tensor{name}", Sparsely(location, ""), Sparsely(Inside, ""));
            yield return new("H06", $"indices of a sparse tensor{name}", Sparsely("", location), Sparsely("", Inside));
            byte[] Constant(string at) => Model(GraphOf([Node("Constant", [], ["w"], [OfTensor("value", External("", ("location", at)))]), Product]));
            yield return new("H06", $"a constant{name}", Constant(location), Constant(Inside));
            byte[] SparseConstant(string at) => Model(GraphOf([Node("Constant", [], ["w"], [new OnnxBytes().Text(1, "sparse_value").Message(22, Sparse(Stored("", Floats, 1, at), Stored("", Integers, 1, ""), 2, 2)).Int(20, 11)]), Product]));
            yield return new("H06", $"a sparse constant{name}", SparseConstant(location), SparseConstant(Inside));
            byte[] Branch(string at) => Model(GraphOf([If(Body([Product], tensors: [External("w", ("location", at))]))], [True("c")]));
            yield return new("H06", $"a branch{name}", Branch(location), Branch(Inside));
            byte[] InFunction(string at) => OfFunctions(("F", [Node("Constant", [], ["w"], [OfTensor("value", External("", ("location", at)))]), Product]));
            yield return new("H06", $"a function{name}", InFunction(location), InFunction(Inside));
        }

        static OnnxBytes Stored(string name, int dtype, int count, string location) =>
            location.Length == 0 ? TensorOf(name, dtype, [count], new byte[count * (dtype == Floats ? 4 : 8)]) : External(Head(name, dtype, count), ("location", location));
    }
}
