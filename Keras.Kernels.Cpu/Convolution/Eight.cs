using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

/// <summary>Up to eight vectors in registers: an array of them would lie in memory.</summary>
internal static unsafe class Eight<T, TVector, TLanes>
    where T : unmanaged, INumber<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<TCount>(T* from, nint step, out TVector v0, out TVector v1, out TVector v2, out TVector v3, out TVector v4, out TVector v5, out TVector v6, out TVector v7)
        where TCount : struct, ICount
    {
        v0 = TLanes.Load(from);
        v1 = TCount.Value > 1 ? TLanes.Load(from + step) : default;
        v2 = TCount.Value > 2 ? TLanes.Load(from + 2 * step) : default;
        v3 = TCount.Value > 3 ? TLanes.Load(from + 3 * step) : default;
        v4 = TCount.Value > 4 ? TLanes.Load(from + 4 * step) : default;
        v5 = TCount.Value > 5 ? TLanes.Load(from + 5 * step) : default;
        v6 = TCount.Value > 6 ? TLanes.Load(from + 6 * step) : default;
        v7 = TCount.Value > 7 ? TLanes.Load(from + 7 * step) : default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TCount>(T* to, nint step, TVector v0, TVector v1, TVector v2, TVector v3, TVector v4, TVector v5, TVector v6, TVector v7)
        where TCount : struct, ICount
    {
        TLanes.Store(v0, to);
        if (TCount.Value > 1) TLanes.Store(v1, to + step);
        if (TCount.Value > 2) TLanes.Store(v2, to + 2 * step);
        if (TCount.Value > 3) TLanes.Store(v3, to + 3 * step);
        if (TCount.Value > 4) TLanes.Store(v4, to + 4 * step);
        if (TCount.Value > 5) TLanes.Store(v5, to + 5 * step);
        if (TCount.Value > 6) TLanes.Store(v6, to + 6 * step);
        if (TCount.Value > 7) TLanes.Store(v7, to + 7 * step);
    }

    /// <summary>What is below 0 becomes 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rectify(ref TVector v0, ref TVector v1, ref TVector v2, ref TVector v3, ref TVector v4, ref TVector v5, ref TVector v6, ref TVector v7)
    {
        TVector zero = default;
        v0 = TLanes.Max(v0, zero);
        v1 = TLanes.Max(v1, zero);
        v2 = TLanes.Max(v2, zero);
        v3 = TLanes.Max(v3, zero);
        v4 = TLanes.Max(v4, zero);
        v5 = TLanes.Max(v5, zero);
        v6 = TLanes.Max(v6, zero);
        v7 = TLanes.Max(v7, zero);
    }
}
