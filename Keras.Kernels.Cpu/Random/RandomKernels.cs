using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>
/// Random arrays, bit-identical to <c>jax.random</c> with partitionable keys. A key is two words, read when the kernel
/// runs; element i depends on the key and i alone.
/// </summary>
internal static unsafe class RandomKernels
{
    internal static void Bits(uint* key, uint* y, long n) =>
        CounterBlocks<byte, uint, BitsStep>.Run(new(Load(key)), null, y, n);

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    internal static void Uniform<T>(uint* key, T low, T high, T* y, long n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Fill(key, new UniformMap<T>(low, high), y, n);

    internal static void Normal<T>(uint* key, T mean, T deviation, T* y, long n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Fill(key, NormalMap<T>.Plain(mean, deviation), y, n);

    /// <summary>A standard normal conditioned to lie between the limits, then scaled and shifted.</summary>
    internal static void TruncatedNormal<T>(uint* key, T lower, T upper, T mean, T deviation, T* y, long n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Fill(key, NormalMap<T>.Truncated(lower, upper, mean, deviation), y, n);

    /// <summary>1 with probability <paramref name="p"/>, else 0.</summary>
    internal static void Bernoulli(uint* key, float p, byte* y, long n) =>
        CounterBlocks<byte, byte, BernoulliStep>.Run(new(Load(key), p), null, y, n);

    /// <summary>
    /// y = x / (1 - rate) where <see cref="Bernoulli"/> with 1 - rate gives 1, else 0. Applied to a gradient it is the
    /// backward pass. <paramref name="y"/> may be <paramref name="x"/>.
    /// </summary>
    internal static void DropoutScale<T>(uint* key, double rate, T* x, T* y, long n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        CounterBlocks<T, T, DropoutStep<T>>.Run(new(Load(key), 1 - rate), x, y, n);

    private static void Fill<T, TMap>(uint* key, TMap map, T* y, long n)
        where T : unmanaged
        where TMap : struct, IUnitMap<T> =>
        CounterBlocks<byte, T, UnitStep<T, TMap>>.Run(new(Load(key), map), null, y, n);

    private static ThreefryVector Load(uint* key) => new(key[0], key[1]);
}
