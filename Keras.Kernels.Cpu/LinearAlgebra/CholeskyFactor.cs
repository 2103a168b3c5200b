using System.Numerics;

namespace Keras.Kernels.Cpu.LinearAlgebra;

using Keras.Kernels.Cpu.Movement;

/// <summary>A = L·Lᵀ by halves: the first half's triangle, the rows below it, and the rest less their product.</summary>
internal static unsafe class CholeskyFactor
{
    const int Size = TriangleBlock.Size;
    const int MostRows = 256;

    /// <summary>Writes L; reads the lower triangle of A alone. Returns the order of the first leading minor that is not positive, or 0.</summary>
    internal static int Run<T>(int n, T* a, T* l) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < n && a != l; i++) new Span<T>(a + ((long)i * n), i + 1).CopyTo(new Span<T>(l + ((long)i * n), i + 1));
        var scratch = Scratch.Get<T>(ScratchUse.Factor, Math.Max(TriangleBlock.PackedCount, (long)MostRows * n));
        var failed = Factor(n, l, n, scratch);
        for (var i = 0; i < n; i++) new Span<T>(l + ((long)i * n) + i + 1, n - i - 1).Clear();
        return failed;
    }

    static int Half(int n) => (((n / 2) + Size - 1) / Size) * Size;

    static int Factor<T>(int n, T* l, nint ld, T* scratch) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (n <= Size) return Corner(n, l, ld, scratch);
        int half = Half(n), rest = n - half;
        if (Factor(half, l, ld, scratch) is var failed and > 0) return failed;
        T* below = l + (half * ld), corner = below + half;
        Divide(rest, half, l, below, ld, scratch);
        Subtract(rest, half, below, corner, ld, scratch);
        return Factor(rest, corner, ld, scratch) is var order and > 0 ? half + order : 0;
    }

    /// <summary>Replaces rows x by -x·L⁻ᵀ.</summary>
    static void Divide<T>(int rows, int n, T* l, T* x, nint ld, T* scratch) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (n <= Size)
        {
            TriangleBlock.Pack(n, l, ld, 1, false, scratch);
            TriangleBlock.Solve(n, scratch, x, 1, ld, rows, negated: true);
            return;
        }
        int half = Half(n), stride = (int)ld;
        var below = l + (half * ld);
        Divide(rows, half, l, x, ld, scratch);
        Gemm.Run(rows, n - half, half, x, stride, false, below, stride, true, x + half, stride, accumulate: true);
        Divide(rows, n - half, below + half, x + half, ld, scratch);
    }

    /// <summary>Takes x·xᵀ from the lower triangle of c, given -x in the place of x. What lies above the diagonal may change.</summary>
    static void Subtract<T>(int n, int depth, T* x, T* c, nint ld, T* scratch) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Fewer rows at once waste less above the diagonal, more are faster.
        var rows = Math.Clamp(n / 4 / Size * Size, Size, MostRows);
        for (var start = 0; start < n; start += rows)
        {
            var size = Math.Min(rows, n - start);
            for (var i = 0; i < size; i++)
            {
                var row = x + ((start + i) * ld);
                new Span<T>(row, depth).CopyTo(new Span<T>(scratch + ((long)i * depth), depth));
                TriangleBlock.Negate(row, depth);
            }
            Gemm.Run(size, start + size, depth, scratch, depth, false, x, (int)ld, true, c + (start * ld), (int)ld, accumulate: true);
        }
    }

    // On the transpose, in which the elements that a step changes lie in rows.
    static int Corner<T>(int n, T* corner, nint ld, T* upper) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TransposePlan.Copy(corner, ld, n, n, upper, Size);
        for (var k = 0; k < n; k++)
        {
            var row = upper + (k * Size);
            // Not "at most 0": NaN is none either.
            if (!(row[k] > T.Zero)) return k + 1;
            var root = T.Sqrt(row[k]);
            row[k] = root;
            Columns.Divide(n - k - 1, row + k + 1, root);
            for (var i = k + 1; i < n; i++) Columns.AddMultiple(n - i, row + i, -row[i], upper + (i * Size) + i);
        }
        TransposePlan.Copy(upper, Size, n, n, corner, ld);
        return 0;
    }
}
