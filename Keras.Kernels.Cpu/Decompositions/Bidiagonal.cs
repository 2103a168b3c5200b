using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>A matrix with no more columns than rows reduced to an upper bidiagonal one, A = Q·B·Pᵀ. Each step reads the matrix twice: the update
/// by the last pair of reflectors and the product with the next left one are one pass.</summary>
internal unsafe struct Bidiagonal<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    const int RowBlock = 16;
    const long ParallelSize = 32 * 1024;

    internal readonly Reflectors<T> Left, Right;
    internal readonly double* D, E;
    readonly T* _a, _p, _y, _x;
    readonly int _n, _stride;

    /// <param name="deal">Memory.</param>
    /// <param name="columns">The columns, as rows of memory.</param>
    /// <param name="m">The number of rows.</param>
    /// <param name="n">The number of columns.</param>
    /// <param name="wanted">The most columns that the left reflectors are applied to.</param>
    internal Bidiagonal(ref Deal deal, T* columns, int m, int n, int wanted)
    {
        _a = columns;
        _n = n;
        Left = new(ref deal, n, m, wanted);
        Right = new(ref deal, Math.Max(0, n - 1), n, n);
        _stride = Left.Stride;
        D = deal.Take<double>(n);
        E = deal.Take<double>(n);
        _p = deal.Take<T>(Right.Stride);
        _y = deal.Take<T>(Right.Stride);
        _x = deal.Take<T>(_stride);
    }

    readonly T* Column(int j) => _a + ((long)j * _stride);

    internal readonly void Run()
    {
        Bulk.Clear(_p, Right.Stride);
        Bulk.Clear(_y, Right.Stride);
        Bulk.Clear(_x, _stride);
        D[0] = double.CreateTruncating(Left.Make(0, Column(0), 0));
        for (var j = 1; j < _n; j++) _y[j] = Left.Tau[0] * Lines<T>.Dot(Column(j), Left.Row(0), 0, _stride);
        for (var k = 0; k < _n - 1; k++) Step(k);
    }

    readonly void Step(int k)
    {
        var u = Left.Row(k);
        for (var j = k + 1; j < _n; j++) _p[j] = Column(j)[k] - _y[j];
        E[k] = double.CreateTruncating(Right.Make(k, _p, k + 1));
        var v = Right.Row(k);
        var tau = Right.Tau[k];
        if (tau == T.Zero)
        {
            Bulk.Clear(_x, _stride);
        }
        else
        {
            var product = new RowSum<T>(Column(k + 1), v + k + 1, _x, _n - k - 1, _stride, k);
            Parallel.For(RowSum<T>.Blocks(k, _stride), product, IsLarge(k));
            var along = T.Zero;
            for (var j = k + 1; j < _n; j++) along += _y[j] * v[j];
            for (var i = 0; i < _stride; i++) _x[i] = i < k ? T.Zero : tau * (_x[i] - (along * u[i]));
        }
        var next = Column(k + 1);
        Lines<T>.Update(next, _y[k + 1], u, v[k + 1], _x, u, k, _stride);
        D[k + 1] = double.CreateTruncating(Left.Make(k + 1, next, k + 1));
        var rows = _n - k - 2;
        if (rows > 0) Parallel.For((rows + RowBlock - 1) / RowBlock, new Updates(this, k), IsLarge(k));
    }

    readonly bool IsLarge(int k) => (long)(_n - k) * (_stride - k) >= ParallelSize;

    readonly struct Updates(Bidiagonal<T> owner, int k) : IBlocks
    {
        readonly Bidiagonal<T> _owner = owner;

        public void Run(int block)
        {
            var first = k + 2 + (block * RowBlock);
            var y = _owner._y;
            var v = _owner.Right.Row(k);
            var u = _owner.Left.Row(k);
            var next = _owner.Left.Row(k + 1);
            var tau = _owner.Left.Tau[k + 1];
            for (var j = first; j < Math.Min(_owner._n, first + RowBlock); j++)
                y[j] = tau * Lines<T>.Update(_owner.Column(j), y[j], u, v[j], _owner._x, next, k, _owner._stride);
        }
    }
}

/// <summary>A sum of rows, by columns.</summary>
internal readonly unsafe struct RowSum<T>(T* rows, T* factors, T* sum, int count, int stride, int from) : IBlocks
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal static int Width => 8 * Lines<T>.Width;

    internal static int Blocks(int from, int stride) => (stride - (from & -Lines<T>.Width) + Width - 1) / Width;

    public void Run(int block)
    {
        var first = (from & -Lines<T>.Width) + (block * Width);
        Lines<T>.Combine(rows, count, stride, factors, sum, first, Math.Min(stride, first + Width));
    }
}
