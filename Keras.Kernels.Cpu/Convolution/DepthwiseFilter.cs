using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

/// <summary>
/// Filter gradient of a depthwise convolution: partial sums of the blocks, added up in the order of the blocks.
/// </summary>
internal readonly unsafe struct DepthwiseFilter<T, TVector, TLanes>(DepthwisePlan<T>* plan, T* gradient) : IBlocks
    where T : unmanaged, INumber<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    const int TapsAtOnce = 4;
    const int ChunkPixels = 16;

    readonly DepthwisePlan<T>* _plan = plan;
    readonly T* _gradient = gradient;

    public static void Execute(ref DepthwisePlan<T> plan, T* gradient, T* target)
    {
        fixed (DepthwisePlan<T>* pinned = &plan)
            Parallel.For(plan.Blocks, new DepthwiseFilter<T, TVector, TLanes>(pinned, gradient));
        Strip.Clear(target, plan.KernelLength);
        for (var block = 0; block < plan.Blocks; block++)
        {
            var sums = plan.Partials + block * plan.PartialLength;
            for (var tap = 0; tap < plan.Y.Taps * plan.X.Taps; tap++)
            {
                var from = sums + (nint)tap * plan.PartialPitch;
                var to = target + (nint)tap * plan.Wide;
                for (var channel = 0; channel < plan.Wide; channel++)
                    to[channel] += from[Slot(plan, channel)];
            }
        }
    }

    public void Run(int block)
    {
        ref readonly var plan = ref *_plan;
        var buffer = plan.Buffers + block * plan.BufferLength;
        var sums = plan.Partials + block * plan.PartialLength;
        Strip.Clear(sums, plan.PartialLength);
        var end = (int)((block + 1L) * plan.Strips / plan.Blocks);
        for (var strip = (int)((long)block * plan.Strips / plan.Blocks); strip < end; strip++)
        {
            var image = strip / plan.StripsPerImage;
            var fromRow = strip % plan.StripsPerImage * plan.StripSize;
            var toRow = Math.Min(fromRow + plan.StripSize, plan.Y.Out);
            if (fromRow >= toRow || plan.X.Out == 0) continue;
            var source = plan.Rows(image, fromRow, toRow, buffer);
            for (var row = fromRow; row < toRow; row++)
            {
                var gradient = _gradient + ((long)image * plan.Y.Out + row) * plan.X.Out * plan.Wide;
                RunRow(plan, row, source + row * plan.Y.Stride * plan.InputRow, gradient, sums);
            }
        }
    }

    static void RunRow(in DepthwisePlan<T> plan, int row, T* source, T* gradient, T* sums)
    {
        var rows = plan.Y.Inside(row);
        for (var from = 0; from < plan.X.Out; from += ChunkPixels)
        {
            var to = Math.Min(from + ChunkPixels, plan.X.Out);
            for (var y = rows.Begin; y < rows.End; y++)
            {
                var at = source + y * plan.Y.Step * plan.InputRow;
                var result = sums + (nint)y * plan.X.Taps * plan.PartialPitch;
                if (plan.Wide < TLanes.Count)
                    RunScalar(plan, from, to, at, gradient, result);
                else
                    RunChunk(plan, from, to, at, gradient, result);
            }
        }
    }

    /// <summary>
    /// Some taps at once over the pixels that all of them meet, then each over the pixels left to it.
    /// </summary>
    static void RunChunk(in DepthwisePlan<T> plan, int fromPixel, int toPixel, T* source, T* gradient, T* sums)
    {
        for (var tap = 0; tap < plan.X.Taps; tap += TapsAtOnce)
        {
            var taps = Math.Min(TapsAtOnce, plan.X.Taps - tap);
            var begin = Math.Clamp(plan.PixelsAt(tap).Begin, fromPixel, toPixel);
            var end = Math.Clamp(plan.PixelsAt(tap + taps - 1).End, begin, toPixel);
            RunPixels(plan, tap, taps, begin, end, source, gradient, sums);
            for (var single = tap; single < tap + taps; single++)
            {
                var (from, to) = plan.PixelsAt(single);
                from = Math.Clamp(from, fromPixel, toPixel);
                to = Math.Clamp(to, from, toPixel);
                RunPixels(plan, single, 1, from, Math.Min(begin, to), source, gradient, sums);
                RunPixels(plan, single, 1, Math.Max(end, from), to, source, gradient, sums);
            }
        }
    }

    static void RunPixels(
        in DepthwisePlan<T> plan, int tap, int taps, int from, int to, T* source, T* gradient, T* sums)
    {
        if (from >= to) return;
        source += ((nint)from * plan.X.Stride + (nint)tap * plan.X.Step) * plan.Wide;
        gradient += (nint)from * plan.Wide;
        sums += (nint)tap * plan.PartialPitch;
        switch (taps)
        {
            case 1: RunPixels<Count1>(plan, to - from, source, gradient, sums); break;
            case 2: RunPixels<Count2>(plan, to - from, source, gradient, sums); break;
            case 3: RunPixels<Count3>(plan, to - from, source, gradient, sums); break;
            default: RunPixels<Count4>(plan, to - from, source, gradient, sums); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void RunPixels<TTaps>(in DepthwisePlan<T> plan, int pixels, T* source, T* gradient, T* sums)
        where TTaps : struct, ICount
    {
        nint wide = plan.Wide, step = wide * plan.X.Stride, tapStep = wide * plan.X.Step, pitch = plan.PartialPitch;
        for (nint channel = 0; channel < wide; channel += TLanes.Count)
        {
            var lane = Math.Min(channel, wide - TLanes.Count);
            TVector s0 = TLanes.Load(sums), s1 = default, s2 = default, s3 = default;
            if (TTaps.Value > 1) s1 = TLanes.Load(sums + pitch);
            if (TTaps.Value > 2) s2 = TLanes.Load(sums + 2 * pitch);
            if (TTaps.Value > 3) s3 = TLanes.Load(sums + 3 * pitch);
            var p = source + lane;
            var q = p + 2 * tapStep;
            var g = gradient + lane;
            for (var pixel = pixels; pixel > 0; pixel--)
            {
                var d = TLanes.Load(g);
                s0 = TLanes.MultiplyAdd(TLanes.Load(p), d, s0);
                if (TTaps.Value > 1) s1 = TLanes.MultiplyAdd(TLanes.Load(p + tapStep), d, s1);
                if (TTaps.Value > 2) s2 = TLanes.MultiplyAdd(TLanes.Load(q), d, s2);
                if (TTaps.Value > 3) s3 = TLanes.MultiplyAdd(TLanes.Load(q + tapStep), d, s3);
                g += wide;
                p += step;
                q += step;
            }
            TLanes.Store(s0, sums);
            if (TTaps.Value > 1) TLanes.Store(s1, sums + pitch);
            if (TTaps.Value > 2) TLanes.Store(s2, sums + 2 * pitch);
            if (TTaps.Value > 3) TLanes.Store(s3, sums + 3 * pitch);
            sums += TLanes.Count;
        }
    }

    static void RunScalar(in DepthwisePlan<T> plan, int fromPixel, int toPixel, T* source, T* gradient, T* sums)
    {
        for (var tap = 0; tap < plan.X.Taps; tap++)
        {
            var (from, to) = plan.PixelsAt(tap);
            for (var pixel = Math.Max(from, fromPixel); pixel < Math.Min(to, toPixel); pixel++)
            {
                var at = source + ((nint)pixel * plan.X.Stride + (nint)tap * plan.X.Step) * plan.Wide;
                var dy = gradient + (nint)pixel * plan.Wide;
                for (var channel = 0; channel < plan.Wide; channel++)
                    sums[tap * plan.PartialPitch + channel] += at[channel] * dy[channel];
            }
        }
    }

    /// <summary>
    /// Where a sum keeps a channel: the last lanes may overlap those before, so they have a place of their own.
    /// </summary>
    static int Slot(in DepthwisePlan<T> plan, int channel)
    {
        if (plan.Wide < TLanes.Count) return channel;
        var first = channel / TLanes.Count * TLanes.Count;
        return first + channel - Math.Min(first, plan.Wide - TLanes.Count);
    }
}
