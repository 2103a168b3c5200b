using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>The eigenvalues and vectors of one symmetric matrix: reduction to tridiagonal form, QL iteration, order.</summary>
internal unsafe struct Eigh<T> : IDecomposition<Eigh<T>, int, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly int _n, _stride;
    readonly T* _rows, _vectors;
    readonly int* _order;
    readonly Tridiagonal<T> _tridiagonal;
    Rotations<T> _turns;

    Eigh(int n, byte* memory, out long bytes)
    {
        var deal = new Deal(memory);
        (_n, _stride) = (n, Lines<T>.Stride(n));
        _rows = deal.Take<T>((long)n * _stride);
        _tridiagonal = new(ref deal, _rows, n);
        _vectors = deal.Take<T>((long)n * _stride);
        _order = deal.Take<int>(n);
        _turns = new(ref deal, _vectors, n, _stride);
        bytes = deal.Bytes;
    }

    public static Eigh<T> In(int shape, byte* memory, out long bytes) => new(shape, memory, out bytes);

    /// <summary>Decomposes, reading the lower triangle. What is not finite, or does not converge, gives NaN.</summary>
    public void Run(T* x, T* values, T* vectors, T* third)
    {
        var unit = Load(x);
        if (T.IsFinite(unit))
        {
            _tridiagonal.Run();
            _tridiagonal.Turns.Unit(_vectors, _n);
            _tridiagonal.Turns.Apply(_vectors, _n, 1, unit: true);
            if (new TridiagonalQl<T>(_tridiagonal.D, _tridiagonal.E, _n, ref _turns).Run())
            {
                Store(unit, values, vectors);
                return;
            }
        }
        Bulk.Fill(values, _n, T.NaN);
        Bulk.Fill(vectors, (long)_n * _n, T.NaN);
    }

    /// <summary>Both triangles from the lower one, near 1. Returns what it was multiplied by; NaN where the matrix is not finite.</summary>
    readonly T Load(T* x)
    {
        var largest = T.Zero;
        for (var i = 0; i < _n; i++)
        {
            var row = Lines<T>.Largest(x + ((long)i * _n), i + 1);
            if (!T.IsFinite(row)) return T.NaN;
            largest = T.Max(largest, row);
        }
        var unit = Lines<T>.Unit(largest);
        Bulk.Clear(_rows, (long)_n * _stride);
        for (var i = 0; i < _n; i++)
            for (var j = 0; j <= i; j++)
                _rows[((long)i * _stride) + j] = _rows[((long)j * _stride) + i] = x[((long)i * _n) + j] * unit;
        return unit;
    }

    readonly void Store(T unit, T* values, T* vectors)
    {
        var d = _tridiagonal.D;
        Order.Rising(_order, d, _n);
        for (var i = 0; i < _n; i++)
        {
            values[i] = T.CreateTruncating(d[_order[i]]) / unit;
            var vector = _vectors + ((long)_order[i] * _stride);
            for (var k = 0; k < _n; k++) vectors[((long)k * _n) + i] = vector[k];
        }
    }
}
