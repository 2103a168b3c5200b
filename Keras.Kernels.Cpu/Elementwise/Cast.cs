using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Elementwise;

// Element types stand for the dtypes: bool is a byte of 0 or 1, the rest are themselves.
// Real to integer truncates and saturates, NaN gives 0; integer to integer wraps; anything to bool is != 0.
internal static unsafe class Cast
{
    const int BlockElements = 32768;
    const int ChunkElements = 512;

    static readonly float[] E4M3FN = [.. Enumerable.Range(0, 256).Select(bits => (float)Float8E4M3FN.FromBits((byte)bits))];
    static readonly float[] E5M2 = [.. Enumerable.Range(0, 256).Select(bits => (float)Float8E5M2.FromBits((byte)bits))];

    internal static void Run<TFrom, TTo>(TFrom* x, TTo* y, long n) where TFrom : unmanaged where TTo : unmanaged
    {
        if (n <= BlockElements) Row(x, y, n);
        else Parallel.For((int)((n + BlockElements - 1) / BlockElements), new Blocks<TFrom, TTo>(x, y, n));
    }

    internal static void Row<TFrom, TTo>(TFrom* x, TTo* y, long n) where TFrom : unmanaged where TTo : unmanaged
    {
        if (typeof(TFrom) == typeof(TTo)) Buffer.MemoryCopy(x, y, n * sizeof(TTo), n * sizeof(TFrom));
        else if (typeof(TFrom) == typeof(Float8E4M3FN)) FromFloat8((byte*)x, y, n, E4M3FN);
        else if (typeof(TFrom) == typeof(Float8E5M2)) FromFloat8((byte*)x, y, n, E5M2);
        else if (typeof(TTo) == typeof(Float8E4M3FN) || typeof(TTo) == typeof(Float8E5M2)) ToFloat8(x, y, n);
        else if (typeof(TTo) == typeof(bool)) NonZero(x, (byte*)y, n);
        else if (typeof(TFrom) == typeof(bool)) Row((byte*)x, y, n);
        else if (typeof(TFrom) == typeof(Half)) FromNarrow<TFrom, TTo>(x, y, n);
        else if (typeof(TFrom) == typeof(BFloat16)) FromNarrow<TFrom, TTo>(x, y, n);
        else if (typeof(TTo) == typeof(Half) || typeof(TTo) == typeof(BFloat16)) ToNarrow(x, y, n);
        else if (!CastVectors.TryRow(x, y, n)) Scalars(x, y, n);
    }

    // True for the two 16-bit floating-point types, whose arithmetic runs in single precision.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsNarrow<T>() => typeof(T) == typeof(Half) || typeof(T) == typeof(BFloat16);

    static void NonZero<T>(T* x, byte* y, long n) where T : unmanaged
    {
        if (IsNarrow<T>())
        {
            // A 16-bit floating-point number is zero when all but its sign bit is.
            for (long i = 0; i < n; i++) y[i] = (byte)((((ushort*)x)[i] & 0x7FFF) != 0 ? 1 : 0);
            return;
        }

        Map.Predicate<IsNonZero, T>(x, y, n);
    }

    static void FromNarrow<TFrom, TTo>(TFrom* x, TTo* y, long n) where TFrom : unmanaged where TTo : unmanaged
    {
        if (typeof(TTo) == typeof(float))
        {
            if (typeof(TFrom) == typeof(Half)) CastVectors.FromHalf((ushort*)x, (float*)y, n);
            else CastVectors.FromBFloat16((ushort*)x, (float*)y, n);
            return;
        }

        var wide = stackalloc float[ChunkElements];
        for (long i = 0; i < n; i += ChunkElements)
        {
            var count = Math.Min(ChunkElements, n - i);
            FromNarrow(x + i, wide, count);
            Row(wide, y + i, count);
        }
    }

    static void ToNarrow<TFrom, TTo>(TFrom* x, TTo* y, long n) where TFrom : unmanaged where TTo : unmanaged
    {
        if (typeof(TFrom) == typeof(float))
        {
            if (typeof(TTo) == typeof(Half)) CastVectors.ToHalf((float*)x, (ushort*)y, n);
            else CastVectors.ToBFloat16((float*)x, (ushort*)y, n);
            return;
        }

        // By way of double, from which the scalar conversions round once.
        var wide = stackalloc double[ChunkElements];
        for (long i = 0; i < n; i += ChunkElements)
        {
            var count = Math.Min(ChunkElements, n - i);
            Row(x + i, wide, count);
            for (long j = 0; j < count; j++)
            {
                if (typeof(TTo) == typeof(Half)) ((Half*)y)[i + j] = (Half)wide[j];
                else ((BFloat16*)y)[i + j] = (BFloat16)wide[j];
            }
        }
    }

    static void FromFloat8<TTo>(byte* x, TTo* y, long n, float[] values) where TTo : unmanaged
    {
        var wide = stackalloc float[ChunkElements];
        for (long i = 0; i < n; i += ChunkElements)
        {
            var count = Math.Min(ChunkElements, n - i);
            for (long j = 0; j < count; j++) wide[j] = values[x[i + j]];
            Row(wide, y + i, count);
        }
    }

    static void ToFloat8<TFrom, TTo>(TFrom* x, TTo* y, long n) where TFrom : unmanaged where TTo : unmanaged
    {
        var wide = stackalloc double[ChunkElements];
        for (long i = 0; i < n; i += ChunkElements)
        {
            var count = Math.Min(ChunkElements, n - i);
            Row(x + i, wide, count);
            for (long j = 0; j < count; j++)
            {
                if (typeof(TTo) == typeof(Float8E4M3FN)) ((Float8E4M3FN*)y)[i + j] = (Float8E4M3FN)wide[j];
                else ((Float8E5M2*)y)[i + j] = (Float8E5M2)wide[j];
            }
        }
    }

    static void Scalars<TFrom, TTo>(TFrom* x, TTo* y, long n) where TFrom : unmanaged where TTo : unmanaged
    {
        if (typeof(TFrom) == typeof(byte)) Known((byte*)x, y, n);
        else if (typeof(TFrom) == typeof(sbyte)) Known((sbyte*)x, y, n);
        else if (typeof(TFrom) == typeof(short)) Known((short*)x, y, n);
        else if (typeof(TFrom) == typeof(ushort)) Known((ushort*)x, y, n);
        else if (typeof(TFrom) == typeof(int)) Known((int*)x, y, n);
        else if (typeof(TFrom) == typeof(uint)) Known((uint*)x, y, n);
        else if (typeof(TFrom) == typeof(long)) Known((long*)x, y, n);
        else if (typeof(TFrom) == typeof(ulong)) Known((ulong*)x, y, n);
        else if (typeof(TFrom) == typeof(float)) Known((float*)x, y, n);
        else if (typeof(TFrom) == typeof(double)) Known((double*)x, y, n);
        else throw new NotSupportedException($"Expected: a tensor's element type. Received: {typeof(TFrom).Name}.");
    }

    static void Known<TFrom, TTo>(TFrom* x, TTo* y, long n)
        where TFrom : unmanaged, INumber<TFrom> where TTo : unmanaged
    {
        if (typeof(TTo) == typeof(byte)) Convert(x, (byte*)y, n);
        else if (typeof(TTo) == typeof(sbyte)) Convert(x, (sbyte*)y, n);
        else if (typeof(TTo) == typeof(short)) Convert(x, (short*)y, n);
        else if (typeof(TTo) == typeof(ushort)) Convert(x, (ushort*)y, n);
        else if (typeof(TTo) == typeof(int)) Convert(x, (int*)y, n);
        else if (typeof(TTo) == typeof(uint)) Convert(x, (uint*)y, n);
        else if (typeof(TTo) == typeof(long)) Convert(x, (long*)y, n);
        else if (typeof(TTo) == typeof(ulong)) Convert(x, (ulong*)y, n);
        else if (typeof(TTo) == typeof(float)) Convert(x, (float*)y, n);
        else if (typeof(TTo) == typeof(double)) Convert(x, (double*)y, n);
        else throw new NotSupportedException($"Expected: a tensor's element type. Received: {typeof(TTo).Name}.");
    }

    static void Convert<TFrom, TTo>(TFrom* x, TTo* y, long n)
        where TFrom : unmanaged, INumber<TFrom> where TTo : unmanaged, INumber<TTo>
    {
        for (long i = 0; i < n; i++)
        {
            y[i] = typeof(TFrom) == typeof(float) || typeof(TFrom) == typeof(double)
                ? TTo.CreateSaturating(x[i])
                : TTo.CreateTruncating(x[i]);
        }
    }

    readonly struct Blocks<TFrom, TTo>(TFrom* x, TTo* y, long n) : IBlocks
        where TFrom : unmanaged where TTo : unmanaged
    {
        readonly TFrom* _x = x;
        readonly TTo* _y = y;
        readonly long _n = n;

        public void Run(int block)
        {
            var start = (long)block * BlockElements;
            Row(_x + start, _y + start, Math.Min(BlockElements, _n - start));
        }
    }
}
