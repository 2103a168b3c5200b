using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>The largest element of a row; meaningless where one is NaN, as every use turns NaN there anyway.</summary>
internal readonly unsafe struct MaxFold<T>(T* x) : IFoldStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Of(T* x, long n)
    {
        var least = Vector512.Create(T.NegativeInfinity);
        return LaneMath.Max(Sweep.Fold(new MaxFold<T>(x), least, 0, n));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Step<TChunk>(Vector512<T> total, long i, TChunk chunk) where TChunk : struct, IChunk =>
        Vector512.MaxNative(total, chunk.Load(_x + i, Vector512.Create(T.NegativeInfinity)));
}

/// <summary>Sum of exp(x - max); the terms go to <c>y</c> too unless that is null.</summary>
internal readonly unsafe struct ExpFold<T>(T* x, T max, T* y) : IFoldStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T _max = max;
    private readonly T* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Of(T* x, T max, T* y, long n) =>
        LaneMath.Sum(Sweep.Fold(new ExpFold<T>(x, max, y), Vector512<T>.Zero, 0, n));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Step<TChunk>(Vector512<T> total, long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var x = chunk.Load(_x + i, Vector512.Create(T.NegativeInfinity));
        var e = LaneMath.Exp(x - Vector512.Create(_max));
        if (_y != null)
            chunk.Store(_y + i, e);
        return total + e;
    }
}

internal readonly unsafe struct SumFold<T>(T* x) : IFoldStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Of(T* x, long n) =>
        LaneMath.Sum(Sweep.Fold(new SumFold<T>(x), Vector512<T>.Zero, 0, n));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Step<TChunk>(Vector512<T> total, long i, TChunk chunk) where TChunk : struct, IChunk =>
        total + chunk.Load(_x + i, Vector512<T>.Zero);
}

internal readonly unsafe struct DotFold<T>(T* x, T* y) : IFoldStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Of(T* x, T* y, long n) =>
        LaneMath.Sum(Sweep.Fold(new DotFold<T>(x, y), Vector512<T>.Zero, 0, n));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Step<TChunk>(Vector512<T> total, long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        return LaneMath.MulAdd(chunk.Load(_x + i, zero), chunk.Load(_y + i, zero), total);
    }
}

/// <summary>Sum of t times the log-softmax of x.</summary>
internal readonly unsafe struct LogLikelihoodFold<T>(T* x, T* t, T max, T log) : IFoldStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T* _t = t;
    private readonly T _max = max;
    private readonly T _log = log;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Of(T* x, T* t, T max, T log, long n) =>
        LaneMath.Sum(Sweep.Fold(new LogLikelihoodFold<T>(x, t, max, log), Vector512<T>.Zero, 0, n));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Step<TChunk>(Vector512<T> total, long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var max = Vector512.Create(_max);
        var logit = chunk.Load(_x + i, max) - max - Vector512.Create(_log);
        return LaneMath.MulAdd(chunk.Load(_t + i, Vector512<T>.Zero), logit, total);
    }
}

/// <summary>x += y.</summary>
internal readonly unsafe struct AddStep<T>(T* x, T* y) : IMapStep<T>
    where T : unmanaged
{
    private readonly T* _x = x;
    private readonly T* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk =>
        chunk.Store(_x + i, chunk.Load(_x + i, Vector512<T>.Zero) + chunk.Load(_y + i, Vector512<T>.Zero));
}

/// <summary>y *= factor.</summary>
internal readonly unsafe struct ScaleStep<T>(T* y, T factor) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _y = y;
    private readonly T _factor = factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk =>
        chunk.Store(_y + i, chunk.Load(_y + i, Vector512<T>.Zero) * _factor);
}

/// <summary>y = ((x - max) - log) * factor: the log-softmax for factor 1.</summary>
internal readonly unsafe struct LogitStep<T>(T* x, T max, T log, T factor, T* y) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T _max = max;
    private readonly T _log = log;
    private readonly T _factor = factor;
    private readonly T* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var x = chunk.Load(_x + i, Vector512<T>.Zero);
        chunk.Store(_y + i, (x - Vector512.Create(_max) - Vector512.Create(_log)) * _factor);
    }
}

/// <summary>dx = y (g - total).</summary>
internal readonly unsafe struct SoftmaxGradientStep<T>(T* y, T* g, T total, T* dx) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _y = y;
    private readonly T* _g = g;
    private readonly T _total = total;
    private readonly T* _dx = dx;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        var g = chunk.Load(_g + i, zero) - Vector512.Create(_total);
        chunk.Store(_dx + i, chunk.Load(_y + i, zero) * g);
    }
}

/// <summary>dx = g - exp(y) total.</summary>
internal readonly unsafe struct LogSoftmaxGradientStep<T>(T* y, T* g, T total, T* dx) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _y = y;
    private readonly T* _g = g;
    private readonly T _total = total;
    private readonly T* _dx = dx;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        var e = LaneMath.Exp(chunk.Load(_y + i, zero)) * _total;
        chunk.Store(_dx + i, chunk.Load(_g + i, zero) - e);
    }
}

/// <summary>dx = (e factor - t) g, with the exponentials e already in dx.</summary>
internal readonly unsafe struct DenseGradientStep<T>(T* dx, T* t, T factor, T g) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _dx = dx;
    private readonly T* _t = t;
    private readonly T _factor = factor;
    private readonly T _g = g;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        var difference = (chunk.Load(_dx + i, zero) * _factor) - chunk.Load(_t + i, zero);
        chunk.Store(_dx + i, difference * _g);
    }
}
