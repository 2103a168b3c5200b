using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Recurrent;

using Keras.Kernels.Cpu.Elementwise;

internal static class CellMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Sigmoid<T>(Vector512<T> x) where T : unmanaged => Vector512<T>.One / (Vector512<T>.One + Lanes.Real<Exp, T>(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Tanh<T>(Vector512<T> x) where T : unmanaged => Lanes.Real<Tanh, T>(x);

    /// <summary>The slope of a sigmoid from its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Slope<T>(Vector512<T> y) where T : unmanaged => y * (Vector512<T>.One - y);

    /// <summary>The slope of a hyperbolic tangent from its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> SlopeOfTanh<T>(Vector512<T> y) where T : unmanaged => Vector512<T>.One - (y * y);
}

/// <summary>What the backward steps of all cells begin with.</summary>
internal static unsafe class Arriving
{
    /// <summary>The gradient of a state: what the step behind it gave, and what arrives at the sequence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load<T, TChunk>(in BackwardRow<T> row, long i, TChunk chunk) where T : unmanaged where TChunk : struct, IChunk
    {
        var total = chunk.Load(row.State + i, Vector512<T>.Zero);
        return row.Arriving == null ? total : total + chunk.Load(row.Arriving + i, Vector512<T>.Zero);
    }
}
