using System.Runtime.InteropServices;

namespace Keras.Kernels.Cpu.Movement;

using Keras.Kernels.Cpu.Elementwise;

internal static unsafe class Fill
{
    internal static void Constant(int elementSize, void* value, void* dst, long n)
    {
        ReadOnlySpan<long> dims = [n], strides = [0];
        Movement.Copy(elementSize, dims, strides, value, dst);
    }

    // y[i] = i, counted in 64 bits and cast.
    internal static void Iota<T>(T* y, long n) where T : unmanaged
    {
        const int ChunkElements = 256;
        var wide = stackalloc long[ChunkElements];
        for (long i = 0; i < n; i += ChunkElements)
        {
            var count = Math.Min(ChunkElements, n - i);
            for (long j = 0; j < count; j++) wide[j] = i + j;
            Elementwise.Cast.Row(wide, y + i, count);
        }
    }

    // Keeps a batch of matrices on and below diagonal k (or, upper, on and above it) and zeroes the rest; y may be x.
    internal static void KeepTriangle(
        int elementSize, void* x, void* y, long batch, long rows, long columns, long k, bool upper)
    {
        byte* from = (byte*)x, to = (byte*)y;
        for (long row = 0; row < batch * rows; row++)
        {
            var edge = Math.Clamp((row % rows) + k + (upper ? 0 : 1), 0, columns);
            long start = upper ? edge : 0, end = upper ? columns : edge, at = row * columns;
            Zero(to, at, start, elementSize);
            var bytes = (end - start) * elementSize;
            Buffer.MemoryCopy(from + ((at + start) * elementSize), to + ((at + start) * elementSize), bytes, bytes);
            Zero(to, at + end, columns - end, elementSize);
        }
    }

    static void Zero(byte* y, long start, long count, int elementSize) =>
        NativeMemory.Clear(y + (start * elementSize), (nuint)(count * elementSize));
}
