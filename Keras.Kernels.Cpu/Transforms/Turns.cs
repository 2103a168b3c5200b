using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Transforms;

/// <summary>What the results of a butterfly are multiplied by on their way to memory.</summary>
internal unsafe interface ITurn
{
    /// <summary>Result <paramref name="k"/> times its factor; <paramref name="apart"/> separates the factors of two results.</summary>
    static abstract Pair<T> Apply<T>(Pair<T> value, T* factors, nint k, nint apart) where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>How far the factors move when the lanes do.</summary>
    static abstract nint Step { get; }
}

/// <summary>By nothing.</summary>
internal readonly unsafe struct NoTurn : ITurn
{
    public static nint Step => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Apply<T>(Pair<T> value, T* factors, nint k, nint apart) where T : unmanaged, IBinaryFloatingPointIeee754<T> => value;
}

/// <summary>By one root of unity for all lanes; the first result's is 1.</summary>
internal readonly unsafe struct LikeTurns : ITurn
{
    public static nint Step => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Apply<T>(Pair<T> value, T* factors, nint k, nint apart) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        k == 0 ? value : value * new Pair<T>(Vector.Create(factors[(2 * k) - 2]), Vector.Create(factors[(2 * k) - 1]));
}

/// <summary>By a root of unity for each lane: vectors of real parts, and of imaginary parts half way between two results'.</summary>
internal readonly unsafe struct LaneTurns : ITurn
{
    public static nint Step => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Apply<T>(Pair<T> value, T* factors, nint k, nint apart) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        value * Pair<T>.Load(factors + (k * apart), factors + (k * apart) + (apart / 2));
}
