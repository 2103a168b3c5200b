using System.Numerics;

namespace Keras.Kernels.Cpu.Movement;

using Keras.Kernels.Cpu.Elementwise;

internal static unsafe class Fill
{
    internal static void Constant(int elementSize, void* value, void* dst, long n)
    {
        ReadOnlySpan<long> dims = [n], strides = [0];
        Movement.Copy(elementSize, dims, strides, value, dst);
    }

    // y[i] = start + i * step, computed in double and cast.
    internal static void Arange<T>(T* y, long n, double start, double step) where T : unmanaged =>
        Sequence(y, n, start, step);

    // The same for integers, computed in 64 bits and cast.
    internal static void Arange<T>(T* y, long n, long start, long step) where T : unmanaged =>
        Sequence(y, n, start, step);

    // y[i, j] = j <= i + k for rows x columns: 1 on and below diagonal k.
    internal static void Triangle(byte* y, long rows, long columns, long k)
    {
        for (long i = 0; i < rows; i++)
        {
            var ones = Math.Clamp(i + k + 1, 0, columns);
            new Span<byte>(y + (i * columns), checked((int)ones)).Fill(1);
            new Span<byte>(y + (i * columns) + ones, checked((int)(columns - ones))).Clear();
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

    // y (outer, depth, inner) is on at [o, indices[o, i], i] and off elsewhere; an index outside [0, depth) selects
    // nothing.
    internal static void OneHot<TIndex, T>(TIndex* indices, T* y, long outer, long depth, long inner, T on, T off)
        where TIndex : unmanaged, IBinaryInteger<TIndex> where T : unmanaged
    {
        Constant(sizeof(T), &off, y, outer * depth * inner);
        for (long o = 0; o < outer; o++)
        {
            for (long i = 0; i < inner; i++)
            {
                var index = long.CreateSaturating(indices[(o * inner) + i]);
                if (index >= 0 && index < depth) y[(((o * depth) + index) * inner) + i] = on;
            }
        }
    }

    static void Zero(byte* y, long start, long count, int elementSize) =>
        new Span<byte>(y + (start * elementSize), checked((int)(count * elementSize))).Clear();

    static void Sequence<TWide, T>(T* y, long n, TWide start, TWide step)
        where TWide : unmanaged, INumber<TWide> where T : unmanaged
    {
        const int ChunkElements = 256;
        var wide = stackalloc TWide[ChunkElements];
        for (long i = 0; i < n; i += ChunkElements)
        {
            var count = Math.Min(ChunkElements, n - i);
            for (long j = 0; j < count; j++) wide[j] = start + (TWide.CreateTruncating(i + j) * step);
            Elementwise.Cast.Row(wide, y + i, count);
        }
    }
}
