namespace Keras.Kernels.Cpu;

internal static unsafe partial class Gemm
{
    const long BatchBlockWork = 1 << 19;
    const long BatchItemWork = 1 << 21;
    const int ManyItems = 32;

    /// <summary>
    /// <see cref="Run"/> for each item of a batch; strides are in elements from item to item, 0 shares an operand.
    /// </summary>
    public static void RunBatched<T>(
        int batch, int m, int n, int k, T* a, int lda, bool transA, nint strideA, T* b, int ldb, bool transB,
        nint strideB, T* c, int ldc, nint strideC, bool accumulate = false, T* bias = null,
        Epilogue epilogue = Epilogue.None)
        where T : unmanaged
    {
        bool oneProduct = strideB == 0 && !transA && strideA == (nint)m * lda && strideC == (nint)m * ldc
            && (long)m * batch <= int.MaxValue;
        if (oneProduct)
        {
            Run(m * batch, n, k, a, lda, false, b, ldb, transB, c, ldc, accumulate, bias, epilogue);
            return;
        }
        long work = Math.Max((long)m * n * k, 1);
        var items = new BatchItems<T>(
            batch, (int)Math.Clamp(BatchBlockWork / work, 1, Math.Max(batch, 1)), m, n, k,
            new(a, lda, transA, strideA), new(b, ldb, transB, strideB), new(c, ldc, false, strideC),
            accumulate, bias, epilogue);
        // Large items share their own work among the threads.
        if (work < BatchItemWork || batch >= ManyItems)
            Parallel.For(items.Blocks, items);
        else
            for (int item = 0; item < batch; item++)
                items.RunItem(item);
    }

    readonly struct BatchOperand<T>(T* data, int ld, bool trans, nint stride) where T : unmanaged
    {
        public readonly int Ld = ld;
        public readonly bool Trans = trans;

        public T* At(int item) => data + item * stride;
    }

    readonly struct BatchItems<T>(
        int batch, int group, int m, int n, int k, BatchOperand<T> a, BatchOperand<T> b, BatchOperand<T> c,
        bool accumulate, T* bias, Epilogue epilogue) : IBlocks
        where T : unmanaged
    {
        public int Blocks => (batch + group - 1) / group;

        public void Run(int block)
        {
            int end = Math.Min((block + 1) * group, batch);
            for (int item = block * group; item < end; item++)
                RunItem(item);
        }

        public void RunItem(int item) =>
            Gemm.Run(m, n, k, a.At(item), a.Ld, a.Trans, b.At(item), b.Ld, b.Trans,
                c.At(item), c.Ld, accumulate, bias, epilogue);
    }
}
