using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

/// <summary>Depthwise correlation (forward and input gradient): vectors run along the channels.</summary>
internal readonly unsafe struct Depthwise<T, TVector, TLanes>(DepthwisePlan<T>* plan) : IBlocks
    where T : unmanaged, INumber<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    const int TilePixels = 8;
    readonly DepthwisePlan<T>* _plan = plan;

    public static void Execute(ref DepthwisePlan<T> plan)
    {
        plan.Pack();
        fixed (DepthwisePlan<T>* pinned = &plan)
            Parallel.For(plan.Blocks, new Depthwise<T, TVector, TLanes>(pinned));
    }

    public void Run(int block)
    {
        ref readonly var plan = ref *_plan;
        var buffer = plan.Buffers + block * plan.BufferLength;
        var units = (long)plan.Strips * plan.Chunks;
        var end = (int)((block + 1L) * units / plan.Blocks);
        for (var unit = (int)(block * units / plan.Blocks); unit < end; unit++)
        {
            var piece = plan.Piece(unit);
            if (piece.IsEmpty) continue;
            if (plan.Direct)
            {
                DepthwiseDirect<T, TVector, TLanes, SumsPixels>.Run(plan, piece, plan.Packed, plan.Output);
                continue;
            }
            DepthwiseRows<T, TVector, TLanes>.Input(plan, piece, buffer, clears: false);
            var target = plan.Output + piece.Image * plan.OutImage + piece.FromRow * plan.OutRow;
            if (!plan.Folds || plan.Multiplier == 1)
            {
                RunPiece(plan, piece, buffer, target, plan.OutRow, plan.OutPixel);
                continue;
            }
            var wide = buffer + plan.MoreAt;
            RunPiece(plan, piece, buffer, wide, (long)plan.X.Out * plan.Wide, plan.Wide);
            for (var row = 0; row < piece.Rows; row++)
                Fold(plan, wide + (long)row * plan.X.Out * plan.Wide, target + row * plan.OutRow);
        }
    }

    static void Fold(in DepthwisePlan<T> plan, T* wide, T* target)
    {
        for (var pixel = 0; pixel < plan.X.Out; pixel++)
        {
            for (var channel = 0; channel < plan.Wide / plan.Multiplier; channel++)
            {
                var sum = T.Zero;
                for (var copy = 0; copy < plan.Multiplier; copy++)
                    sum += *wide++;
                target[pixel * plan.OutPixel + channel] = sum;
            }
        }
    }

    static void RunPiece(in DepthwisePlan<T> plan, in DepthwisePiece piece, T* buffer, T* target, long targetRow, long targetPixel)
    {
        for (var slab = piece.FromSlab; slab < piece.ToSlab; slab++)
        {
            var source = buffer + (slab - piece.FromSlab) * plan.SlabLength;
            for (var row = 0; row < piece.Rows; row++)
            {
                RunRow(plan, piece.FromRow + row, slab, source, target + row * targetRow + slab * TLanes.Count, (nint)targetPixel);
                source += plan.Y.Stride * plan.SlabRow;
            }
        }
    }

    static void RunRow(in DepthwisePlan<T> plan, int row, int slab, T* source, T* target, nint targetStep)
    {
        var taps = plan.Y.Inside(row);
        var valid = plan.Valid(slab);
        var whole = valid == TLanes.Count;
        var result = stackalloc T[whole ? 1 : TilePixels * TLanes.Count];
        var tiles = Strip.Divide(plan.X.Out, TilePixels);
        for (var tile = 0; tile < tiles; tile++)
        {
            var from = (int)((long)tile * plan.X.Out / tiles);
            var pixels = (int)((long)(tile + 1) * plan.X.Out / tiles) - from;
            var at = source + (nint)from * plan.X.Stride * TLanes.Count;
            var to = target + from * targetStep;
            if (whole)
            {
                RunTile(plan, pixels, taps, slab, at, to, targetStep);
                continue;
            }
            RunTile(plan, pixels, taps, slab, at, result, TLanes.Count);
            for (var pixel = 0; pixel < pixels; pixel++)
                Bulk.Move(result + pixel * TLanes.Count, to + pixel * targetStep, valid);
        }
    }

    static void RunTile(in DepthwisePlan<T> plan, int pixels, (int Begin, int End) taps, int slab, T* source, T* target, nint targetStep)
    {
        switch (pixels)
        {
            case 1: RunTile<Count1>(plan, taps, slab, source, target, targetStep); break;
            case 2: RunTile<Count2>(plan, taps, slab, source, target, targetStep); break;
            case 3: RunTile<Count3>(plan, taps, slab, source, target, targetStep); break;
            case 4: RunTile<Count4>(plan, taps, slab, source, target, targetStep); break;
            case 5: RunTile<Count5>(plan, taps, slab, source, target, targetStep); break;
            case 6: RunTile<Count6>(plan, taps, slab, source, target, targetStep); break;
            case 7: RunTile<Count7>(plan, taps, slab, source, target, targetStep); break;
            default: RunTile<Count8>(plan, taps, slab, source, target, targetStep); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void RunTile<TPixels>(in DepthwisePlan<T> plan, (int Begin, int End) taps, int slab, T* source, T* target, nint targetStep)
        where TPixels : struct, ICount
    {
        var rowStep = (nint)(plan.Y.Step * plan.SlabRow);
        nint tapStep = (nint)plan.X.Step * TLanes.Count, step = (nint)plan.X.Stride * TLanes.Count;
        var columns = plan.X.Taps;
        var weight = plan.Packed + ((nint)slab * plan.Taps + taps.Begin * columns) * TLanes.Count;
        TVector a0 = TLanes.Load(plan.PackedBias + (nint)slab * TLanes.Count);
        TVector a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        for (var y = taps.Begin; y < taps.End; y++)
        {
            var p0 = source + y * rowStep;
            var p4 = p0 + 4 * step;
            for (var x = 0; x < columns; x++)
            {
                var w = TLanes.Load(weight);
                a0 = TLanes.MultiplyAdd(TLanes.Load(p0), w, a0);
                if (TPixels.Value > 1) a1 = TLanes.MultiplyAdd(TLanes.Load(p0 + step), w, a1);
                if (TPixels.Value > 2) a2 = TLanes.MultiplyAdd(TLanes.Load(p0 + 2 * step), w, a2);
                if (TPixels.Value > 3) a3 = TLanes.MultiplyAdd(TLanes.Load(p0 + 3 * step), w, a3);
                if (TPixels.Value > 4) a4 = TLanes.MultiplyAdd(TLanes.Load(p4), w, a4);
                if (TPixels.Value > 5) a5 = TLanes.MultiplyAdd(TLanes.Load(p4 + step), w, a5);
                if (TPixels.Value > 6) a6 = TLanes.MultiplyAdd(TLanes.Load(p4 + 2 * step), w, a6);
                if (TPixels.Value > 7) a7 = TLanes.MultiplyAdd(TLanes.Load(p4 + 3 * step), w, a7);
                weight += TLanes.Count;
                p0 += tapStep;
                p4 += tapStep;
            }
        }
        if (plan.Relu) Eight<T, TVector, TLanes>.Rectify(ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
        Eight<T, TVector, TLanes>.Store<TPixels>(target, targetStep, a0, a1, a2, a3, a4, a5, a6, a7);
    }
}
