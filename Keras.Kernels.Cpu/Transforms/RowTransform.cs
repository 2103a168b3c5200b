using System.Numerics;

namespace Keras.Kernels.Cpu.Transforms;

/// <summary>The transform of rows of one length, without a factor. What it needs to know of the length is computed once.</summary>
internal abstract unsafe class RowTransform<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    Pinned<T>? _halves;

    private protected RowTransform(int length) => Length = length;

    internal int Length { get; }

    /// <summary>The roots that make it the transform of twice as many real numbers; once asked for, they are kept with it.</summary>
    internal Pinned<T> Halves => LazyInitializer.EnsureInitialized(ref _halves, () => Transforms.Halves.Roots<T>(Length));

    /// <summary>Bytes that are kept, the roots included.</summary>
    internal long Kept => Bytes + (_halves?.Bytes ?? 0);

    /// <summary>Bytes that are kept.</summary>
    internal abstract long Bytes { get; }

    /// <summary>Numbers of memory that a call wants.</summary>
    internal abstract long Scratch { get; }

    /// <summary>How many rows are transformed together.</summary>
    internal virtual int Together => 1;

    /// <summary>Transforms rows, at most as many as go together. Results stand apart from inputs.</summary>
    internal abstract void Run(int rows, Columns<T> from, Columns<T> to, T* scratch);

    internal static RowTransform<T> Make(int length)
    {
        if (length == 1) return new Single<T>();
        if (Factorization.Split(length, Vector<T>.Count) is { First: > 0 } split) return new SplitTransform<T>(length, split.First, split.Second);
        return Factorization.Radices(length) is { } radices ? new LaneTransform<T>(length, radices) : new ChirpTransform<T>(length);
    }
}

/// <summary>One element is its own transform.</summary>
internal sealed unsafe class Single<T>() : RowTransform<T>(1) where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal override long Bytes => 0;

    internal override long Scratch => 0;

    internal override void Run(int rows, Columns<T> from, Columns<T> to, T* scratch) => (*to.Re, *to.Im) = (*from.Re, *from.Im);
}

/// <summary>Short rows, one a lane.</summary>
internal sealed unsafe class LaneTransform<T>(int length, int[] radices) : RowTransform<T>(length) where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly ColumnPlan<T> _plan = new(length, radices);

    internal override long Bytes => _plan.Bytes;

    internal override int Together => Vector<T>.Count;

    long Size => (long)Length * Together;

    internal override long Scratch => (4 * Size) + _plan.Buffer(Together);

    internal override void Run(int rows, Columns<T> from, Columns<T> to, T* scratch)
    {
        var size = Size;
        Columns<T> inputs = new(scratch, scratch + size, Together), results = new(scratch + (2 * size), scratch + (3 * size), Together);
        if (rows < Together) new Span<T>(scratch, (int)(2 * size)).Clear();
        Flip.Run(rows, Length, from.Re, from.Row, inputs.Re, Together);
        Flip.Run(rows, Length, from.Im, from.Row, inputs.Im, Together);
        _plan.Run<NoTurn>(inputs, results, Together, scratch + (4 * size));
        Flip.Run(Length, rows, results.Re, Together, to.Re, to.Row);
        Flip.Run(Length, rows, results.Im, Together, to.Im, to.Row);
    }
}
