using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>A symmetric matrix reduced to a tridiagonal one, A = Q·T·Qᵀ. Each step reads the matrix once: the update by a reflector and the
/// product with the next one are one pass.</summary>
internal unsafe struct Tridiagonal<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    const int RowBlock = 16;
    const long ParallelSize = 32 * 1024;

    internal readonly Reflectors<T> Turns;
    internal readonly double* D, E;
    readonly T* _rows, _product, _other;
    readonly int _n, _stride;

    /// <param name="deal">Memory.</param>
    /// <param name="rows">The whole matrix; it is written over.</param>
    /// <param name="n">Its size.</param>
    internal Tridiagonal(ref Deal deal, T* rows, int n)
    {
        _rows = rows;
        _n = n;
        Turns = new(ref deal, Math.Max(0, n - 1), n, n);
        _stride = Turns.Stride;
        D = deal.Take<double>(n);
        E = deal.Take<double>(n);
        _product = deal.Take<T>(_stride);
        _other = deal.Take<T>(_stride);
    }

    readonly T* Row(int i) => _rows + ((long)i * _stride);

    internal readonly void Run()
    {
        Bulk.Clear(_product, _stride);
        D[0] = double.CreateTruncating(Row(0)[0]);
        if (_n == 1) return;
        E[0] = double.CreateTruncating(Turns.Make(0, Row(0), 1));
        for (var i = 1; i < _n; i++) _product[i] = Lines<T>.Dot(Row(i), Turns.Row(0), 0, _stride);
        for (var k = 0; k < _n - 1; k++) Step(k);
    }

    // A - v·wᵀ - w·vᵀ with w = tau·(A·v - tau/2·(vᵀ·A·v)·v).
    readonly void Step(int k)
    {
        var v = Turns.Row(k);
        var w = _other;
        var (tau, along) = (Turns.Tau[k], T.Zero);
        for (var i = k + 1; i < _n; i++) along += _product[i] * v[i];
        along *= tau / (T.One + T.One);
        Bulk.Clear(w, _stride);
        for (var i = k + 1; i < _n; i++) w[i] = tau * (_product[i] - (along * v[i]));
        var next = Row(k + 1);
        for (var i = k + 1; i < _n; i++) next[i] -= (v[k + 1] * w[i]) + (w[k + 1] * v[i]);
        D[k + 1] = double.CreateTruncating(next[k + 1]);
        if (k + 2 >= _n) return;
        E[k + 1] = double.CreateTruncating(Turns.Make(k + 1, next, k + 2));
        var (updates, blocks) = (new Updates(this, k), (_n - k - 2 + RowBlock - 1) / RowBlock);
        Parallel.For(blocks, updates, (long)(_n - k) * (_n - k) >= ParallelSize);
    }

    readonly struct Updates(Tridiagonal<T> owner, int k) : IBlocks
    {
        readonly Tridiagonal<T> _owner = owner;

        public void Run(int block)
        {
            var first = k + 2 + (block * RowBlock);
            var v = _owner.Turns.Row(k);
            var w = _owner._other;
            var next = _owner.Turns.Row(k + 1);
            for (var i = first; i < Math.Min(_owner._n, first + RowBlock); i++)
                _owner._product[i] = Lines<T>.Update(_owner.Row(i), v[i], w, w[i], v, next, k + 1, _owner._stride);
        }
    }
}
