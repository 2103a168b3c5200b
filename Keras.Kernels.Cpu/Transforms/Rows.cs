using System.Numerics;

namespace Keras.Kernels.Cpu.Transforms;

/// <summary>What is done to a few rows.</summary>
internal unsafe interface IRows<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    void Run(long row, int count, T* scratch);
}

/// <summary>Rows in blocks of a fixed size for threads; where there are few long ones, each is a matter of all threads.</summary>
internal readonly unsafe struct RowBlocks<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    const int BlockElements = 1 << 12;
    const int Long = 1 << 14;
    const int VeryLong = 1 << 18;
    const int Few = 4;

    readonly long _rows;
    readonly int _together, _perBlock;
    readonly long _scratch;
    readonly bool _alone;

    internal RowBlocks(long rows, int length, int together, long scratch)
    {
        (_rows, _together, _scratch) = (rows, together, scratch);
        var groups = Math.Max(1, BlockElements / ((long)length * together));
        // The number of blocks must be an int.
        groups = Math.Max(groups, rows / together / (int.MaxValue / 2));
        _perBlock = checked((int)(groups * together));
        _alone = length >= Long && (rows < Few || length >= VeryLong);
    }

    /// <summary>Bytes that are wanted besides the threads' own.</summary>
    internal long Scratch => _alone ? _scratch * sizeof(T) : 0;

    internal void Run<TRows>(in TRows rows, byte* scratch) where TRows : struct, IRows<T>
    {
        if (_alone)
            for (var row = 0L; row < _rows; row++) rows.Run(row, 1, (T*)scratch);
        else
            Parallel.For((int)((_rows + _perBlock - 1) / _perBlock), new Block<TRows>(rows, _rows, _perBlock, _together, _scratch));
    }

    readonly struct Block<TRows>(TRows body, long rows, int perBlock, int together, long wanted) : IBlocks where TRows : struct, IRows<T>
    {
        readonly TRows _body = body;

        public void Run(int block)
        {
            var end = Math.Min(rows, (block + 1L) * perBlock);
            var scratch = Cpu.Scratch.Get<T>(ScratchUse.Rows, wanted);
            for (var row = (long)block * perBlock; row < end; row += together) _body.Run(row, (int)Math.Min(together, end - row), scratch);
        }
    }
}

/// <summary>Complex rows to complex rows.</summary>
internal readonly unsafe struct ComplexRows<T>(RowTransform<T> transform, Columns<T> from, Columns<T> to) : IRows<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public void Run(long row, int count, T* scratch) => transform.Run(count, from.FromRow((nint)row), to.FromRow((nint)row), scratch);
}

/// <summary>Real rows of even length to the first half of their spectrum.</summary>
internal readonly unsafe struct EvenRows<T>(RowTransform<T> transform, Columns<T> roots, T* x, Columns<T> to) : IRows<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public void Run(long row, int count, T* scratch)
    {
        var m = transform.Length;
        var size = (long)m * transform.Together;
        Columns<T> z = new(scratch, scratch + size, m), spectrum = new(scratch + (2 * size), scratch + (3 * size), m);
        for (var i = 0; i < count; i++)
        {
            var at = z.FromRow(i);
            Halves.Part(m, x + ((row + i) * 2 * m), at.Re, at.Im);
        }
        transform.Run(count, z, spectrum, scratch + (4 * size));
        for (var i = 0; i < count; i++) Halves.Unfold(m, spectrum.FromRow(i), roots, to.FromRow((nint)row + i));
    }
}

/// <summary>The first half of the spectrum of real rows of even length to the rows.</summary>
internal readonly unsafe struct EvenRowsBack<T>(RowTransform<T> transform, Columns<T> roots, Columns<T> from, T* y) : IRows<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public void Run(long row, int count, T* scratch)
    {
        var m = transform.Length;
        var size = (long)m * transform.Together;
        Columns<T> z = new(scratch, scratch + size, m), spectrum = new(scratch + (2 * size), scratch + (3 * size), m);
        for (var i = 0; i < count; i++) Halves.Fold(m, from.FromRow((nint)row + i), roots, T.One / T.CreateChecked(2.0 * m), spectrum.FromRow(i));
        transform.Run(count, spectrum.Swapped, z.Swapped, scratch + (4 * size));
        for (var i = 0; i < count; i++)
        {
            var at = z.FromRow(i);
            Halves.Join(m, at.Re, at.Im, y + ((row + i) * 2 * m));
        }
    }
}

/// <summary>Real rows of odd length to the first half of their spectrum.</summary>
internal readonly unsafe struct OddRows<T>(RowTransform<T> transform, T* x, Columns<T> to) : IRows<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public void Run(long row, int count, T* scratch)
    {
        var n = transform.Length;
        var size = (long)n * transform.Together;
        Columns<T> whole = new(scratch + size, scratch + (2 * size), n);
        Bulk.Clear(scratch, size);
        transform.Run(count, new(x + (row * n), scratch, n), whole, scratch + (3 * size));
        for (var i = 0; i < count; i++)
        {
            var (half, target) = (whole.FromRow(i), to.FromRow((nint)row + i));
            new Span<T>(half.Re, (n + 1) / 2).CopyTo(new(target.Re, (n + 1) / 2));
            new Span<T>(half.Im, (n + 1) / 2).CopyTo(new(target.Im, (n + 1) / 2));
            *target.Im = T.Zero;
        }
    }
}

/// <summary>The first half of the spectrum of real rows of odd length to the rows.</summary>
internal readonly unsafe struct OddRowsBack<T>(RowTransform<T> transform, Columns<T> from, T* y) : IRows<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public void Run(long row, int count, T* scratch)
    {
        var n = transform.Length;
        var size = (long)n * transform.Together;
        Columns<T> whole = new(scratch, scratch + size, n);
        for (var i = 0; i < count; i++) Complete(n, from.FromRow((nint)row + i), T.One / T.CreateChecked(n), whole.FromRow(i));
        transform.Run(count, whole.Swapped, new(scratch + (2 * size), y + (row * n), n), scratch + (3 * size));
    }

    static void Complete(int n, Columns<T> half, T factor, Columns<T> whole)
    {
        (whole.Re[0], whole.Im[0]) = (half.Re[0] * factor, T.Zero);
        for (var k = 1; k <= n / 2; k++)
        {
            var (re, im) = (half.Re[k] * factor, half.Im[k] * factor);
            (whole.Re[k], whole.Im[k], whole.Re[n - k], whole.Im[n - k]) = (re, im, re, -im);
        }
    }
}
