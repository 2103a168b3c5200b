using System.Numerics;
using System.Numerics.Tensors;

namespace Keras.Kernels.Cpu.Movement;

/// <summary>Windows along rows that may overlap: copied out of the rows, or added into them.</summary>
internal readonly unsafe struct Overlap(long rows, int whole, int count, int length, int stride)
{
    const int BlockElements = 1 << 14;

    int WindowsPerBlock => Math.Max(1, BlockElements / length);

    long Elements => (long)count * length;

    int Whole => whole;

    int PartsPerRow => (whole + BlockElements - 1) / BlockElements;

    internal void Spread<T>(T* x, T* windows) where T : unmanaged
    {
        if (length == 0) return;
        var all = rows * count;
        Parallel.For(checked((int)((all + WindowsPerBlock - 1) / WindowsPerBlock)), new Copies<T>(this, all, x, windows));
    }

    readonly struct Copies<T>(Overlap plan, long all, T* x, T* windows) : IBlocks where T : unmanaged
    {
        readonly Overlap _plan = plan;

        public void Run(int block) => _plan.Copy((long)block * _plan.WindowsPerBlock, Math.Min(all, (block + 1L) * _plan.WindowsPerBlock), x, windows);
    }

    void Copy<T>(long first, long end, T* x, T* windows) where T : unmanaged
    {
        for (var window = first; window < end; window++)
        {
            var source = x + (window / count * whole) + (window % count * stride);
            new Span<T>(source, length).CopyTo(new(windows + (window * length), length));
        }
    }

    internal void Collect<T>(T* windows, T* sums) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Parallel.For(checked((int)(rows * PartsPerRow)), new Additions<T>(this, windows, sums));

    readonly struct Additions<T>(Overlap plan, T* windows, T* sums) : IBlocks where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        readonly Overlap _plan = plan;

        public void Run(int block)
        {
            var (row, part) = Math.DivRem(block, _plan.PartsPerRow);
            _plan.Add(part * BlockElements, windows + ((long)row * _plan.Elements), sums + ((long)row * _plan.Whole));
        }
    }

    /// <summary>One part of a row: the windows that reach into it, in order.</summary>
    void Add<T>(int start, T* windows, T* sums) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var end = Math.Min(whole, start + BlockElements);
        new Span<T>(sums + start, end - start).Clear();
        for (var window = start < length ? 0 : ((start - length) / stride) + 1; window < count && (long)window * stride < end; window++)
        {
            var at = window * stride;
            var (low, high) = (Math.Max(start, at), Math.Min(end, at + length));
            if (low >= high) continue;
            var sum = new Span<T>(sums + low, high - low);
            TensorPrimitives.Add<T>(sum, new Span<T>(windows + ((long)window * length) + low - at, high - low), sum);
        }
    }
}
