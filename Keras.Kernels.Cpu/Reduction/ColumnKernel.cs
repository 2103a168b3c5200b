using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Reduction;

using Keras.Kernels.Cpu.Elementwise;

internal static unsafe class ColumnKernel
{
    const int RowsAtOnce = 8;
    // Rows that must fit into a tile before folding them pays.
    const int FoldFrom = 8;
    // Rows that combine in TAcc before the result moves to TTop.
    const int RowsPerGroup = 256;

    // top[j] = combination of rows [start, end) at column j of a tile at most ReducePlan.TileElements wide.
    internal static void Run<TOp, T, TAcc, TTop>(
        in ReducePlan plan, T* x, long start, long end, int width, TTop* top)
        where TOp : IReduction
        where T : unmanaged
        where TAcc : unmanaged, INumber<TAcc>, IMinMaxValue<TAcc>
        where TTop : unmanaged, INumber<TTop>, IMinMaxValue<TTop>
    {
        var fold = width > 0 ? ReducePlan.TileElements / width : 1;
        if (!plan.RowsAreContiguous || fold < FoldFrom || end - start < fold)
        {
            Rows<TOp, T, TAcc, TTop>(plan, 0, x, start, end, width, top);
            return;
        }

        // Narrow rows that follow each other are taken as few wide ones, whose parts combine at the end.
        var wide = stackalloc TTop[ReducePlan.TileElements];
        var whole = (end - start) / fold;
        Rows<TOp, T, TAcc, TTop>(plan, fold * width, x + (start * width), 0, whole, fold * width, wide);
        Rows<TOp, T, TAcc, TTop>(plan, 0, x, start + (whole * fold), end, width, top);
        for (var part = 0; part < fold; part++) Combine<TOp, TTop>(top, wide + (part * width), width);
    }

    // stride: distance of rows, or 0 where the plan tells it.
    static void Rows<TOp, T, TAcc, TTop>(
        in ReducePlan plan, long stride, T* x, long start, long end, int width, TTop* top)
        where TOp : IReduction
        where T : unmanaged
        where TAcc : unmanaged, INumber<TAcc>, IMinMaxValue<TAcc>
        where TTop : unmanaged, INumber<TTop>, IMinMaxValue<TTop>
    {
        new Span<TTop>(top, width).Fill(TOp.Identity<TTop>());
        var sum = stackalloc TAcc[ReducePlan.TileElements];
        var staged = stackalloc TAcc[Source.IsDirect<TOp, T, TAcc>() ? 1 : RowsAtOnce * ReducePlan.TileElements];
        var wide = stackalloc TTop[typeof(TAcc) == typeof(TTop) ? 1 : ReducePlan.TileElements];
        var rows = stackalloc TAcc*[RowsAtOnce];
        for (var group = start; group < end; group += RowsPerGroup)
        {
            new Span<TAcc>(sum, width).Fill(TOp.Identity<TAcc>());
            var last = Math.Min(end, group + RowsPerGroup);
            for (var row = group; row < last; row += RowsAtOnce)
            {
                var count = (int)Math.Min(RowsAtOnce, last - row);
                for (var i = 0; i < count; i++)
                {
                    var offset = stride > 0 ? (row + i) * stride : plan.ReducedOffset(row + i);
                    rows[i] = Row<TOp, T, TAcc>(x + offset, staged + (i * ReducePlan.TileElements), width);
                }

                if (count == RowsAtOnce) Eight<TOp, TAcc>(sum, rows, width);
                else
                    for (var i = 0; i < count; i++) Combine<TOp, TAcc>(sum, rows[i], width);
            }

            if (typeof(TAcc) == typeof(TTop))
            {
                Combine<TOp, TTop>(top, (TTop*)sum, width);
                continue;
            }

            Elementwise.Cast.Row(sum, wide, width);
            Combine<TOp, TTop>(top, wide, width);
        }
    }

    internal static void Combine<TOp, T>(T* sum, T* row, int n) where TOp : IReduction where T : unmanaged
    {
        for (var i = 0; i < n; i += Vector512<T>.Count)
        {
            var count = Math.Min(Vector512<T>.Count, n - i);
            Padded.Store(TOp.Combine(Padded.Load(sum + i, count), Padded.Load(row + i, count)), sum + i, count);
        }
    }

    static TAcc* Row<TOp, T, TAcc>(T* x, TAcc* staged, int width)
        where TOp : IReduction where T : unmanaged where TAcc : unmanaged
    {
        if (Source.IsDirect<TOp, T, TAcc>()) return (TAcc*)x;
        Source.Load<TOp, T, TAcc>(x, staged, width);
        return staged;
    }

    static void Eight<TOp, T>(T* sum, T** rows, int n) where TOp : IReduction where T : unmanaged
    {
        T* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3];
        T* r4 = rows[4], r5 = rows[5], r6 = rows[6], r7 = rows[7];
        for (var i = 0; i < n; i += Vector512<T>.Count)
        {
            var count = Math.Min(Vector512<T>.Count, n - i);
            var a = Pair<TOp, T>(r0 + i, r1 + i, count);
            var b = Pair<TOp, T>(r2 + i, r3 + i, count);
            var c = Pair<TOp, T>(r4 + i, r5 + i, count);
            var d = Pair<TOp, T>(r6 + i, r7 + i, count);
            var all = TOp.Combine(TOp.Combine(a, b), TOp.Combine(c, d));
            Padded.Store(TOp.Combine(Padded.Load(sum + i, count), all), sum + i, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Pair<TOp, T>(T* x, T* y, int count) where TOp : IReduction where T : unmanaged =>
        TOp.Combine(Padded.Load(x, count), Padded.Load(y, count));
}
