using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Elementwise;

// A function of two elements; see IUnary for why only the vector form exists.
internal interface IBinary
{
    static abstract Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged;
}

internal static unsafe class Binary
{
    // z may be an operand that the plan reads densely.
    internal static void Run<TBody, T>(in BroadcastPlan plan, T* x, T* y, T* z)
        where TBody : IBinary where T : unmanaged =>
        Walk.Run(plan, new ArithmeticSegment<TBody, T>(plan, x, y, z));

    // For bodies that yield a mask: z is 1 where it is set.
    internal static void Compare<TBody, T>(in BroadcastPlan plan, T* x, T* y, byte* z)
        where TBody : IBinary where T : unmanaged =>
        Walk.Run(plan, new ComparisonSegment<TBody, T>(plan, x, y, z));

    readonly struct ArithmeticSegment<TBody, T>(in BroadcastPlan plan, T* x, T* y, T* z) : ISegment
        where TBody : IBinary where T : unmanaged
    {
        readonly T* _x = x;
        readonly T* _y = y;
        readonly T* _z = z;
        readonly long _strideX = plan.Stride(0, plan.Rank - 1);
        readonly long _strideY = plan.Stride(1, plan.Rank - 1);
        readonly bool _denseX = plan.IsDense(0);
        readonly bool _denseY = plan.IsDense(1);

        public void Row(long first, long second, long third, long start, long count) =>
            BinaryRow.Run<TBody, T>(_x + first, _strideX, _y + second, _strideY, _z + start, count);

        public void Tile(in BroadcastPlan plan, long start, int count)
        {
            T* bufferX = stackalloc T[Walk.TileElements], bufferY = stackalloc T[Walk.TileElements];
            if (_denseX) bufferX = _x + start;
            else plan.Gather(0, _x, start, count, bufferX);
            if (_denseY) bufferY = _y + start;
            else plan.Gather(1, _y, start, count, bufferY);
            BinaryRow.Run<TBody, T>(bufferX, 1, bufferY, 1, _z + start, count);
        }
    }

    readonly struct ComparisonSegment<TBody, T>(in BroadcastPlan plan, T* x, T* y, byte* z) : ISegment
        where TBody : IBinary where T : unmanaged
    {
        readonly T* _x = x;
        readonly T* _y = y;
        readonly byte* _z = z;
        readonly long _strideX = plan.Stride(0, plan.Rank - 1);
        readonly long _strideY = plan.Stride(1, plan.Rank - 1);

        public void Row(long first, long second, long third, long start, long count) =>
            BinaryRow.Compare<TBody, T>(_x + first, _strideX, _y + second, _strideY, _z + start, count);

        public void Tile(in BroadcastPlan plan, long start, int count)
        {
            T* bufferX = stackalloc T[Walk.TileElements], bufferY = stackalloc T[Walk.TileElements];
            plan.Gather(0, _x, start, count, bufferX);
            plan.Gather(1, _y, start, count, bufferY);
            BinaryRow.Compare<TBody, T>(bufferX, 1, bufferY, 1, _z + start, count);
        }
    }
}
