namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    static IEnumerable<OpRow> Arrays() =>
    [
        Integers<Gcd>(Ops.Gcd, (a, b) => Divisor(a, b), Whole(0, 99), Whole(0, 99)) with { Faults = [Floating(Ops.Gcd, "Gcd")] },
        new(typeof(View), x => Ops.View(Ops.View(x[0], DType.UInt8), x[0].DType), One(x => x[0]), [.. DTypeRules.Numbers.Where(d => d.Size() > 1)],
            [[A([37], Range(-90, 90))], [A([3, 0, 2], Range(-9, 9))], [A([2, 3, 5], Range(-9, 9))]])
        {
            Order = 0,
            Faults = [new(() => Ops.View(Ops.Ones([3], DType.Int16), DType.Int32),
                "[View] the last dimension does not hold whole elements. Expected: a multiple of 4 bytes. Received: 6 bytes in (3,).")],
        },
        Products(0, [[9], [0], [4, 3], [9, 70]]),
        Products(1, [[4, 3], [2, 7, 3], [3, 0]]),
        .. Scattered(),
        new(typeof(Diagonal), x => new Diagonal(1).On(x[0]), One(x => Nd.Make([3, 4], i => x[0][i[0], i[1], i[1] + 1])), DTypeRules.All, [[A([3, 5, 5], Range(-9, 9))]]),
        new(typeof(Diagonal), x => new Diagonal(-2).On(x[0]), One(x => Nd.Make([2], i => x[0][i[0] + 2, i[0]])), DTypeRules.All, [[A([4, 3], Range(-9, 9))]]) { Label = "below" },
        new(typeof(GetItem), x => new GetItem([1, TensorIndex.Slice(4, 0, -2), TensorIndex.NewAxis]).On(x[0]), One(x => Nd.Make([2, 1], i => x[0][1, 4 - (2 * i[0])])),
            DTypeRules.All, [[A([3, 5], Range(-9, 9))]]),
        new(typeof(ImageBorder), x => new ImageBorder(true, 0, new Side("height", 1, null, 6), new Side("width", null, 0, 5)).On(x[0]),
            One(x => Nd.Make([6, 5, 2], i => i[0] is 0 or > 3 || i[1] < 1 ? 0 : x[0][i[0] - 1, i[1] - 1, i[2]])), DTypeRules.All, [[A([3, 4, 2], Range(-9, 9))]]),
        new(typeof(ImageBorder), x => new ImageBorder(false, 1, new Side("height", 1, 1, null), new Side("width", null, 1, 2)).On(x[0]),
            One(x => Nd.Make([2, 1, 2, 1], i => x[0][i[0], 1, i[2] + 1, 0])), DTypeRules.All, [[A([2, 3, 4, 1], Range(-9, 9))]]) { Label = "crop" },
        new(typeof(Rearrange), x => new Rearrange("(h w) c -> c (w h)", "h=2").On(x[0]), One(x => Nd.Make([5, 6], i => x[0][(i[1] % 2 * 3) + (i[1] / 2), i[0]])),
            DTypeRules.All, [[A([6, 5], Range(-9, 9))]]),
    ];

    static double Divisor(long a, long b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }

    static OpRow Products(int axis, Shape[] shapes) => new(typeof(Cumprod), x => Ops.Cumprod(x[0], axis), One(x => Nd.Make(x[0].Shape, i =>
    {
        var (at, product) = (i.ToArray(), 1.0);
        for (at[axis] = 0; at[axis] <= i[axis]; at[axis]++) product *= x[0][at];
        return product;
    })), DTypeRules.Floats, [.. shapes.Select(s => (Arg[])[A(s, Signed(0.7, 1.3))])])
    {
        Label = $"along {axis}",
        Steps = 16,
    };

    static readonly (Shape X, int Count)[] UpdateCases = [([7], 5), ([4, 3], 9), ([3, 2, 2], 0), ([300, 70], 500)];

    static IEnumerable<OpRow> Scattered()
    {
        foreach (var (kind, join) in ((ScatterKind, Func<double, double, double>)[])[(ScatterKind.Replace, (_, u) => u), (ScatterKind.Add, (x, u) => x + u),
            (ScatterKind.Max, Math.Max), (ScatterKind.Min, Math.Min), (ScatterKind.Mul, (x, u) => x * u)])
        {
            // Extremes are differentiated where they are clear.
            var extreme = kind is ScatterKind.Max or ScatterKind.Min;
            Domain old = extreme ? Distinct : Signed(0.7, 1.3), update = extreme ? (r, i, n) => Distinct(r, i, n) + 0.0625 : old;
            yield return new(typeof(ScatterRows), v => new ScatterRows(kind).On(v), One(v => Updated(v[0], v[1], v[2], join)), DTypeRules.Floats,
                [.. UpdateCases.Select(c => (Arg[])[A(c.X, old), Indices([c.Count], c.X[0], DType.Int32), A(c.X.With(0, c.Count), update)])])
            {
                Label = kind.ToString(),
                Steps = Summed,
                Scale = Scale.Terms,
                Faults = [new(() => new ScatterRows(kind).On(Ops.Ones([3]), Tensor.Of([3], [1]), Ops.Ones([1])),
                    "[ScatterRows] an index is out of range. Expected: -3 to 2. Received: 3 at position 0.")],
            };
        }
        yield return new(typeof(ScatterUpdate), v => new ScatterUpdate(ScatterKind.Add).On(v), One(v =>
        {
            var result = new Nd(v[0].Shape, [.. v[0].Values]);
            for (var i = 0; i < 6; i++) result.Values[(Resolve((int)v[1].Values[2 * i], 3) * 4) + Resolve((int)v[1].Values[(2 * i) + 1], 4)] += v[2].Values[i];
            return result;
        }), DTypeRules.Floats, [[A([3, 4], Range(-2, 2)), Indices([6, 2], 3, DType.Int32), A([6], Range(-2, 2))]])
        {
            Steps = Summed,
            Scale = Scale.Terms,
        };
    }

    static Nd Updated(Nd x, Nd indices, Nd updates, Func<double, double, double> join)
    {
        var (result, row) = (new Nd(x.Shape, [.. x.Values]), x.Shape.Slice(1, x.Shape.Rank - 1).Size);
        for (var i = 0; i < updates.Values.Length; i++)
        {
            var at = (Resolve((int)indices.Values[i / row], x.Shape[0]) * row) + (i % row);
            result.Values[at] = join(result.Values[at], updates.Values[i]);
        }
        return result;
    }
}
