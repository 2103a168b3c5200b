using System.Numerics;

namespace Keras.Kernels.Cpu.LinearAlgebra;

/// <summary>op(A)·X = B for a triangle A, block of rows by block: what the solved rows contribute is a matrix product.</summary>
internal static unsafe class TriangularSolver
{
    /// <summary>Replaces B (n rows, m columns) by X.</summary>
    internal static void Run<T>(int n, int m, T* a, bool lower, bool transposed, bool unit, T* x) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (n == 0 || m == 0) return;
        var packed = Scratch.Get<T>(ScratchUse.Factor, TriangleBlock.PackedCount);
        nint row = transposed ? 1 : n, column = transposed ? n : 1;
        var forward = lower != transposed;
        for (var done = 0; done < n; done += TriangleBlock.Size)
        {
            var size = Math.Min(TriangleBlock.Size, n - done);
            int start = forward ? done : n - done - size, solved = forward ? 0 : start + size;
            // Solved rows hold -X until the end.
            if (done > 0)
                Gemm.Run(size, m, done, a + (start * row) + (solved * column), n, transposed, x + ((long)solved * m), m, false, x + ((long)start * m), m, accumulate: true);
            var first = forward ? start : start + size - 1;
            nint sign = forward ? 1 : -1;
            TriangleBlock.Pack(size, a + (first * (row + column)), sign * row, sign * column, unit, packed);
            TriangleBlock.Solve(size, packed, x + ((long)first * m), sign * m, 1, m, negated: true);
        }
        TriangleBlock.Negate(x, (long)n * m);
    }
}
