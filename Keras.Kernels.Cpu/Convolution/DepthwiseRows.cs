using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

/// <summary>Copies strips of rows into slabs: the pixels of as many channels as a vector has lanes, side by side.</summary>
internal static unsafe class DepthwiseRows<T, TVector, TLanes>
    where T : unmanaged
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    /// <summary>
    /// The input rows that the piece's outputs read. Rows beyond the input are left out, or cleared where asked.
    /// </summary>
    public static void Input(in DepthwisePlan<T> plan, in DepthwisePiece piece, T* buffer, bool clears)
    {
        var channels = plan.InputChannels;
        var source = plan.Input + (long)piece.Image * plan.Y.In * plan.X.In * channels;
        var first = piece.FromRow * plan.Y.Stride + plan.Y.First;
        var (from, to) = plan.Y.InputRange(piece.FromRow, piece.ToRow);
        for (var row = first; clears && row < first + plan.Y.Span(piece.Rows); row++)
        {
            if (row < from || row >= to) ClearPixels(plan, buffer + (row - first) * plan.SlabRow, plan.X.Reach);
        }
        var repeated = plan.Folds || plan.Multiplier == 1 ? null : buffer + plan.SlabsAtOnce * plan.SlabLength;
        for (var row = from; row < to; row++)
            Row(plan, piece, source + (long)row * plan.X.In * channels, repeated, buffer + (row - first) * plan.SlabRow);
    }

    static void Row(in DepthwisePlan<T> plan, in DepthwisePiece piece, T* source, T* repeated, T* target)
    {
        var begin = Math.Clamp(-plan.X.First, 0, plan.X.Reach);
        var end = Math.Clamp(plan.X.In - plan.X.First, begin, plan.X.Reach);
        ClearPixels(plan, target, begin);
        ClearPixels(plan, target + (nint)end * TLanes.Count, plan.X.Reach - end);
        nint channels = plan.InputChannels, skipped = (nint)piece.FromSlab * TLanes.Count;
        source += (begin + plan.X.First) * channels;
        target += (nint)begin * TLanes.Count;
        if (repeated == null)
        {
            Pixels(source + skipped, end - begin, channels, plan.Width(piece), target, (nint)plan.SlabLength);
            return;
        }
        for (var column = begin; column < end; column++)
        {
            Repeat(source, (int)channels, plan.Multiplier, repeated);
            Pixels(repeated + skipped, 1, plan.Wide, plan.Width(piece), target, (nint)plan.SlabLength);
            source += channels;
            target += TLanes.Count;
        }
    }

    static void Repeat(T* source, int channels, int times, T* target)
    {
        for (var channel = 0; channel < channels; channel++)
        {
            for (var copy = 0; copy < times; copy++)
                *target++ = source[channel];
        }
    }

    static void ClearPixels(in DepthwisePlan<T> plan, T* target, int pixels)
    {
        for (var slab = 0; slab < plan.SlabsAtOnce; slab++)
            Bulk.Clear(target + slab * plan.SlabLength, (long)pixels * TLanes.Count);
    }

    /// <summary>Some channels of pixels that lie a step apart, as slabs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pixels(T* source, long count, nint step, int width, T* target, nint slab)
    {
        var rest = width % TLanes.Count;
        for (var pixel = count; pixel > 0; pixel--)
        {
            var (from, to) = ((nint)source, (nint)target);
            for (var lanes = width - rest; lanes > 0; lanes -= TLanes.Count)
            {
                TLanes.Store(TLanes.Load((T*)from), (T*)to);
                from += TLanes.Count * sizeof(T);
                to += slab * sizeof(T);
            }
            if (rest > 0)
            {
                TLanes.Store(default, (T*)to);
                for (var lane = 0; lane < rest; lane++)
                    ((T*)to)[lane] = ((T*)from)[lane];
            }
            source += step;
            target += TLanes.Count;
        }
    }
}
