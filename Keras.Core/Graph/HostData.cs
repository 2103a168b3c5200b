using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keras;

/// <summary>Bytes in a pinned managed array, 64-byte aligned: memory that the collector sees and kernels can read.</summary>
sealed unsafe class HostData : IEquatable<HostData>
{
    const int Alignment = 64;
    const int Small = 64;
    // What an array holds at most, room for the alignment left.
    static readonly int Largest = Array.MaxLength - Alignment;

    readonly byte[] _array;
    readonly int _start;

    internal HostData(long bytes, bool clear = false)
    {
        Check("tensor", bytes);
        try
        {
            // Small data stay small: a loop over scalars makes many of them.
            var alignment = bytes < Small ? sizeof(double) : Alignment;
            var size = checked((int)bytes + alignment);
            _array = clear ? GC.AllocateArray<byte>(size, pinned: true) : GC.AllocateUninitializedArray<byte>(size, pinned: true);
        }
        catch (Exception e) when (e is OverflowException or OutOfMemoryException)
        {
            throw new DeviceOutOfMemoryException("tensor", bytes, e);
        }
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
        _start = (int)(-address & (bytes < Small ? sizeof(double) - 1 : Alignment - 1));
        Bytes = bytes;
    }

    /// <summary>Refuses what is larger than any value may be, before it is made.</summary>
    internal static void Check(string who, long bytes)
    {
        if (bytes > Largest || bytes > Device.MemoryLimit) throw new DeviceOutOfMemoryException(who, bytes);
    }

    internal long Bytes { get; }

    /// <summary>Valid while this object is alive: the caller keeps it so.</summary>
    internal nint Address => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array)) + _start;

    internal Span<byte> Span => _array.AsSpan(_start, (int)Bytes);

    internal Span<T> As<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Span);

    internal static HostData Of<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        var data = new HostData((long)values.Length * sizeof(T));
        MemoryMarshal.AsBytes(values).CopyTo(data.Span);
        return data;
    }

    // Larger data compare by identity: hashing them would cost more than a kernel.
    bool ByContent => Bytes <= Small;

    public bool Equals(HostData? other) => ReferenceEquals(this, other)
        || (other is not null && ByContent && Bytes == other.Bytes && Span.SequenceEqual(other.Span));

    public override bool Equals(object? obj) => Equals(obj as HostData);

    public override int GetHashCode()
    {
        if (!ByContent) return RuntimeHelpers.GetHashCode(this);
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }
}
