using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Elementwise;

// Between lanes of all ones or all zeros and the bytes 1 and 0 that a boolean tensor holds.
internal static unsafe class Masks
{
    internal static void Pack<T>(T* masks, byte* y, long n) where T : unmanaged
    {
        long i = 0;
        for (; i <= n - 64; i += 64) (PackVector(masks + i) & Vector512<byte>.One).Store(y + i);
        // A mask lane's first byte is as good as the whole lane.
        for (; i < n; i++) y[i] = (byte)(*(byte*)(masks + i) & 1);
    }

    internal static void Expand<T>(byte* condition, T* masks, long n) where T : unmanaged
    {
        long i = 0;
        for (; i <= n - 64; i += 64)
        {
            var zero = Vector512.Equals(Vector512.Load(condition + i), Vector512<byte>.Zero);
            ExpandVector(~zero, (byte*)(masks + i), sizeof(T));
        }

        for (; i < n; i++) Unsafe.InitBlockUnaligned(masks + i, (byte)(condition[i] != 0 ? 0xFF : 0), (uint)sizeof(T));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<byte> PackVector<T>(T* p) where T : unmanaged
    {
        if (sizeof(T) == 1) return Vector512.Load((byte*)p);
        if (sizeof(T) == 2) return Vector512.Narrow(Vector512.Load((ushort*)p), Vector512.Load((ushort*)p + 32));
        if (sizeof(T) == 4) return Vector512.Narrow(Halves((uint*)p), Halves((uint*)p + 32));
        return Vector512.Narrow(
            Vector512.Narrow(Halves((ulong*)p), Halves((ulong*)p + 16)),
            Vector512.Narrow(Halves((ulong*)p + 32), Halves((ulong*)p + 48)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<ushort> Halves(uint* p) => Vector512.Narrow(Vector512.Load(p), Vector512.Load(p + 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<uint> Halves(ulong* p) => Vector512.Narrow(Vector512.Load(p), Vector512.Load(p + 8));

    // Signed widening repeats the all-ones pattern.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void ExpandVector(Vector512<byte> mask, byte* y, int size)
    {
        if (size == 1)
        {
            mask.Store(y);
            return;
        }

        var (low, high) = Vector512.Widen(mask.AsSByte());
        Expand(low, y, size);
        Expand(high, y + (32 * size), size);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Expand(Vector512<short> mask, byte* y, int size)
    {
        if (size == 2)
        {
            mask.Store((short*)y);
            return;
        }

        var (low, high) = Vector512.Widen(mask);
        Expand(low, y, size);
        Expand(high, y + (16 * size), size);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Expand(Vector512<int> mask, byte* y, int size)
    {
        if (size == 4)
        {
            mask.Store((int*)y);
            return;
        }

        var (low, high) = Vector512.Widen(mask);
        low.Store((long*)y);
        high.Store((long*)y + 8);
    }
}
