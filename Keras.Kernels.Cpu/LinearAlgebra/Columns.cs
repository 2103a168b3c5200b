using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.LinearAlgebra;

/// <summary>Steps on contiguous vectors.</summary>
internal static unsafe class Columns
{
    /// <summary>y += x·factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddMultiple<T>(int n, T* x, T factor, T* y) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var i = 0;
        var factors = Vector.Create(factor);
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count) Fma(Vector.Load(x + i), factors, Vector.Load(y + i)).Store(y + i);
        for (; i < n; i++) y[i] = T.MultiplyAddEstimate(x[i], factor, y[i]);
    }

    /// <summary>y += x₀·f₀ + x₁·f₁ + x₂·f₂ + x₃·f₃, the x <paramref name="stride"/> apart: y is read and written once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddFour<T>(int n, T* x, nint stride, T* factors, T* y) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* x1 = x + stride, x2 = x1 + stride, x3 = x2 + stride;
        Vector<T> f0 = Vector.Create(factors[0]), f1 = Vector.Create(factors[1]), f2 = Vector.Create(factors[2]), f3 = Vector.Create(factors[3]);
        var i = 0;
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count)
        {
            var sum = Fma(Vector.Load(x + i), f0, Vector.Load(y + i));
            sum = Fma(Vector.Load(x1 + i), f1, sum);
            sum = Fma(Vector.Load(x2 + i), f2, sum);
            Fma(Vector.Load(x3 + i), f3, sum).Store(y + i);
        }
        for (; i < n; i++)
        {
            var sum = T.MultiplyAddEstimate(x[i], factors[0], y[i]);
            sum = T.MultiplyAddEstimate(x1[i], factors[1], sum);
            sum = T.MultiplyAddEstimate(x2[i], factors[2], sum);
            y[i] = T.MultiplyAddEstimate(x3[i], factors[3], sum);
        }
    }

    /// <summary>x /= divisor.</summary>
    internal static void Divide<T>(int n, T* x, T divisor) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var i = 0;
        var divisors = Vector.Create(divisor);
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count) (Vector.Load(x + i) / divisors).Store(x + i);
        for (; i < n; i++) x[i] /= divisor;
    }

    /// <summary>The place of the first of the largest magnitudes; 0 where one is NaN.</summary>
    internal static int Largest<T>(int n, T* x) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var i = 0;
        var largest = T.Zero;
        if (n >= Vector<T>.Count)
        {
            var most = Vector<T>.Zero;
            for (; i <= n - Vector<T>.Count; i += Vector<T>.Count) most = Vector.Max(most, Vector.Abs(Vector.Load(x + i)));
            for (var lane = 0; lane < Vector<T>.Count; lane++) largest = T.Max(largest, most[lane]);
        }
        for (; i < n; i++) largest = T.Max(largest, T.Abs(x[i]));
        for (i = 0; i < n; i++)
            if (T.Abs(x[i]) == largest) return i;
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<T> Fma<T>(Vector<T> left, Vector<T> right, Vector<T> sum) where T : unmanaged => typeof(T) == typeof(float)
        ? Vector.MultiplyAddEstimate(left.As<T, float>(), right.As<T, float>(), sum.As<T, float>()).As<float, T>()
        : Vector.MultiplyAddEstimate(left.As<T, double>(), right.As<T, double>(), sum.As<T, double>()).As<double, T>();
}
