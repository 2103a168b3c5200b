namespace Keras.Kernels.Tests.Table;

using static Domains;

/// <summary>Draws by rejection, in the order of their random numbers.</summary>
static partial class OpTable
{
    static (uint, uint) Child((uint High, uint Low) key, ulong i) => References.Threefry(key.High, key.Low, i);

    static double UnitOf((uint, uint) key) => Child(key, 0) is var (high, low) ? ((((ulong)high << 32) | low) >> 12) * Math.Pow(2, -52) : 0;

    static double NormalOf((uint, uint) key) => Math.Sqrt(2) * References.ErfInv(Math.Max(Math.BitIncrement(-1), (UnitOf(key) * (1 - Math.BitIncrement(-1))) + Math.BitIncrement(-1)));

    static double Gamma((uint, uint) key, double alpha, bool log)
    {
        var (boost, d) = (UnitOf(Child(key, 1)), (alpha < 1 ? alpha + 1 : alpha) - (1.0 / 3));
        key = Child(key, 0);
        while (true)
        {
            var (forX, forU) = (Child(key, 1), Child(key, 2));
            key = Child(key, 0);
            double x, v;
            do
            {
                x = NormalOf(Child(forX, 1));
                forX = Child(forX, 0);
                v = 1 + (x / Math.Sqrt(9 * d));
            }
            while (v <= 0);
            var (cube, u) = (v * v * v, UnitOf(forU));
            if (u >= 1 - (0.0331 * Math.Pow(x, 4)) && Math.Log(u) >= (x * x / 2) + (d * (1 - cube + Math.Log(cube)))) continue;
            var logarithm = Math.Log(d * cube) + (alpha < 1 ? Math.Log(1 - boost) / alpha : 0);
            return log ? logarithm : Math.Exp(logarithm);
        }
    }

    // The waiting times alone: what is drawn by rejection is held by its distribution.
    static double Binomial((uint, uint) key, double count, double p)
    {
        var (successes, trials) = (0, 0.0);
        while (true)
        {
            trials += Math.Ceiling(Math.Log(UnitOf(Child(key, 1))) / References.Log1p(-p));
            key = Child(key, 0);
            if (trials > count) return successes;
            successes++;
        }
    }

    static OpRow DrawRow(Op op, int n, Func<(uint, uint), double[], double> element, params Arg[] parameters) => new(op.GetType(), x => op.On(x), One(x => Nd.Make([n], i =>
        element(Words(x[0], i[0]), [.. x[1..].Select(p => p.Values[p.Size == 1 ? 0 : i[0]])]))), [DType.Float64], [[Key, .. parameters]])
    {
        Label = $"{op}".Split('{')[1].TrimEnd('}', ' ') + $" {n} {string.Join(" and ", parameters.Select(p => p.Shape))}",
        Order = 0,
        // A power of a number near 0, to 1 / alpha.
        Steps = 4096,
        Faults = n != 37 ? [] :
        [
            new(() => op.On([Tensor.Of([1u, 2u], [2]), .. parameters.Select(_ => Ops.Ones([36], DType.Float64))]), "a parameter does not fit the shape. Expected: (37,). Received: (36,)."),
            new(() => op.On([Tensor.Of([1u, 2u], [2]), .. parameters.Select(_ => Ops.Ones([37]))]), "a parameter has another dtype. Expected: float64. Received: float32."),
        ],
    };

    static IEnumerable<OpRow> Draws()
    {
        foreach (var n in (int[])[0, 1, 37, 3000])
        {
            var type = new TensorType(DType.Float64, [n]);
            foreach (var shape in n == 1 ? (Shape[])[[n]] : [[n], []])
            {
                yield return DrawRow(new RandomGamma(type), n, (key, p) => Gamma(key, p[0], log: false), A(shape, Range(0.05, 4)));
                yield return DrawRow(new RandomBinomial(type), n, (key, p) => Binomial(key, p[0], p[1]), A(shape, Whole(0, 20)), A([n], Range(0, 0.49)));
            }
            yield return DrawRow(new RandomGamma(type, Log: true, Child: 1), n, (key, p) => 0, A([n], Range(0.05, 4))) with
            {
                // Near 0 the logarithm cancels.
                Scale = Scale.Largest,
                Steps = 64,
                Reference = One(x => Nd.Make([n], i => Gamma(Child(Child(((uint)x[0].Values[0], (uint)x[0].Values[1]), 1), (ulong)i[0]), x[1].Values[i[0]], log: true))),
            };
        }
    }
}
