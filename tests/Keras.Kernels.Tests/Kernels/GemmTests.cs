using Keras.Kernels.Cpu;

namespace Keras.Kernels.Tests.Kernels;

/// <summary>Matrix products with leading dimensions, accumulation and packed operands, which no op asks for.</summary>
sealed unsafe class GemmTests
{
    static readonly int[] Sizes = [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 65, 100, 130];

    /// <summary>Random sizes, and the edges that have code of their own.</summary>
    static IEnumerable<(int M, int N, int K)> Shapes()
    {
        var random = new System.Random(3);
        for (var i = 0; i < 60; i++) yield return (Pick(random), Pick(random), Pick(random));
        yield return (0, 3, 4);
        yield return (3, 0, 4);
        yield return (3, 4, 0);
        yield return (1, 300, 700);
        yield return (300, 1, 700);
        yield return (3, 5, 5000);
        yield return (200, 200, 300);
    }

    static int Pick(System.Random random) => Sizes[random.Next(Sizes.Length)];

    [Test]
    public void Floats_match_doubles([Values] bool transA, [Values] bool transB, [Values] bool accumulate) => Each(transA, transB, accumulate, (float v) => v, v => (float)v, Math.Pow(2, -23));

    [Test]
    public void Doubles_match_sums([Values] bool transA, [Values] bool transB, [Values] bool accumulate) => Each(transA, transB, accumulate, (double v) => v, v => v, Math.Pow(2, -52));

    [Test]
    public void Halves_are_summed_in_single_precision([Values] bool transA, [Values] bool transB) => Each(transA, transB, false, (Half v) => (double)v, v => (Half)v, Math.Pow(2, -11));

    static void Each<T>(bool transA, bool transB, bool accumulate, Func<T, double> read, Func<double, T> write, double step) where T : unmanaged
    {
        var random = new System.Random(1);
        Assert.Multiple(() =>
        {
            foreach (var (m, n, k) in Shapes())
            {
                var product = new Product<T>(m, n, k, transA, transB, random, read, write);
                Assert.That(product.Error(accumulate, packed: false) / step, Is.LessThan(8), $"{m} x {n} x {k}");
                if (!transA && sizeof(T) > 2) Assert.That(product.Error(accumulate, packed: true) / step, Is.LessThan(8), $"{m} x {n} x {k} packed");
            }
        });
    }

    /// <summary>Operands with room behind each row, and a result whose room must stay untouched.</summary>
    sealed class Product<T>(int m, int n, int k, bool transA, bool transB, System.Random random, Func<T, double> read, Func<double, T> write) where T : unmanaged
    {
        const int Room = 3;

        readonly (int Rows, int Columns) _shapeA = transA ? (k, m) : (m, k), _shapeB = transB ? (n, k) : (k, n);

        T[] Draw(int rows, int columns) => [.. Enumerable.Range(0, (rows * (columns + Room)) + 1).Select(_ => write((random.NextDouble() * 4) - 2))];

        /// <summary>The largest error relative to the sum of the terms' magnitudes.</summary>
        internal double Error(bool accumulate, bool packed)
        {
            T[] a = Draw(_shapeA.Rows, _shapeA.Columns), b = Draw(_shapeB.Rows, _shapeB.Columns), c = Draw(m, n), bias = Draw(1, n), before = [.. c];
            int lda = _shapeA.Columns + Room, ldb = _shapeB.Columns + Room, ldc = n + Room;
            fixed (T* pa = a, pb = b, pc = c, pbias = bias)
            {
                if (packed)
                {
                    var memory = System.Runtime.InteropServices.NativeMemory.AlignedAlloc((nuint)Gemm.PackedBytes<T>(k, n) + 64, 64);
                    Gemm.PackB(k, n, pb, ldb, transB, memory);
                    Gemm.RunPacked(m, n, k, pa, lda, transA, memory, pc, ldc, accumulate, pbias);
                    System.Runtime.InteropServices.NativeMemory.AlignedFree(memory);
                }
                else
                {
                    Gemm.Run(m, n, k, pa, lda, transA, pb, ldb, transB, pc, ldc, accumulate, pbias);
                }
            }
            double worst = 0;
            for (var i = 0; i < m; i++)
                for (var j = 0; j < ldc; j++)
                {
                    var at = (i * ldc) + j;
                    if (j >= n)
                    {
                        Assert.That(c[at], Is.EqualTo(before[at]), "memory behind a row was written");
                        continue;
                    }
                    double sum = read(bias[j]) + (accumulate ? read(before[at]) : 0), size = Math.Abs(read(bias[j])) + (accumulate ? Math.Abs(read(before[at])) : 0);
                    for (var depth = 0; depth < k; depth++)
                    {
                        var term = read(a[transA ? (depth * lda) + i : (i * lda) + depth]) * read(b[transB ? (j * ldb) + depth : (depth * ldb) + j]);
                        (sum, size) = (sum + term, size + Math.Abs(term));
                    }
                    worst = Math.Max(worst, Math.Abs(sum - read(c[at])) / Math.Max(size, 1e-30));
                }
            return worst;
        }
    }
}
