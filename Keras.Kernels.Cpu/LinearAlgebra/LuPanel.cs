using System.Numerics;

namespace Keras.Kernels.Cpu.LinearAlgebra;

/// <summary>The factors of a few long columns, each of them contiguous.</summary>
internal static unsafe class LuPanel
{
    const int Group = 4;

    internal static void Run<T>(int rows, int width, T* panel, nint stride, int* pivots) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var start = 0; start < width; start += Group)
        {
            var end = Math.Min(start + Group, width);
            for (var k = start; k < end; k++) Step(rows, width, k, end, panel, stride, pivots);
            for (var j = end; j < width; j++) Update(rows, start, end, panel, stride, panel + (j * stride));
        }
    }

    /// <summary>Finds the pivot of a column, divides by it, and takes the column out of the others of its group.</summary>
    static void Step<T>(int rows, int width, int k, int end, T* panel, nint stride, int* pivots) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var column = panel + (k * stride);
        var pivot = k + Columns.Largest(rows - k, column + k);
        pivots[k] = pivot;
        if (pivot != k)
            for (var j = 0; j < width; j++) (panel[(j * stride) + k], panel[(j * stride) + pivot]) = (panel[(j * stride) + pivot], panel[(j * stride) + k]);
        var below = rows - k - 1;
        // A column of zeros stays: the matrix is singular, its factors exist all the same.
        if (column[k] != T.Zero) Columns.Divide(below, column + k + 1, column[k]);
        for (var j = k + 1; j < end; j++) Columns.AddMultiple(below, column + k + 1, -panel[(j * stride) + k], panel + (j * stride) + k + 1);
    }

    /// <summary>Takes a group's columns out of another column.</summary>
    static void Update<T>(int rows, int start, int end, T* panel, nint stride, T* column) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factors = stackalloc T[Group];
        for (var k = start; k < end; k++)
        {
            factors[k - start] = -column[k];
            for (var i = k + 1; i < end; i++) column[i] = T.MultiplyAddEstimate(panel[(k * stride) + i], factors[k - start], column[i]);
        }
        T* from = panel + (start * stride) + end, to = column + end;
        var below = rows - end;
        if (end - start == Group) Columns.AddFour(below, from, stride, factors, to);
        else for (var k = 0; k < end - start; k++) Columns.AddMultiple(below, from + (k * stride), factors[k], to);
    }
}
