using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Keras;

/// <summary>The element type of a tensor.</summary>
public enum DType
{
    /// <summary>Truth value, one byte.</summary>
    Bool,
    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8,
    /// <summary>Unsigned 16-bit integer.</summary>
    UInt16,
    /// <summary>Unsigned 32-bit integer.</summary>
    UInt32,
    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64,
    /// <summary>Signed 8-bit integer.</summary>
    Int8,
    /// <summary>Signed 16-bit integer.</summary>
    Int16,
    /// <summary>Signed 32-bit integer.</summary>
    Int32,
    /// <summary>Signed 64-bit integer.</summary>
    Int64,
    /// <summary>8 bits, 4 of them an exponent, without infinities: a dtype to keep scaled numbers in.</summary>
    Float8E4M3FN,
    /// <summary>8 bits, 5 of them an exponent: a dtype to keep scaled numbers in.</summary>
    Float8E5M2,
    /// <summary>IEEE half precision.</summary>
    Float16,
    /// <summary>The upper half of a float32.</summary>
    BFloat16,
    /// <summary>IEEE single precision.</summary>
    Float32,
    /// <summary>IEEE double precision.</summary>
    Float64,
    /// <summary>A complex number: two float32, real before imaginary.</summary>
    Complex64,
    /// <summary>A complex number: two float64, real before imaginary.</summary>
    Complex128,
}

/// <summary>What a <see cref="DType"/> is, how it is written, and how two of them promote.</summary>
public static class DTypes
{
    static readonly Fact[] Facts =
    [
        new(DType.Bool, "bool", 1, typeof(bool), 0, 1),
        new(DType.UInt8, "uint8", 1, typeof(byte), byte.MinValue, byte.MaxValue),
        new(DType.UInt16, "uint16", 2, typeof(ushort), ushort.MinValue, ushort.MaxValue),
        new(DType.UInt32, "uint32", 4, typeof(uint), uint.MinValue, uint.MaxValue),
        new(DType.UInt64, "uint64", 8, typeof(ulong), ulong.MinValue, ulong.MaxValue),
        new(DType.Int8, "int8", 1, typeof(sbyte), sbyte.MinValue, sbyte.MaxValue),
        new(DType.Int16, "int16", 2, typeof(short), short.MinValue, short.MaxValue),
        new(DType.Int32, "int32", 4, typeof(int), int.MinValue, int.MaxValue),
        new(DType.Int64, "int64", 8, typeof(long), long.MinValue, long.MaxValue),
        new(DType.Float8E4M3FN, "float8_e4m3fn", 1, typeof(Float8E4M3FN), -448, 448),
        new(DType.Float8E5M2, "float8_e5m2", 1, typeof(Float8E5M2), -57344, 57344),
        new(DType.Float16, "float16", 2, typeof(Half), -65504, 65504),
        new(DType.BFloat16, "bfloat16", 2, typeof(BFloat16), -255 * Math.ScaleB(1, 120), 255 * Math.ScaleB(1, 120)),
        new(DType.Float32, "float32", 4, typeof(float), float.MinValue, float.MaxValue),
        new(DType.Float64, "float64", 8, typeof(double), double.MinValue, double.MaxValue),
        new(DType.Complex64, "complex64", 8, typeof(Complex64), float.MinValue, float.MaxValue),
        new(DType.Complex128, "complex128", 16, typeof(Complex), double.MinValue, double.MaxValue),
    ];

    /// <summary>Bytes of one element.</summary>
    public static int Size(this DType dtype) => Of(dtype).Size;

    /// <summary>The name in Keras's spelling, such as <c>float32</c>.</summary>
    public static string Name(this DType dtype) => Of(dtype).Name;

    /// <summary>The .NET type that holds one element.</summary>
    public static Type ClrType(this DType dtype) => Of(dtype).Type;

    /// <summary>The least and the largest number, of complex ones those of their parts.</summary>
    internal static (double Low, double High) Limits(this DType dtype) => (Of(dtype).Low, Of(dtype).High);

    /// <summary>What is not above and what is not below any other value: the infinities where there are.</summary>
    internal static (double Low, double High) Ends(this DType dtype) => dtype.IsFloating() && dtype != DType.Float8E4M3FN
        ? (double.NegativeInfinity, double.PositiveInfinity) : dtype.Limits();

    static Fact Of(DType dtype) => (uint)dtype < (uint)Facts.Length ? Facts[(int)dtype]
        : throw Errors.Argument("dtype", "unknown value", string.Join(", ", Facts.Select(f => f.Name)), (int)dtype);

    /// <summary>Whether the type is a floating one (complex ones are not).</summary>
    public static bool IsFloating(this DType dtype) => dtype is >= DType.Float8E4M3FN and <= DType.Float64;

    /// <summary>Whether the type is a complex one.</summary>
    public static bool IsComplex(this DType dtype) => dtype >= DType.Complex64;

    /// <summary>Whether the numbers are floating or complex: those that have gradients.</summary>
    internal static bool IsInexact(this DType dtype) => dtype >= DType.Float8E4M3FN;

    /// <summary>Whether the type is an 8-bit floating one: numbers are kept in it, and computed in float32.</summary>
    internal static bool IsFloat8(this DType dtype) => dtype is DType.Float8E4M3FN or DType.Float8E5M2;

    /// <summary>The dtype of the parts of complex numbers; any other itself.</summary>
    internal static DType ToReal(this DType dtype) => dtype switch
    {
        DType.Complex64 => DType.Float32,
        DType.Complex128 => DType.Float64,
        _ => dtype,
    };

    /// <summary>The least complex dtype that holds the numbers of a floating one.</summary>
    internal static DType ToComplex(this DType dtype) => dtype is DType.Float64 or DType.Complex128 ? DType.Complex128 : DType.Complex64;

    /// <summary>Whether the type is an integer (bool is not).</summary>
    public static bool IsInteger(this DType dtype) => dtype is > DType.Bool and < DType.Float8E4M3FN;

    /// <summary>Whether the type is an unsigned integer.</summary>
    public static bool IsUnsigned(this DType dtype) => dtype is >= DType.UInt8 and <= DType.UInt64;

    /// <summary>Reads a name in Keras's spelling.</summary>
    /// <exception cref="ArgumentException">The name is not a dtype.</exception>
    public static DType Parse(string name) => TryParse(name, out var dtype)
        ? dtype
        : throw Errors.Argument("dtype", "unknown name", string.Join(", ", Facts.Select(f => f.Name)), $"\"{name}\"");

    /// <summary>Reads a name in Keras's spelling, or says that it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out DType dtype)
    {
        var found = Array.FindIndex(Facts, f => f.Name == name);
        dtype = found < 0 ? default : (DType)found;
        return found >= 0;
    }

    /// <summary>The dtype whose elements are of the .NET type <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentException">No dtype has this element type.</exception>
    public static DType Of<T>() where T : unmanaged => Of(typeof(T));

    /// <summary>The dtype whose elements are of the .NET type.</summary>
    /// <exception cref="ArgumentException">No dtype has this element type.</exception>
    public static DType Of(Type type)
    {
        var found = Array.FindIndex(Facts, f => f.Type == type);
        return found >= 0
            ? (DType)found
            : throw Errors.Argument("dtype", "this .NET type cannot be an element",
                string.Join(", ", Facts.Select(f => f.Type.Name)), type.Name);
    }

    /// <summary>The least upper bound of two dtypes in Keras's (JAX's) lattice. 64-bit results stay 64-bit.</summary>
    /// <exception cref="ArgumentException">One is an 8-bit floating type and the other another: these convert by a cast alone.</exception>
    public static DType Promote(DType a, DType b)
    {
        if (a == b) return a;
        if (a.IsFloat8() || b.IsFloat8()) throw Errors.Argument("dtype", "8-bit floats meet no other dtype", "a cast first", $"{a.Name()} and {b.Name()}");
        if (a > b) (a, b) = (b, a);
        if (a == DType.Bool) return b;
        if (b.IsComplex()) return a == DType.Float64 ? DType.Complex128 : b;
        if (b.IsFloating())
            return a.IsFloating() && b == DType.BFloat16 ? DType.Float32 : b;
        if (!a.IsUnsigned() || b.IsUnsigned()) return b;
        // An unsigned type meets a signed one: the next wider signed type, and beyond 64 bits a float.
        var bits = Math.Max(a.Size() * 2, b.Size());
        return bits switch { 1 => DType.Int8, 2 => DType.Int16, 4 => DType.Int32, 8 => DType.Int64, _ => DType.Float32 };
    }

    /// <summary>The dtype of a literal of kind <paramref name="literal"/> that meets a tensor of <paramref name="dtype"/>:
    /// the tensor's where the kind allows it.</summary>
    internal static DType PromoteWeak(DType dtype, DType literal) =>
        literal.IsComplex() ? (dtype.IsInexact() ? dtype : Config.Floatx).ToComplex()
        : literal.IsFloating() ? (dtype.IsInexact() ? dtype : Config.Floatx)
        : literal == DType.Bool ? dtype
        : dtype == DType.Bool ? DType.Int32 : dtype;

    sealed record Fact(DType DType, string Name, int Size, Type Type, double Low, double High);
}
