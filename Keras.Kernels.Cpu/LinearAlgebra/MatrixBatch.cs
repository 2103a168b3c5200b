namespace Keras.Kernels.Cpu.LinearAlgebra;

/// <summary>Runs work on each matrix of a batch; a block's number is the matrix's.</summary>
internal static class MatrixBatch
{
    const long GroupWork = 1 << 18;
    const long LargeWork = 1 << 21;
    const int ManyMatrices = 32;

    /// <param name="count">How many matrices there are.</param>
    /// <param name="work">Multiplications for one matrix, about.</param>
    /// <param name="body">The work on one.</param>
    internal static void Run<TBody>(int count, long work, in TBody body) where TBody : struct, IBlocks
    {
        // A few large matrices share their own work among the threads.
        if (work >= LargeWork && count < ManyMatrices)
            for (var matrix = 0; matrix < count; matrix++) body.Run(matrix);
        else
        {
            var group = (int)Math.Clamp(GroupWork / Math.Max(work, 1), 1, Math.Max(count, 1));
            Parallel.For((count + group - 1) / group, new Groups<TBody>(body, count, group));
        }
    }

    readonly struct Groups<TBody>(in TBody body, int count, int group) : IBlocks where TBody : struct, IBlocks
    {
        readonly TBody _body = body;
        readonly int _count = count, _group = group;

        public void Run(int block)
        {
            var end = Math.Min(_count, (block + 1) * _group);
            for (var matrix = block * _group; matrix < end; matrix++) _body.Run(matrix);
        }
    }

    /// <summary>Where each matrix of an operand begins, in elements, when its batch is stretched to another; <c>null</c> where they follow one another.</summary>
    internal static long[]? Offsets(Shape operand, Shape batch)
    {
        var own = operand.Slice(0, operand.Rank - 2);
        if (own == batch) return null;
        var (strides, matrix) = (Types.Strides(own, batch), (long)operand[-1] * operand[-2]);
        var offsets = new long[batch.Size];
        for (long i = 0; i < offsets.Length; i++)
        {
            var rest = i;
            for (var axis = batch.Rank - 1; axis >= 0; rest /= batch[axis--]) offsets[i] += rest % batch[axis] * strides[axis] * matrix;
        }
        return offsets;
    }
}
