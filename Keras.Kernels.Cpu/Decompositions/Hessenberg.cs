namespace Keras.Kernels.Cpu;

/// <summary>A matrix reduced to one with a single diagonal below the main one, A = Q·H·Qᵀ. Each step reads the matrix twice.</summary>
internal unsafe struct Hessenberg
{
    const int RowBlock = 16;
    const long ParallelSize = 32 * 1024;

    internal readonly Reflectors<double> Turns;
    readonly double* _rows, _column, _sum;
    readonly int _n, _stride;

    /// <param name="deal">Memory.</param>
    /// <param name="rows">The matrix; it is written over.</param>
    /// <param name="n">Its size.</param>
    internal Hessenberg(ref Deal deal, double* rows, int n)
    {
        _rows = rows;
        _n = n;
        Turns = new(ref deal, Math.Max(0, n - 2), n, n);
        _stride = Turns.Stride;
        _column = deal.Take<double>(_stride);
        _sum = deal.Take<double>(_stride);
    }

    readonly double* Row(int i) => _rows + ((long)i * _stride);

    internal readonly void Run()
    {
        for (var k = 0; k < _n - 2; k++) Step(k);
    }

    readonly void Step(int k)
    {
        for (var i = k + 1; i < _n; i++) _column[i] = Row(i)[k];
        Row(k + 1)[k] = Turns.Make(k, _column, k + 1);
        for (var i = k + 2; i < _n; i++) Row(i)[k] = 0;
        if (Turns.Tau[k] == 0) return;
        var v = Turns.Row(k);
        var start = (k + 1) & -Lines<double>.Width;
        Parallel.For(RowSum<double>.Blocks(k + 1, _stride), new RowSum<double>(Row(k + 1), v + k + 1, _sum, _n - k - 1, _stride, k + 1), IsLarge(k));
        Bulk.Clear(_sum + start, k + 1 - start);
        var along = Lines<double>.Dot(_sum, v, k + 1, _stride);
        Parallel.For((_n + RowBlock - 1) / RowBlock, new Updates(this, k, along), IsLarge(k));
    }

    readonly bool IsLarge(int k) => (long)(_n - k) * _n >= ParallelSize;

    // From the left A - tau·v·sum with sum = vᵀ·A, then from the right what is left less tau·(A·v)·vᵀ.
    readonly struct Updates(Hessenberg owner, int k, double along) : IBlocks
    {
        readonly Hessenberg _owner = owner;

        public void Run(int block)
        {
            var v = _owner.Turns.Row(k);
            var (tau, stride) = (_owner.Turns.Tau[k], _owner._stride);
            for (var i = block * RowBlock; i < Math.Min(_owner._n, (block + 1) * RowBlock); i++)
            {
                var row = _owner.Row(i);
                var (left, right) = (tau * v[i], tau * Lines<double>.Dot(row, v, k + 1, stride));
                if (left == 0) Lines<double>.Add(-right, v, row, k + 1, stride);
                else Lines<double>.Update(row, left, _owner._sum, right - (tau * left * along), v, v, k + 1, stride);
            }
        }
    }
}
