using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keras.Kernels.Cpu;

/// <summary>Numbers that a kernel keeps, at an address that stays while the object lives.</summary>
internal sealed unsafe class Pinned<T> where T : unmanaged
{
    const int Alignment = 64;

    readonly T[] _memory;

    /// <param name="count">How many numbers; all are 0.</param>
    internal Pinned(long count)
    {
        Count = count;
        _memory = GC.AllocateArray<T>(checked((int)(count + (Alignment / sizeof(T)))), pinned: true);
        var start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        At = (T*)((start + Alignment - 1) / Alignment * Alignment);
    }

    internal Pinned(ReadOnlySpan<T> values) : this(values.Length) => values.CopyTo(Span);

    internal T* At { get; }

    internal long Count { get; }

    internal long Bytes => Count * sizeof(T);

    internal Span<T> Span => new(At, (int)Count);
}
