namespace Keras.Kernels.Cpu.Sorting;

// How rows that are sorted apart are shared out: short ones by the block, others in a few parts with memory of their own, a few long ones
// one after the other in chunks. It depends on the sizes only.
internal readonly struct RowWork(long rows, long n, int longest)
{
    const int MaxParts = 16;
    const long LongRow = 1 << 17;

    internal long Rows { get; } = rows;

    internal long N { get; } = n;

    internal bool IsShort { get; } = n <= longest;

    internal bool IsLong => !IsShort && N >= LongRow && Rows < MaxParts;

    internal Chunks Chunks => new(N);

    internal int Parts => (int)Math.Clamp(Rows * N / Movement.Gather.BlockElements, 1, Math.Min(Rows, MaxParts));

    internal long Start(int part) => Rows * part / Parts;

    // Memory for so many bytes an element in each row that is worked on at a time, and for the counts of a long one.
    internal long Scratch(long elementBytes) => IsShort || Rows * N == 0 ? 0
        : IsLong ? (N * elementBytes) + CountBytes
        : Parts * N * elementBytes;

    internal long CountBytes => Chunks.Count * 256L * sizeof(uint);

    // Rows that are not long: short ones by the block, others in parts.
    internal void Run<TShort, TParts>(in TShort shortRows, in TParts parts) where TShort : struct, Movement.IRows where TParts : struct, IBlocks
    {
        if (IsShort) Movement.Blocked.Run(shortRows, Rows, N);
        else RunParts(parts);
    }

    internal void RunParts<TParts>(in TParts parts) where TParts : struct, IBlocks
    {
        if (Parts == 1) parts.Run(0);
        else Parallel.For(Parts, parts);
    }
}
