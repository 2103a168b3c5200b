using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>
/// The binomial distribution: the waiting times between successes are counted where few are expected, else the transformed rejection BTRS of Hörmann
/// serves ("The generation of binomial random variates", 1993). Computed in double precision.
/// </summary>
internal readonly struct BinomialDraw<T> : IDraw<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double FewSuccesses = 10;

    public T Draw((uint, uint) key, T first, T second)
    {
        double count = Math.Floor(double.CreateTruncating(first)), p = double.CreateTruncating(second);
        if (!(count >= 0) || !(p >= 0 && p <= 1))
            return T.NaN;
        if (double.IsPositiveInfinity(count))
            return T.PositiveInfinity;
        var q = p < 0.5 ? p : 1 - p;
        // The waiting time for what never comes has no end, and that of -0 no sign.
        var successes = q == 0 ? 0 : count * q <= FewSuccesses ? ByWaiting(key, count, q) : ByRejection(key, count, q);
        return T.CreateTruncating(p < 0.5 ? successes : count - successes);
    }

    private static double ByWaiting((uint, uint) key, double count, double p)
    {
        var rest = 1 - p;
        // log(1 - p), where p may vanish beside 1.
        var log = rest == 1 ? -p : Math.Log(rest) * p / (1 - rest);
        var successes = -1.0;
        for (double trials = 0; trials <= count; successes++)
            trials += Math.Ceiling(Math.Log(Drawing.Unit<double>(Drawing.Split(ref key))) / log);
        return successes;
    }

    private static double ByRejection((uint, uint) key, double count, double p)
    {
        var hat = new Hat(count, p);
        while (true)
        {
            var (forU, forV) = Drawing.SplitInThree(ref key);
            double u = Drawing.Unit<double>(forU) - 0.5, v = Drawing.Unit<double>(forV);
            var k = hat.Candidate(u);
            if (hat.IsInside(u, v))
                return k;
            if (k >= 0 && k <= count && hat.IsBelow(u, v, k))
                return k;
        }
    }

    /// <summary>The curve over the probabilities.</summary>
    private readonly struct Hat
    {
        private readonly double _count, _odds, _a, _b, _c, _inside, _alpha, _mode;

        internal Hat(double count, double p)
        {
            var deviation = Math.Sqrt(count * p * (1 - p));
            (_count, _odds) = (count, p / (1 - p));
            _b = 1.15 + (2.53 * deviation);
            _a = -0.0873 + (0.0248 * _b) + (0.01 * p);
            _c = (count * p) + 0.5;
            _inside = 0.92 - (4.2 / _b);
            _alpha = (2.83 + (5.1 / _b)) * deviation;
            _mode = Math.Floor((count + 1) * p);
        }

        internal double Candidate(double u) => Math.Floor((((2 * _a / (0.5 - Math.Abs(u))) + _b) * u) + _c);

        /// <summary>Where no probability needs to be computed.</summary>
        internal bool IsInside(double u, double v) => 0.5 - Math.Abs(u) >= 0.07 && v <= _inside;

        internal bool IsBelow(double u, double v, double k)
        {
            var edge = 0.5 - Math.Abs(u);
            var height = Math.Log(v * _alpha / ((_a / (edge * edge)) + _b));
            var bound = ((_mode + 0.5) * Math.Log((_mode + 1) / (_odds * (_count - _mode + 1))))
                + ((_count + 1) * Math.Log((_count - _mode + 1) / (_count - k + 1)))
                + ((k + 0.5) * Math.Log(_odds * (_count - k + 1) / (k + 1)))
                + Tail(_mode) + Tail(_count - _mode) - Tail(k) - Tail(_count - k);
            return height <= bound;
        }

        // log(k!) less Stirling's formula in k + 1.
        private static double Tail(double k)
        {
            if (k <= 9)
                return _tails[(int)k];
            var square = (k + 1) * (k + 1);
            return ((1.0 / 12) - (((1.0 / 360) - (1.0 / 1260 / square)) / square)) / (k + 1);
        }
    }

    private static readonly double[] _tails =
    [
        0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
        0.0138761288230707, 0.0118967099458917, 0.010411265261972, 0.00925546218271273, 0.00833056343336287,
    ];
}
