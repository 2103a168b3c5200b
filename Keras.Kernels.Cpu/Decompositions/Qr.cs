using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>One factorization into orthonormal columns and an upper triangle, by reflectors.</summary>
internal unsafe struct Qr<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly int _rows, _columns, _inner;
    readonly T* _work, _orthogonal;
    readonly Reflectors<T> _reflectors;

    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="inner">The number of columns of Q and rows of R.</param>
    /// <param name="memory">Memory, or no address to measure it.</param>
    /// <param name="bytes">How much of it is used.</param>
    internal Qr(int rows, int columns, int inner, byte* memory, out long bytes)
    {
        var deal = new Deal(memory);
        (_rows, _columns, _inner) = (rows, columns, inner);
        _reflectors = new(ref deal, Math.Min(rows, columns), rows, Math.Max(columns, inner));
        _work = deal.Take<T>((long)columns * _reflectors.Stride);
        _orthogonal = deal.Take<T>((long)inner * _reflectors.Stride);
        bytes = deal.Bytes;
    }

    internal readonly void Run(T* x, T* q, T* r)
    {
        var stride = _reflectors.Stride;
        Lines<T>.Clear(_work, (long)_columns * stride);
        Lines<T>.Transpose(x, _columns, _work, stride, _rows, _columns);
        _reflectors.Factor(_work, _columns);
        _reflectors.Unit(_orthogonal, _inner);
        _reflectors.Apply(_orthogonal, _inner, 0, unit: true);
        Lines<T>.Transpose(_orthogonal, stride, q, _inner, _inner, _rows);
        Lines<T>.Transpose(_work, stride, r, _columns, _columns, _inner);
    }
}
