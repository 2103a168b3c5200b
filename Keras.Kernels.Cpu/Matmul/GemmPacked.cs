namespace Keras.Kernels.Cpu;

internal static unsafe partial class Gemm
{
    /// <summary>Bytes that <see cref="PackB"/> fills. Panels of 2-byte floats hold float32.</summary>
    public static long PackedBytes<T>(int k, int n) where T : unmanaged
    {
        int columns = typeof(T) == typeof(double) ? PanelColumns<double>() : PanelColumns<float>();
        long padded = (n + columns - 1L) / columns * columns;
        return padded * k * (typeof(T) == typeof(double) ? sizeof(double) : sizeof(float));
    }

    /// <summary>Packs op(B)[k, n] for <see cref="RunPacked"/>; the target should be 64-byte aligned.</summary>
    public static void PackB<T>(int k, int n, T* b, int ldb, bool transB, void* target) where T : unmanaged
    {
        Operand<T> right = Operand<T>.B(b, ldb, transB);
        if (typeof(T) == typeof(double))
            PackBlocked(n, k, right.As<double>(), (double*)target);
        else if (typeof(T) == typeof(float))
            PackBlocked(n, k, right.As<float>(), (float*)target);
        else
            PackBlocked(n, k, right, (float*)target);
    }

    /// <summary>As <see cref="Run"/>, with a B that was packed before.</summary>
    public static void RunPacked<T>(
        int m, int n, int k, T* a, int lda, bool transA, void* packedB,
        T* c, int ldc, bool accumulate = false, T* bias = null, Epilogue epilogue = Epilogue.None)
        where T : unmanaged
    {
        Operand<T> left = Operand<T>.A(a, lda, transA);
        var output = new TileOutput<T>(c, ldc, accumulate, bias, epilogue == Epilogue.Relu);
        if (typeof(T) == typeof(float))
            RunPackedWide(m, n, k, left.As<float>(), (float*)packedB, output.As<float>());
        else if (typeof(T) == typeof(double))
            RunPackedWide(m, n, k, left.As<double>(), (double*)packedB, output.As<double>());
        else
            RunNarrow(m, n, k, left, default, (float*)packedB, output);
    }

    static void RunPackedWide<T>(int m, int n, int k, in Operand<T> a, T* packedB, in TileOutput<T> output)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        if (k == 0)
            WithoutProduct(m, n, output);
        else
            Blocked(m, n, k, a, default(Operand<T>), packedB, output);
    }
}
