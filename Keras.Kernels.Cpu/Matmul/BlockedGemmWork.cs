using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

/// <summary>
/// One side of a product as panels. Those before <see cref="InPlace"/> are read where they are, the others from
/// <see cref="Packed"/>: for each block of depth, panel after panel.
/// </summary>
internal readonly unsafe struct Side<TMem, T>(
    Operand<TMem> source, int lanes, int width, int inPlace, T* packed, int packedPanels, int first)
    where TMem : unmanaged
    where T : unmanaged
{
    public readonly Operand<TMem> Source = source;
    public readonly int Lanes = lanes;
    public readonly int Width = width;
    public readonly int InPlace = inPlace;
    public readonly T* Packed = packed;
    /// <summary>Panels in each block of depth of <see cref="Packed"/>.</summary>
    public readonly int PackedPanels = packedPanels;
    /// <summary>The panel of <see cref="Packed"/> that is this side's first.</summary>
    public readonly int First = first;

    public int Panels => (Lanes + Width - 1) / Width;

    public static Side<TMem, T> None(int width) => new(default, 0, width, 0, null, 0, 0);

    public Side<TMem, T> In(T* packed) => new(Source, Lanes, Width, InPlace, packed, PackedPanels, First);

    public T* PackedAt(int panel, int start, int depth) =>
        Packed + (nint)start * PackedPanels * Width + (nint)(First + panel - InPlace) * depth * Width;

    /// <summary>Where the kernel reads a panel, and by which steps.</summary>
    public T* Read(int panel, int start, int depth, out nint lane, out nint step)
    {
        if (panel < InPlace)
        {
            lane = Source.Lane;
            step = Source.Depth;
            return (T*)Source.At((nint)panel * Width, start).Data;
        }
        lane = 1;
        step = Width;
        return PackedAt(panel, start, depth);
    }
}

/// <summary>Packs groups of panels, first A's, then B's.</summary>
internal readonly unsafe struct PackBlocks<TMem, T, TKernels> : IBlocks
    where TMem : unmanaged
    where T : unmanaged
    where TKernels : struct, IKernels<T>
{
    const int GroupElements = 1 << 15;

    readonly Side<TMem, T> _left;
    readonly Side<TMem, T> _right;
    readonly int _depth;
    readonly int _block;
    readonly int _leftGroup;
    readonly int _rightGroup;
    readonly int _leftGroups;
    readonly int _rightGroups;

    public PackBlocks(in Side<TMem, T> left, in Side<TMem, T> right, int depth, int block)
    {
        _left = left;
        _right = right;
        _depth = depth;
        _block = block;
        int longest = Math.Min(depth, block);
        _leftGroup = Math.Max(GroupElements / (left.Width * longest), 1);
        _rightGroup = Math.Max(GroupElements / (right.Width * longest), 1);
        _leftGroups = (left.PackedPanels + _leftGroup - 1) / _leftGroup;
        _rightGroups = (right.PackedPanels + _rightGroup - 1) / _rightGroup;
    }

    public int Count => (_leftGroups + _rightGroups) * ((_depth + _block - 1) / _block);

    public void Run(int block)
    {
        int groups = _leftGroups + _rightGroups;
        int group = block % groups;
        int start = block / groups * _block;
        int depth = Math.Min(_block, _depth - start);
        if (group < _leftGroups)
            PackGroup(_left, group * _leftGroup, _leftGroup, start, depth, true);
        else
            PackGroup(_right, (group - _leftGroups) * _rightGroup, _rightGroup, start, depth, false);
    }

    static void PackGroup(in Side<TMem, T> side, int first, int count, int start, int depth, bool isLeft)
    {
        int end = Math.Min(first + count, side.PackedPanels);
        for (int i = first; i < end; i++)
        {
            int panel = side.InPlace + i;
            int lanes = Math.Min(side.Width, side.Lanes - panel * side.Width);
            Operand<TMem> source = side.Source.At((nint)panel * side.Width, start);
            T* target = side.PackedAt(panel, start, depth);
            if (typeof(TMem) == typeof(T))
                PackPanel(Unsafe.As<Operand<TMem>, Operand<T>>(ref source), lanes, depth, target, isLeft);
            else
                Widen(source, side.Width, lanes, depth, target, isLeft);
        }
    }

    static void PackPanel(in Operand<T> source, int lanes, int depth, T* target, bool isLeft)
    {
        if (isLeft)
            TKernels.PackA(source, lanes, depth, target);
        else
            TKernels.PackB(source, lanes, depth, target);
    }

    [SkipLocalsInit]
    static void Widen(in Operand<TMem> source, int width, int lanes, int depth, T* target, bool isLeft)
    {
        T* wide = stackalloc T[width * depth];
        bool lanesInRow = source.Lane == 1;
        int rows = lanesInRow ? depth : lanes, columns = lanesInRow ? lanes : depth;
        nint stride = lanesInRow ? source.Depth : source.Lane;
        for (int i = 0; i < rows; i++)
            Narrow.Widen(source.Data + i * stride, columns, (float*)(wide + i * columns));
        var operand = lanesInRow ? new Operand<T>(wide, 1, columns) : new Operand<T>(wide, columns, 1);
        PackPanel(operand, lanes, depth, target, isLeft);
    }
}

/// <summary>Computes rectangles of C from both sides' panels.</summary>
internal readonly unsafe struct TileBlocks<TMem, T, TKernels> : IBlocks
    where TMem : unmanaged
    where T : unmanaged
    where TKernels : struct, IKernels<T>
{
    // A rectangle's panels of A, and those of B that pass, stay in the second-level cache.
    const int MostRowPanels = 16;
    const int MostColumnPanels = 16;
    // Enough rectangles to share evenly among threads, none so small that handing it out costs.
    const int EnoughTiles = 32;
    const long LeastWork = 1 << 19;

    readonly Side<TMem, T> _left;
    readonly Side<TMem, T> _right;
    readonly TileOutput<T> _output;
    readonly int _depth;
    readonly int _block;
    readonly int _rowPanels;
    readonly int _columnPanels;
    readonly int _columnTiles;

    public TileBlocks(
        in Side<TMem, T> left, in Side<TMem, T> right, int depth, int block, in TileOutput<T> output)
    {
        _left = left;
        _right = right;
        _output = output;
        _depth = depth;
        _block = block;
        _rowPanels = Math.Min(left.Panels, MostRowPanels);
        _columnPanels = Math.Min(right.Panels, MostColumnPanels);
        while (RowTiles * ColumnTiles < EnoughTiles && _rowPanels * _columnPanels > 1
            && (long)_rowPanels * left.Width * _columnPanels * right.Width * depth >= 2 * LeastWork)
        {
            if (_rowPanels * left.Width >= _columnPanels * right.Width && _rowPanels > 1)
                _rowPanels = (_rowPanels + 1) / 2;
            else if (_columnPanels > 1)
                _columnPanels = (_columnPanels + 1) / 2;
            else
                _rowPanels = (_rowPanels + 1) / 2;
        }
        _columnTiles = ColumnTiles;
    }

    public int Count => RowTiles * ColumnTiles;

    int RowTiles => (_left.Panels + _rowPanels - 1) / _rowPanels;

    int ColumnTiles => (_right.Panels + _columnPanels - 1) / _columnPanels;

    public void Run(int block)
    {
        int row = block / _columnTiles * _rowPanels, column = block % _columnTiles * _columnPanels;
        for (int start = 0; start < _depth; start += _block)
        {
            int depth = Math.Min(_block, _depth - start);
            Rectangle(row, column, start, depth, _output.Part(start == 0, start + depth == _depth));
        }
    }

    void Rectangle(int row, int column, int start, int depth, in TileOutput<T> output)
    {
        int rowEnd = Math.Min(row + _rowPanels, _left.Panels);
        int columnEnd = Math.Min(column + _columnPanels, _right.Panels);
        for (int j = column; j < columnEnd; j++)
        {
            T* b = _right.Read(j, start, depth, out _, out nint bStep);
            int columns = Math.Min(_right.Width, _right.Lanes - j * _right.Width);
            for (int i = row; i < rowEnd; i++)
            {
                T* a = _left.Read(i, start, depth, out nint aRow, out nint aStep);
                int rows = Math.Min(_left.Width, _left.Lanes - i * _left.Width);
                TileOutput<T> tile = output.At((nint)i * _left.Width, (nint)j * _right.Width);
                TKernels.Tile(rows, columns, depth, a, aRow, aStep, b, bStep, tile);
            }
        }
    }
}
