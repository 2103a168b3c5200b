namespace Keras.Fuzz.Tests;

/// <summary>Numbers that follow from a seed and an index alone.</summary>
sealed class Dice(long seed, long index)
{
    ulong _state = Mix((ulong)seed * 0x9E3779B97F4A7C15) ^ Mix((ulong)index + 0x632BE59BD9B4E019);

    internal ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    internal int Below(int n) => (int)(Next() % (ulong)n);

    /// <summary>An integer of a range, both ends included.</summary>
    internal int Within(int low, int high) => low + Below(high - low + 1);

    internal double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    internal bool Chance(double p) => Unit() < p;

    internal T Pick<T>(params ReadOnlySpan<T> items) => items[Below(items.Length)];

    static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
