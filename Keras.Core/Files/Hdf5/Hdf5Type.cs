namespace Keras;

/// <summary>What kind of elements a dataset or an attribute holds.</summary>
enum Hdf5Kind
{
    Number,
    Opaque,
    FixedText,
    Text,
    Other,
}

/// <summary>An element type. Only those that Keras files hold are told apart; others keep a name for messages.</summary>
readonly record struct Hdf5Type(Hdf5Kind Kind, int Size, string Name, DType DType = default, bool IsBigEndian = false, bool IsSpacePadded = false)
{
    const int FixedPoint = 0, FloatingPoint = 1, Text = 3, Opaque = 5, Compound = 6, Enumeration = 8, VariableLength = 9;

    static readonly string[] Classes = ["integer", "float", "time", "string", "bit field", "opaque", "compound", "reference", "enumeration", "variable-length", "array", "complex"];

    /// <summary>Reads a type out of a message; one that is kept elsewhere in the file is read from there.</summary>
    internal static Hdf5Type Read(Hdf5Source source, ReadOnlySpan<byte> data, bool isShared)
    {
        var cursor = new Hdf5Cursor(source, data, "type");
        if (!isShared) return Read(source, ref cursor);
        var version = cursor.Version(1, 3);
        var kind = cursor.U8();
        if (version == 1) cursor.Skip(6);
        if (version == 3 && kind == 1) throw source.Bad("types in a table of shared messages are not supported", "a type in its place", "a shared message");
        foreach (var message in Hdf5Header.Read(source, cursor.Address()))
            if (message.Type == Hdf5Message.DataType)
                return message.IsShared ? throw source.Bad("a shared type is shared again", "a type", "a reference to a type") : Read(source, message.Data.Span, false);
        throw source.Bad("a shared type is not there", "an object with a type", "one without");
    }

    static Hdf5Type Read(Hdf5Source source, ref Hdf5Cursor cursor)
    {
        var head = cursor.U8();
        var (kind, version, bits) = (head & 15, head >> 4, (int)cursor.UInt(3));
        if (version is 0 or > 5) throw source.Bad("the type has a version that is not supported", "1 to 5", version);
        var size = cursor.U32();
        if (kind >= Classes.Length || size is 0 or > int.MaxValue) throw source.Bad("the type is none", "a class of 0 to 11 and a size", $"class {kind}, size {size}");
        var other = new Hdf5Type(Hdf5Kind.Other, (int)size, $"{Classes[kind]} of {size} bytes");
        return kind switch
        {
            FixedPoint => Integer(ref cursor, bits, other),
            FloatingPoint => Float(ref cursor, bits, other),
            Text => other with { Kind = Hdf5Kind.FixedText, IsSpacePadded = (bits & 15) == 2 },
            Opaque => other with { Kind = Hdf5Kind.Opaque },
            Compound => Complex(source, ref cursor, version, bits & 0xffff, other),
            Enumeration => Truth(source, ref cursor, version, bits & 0xffff, other),
            VariableLength when (bits & 15) == 1 && size == 8 + source.AddressSize => other with { Kind = Hdf5Kind.Text },
            _ => other,
        };
    }

    static Hdf5Type Integer(ref Hdf5Cursor cursor, int bits, Hdf5Type other)
    {
        var (offset, precision) = (cursor.U16(), cursor.U16());
        if (offset != 0 || precision != 8 * other.Size) return other;
        var isSigned = (bits & 8) != 0;
        return Number(other, RawArray.Find(d => d.IsInteger() && d.IsUnsigned() != isSigned && d.Size() == other.Size), (bits & 1) != 0);
    }

    static Hdf5Type Float(ref Hdf5Cursor cursor, int bits, Hdf5Type other)
    {
        var (offset, precision) = (cursor.U16(), cursor.U16());
        var (exponentAt, exponent, mantissaAt, mantissa) = (cursor.U8(), cursor.U8(), cursor.U8(), cursor.U8());
        var bias = cursor.U32();
        // The mantissa's first bit is implied, the sign is the highest bit, the order is not VAX's, and nothing is padded.
        var isUsual = (bits & 0x70) == 0x20 && bits >> 8 == 8 * other.Size - 1 && offset == 0 && precision == 8 * other.Size
            && mantissaAt == 0 && exponentAt == mantissa && exponent + mantissa + 1 == precision && exponent is > 0 and < 32 && bias == (1u << exponent - 1) - 1;
        return Number(other, isUsual ? RawArray.Find(d => d.Size() == other.Size && Hdf5TypeCode.ExponentBits(d) == exponent) : null, (bits & 1) != 0);
    }

    static Hdf5Type Number(Hdf5Type other, DType? dtype, bool isBigEndian) =>
        dtype is { } known ? other with { Kind = Hdf5Kind.Number, DType = known, IsBigEndian = isBigEndian } : other;

    /// <summary>h5py writes complex numbers as a compound of <c>r</c> and <c>i</c>.</summary>
    static Hdf5Type Complex(Hdf5Source source, ref Hdf5Cursor cursor, int version, int members, Hdf5Type other)
    {
        if (members != 2) return other;
        Hdf5Type part = default;
        for (var i = 0; i < members; i++)
        {
            var name = MemberName(ref cursor, padded: version < 3);
            var offset = version < 3 ? cursor.U32() : cursor.Count(Width(other.Size));
            if (version == 1) cursor.Skip(28);
            // Only numbers are read further: a type in a type in a type has no end.
            if (PeekClass(cursor) is not (FixedPoint or FloatingPoint)) return other;
            part = Read(source, ref cursor);
            if (name != (i == 0 ? "r" : "i") || offset != i * (other.Size / 2) || part.Kind != Hdf5Kind.Number || part.Size * 2 != other.Size) return other;
        }
        return part.DType is DType.Float32 or DType.Float64 ? Number(other, part.DType.ToComplex(), part.IsBigEndian) : other;
    }

    /// <summary>h5py writes truth values as an enumeration of one byte.</summary>
    static Hdf5Type Truth(Hdf5Source source, ref Hdf5Cursor cursor, int version, int members, Hdf5Type other)
    {
        if (members != 2 || other.Size != 1 || PeekClass(cursor) != FixedPoint) return other;
        Read(source, ref cursor);
        var (first, second) = (MemberName(ref cursor, version < 3), MemberName(ref cursor, version < 3));
        var (low, high) = (cursor.U8(), cursor.U8());
        return (first, second, low, high) is ("FALSE", "TRUE", 0, 1) ? Number(other, Keras.DType.Bool, false) : other;
    }

    static int PeekClass(Hdf5Cursor cursor) => cursor.U8() & 15;

    static string MemberName(ref Hdf5Cursor cursor, bool padded)
    {
        var name = new System.Text.StringBuilder();
        var start = cursor.Position;
        while (cursor.U8() is var c and not 0) name.Append((char)c);
        if (padded) cursor.Skip(Hdf5Bytes.Pad8(cursor.Position - start) - (cursor.Position - start));
        return name.ToString();
    }

    static int Width(int size) => System.Numerics.BitOperations.Log2((uint)size) / 8 + 1;
}
