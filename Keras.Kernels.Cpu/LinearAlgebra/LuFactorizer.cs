using System.Numerics;

namespace Keras.Kernels.Cpu.LinearAlgebra;

/// <summary>P·A = L·U with partial pivoting, in place: panel of columns, the rows to its right, then a matrix product below them.</summary>
internal static unsafe class LuFactorizer
{
    const int Width = TriangleBlock.Size;
    const int Alignment = 16;

    /// <summary>Factors A (m rows, n columns) and writes, for each step, the row that was exchanged with that of the step.</summary>
    internal static void Run<T>(int m, int n, T* a, int* pivots) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var steps = Math.Min(m, n);
        // Columns a power of two apart would fall onto the same lines of the cache.
        nint stride = ((m + Alignment - 1) / Alignment * Alignment) + Alignment;
        var panel = Scratch.Get<T>(ScratchUse.Factor, TriangleBlock.PackedCount + (Width * stride));
        var packed = panel + (Width * stride);
        for (var start = 0; start < steps; start += Width)
        {
            var width = Math.Min(Width, steps - start);
            int rows = m - start, right = n - start - width;
            var corner = a + ((long)start * n) + start;
            Panel(rows, width, corner, n, panel, stride, pivots + start);
            TriangleBlock.Pack(width, corner, n, 1, true, packed);
            var sides = new Sides<T>(a + ((long)start * n), n, start, width, pivots + start, packed);
            Parallel.For(sides.Count, sides);
            // To the right stands -U for now, so that the product is added.
            if (right > 0)
            {
                if (rows > width)
                    Gemm.Run(rows - width, right, width, corner + ((long)width * n), n, false, corner + width, n, false, corner + ((long)width * n) + width, n, accumulate: true);
                for (var i = 0; i < width; i++) TriangleBlock.Negate(corner + ((long)i * n) + width, right);
            }
            for (var i = 0; i < width; i++) pivots[start + i] += start;
        }
    }

    // On the transpose, in which columns lie in rows.
    static void Panel<T>(int rows, int width, T* corner, nint ld, T* panel, nint stride, int* pivots) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < width; j++) panel[(j * stride) + i] = corner[(i * ld) + j];
        LuPanel.Run(rows, width, panel, stride, pivots);
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < width; j++) corner[(i * ld) + j] = panel[(j * stride) + i];
    }

    /// <summary>Strips of columns left and right of a panel: rows are exchanged, and to the right solved for -U.</summary>
    readonly struct Sides<T>(T* top, int n, int start, int width, int* pivots, T* packed) : IBlocks where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        static int Strip => TriangleBlock.StripColumns<T>();

        int Left => (start + Strip - 1) / Strip;

        public int Count => Left + ((n - start - width + Strip - 1) / Strip);

        public void Run(int block)
        {
            var isRight = block >= Left;
            var first = isRight ? start + width + ((block - Left) * Strip) : block * Strip;
            var columns = Math.Min(Strip, (isRight ? n : start) - first);
            for (var i = 0; i < width; i++)
                if (pivots[i] != i) Exchange(columns, top + ((long)i * n) + first, top + ((long)pivots[i] * n) + first);
            if (isRight) TriangleBlock.SolveStrip(width, packed, top + first, n, 1, columns, negated: true);
        }

        static void Exchange(int count, T* a, T* b)
        {
            var i = 0;
            for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            {
                var (x, y) = (Vector.Load(a + i), Vector.Load(b + i));
                y.Store(a + i);
                x.Store(b + i);
            }
            for (; i < count; i++) (a[i], b[i]) = (b[i], a[i]);
        }
    }

    /// <summary>The order of rows that a sequence of exchanges leads to.</summary>
    internal static void Permutation(int m, int steps, int* pivots, int* permutation)
    {
        for (var i = 0; i < m; i++) permutation[i] = i;
        for (var i = 0; i < steps; i++) (permutation[i], permutation[pivots[i]]) = (permutation[pivots[i]], permutation[i]);
    }
}
