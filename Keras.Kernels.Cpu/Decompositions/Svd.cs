using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>What a singular value decomposition is of, and what is wanted of it.</summary>
internal readonly record struct SvdShape(int Rows, int Columns, bool Vectors, bool Full)
{
    /// <summary>Wide matrices are worked on as their transposes.</summary>
    internal bool Wide => Rows < Columns;

    internal int Long => Math.Max(Rows, Columns);

    internal int Short => Math.Min(Rows, Columns);

    /// <summary>So many more rows than columns that a QR factorization first saves work.</summary>
    internal bool Tall => Long >= Short * 11 / 6 && Long > Short;

    /// <summary>How many vectors of the long side are wanted.</summary>
    internal int LongVectors => !Vectors ? 0 : Full ? Long : Short;
}

/// <summary>One singular value decomposition: reduction to bidiagonal form, QR iteration, order.</summary>
internal unsafe struct Svd<T> : IDecomposition<Svd<T>, SvdShape, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly SvdShape _shape;
    readonly T* _columns, _triangle, _left, _right, _leftSmall;
    readonly Reflectors<T> _first;
    readonly Bidiagonal<T> _bidiagonal;
    readonly int* _order;
    Rotations<T> _leftTurns, _rightTurns;

    Svd(SvdShape shape, byte* memory, out long bytes)
    {
        var deal = new Deal(memory);
        var (m, n) = (shape.Long, shape.Short);
        _shape = shape;
        var (longStride, shortStride) = (Lines<T>.Stride(m), Lines<T>.Stride(n));
        _columns = deal.Take<T>((long)n * longStride);
        if (shape.Tall)
        {
            _first = new(ref deal, n, m, Math.Max(n, shape.LongVectors));
            _triangle = deal.Take<T>((long)n * shortStride);
            _leftSmall = deal.Take<T>(shape.Vectors ? (long)n * shortStride : 0);
            _bidiagonal = new(ref deal, _triangle, n, n, n);
        }
        else
        {
            _bidiagonal = new(ref deal, _columns, m, n, shape.LongVectors);
        }
        _left = deal.Take<T>((long)shape.LongVectors * longStride);
        _right = deal.Take<T>(shape.Vectors ? (long)n * shortStride : 0);
        _order = deal.Take<int>(n);
        _leftTurns = new(ref deal, shape.Tall ? _leftSmall : _left, n, !shape.Vectors ? 0 : shape.Tall ? shortStride : longStride);
        _rightTurns = new(ref deal, _right, n, shape.Vectors ? shortStride : 0);
        bytes = deal.Bytes;
    }

    public static Svd<T> In(SvdShape shape, byte* memory, out long bytes) => new(shape, memory, out bytes);

    public void Run(T* x, T* first, T* second, T* third)
    {
        if (_shape.Vectors) Decompose(x, first, second, third);
        else Decompose(x, null, first, null);
    }

    // Results that are not wanted have no address. What is not finite, or does not converge, gives NaN.
    void Decompose(T* x, T* u, T* s, T* vh)
    {
        var (m, n) = (_shape.Long, _shape.Short);
        if (n == 0)
        {
            Square(u, _shape.Vectors ? _shape.Rows : 0);
            Square(vh, _shape.Vectors ? _shape.Columns : 0);
            return;
        }
        var largest = Lines<T>.Largest(x, (long)m * n);
        if (!T.IsFinite(largest))
        {
            Fail(u, s, vh);
            return;
        }
        var unit = Lines<T>.Unit(largest);
        Load(x, unit);
        Reduce();
        if (_shape.Vectors) FormVectors();
        var iteration = new BidiagonalQr<T>(_bidiagonal.D, _bidiagonal.E, n, ref _leftTurns, ref _rightTurns);
        if (!iteration.Run())
        {
            Fail(u, s, vh);
            return;
        }
        Sort();
        for (var i = 0; i < n; i++) s[i] = T.CreateTruncating(Math.Abs(_bidiagonal.D[_order[i]])) / unit;
        if (_shape.Vectors) Store(u, vh);
    }

    // Nothing but the unit matrix where the other side has no length: its whole space.
    readonly void Square(T* target, int size)
    {
        if (!_shape.Full || target == null) return;
        Bulk.Clear(target, (long)size * size);
        for (var i = 0; i < size; i++) target[((long)i * size) + i] = T.One;
    }

    readonly void Fail(T* u, T* s, T* vh)
    {
        var k = _shape.Short;
        Bulk.Fill(s, k, T.NaN);
        if (!_shape.Vectors) return;
        Bulk.Fill(u, (long)_shape.Rows * (_shape.Full ? _shape.Rows : k), T.NaN);
        Bulk.Fill(vh, (long)_shape.Columns * (_shape.Full ? _shape.Columns : k), T.NaN);
    }

    readonly void Load(T* x, T unit)
    {
        var (m, n, stride) = (_shape.Long, _shape.Short, Lines<T>.Stride(_shape.Long));
        Bulk.Clear(_columns, (long)n * stride);
        for (var j = 0; j < n; j++)
        {
            var column = _columns + ((long)j * stride);
            if (_shape.Wide)
                for (var i = 0; i < m; i++) column[i] = x[((long)j * m) + i] * unit;
            else
                for (var i = 0; i < m; i++) column[i] = x[((long)i * n) + j] * unit;
        }
    }

    readonly void Reduce()
    {
        if (_shape.Tall)
        {
            var (n, from, to) = (_shape.Short, Lines<T>.Stride(_shape.Long), Lines<T>.Stride(_shape.Short));
            _first.Factor(_columns, n);
            Bulk.Clear(_triangle, (long)n * to);
            for (var j = 0; j < n; j++) new Span<T>(_columns + ((long)j * from), j + 1).CopyTo(new(_triangle + ((long)j * to), j + 1));
        }
        _bidiagonal.Run();
    }

    readonly void FormVectors()
    {
        var (n, count) = (_shape.Short, _shape.Tall ? _shape.Short : _shape.LongVectors);
        var left = _shape.Tall ? _leftSmall : _left;
        _bidiagonal.Left.Unit(left, count);
        _bidiagonal.Left.Apply(left, count, 0, unit: true);
        _bidiagonal.Right.Unit(_right, n);
        _bidiagonal.Right.Apply(_right, n, 1, unit: true);
    }

    // The elements beside the diagonal are 0 by now: their place serves as keys.
    readonly void Sort()
    {
        var keys = _bidiagonal.E;
        for (var i = 0; i < _shape.Short; i++) keys[i] = -Math.Abs(_bidiagonal.D[i]);
        Order.Rising(_order, keys, _shape.Short);
    }

    readonly void Store(T* u, T* vh)
    {
        var (n, count) = (_shape.Short, _shape.LongVectors);
        var (longStride, shortStride) = (Lines<T>.Stride(_shape.Long), Lines<T>.Stride(n));
        for (var i = 0; i < n; i++)
        {
            if (_bidiagonal.D[i] >= 0) continue;
            var row = _right + ((long)i * shortStride);
            for (var k = 0; k < n; k++) row[k] = -row[k];
        }
        if (_shape.Tall)
        {
            Bulk.Clear(_left, (long)count * longStride);
            for (var i = 0; i < n; i++) new Span<T>(_leftSmall + ((long)i * shortStride), n).CopyTo(new(_left + ((long)i * longStride), n));
            for (var i = n; i < count; i++) _left[((long)i * longStride) + i] = T.One;
            _first.Apply(_left, count, 0, unit: false);
        }
        var rows = _shape.Wide ? vh : u;
        var columns = _shape.Wide ? u : vh;
        Lay(_left, longStride, _shape.Long, count, n, rows, asColumns: !_shape.Wide);
        Lay(_right, shortStride, n, n, n, columns, asColumns: _shape.Wide);
    }

    /// <summary>Writes vectors in order, as the rows or columns of a matrix; those behind the sorted ones stay where they are.</summary>
    readonly void Lay(T* vectors, int stride, int length, int count, int sorted, T* target, bool asColumns)
    {
        for (var i = 0; i < count; i++)
        {
            var vector = vectors + ((long)(i < sorted ? _order[i] : i) * stride);
            if (asColumns)
                for (var k = 0; k < length; k++) target[((long)k * count) + i] = vector[k];
            else
                new Span<T>(vector, length).CopyTo(new(target + ((long)i * length), length));
        }
    }
}
