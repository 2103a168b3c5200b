using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Elementwise;

// z = condition != 0 ? x : y. Operands 0, 1, 2 of the plan are the condition, x and y. Values are only moved, so an
// unsigned integer of their size stands for each type.
internal static unsafe class Select
{
    internal static void Run(in BroadcastPlan plan, int elementSize, byte* condition, void* x, void* y, void* z)
    {
        switch (elementSize)
        {
            case 1:
                Walk.Run(plan, new Segment<byte>(plan, condition, (byte*)x, (byte*)y, (byte*)z));
                break;
            case 2:
                Walk.Run(plan, new Segment<ushort>(plan, condition, (ushort*)x, (ushort*)y, (ushort*)z));
                break;
            case 4:
                Walk.Run(plan, new Segment<uint>(plan, condition, (uint*)x, (uint*)y, (uint*)z));
                break;
            case 8:
                Walk.Run(plan, new Segment<ulong>(plan, condition, (ulong*)x, (ulong*)y, (ulong*)z));
                break;
            default:
                throw new NotSupportedException($"Expected: elements of 1, 2, 4 or 8 bytes. Received: {elementSize}.");
        }
    }

    static void Chunk<T>(byte* condition, long strideC, T* x, long strideX, T* y, long strideY, T* z, int n)
        where T : unmanaged
    {
        var masks = stackalloc T[Walk.TileElements];
        var bytes = stackalloc byte[Walk.TileElements];
        T* bufferX = stackalloc T[Walk.TileElements], bufferY = stackalloc T[Walk.TileElements];
        Masks.Expand(Dense(condition, strideC, bytes, n), masks, n);
        x = Dense(x, strideX, bufferX, n);
        y = Dense(y, strideY, bufferY, n);
        for (var i = 0; i < n; i += Vector512<T>.Count)
        {
            var count = Math.Min(Vector512<T>.Count, n - i);
            var chosen = Vector512.ConditionalSelect(
                Padded.Load(masks + i, count), Padded.Load(x + i, count), Padded.Load(y + i, count));
            Padded.Store(chosen, z + i, count);
        }
    }

    static T* Dense<T>(T* p, long stride, T* buffer, int n) where T : unmanaged
    {
        if (stride == 1) return p;
        if (stride == 0) new Span<T>(buffer, n).Fill(*p);
        else Stage.Load(p, stride, buffer, n);
        return buffer;
    }

    readonly struct Segment<T>(in BroadcastPlan plan, byte* condition, T* x, T* y, T* z) : ISegment
        where T : unmanaged
    {
        readonly byte* _condition = condition;
        readonly T* _x = x;
        readonly T* _y = y;
        readonly T* _z = z;
        readonly long _strideC = plan.Stride(0, plan.Rank - 1);
        readonly long _strideX = plan.Stride(1, plan.Rank - 1);
        readonly long _strideY = plan.Stride(2, plan.Rank - 1);

        public void Row(long first, long second, long third, long start, long count)
        {
            for (long i = 0; i < count; i += Walk.TileElements)
            {
                Chunk(
                    _condition + first + (i * _strideC), _strideC, _x + second + (i * _strideX), _strideX,
                    _y + third + (i * _strideY), _strideY, _z + start + i, (int)Math.Min(Walk.TileElements, count - i));
            }
        }

        public void Tile(in BroadcastPlan plan, long start, int count)
        {
            var bytes = stackalloc byte[Walk.TileElements];
            T* bufferX = stackalloc T[Walk.TileElements], bufferY = stackalloc T[Walk.TileElements];
            plan.Gather(0, _condition, start, count, bytes);
            plan.Gather(1, _x, start, count, bufferX);
            plan.Gather(2, _y, start, count, bufferY);
            Chunk(bytes, 1, bufferX, 1, bufferY, 1, _z + start, count);
        }
    }
}
