namespace Keras.Kernels.Cpu;

internal static unsafe partial class Gemm
{
    // The float32 result of one part stays in cache until it is rounded.
    const int NarrowRows = 1020;
    const int NarrowColumns = 1024;

    static void RunNarrow<TMem>(
        int m, int n, int k, in Operand<TMem> a, in Operand<TMem> b, float* prepacked, in TileOutput<TMem> output)
        where TMem : unmanaged
    {
        if (sizeof(TMem) != 2)
            throw new NotSupportedException($"No matrix product for {typeof(TMem)}.");
        if (prepacked != null)
        {
            // Packed panels cannot be cut at any column, so only rows are cut.
            for (int row = 0; row < m; row += NarrowRows)
                NarrowPart(Math.Min(NarrowRows, m - row), n, k, a.At(row, 0), b, prepacked, output.At(row, 0));
            return;
        }
        for (int row = 0; row < m; row += NarrowRows)
        {
            for (int column = 0; column < n; column += NarrowColumns)
            {
                NarrowPart(Math.Min(NarrowRows, m - row), Math.Min(NarrowColumns, n - column), k,
                    a.At(row, 0), b.At(column, 0), null, output.At(row, column));
            }
        }
    }

    static void NarrowPart<TMem>(
        int m, int n, int k, in Operand<TMem> a, in Operand<TMem> b, float* prepacked, in TileOutput<TMem> output)
        where TMem : unmanaged
    {
        float* wide = Scratch.Get<float>(ScratchUse.WideResult, (long)m * n + n);
        float* bias = null;
        if (output.Bias != null)
        {
            bias = wide + (nint)m * n;
            Narrow.Widen(output.Bias, n, bias);
        }
        if (output.Add)
            ConvertRows(m, n, output, wide, true);
        var wideOutput = new TileOutput<float>(wide, n, output.Add, bias, output.Relu);
        if (k == 0)
            WithoutProduct(m, n, wideOutput);
        else
            Blocked(m, n, k, a, b, prepacked, wideOutput);
        ConvertRows(m, n, output, wide, false);
    }

    static void ConvertRows<TMem>(int m, int n, in TileOutput<TMem> output, float* wide, bool widen)
        where TMem : unmanaged
    {
        int group = Math.Max((1 << 16) / Math.Max(n, 1), 1);
        Parallel.For((m + group - 1) / group, new RowConversion<TMem>(m, n, group, output.C, output.Ld, wide, widen));
    }

    readonly struct RowConversion<TMem>(int m, int n, int group, TMem* narrow, nint ld, float* wide, bool widen)
        : IBlocks
        where TMem : unmanaged
    {
        public void Run(int block)
        {
            int end = Math.Min((block + 1) * group, m);
            for (int i = block * group; i < end; i++)
            {
                if (widen)
                    Narrow.Widen(narrow + i * ld, n, wide + (nint)i * n);
                else
                    Narrow.Round(wide + (nint)i * n, n, narrow + i * ld);
            }
        }
    }
}
