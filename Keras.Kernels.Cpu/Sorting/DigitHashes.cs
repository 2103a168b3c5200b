namespace Keras.Kernels.Cpu.Sorting;

/// <summary>The bins of integers by the hash of their digits.</summary>
internal readonly unsafe struct DigitHashes(long* x, long* y, long n, int bins, (ulong First, ulong Second)? key) : IBlocks
{
    const int Block = 4096;

    readonly long* _x = x, _y = y;
    readonly long _n = n;
    readonly int _bins = bins;
    readonly (ulong First, ulong Second)? _key = key;

    internal static int Blocks(long n) => (int)((n + Block - 1) / Block);

    public void Run(int block)
    {
        var end = Math.Min(_n, (block + 1L) * Block);
        for (var i = (long)block * Block; i < end; i++) _y[i] = Fingerprints.Bin(_x[i], _bins, _key);
    }
}
