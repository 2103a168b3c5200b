using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

/// <summary>
/// Depthwise correlation that reads the input where it is: a tile of pixels of a row goes through the channels, a vector at a time.
/// Of three taps side by side each input pixel is loaded once, for the three outputs it counts for.
/// </summary>
internal static unsafe class DepthwiseDirect<T, TVector, TLanes>
    where T : unmanaged, INumber<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    const int TilePixels = 8;

    public static void Run(in DepthwisePlan<T> plan, in DepthwisePiece piece)
    {
        var image = plan.Input + (long)piece.Image * plan.Y.In * plan.InRow;
        var tiles = Strip.Divide(plan.X.Out, TilePixels);
        for (var row = piece.FromRow; row < piece.ToRow; row++)
        {
            var taps = plan.Y.Inside(row);
            var source = image + (row * plan.Y.Stride + plan.Y.First) * plan.InRow;
            var target = plan.Output + piece.Image * plan.OutImage + row * plan.OutRow;
            for (var tile = 0; tile < tiles; tile++)
            {
                var from = (int)((long)tile * plan.X.Out / tiles);
                var pixels = (int)((long)(tile + 1) * plan.X.Out / tiles) - from;
                RunTile(plan, piece, pixels, taps, source, from * plan.X.Stride + plan.X.First, target + from * plan.OutPixel);
            }
        }
    }

    static void RunTile(in DepthwisePlan<T> plan, in DepthwisePiece piece, int pixels, (int Begin, int End) taps, T* source, int column, T* target)
    {
        switch (pixels)
        {
            case 1: RunTile<Count1>(plan, piece, taps, source, column, target); break;
            case 2: RunTile<Count2>(plan, piece, taps, source, column, target); break;
            case 3: RunTile<Count3>(plan, piece, taps, source, column, target); break;
            case 4: RunTile<Count4>(plan, piece, taps, source, column, target); break;
            case 5: RunTile<Count5>(plan, piece, taps, source, column, target); break;
            case 6: RunTile<Count6>(plan, piece, taps, source, column, target); break;
            case 7: RunTile<Count7>(plan, piece, taps, source, column, target); break;
            default: RunTile<Count8>(plan, piece, taps, source, column, target); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void RunTile<TPixels>(in DepthwisePlan<T> plan, in DepthwisePiece piece, (int Begin, int End) taps, T* source, int column, T* target)
        where TPixels : struct, ICount
    {
        nint pixel = plan.InputChannels, rowStep = (nint)(plan.Y.Step * plan.InRow), outStep = (nint)plan.OutPixel;
        nint step = plan.X.Stride * pixel, tapStep = plan.X.Step * pixel;
        int columns = plan.X.Taps, stride = plan.X.Stride, apart = plan.X.Step;
        var threes = stride == 1 && apart == 1 ? columns / 3 : 0;
        var inside = (uint)plan.X.In;
        // The last row that the next row of results reads.
        var next = source + (plan.Y.Taps - 1) * rowStep + plan.Y.Stride * plan.InRow + column * pixel;
        for (var slab = piece.FromSlab; slab < piece.ToSlab; slab++)
        {
            nint channel = plan.Start(slab);
            var to = target + channel;
            var weight = plan.Packed + ((nint)slab * plan.Taps + taps.Begin * columns) * TLanes.Count;
            TVector a0 = TLanes.Load(plan.PackedBias + (nint)slab * TLanes.Count);
            TVector a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
            Strip.PrefetchPixels(next + channel, TPixels.Value, step);
            Strip.PrefetchPixels(to + plan.OutRow, TPixels.Value, outStep);
            for (var y = taps.Begin; y < taps.End; y++)
            {
                var p = source + y * rowStep + column * pixel + channel;
                var at = column;
                for (var three = 0; three < threes; three++)
                {
                    TVector w0 = TLanes.Load(weight), w1 = TLanes.Load(weight + TLanes.Count), w2 = TLanes.Load(weight + 2 * TLanes.Count);
                    if ((uint)at < inside)
                        a0 = TLanes.MultiplyAdd(TLanes.Load(p), w0, a0);
                    if ((uint)(at + 1) < inside)
                    {
                        var v = TLanes.Load(p + pixel);
                        a0 = TLanes.MultiplyAdd(v, w1, a0);
                        if (TPixels.Value > 1) a1 = TLanes.MultiplyAdd(v, w0, a1);
                    }
                    var q = p + 2 * pixel;
                    if ((uint)(at + 2) < inside)
                    {
                        var v = TLanes.Load(q);
                        a0 = TLanes.MultiplyAdd(v, w2, a0);
                        if (TPixels.Value > 1) a1 = TLanes.MultiplyAdd(v, w1, a1);
                        if (TPixels.Value > 2) a2 = TLanes.MultiplyAdd(v, w0, a2);
                    }
                    if (TPixels.Value > 1 && (uint)(at + 3) < inside)
                    {
                        var v = TLanes.Load(q + pixel);
                        a1 = TLanes.MultiplyAdd(v, w2, a1);
                        if (TPixels.Value > 2) a2 = TLanes.MultiplyAdd(v, w1, a2);
                        if (TPixels.Value > 3) a3 = TLanes.MultiplyAdd(v, w0, a3);
                    }
                    q += 2 * pixel;
                    if (TPixels.Value > 2 && (uint)(at + 4) < inside)
                    {
                        var v = TLanes.Load(q);
                        a2 = TLanes.MultiplyAdd(v, w2, a2);
                        if (TPixels.Value > 3) a3 = TLanes.MultiplyAdd(v, w1, a3);
                        if (TPixels.Value > 4) a4 = TLanes.MultiplyAdd(v, w0, a4);
                    }
                    if (TPixels.Value > 3 && (uint)(at + 5) < inside)
                    {
                        var v = TLanes.Load(q + pixel);
                        a3 = TLanes.MultiplyAdd(v, w2, a3);
                        if (TPixels.Value > 4) a4 = TLanes.MultiplyAdd(v, w1, a4);
                        if (TPixels.Value > 5) a5 = TLanes.MultiplyAdd(v, w0, a5);
                    }
                    q += 2 * pixel;
                    if (TPixels.Value > 4 && (uint)(at + 6) < inside)
                    {
                        var v = TLanes.Load(q);
                        a4 = TLanes.MultiplyAdd(v, w2, a4);
                        if (TPixels.Value > 5) a5 = TLanes.MultiplyAdd(v, w1, a5);
                        if (TPixels.Value > 6) a6 = TLanes.MultiplyAdd(v, w0, a6);
                    }
                    if (TPixels.Value > 5 && (uint)(at + 7) < inside)
                    {
                        var v = TLanes.Load(q + pixel);
                        a5 = TLanes.MultiplyAdd(v, w2, a5);
                        if (TPixels.Value > 6) a6 = TLanes.MultiplyAdd(v, w1, a6);
                        if (TPixels.Value > 7) a7 = TLanes.MultiplyAdd(v, w0, a7);
                    }
                    q += 2 * pixel;
                    if (TPixels.Value > 6 && (uint)(at + 8) < inside)
                    {
                        var v = TLanes.Load(q);
                        a6 = TLanes.MultiplyAdd(v, w2, a6);
                        if (TPixels.Value > 7) a7 = TLanes.MultiplyAdd(v, w1, a7);
                    }
                    if (TPixels.Value > 7 && (uint)(at + 9) < inside)
                        a7 = TLanes.MultiplyAdd(TLanes.Load(q + pixel), w2, a7);
                    weight += 3 * TLanes.Count;
                    p += 3 * pixel;
                    at += 3;
                }
                for (var x = 3 * threes; x < columns; x++)
                {
                    var w = TLanes.Load(weight);
                    var q = p + 4 * step;
                    if ((uint)at < inside) a0 = TLanes.MultiplyAdd(TLanes.Load(p), w, a0);
                    if (TPixels.Value > 1 && (uint)(at + stride) < inside) a1 = TLanes.MultiplyAdd(TLanes.Load(p + step), w, a1);
                    if (TPixels.Value > 2 && (uint)(at + 2 * stride) < inside) a2 = TLanes.MultiplyAdd(TLanes.Load(p + 2 * step), w, a2);
                    if (TPixels.Value > 3 && (uint)(at + 3 * stride) < inside) a3 = TLanes.MultiplyAdd(TLanes.Load(p + 3 * step), w, a3);
                    if (TPixels.Value > 4 && (uint)(at + 4 * stride) < inside) a4 = TLanes.MultiplyAdd(TLanes.Load(q), w, a4);
                    if (TPixels.Value > 5 && (uint)(at + 5 * stride) < inside) a5 = TLanes.MultiplyAdd(TLanes.Load(q + step), w, a5);
                    if (TPixels.Value > 6 && (uint)(at + 6 * stride) < inside) a6 = TLanes.MultiplyAdd(TLanes.Load(q + 2 * step), w, a6);
                    if (TPixels.Value > 7 && (uint)(at + 7 * stride) < inside) a7 = TLanes.MultiplyAdd(TLanes.Load(q + 3 * step), w, a7);
                    weight += TLanes.Count;
                    p += tapStep;
                    at += apart;
                }
            }
            if (plan.Relu)
            {
                TVector zero = default;
                a0 = TLanes.Max(a0, zero);
                a1 = TLanes.Max(a1, zero);
                a2 = TLanes.Max(a2, zero);
                a3 = TLanes.Max(a3, zero);
                a4 = TLanes.Max(a4, zero);
                a5 = TLanes.Max(a5, zero);
                a6 = TLanes.Max(a6, zero);
                a7 = TLanes.Max(a7, zero);
            }
            TLanes.Store(a0, to);
            if (TPixels.Value > 1) TLanes.Store(a1, to + outStep);
            if (TPixels.Value > 2) TLanes.Store(a2, to + 2 * outStep);
            if (TPixels.Value > 3) TLanes.Store(a3, to + 3 * outStep);
            if (TPixels.Value > 4) TLanes.Store(a4, to + 4 * outStep);
            if (TPixels.Value > 5) TLanes.Store(a5, to + 5 * outStep);
            if (TPixels.Value > 6) TLanes.Store(a6, to + 6 * outStep);
            if (TPixels.Value > 7) TLanes.Store(a7, to + 7 * outStep);
        }
    }
}
