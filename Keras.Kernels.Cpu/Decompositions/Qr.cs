using System.Numerics;

namespace Keras.Kernels.Cpu;

using Keras.Kernels.Cpu.Movement;

/// <summary>One factorization into orthonormal columns and an upper triangle, by reflectors.</summary>
internal unsafe struct Qr<T> : IDecomposition<Qr<T>, (int Rows, int Columns, int Inner), T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly int _rows, _columns, _inner;
    readonly T* _work, _orthogonal;
    readonly Reflectors<T> _reflectors;

    // Inner: the number of columns of Q and rows of R.
    Qr((int Rows, int Columns, int Inner) shape, byte* memory, out long bytes)
    {
        var deal = new Deal(memory);
        var (rows, columns, inner) = (_rows, _columns, _inner) = shape;
        _reflectors = new(ref deal, Math.Min(rows, columns), rows, Math.Max(columns, inner));
        _work = deal.Take<T>((long)columns * _reflectors.Stride);
        _orthogonal = deal.Take<T>((long)inner * _reflectors.Stride);
        bytes = deal.Bytes;
    }

    public static Qr<T> In((int Rows, int Columns, int Inner) shape, byte* memory, out long bytes) => new(shape, memory, out bytes);

    public readonly void Run(T* x, T* q, T* r, T* third)
    {
        var stride = _reflectors.Stride;
        Bulk.Clear(_work, (long)_columns * stride);
        TransposePlan.Copy(x, _columns, _columns, _rows, _work, stride);
        _reflectors.Factor(_work, _columns);
        _reflectors.Unit(_orthogonal, _inner);
        _reflectors.Apply(_orthogonal, _inner, 0, unit: true);
        TransposePlan.Copy(_orthogonal, stride, _rows, _inner, q, _inner);
        TransposePlan.Copy(_work, stride, _inner, _columns, r, _columns);
    }
}
