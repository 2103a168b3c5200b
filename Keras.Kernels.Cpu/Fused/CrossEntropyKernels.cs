using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>Cross-entropies from logits and their gradients; g holds one factor a row.</summary>
internal static unsafe class CrossEntropyKernels
{
    /// <summary>loss = logsumexp(x) - x[label]. Returns the first row with a label not in [0, cols), else -1.</summary>
    internal static long Sparse<T, TLabel>(T* x, TLabel* labels, T* loss, long rows, long cols)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLabel : unmanaged, INumber<TLabel>
    {
        var bad = FirstBadLabel(labels, rows, cols);
        if (bad < 0)
            RowRun<SparseLossRow<T, TLabel>>.Run(new(x, labels, loss, cols), rows, cols);
        return bad;
    }

    /// <summary>dx = (softmax(x) - onehot(label)) g. Returns the first row with a bad label, else -1.</summary>
    internal static long SparseBackward<T, TLabel>(T* x, TLabel* labels, T* g, T* dx, long rows, long cols)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLabel : unmanaged, INumber<TLabel>
    {
        var bad = FirstBadLabel(labels, rows, cols);
        if (bad < 0)
            RowRun<SparseGradientRow<T, TLabel>>.Run(new(x, labels, g, dx, cols), rows, cols);
        return bad;
    }

    /// <summary>loss = -sum(t log_softmax(x)).</summary>
    internal static void Dense<T>(T* x, T* t, T* loss, long rows, long cols)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        RowRun<DenseLossRow<T>>.Run(new(x, t, loss, cols), rows, cols);

    /// <summary>dx = (softmax(x) sum(t) - t) g; dx may be x, not t.</summary>
    internal static void DenseBackward<T>(T* x, T* t, T* g, T* dx, long rows, long cols)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        RowRun<DenseGradientRow<T>>.Run(new(x, t, g, dx, cols), rows, cols);

    /// <summary>y = max(x, 0) - x t + log1p(exp(-|x|)), elementwise.</summary>
    internal static void Sigmoid<T>(T* x, T* t, T* y, long n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        MapBlocks<T, SigmoidLossStep<T>>.Run(new(x, t, y), n);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long FirstBadLabel<TLabel>(TLabel* labels, long rows, long cols)
        where TLabel : unmanaged, INumber<TLabel>
    {
        var limit = TLabel.CreateSaturating(cols);
        for (var row = 0L; row < rows; row++)
        {
            if (!(labels[row] >= TLabel.Zero && labels[row] < limit))
                return row;
        }
        return -1;
    }
}

internal readonly unsafe struct SparseLossRow<T, TLabel>(T* x, TLabel* labels, T* loss, long cols) : IRow
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TLabel : unmanaged, INumber<TLabel>
{
    private readonly T* _x = x;
    private readonly TLabel* _labels = labels;
    private readonly T* _loss = loss;
    private readonly long _cols = cols;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(long row)
    {
        var x = _x + (row * _cols);
        var max = MaxFold<T>.Of(x, _cols);
        var sum = ExpFold<T>.Of(x, max, null, _cols);
        _loss[row] = T.Log(sum) - (x[long.CreateTruncating(_labels[row])] - max);
    }
}

internal readonly unsafe struct SparseGradientRow<T, TLabel>(T* x, TLabel* labels, T* g, T* dx, long cols) : IRow
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TLabel : unmanaged, INumber<TLabel>
{
    private readonly T* _x = x;
    private readonly TLabel* _labels = labels;
    private readonly T* _g = g;
    private readonly T* _dx = dx;
    private readonly long _cols = cols;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(long row)
    {
        T* x = _x + (row * _cols), dx = _dx + (row * _cols);
        var sum = ExpFold<T>.Of(x, MaxFold<T>.Of(x, _cols), dx, _cols);
        var label = long.CreateTruncating(_labels[row]);
        var atLabel = ((dx[label] / sum) - T.One) * _g[row];
        Sweep.Map<T, ScaleStep<T>>(new(dx, _g[row] / sum), 0, _cols);
        dx[label] = atLabel;
    }
}

internal readonly unsafe struct DenseLossRow<T>(T* x, T* t, T* loss, long cols) : IRow
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T* _t = t;
    private readonly T* _loss = loss;
    private readonly long _cols = cols;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(long row)
    {
        T* x = _x + (row * _cols), t = _t + (row * _cols);
        var max = MaxFold<T>.Of(x, _cols);
        var log = T.Log(ExpFold<T>.Of(x, max, null, _cols));
        _loss[row] = -LogLikelihoodFold<T>.Of(x, t, max, log, _cols);
    }
}

internal readonly unsafe struct DenseGradientRow<T>(T* x, T* t, T* g, T* dx, long cols) : IRow
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T* _t = t;
    private readonly T* _g = g;
    private readonly T* _dx = dx;
    private readonly long _cols = cols;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(long row)
    {
        T* x = _x + (row * _cols), t = _t + (row * _cols), dx = _dx + (row * _cols);
        var sum = ExpFold<T>.Of(x, MaxFold<T>.Of(x, _cols), dx, _cols);
        var factor = SumFold<T>.Of(t, _cols) / sum;
        Sweep.Map<T, DenseGradientStep<T>>(new(dx, t, factor, _g[row]), 0, _cols);
    }
}

internal readonly unsafe struct SigmoidLossStep<T>(T* x, T* t, T* y) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T* _t = t;
    private readonly T* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        var x = chunk.Load(_x + i, zero);
        var linear = Vector512.MaxNative(zero, x) - (x * chunk.Load(_t + i, zero));
        chunk.Store(_y + i, linear + LaneMath.Log1p(LaneMath.Exp(-Vector512.Abs(x))));
    }
}
