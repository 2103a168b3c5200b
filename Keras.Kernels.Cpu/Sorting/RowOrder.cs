using System.Numerics;

namespace Keras.Kernels.Cpu.Sorting;

// The rows of a matrix in rising order, the first element that differs deciding; equal rows in the order in which they stand.
internal static unsafe class RowOrder<T, TBits>
    where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits>
{
    internal static long Scratch(long rows, long columns) => (rows * sizeof(int)) + (rows * columns * sizeof(TBits));

    internal static void Run(TBits* x, int* y, int rows, long columns, byte* scratch)
    {
        var keys = (TBits*)scratch;
        Keys<T, TBits>.EncodeEqualZeros(x, keys, rows * columns);
        for (var i = 0; i < rows; i++) y[i] = i;
        int* from = y, to = (int*)(keys + (rows * columns));
        for (long width = 1; width < rows; width *= 2)
        {
            for (long start = 0; start < rows; start += 2 * width)
                Merge(keys, columns, from + start, to + start, (int)Math.Min(width, rows - start), (int)Math.Min(2 * width, rows - start));
            var merged = to;
            to = from;
            from = merged;
        }
        if (from != y) new Span<int>(from, rows).CopyTo(new Span<int>(y, rows));
    }

    static void Merge(TBits* keys, long columns, int* from, int* to, int middle, int end)
    {
        int left = 0, right = middle;
        for (var i = 0; i < end; i++)
        {
            var takesRight = left == middle || (right < end && IsBelow(keys + (from[right] * columns), keys + (from[left] * columns), columns));
            to[i] = from[takesRight ? right++ : left++];
        }
    }

    static bool IsBelow(TBits* a, TBits* b, long columns)
    {
        for (long i = 0; i < columns; i++)
            if (a[i] != b[i]) return a[i] < b[i];
        return false;
    }
}
