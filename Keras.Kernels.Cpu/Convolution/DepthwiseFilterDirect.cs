using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

/// <summary>
/// Filter gradient of a depthwise convolution that reads input and gradient where they are, tile by tile as <see cref="DepthwiseDirect{T, TVector, TLanes}"/>.
/// </summary>
internal static unsafe class DepthwiseFilterDirect<T, TVector, TLanes>
    where T : unmanaged, INumber<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    const int TilePixels = 8;

    public static void Run(in DepthwisePlan<T> plan, in DepthwisePiece piece, T* gradient, T* sums)
    {
        var image = plan.Input + (long)piece.Image * plan.Y.In * plan.InRow;
        var tiles = Strip.Divide(plan.X.Out, TilePixels);
        for (var row = piece.FromRow; row < piece.ToRow; row++)
        {
            var taps = plan.Y.Inside(row);
            var source = image + (row * plan.Y.Stride + plan.Y.First) * plan.InRow;
            var line = gradient + ((long)piece.Image * plan.Y.Out + row) * plan.X.Out * plan.Wide;
            for (var tile = 0; tile < tiles; tile++)
            {
                var from = (int)((long)tile * plan.X.Out / tiles);
                var pixels = (int)((long)(tile + 1) * plan.X.Out / tiles) - from;
                RunTile(plan, piece, pixels, taps, source, from * plan.X.Stride + plan.X.First, line + (long)from * plan.Wide, sums);
            }
        }
    }

    static void RunTile(in DepthwisePlan<T> plan, in DepthwisePiece piece, int pixels, (int Begin, int End) taps, T* source, int column, T* gradient, T* sums)
    {
        switch (pixels)
        {
            case 1: RunTile<Count1>(plan, piece, taps, source, column, gradient, sums); break;
            case 2: RunTile<Count2>(plan, piece, taps, source, column, gradient, sums); break;
            case 3: RunTile<Count3>(plan, piece, taps, source, column, gradient, sums); break;
            case 4: RunTile<Count4>(plan, piece, taps, source, column, gradient, sums); break;
            case 5: RunTile<Count5>(plan, piece, taps, source, column, gradient, sums); break;
            case 6: RunTile<Count6>(plan, piece, taps, source, column, gradient, sums); break;
            case 7: RunTile<Count7>(plan, piece, taps, source, column, gradient, sums); break;
            default: RunTile<Count8>(plan, piece, taps, source, column, gradient, sums); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void RunTile<TPixels>(in DepthwisePlan<T> plan, in DepthwisePiece piece, (int Begin, int End) taps, T* source, int column, T* gradient, T* sums)
        where TPixels : struct, ICount
    {
        nint pixel = plan.Wide, rowStep = (nint)(plan.Y.Step * plan.InRow);
        nint step = plan.X.Stride * pixel, tapStep = plan.X.Step * pixel;
        int columns = plan.X.Taps, stride = plan.X.Stride, apart = plan.X.Step;
        var threes = stride == 1 && apart == 1 ? columns / 3 : 0;
        var inside = (uint)plan.X.In;
        // The last row that the next row of the gradient meets.
        var next = source + (plan.Y.Taps - 1) * rowStep + plan.Y.Stride * plan.InRow + column * pixel;
        for (var slab = piece.FromSlab; slab < piece.ToSlab; slab++)
        {
            nint channel = plan.Start(slab);
            var g = gradient + channel;
            Strip.PrefetchPixels(next + channel, TPixels.Value, step);
            Strip.PrefetchPixels(g + plan.X.Out * pixel, TPixels.Value, pixel);
            TVector d0 = TLanes.Load(g), d1 = default, d2 = default, d3 = default, d4 = default, d5 = default, d6 = default, d7 = default;
            if (TPixels.Value > 1) d1 = TLanes.Load(g + pixel);
            if (TPixels.Value > 2) d2 = TLanes.Load(g + 2 * pixel);
            if (TPixels.Value > 3) d3 = TLanes.Load(g + 3 * pixel);
            if (TPixels.Value > 4) d4 = TLanes.Load(g + 4 * pixel);
            if (TPixels.Value > 5) d5 = TLanes.Load(g + 5 * pixel);
            if (TPixels.Value > 6) d6 = TLanes.Load(g + 6 * pixel);
            if (TPixels.Value > 7) d7 = TLanes.Load(g + 7 * pixel);
            var sum = sums + ((nint)slab * plan.Taps + taps.Begin * columns) * TLanes.Count;
            for (var y = taps.Begin; y < taps.End; y++)
            {
                var p = source + y * rowStep + column * pixel + channel;
                var at = column;
                for (var three = 0; three < threes; three++)
                {
                    TVector s0 = TLanes.Load(sum), s1 = TLanes.Load(sum + TLanes.Count), s2 = TLanes.Load(sum + 2 * TLanes.Count);
                    if ((uint)(at) < inside) s0 = TLanes.MultiplyAdd(TLanes.Load(p), d0, s0);
                    if ((uint)(at + 1) < inside)
                    {
                        var v = TLanes.Load(p + pixel);
                        s1 = TLanes.MultiplyAdd(v, d0, s1);
                        if (TPixels.Value > 1) s0 = TLanes.MultiplyAdd(v, d1, s0);
                    }
                    var q = p + 2 * pixel;
                    if ((uint)(at + 2) < inside)
                    {
                        var v = TLanes.Load(q);
                        s2 = TLanes.MultiplyAdd(v, d0, s2);
                        if (TPixels.Value > 1) s1 = TLanes.MultiplyAdd(v, d1, s1);
                        if (TPixels.Value > 2) s0 = TLanes.MultiplyAdd(v, d2, s0);
                    }
                    if (TPixels.Value > 1 && (uint)(at + 3) < inside)
                    {
                        var v = TLanes.Load(q + pixel);
                        s2 = TLanes.MultiplyAdd(v, d1, s2);
                        if (TPixels.Value > 2) s1 = TLanes.MultiplyAdd(v, d2, s1);
                        if (TPixels.Value > 3) s0 = TLanes.MultiplyAdd(v, d3, s0);
                    }
                    q += 2 * pixel;
                    if (TPixels.Value > 2 && (uint)(at + 4) < inside)
                    {
                        var v = TLanes.Load(q);
                        s2 = TLanes.MultiplyAdd(v, d2, s2);
                        if (TPixels.Value > 3) s1 = TLanes.MultiplyAdd(v, d3, s1);
                        if (TPixels.Value > 4) s0 = TLanes.MultiplyAdd(v, d4, s0);
                    }
                    if (TPixels.Value > 3 && (uint)(at + 5) < inside)
                    {
                        var v = TLanes.Load(q + pixel);
                        s2 = TLanes.MultiplyAdd(v, d3, s2);
                        if (TPixels.Value > 4) s1 = TLanes.MultiplyAdd(v, d4, s1);
                        if (TPixels.Value > 5) s0 = TLanes.MultiplyAdd(v, d5, s0);
                    }
                    q += 2 * pixel;
                    if (TPixels.Value > 4 && (uint)(at + 6) < inside)
                    {
                        var v = TLanes.Load(q);
                        s2 = TLanes.MultiplyAdd(v, d4, s2);
                        if (TPixels.Value > 5) s1 = TLanes.MultiplyAdd(v, d5, s1);
                        if (TPixels.Value > 6) s0 = TLanes.MultiplyAdd(v, d6, s0);
                    }
                    if (TPixels.Value > 5 && (uint)(at + 7) < inside)
                    {
                        var v = TLanes.Load(q + pixel);
                        s2 = TLanes.MultiplyAdd(v, d5, s2);
                        if (TPixels.Value > 6) s1 = TLanes.MultiplyAdd(v, d6, s1);
                        if (TPixels.Value > 7) s0 = TLanes.MultiplyAdd(v, d7, s0);
                    }
                    q += 2 * pixel;
                    if (TPixels.Value > 6 && (uint)(at + 8) < inside)
                    {
                        var v = TLanes.Load(q);
                        s2 = TLanes.MultiplyAdd(v, d6, s2);
                        if (TPixels.Value > 7) s1 = TLanes.MultiplyAdd(v, d7, s1);
                    }
                    if (TPixels.Value > 7 && (uint)(at + 9) < inside) s2 = TLanes.MultiplyAdd(TLanes.Load(q + pixel), d7, s2);
                    TLanes.Store(s0, sum);
                    TLanes.Store(s1, sum + TLanes.Count);
                    TLanes.Store(s2, sum + 2 * TLanes.Count);
                    sum += 3 * TLanes.Count;
                    p += 3 * pixel;
                    at += 3;
                }
                for (var x = 3 * threes; x < columns; x++)
                {
                    var s = TLanes.Load(sum);
                    var q = p + 4 * step;
                    if ((uint)(at) < inside) s = TLanes.MultiplyAdd(TLanes.Load(p), d0, s);
                    if (TPixels.Value > 1 && (uint)(at + stride) < inside) s = TLanes.MultiplyAdd(TLanes.Load(p + step), d1, s);
                    if (TPixels.Value > 2 && (uint)(at + 2 * stride) < inside) s = TLanes.MultiplyAdd(TLanes.Load(p + 2 * step), d2, s);
                    if (TPixels.Value > 3 && (uint)(at + 3 * stride) < inside) s = TLanes.MultiplyAdd(TLanes.Load(p + 3 * step), d3, s);
                    if (TPixels.Value > 4 && (uint)(at + 4 * stride) < inside) s = TLanes.MultiplyAdd(TLanes.Load(q), d4, s);
                    if (TPixels.Value > 5 && (uint)(at + 5 * stride) < inside) s = TLanes.MultiplyAdd(TLanes.Load(q + step), d5, s);
                    if (TPixels.Value > 6 && (uint)(at + 6 * stride) < inside) s = TLanes.MultiplyAdd(TLanes.Load(q + 2 * step), d6, s);
                    if (TPixels.Value > 7 && (uint)(at + 7 * stride) < inside) s = TLanes.MultiplyAdd(TLanes.Load(q + 3 * step), d7, s);
                    TLanes.Store(s, sum);
                    sum += TLanes.Count;
                    p += tapStep;
                    at += apart;
                }
            }
        }
    }
}
