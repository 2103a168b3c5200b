namespace Keras.Kernels.Cpu.Movement;

using Keras.Kernels.Cpu.Elementwise;

// Copies between a dense row-major side and a strided side: permutations, broadcasts, slices with steps, flips (strides
// below zero, the pointer at the first element read), writes into a block. Only the size of an element matters.
internal readonly struct CopyPlan
{
    internal readonly BroadcastPlan Walk;
    internal readonly TransposePlan Transpose;

    internal CopyPlan(ReadOnlySpan<long> dims, ReadOnlySpan<long> strides)
    {
        Walk = new BroadcastPlan(dims, strides);
        Transpose = new TransposePlan(Walk);
    }
}

internal static unsafe class Movement
{
    // dst[i, j, ...] = src[i * strides[0] + j * strides[1] + ...], dst dense.
    internal static void Copy(
        int elementSize, ReadOnlySpan<long> dims, ReadOnlySpan<long> srcStrides, void* src, void* dst) =>
        Copy(elementSize, new CopyPlan(dims, srcStrides), src, dst);

    internal static void Copy(int elementSize, in CopyPlan plan, void* src, void* dst)
    {
        switch (elementSize)
        {
            case 1:
                Read(plan, (byte*)src, (byte*)dst);
                break;
            case 2:
                Read(plan, (ushort*)src, (ushort*)dst);
                break;
            case 4:
                Read(plan, (uint*)src, (uint*)dst);
                break;
            case 8:
                Read(plan, (ulong*)src, (ulong*)dst);
                break;
            case 16:
                Read(plan, (UInt128*)src, (UInt128*)dst);
                break;
            default:
                throw UnknownSize(elementSize);
        }
    }

    // dst[i * strides[0] + j * strides[1] + ...] = src[i, j, ...], src dense. The places written must be distinct.
    internal static void Write(
        int elementSize, ReadOnlySpan<long> dims, ReadOnlySpan<long> dstStrides, void* src, void* dst) =>
        Write(elementSize, new BroadcastPlan(dims, dstStrides), src, dst);

    internal static void Write(int elementSize, in BroadcastPlan plan, void* src, void* dst)
    {
        switch (elementSize)
        {
            case 1:
                Walk.Run(plan, new WriteSegment<byte>(plan, (byte*)src, (byte*)dst));
                break;
            case 2:
                Walk.Run(plan, new WriteSegment<ushort>(plan, (ushort*)src, (ushort*)dst));
                break;
            case 4:
                Walk.Run(plan, new WriteSegment<uint>(plan, (uint*)src, (uint*)dst));
                break;
            case 8:
                Walk.Run(plan, new WriteSegment<ulong>(plan, (ulong*)src, (ulong*)dst));
                break;
            case 16:
                Walk.Run(plan, new WriteSegment<UInt128>(plan, (UInt128*)src, (UInt128*)dst));
                break;
            default:
                throw UnknownSize(elementSize);
        }
    }

    // dst = src with before[axis] constants in front of each axis; outShape is the padded shape.
    internal static void Pad(
        int elementSize,
        ReadOnlySpan<long> shape,
        ReadOnlySpan<long> before,
        ReadOnlySpan<long> outShape,
        void* constant,
        void* src,
        void* dst)
    {
        Span<long> strides = stackalloc long[shape.Length];
        long stride = 1, offset = 0;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            offset += before[axis] * stride;
            stride *= outShape[axis];
        }

        Fill.Constant(elementSize, constant, dst, stride);
        Write(elementSize, shape, strides, src, (byte*)dst + (offset * elementSize));
    }

    // One input of a concatenation along an axis of (outer, total, inner): it takes positions [start, start + n).
    internal static void Concatenate(
        int elementSize, void* src, void* dst, long outer, long n, long inner, long start, long total)
    {
        ReadOnlySpan<long> dims = [outer, n * inner], strides = [total * inner, 1];
        Write(elementSize, dims, strides, src, (byte*)dst + (start * inner * elementSize));
    }

    internal static NotSupportedException UnknownSize(int elementSize) =>
        new($"Expected: elements of 1, 2, 4, 8 or 16 bytes. Received: {elementSize}.");

    static void Read<T>(in CopyPlan plan, T* src, T* dst) where T : unmanaged
    {
        if (plan.Transpose.Applies) plan.Transpose.Run(src, dst);
        else Walk.Run(plan.Walk, new ReadSegment<T>(plan.Walk, src, dst));
    }

    readonly struct ReadSegment<T>(in BroadcastPlan plan, T* src, T* dst) : ISegment where T : unmanaged
    {
        readonly T* _src = src;
        readonly T* _dst = dst;
        readonly long _stride = plan.Stride(0, plan.Rank - 1);

        public void Row(long first, long second, long third, long start, long count)
        {
            T* from = _src + first, to = _dst + start;
            if (_stride == 1) Buffer.MemoryCopy(from, to, count * sizeof(T), count * sizeof(T));
            else if (_stride == 0) Bulk.Fill(to, count, *from);
            else
                for (long i = 0; i < count; i++) to[i] = from[i * _stride];
        }

        public void Tile(in BroadcastPlan plan, long start, int count) =>
            plan.Gather(0, _src, start, count, _dst + start);
    }

    readonly struct WriteSegment<T>(in BroadcastPlan plan, T* src, T* dst) : ISegment where T : unmanaged
    {
        readonly T* _src = src;
        readonly T* _dst = dst;
        readonly long _stride = plan.Stride(0, plan.Rank - 1);

        public void Row(long first, long second, long third, long start, long count)
        {
            T* from = _src + start, to = _dst + first;
            if (_stride == 1) Buffer.MemoryCopy(from, to, count * sizeof(T), count * sizeof(T));
            else
                for (long i = 0; i < count; i++) to[i * _stride] = from[i];
        }

        public void Tile(in BroadcastPlan plan, long start, int count)
        {
            var cursor = new BroadcastPlan.Cursor(plan, start);
            for (long end = start + count; start < end;)
            {
                var length = Math.Min(end - start, plan.Inner - cursor.Inner);
                var to = _dst + cursor.Offset(0);
                for (long i = 0; i < length; i++) to[i * _stride] = _src[start + i];
                start += length;
                cursor.Advance(plan, length);
            }
        }
    }
}
