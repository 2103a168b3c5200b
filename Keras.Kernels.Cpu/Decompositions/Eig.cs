using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>The eigenvalues and right vectors of one real matrix, in double precision: balance, Hessenberg form, QR iteration, substitution.</summary>
internal unsafe struct Eig<T> : IDecomposition<Eig<T>, int, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly int _n, _stride;
    readonly double* _matrix, _turned, _vectors, _real, _imaginary;
    readonly Hessenberg _hessenberg;
    Balance _balance;
    Bulges _turns;

    Eig(int n, byte* memory, out long bytes)
    {
        var deal = new Deal(memory);
        (_n, _stride) = (n, Lines<double>.Stride(n));
        _matrix = deal.Take<double>((long)n * _stride);
        _turned = deal.Take<double>((long)n * _stride);
        _vectors = deal.Take<double>((long)n * _stride);
        _real = deal.Take<double>(n);
        _imaginary = deal.Take<double>(n);
        _hessenberg = new(ref deal, _matrix, n);
        _balance = new(ref deal, _matrix, n, _stride);
        _turns = new(ref deal, _turned, n, _stride);
        bytes = deal.Bytes;
    }

    public static Eig<T> In(int shape, byte* memory, out long bytes) => new(shape, memory, out bytes);

    /// <summary>Decomposes; results are pairs of real and imaginary parts. What is not finite, or does not converge, gives NaN.</summary>
    public void Run(T* x, T* values, T* vectors, T* third)
    {
        var unit = Load(x);
        if (double.IsFinite(unit) && Decompose())
        {
            for (var i = 0; i < _n; i++) (values[2 * i], values[(2 * i) + 1]) = (T.CreateTruncating(_real[i] / unit), T.CreateTruncating(_imaginary[i] / unit));
            for (var j = 0; j < _n; j++) j += Store(j, vectors);
            return;
        }
        Bulk.Fill(values, 2L * _n, T.NaN);
        Bulk.Fill(vectors, 2L * _n * _n, T.NaN);
    }

    /// <summary>The matrix near 1. Returns what it was multiplied by; NaN where it is not finite.</summary>
    readonly double Load(T* x)
    {
        var largest = double.CreateTruncating(Lines<T>.Largest(x, (long)_n * _n));
        if (!double.IsFinite(largest)) return double.NaN;
        var unit = Lines<double>.Unit(largest);
        Bulk.Clear(_matrix, (long)_n * _stride);
        for (var i = 0; i < _n; i++)
            for (var j = 0; j < _n; j++) _matrix[((long)i * _stride) + j] = double.CreateTruncating(x[((long)i * _n) + j]) * unit;
        return unit;
    }

    bool Decompose()
    {
        _balance.Run();
        _hessenberg.Run();
        _hessenberg.Turns.Unit(_turned, _n);
        _hessenberg.Turns.Apply(_turned, _n, 1, unit: true);
        if (!new FrancisQr(_matrix, _n, _stride, _real, _imaginary, ref _turns).Run(_balance.First, _balance.Last)) return false;
        new SchurVectors(_matrix, _n, _stride, _real, _imaginary, _vectors).Run();
        // Vectors of the matrix itself; the Schur form is not needed any more.
        Bulk.Clear(_matrix, (long)_n * _stride);
        Gemm.Run(_n, _n, _n, _vectors, _stride, false, _turned, _stride, false, _matrix, _stride);
        _balance.Undo(_matrix);
        return true;
    }

    /// <summary>Writes one vector of length 1, or two conjugate ones whose largest element is real. Returns how many more it were.</summary>
    readonly int Store(int j, T* vectors)
    {
        var re = _matrix + ((long)j * _stride);
        if (_imaginary[j] == 0)
        {
            var length = Lines<double>.Norm(re, _n);
            for (var k = 0; k < _n; k++) Write(vectors, k, j, re[k] / length, 0);
            return 0;
        }
        var im = re + _stride;
        var scale = double.Hypot(Lines<double>.Norm(re, _n), Lines<double>.Norm(im, _n));
        var (largest, at) = (-1.0, 0);
        for (var k = 0; k < _n; k++)
        {
            (re[k], im[k]) = (re[k] / scale, im[k] / scale);
            var square = (re[k] * re[k]) + (im[k] * im[k]);
            if (square > largest) (largest, at) = (square, k);
        }
        var (cos, sin, _) = Planes.Rotation(re[at], im[at]);
        for (var k = 0; k < _n; k++)
        {
            var (a, b) = ((cos * re[k]) + (sin * im[k]), k == at ? 0 : (cos * im[k]) - (sin * re[k]));
            Write(vectors, k, j, a, b);
            Write(vectors, k, j + 1, a, -b);
        }
        return 1;
    }

    readonly void Write(T* vectors, int row, int column, double re, double im)
    {
        var element = vectors + (2 * (((long)row * _n) + column));
        (element[0], element[1]) = (T.CreateTruncating(re), T.CreateTruncating(im));
    }
}
