using System.Numerics;

namespace Keras;

/// <summary>
/// The counter-based generator Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as
/// 1, 2, 3", 2011). Keys, splitting and counters follow <c>jax.random</c> with partitionable keys.
/// </summary>
internal static class Threefry
{
    /// <summary>The parity word of the Skein key schedule.</summary>
    internal const uint Parity = 0x1BD11BDA;

    /// <summary>The key of a seed of 64 bits: the high word, then the low word.</summary>
    internal static (uint K0, uint K1) Seed(ulong seed) => ((uint)(seed >> 32), (uint)seed);

    /// <summary>The key of a seed of 32 bits; a negative seed is taken as its 32-bit pattern.</summary>
    internal static (uint K0, uint K1) Seed(int seed) => (0, unchecked((uint)seed));

    /// <summary>The two words that <paramref name="key"/> gives for the counter's words.</summary>
    internal static (uint X0, uint X1) Block((uint K0, uint K1) key, uint x0, uint x1)
    {
        unchecked
        {
            var k2 = key.K0 ^ key.K1 ^ Parity;
            var x = (X0: x0 + key.K0, X1: x1 + key.K1);
            x = Even(x, key.K1, k2 + 1);
            x = Odd(x, k2, key.K0 + 2);
            x = Even(x, key.K0, key.K1 + 3);
            x = Odd(x, key.K1, k2 + 4);
            return Even(x, k2, key.K0 + 5);
        }
    }

    /// <summary>The two words for element <paramref name="counter"/>; they are also that element's child key.</summary>
    internal static (uint X0, uint X1) Block((uint K0, uint K1) key, ulong counter) =>
        Block(key, (uint)(counter >> 32), (uint)counter);

    /// <summary>Fills <paramref name="children"/> with independent keys.</summary>
    internal static void Split((uint K0, uint K1) key, Span<(uint K0, uint K1)> children)
    {
        for (var i = 0; i < children.Length; i++)
            children[i] = Block(key, (ulong)i);
    }

    /// <summary>Independent keys, <paramref name="count"/> of them.</summary>
    internal static (uint K0, uint K1)[] Split((uint K0, uint K1) key, int count)
    {
        var children = new (uint, uint)[count];
        Split(key, children);
        return children;
    }

    /// <summary>A key that depends on <paramref name="key"/> and <paramref name="data"/>.</summary>
    internal static (uint K0, uint K1) FoldIn((uint K0, uint K1) key, uint data) => Block(key, 0, data);

    private static (uint X0, uint X1) Even((uint X0, uint X1) x, uint add0, uint add1) =>
        Inject(Mix(Mix(Mix(Mix(x, 13), 15), 26), 6), add0, add1);

    private static (uint X0, uint X1) Odd((uint X0, uint X1) x, uint add0, uint add1) =>
        Inject(Mix(Mix(Mix(Mix(x, 17), 29), 16), 24), add0, add1);

    private static (uint X0, uint X1) Inject((uint X0, uint X1) x, uint add0, uint add1) =>
        unchecked((x.X0 + add0, x.X1 + add1));

    private static (uint X0, uint X1) Mix((uint X0, uint X1) x, int rotation)
    {
        var sum = unchecked(x.X0 + x.X1);
        return (sum, BitOperations.RotateLeft(x.X1, rotation) ^ sum);
    }
}
