using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Elementwise;

[InlineArray(BroadcastPlan.MaxRank)]
internal struct Extents
{
    long _first;
}

// How up to three operands (element strides, 0 where broadcast) meet a dense row-major output. Adjacent axes that every
// operand crosses evenly are merged, so most plans end with one or two axes. The last axis is the inner run.
internal readonly unsafe struct BroadcastPlan
{
    internal const int MaxRank = 8;
    internal const int MaxOperands = 3;

    readonly Extents _sizes;
    readonly Extents _first;
    readonly Extents _second;
    readonly Extents _third;

    internal BroadcastPlan(
        ReadOnlySpan<long> shape,
        ReadOnlySpan<long> first,
        ReadOnlySpan<long> second = default,
        ReadOnlySpan<long> third = default)
    {
        Count = 1;
        foreach (var size in shape) Count *= size;
        var rank = 0;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            if (shape[axis] == 1) continue;
            long a = At(first, axis), b = At(second, axis), c = At(third, axis);
            var merges = rank > 0 && _first[rank - 1] == a * shape[axis] && _second[rank - 1] == b * shape[axis]
                && _third[rank - 1] == c * shape[axis];
            if (!merges && rank == MaxRank)
                throw Errors.Unsupported("CPU", "there are too many axes that cannot be merged", $"at most {MaxRank}", $"({string.Join(", ", shape.ToArray())})");
            if (!merges) _sizes[rank++] = 1;
            _sizes[rank - 1] *= shape[axis];
            (_first[rank - 1], _second[rank - 1], _third[rank - 1]) = (a, b, c);
        }

        if (rank == 0)
        {
            _sizes[0] = 1;
            rank = 1;
        }

        Rank = rank;
    }

    // Elements of the output.
    internal long Count { get; }

    internal int Rank { get; }

    internal long Inner => _sizes[Rank - 1];

    internal long Size(int axis) => _sizes[axis];

    internal long Stride(int operand, int axis) =>
        operand == 0 ? _first[axis] : operand == 1 ? _second[axis] : _third[axis];

    // The operand lies in memory as the output does.
    internal bool IsDense(int operand)
    {
        long expected = 1;
        for (var axis = Rank - 1; axis >= 0; axis--)
        {
            if (Stride(operand, axis) != expected && _sizes[axis] != 1) return false;
            expected *= _sizes[axis];
        }

        return true;
    }

    // Copies the operand's elements for outputs [start, start + count) into a dense buffer.
    internal void Gather<T>(int operand, T* source, long start, int count, T* buffer) where T : unmanaged
    {
        if (Rank == 2)
        {
            GatherRows(operand, source, start, count, buffer);
            return;
        }

        var cursor = new Cursor(this, start);
        var stride = Stride(operand, Rank - 1);
        for (var done = 0; done < count;)
        {
            var length = (int)Math.Min(count - done, Inner - cursor.Inner);
            var from = source + cursor.Offset(operand);
            for (var i = 0; i < length; i++) buffer[done + i] = from[i * stride];
            done += length;
            cursor.Advance(this, length);
        }
    }

    void GatherRows<T>(int operand, T* source, long start, int count, T* buffer) where T : unmanaged
    {
        long stride = Stride(operand, 1), rowStride = Stride(operand, 0), inner = Inner;
        if (rowStride == 0 && count >= inner)
        {
            // One period, then copies of what is there.
            for (long i = 0, at = start % inner; i < inner; i++, at = at + 1 == inner ? 0 : at + 1)
                buffer[i] = source[at * stride];
            for (var filled = inner; filled < count; filled *= 2)
            {
                var bytes = Math.Min(filled, count - filled) * sizeof(T);
                Buffer.MemoryCopy(buffer, buffer + filled, bytes, bytes);
            }

            return;
        }

        var row = source + (start / inner * rowStride);
        for (long i = 0, at = start % inner; i < count; row += rowStride, at = 0)
            for (; at < inner && i < count; at++, i++)
                buffer[i] = row[at * stride];
    }

    static long At(ReadOnlySpan<long> strides, int axis) => strides.IsEmpty ? 0 : strides[axis];

    // A position in the output: one coordinate an axis, and the offset each operand has there.
    internal struct Cursor
    {
        Extents _coordinates;
        long _first;
        long _second;
        long _third;

        internal Cursor(in BroadcastPlan plan, long position)
        {
            for (var axis = plan.Rank - 1; axis >= 0; axis--)
            {
                var coordinate = position % plan._sizes[axis];
                position /= plan._sizes[axis];
                _coordinates[axis] = coordinate;
                Move(plan, axis, coordinate);
            }

            Inner = _coordinates[plan.Rank - 1];
        }

        internal long Inner { get; private set; }

        internal readonly long Offset(int operand) =>
            operand == 0 ? _first : operand == 1 ? _second : _third;

        // Steps along the inner run, which the step may finish but not pass.
        internal void Advance(in BroadcastPlan plan, long steps)
        {
            var axis = plan.Rank - 1;
            Move(plan, axis, steps);
            Inner += steps;
            if (Inner < plan.Inner) return;
            Move(plan, axis, -Inner);
            Inner = 0;
            while (--axis >= 0)
            {
                Move(plan, axis, 1);
                if (++_coordinates[axis] < plan._sizes[axis]) return;
                Move(plan, axis, -plan._sizes[axis]);
                _coordinates[axis] = 0;
            }
        }

        void Move(in BroadcastPlan plan, int axis, long steps)
        {
            _first += steps * plan._first[axis];
            _second += steps * plan._second[axis];
            _third += steps * plan._third[axis];
        }
    }
}
