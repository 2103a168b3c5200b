using System.Numerics;

namespace Keras.Kernels.Cpu.LinearAlgebra;

/// <summary>A = L·Lᵀ, block of columns by block: what the columns before contribute is one matrix product.</summary>
internal static unsafe class CholeskyFactor
{
    /// <summary>Writes L; reads the lower triangle of A alone. Returns the order of the first leading minor that is not positive, or 0.</summary>
    internal static int Run<T>(int n, T* a, T* l) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < n; i++)
        {
            var row = new Span<T>(l + ((long)i * n), n);
            if (a != l) new Span<T>(a + ((long)i * n), i + 1).CopyTo(row);
            row[(i + 1)..].Clear();
        }
        var block = Scratch.Get<T>(ScratchUse.Factor, TriangleBlock.PackedCount + ((long)TriangleBlock.Size * n));
        for (var start = 0; start < n; start += TriangleBlock.Size)
        {
            var size = Math.Min(TriangleBlock.Size, n - start);
            var corner = l + ((long)start * n) + start;
            if (start > 0) SubtractProduct(n, start, size, l, block + TriangleBlock.PackedCount);
            if (Corner(size, corner, n, block) is var failed and > 0) return start + failed;
            TriangleBlock.Pack(size, corner, n, 1, false, block);
            // The rows below times Lᵀ are A's: as columns, they are solved for from the left.
            TriangleBlock.Solve(size, block, corner + ((long)size * n), 1, n, n - start - size, negated: false);
        }
        return 0;
    }

    static void SubtractProduct<T>(int n, int start, int size, T* l, T* negative) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var rows = l + ((long)start * n);
        for (var i = 0; i < size; i++)
        {
            new Span<T>(rows + ((long)i * n), start).CopyTo(new Span<T>(negative + ((long)i * start), start));
            TriangleBlock.Negate(negative + ((long)i * start), start);
        }
        Gemm.Run(n - start, size, start, rows, n, false, negative, start, true, rows + start, n, accumulate: true);
    }

    // On the transpose, in which the elements that a step changes lie in rows.
    static int Corner<T>(int n, T* corner, nint ld, T* upper) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int Size = TriangleBlock.Size;
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++) upper[(j * Size) + i] = corner[(i * ld) + j];
        for (var k = 0; k < n; k++)
        {
            var row = upper + (k * Size);
            // Not "at most 0": NaN is none either.
            if (!(row[k] > T.Zero)) return k + 1;
            var root = T.Sqrt(row[k]);
            row[k] = root;
            for (var j = k + 1; j < n; j++) row[j] /= root;
            for (var i = k + 1; i < n; i++) Columns.AddMultiple(n - i, row + i, -row[i], upper + (i * Size) + i);
        }
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) corner[(i * ld) + j] = j <= i ? upper[(j * Size) + i] : T.Zero;
        return 0;
    }
}
