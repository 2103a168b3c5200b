using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>
/// C[m, n] = op(A)·op(B), row-major with leading dimensions, optionally added to C, plus a bias per column, then an
/// activation. For float and double, and for 2-byte floats (<see cref="Half"/>, any other 2-byte type being bfloat16),
/// which are summed as float32 and rounded once; <see cref="RunGeneric"/> serves integers.
/// </summary>
internal static unsafe partial class Gemm
{
    public static void Run<T>(
        int m, int n, int k, T* a, int lda, bool transA, T* b, int ldb, bool transB,
        T* c, int ldc, bool accumulate = false, T* bias = null, Epilogue epilogue = Epilogue.None)
        where T : unmanaged
    {
        Operand<T> left = Operand<T>.A(a, lda, transA), right = Operand<T>.B(b, ldb, transB);
        var output = new TileOutput<T>(c, ldc, accumulate, bias, epilogue == Epilogue.Relu);
        if (typeof(T) == typeof(float))
            RunWide(m, n, k, left.As<float>(), right.As<float>(), output.As<float>());
        else if (typeof(T) == typeof(double))
            RunWide(m, n, k, left.As<double>(), right.As<double>(), output.As<double>());
        else
            RunNarrow(m, n, k, left, right, null, output);
    }

    static void RunWide<T>(int m, int n, int k, in Operand<T> a, in Operand<T> b, in TileOutput<T> output)
        where T : unmanaged, INumber<T>
    {
        if (m == 0 || n == 0)
            return;
        if (k == 0)
            WithoutProduct(m, n, output);
        else if (IsDeep(m, n, k))
            RunDeep(m, n, k, a, b, output);
        else
            RunFlat(m, n, k, a, b, output);
    }

    static void RunFlat<T>(int m, int n, int k, in Operand<T> a, in Operand<T> b, in TileOutput<T> output)
        where T : unmanaged, INumber<T>
    {
        if (m == 1)
            VectorTimesMatrix(n, k, a, b, output);
        else if (n == 1)
            MatrixTimesVector(m, k, a, b, output);
        else if (DotGemm.Suits(m, n, k, a, b))
            DotGemm.Run(m, n, k, a, b, output);
        else
            Blocked<T, T>(m, n, k, a, b, null, output);
    }

    static void WithoutProduct<T>(int m, int n, in TileOutput<T> output) where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < m; i++)
        {
            T* row = output.C + i * output.Ld;
            for (int j = 0; j < n; j++)
                output.Write(row + j, j, T.Zero);
        }
    }

    static void VectorTimesMatrix<T>(int n, int k, in Operand<T> a, in Operand<T> b, in TileOutput<T> output)
        where T : unmanaged, INumber<T>
    {
        T* x = Contiguous(a.Data, a.Depth, k, 0);
        Gemv.Run(n, k, b, x, new VectorOutput<T>(output.C, 1, output.Add, output.Bias, 1, output.Relu));
    }

    static void MatrixTimesVector<T>(int m, int k, in Operand<T> a, in Operand<T> b, in TileOutput<T> output)
        where T : unmanaged, INumber<T>
    {
        bool sumsRows = a.Depth != 1 && output.Ld != 1;
        int room = sumsRows ? m : 0;
        T* x = Contiguous(b.Data, b.Depth, k, room);
        if (!sumsRows)
        {
            Gemv.Run(m, k, a, x, new VectorOutput<T>(output.C, output.Ld, output.Add, output.Bias, 0, output.Relu));
            return;
        }
        T* y = Scratch.Get<T>(ScratchUse.Vector, k + m) + k;
        Gemv.Run(m, k, a, x, new VectorOutput<T>(y, 1, false, null, 0, false));
        for (int i = 0; i < m; i++)
            output.Write(output.C + i * output.Ld, 0, y[i]);
    }

    // The scratch is laid out as the copy, then room for a result.
    static T* Contiguous<T>(T* values, nint step, int count, int room) where T : unmanaged
    {
        T* copy = Scratch.Get<T>(ScratchUse.Vector, count + room);
        if (step == 1)
            return values;
        for (int i = 0; i < count; i++)
            copy[i] = values[i * step];
        return copy;
    }
}
