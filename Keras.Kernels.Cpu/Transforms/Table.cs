using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keras.Kernels.Cpu.Transforms;

/// <summary>Numbers that a plan keeps, at an address that stays while the object lives.</summary>
internal sealed unsafe class Table<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    const int Alignment = 64;

    readonly T[] _memory;

    internal Table(long count)
    {
        Count = count;
        _memory = GC.AllocateUninitializedArray<T>(checked((int)(count + (Alignment / sizeof(T)))), pinned: true);
        var start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        At = (T*)((start + Alignment - 1) / Alignment * Alignment);
    }

    internal T* At { get; }

    internal long Count { get; }

    internal long Bytes => Count * sizeof(T);
}

/// <summary>Roots of unity, to the last digit of double precision.</summary>
internal static class Roots
{
    /// <summary>e^(-2πi·part/whole), with the angle brought into the first eighth by whole numbers.</summary>
    internal static (double Re, double Im) Of(long part, long whole)
    {
        part %= whole;
        var eighth = 8 * part / whole;
        // Sine and cosine within 45 degrees of the nearest axis.
        var quarter = (eighth + 1) / 2;
        var (sin, cos) = Math.SinCos(Math.PI * ((4 * part) - (quarter * whole)) / (2.0 * whole));
        return (quarter % 4) switch
        {
            0 => (cos, -sin),
            1 => (-sin, -cos),
            2 => (-cos, sin),
            _ => (sin, cos),
        };
    }
}
