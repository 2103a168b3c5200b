namespace Keras.Kernels.Cpu.Elementwise;

// What a broadcast kernel does with a stretch of the output.
internal interface ISegment
{
    // Outputs [start, start + count) along one inner run; the operands begin at these offsets.
    void Row(long first, long second, long third, long start, long count);

    // Outputs [start, start + count), at most Walk.TileElements of them, across short inner runs.
    void Tile(in BroadcastPlan plan, long start, int count);
}

internal static class Walk
{
    internal const int TileElements = 512;
    const int BlockElements = 32768;
    // Shorter inner runs cost more to start than to gather.
    const int ShortRun = 64;

    internal static void Run<TSegment>(in BroadcastPlan plan, in TSegment segment) where TSegment : struct, ISegment
    {
        if (plan.Count == 0) return;
        if (plan.Count <= BlockElements) Block(plan, segment, 0, plan.Count);
        else Parallel.For((int)((plan.Count + BlockElements - 1) / BlockElements), new Blocks<TSegment>(plan, segment));
    }

    static void Block<TSegment>(in BroadcastPlan plan, in TSegment segment, long start, long end)
        where TSegment : struct, ISegment
    {
        if (plan.Rank > 1 && plan.Inner < ShortRun)
        {
            for (; start < end; start += TileElements)
                segment.Tile(plan, start, (int)Math.Min(TileElements, end - start));
            return;
        }

        var cursor = new BroadcastPlan.Cursor(plan, start);
        while (start < end)
        {
            var count = Math.Min(end - start, plan.Inner - cursor.Inner);
            segment.Row(cursor.Offset(0), cursor.Offset(1), cursor.Offset(2), start, count);
            cursor.Advance(plan, count);
            start += count;
        }
    }

    readonly struct Blocks<TSegment>(in BroadcastPlan plan, in TSegment segment) : IBlocks
        where TSegment : struct, ISegment
    {
        readonly BroadcastPlan _plan = plan;
        readonly TSegment _segment = segment;

        public void Run(int block)
        {
            var start = (long)block * BlockElements;
            Block(_plan, _segment, start, Math.Min(_plan.Count, start + BlockElements));
        }
    }
}
