using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

internal static unsafe partial class Gemm
{
    const int GenericColumns = 1024;
    const int GenericWork = 1 << 17;

    /// <summary>The product of any numbers, integers above all, whose sums wrap.</summary>
    public static void RunGeneric<T>(
        int m, int n, int k, T* a, int lda, bool transA, T* b, int ldb, bool transB,
        T* c, int ldc, bool accumulate = false, T* bias = null, Epilogue epilogue = Epilogue.None)
        where T : unmanaged, INumber<T>
    {
        if (m == 0 || n == 0)
            return;
        int group = (int)Math.Clamp(GenericWork / Math.Max((long)n * k, 1), 1, m);
        var rows = new GenericRows<T>(
            m, n, k, group, Operand<T>.A(a, lda, transA), Operand<T>.B(b, ldb, transB),
            new TileOutput<T>(c, ldc, accumulate, bias, epilogue == Epilogue.Relu));
        Parallel.For((m + group - 1) / group, rows);
    }

    readonly struct GenericRows<T>(
        int m, int n, int k, int group, Operand<T> a, Operand<T> b, TileOutput<T> output) : IBlocks
        where T : unmanaged, INumber<T>
    {
        [SkipLocalsInit]
        public void Run(int block)
        {
            T* sums = stackalloc T[GenericColumns];
            int end = Math.Min((block + 1) * group, m);
            for (int column = 0; column < n; column += GenericColumns)
            {
                int columns = Math.Min(GenericColumns, n - column);
                for (int i = block * group; i < end; i++)
                {
                    if (b.Lane == 1)
                        SumRows(i, column, columns, sums);
                    else
                        Dots(i, column, columns, sums);
                    TileOutput<T> row = output.At(i, column);
                    for (int j = 0; j < columns; j++)
                        row.Write(row.C + j, j, sums[j]);
                }
            }
        }

        void SumRows(int i, int column, int columns, T* sums)
        {
            new Span<T>(sums, columns).Clear();
            for (int p = 0; p < k; p++)
            {
                T factor = *a.At(i, p).Data;
                T* row = b.At(column, p).Data;
                int j = 0;
                if (Vector<T>.IsSupported)
                {
                    for (; j <= columns - Vector<T>.Count; j += Vector<T>.Count)
                        (Vector.Load(sums + j) + Vector.Load(row + j) * factor).Store(sums + j);
                }
                for (; j < columns; j++)
                    sums[j] += row[j] * factor;
            }
        }

        void Dots(int i, int column, int columns, T* sums)
        {
            T* left = a.At(i, 0).Data;
            for (int j = 0; j < columns; j++)
            {
                T* right = b.At(column + j, 0).Data;
                T sum = T.Zero;
                for (int p = 0; p < k; p++)
                    sum += left[p * a.Depth] * right[p];
                sums[j] = sum;
            }
        }
    }
}
