using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Transforms;

/// <summary>2 m real numbers as m complex ones, and the way from the spectrum of these to that of the real numbers and back.</summary>
internal static unsafe class Halves
{
    static int Width<T>() where T : unmanaged => Vector256.IsHardwareAccelerated ? Vector256<T>.Count : int.MaxValue / 2;

    /// <summary>e^(-πi·k/m), as far as <see cref="Unfold"/> and <see cref="Fold"/> read: real parts, then imaginary parts.</summary>
    internal static Pinned<T> Roots<T>(int m) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var count = (m / 2) + Vector256<T>.Count;
        var roots = new Pinned<T>(2L * count);
        for (var k = 0; k < count; k++)
        {
            var (re, im) = Transforms.Roots.Of(k, 2L * m);
            (roots.At[k], roots.At[count + k]) = (T.CreateChecked(re), T.CreateChecked(im));
        }
        return roots;
    }

    /// <summary>Even places are real parts, odd ones imaginary parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Part<T>(int m, T* x, T* re, T* im) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var i = 0;
        for (; i <= m - Width<T>(); i += Vector256<T>.Count)
        {
            var (low, high) = (Apart(Vector256.Load(x + (2 * i))), Apart(Vector256.Load(x + (2 * i) + Vector256<T>.Count)));
            Vector256.Create(low.GetLower(), high.GetLower()).Store(re + i);
            Vector256.Create(low.GetUpper(), high.GetUpper()).Store(im + i);
        }
        for (; i < m; i++) (re[i], im[i]) = (x[2 * i], x[(2 * i) + 1]);
    }

    /// <summary>Undoes <see cref="Part"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Join<T>(int m, T* re, T* im, T* x) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var i = 0;
        for (; i <= m - Width<T>(); i += Vector256<T>.Count)
        {
            var (a, b) = (Vector256.Load(re + i), Vector256.Load(im + i));
            Together(Vector256.Create(a.GetLower(), b.GetLower())).Store(x + (2 * i));
            Together(Vector256.Create(a.GetUpper(), b.GetUpper())).Store(x + (2 * i) + Vector256<T>.Count);
        }
        for (; i < m; i++) (x[2 * i], x[(2 * i) + 1]) = (re[i], im[i]);
    }

    /// <summary>From the spectrum z of the m complex numbers to the first m + 1 elements of that of the 2 m real ones.</summary>
    /// <param name="m">Half the length.</param>
    /// <param name="z">m elements.</param>
    /// <param name="roots">e^(-πi·k/m).</param>
    /// <param name="x">m + 1 elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Unfold<T>(int m, Columns<T> z, Columns<T> roots, Columns<T> x) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (x.Re[0], x.Im[0]) = (z.Re[0] + z.Im[0], T.Zero);
        (x.Re[m], x.Im[m]) = (z.Re[0] - z.Im[0], T.Zero);
        var (k, half) = (1, T.CreateChecked(0.5));
        // Element k and element m - k come from the same two.
        for (; k <= m / 2 && k <= m - Width<T>(); k += Vector256<T>.Count)
        {
            var mirror = m - k - Vector256<T>.Count + 1;
            var (ar, ai) = (Vector256.Load(z.Re + k) * half, Vector256.Load(z.Im + k) * half);
            var (br, bi) = (Turned(Vector256.Load(z.Re + mirror)) * half, Turned(Vector256.Load(z.Im + mirror)) * half);
            var (wr, wi) = (Vector256.Load(roots.Re + k), Vector256.Load(roots.Im + k));
            var (er, ei, dr, di) = (ar + br, ai - bi, ar - br, ai + bi);
            var (tr, ti) = ((wr * di) + (wi * dr), (wi * di) - (wr * dr));
            (er + tr).Store(x.Re + k);
            (ei + ti).Store(x.Im + k);
            Turned(er - tr).Store(x.Re + mirror);
            Turned(ti - ei).Store(x.Im + mirror);
        }
        for (; k <= m / 2; k++)
        {
            var mirror = m - k;
            var (ar, ai, br, bi) = (z.Re[k] * half, z.Im[k] * half, z.Re[mirror] * half, z.Im[mirror] * half);
            var (er, ei, dr, di) = (ar + br, ai - bi, ar - br, ai + bi);
            var (tr, ti) = ((roots.Re[k] * di) + (roots.Im[k] * dr), (roots.Im[k] * di) - (roots.Re[k] * dr));
            (x.Re[k], x.Im[k], x.Re[mirror], x.Im[mirror]) = (er + tr, ei + ti, er - tr, ti - ei);
        }
    }

    /// <summary>Undoes <see cref="Unfold"/>, but for a factor; the imaginary parts at both ends are not read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Fold<T>(int m, Columns<T> x, Columns<T> roots, T factor, Columns<T> z) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (z.Re[0], z.Im[0]) = ((x.Re[0] + x.Re[m]) * factor, (x.Re[0] - x.Re[m]) * factor);
        var k = 1;
        for (; k <= m / 2 && k <= m - Width<T>(); k += Vector256<T>.Count)
        {
            var mirror = m - k - Vector256<T>.Count + 1;
            var (ar, ai) = (Vector256.Load(x.Re + k) * factor, Vector256.Load(x.Im + k) * factor);
            var (br, bi) = (Turned(Vector256.Load(x.Re + mirror)) * factor, Turned(Vector256.Load(x.Im + mirror)) * factor);
            var (wr, wi) = (Vector256.Load(roots.Re + k), Vector256.Load(roots.Im + k));
            var (er, ei, dr, di) = (ar + br, ai - bi, ar - br, ai + bi);
            var (tr, ti) = ((wi * dr) - (wr * di), (wr * dr) + (wi * di));
            (er + tr).Store(z.Re + k);
            (ei + ti).Store(z.Im + k);
            Turned(er - tr).Store(z.Re + mirror);
            Turned(ti - ei).Store(z.Im + mirror);
        }
        for (; k <= m / 2; k++)
        {
            var mirror = m - k;
            var (ar, ai, br, bi) = (x.Re[k] * factor, x.Im[k] * factor, x.Re[mirror] * factor, x.Im[mirror] * factor);
            var (er, ei, dr, di) = (ar + br, ai - bi, ar - br, ai + bi);
            var (tr, ti) = ((roots.Im[k] * dr) - (roots.Re[k] * di), (roots.Re[k] * dr) + (roots.Im[k] * di));
            (z.Re[k], z.Im[k], z.Re[mirror], z.Im[mirror]) = (er + tr, ei + ti, er - tr, ti - ei);
        }
    }

    /// <summary>The elements in reverse.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Turned<T>(Vector256<T> v) where T : unmanaged => typeof(T) == typeof(float)
        ? Vector256.Shuffle(v.AsSingle(), Vector256.Create(7, 6, 5, 4, 3, 2, 1, 0)).As<float, T>()
        : Vector256.Shuffle(v.AsDouble(), Vector256.Create(3L, 2, 1, 0)).As<double, T>();

    /// <summary>Even places below, odd ones above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Apart<T>(Vector256<T> v) where T : unmanaged => typeof(T) == typeof(float)
        ? Vector256.Shuffle(v.AsSingle(), Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7)).As<float, T>()
        : Vector256.Shuffle(v.AsDouble(), Vector256.Create(0L, 2, 1, 3)).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Together<T>(Vector256<T> v) where T : unmanaged => typeof(T) == typeof(float)
        ? Vector256.Shuffle(v.AsSingle(), Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).As<float, T>()
        : Vector256.Shuffle(v.AsDouble(), Vector256.Create(0L, 2, 1, 3)).As<double, T>();
}
