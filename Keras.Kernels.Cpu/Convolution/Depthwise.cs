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
        fixed (DepthwisePlan<T>* pinned = &plan)
            Parallel.For(plan.Blocks, new Depthwise<T, TVector, TLanes>(pinned));
    }

    public void Run(int block)
    {
        ref readonly var plan = ref *_plan;
        var buffer = plan.Buffers + block * plan.BufferLength;
        var folds = plan.Folds && plan.Multiplier > 1;
        var end = (int)((block + 1L) * plan.Strips / plan.Blocks);
        for (var strip = (int)((long)block * plan.Strips / plan.Blocks); strip < end; strip++)
        {
            var image = strip / plan.StripsPerImage;
            var fromRow = strip % plan.StripsPerImage * plan.StripSize;
            var toRow = Math.Min(fromRow + plan.StripSize, plan.Y.Out);
            if (fromRow >= toRow) continue;
            var source = plan.Rows(image, fromRow, toRow, buffer);
            for (var row = fromRow; row < toRow; row++)
            {
                var target = plan.Output + image * plan.OutImage + row * plan.OutRow;
                var at = source + row * plan.Y.Stride * plan.InputRow;
                if (!folds)
                {
                    RunRow(plan, row, at, target, (nint)plan.OutPixel);
                    continue;
                }
                var wide = buffer + plan.CopyLength;
                RunRow(plan, row, at, wide, plan.Wide);
                Fold(plan, wide, target);
            }
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

    static void RunRow(in DepthwisePlan<T> plan, int row, T* source, T* target, nint targetStep)
    {
        var taps = plan.Y.Inside(row);
        var (begin, end) = plan.Interior(0, plan.X.Taps);
        if (plan.Wide < TLanes.Count)
        {
            RunScalar(plan, taps, source, target, targetStep);
            return;
        }
        if (end - begin < TilePixels)
        {
            RunEdge(plan, taps, source, target, targetStep, 0, plan.X.Out);
            return;
        }
        var step = (nint)plan.X.Stride * plan.Wide;
        RunEdge(plan, taps, source, target, targetStep, 0, begin);
        for (var pixel = begin; pixel < end; pixel += TilePixels)
        {
            // The last tile goes back over pixels already done rather than being short; likewise the last lanes.
            var from = Math.Min(pixel, end - TilePixels);
            for (var channel = 0; channel < plan.Wide; channel += TLanes.Count)
            {
                var lane = Math.Min(channel, plan.Wide - TLanes.Count);
                var to = target + from * targetStep + lane;
                RunTile(plan, taps, lane, source + from * step + lane, step, to, targetStep);
            }
        }
        RunEdge(plan, taps, source, target, targetStep, end, plan.X.Out);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void RunTile(
        in DepthwisePlan<T> plan, (int Begin, int End) taps, int lane, T* source, nint step, T* target, nint targetStep)
    {
        var rowStep = (nint)(plan.Y.Step * plan.InputRow);
        var tapStep = (nint)plan.X.Step * plan.Wide;
        var weightStep = (nint)plan.X.KernelStep * plan.Wide;
        var weightRowStep = (nint)plan.Y.KernelStep * plan.KernelWidth * plan.Wide;
        var first = Weight(plan, 0, 0) + lane;
        var columns = plan.X.Taps;
        TVector a0 = plan.Bias == null ? default : TLanes.Load(plan.Bias + lane);
        TVector a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        for (var y = taps.Begin; y < taps.End; y++)
        {
            var weight = first + (nint)y * weightRowStep;
            var p0 = source + y * rowStep;
            var p4 = p0 + 4 * step;
            for (var x = 0; x < columns; x++)
            {
                var w = TLanes.Load(weight);
                a0 = TLanes.MultiplyAdd(TLanes.Load(p0), w, a0);
                a1 = TLanes.MultiplyAdd(TLanes.Load(p0 + step), w, a1);
                a2 = TLanes.MultiplyAdd(TLanes.Load(p0 + 2 * step), w, a2);
                a3 = TLanes.MultiplyAdd(TLanes.Load(p0 + 3 * step), w, a3);
                a4 = TLanes.MultiplyAdd(TLanes.Load(p4), w, a4);
                a5 = TLanes.MultiplyAdd(TLanes.Load(p4 + step), w, a5);
                a6 = TLanes.MultiplyAdd(TLanes.Load(p4 + 2 * step), w, a6);
                a7 = TLanes.MultiplyAdd(TLanes.Load(p4 + 3 * step), w, a7);
                weight += weightStep;
                p0 += tapStep;
                p4 += tapStep;
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
        TLanes.Store(a0, target);
        TLanes.Store(a1, target + targetStep);
        TLanes.Store(a2, target + 2 * targetStep);
        TLanes.Store(a3, target + 3 * targetStep);
        TLanes.Store(a4, target + 4 * targetStep);
        TLanes.Store(a5, target + 5 * targetStep);
        TLanes.Store(a6, target + 6 * targetStep);
        TLanes.Store(a7, target + 7 * targetStep);
    }

    static void RunEdge(
        in DepthwisePlan<T> plan, (int Begin, int End) rows, T* source, T* target, nint targetStep,
        int fromPixel, int toPixel)
    {
        for (var pixel = fromPixel; pixel < toPixel; pixel++)
        {
            var columns = plan.TapsAt(pixel);
            for (var channel = 0; channel < plan.Wide; channel += TLanes.Count)
            {
                var lane = Math.Min(channel, plan.Wide - TLanes.Count);
                TVector sum = plan.Bias == null ? default : TLanes.Load(plan.Bias + lane);
                for (var y = rows.Begin; y < rows.End; y++)
                {
                    for (var x = columns.Begin; x < columns.End; x++)
                    {
                        var at = source + Offset(plan, pixel, y, x) + lane;
                        sum = TLanes.MultiplyAdd(TLanes.Load(at), TLanes.Load(Weight(plan, y, x) + lane), sum);
                    }
                }
                if (plan.Relu) sum = TLanes.Max(sum, default);
                TLanes.Store(sum, target + pixel * targetStep + lane);
            }
        }
    }

    static void RunScalar(in DepthwisePlan<T> plan, (int Begin, int End) rows, T* source, T* target, nint targetStep)
    {
        for (var pixel = 0; pixel < plan.X.Out; pixel++)
        {
            var columns = plan.TapsAt(pixel);
            for (var channel = 0; channel < plan.Wide; channel++)
            {
                var sum = plan.Bias == null ? T.Zero : plan.Bias[channel];
                for (var y = rows.Begin; y < rows.End; y++)
                {
                    for (var x = columns.Begin; x < columns.End; x++)
                        sum += source[Offset(plan, pixel, y, x) + channel] * Weight(plan, y, x)[channel];
                }
                target[pixel * targetStep + channel] = plan.Relu ? T.Max(sum, T.Zero) : sum;
            }
        }
    }

    static nint Offset(in DepthwisePlan<T> plan, int pixel, int y, int x) =>
        (nint)(y * plan.Y.Step * plan.InputRow + ((long)pixel * plan.X.Stride + (long)x * plan.X.Step) * plan.Wide);

    static T* Weight(in DepthwisePlan<T> plan, int y, int x)
    {
        var tap = (plan.Y.Kernel + y * plan.Y.KernelStep) * plan.KernelWidth + plan.X.Kernel + x * plan.X.KernelStep;
        return plan.Kernel + (nint)tap * plan.Wide;
    }
}
