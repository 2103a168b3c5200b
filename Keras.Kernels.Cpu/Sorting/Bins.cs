using System.Numerics;
using System.Runtime.InteropServices;

namespace Keras.Kernels.Cpu.Sorting;

// How often each integer from 0 up to a length occurs in each row.
internal readonly struct BinPlan(long rows, long n, long length)
{
    const long PartElements = 1 << 16;
    const long MaxParts = 16;

    internal long Rows { get; } = rows;

    internal long N { get; } = n;

    internal long Length { get; } = length;

    // A row is counted in parts where adding the parts up is little beside it.
    internal int Parts => (int)Math.Clamp(N / Math.Max(PartElements, 4 * Length), 1, MaxParts);

    internal long Scratch => Parts == 1 ? 0 : Parts * Length * sizeof(int);
}

internal static unsafe class Bins
{
    // Returns the place of the first integer that is out of range, and has counted nothing then, or -1.
    internal static long Run<TIndex>(TIndex* x, int* y, in BinPlan plan, int* scratch) where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        for (long i = 0; i < plan.Rows * plan.N; i++)
            if (ulong.CreateTruncating(x[i]) >= (ulong)plan.Length) return i;
        NativeMemory.Clear(y, (nuint)(plan.Rows * plan.Length * sizeof(int)));
        if (plan.Parts == 1) Movement.Blocked.Run(new Rows<TIndex>(x, y, plan), plan.Rows, Math.Max(1, plan.N));
        else
            for (long row = 0; row < plan.Rows; row++) Long(x + (row * plan.N), y + (row * plan.Length), plan, scratch);
        return -1;
    }

    static void Long<TIndex>(TIndex* x, int* y, in BinPlan plan, int* scratch) where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        NativeMemory.Clear(scratch, (nuint)(plan.Parts * plan.Length * sizeof(int)));
        Parallel.For(plan.Parts, new Parts<TIndex>(x, scratch, plan));
        for (var part = 0; part < plan.Parts; part++)
            for (long i = 0; i < plan.Length; i++) y[i] += scratch[(part * plan.Length) + i];
    }

    static void Count<TIndex>(TIndex* x, long n, int* y) where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        for (long i = 0; i < n; i++) y[long.CreateTruncating(x[i])]++;
    }

    readonly struct Rows<TIndex>(TIndex* x, int* y, BinPlan plan) : Movement.IRows where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        readonly TIndex* _x = x;
        readonly int* _y = y;
        readonly BinPlan _plan = plan;

        public void Run(long start, long end)
        {
            for (var row = start; row < end; row++) Count(_x + (row * _plan.N), _plan.N, _y + (row * _plan.Length));
        }
    }

    readonly struct Parts<TIndex>(TIndex* x, int* scratch, BinPlan plan) : IBlocks where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        readonly TIndex* _x = x;
        readonly int* _scratch = scratch;
        readonly BinPlan _plan = plan;

        public void Run(int block)
        {
            long start = _plan.N * block / _plan.Parts, end = _plan.N * (block + 1) / _plan.Parts;
            Count(_x + start, end - start, _scratch + (block * _plan.Length));
        }
    }
}
