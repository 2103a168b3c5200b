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
    const int TapsAtOnce = 8;

    readonly DepthwisePlan<T>* _plan = plan;
    readonly T* _gradient = gradient;

    public static void Execute(ref DepthwisePlan<T> plan, T* gradient, T* target)
    {
        fixed (DepthwisePlan<T>* pinned = &plan)
            Parallel.For(plan.Blocks, new DepthwiseFilter<T, TVector, TLanes>(pinned, gradient));
        var result = stackalloc T[TLanes.Count];
        for (var slab = 0; slab < plan.Slabs; slab++)
        {
            for (var tap = 0; tap < plan.Taps; tap++)
            {
                var from = plan.Partials + ((nint)slab * plan.Taps + tap) * TLanes.Count;
                TVector sum = default;
                for (var block = 0; block < plan.Blocks; block++)
                    sum = TLanes.Add(sum, TLanes.Load(from + block * plan.KernelLength));
                TLanes.Store(sum, result);
                Bulk.Move(result, target + (nint)tap * plan.Wide + plan.Start(slab), plan.Valid(slab));
            }
        }
    }

    public void Run(int block)
    {
        ref readonly var plan = ref *_plan;
        var buffer = plan.Buffers + block * plan.BufferLength;
        var gradient = buffer + plan.MoreAt;
        var sums = plan.Partials + block * plan.KernelLength;
        Bulk.Clear(sums, plan.KernelLength);
        var units = (long)plan.Strips * plan.Chunks;
        var end = (int)((block + 1L) * units / plan.Blocks);
        for (var unit = (int)(block * units / plan.Blocks); unit < end; unit++)
        {
            var piece = plan.Piece(unit);
            if (piece.IsEmpty || plan.X.Out == 0) continue;
            if (plan.Direct)
            {
                DepthwiseDirect<T, TVector, TLanes, SumsTaps>.Run(plan, piece, sums, _gradient);
                continue;
            }
            DepthwiseRows<T, TVector, TLanes>.Input(plan, piece, buffer, clears: true);
            var pixel = ((long)piece.Image * plan.Y.Out + piece.FromRow) * plan.X.Out;
            DepthwiseRows<T, TVector, TLanes>.Pixels(_gradient + pixel * plan.Wide + piece.FromSlab * TLanes.Count, (long)piece.Rows * plan.X.Out,
                plan.Wide, plan.Width(piece), gradient, (nint)plan.GradientSlab);
            for (var slab = piece.FromSlab; slab < piece.ToSlab; slab++)
            {
                var at = slab - piece.FromSlab;
                RunSlab(plan, piece.Rows, buffer + at * plan.SlabLength, gradient + at * plan.GradientSlab, sums + (nint)slab * plan.Taps * TLanes.Count);
            }
        }
    }

    static void RunSlab(in DepthwisePlan<T> plan, int rows, T* source, T* gradient, T* sums)
    {
        var offsets = stackalloc nint[TapsAtOnce];
        var groups = Strip.Divide(plan.Taps, TapsAtOnce);
        for (var group = 0; group < groups; group++)
        {
            var first = group * plan.Taps / groups;
            var taps = (group + 1) * plan.Taps / groups - first;
            for (var i = 0; i < taps; i++)
            {
                var (y, x) = ((first + i) / plan.X.Taps, (first + i) % plan.X.Taps);
                offsets[i] = (nint)(y * plan.Y.Step * plan.SlabRow) + (nint)x * plan.X.Step * TLanes.Count;
            }
            var target = sums + (nint)first * TLanes.Count;
            switch (taps)
            {
                case 1: RunTaps<Count1>(plan, rows, source, offsets, gradient, target); break;
                case 2: RunTaps<Count2>(plan, rows, source, offsets, gradient, target); break;
                case 3: RunTaps<Count3>(plan, rows, source, offsets, gradient, target); break;
                case 4: RunTaps<Count4>(plan, rows, source, offsets, gradient, target); break;
                case 5: RunTaps<Count5>(plan, rows, source, offsets, gradient, target); break;
                case 6: RunTaps<Count6>(plan, rows, source, offsets, gradient, target); break;
                case 7: RunTaps<Count7>(plan, rows, source, offsets, gradient, target); break;
                default: RunTaps<Count8>(plan, rows, source, offsets, gradient, target); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void RunTaps<TTaps>(in DepthwisePlan<T> plan, int rows, T* source, nint* offsets, T* gradient, T* sums)
        where TTaps : struct, ICount
    {
        nint count = TLanes.Count, step = plan.X.Stride * count, rowStep = (nint)(plan.Y.Stride * plan.SlabRow);
        nint o0 = offsets[0], o1 = offsets[1], o2 = offsets[2], o3 = offsets[3], o4 = offsets[4], o5 = offsets[5], o6 = offsets[6], o7 = offsets[7];
        Eight<T, TVector, TLanes>.Load<TTaps>(sums, count, out var s0, out var s1, out var s2, out var s3, out var s4, out var s5, out var s6, out var s7);
        for (var row = 0; row < rows; row++)
        {
            var p = source;
            for (var pixel = plan.X.Out; pixel > 0; pixel--)
            {
                var d = TLanes.Load(gradient);
                s0 = TLanes.MultiplyAdd(TLanes.Load(p + o0), d, s0);
                if (TTaps.Value > 1) s1 = TLanes.MultiplyAdd(TLanes.Load(p + o1), d, s1);
                if (TTaps.Value > 2) s2 = TLanes.MultiplyAdd(TLanes.Load(p + o2), d, s2);
                if (TTaps.Value > 3) s3 = TLanes.MultiplyAdd(TLanes.Load(p + o3), d, s3);
                if (TTaps.Value > 4) s4 = TLanes.MultiplyAdd(TLanes.Load(p + o4), d, s4);
                if (TTaps.Value > 5) s5 = TLanes.MultiplyAdd(TLanes.Load(p + o5), d, s5);
                if (TTaps.Value > 6) s6 = TLanes.MultiplyAdd(TLanes.Load(p + o6), d, s6);
                if (TTaps.Value > 7) s7 = TLanes.MultiplyAdd(TLanes.Load(p + o7), d, s7);
                gradient += count;
                p += step;
            }
            source += rowStep;
        }
        Eight<T, TVector, TLanes>.Store<TTaps>(sums, count, s0, s1, s2, s3, s4, s5, s6, s7);
    }
}
