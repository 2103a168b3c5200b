using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>2-D pooling with channels last. Padding is never a maximum; gradients overwrite dx.</summary>
internal static unsafe class PoolingKernels
{
    internal static void Max<T>(in Pool2D shape, T* x, T* y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        PoolForwardBlocks<T, MaxForward<T>>.Run(shape, default, x, y);

    /// <summary>Each output's gradient goes to the first maximum of its window in row-major order.</summary>
    internal static void MaxBackward<T>(in Pool2D shape, T* x, T* g, T* dx)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        PoolBackwardBlocks<T, MaxBackward<T>>.Run(shape, default, x, g, dx);

    /// <summary>Divides by each window's real elements, or its size with <paramref name="countPadding"/>.</summary>
    internal static void Average<T>(in Pool2D shape, T* x, T* y, bool countPadding = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        PoolForwardBlocks<T, AverageForward<T>>.Run(shape, new(countPadding), x, y);

    internal static void AverageBackward<T>(in Pool2D shape, T* g, T* dx, bool countPadding = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        PoolBackwardBlocks<T, AverageBackward<T>>.Run(shape, new(countPadding), null, g, dx);
}
