using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using X86Fma = System.Runtime.Intrinsics.X86.Fma;

namespace Keras.Kernels.Cpu.Transforms;

/// <summary>Complex numbers, one a lane.</summary>
internal readonly unsafe struct Pair<T>(Vector<T> re, Vector<T> im) where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal readonly Vector<T> Re = re;
    internal readonly Vector<T> Im = im;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Pair<T> Load(T* re, T* im) => new(Vector.Load(re), Vector.Load(im));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Store(T* re, T* im)
    {
        Re.Store(re);
        Im.Store(im);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> operator +(Pair<T> a, Pair<T> b) => new(a.Re + b.Re, a.Im + b.Im);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> operator -(Pair<T> a, Pair<T> b) => new(a.Re - b.Re, a.Im - b.Im);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> operator *(Pair<T> a, Pair<T> b) =>
        new(Fms(a.Re, b.Re, a.Im * b.Im), Fma(a.Re, b.Im, a.Im * b.Re));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> operator *(Pair<T> a, Vector<T> factor) => new(a.Re * factor, a.Im * factor);

    /// <summary>a + i b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Pair<T> PlusI(Pair<T> a, Pair<T> b) => new(a.Re - b.Im, a.Im + b.Re);

    /// <summary>a - i b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Pair<T> MinusI(Pair<T> a, Pair<T> b) => new(a.Re + b.Im, a.Im - b.Re);

    /// <summary>a + b·factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Pair<T> PlusScaled(Pair<T> a, Pair<T> b, Vector<T> factor) => new(Fma(b.Re, factor, a.Re), Fma(b.Im, factor, a.Im));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<T> Fma(Vector<T> left, Vector<T> right, Vector<T> sum) => typeof(T) == typeof(float)
        ? Vector.MultiplyAddEstimate(left.As<T, float>(), right.As<T, float>(), sum.As<T, float>()).As<float, T>()
        : Vector.MultiplyAddEstimate(left.As<T, double>(), right.As<T, double>(), sum.As<T, double>()).As<double, T>();

    // The JIT does not fold the negation.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<T> Fms(Vector<T> left, Vector<T> right, Vector<T> less)
    {
        if (!X86Fma.IsSupported || Vector<byte>.Count != 32) return Fma(left, right, -less);
        var (a, b, c) = (left.AsVector256(), right.AsVector256(), less.AsVector256());
        return typeof(T) == typeof(float)
            ? X86Fma.MultiplySubtract(a.AsSingle(), b.AsSingle(), c.AsSingle()).AsVector().As<float, T>()
            : X86Fma.MultiplySubtract(a.AsDouble(), b.AsDouble(), c.AsDouble()).AsVector().As<double, T>();
    }
}
