namespace Keras.Kernels.Cpu.Recurrent;

/// <summary>The sizes of a cell over sequences, and how samples are shared among threads: a block goes through all steps by itself.</summary>
internal readonly record struct RecurrentShape(int Batch, int Steps, int Units, int Gates, bool Reverse)
{
    // Enough rows for the tiles of a product; fewer samples than this twice are not worth a second read of the kernel.
    const int RowsOfBlock = 16;

    public int Width => Gates * Units;

    /// <summary>From row to row of the products: a cache line more than the width, so that rows do not contend for the same lines of the cache.</summary>
    public int Stride => Width + 16;

    public int Blocks => Batch < RowsOfBlock ? 1 : Math.Max(2, (Batch + RowsOfBlock - 1) / RowsOfBlock);

    int RowsPerBlock => (Batch + Blocks - 1) / Blocks;

    public (int First, int Count) Block(int block)
    {
        var first = Math.Min(block * RowsPerBlock, Batch);
        return (first, Math.Min(RowsPerBlock, Batch - first));
    }

    /// <summary>The row of a sample's step among the inputs.</summary>
    public long Given(int sample, int step) => ((long)sample * Steps) + (Reverse ? Steps - 1 - step : step);

    /// <summary>The row of a sample's step among the results.</summary>
    public long Computed(int sample, int step) => ((long)sample * Steps) + step;
}
