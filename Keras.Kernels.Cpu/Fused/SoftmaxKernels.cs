using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>Softmax and log-softmax over the last axis; outputs may be inputs.</summary>
internal static unsafe class SoftmaxKernels
{
    internal static void Softmax<T>(T* x, T* y, long rows, long cols)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        RowRun<SoftmaxRow<T>>.Run(new(x, y, cols), rows, cols);

    internal static void LogSoftmax<T>(T* x, T* y, long rows, long cols)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        RowRun<LogSoftmaxRow<T>>.Run(new(x, y, cols), rows, cols);

    internal static void LogSumExp<T>(T* x, T* y, long rows, long cols)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        RowRun<LogSumExpRow<T>>.Run(new(x, y, cols), rows, cols);

    /// <summary>dx = y (g - sum(g y)), y being the softmax.</summary>
    internal static void SoftmaxBackward<T>(T* y, T* g, T* dx, long rows, long cols)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        RowRun<SoftmaxGradientRow<T>>.Run(new(y, g, dx, cols), rows, cols);

    /// <summary>dx = g - exp(y) sum(g), y being the log-softmax.</summary>
    internal static void LogSoftmaxBackward<T>(T* y, T* g, T* dx, long rows, long cols)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        RowRun<LogSoftmaxGradientRow<T>>.Run(new(y, g, dx, cols), rows, cols);
}

internal readonly unsafe struct SoftmaxRow<T>(T* x, T* y, long cols) : IRow
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T* _y = y;
    private readonly long _cols = cols;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(long row)
    {
        T* x = _x + (row * _cols), y = _y + (row * _cols);
        if (_cols <= Vector512<T>.Count)
        {
            InOneVector(x, y);
            return;
        }
        var sum = ExpFold<T>.Of(x, MaxFold<T>.Of(x, _cols), y, _cols);
        Sweep.Map<T, ScaleStep<T>>(new(y, T.One / sum), 0, _cols);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void InOneVector(T* x, T* y)
    {
        var chunk = new PartChunk(_cols);
        var v = chunk.Load(x, Vector512.Create(T.NegativeInfinity));
        var e = LaneMath.Exp(v - Vector512.Create(LaneMath.Max(v)));
        chunk.Store(y, e * (T.One / LaneMath.Sum(e)));
    }
}

internal readonly unsafe struct LogSumExpRow<T>(T* x, T* y, long cols) : IRow
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(long row)
    {
        var x = _x + (row * cols);
        var max = MaxFold<T>.Of(x, cols);
        // Shifted by an infinity, infinities would turn into NaN.
        if (!T.IsFinite(max)) max = T.Zero;
        _y[row] = T.Log(ExpFold<T>.Of(x, max, null, cols)) + max;
    }
}

internal readonly unsafe struct LogSoftmaxRow<T>(T* x, T* y, long cols) : IRow
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T* _y = y;
    private readonly long _cols = cols;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(long row)
    {
        T* x = _x + (row * _cols), y = _y + (row * _cols);
        var max = MaxFold<T>.Of(x, _cols);
        var log = T.Log(ExpFold<T>.Of(x, max, null, _cols));
        Sweep.Map<T, LogitStep<T>>(new(x, max, log, T.One, y), 0, _cols);
    }
}

internal readonly unsafe struct SoftmaxGradientRow<T>(T* y, T* g, T* dx, long cols) : IRow
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _y = y;
    private readonly T* _g = g;
    private readonly T* _dx = dx;
    private readonly long _cols = cols;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(long row)
    {
        var start = row * _cols;
        var total = DotFold<T>.Of(_y + start, _g + start, _cols);
        Sweep.Map<T, SoftmaxGradientStep<T>>(new(_y + start, _g + start, total, _dx + start), 0, _cols);
    }
}

internal readonly unsafe struct LogSoftmaxGradientRow<T>(T* y, T* g, T* dx, long cols) : IRow
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _y = y;
    private readonly T* _g = g;
    private readonly T* _dx = dx;
    private readonly long _cols = cols;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(long row)
    {
        var start = row * _cols;
        var total = SumFold<T>.Of(_g + start, _cols);
        Sweep.Map<T, LogSoftmaxGradientStep<T>>(new(_y + start, _g + start, total, _dx + start), 0, _cols);
    }
}
