using System.Numerics;

namespace Keras.Kernels.Cpu.Transforms;

/// <summary>A row as a matrix: its columns are transformed, turned by roots of unity and laid into rows, and transformed again (the four steps of Gentleman
/// and Sande). Both times vectors run across columns.</summary>
internal sealed unsafe class SplitTransform<T> : RowTransform<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Two buffers of a strip of columns fit into the first cache.
    const int StripBytes = 4096;
    const int LineBytes = 64;
    // A shorter row is work for one thread; of a longer one, blocks have this many elements.
    const int LeastParallel = 1 << 14;
    const int BlockElements = 1 << 13;

    readonly ColumnPlan<T> _first, _second;
    readonly Strips _firstStrips, _secondStrips;
    readonly Pinned<T> _turns;

    internal SplitTransform(int length, int first, int second) : base(length)
    {
        (_first, _second) = (new(first, Factorization.Radices(first)!), new(second, Factorization.Radices(second)!));
        (_firstStrips, _secondStrips) = (Strips.Of(first, second, length), Strips.Of(second, first, length));
        _turns = new(2L * length);
        for (var strip = 0; strip < _firstStrips.Count; strip++) FillTurns(_firstStrips.Start(strip), _firstStrips.Width(strip));
    }

    internal override long Bytes => _first.Bytes + _second.Bytes + _turns.Bytes;

    internal override long Scratch => 2L * Length;

    void FillTurns(int start, int width)
    {
        var (rows, group) = (_first.Length, _first.LastGroup);
        var turns = Turns(start);
        for (var row = 0; row < rows; row++)
            for (var lane = 0; lane < width; lane++)
            {
                var (re, im) = Roots.Of((long)row * (start + lane), Length);
                var at = turns + ((long)((row / group * 2 * group) + (row % group)) * width) + lane;
                (at[0], at[(long)group * width]) = (T.CreateChecked(re), T.CreateChecked(im));
            }
    }

    // The factors lie as the strips' last stage reads them.
    T* Turns(int start) => _turns.At + (2L * _first.Length * start);

    internal override void Run(int rows, Columns<T> from, Columns<T> to, T* scratch)
    {
        Columns<T> middle = new(scratch, scratch + Length, _first.Length);
        Parallel.For(_firstStrips.Blocks, new Forth(this, new(from.Re, from.Im, _second.Length), middle));
        Parallel.For(_secondStrips.Blocks, new Back(this, middle, new(to.Re, to.Im, _first.Length)));
    }

    readonly struct Forth(SplitTransform<T> plan, Columns<T> from, Columns<T> middle) : IBlocks
    {
        public void Run(int block)
        {
            var strips = plan._firstStrips;
            for (var strip = strips.First(block); strip < strips.First(block + 1); strip++) plan.Forward(strips.Start(strip), strips.Width(strip), from, middle);
        }
    }

    void Forward(int start, int width, Columns<T> from, Columns<T> middle)
    {
        var size = (long)_first.Length * width;
        var buffer = Cpu.Scratch.Get<T>(ScratchUse.Strip, (2 * size) + _first.Buffer(width));
        Columns<T> turned = new(buffer, buffer + size, width);
        _first.Run<LaneTurns>(from.From(start), turned, width, buffer + (2 * size), Turns(start));
        var rows = middle.FromRow(start);
        Flip.Run(_first.Length, width, turned.Re, width, rows.Re, rows.Row);
        Flip.Run(_first.Length, width, turned.Im, width, rows.Im, rows.Row);
    }

    readonly struct Back(SplitTransform<T> plan, Columns<T> middle, Columns<T> to) : IBlocks
    {
        public void Run(int block)
        {
            var strips = plan._secondStrips;
            for (var strip = strips.First(block); strip < strips.First(block + 1); strip++)
            {
                var (start, width) = (strips.Start(strip), strips.Width(strip));
                var buffer = Cpu.Scratch.Get<T>(ScratchUse.Strip, plan._second.Buffer(width));
                plan._second.Run<NoTurn>(middle.From(start), to.From(start), width, buffer);
            }
        }
    }

    /// <summary>Columns in strips, strips in blocks for threads. The last strip has what remains.</summary>
    readonly record struct Strips(int Columns, int Each, int Count, int Blocks)
    {
        internal static Strips Of(int rows, int columns, int length)
        {
            var least = Math.Max(Vector<T>.Count, LineBytes / sizeof(T));
            var each = Math.Max(least, StripBytes / sizeof(T) / rows / least * least);
            var count = Math.Max(1, columns / each);
            var perBlock = Math.Max(1, BlockElements / (rows * each));
            return new(columns, each, count, length < LeastParallel ? 1 : (count + perBlock - 1) / perBlock);
        }

        internal int First(int block) => (int)((long)Count * block / Blocks);

        internal int Start(int strip) => strip * Each;

        internal int Width(int strip) => strip == Count - 1 ? Columns - Start(strip) : Each;
    }
}
