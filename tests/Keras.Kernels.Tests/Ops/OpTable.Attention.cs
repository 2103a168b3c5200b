namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    sealed record AttentionCase(int Batch, int Targets, int Sources, int Heads, int KeyHeads, int Size, int ValueSize, bool Causal = false, Shape? Bias = null, Shape? Mask = null);

    static readonly AttentionCase[] AttentionCases =
    [
        new(1, 1, 1, 1, 1, 1, 1), new(2, 5, 7, 2, 2, 3, 4), new(1, 6, 6, 2, 1, 4, 3, true), new(2, 4, 9, 2, 2, 3, 3, Bias: [1, 2, 4, 9], Mask: [2, 1, 1, 9]),
        new(1, 7, 5, 4, 2, 2, 2, true, Bias: [5], Mask: [1, 4, 7, 5]), new(1, 3, 4, 2, 2, 2, 2, Bias: [2, 3, 1], Mask: [1, 1, 3, 1]), new(1, 9, 3, 1, 1, 2, 5, true),
        new(0, 3, 4, 2, 1, 2, 2), new(2, 0, 4, 2, 1, 2, 2), new(1, 300, 530, 2, 1, 33, 17), new(1, 530, 300, 1, 1, 16, 70, true, Mask: [1, 1, 1, 300]),
    ];

    static OpRow[] Attentions() => [.. AttentionCases.SelectMany(Attentions)];

    static IEnumerable<OpRow> Attentions(AttentionCase c)
    {
        const double Scale = 0.7;
        var op = new Attend(Scale, c.Bias is not null, c.Mask is not null, c.Causal);
        Shape outputs = [c.Batch, c.Targets, c.Heads, c.ValueSize], rows = [c.Batch, c.Heads, c.Targets];
        List<Arg> inputs =
        [
            A([c.Batch, c.Targets, c.Heads, c.Size], Range(-2, 2)), A([c.Batch, c.Sources, c.KeyHeads, c.Size], Range(-1, 1)), A([c.Batch, c.Sources, c.KeyHeads, c.ValueSize], Range(-1, 1)),
        ];
        if (c.Bias is { } bias) inputs.Add(A(bias, Range(-2, 2)));
        // Every row sees the first source: which of hidden ones is the largest is nothing to differentiate.
        if (c.Mask is { } mask) inputs.Add(A(mask, (random, i, _) => i % mask[-1] == 0 ? 1 : random.Next(2), DType.Bool));
        var row = new OpRow(typeof(Attend), x => op.On(x), x => new AttentionReference(c, Scale, x).Forward(), DTypeRules.Wide, [[.. inputs]])
        {
            Label = $"{c}"["AttentionCase ".Length..],
            Steps = 4 * Summed,
            Scale = Table.Scale.Largest,
            // The gradient of a bias that is the same for all sources is rounding alone.
            Order = c.Bias is { Rank: > 0 } same && same[-1] == 1 ? 0 : 2,
        };
        yield return row;
        yield return row with { Call = x => new Part(0).On(op.On(x)), Reference = x => new AttentionReference(c, Scale, x).Forward()[..1], Label = row.Label + " result alone" };
        var gradient = new AttendGradient(op);
        Arg[] given = [.. inputs, A(outputs, Range(-2, 2)), A(outputs, Range(-1, 1)), A(rows, Range(1, 3)), A(rows, Range(2, 9))];
        yield return row with { Op = typeof(AttendGradient), Call = x => gradient.On(x), Reference = x => new AttentionReference(c, Scale, x).Backward(), Cases = [given] };
    }

    /// <summary>Attention one score at a time.</summary>
    sealed class AttentionReference(AttentionCase c, double scale, Nd[] x)
    {
        int Shared(int head) => head / (c.Heads / c.KeyHeads);

        static double Dot(int n, Func<int, double> a, Func<int, double> b) => Nd.Sum(Enumerable.Range(0, n).Select(i => a(i) * b(i)));

        bool Sees(int b, int h, int t, int s) => (!c.Causal || s <= t) && (c.Mask is null || x[c.Bias is null ? 3 : 4].Stretched([b, h, t, s]) != 0);

        double Score(int b, int h, int t, int s) => !Sees(b, h, t, s) ? -0.7 * float.MaxValue
            : (Dot(c.Size, d => x[0][b, t, h, d], d => x[1][b, s, Shared(h), d]) * scale) + (c.Bias is null ? 0 : x[3].Stretched([b, h, t, s]));

        double[] Scores(int b, int h, int t) => [.. Enumerable.Range(0, c.Sources).Select(s => Score(b, h, t, s))];

        Nd ByRow(Func<double[], double> function) => Nd.Make([c.Batch, c.Heads, c.Targets], i => function(Scores(i[0], i[1], i[2])));

        Nd ByScore(Func<int, int, int, int, double> element) => Nd.Make([c.Batch, c.Heads, c.Targets, c.Sources], i => element(i[0], i[1], i[2], i[3]));

        static double Total(double[] scores) => Nd.Sum(scores.Select(s => Math.Exp(s - scores.Max())));

        internal Nd[] Forward()
        {
            var (max, total, scores) = (ByRow(s => s.Max()), ByRow(Total), ByScore(Score));
            var weights = ByScore((b, h, t, s) => Math.Exp(scores[b, h, t, s] - max[b, h, t]) / total[b, h, t]);
            return [Nd.Make([c.Batch, c.Targets, c.Heads, c.ValueSize], i => Average(weights, [.. i])), max, total];
        }

        double Average(Nd weights, int[] i) => Dot(c.Sources, s => weights[i[0], i[2], i[1], s], s => x[2][i[0], s, Shared(i[2]), i[3]]);

        internal Nd[] Backward()
        {
            Nd g = x[^4], y = x[^3], max = x[^2], total = x[^1];
            var weights = ByScore((b, h, t, s) => Math.Exp(Score(b, h, t, s) - max[b, h, t]) / total[b, h, t]);
            var slopes = ByScore((b, h, t, s) => !Sees(b, h, t, s) ? 0 : scale * weights[b, h, t, s]
                * (Dot(c.ValueSize, d => g[b, t, h, d], d => x[2][b, s, Shared(h), d]) - Dot(c.ValueSize, d => g[b, t, h, d], d => y[b, t, h, d])));
            double OverHeads(int shared, Func<int, double> term) => Nd.Sum(Enumerable.Range(0, c.Heads).Where(h => Shared(h) == shared).Select(term));
            Nd Sources(Nd byScore, Nd byTarget, Nd like) => Nd.Make(like.Shape, i =>
            {
                var (b, s, shared, d) = (i[0], i[1], i[2], i[3]);
                return OverHeads(shared, h => Dot(c.Targets, t => byScore[b, h, t, s], t => byTarget[b, t, h, d]));
            });
            var dq = Nd.Make(x[0].Shape, i =>
            {
                var (b, t, h, d) = (i[0], i[1], i[2], i[3]);
                return Dot(c.Sources, s => slopes[b, h, t, s], s => x[1][b, s, Shared(h), d]);
            });
            return [dq, Sources(slopes, x[0], x[1]), Sources(weights, g, x[2])];
        }
    }
}
