namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    static readonly (Window Window, Shape[] Shapes)[] DepthWindows =
    [
        (new(3, 1, 1, Padding.Same), [[2, 4, 2, 3, 2], [1, 1, 1, 2, 3], [2, 6, 9, 10, 20]]),
        (new(2, 2, 1, Padding.Valid), [[1, 5, 2, 2, 3], [0, 4, 1, 2, 1]]),
        (new(3, 1, 2, Padding.Valid), [[1, 7, 1, 2, 2], [2, 4, 1, 1, 2]]),
        (new(4, 3, 1, Padding.Same), [[2, 7, 1, 3, 17]]),
    ];

    static IEnumerable<OpRow> Volumes()
    {
        foreach (var (window, shapes) in DepthWindows)
        {
            yield return new(typeof(Depths), x => new Depths(window).On(x), One(x => SideBySide(window, x[0])), DTypeRules.All, [.. shapes.Select(s => new[] { Signal(s) })])
            {
                Label = $"{window}",
            };
            foreach (var s in shapes)
                yield return new(typeof(DepthsGradient), x => new DepthsGradient(window, s[1]).On(x), One(x => Together(window, x[0], s)), DTypeRules.Floats,
                    [[Signal(Wide(window, s))]])
                {
                    Label = $"{window} of {s}",
                    Steps = Summed,
                    Scale = Scale.Terms,
                };
        }
    }

    static Shape Wide(Window window, Shape x) => x.With(1, Spans(window, x).Out).With(4, window.Size[0] * x[4]);

    static (int Out, int Low) Spans(Window window, Shape x) =>
        Layout(x[1], ((window.Size[0] - 1) * window.Dilation[0]) + 1, window.Strides[0], window.Padding.IsSame);

    // The place that a tap of a window sees.
    static int Seen(Window window, Shape x, int output, int tap) => (output * window.Strides[0]) - Spans(window, x).Low + (tap * window.Dilation[0]);

    static Nd SideBySide(Window window, Nd x) => Nd.Make(Wide(window, x.Shape), i =>
        Seen(window, x.Shape, i[1], i[4] / x.Shape[4]) is var at && at >= 0 && at < x.Shape[1] ? x[i[0], at, i[2], i[3], i[4] % x.Shape[4]] : 0);

    static Nd Together(Window window, Nd g, Shape x) => Nd.Make(x, i =>
    {
        var sum = 0.0;
        for (var output = 0; output < g.Shape[1]; output++)
            for (var tap = 0; tap < window.Size[0]; tap++)
                if (Seen(window, x, output, tap) == i[1]) sum += g[i[0], output, i[2], i[3], (tap * x[4]) + i[4]];
        return sum;
    });
}
