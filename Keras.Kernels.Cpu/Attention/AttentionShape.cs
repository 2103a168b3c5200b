using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>The sizes of attention. Queries are (batch, targets, heads, size), keys (batch, sources, key heads, size), values likewise.</summary>
internal readonly record struct AttentionShape(int Batch, int Targets, int Sources, int Heads, int KeyHeads, int Size, int ValueSize)
{
    private const int MostRows = 384;
    private const int MostColumns = 256;
    private const int LeastColumns = 64;
    private const int EnoughParts = 16;
    private const int PanelElements = 1 << 14;

    /// <summary>Rows of scores that are computed at once: a multiple of the rows of every micro-kernel.</summary>
    internal const int Rows = 48;

    /// <summary>The same in the gradients, which sum over rows too.</summary>
    internal const int GradientRows = 96;

    /// <summary>Columns of scores that are computed at once, so that what belongs to them stays in the second-level cache.</summary>
    internal int Columns => Math.Clamp(PanelElements / Math.Max(1, Math.Max(Size, ValueSize)) / LeastColumns * LeastColumns, LeastColumns, MostColumns);

    /// <summary>Rows of a head for which the sources are packed once: many, but enough blocks of them for some threads.</summary>
    internal int BlockRows => Parts(Parts(Targets, Math.Max(Parts(Targets, MostRows), Math.Min(Parts(Targets, Rows), Parts(EnoughParts, Math.Max(1, Batch * Heads))))), Rows) * Rows;

    /// <summary>Query heads that share a key head.</summary>
    internal int Group => Heads / KeyHeads;

    /// <summary>Parts of the sources in the gradients: enough work for some threads where the heads are few.</summary>
    internal int SourceParts => Math.Clamp(Parts(EnoughParts, Math.Max(1, Batch * KeyHeads)), 1, Math.Max(1, Parts(Sources, Columns)));

    internal nint QueryStep => (nint)Heads * Size;

    internal nint KeyStep => (nint)KeyHeads * Size;

    internal nint ValueStep => (nint)KeyHeads * ValueSize;

    internal nint OutputStep => (nint)Heads * ValueSize;

    internal nint Query(int batch, int row, int head) => (((nint)batch * Targets) + row) * QueryStep + ((nint)head * Size);

    internal nint Key(int batch, int row, int head) => (((nint)batch * Sources) + row) * KeyStep + ((nint)head * Size);

    internal nint Value(int batch, int row, int head) => (((nint)batch * Sources) + row) * ValueStep + ((nint)head * ValueSize);

    internal nint Output(int batch, int row, int head) => (((nint)batch * Targets) + row) * OutputStep + ((nint)head * ValueSize);

    /// <summary>The place of a row in what is kept of each, (batch, heads, targets).</summary>
    internal nint Row(int batch, int row, int head) => (((nint)batch * Heads) + head) * Targets + row;

    internal static int Parts(int count, int most) => (count + most - 1) / most;
}

/// <summary>Products of operands that lie in panels, or where the kernels read them well as they are.</summary>
internal static unsafe class PanelProduct<T, TKernels>
    where T : unmanaged
    where TKernels : struct, IKernels<T>
{
    internal static long LeftSize(int lanes, int depth) => (long)AttentionShape.Parts(lanes, TKernels.Rows) * TKernels.Rows * depth;

    internal static long RightSize(int lanes, int depth) => (long)AttentionShape.Parts(lanes, TKernels.Columns) * TKernels.Columns * depth;

    internal static void PackLeft(in Operand<T> source, int lanes, int depth, T* target)
    {
        for (var lane = 0; lane < lanes; lane += TKernels.Rows)
            TKernels.PackA(source.At(lane, 0), Math.Min(TKernels.Rows, lanes - lane), depth, target + ((nint)lane * depth));
    }

    internal static void PackRight(in Operand<T> source, int lanes, int depth, T* target)
    {
        for (var lane = 0; lane < lanes; lane += TKernels.Columns)
            TKernels.PackB(source.At(lane, 0), Math.Min(TKernels.Columns, lanes - lane), depth, target + ((nint)lane * depth));
    }

    /// <summary>C = A·B or C += A·B, A in panels.</summary>
    internal static void Packed(int m, int n, int depth, T* a, T* b, int packedDepth, T* c, nint ld, bool add) =>
        Run(m, n, depth, a, (nint)TKernels.Rows * depth, 1, TKernels.Rows, b, packedDepth, c, ld, add);

    /// <summary>The same with A as it is in memory; lanes up to a whole panel are read, and not used.</summary>
    internal static void InPlace(int m, int n, int depth, in Operand<T> a, T* b, int packedDepth, T* c, nint ld, bool add) =>
        Run(m, n, depth, a.Data, TKernels.Rows * a.Lane, a.Lane, a.Depth, b, packedDepth, c, ld, add);

    private static void Run(int m, int n, int depth, T* a, nint panel, nint row, nint step, T* b, int packedDepth, T* c, nint ld, bool add)
    {
        for (var j = 0; j < n; j += TKernels.Columns)
        {
            var columns = Math.Min(TKernels.Columns, n - j);
            var left = a;
            for (var i = 0; i < m; i += TKernels.Rows, left += panel)
            {
                var tile = new TileOutput<T>(c + (i * ld) + j, ld, add, null, false);
                TKernels.Tile(Math.Min(TKernels.Rows, m - i), columns, depth, left, row, step, b + ((nint)j * packedDepth), TKernels.Columns, tile);
            }
        }
    }
}
