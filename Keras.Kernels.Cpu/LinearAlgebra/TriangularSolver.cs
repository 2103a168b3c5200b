using System.Numerics;

namespace Keras.Kernels.Cpu.LinearAlgebra;

/// <summary>op(A)·X = B for a triangle A, by halves: what the half that is solved first contributes to the other is a matrix product.</summary>
internal readonly unsafe struct TriangularSolver<T>(int n, int m, T* a, bool lower, bool transposed, bool unit, T* x)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly nint _row = transposed ? 1 : n, _column = transposed ? n : 1;
    readonly bool _forward = lower != transposed;

    /// <summary>Replaces B (n rows, m columns) by X.</summary>
    internal void Run()
    {
        if (n == 0 || m == 0) return;
        // Rows that are solved hold -X until the end.
        Solve(0, n, Scratch.Get<T>(ScratchUse.Factor, TriangleBlock.PackedCount));
        TriangleBlock.Negate(x, (long)n * m);
    }

    void Solve(int start, int count, T* packed)
    {
        if (count <= TriangleBlock.Size)
        {
            Block(_forward ? start : start + count - 1, count, packed);
            return;
        }
        var half = ((count / 2) + TriangleBlock.Size - 1) / TriangleBlock.Size * TriangleBlock.Size;
        var (first, firstCount) = _forward ? (start, half) : (start + count - half, half);
        var (second, secondCount) = (_forward ? start + half : start, count - half);
        Solve(first, firstCount, packed);
        Gemm.Run(secondCount, m, firstCount, a + (second * _row) + (first * _column), n, transposed, At(first), m, false, At(second), m, accumulate: true);
        Solve(second, secondCount, packed);
    }

    T* At(int row) => x + ((long)row * m);

    void Block(int first, int count, T* packed)
    {
        nint sign = _forward ? 1 : -1;
        TriangleBlock.Pack(count, a + (first * (_row + _column)), sign * _row, sign * _column, unit, packed);
        TriangleBlock.Solve(count, packed, At(first), sign * m, 1, m, negated: true);
    }
}
