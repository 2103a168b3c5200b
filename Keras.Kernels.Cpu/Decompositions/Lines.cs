using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>Arithmetic on rows that are aligned and padded with zeros to whole vectors. A position to start from is rounded down to one, so
/// vectors that act from there on must be 0 before it.</summary>
internal static unsafe class Lines<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal static int Width => Vector512<T>.Count;

    /// <summary>The distance of rows of a length; an odd number of vectors where rows are long, so that columns use all of the cache.</summary>
    internal static int Stride(int length)
    {
        var vectors = (length + Width - 1) / Width;
        return (vectors >= 4 && vectors % 2 == 0 ? vectors + 1 : Math.Max(1, vectors)) * Width;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Fma(Vector512<T> a, Vector512<T> b, Vector512<T> c) => Simd512<T>.MultiplyAdd(a, b, c);

    static int Down(int from) => from & -Width;

    internal static T Dot(T* a, T* b, int from, int stride)
    {
        Vector512<T> s0 = default, s1 = default, s2 = default, s3 = default;
        var i = Down(from);
        for (; i <= stride - (4 * Width); i += 4 * Width)
        {
            s0 = Fma(Vector512.LoadAligned(a + i), Vector512.LoadAligned(b + i), s0);
            s1 = Fma(Vector512.LoadAligned(a + i + Width), Vector512.LoadAligned(b + i + Width), s1);
            s2 = Fma(Vector512.LoadAligned(a + i + (2 * Width)), Vector512.LoadAligned(b + i + (2 * Width)), s2);
            s3 = Fma(Vector512.LoadAligned(a + i + (3 * Width)), Vector512.LoadAligned(b + i + (3 * Width)), s3);
        }
        for (; i < stride; i += Width) s0 = Fma(Vector512.LoadAligned(a + i), Vector512.LoadAligned(b + i), s0);
        return Vector512.Sum((s0 + s1) + (s2 + s3));
    }

    /// <summary>y += factor · x.</summary>
    internal static void Add(T factor, T* x, T* y, int from, int stride)
    {
        var f = Vector512.Create(factor);
        for (var i = Down(from); i < stride; i += Width)
            Fma(f, Vector512.LoadAligned(x + i), Vector512.LoadAligned(y + i)).StoreAligned(y + i);
    }

    /// <summary>y -= a · p + b · q; gives y · r.</summary>
    internal static T Update(T* y, T a, T* p, T b, T* q, T* r, int from, int stride)
    {
        Vector512<T> va = Vector512.Create(-a), vb = Vector512.Create(-b), s0 = default, s1 = default;
        var i = Down(from);
        for (; i <= stride - (2 * Width); i += 2 * Width)
        {
            var y0 = Fma(va, Vector512.LoadAligned(p + i), Vector512.LoadAligned(y + i));
            var y1 = Fma(va, Vector512.LoadAligned(p + i + Width), Vector512.LoadAligned(y + i + Width));
            y0 = Fma(vb, Vector512.LoadAligned(q + i), y0);
            y1 = Fma(vb, Vector512.LoadAligned(q + i + Width), y1);
            y0.StoreAligned(y + i);
            y1.StoreAligned(y + i + Width);
            s0 = Fma(y0, Vector512.LoadAligned(r + i), s0);
            s1 = Fma(y1, Vector512.LoadAligned(r + i + Width), s1);
        }
        for (; i < stride; i += Width)
        {
            var y0 = Fma(vb, Vector512.LoadAligned(q + i), Fma(va, Vector512.LoadAligned(p + i), Vector512.LoadAligned(y + i)));
            y0.StoreAligned(y + i);
            s0 = Fma(y0, Vector512.LoadAligned(r + i), s0);
        }
        return Vector512.Sum(s0 + s1);
    }

    /// <summary>The sum of rows, each with a factor, from one position to another.</summary>
    internal static void Combine(T* rows, int count, int stride, T* factors, T* sum, int from, int to)
    {
        var i = Down(from);
        for (; i <= to - (4 * Width); i += 4 * Width)
        {
            Vector512<T> s0 = default, s1 = default, s2 = default, s3 = default;
            for (var row = 0; row < count; row++)
            {
                var x = rows + ((long)row * stride) + i;
                var f = Vector512.Create(factors[row]);
                s0 = Fma(f, Vector512.LoadAligned(x), s0);
                s1 = Fma(f, Vector512.LoadAligned(x + Width), s1);
                s2 = Fma(f, Vector512.LoadAligned(x + (2 * Width)), s2);
                s3 = Fma(f, Vector512.LoadAligned(x + (3 * Width)), s3);
            }
            s0.StoreAligned(sum + i);
            s1.StoreAligned(sum + i + Width);
            s2.StoreAligned(sum + i + (2 * Width));
            s3.StoreAligned(sum + i + (3 * Width));
        }
        for (; i < to; i += Width)
        {
            Vector512<T> s = default;
            for (var row = 0; row < count; row++)
                s = Fma(Vector512.Create(factors[row]), Vector512.LoadAligned(rows + ((long)row * stride) + i), s);
            s.StoreAligned(sum + i);
        }
    }

    /// <summary>The greatest magnitude; NaN or an infinity where there is one.</summary>
    internal static T Largest(T* x, long count)
    {
        var largest = T.Zero;
        for (long i = 0; i < count; i++)
        {
            var a = T.Abs(x[i]);
            if (!(a <= largest)) largest = a;
            if (T.IsNaN(largest)) return largest;
        }
        return largest;
    }

    /// <summary>The Euclidean length of elements, without overflow or underflow on the way.</summary>
    internal static T Norm(T* x, int count)
    {
        var sum = T.Zero;
        for (var i = 0; i < count; i++) sum += x[i] * x[i];
        if (sum > Tiny && T.IsFinite(sum)) return T.Sqrt(sum);
        var largest = Largest(x, count);
        if (largest == T.Zero || !T.IsFinite(largest)) return largest;
        sum = T.Zero;
        for (var i = 0; i < count; i++) sum += x[i] / largest * (x[i] / largest);
        return largest * T.Sqrt(sum);
    }

    // Squares above it have lost nothing that counts.
    static T Tiny => typeof(T) == typeof(float) ? T.CreateTruncating(1e-28) : T.CreateTruncating(1e-280);

    /// <summary>Above it numbers, and what is left when they are added, have all of their digits.</summary>
    internal static T Least => typeof(T) == typeof(float) ? T.CreateTruncating(1e-30) : T.CreateTruncating(1e-290);

    /// <summary>The power of 2 that brings the largest magnitude near 1.</summary>
    internal static T Unit(T largest) => largest == T.Zero ? T.One : T.ScaleB(T.One, Math.Clamp(-T.ILogB(largest), -Reach, Reach));

    static int Reach => typeof(T) == typeof(float) ? 125 : 1020;

    internal static T Epsilon => typeof(T) == typeof(float) ? T.CreateTruncating(5.9604644775390625e-8) : T.CreateTruncating(1.1102230246251565e-16);
}
