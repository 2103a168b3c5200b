namespace Keras.Kernels.Cpu;

/// <summary>
/// The product by panels and tiles. Each element is summed over the same blocks of depth in the same order, however the
/// tiles are cut and whichever thread computes them.
/// </summary>
internal static unsafe class BlockedGemm<TMem, T, TKernels>
    where TMem : unmanaged
    where T : unmanaged
    where TKernels : struct, IKernels<T>
{
    // The panels of one block of depth stay within the last-level cache.
    const int MostLanes = 2304;
    const int MostDepthBytes = 2048;
    const long ChunkBytes = 8 << 20;
    // The first-level cache's size: up to here an operand is read where it is.
    const int InPlaceBytes = 32 << 10;

    static int Rows => TKernels.Rows;

    static int Columns => TKernels.Columns;

    /// <summary>Computes C; <paramref name="prepacked"/> is all of B from <see cref="PackB"/>, or null.</summary>
    public static void Run(
        int m, int n, int k, in Operand<TMem> a, in Operand<TMem> b, T* prepacked, in TileOutput<T> output)
    {
        int block = DepthBlock(k);
        int mostRows = EvenParts(m, Rows), mostColumns = EvenParts(n, Columns);
        for (int column = 0; column < n; column += mostColumns)
        {
            for (int row = 0; row < m; row += mostRows)
            {
                int rows = Math.Min(mostRows, m - row), columns = Math.Min(mostColumns, n - column);
                int chunk = DepthChunk(rows, columns, k, block);
                for (int start = 0; start < k; start += chunk)
                {
                    int depth = Math.Min(chunk, k - start);
                    TileOutput<T> part = output.At(row, column).Part(start == 0, start + depth == k);
                    Side<TMem, T> left = Left(a.At(row, start), rows, columns, depth);
                    Side<TMem, T> right = prepacked != null
                        ? Prepacked(prepacked, n, start, column, columns)
                        : Right(b.At(column, start), columns, rows, depth);
                    Multiply(left, right, depth, block, part);
                }
            }
        }
    }

    /// <summary>Elements of B once packed.</summary>
    public static long PackedCount(int n, int k) => (long)Panels(n, Columns) * Columns * k;

    /// <summary>Packs all of B for <see cref="Run"/>.</summary>
    public static void PackB(int n, int k, in Operand<TMem> b, T* target)
    {
        if (n == 0 || k == 0)
            return;
        var right = new Side<TMem, T>(b, n, Columns, 0, target, Panels(n, Columns), 0);
        Pack(Side<TMem, T>.None(Rows), right, k, DepthBlock(k));
    }

    static void Multiply(Side<TMem, T> left, Side<TMem, T> right, int depth, int block, in TileOutput<T> output)
    {
        long leftCount = (long)left.PackedPanels * Rows * depth;
        // B's panels start on a cache line.
        leftCount = (leftCount + 15) / 16 * 16;
        if (right.Packed != null)
        {
            left = left.In(Scratch.Get<T>(ScratchUse.Panels, leftCount));
            Pack(left, Side<TMem, T>.None(Columns), depth, block);
        }
        else
        {
            long rightCount = (long)right.PackedPanels * Columns * depth;
            T* scratch = Scratch.Get<T>(ScratchUse.Panels, leftCount + rightCount);
            left = left.In(scratch);
            right = right.In(scratch + leftCount);
            Pack(left, right, depth, block);
        }
        var tiles = new TileBlocks<TMem, T, TKernels>(left, right, depth, block, output);
        Parallel.For(tiles.Count, tiles);
    }

    static void Pack(in Side<TMem, T> left, in Side<TMem, T> right, int depth, int block)
    {
        var packs = new PackBlocks<TMem, T, TKernels>(left, right, depth, block);
        Parallel.For(packs.Count, packs);
    }

    // Deeper blocks write C less often; at this depth a rectangle's panels still fit the second-level cache.
    static int DepthBlock(int k)
    {
        int most = MostDepthBytes / sizeof(T);
        int blocks = (k + most - 1) / most;
        return Panels((k + blocks - 1) / blocks, 4) * 4;
    }

    static int EvenParts(int lanes, int width)
    {
        int parts = Math.Max(Panels(lanes, MostLanes), 1);
        return Panels(Panels(lanes, parts), width) * width;
    }

    // Where few rows and columns leave room, several blocks are packed at once, for fewer rounds of the threads.
    static int DepthChunk(int rows, int columns, int k, int block)
    {
        long bytes = (long)(rows + columns) * block * sizeof(T);
        return (int)Math.Min(Math.Max(ChunkBytes / bytes, 1), Panels(k, block)) * block;
    }

    // Small operands, and those that few panels of the other side read, are not worth a copy.
    static Side<TMem, T> Left(in Operand<TMem> a, int rows, int columns, int depth) =>
        Unpacked(a, rows, Rows, depth, columns <= (a.Lane == 1 ? 2 : 4) * Columns);

    static Side<TMem, T> Right(in Operand<TMem> b, int columns, int rows, int depth) =>
        Unpacked(b, columns, Columns, b.Lane == 1 ? depth : int.MaxValue, b.Lane == 1 && rows <= 4 * Rows);

    static Side<TMem, T> Unpacked(in Operand<TMem> source, int lanes, int width, int depth, bool readFewTimes)
    {
        bool small = (long)lanes * depth * sizeof(T) <= InPlaceBytes;
        int inPlace = typeof(TMem) == typeof(T) && (readFewTimes || small) ? lanes / width : 0;
        return new(source, lanes, width, inPlace, null, Panels(lanes, width) - inPlace, 0);
    }

    static Side<TMem, T> Prepacked(T* packed, int n, int start, int column, int columns)
    {
        int panels = Panels(n, Columns);
        return new(default, columns, Columns, 0, packed + (nint)start * panels * Columns, panels, column / Columns);
    }

    static int Panels(int lanes, int width) => (lanes + width - 1) / width;
}
