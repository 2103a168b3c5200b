using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

/// <summary>What a depthwise convolution that reads its input where it is adds up.</summary>
internal interface IDepthwiseRole
{
    /// <summary>The taps, from the gradient; else the pixels of the result, from the kernel.</summary>
    static abstract bool SumsTaps { get; }
}

internal readonly struct SumsPixels : IDepthwiseRole
{
    public static bool SumsTaps => false;
}

internal readonly struct SumsTaps : IDepthwiseRole
{
    static bool IDepthwiseRole.SumsTaps => true;
}

/// <summary>
/// Depthwise correlation, or its filter gradient, that reads the input where it is: a tile of pixels of a row goes through the channels, a vector
/// at a time. Of three taps side by side each input pixel is loaded once, for the three pixels that it meets.
/// </summary>
internal static unsafe class DepthwiseDirect<T, TVector, TLanes, TRole>
    where T : unmanaged, INumber<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
    where TRole : struct, IDepthwiseRole
{
    const int TilePixels = 8;

    /// <param name="plan">The plan.</param>
    /// <param name="piece">What of it.</param>
    /// <param name="taps">The packed kernel, or the sums of its gradient.</param>
    /// <param name="pixels">The result, or its gradient.</param>
    public static void Run(in DepthwisePlan<T> plan, in DepthwisePiece piece, T* taps, T* pixels)
    {
        var image = plan.Input + (long)piece.Image * plan.Y.In * plan.InRow;
        var tiles = Strip.Divide(plan.X.Out, TilePixels);
        for (var row = piece.FromRow; row < piece.ToRow; row++)
        {
            var inside = plan.Y.Inside(row);
            var source = image + (row * plan.Y.Stride + plan.Y.First) * plan.InRow;
            var line = pixels + piece.Image * plan.OutImage + row * plan.OutRow;
            for (var tile = 0; tile < tiles; tile++)
            {
                var from = (int)((long)tile * plan.X.Out / tiles);
                var count = (int)((long)(tile + 1) * plan.X.Out / tiles) - from;
                RunTile(plan, piece, count, inside, source, from * plan.X.Stride + plan.X.First, taps, line + from * plan.OutPixel);
            }
        }
    }

    static void RunTile(in DepthwisePlan<T> plan, in DepthwisePiece piece, int count, (int Begin, int End) rows, T* source, int column, T* taps, T* pixels)
    {
        switch (count)
        {
            case 1: RunTile<Count1>(plan, piece, rows, source, column, taps, pixels); break;
            case 2: RunTile<Count2>(plan, piece, rows, source, column, taps, pixels); break;
            case 3: RunTile<Count3>(plan, piece, rows, source, column, taps, pixels); break;
            case 4: RunTile<Count4>(plan, piece, rows, source, column, taps, pixels); break;
            case 5: RunTile<Count5>(plan, piece, rows, source, column, taps, pixels); break;
            case 6: RunTile<Count6>(plan, piece, rows, source, column, taps, pixels); break;
            case 7: RunTile<Count7>(plan, piece, rows, source, column, taps, pixels); break;
            default: RunTile<Count8>(plan, piece, rows, source, column, taps, pixels); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void RunTile<TPixels>(in DepthwisePlan<T> plan, in DepthwisePiece piece, (int Begin, int End) rows, T* source, int column, T* taps, T* pixels)
        where TPixels : struct, ICount
    {
        nint pixel = plan.InputChannels, rowStep = (nint)(plan.Y.Step * plan.InRow), outStep = (nint)plan.OutPixel;
        nint step = plan.X.Stride * pixel, tapStep = plan.X.Step * pixel;
        int columns = plan.X.Taps, stride = plan.X.Stride, apart = plan.X.Step;
        var threes = stride == 1 && apart == 1 ? columns / 3 : 0;
        var inside = (uint)plan.X.In;
        // The last row that the next row of pixels meets.
        var next = source + (plan.Y.Taps - 1) * rowStep + plan.Y.Stride * plan.InRow + column * pixel;
        for (var slab = piece.FromSlab; slab < piece.ToSlab; slab++)
        {
            nint channel = plan.Start(slab);
            var to = pixels + channel;
            var tap = taps + ((nint)slab * plan.Taps + rows.Begin * columns) * TLanes.Count;
            Strip.PrefetchPixels(next + channel, TPixels.Value, step);
            Strip.PrefetchPixels(to + plan.OutRow, TPixels.Value, outStep);
            TVector a0, a1, a2, a3, a4, a5, a6, a7;
            if (TRole.SumsTaps)
                Eight<T, TVector, TLanes>.Load<TPixels>(to, outStep, out a0, out a1, out a2, out a3, out a4, out a5, out a6, out a7);
            else
                a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = TLanes.Load(plan.PackedBias + (nint)slab * TLanes.Count);
            for (var y = rows.Begin; y < rows.End; y++)
            {
                var p = source + y * rowStep + column * pixel + channel;
                var at = column;
                for (var three = 0; three < threes; three++)
                {
                    TVector w0 = TLanes.Load(tap), w1 = TLanes.Load(tap + TLanes.Count), w2 = TLanes.Load(tap + 2 * TLanes.Count);
                    if ((uint)at < inside) Meet(TLanes.Load(p), ref w0, ref a0);
                    if ((uint)(at + 1) < inside)
                    {
                        var v = TLanes.Load(p + pixel);
                        Meet(v, ref w1, ref a0);
                        if (TPixels.Value > 1) Meet(v, ref w0, ref a1);
                    }
                    var q = p + 2 * pixel;
                    if ((uint)(at + 2) < inside) MeetThree<TPixels>(2, q, ref w0, ref w1, ref w2, ref a0, ref a1, ref a2);
                    if (TPixels.Value > 1 && (uint)(at + 3) < inside) MeetThree<TPixels>(3, q + pixel, ref w0, ref w1, ref w2, ref a1, ref a2, ref a3);
                    q += 2 * pixel;
                    if (TPixels.Value > 2 && (uint)(at + 4) < inside) MeetThree<TPixels>(4, q, ref w0, ref w1, ref w2, ref a2, ref a3, ref a4);
                    if (TPixels.Value > 3 && (uint)(at + 5) < inside) MeetThree<TPixels>(5, q + pixel, ref w0, ref w1, ref w2, ref a3, ref a4, ref a5);
                    q += 2 * pixel;
                    if (TPixels.Value > 4 && (uint)(at + 6) < inside) MeetThree<TPixels>(6, q, ref w0, ref w1, ref w2, ref a4, ref a5, ref a6);
                    if (TPixels.Value > 5 && (uint)(at + 7) < inside) MeetThree<TPixels>(7, q + pixel, ref w0, ref w1, ref w2, ref a5, ref a6, ref a7);
                    q += 2 * pixel;
                    if (TPixels.Value > 6 && (uint)(at + 8) < inside)
                    {
                        var v = TLanes.Load(q);
                        Meet(v, ref w2, ref a6);
                        if (TPixels.Value > 7) Meet(v, ref w1, ref a7);
                    }
                    if (TPixels.Value > 7 && (uint)(at + 9) < inside) Meet(TLanes.Load(q + pixel), ref w2, ref a7);
                    if (TRole.SumsTaps)
                    {
                        TLanes.Store(w0, tap);
                        TLanes.Store(w1, tap + TLanes.Count);
                        TLanes.Store(w2, tap + 2 * TLanes.Count);
                    }
                    tap += 3 * TLanes.Count;
                    p += 3 * pixel;
                    at += 3;
                }
                for (var x = 3 * threes; x < columns; x++)
                {
                    var w = TLanes.Load(tap);
                    var q = p + 4 * step;
                    if ((uint)at < inside) Meet(TLanes.Load(p), ref w, ref a0);
                    if (TPixels.Value > 1 && (uint)(at + stride) < inside) Meet(TLanes.Load(p + step), ref w, ref a1);
                    if (TPixels.Value > 2 && (uint)(at + 2 * stride) < inside) Meet(TLanes.Load(p + 2 * step), ref w, ref a2);
                    if (TPixels.Value > 3 && (uint)(at + 3 * stride) < inside) Meet(TLanes.Load(p + 3 * step), ref w, ref a3);
                    if (TPixels.Value > 4 && (uint)(at + 4 * stride) < inside) Meet(TLanes.Load(q), ref w, ref a4);
                    if (TPixels.Value > 5 && (uint)(at + 5 * stride) < inside) Meet(TLanes.Load(q + step), ref w, ref a5);
                    if (TPixels.Value > 6 && (uint)(at + 6 * stride) < inside) Meet(TLanes.Load(q + 2 * step), ref w, ref a6);
                    if (TPixels.Value > 7 && (uint)(at + 7 * stride) < inside) Meet(TLanes.Load(q + 3 * step), ref w, ref a7);
                    if (TRole.SumsTaps) TLanes.Store(w, tap);
                    tap += TLanes.Count;
                    p += tapStep;
                    at += apart;
                }
            }
            if (TRole.SumsTaps) continue;
            if (plan.Relu) Eight<T, TVector, TLanes>.Rectify(ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
            Eight<T, TVector, TLanes>.Store<TPixels>(to, outStep, a0, a1, a2, a3, a4, a5, a6, a7);
        }
    }

    /// <summary>An input pixel meets three pixels of the tile, the last of them at a place, each by another tap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void MeetThree<TPixels>(int place, T* p, ref TVector w0, ref TVector w1, ref TVector w2, ref TVector first, ref TVector second, ref TVector third)
        where TPixels : struct, ICount
    {
        var v = TLanes.Load(p);
        Meet(v, ref w2, ref first);
        if (TPixels.Value > place - 1) Meet(v, ref w1, ref second);
        if (TPixels.Value > place) Meet(v, ref w0, ref third);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Meet(TVector input, ref TVector tap, ref TVector pixel)
    {
        if (TRole.SumsTaps) tap = TLanes.MultiplyAdd(input, pixel, tap);
        else pixel = TLanes.MultiplyAdd(input, tap, pixel);
    }
}
