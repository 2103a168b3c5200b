namespace Keras.Kernels.Cpu.Transforms;

/// <summary>How a length is taken apart.</summary>
internal static class Factorization
{
    // The primes that a butterfly serves; beyond the largest, a convolution is cheaper.
    static readonly int[] _odd = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61];

    /// <summary>The radices of the stages, or <c>null</c> where a prime is too large. The largest comes last: that stage has no factors.</summary>
    internal static int[]? Radices(int length)
    {
        var radices = new List<int>();
        var twos = int.TrailingZeroCount(length);
        length >>= twos;
        for (; twos >= 2; twos -= 2) radices.Add(4);
        if (twos == 1) radices.Add(2);
        foreach (var prime in _odd)
            for (; length % prime == 0; length /= prime) radices.Add(prime);
        radices.Sort();
        return length == 1 ? [.. radices] : null;
    }

    /// <summary>About what the stages cost, for each element.</summary>
    internal static double Cost(int[] radices) => radices.Sum(r => r switch { 2 => 0.8, 3 => 1.1, 4 => 1, 5 => 1.4, _ => 0.6 + (0.2 * r) });

    /// <summary>The pair of factors, each at least as wide as a vector, that costs least; (0, 0) where there is none.</summary>
    internal static (int First, int Second, double Cost) Split(int length, int width)
    {
        var best = (First: 0, Second: 0, Cost: double.PositiveInfinity);
        for (var small = width; (long)small * small <= length; small++)
        {
            var large = length / small;
            if (length % small != 0 || Radices(small) is not { } few || Radices(large) is not { } many) continue;
            var imbalance = 0.05 * Math.Log2((double)large / small);
            var cost = (Cost(few) * Waste(large, width)) + (Cost(many) * Waste(small, width)) + imbalance;
            if (cost < best.Cost) best = (small, large, cost);
        }
        return best;
    }

    static double Waste(int lanes, int width) => (lanes + width - 1) / width * width / (double)lanes;

    /// <summary>A length of at least <paramref name="least"/> with small factors, in which a convolution is cheap.</summary>
    internal static int Roomy(int least, int width)
    {
        var (best, lowest) = (0, double.PositiveInfinity);
        for (long fives = 1; fives <= 25; fives *= 5)
            for (var threes = fives; threes <= 27 * fives; threes *= 3)
            {
                var length = threes * width * width;
                while (length < least) length *= 2;
                if (length > 2 * Math.Max(least, (long)threes * width * width) || length > int.MaxValue) continue;
                var cost = length * (1 + Split((int)length, width).Cost);
                if (cost < lowest) (best, lowest) = ((int)length, cost);
            }
        return best;
    }
}
