using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

/// <summary>How a tile walks its two operands; all steps in bytes.</summary>
internal unsafe struct TileWalk
{
    /// <summary>From one row of the tile to the next, in the operand that is spread.</summary>
    public nint RowStep;

    /// <summary>From one depth to the next, in the operand that is spread.</summary>
    public nint DepthStep;

    /// <summary>From one depth to the next, in the operand read as vectors, over all segments.</summary>
    public nint PanelStep;

    /// <summary>Depths of a segment.</summary>
    public nint Length;

    /// <summary>Where each segment starts in the operand that is spread.</summary>
    public nint* Offsets;

    public int Segments;
}

[Flags]
internal enum TileEnd
{
    None = 0,
    Accumulate = 1,
    Relu = 2,
}

/// <summary>
/// The register kernel: up to 14 rows by one or two vectors, target[row] = start + sum over depth of
/// spread[row, depth] * panel[depth]. The start is the target itself, the bias or zero.
/// </summary>
internal static unsafe class Tile<T, TVector, TLanes>
    where T : unmanaged
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    /// <summary>Columns of a full tile.</summary>
    public static int Width => 2 * TLanes.Count;

    public static void Run(
        int rows, int columns, in TileWalk walk, byte* spread, byte* panel, T* target, nint step, T* bias, TileEnd end)
    {
        if (columns > TLanes.Count)
            Run<Count2>(rows, walk, spread, panel, target, step, bias, end);
        else
            Run<Count1>(rows, walk, spread, panel, target, step, bias, end);
    }

    static void Run<TWide>(
        int rows, in TileWalk walk, byte* spread, byte* panel, T* target, nint step, T* bias, TileEnd end)
        where TWide : struct, ICount
    {
        switch (rows)
        {
            case 1: Run<Count1, TWide>(walk, spread, panel, target, step, bias, end); break;
            case 2: Run<Count2, TWide>(walk, spread, panel, target, step, bias, end); break;
            case 3: Run<Count3, TWide>(walk, spread, panel, target, step, bias, end); break;
            case 4: Run<Count4, TWide>(walk, spread, panel, target, step, bias, end); break;
            case 5: Run<Count5, TWide>(walk, spread, panel, target, step, bias, end); break;
            case 6: Run<Count6, TWide>(walk, spread, panel, target, step, bias, end); break;
            case 7: Run<Count7, TWide>(walk, spread, panel, target, step, bias, end); break;
            case 8: Run<Count8, TWide>(walk, spread, panel, target, step, bias, end); break;
            case 9: Run<Count9, TWide>(walk, spread, panel, target, step, bias, end); break;
            case 10: Run<Count10, TWide>(walk, spread, panel, target, step, bias, end); break;
            case 11: Run<Count11, TWide>(walk, spread, panel, target, step, bias, end); break;
            case 12: Run<Count12, TWide>(walk, spread, panel, target, step, bias, end); break;
            case 13: Run<Count13, TWide>(walk, spread, panel, target, step, bias, end); break;
            case 14: Run<Count14, TWide>(walk, spread, panel, target, step, bias, end); break;
        }
    }

    // Optimised at once: the first batch must not run it unoptimised.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run<TRows, TWide>(
        in TileWalk walk, byte* spread, byte* panel, T* target, nint step, T* bias, TileEnd end)
        where TRows : struct, ICount
        where TWide : struct, ICount
    {
        var half = TLanes.Count;
        TVector s0 = default, s1 = default;
        if (bias != null)
        {
            s0 = TLanes.Load(bias);
            if (TWide.Value > 1) s1 = TLanes.Load(bias + half);
        }

        TVector a0 = s0, a1 = s0, a2 = s0, a3 = s0, a4 = s0, a5 = s0, a6 = s0;
        TVector a7 = s0, a8 = s0, a9 = s0, a10 = s0, a11 = s0, a12 = s0, a13 = s0;
        TVector b0 = s1, b1 = s1, b2 = s1, b3 = s1, b4 = s1, b5 = s1, b6 = s1;
        TVector b7 = s1, b8 = s1, b9 = s1, b10 = s1, b11 = s1, b12 = s1, b13 = s1;
        if ((end & TileEnd.Accumulate) != 0)
        {
            var t = target;
            if (TRows.Value > 0) { a0 = TLanes.Load(t); if (TWide.Value > 1) b0 = TLanes.Load(t + half); t += step; }
            if (TRows.Value > 1) { a1 = TLanes.Load(t); if (TWide.Value > 1) b1 = TLanes.Load(t + half); t += step; }
            if (TRows.Value > 2) { a2 = TLanes.Load(t); if (TWide.Value > 1) b2 = TLanes.Load(t + half); t += step; }
            if (TRows.Value > 3) { a3 = TLanes.Load(t); if (TWide.Value > 1) b3 = TLanes.Load(t + half); t += step; }
            if (TRows.Value > 4) { a4 = TLanes.Load(t); if (TWide.Value > 1) b4 = TLanes.Load(t + half); t += step; }
            if (TRows.Value > 5) { a5 = TLanes.Load(t); if (TWide.Value > 1) b5 = TLanes.Load(t + half); t += step; }
            if (TRows.Value > 6) { a6 = TLanes.Load(t); if (TWide.Value > 1) b6 = TLanes.Load(t + half); t += step; }
            if (TRows.Value > 7) { a7 = TLanes.Load(t); if (TWide.Value > 1) b7 = TLanes.Load(t + half); t += step; }
            if (TRows.Value > 8) { a8 = TLanes.Load(t); if (TWide.Value > 1) b8 = TLanes.Load(t + half); t += step; }
            if (TRows.Value > 9) { a9 = TLanes.Load(t); if (TWide.Value > 1) b9 = TLanes.Load(t + half); t += step; }
            if (TRows.Value > 10) { a10 = TLanes.Load(t); if (TWide.Value > 1) b10 = TLanes.Load(t + half); t += step; }
            if (TRows.Value > 11) { a11 = TLanes.Load(t); if (TWide.Value > 1) b11 = TLanes.Load(t + half); t += step; }
            if (TRows.Value > 12) { a12 = TLanes.Load(t); if (TWide.Value > 1) b12 = TLanes.Load(t + half); t += step; }
            if (TRows.Value > 13) { a13 = TLanes.Load(t); if (TWide.Value > 1) b13 = TLanes.Load(t + half); t += step; }
        }

        nint rowStep = walk.RowStep, depthStep = walk.DepthStep, panelStep = walk.PanelStep;
        for (var segment = 0; segment < walk.Segments; segment++)
        {
            var p0 = spread + walk.Offsets[segment];
            var p3 = p0 + 3 * rowStep;
            var p6 = p3 + 3 * rowStep;
            var p9 = p6 + 3 * rowStep;
            var p12 = p9 + 3 * rowStep;
            for (var depth = walk.Length; depth > 0; depth--)
            {
                var w0 = TLanes.Load((T*)panel);
                var w1 = TWide.Value > 1 ? TLanes.Load((T*)panel + half) : default;
                if (TRows.Value > 0)
                {
                    var x = TLanes.Spread(p0);
                    a0 = TLanes.MultiplyAdd(x, w0, a0);
                    if (TWide.Value > 1) b0 = TLanes.MultiplyAdd(x, w1, b0);
                }

                if (TRows.Value > 1)
                {
                    var x = TLanes.Spread(p0 + rowStep);
                    a1 = TLanes.MultiplyAdd(x, w0, a1);
                    if (TWide.Value > 1) b1 = TLanes.MultiplyAdd(x, w1, b1);
                }

                if (TRows.Value > 2)
                {
                    var x = TLanes.Spread(p0 + 2 * rowStep);
                    a2 = TLanes.MultiplyAdd(x, w0, a2);
                    if (TWide.Value > 1) b2 = TLanes.MultiplyAdd(x, w1, b2);
                }

                if (TRows.Value > 3)
                {
                    var x = TLanes.Spread(p3);
                    a3 = TLanes.MultiplyAdd(x, w0, a3);
                    if (TWide.Value > 1) b3 = TLanes.MultiplyAdd(x, w1, b3);
                }

                if (TRows.Value > 4)
                {
                    var x = TLanes.Spread(p3 + rowStep);
                    a4 = TLanes.MultiplyAdd(x, w0, a4);
                    if (TWide.Value > 1) b4 = TLanes.MultiplyAdd(x, w1, b4);
                }

                if (TRows.Value > 5)
                {
                    var x = TLanes.Spread(p3 + 2 * rowStep);
                    a5 = TLanes.MultiplyAdd(x, w0, a5);
                    if (TWide.Value > 1) b5 = TLanes.MultiplyAdd(x, w1, b5);
                }

                if (TRows.Value > 6)
                {
                    var x = TLanes.Spread(p6);
                    a6 = TLanes.MultiplyAdd(x, w0, a6);
                    if (TWide.Value > 1) b6 = TLanes.MultiplyAdd(x, w1, b6);
                }

                if (TRows.Value > 7)
                {
                    var x = TLanes.Spread(p6 + rowStep);
                    a7 = TLanes.MultiplyAdd(x, w0, a7);
                    if (TWide.Value > 1) b7 = TLanes.MultiplyAdd(x, w1, b7);
                }

                if (TRows.Value > 8)
                {
                    var x = TLanes.Spread(p6 + 2 * rowStep);
                    a8 = TLanes.MultiplyAdd(x, w0, a8);
                    if (TWide.Value > 1) b8 = TLanes.MultiplyAdd(x, w1, b8);
                }

                if (TRows.Value > 9)
                {
                    var x = TLanes.Spread(p9);
                    a9 = TLanes.MultiplyAdd(x, w0, a9);
                    if (TWide.Value > 1) b9 = TLanes.MultiplyAdd(x, w1, b9);
                }

                if (TRows.Value > 10)
                {
                    var x = TLanes.Spread(p9 + rowStep);
                    a10 = TLanes.MultiplyAdd(x, w0, a10);
                    if (TWide.Value > 1) b10 = TLanes.MultiplyAdd(x, w1, b10);
                }

                if (TRows.Value > 11)
                {
                    var x = TLanes.Spread(p9 + 2 * rowStep);
                    a11 = TLanes.MultiplyAdd(x, w0, a11);
                    if (TWide.Value > 1) b11 = TLanes.MultiplyAdd(x, w1, b11);
                }

                if (TRows.Value > 12)
                {
                    var x = TLanes.Spread(p12);
                    a12 = TLanes.MultiplyAdd(x, w0, a12);
                    if (TWide.Value > 1) b12 = TLanes.MultiplyAdd(x, w1, b12);
                }

                if (TRows.Value > 13)
                {
                    var x = TLanes.Spread(p12 + rowStep);
                    a13 = TLanes.MultiplyAdd(x, w0, a13);
                    if (TWide.Value > 1) b13 = TLanes.MultiplyAdd(x, w1, b13);
                }

                panel += panelStep;
                p0 += depthStep;
                if (TRows.Value > 3) p3 += depthStep;
                if (TRows.Value > 6) p6 += depthStep;
                if (TRows.Value > 9) p9 += depthStep;
                if (TRows.Value > 12) p12 += depthStep;
            }
        }

        if ((end & TileEnd.Relu) != 0)
        {
            TVector zero = default;
            if (TRows.Value > 0) { a0 = TLanes.Max(a0, zero); if (TWide.Value > 1) b0 = TLanes.Max(b0, zero); }
            if (TRows.Value > 1) { a1 = TLanes.Max(a1, zero); if (TWide.Value > 1) b1 = TLanes.Max(b1, zero); }
            if (TRows.Value > 2) { a2 = TLanes.Max(a2, zero); if (TWide.Value > 1) b2 = TLanes.Max(b2, zero); }
            if (TRows.Value > 3) { a3 = TLanes.Max(a3, zero); if (TWide.Value > 1) b3 = TLanes.Max(b3, zero); }
            if (TRows.Value > 4) { a4 = TLanes.Max(a4, zero); if (TWide.Value > 1) b4 = TLanes.Max(b4, zero); }
            if (TRows.Value > 5) { a5 = TLanes.Max(a5, zero); if (TWide.Value > 1) b5 = TLanes.Max(b5, zero); }
            if (TRows.Value > 6) { a6 = TLanes.Max(a6, zero); if (TWide.Value > 1) b6 = TLanes.Max(b6, zero); }
            if (TRows.Value > 7) { a7 = TLanes.Max(a7, zero); if (TWide.Value > 1) b7 = TLanes.Max(b7, zero); }
            if (TRows.Value > 8) { a8 = TLanes.Max(a8, zero); if (TWide.Value > 1) b8 = TLanes.Max(b8, zero); }
            if (TRows.Value > 9) { a9 = TLanes.Max(a9, zero); if (TWide.Value > 1) b9 = TLanes.Max(b9, zero); }
            if (TRows.Value > 10) { a10 = TLanes.Max(a10, zero); if (TWide.Value > 1) b10 = TLanes.Max(b10, zero); }
            if (TRows.Value > 11) { a11 = TLanes.Max(a11, zero); if (TWide.Value > 1) b11 = TLanes.Max(b11, zero); }
            if (TRows.Value > 12) { a12 = TLanes.Max(a12, zero); if (TWide.Value > 1) b12 = TLanes.Max(b12, zero); }
            if (TRows.Value > 13) { a13 = TLanes.Max(a13, zero); if (TWide.Value > 1) b13 = TLanes.Max(b13, zero); }
        }

        var to = target;
        if (TRows.Value > 0) { TLanes.Store(a0, to); if (TWide.Value > 1) TLanes.Store(b0, to + half); to += step; }
        if (TRows.Value > 1) { TLanes.Store(a1, to); if (TWide.Value > 1) TLanes.Store(b1, to + half); to += step; }
        if (TRows.Value > 2) { TLanes.Store(a2, to); if (TWide.Value > 1) TLanes.Store(b2, to + half); to += step; }
        if (TRows.Value > 3) { TLanes.Store(a3, to); if (TWide.Value > 1) TLanes.Store(b3, to + half); to += step; }
        if (TRows.Value > 4) { TLanes.Store(a4, to); if (TWide.Value > 1) TLanes.Store(b4, to + half); to += step; }
        if (TRows.Value > 5) { TLanes.Store(a5, to); if (TWide.Value > 1) TLanes.Store(b5, to + half); to += step; }
        if (TRows.Value > 6) { TLanes.Store(a6, to); if (TWide.Value > 1) TLanes.Store(b6, to + half); to += step; }
        if (TRows.Value > 7) { TLanes.Store(a7, to); if (TWide.Value > 1) TLanes.Store(b7, to + half); to += step; }
        if (TRows.Value > 8) { TLanes.Store(a8, to); if (TWide.Value > 1) TLanes.Store(b8, to + half); to += step; }
        if (TRows.Value > 9) { TLanes.Store(a9, to); if (TWide.Value > 1) TLanes.Store(b9, to + half); to += step; }
        if (TRows.Value > 10) { TLanes.Store(a10, to); if (TWide.Value > 1) TLanes.Store(b10, to + half); to += step; }
        if (TRows.Value > 11) { TLanes.Store(a11, to); if (TWide.Value > 1) TLanes.Store(b11, to + half); to += step; }
        if (TRows.Value > 12) { TLanes.Store(a12, to); if (TWide.Value > 1) TLanes.Store(b12, to + half); to += step; }
        if (TRows.Value > 13) { TLanes.Store(a13, to); if (TWide.Value > 1) TLanes.Store(b13, to + half); }
    }
}
