using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Transforms;

/// <summary>One stage of a transform along columns: butterflies over a run of lanes, several runs.</summary>
internal readonly unsafe struct Stage<T>(Wings<T> at, nint fromStep, nint toStep, nint runs, nint lanes, T* factors, nint factorStep, nint apart)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal void Run<TTurn>(int radix, T* roots) where TTurn : struct, ITurn
    {
        switch (radix)
        {
            case 2: Each<Two, TTurn>(); break;
            case 3: Each<Three, TTurn>(); break;
            case 4: Each<Four, TTurn>(); break;
            case 5: Each<Five, TTurn>(); break;
            default: Prime<TTurn>(radix, roots); break;
        }
    }

    // The last vector of a run may overlap the one before it: results never stand where inputs do.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Each<TButterfly, TTurn>() where TButterfly : struct, IButterfly where TTurn : struct, ITurn
    {
        var (wings, last) = (at, lanes - Vector<T>.Count);
        var factor = factors;
        for (nint run = 0; run < runs; run++)
        {
            // One copy of the body: the registers of two would not be held apart.
            for (nint lane = 0; ; lane = Math.Min(lane + Vector<T>.Count, last))
            {
                TButterfly.Run<T, TTurn>(wings, lane, factor + (lane * TTurn.Step), apart);
                if (lane == last) break;
            }
            wings = wings.Moved(fromStep, toStep);
            factor += factorStep;
        }
    }

    /// <summary>Any odd radix, by its symmetry: sums and differences of opposite inputs, times cosines and sines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Prime<TTurn>(int radix, T* roots) where TTurn : struct, ITurn
    {
        var half = radix / 2;
        var sums = stackalloc Vector<T>[4 * half];
        var (wings, last) = (at, lanes - Vector<T>.Count);
        var factor = factors;
        for (nint run = 0; run < runs; run++)
        {
            for (nint next = 0; next < lanes; next += Vector<T>.Count)
            {
                var lane = Math.Min(next, last);
                var first = wings.Load(lane, 0);
                var all = first;
                for (var j = 0; j < half; j++)
                {
                    var (low, high) = (wings.Load(lane, j + 1), wings.Load(lane, radix - 1 - j));
                    var (sum, difference) = (low + high, low - high);
                    all += sum;
                    (sums[4 * j], sums[(4 * j) + 1], sums[(4 * j) + 2], sums[(4 * j) + 3]) = (sum.Re, sum.Im, difference.Re, difference.Im);
                }
                wings.Store(lane, 0, TTurn.Apply(all, factor + (lane * TTurn.Step), 0, apart));
                for (var k = 1; k <= half; k++)
                {
                    var (middle, side) = Weighted(radix, k, first, sums, roots);
                    wings.Store(lane, k, TTurn.Apply(Pair<T>.MinusI(middle, side), factor + (lane * TTurn.Step), k, apart));
                    wings.Store(lane, radix - k, TTurn.Apply(Pair<T>.PlusI(middle, side), factor + (lane * TTurn.Step), radix - k, apart));
                }
            }
            wings = wings.Moved(fromStep, toStep);
            factor += factorStep;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Pair<T> Middle, Pair<T> Side) Weighted(int radix, int k, Pair<T> first, Vector<T>* sums, T* roots)
    {
        var (middle, side) = (first, new Pair<T>(Vector<T>.Zero, Vector<T>.Zero));
        for (int j = 0, root = k; j < radix / 2; j++)
        {
            middle = Pair<T>.PlusScaled(middle, new(sums[4 * j], sums[(4 * j) + 1]), Vector.Create(roots[2 * root]));
            side = Pair<T>.PlusScaled(side, new(sums[(4 * j) + 2], sums[(4 * j) + 3]), Vector.Create(roots[(2 * root) + 1]));
            root += k;
            if (root >= radix) root -= radix;
        }
        return (middle, side);
    }
}
