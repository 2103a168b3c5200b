using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Keras;

/// <summary>Arrays as files hold them: how large they may be, and their bytes as memory of ours.</summary>
static class RawArray
{
    const int MaxRank = 64;

    // What one block of memory can have, with room for its alignment.
    const long Largest = int.MaxValue - 64;

    static readonly DType[] Known = Enum.GetValues<DType>();

    /// <summary>The dtype of which something is true, if there is one.</summary>
    internal static DType? Find(Predicate<DType> isIt) => Array.FindIndex(Known, isIt) is >= 0 and var at ? Known[at] : null;

    /// <summary>Whether NumPy, and h5py with it, has no such numbers, and knows plain bytes alone.</summary>
    internal static bool IsOpaque(DType dtype) => dtype == DType.BFloat16 || dtype.IsFloat8();

    /// <summary>The type of an array, if it may be that large. Nothing is allocated.</summary>
    /// <exception cref="ModelFileException">A dimension, their number or the size in bytes is out of bounds.</exception>
    internal static TensorType Type(string format, string? name, DType dtype, ReadOnlySpan<long> dims, LoadLimits limits)
    {
        if (dims.Length > MaxRank) throw new ModelFileException(format, name, "there are too many dimensions", $"at most {MaxRank}", dims.Length);
        var most = Math.Min(Math.Min(limits.MaxBytes, Device.MemoryLimit), Largest);
        var shape = new int[dims.Length];
        var bytes = (long)dtype.Size();
        for (var i = 0; i < shape.Length; i++)
        {
            if (dims[i] is < 0 or > int.MaxValue) throw new ModelFileException(format, name, "a dimension is out of range", $"0 to {int.MaxValue}", dims[i]);
            shape[i] = (int)dims[i];
            // Dimensions beside a zero are bounded too: no honest file has large ones there.
            var dim = Math.Max(dims[i], 1);
            if (bytes > most / dim) throw new ModelFileException(format, name, "the array is too large", $"at most {most} bytes", Text(dtype, dims), "LoadLimits.MaxBytes may allow more.");
            bytes *= dim;
        }
        return new TensorType(dtype, Shape.Of(shape));
    }

    /// <summary>Reads an array's bytes, which the caller has found to be there.</summary>
    /// <exception cref="ModelFileException">They are not, or are not of this type.</exception>
    internal static HostData Read(string format, string? name, TensorType type, Stream stream)
    {
        var data = new HostData(type.Bytes);
        var read = stream.ReadAtLeast(data.Span, data.Span.Length, throwOnEndOfStream: false);
        if (read < data.Bytes) throw new ModelFileException(format, name, "the data end too early", $"{data.Bytes} bytes", $"{read} bytes");
        if (type.DType == DType.Bool && data.Span.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var bad)
            throw new ModelFileException(format, name, "a truth value is neither 0 nor 1", "0 or 1", data.Span[bad]);
        return data;
    }

    /// <summary>Turns the bytes of each number around.</summary>
    internal static void Reverse(DType dtype, Span<byte> bytes)
    {
        switch (dtype.ToReal().Size())
        {
            case 2: Reverse(MemoryMarshal.Cast<byte, ushort>(bytes)); break;
            case 4: Reverse(MemoryMarshal.Cast<byte, uint>(bytes)); break;
            case 8: Reverse(MemoryMarshal.Cast<byte, ulong>(bytes)); break;
            default: break;
        }
    }

    static void Reverse(Span<ushort> values) => BinaryPrimitives.ReverseEndianness(values, values);

    static void Reverse(Span<uint> values) => BinaryPrimitives.ReverseEndianness(values, values);

    static void Reverse(Span<ulong> values) => BinaryPrimitives.ReverseEndianness(values, values);

    /// <summary>Reads from bytes at hand as from a stream.</summary>
    internal static unsafe T Load<T>(ReadOnlySpan<byte> bytes, Func<Stream, T> load)
    {
        fixed (byte* start = bytes)
        {
            using Stream stream = bytes.IsEmpty ? new MemoryStream() : new UnmanagedMemoryStream(start, bytes.Length);
            return load(stream);
        }
    }

    /// <summary>A stream that can be moved in, from where it stands.</summary>
    /// <exception cref="ArgumentException">It cannot be moved in.</exception>
    internal static WindowStream Window(string format, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream is { CanSeek: true, CanRead: true } ? new WindowStream(stream, stream.Position, stream.Length - stream.Position)
            : throw Errors.Argument(format, "the stream cannot be moved in", "a stream that can be read and can seek", stream.GetType().Name, "Copy it to a MemoryStream first.");
    }

    static string Text(DType dtype, ReadOnlySpan<long> dims) => $"{dtype.Name()} ({string.Join(", ", dims.ToArray())})";
}
