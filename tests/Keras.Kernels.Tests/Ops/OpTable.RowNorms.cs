namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    static OpRow[] RowNorms() => [.. ((Shape[])[[9], [4, 37], [2, 3, 5], [0, 3], [300, 70]]).SelectMany(s => ((bool[])[true, false]).SelectMany(c => RowNorms(s, c)))];

    static IEnumerable<OpRow> RowNorms(Shape shape, bool centred)
    {
        const double Epsilon = 1e-3;
        var (rows, n) = (shape.Slice(0, shape.Rank - 1), shape[-1]);
        double Element(Nd x, long row, int i) => x.Values[(row * n) + i];
        Nd ByElement(Func<long, int, double> element) => new(shape, [.. Enumerable.Range(0, (int)rows.Size).SelectMany(r => Enumerable.Range(0, n).Select(i => element(r, i)))]);
        Nd ByEach(Func<long, double> value) => new(rows, [.. Enumerable.Range(0, (int)rows.Size).Select(r => value(r))]);
        Nd OverRows(Func<long, int, double> element) => new([n], [.. Enumerable.Range(0, n).Select(i => Nd.Sum(Enumerable.Range(0, (int)rows.Size).Select(r => element(r, i))))]);
        double Mean(Func<int, double> element) => Nd.Sum(Enumerable.Range(0, n).Select(element)) / n;
        Nd[] Forward(Nd[] x)
        {
            var mean = ByEach(r => centred ? Mean(i => Element(x[0], r, i)) : 0);
            var inverse = ByEach(r => 1 / Math.Sqrt(Mean(i => Math.Pow(Element(x[0], r, i) - mean.Values[r], 2)) + Epsilon));
            var normal = ByElement((r, i) => (Element(x[0], r, i) - mean.Values[r]) * inverse.Values[r]);
            return [x.Length == 1 ? normal : ByElement((r, i) => (Element(normal, r, i) * x[1].Values[i]) + x[2].Values[i]), mean, inverse];
        }
        Nd[] Backward(Nd[] x)
        {
            double Normal(long r, int i) => (Element(x[0], r, i) - x[2].Values[r]) * x[3].Values[r];
            double H(long r, int i) => Element(x[1], r, i) * (x.Length == 4 ? 1 : x[4].Values[i]);
            var sums = ByEach(r => centred ? Mean(i => H(r, i)) : 0);
            var products = ByEach(r => Mean(i => H(r, i) * Normal(r, i)));
            var dx = ByElement((r, i) => x[3].Values[r] * (H(r, i) - sums.Values[r] - (Normal(r, i) * products.Values[r])));
            return x.Length == 4 ? [dx] : [dx, OverRows((r, i) => Element(x[1], r, i) * Normal(r, i)), OverRows((r, i) => Element(x[1], r, i))];
        }
        OpRow Row(Op op, Func<Nd[], Nd[]> reference, params Arg[] args) => new(op.GetType(), x => op.On(x), reference, DTypeRules.Wide, [args])
        {
            Label = $"{shape}{(centred ? " centred" : "")} of {args.Length}",
            Steps = 4 * Summed,
            Scale = Scale.Largest,
        };
        var (forward, backward) = (new RowNormalize(Epsilon, centred), new RowNormalizeGradient(centred));
        Arg x = A(shape, Range(-2, 3)), gamma = A([n], Range(0.5, 2)), beta = A([n], Range(-1, 1));
        Arg[] gradient = [x, A(shape, Range(-2, 2)), A(rows, Range(-1, 1)), A(rows, Range(0.5, 2))];
        var scaled = Row(forward, Forward, x, gamma, beta);
        yield return Row(forward, Forward, x);
        yield return scaled;
        yield return scaled with { Call = x => new Part(0).On(forward.On(x)), Reference = x => Forward(x)[..1], Label = scaled.Label + ", result alone" };
        yield return Row(backward, Backward, gradient);
        yield return Row(backward, Backward, [.. gradient, gamma]);
    }
}
