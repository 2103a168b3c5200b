namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    /// <summary>Batch, steps, classes, labels and the blank.</summary>
    static readonly (int Batch, int Steps, int Classes, int Labels, int Blank)[] Spoken =
        [(2, 4, 3, 2, 0), (3, 7, 5, 3, 4), (1, 1, 2, 1, 0), (2, 3, 4, 0, 1), (0, 3, 4, 2, 0), (2, 0, 3, 0, 0), (4, 60, 11, 19, 2), (9, 90, 40, 33, 0)];

    static double LogSum(params double[] terms)
    {
        var max = terms.Max();
        return double.IsNegativeInfinity(max) ? max : max + Math.Log(terms.Sum(t => Math.Exp(t - max)));
    }

    /// <summary>For each way through the steps: what it costs, and how often it is in each class at each step. By the textbook's recursions.</summary>
    static (double Loss, double[,] Share) Spelled(Func<int, int, double> score, int classes, int steps, int[] labels, int blank)
    {
        int[] states = [blank, .. labels.SelectMany(l => (int[])[l, blank])];
        const double Forbidden = -1e5;
        double Skip(int s) => s % 2 == 0 || s < 2 ? double.NegativeInfinity : states[s] == states[s - 2] ? Forbidden : 0;
        double[] Into(Func<int, double> row, int direction) => [.. states.Select((_, s) => direction > 0
            ? LogSum(row(s), row(s - 1), row(s - 2) + Skip(s)) : LogSum(row(s), row(s + 1), row(s + 2) + (s + 2 < states.Length ? Skip(s + 2) : double.NegativeInfinity)))];
        double At(double[] row, int s) => s >= 0 && s < row.Length ? row[s] : double.NegativeInfinity;
        var forth = new List<double[]> { states.Select((_, s) => s == 0 ? 0 : Forbidden).ToArray() };
        var taken = 0.0;
        for (var t = 0; t < steps; t++)
        {
            double[] row = [.. Into(s => At(forth[t], s), 1).Select((v, s) => v + score(t, states[s]))];
            taken += row.Max();
            forth.Add(Less(row));
        }
        var total = taken + LogSum(At(forth[steps], states.Length - 1), At(forth[steps], states.Length - 2));
        double[] back = [.. states.Select((_, s) => s == states.Length - 1 ? 0 : double.NegativeInfinity)];
        var share = new double[steps, classes];
        for (var t = steps - 1; t >= 0; t--)
        {
            back = Into(s => At(back, s), -1);
            double[] both = [.. forth[t + 1].Zip(back, (a, b) => a + b)];
            var all = LogSum(both);
            for (var s = 0; s < states.Length; s++) share[t, states[s]] += Math.Exp(both[s] - all);
            back = Less([.. back.Select((v, s) => v + score(t, states[s]))]);
        }
        return (-total, share);
        // With the largest at 0, so that nothing is lost to the size of what all have in common.
        static double[] Less(double[] row) => Array.ConvertAll(row, v => v - row.Max());
    }

    static (double Loss, double[,] Share) Spelled(Nd[] x, int item, int blank)
    {
        var (steps, labels) = ((int)x[3].Values[item], (int)x[2].Values[item]);
        return Spelled((t, c) => x[0][item, t, c], x[0].Shape[2], steps, [.. Enumerable.Range(0, labels).Select(k => (int)x[1][item, k])], blank);
    }

    static Arg[] SpokenArgs(int batch, int steps, int classes, int labels, bool gradient) =>
    [
        A([batch, steps, classes], Range(-5, 0)), A([batch, labels], Whole(0, classes - 1), DType.Int32), A([batch], Whole(0, labels), DType.Int32),
        A([batch], Whole(steps / 2, steps), DType.Int32), .. (Arg[])(gradient ? [A([batch], Range(-2, 2))] : []),
    ];

    static IEnumerable<OpRow> Sequences()
    {
        foreach (var (batch, steps, classes, labels, blank) in Spoken)
        {
            var label = $"{batch} x {steps} of {classes}, {labels} labels";
            yield return new(typeof(CtcLoss), x => new CtcLoss(blank).On(x), One(x => Nd.Make([batch], i => Spelled(x, i[0], blank).Loss)), DTypeRules.Floats,
                [SpokenArgs(batch, steps, classes, labels, gradient: false)])
            {
                Label = label,
                Steps = 16,
                Faults = batch == 0 || labels < 2 ? [] : CtcFaults,
            };
            yield return new(typeof(CtcLossGradient), x => new CtcLossGradient(blank).On(x), One(x =>
            {
                var shares = Enumerable.Range(0, batch).Select(i => Spelled(x, i, blank).Share).ToArray();
                return Nd.Make([batch, steps, classes], i => i[1] < x[3].Values[i[0]] ? -x[4].Values[i[0]] * shares[i[0]][i[1], i[2]] : 0);
            }), DTypeRules.Floats, [SpokenArgs(batch, steps, classes, labels, gradient: true)])
            {
                Label = label,
                Steps = 64,
                Scale = Scale.Largest,
            };
        }
        yield return SearchRow(3, 5, 4, 1000, 6, 3);
        yield return SearchRow(2, 4, 3, 200, 200, 0);
        yield return SearchRow(20, 3, 5, 400, 2, 1);
        yield return SearchRow(2, 0, 3, 5, 2, 1);
        yield return SearchRow(0, 2, 3, 5, 2, 1);
    }

    /// <summary>All readings of all ways through the steps, the likeliest first.</summary>
    static IEnumerable<(int[] Labels, double Score)> Readings(Nd[] x, int item, int blank)
    {
        var (steps, classes) = ((int)Math.Min(x[1].Values[item], x[0].Shape[1]), x[0].Shape[2]);
        var ways = Enumerable.Range(0, (int)Math.Pow(classes, steps)).Select(w => Enumerable.Range(0, steps).Select(t => w / (int)Math.Pow(classes, t) % classes).ToArray());
        return ways.GroupBy(
            way => string.Join(',', way.Where((c, t) => c != blank && (t == 0 || c != way[t - 1]))),
            (key, same) => (key.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray(),
                LogSum([.. same.Select(way => way.Select((c, t) => x[0][item, t, c]).Sum())]))).OrderByDescending(r => r.Item2);
    }

    static OpRow SearchRow(int batch, int steps, int classes, int width, int paths, int blank) => new(typeof(CtcBeamSearch), x => new CtcBeamSearch(width, paths, blank).On(x), x =>
    {
        var readings = Enumerable.Range(0, batch).Select(i => Readings(x, i, blank).Take(paths).ToArray()).ToArray();
        double Label(int[] i) => i[0] < readings[i[1]].Length && readings[i[1]][i[0]].Labels is var labels && i[2] < labels.Length ? labels[i[2]] : -1;
        return [Nd.Make([paths, batch, steps], Label), Nd.Make([batch, paths], i => i[1] < readings[i[0]].Length ? readings[i[0]][i[1]].Score : double.NegativeInfinity)];
    }, DTypeRules.Wide, [[A([batch, steps, classes], Range(-3, 0)), A([batch], Whole(0, steps + 1), DType.Int32)]])
    {
        Label = $"{batch} x {steps} of {classes}, {paths} of {width}",
        Order = 0,
        // Logarithms of sums near 1 are near 0: their error is absolute.
        Steps = 64,
    };

    static Fault[] CtcFaults =>
    [
        new(() => Ctc([[1, 3]], [2], [4]), "[ctc_loss] a label is out of range. Expected: 0 to 2. Received: 3 at position 1."),
        new(() => Ctc([[-1, 1]], [1], [4]), "[ctc_loss] a label is out of range. Expected: 0 to 2. Received: -1 at position 0."),
        new(() => Ctc([[1, 1]], [3], [4]), "[ctc_loss] a number of labels is out of range. Expected: 0 to 2. Received: 3 at position 0."),
        new(() => Ctc([[1, 1]], [2], [5]), "[ctc_loss] a number of steps is out of range. Expected: 0 to 4. Received: 5 at position 0."),
        new(() => Ctc([[1, 1]], [2, 2], [4]), "[CtcLoss] the batches are of different sizes. Expected: (1, 4, 3). Received: (2,)."),
        new(() => Ops.CtcLoss(Ops.Ones([1, 2]), Ops.Ones([1, 4, 3]), Ops.Ones([1]), Ops.Ones([1]), 3), "[CtcLoss] the blank is no class. Expected: 0 to 2. Received: 3."),
        new(() => Ops.CtcLoss(Ops.Ones([1]), Ops.Ones([1, 4, 3]), Ops.Ones([1]), Ops.Ones([1])), "[CtcLoss] the labels have a wrong number of dimensions. Expected: (batch, labels). Received: (1,)."),
    ];

    static Tensor Ctc(int[][] target, int[] targetLength, int[] outputLength) => Ops.CtcLoss(
        Tensor.Of([.. target.SelectMany(t => t)], [target.Length, target[0].Length]), Ops.Ones([1, 4, 3]), Tensor.Of(targetLength, [targetLength.Length]), Tensor.Of(outputLength, [outputLength.Length]));
}
