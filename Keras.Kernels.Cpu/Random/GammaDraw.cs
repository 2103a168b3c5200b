using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>
/// The gamma distribution by Marsaglia and Tsang, in the order of draws of <c>jax.random.gamma</c>. A parameter below 1 is raised by 1, and the result
/// multiplied with a power of a uniform number; as logarithms where they are asked for.
/// </summary>
internal readonly struct GammaDraw<T>(bool log) : IDraw<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly T _third = T.One / T.CreateTruncating(3);
    private static readonly T _half = T.CreateTruncating(0.5);
    private static readonly T _squeeze = T.CreateTruncating(0.0331);

    private readonly bool _log = log;

    public T Draw((uint, uint) key, T alpha, T second)
    {
        if (!(alpha >= T.Zero))
            return T.NaN;
        var forBoost = Drawing.Split(ref key);
        var d = (alpha >= T.One ? alpha : alpha + T.One) - _third;
        var cube = Cube(key, d);
        if (_log)
            return T.Log(d) + T.Log(cube) + LogBoost(alpha, forBoost);
        return d * cube * (alpha >= T.One ? T.One : T.Pow(T.One - Drawing.Unit<T>(forBoost), T.One / alpha));
    }

    private static T LogBoost(T alpha, (uint, uint) key)
    {
        if (alpha >= T.One)
            return T.Zero;
        var log = T.Log(T.One - Drawing.Unit<T>(key));
        return log == T.Zero ? T.Zero : log / alpha;
    }

    // (1 + x / sqrt(9 d))^3 of a normal x, accepted so that d times it has the distribution of d + 1/3.
    private static T Cube((uint, uint) key, T d)
    {
        var c = _third / T.Sqrt(d);
        while (true)
        {
            var (forX, forU) = Drawing.SplitInThree(ref key);
            T x, v;
            do
            {
                x = Drawing.Normal<T>(Drawing.Split(ref forX));
                v = T.One + (x * c);
            }
            while (v <= T.Zero);
            var (square, cube, u) = (x * x, v * v * v, Drawing.Unit<T>(forU));
            // Refused only where both tests say so: with NaN neither does.
            if (!(u >= T.One - (_squeeze * square * square) && T.Log(u) >= (_half * square) + (d * (T.One - cube + T.Log(cube)))))
                return cube;
        }
    }
}
