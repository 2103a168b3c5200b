using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>A variable or slot of an optimizer: read from one place, written to another that may be the same.</summary>
internal readonly unsafe struct Slot<T>(T* before, T* after)
    where T : unmanaged
{
    private readonly T* _before = before;
    private readonly T* _after = after;

    internal bool Exists => _before != null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector512<T> Load<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk =>
        chunk.Load(_before + i, Vector512<T>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Store<TChunk>(long i, Vector512<T> value, TChunk chunk) where TChunk : struct, IChunk =>
        chunk.Store(_after + i, value);
}

/// <summary>Optimizer updates in one pass. Step sizes are scalars in memory, read when the kernel runs.</summary>
internal static unsafe class OptimizerKernels
{
    /// <summary>w -= rate g.</summary>
    internal static void Sgd<T>(Slot<T> w, T* g, T* rate, long n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        MapBlocks<T, SgdStep<T>>.Run(new(w, g, *rate), n);

    /// <summary>m = momentum m - rate g; then w += m, or with Nesterov w += momentum m - rate g.</summary>
    internal static void Momentum<T>(Slot<T> w, Slot<T> m, T* g, T* rate, double momentum, bool nesterov, long n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        MapBlocks<T, MomentumStep<T>>.Run(new(w, m, g, *rate, T.CreateTruncating(momentum), nesterov), n);

    /// <summary>
    /// m += (g - m)(1 - beta1); v += (g g - v)(1 - beta2); w -= alpha m / (sqrt(v) + epsilon), alpha being the rate
    /// with its bias correction. With <paramref name="vHat"/> (AMSGrad) the root is of vHat = max(vHat, v).
    /// </summary>
    internal static void Adam<T>(
        Slot<T> w, Slot<T> m, Slot<T> v, Slot<T> vHat, T* g, T* alpha,
        double beta1, double beta2, double epsilon, long n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var rates = new AdamRates<T>(
            *alpha, T.CreateTruncating(1 - beta1), T.CreateTruncating(1 - beta2), T.CreateTruncating(epsilon));
        if (vHat.Exists)
            MapBlocks<T, AmsgradStep<T>>.Run(new(new(w, m, v, g, rates), vHat), n);
        else
            MapBlocks<T, AdamStep<T>>.Run(new(w, m, v, g, rates), n);
    }
}

internal readonly unsafe struct SgdStep<T>(Slot<T> w, T* g, T rate) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Slot<T> _w = w;
    private readonly T* _g = g;
    private readonly T _rate = rate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk =>
        _w.Store(i, _w.Load(i, chunk) - (chunk.Load(_g + i, Vector512<T>.Zero) * _rate), chunk);
}

internal readonly unsafe struct MomentumStep<T>(Slot<T> w, Slot<T> m, T* g, T rate, T momentum, bool nesterov)
    : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Slot<T> _w = w;
    private readonly Slot<T> _m = m;
    private readonly T* _g = g;
    private readonly T _rate = rate;
    private readonly T _momentum = momentum;
    private readonly bool _nesterov = nesterov;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var step = chunk.Load(_g + i, Vector512<T>.Zero) * _rate;
        var m = (_m.Load(i, chunk) * _momentum) - step;
        _m.Store(i, m, chunk);
        _w.Store(i, _w.Load(i, chunk) + (_nesterov ? (m * _momentum) - step : m), chunk);
    }
}

internal readonly struct AdamRates<T>(T alpha, T rest1, T rest2, T epsilon)
{
    internal readonly T Alpha = alpha;
    internal readonly T Rest1 = rest1;
    internal readonly T Rest2 = rest2;
    internal readonly T Epsilon = epsilon;
}

internal readonly unsafe struct AdamStep<T>(Slot<T> w, Slot<T> m, Slot<T> v, T* g, AdamRates<T> rates) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Slot<T> _w = w;
    private readonly Slot<T> _m = m;
    private readonly Slot<T> _v = v;
    private readonly T* _g = g;
    private readonly AdamRates<T> _rates = rates;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var (m, v) = Moments(i, chunk);
        Move(i, m, v, chunk);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal (Vector512<T> M, Vector512<T> V) Moments<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var g = chunk.Load(_g + i, Vector512<T>.Zero);
        var m = _m.Load(i, chunk);
        m += (g - m) * _rates.Rest1;
        _m.Store(i, m, chunk);
        var v = _v.Load(i, chunk);
        v += ((g * g) - v) * _rates.Rest2;
        _v.Store(i, v, chunk);
        return (m, v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Move<TChunk>(long i, Vector512<T> m, Vector512<T> v, TChunk chunk) where TChunk : struct, IChunk
    {
        var root = Vector512.Sqrt(v) + Vector512.Create(_rates.Epsilon);
        _w.Store(i, _w.Load(i, chunk) - (m * _rates.Alpha / root), chunk);
    }
}

internal readonly struct AmsgradStep<T>(AdamStep<T> adam, Slot<T> vHat) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AdamStep<T> _adam = adam;
    private readonly Slot<T> _vHat = vHat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var (m, v) = _adam.Moments(i, chunk);
        var vHat = Vector512.Max(_vHat.Load(i, chunk), v);
        _vHat.Store(i, vHat, chunk);
        _adam.Move(i, m, vHat, chunk);
    }
}
