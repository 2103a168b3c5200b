namespace Keras.Kernels.Cpu.Reduction;

using Keras.Kernels.Cpu.Elementwise;

// A reduction of a dense row-major tensor over any set of axes. Neighbouring axes of a kind merge into runs; the last
// run is either reduced (rows are summed up) or kept (rows are added to each other), the others are walked.
internal readonly struct ReducePlan
{
    // The work of one block; fixed, so that the order of combination is too.
    internal const int BlockElements = 32768;
    internal const int TileElements = 512;
    const int MinRows = 64;

    readonly Extents _keptSizes;
    readonly Extents _keptStrides;
    readonly Extents _reducedSizes;
    readonly Extents _reducedStrides;
    readonly int _keptRank;
    readonly int _reducedRank;

    internal ReducePlan(ReadOnlySpan<long> shape, ReadOnlySpan<bool> reduced)
    {
        Inner = 1;
        InnerReduced = true;
        OuterKept = OuterReduced = 1;
        long stride = 1;
        var axis = shape.Length - 1;
        while (axis >= 0 && shape[axis] == 1) axis--;
        if (axis >= 0)
        {
            InnerReduced = reduced[axis];
            for (; axis >= 0 && (reduced[axis] == InnerReduced || shape[axis] == 1); axis--) Inner *= shape[axis];
            stride = Inner;
        }

        while (axis >= 0)
        {
            var kind = reduced[axis];
            long size = 1;
            for (; axis >= 0 && (reduced[axis] == kind || shape[axis] == 1); axis--) size *= shape[axis];
            if (kind)
            {
                _reducedSizes[_reducedRank] = size;
                _reducedStrides[_reducedRank++] = stride;
                OuterReduced *= size;
            }
            else
            {
                _keptSizes[_keptRank] = size;
                _keptStrides[_keptRank++] = stride;
                OuterKept *= size;
            }

            stride *= size;
        }

        Pieces = (int)Math.Max(1, (PieceSpan + PieceLength - 1) / PieceLength);
    }

    internal bool InnerReduced { get; }

    // Length of the last run.
    internal long Inner { get; }

    // Products of the sizes of the other runs.
    internal long OuterKept { get; }

    internal long OuterReduced { get; }

    internal long InnerKept => InnerReduced ? 1 : Inner;

    internal long OutputCount => OuterKept * InnerKept;

    internal long ReduceCount => OuterReduced * (InnerReduced ? Inner : 1);

    // Parts that each output's reduction is cut into, combined in order.
    internal int Pieces { get; }

    // What a piece is a part of: elements where the last run is reduced, rows where it is kept.
    internal long PieceSpan => ReduceCount;

    internal long PieceLength =>
        InnerReduced ? BlockElements : Math.Max(MinRows, BlockElements / Math.Clamp(Inner, 1, TileElements));

    // Bytes of scratch memory that a run needs, 64-byte aligned.
    internal long WorkspaceBytes => Pieces == 1 ? 0 : Pieces * OutputCount * sizeof(double);

    // Rows to be added to each other follow each other in memory.
    internal bool RowsAreContiguous => !InnerReduced && _reducedRank == 1 && _reducedStrides[0] == Inner;

    internal long KeptOffset(long index) => Offset(_keptSizes, _keptStrides, _keptRank, index);

    internal long ReducedOffset(long index) => Offset(_reducedSizes, _reducedStrides, _reducedRank, index);

    // Runs are stored from the last to the first.
    static long Offset(in Extents sizes, in Extents strides, int rank, long index)
    {
        if (rank == 1) return index * strides[0];
        long offset = 0;
        for (var run = 0; run < rank; run++)
        {
            offset += index % sizes[run] * strides[run];
            index /= sizes[run];
        }

        return offset;
    }
}
