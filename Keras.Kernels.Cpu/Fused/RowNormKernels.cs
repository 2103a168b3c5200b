using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>Normalization of each row by its own statistics.</summary>
internal static unsafe class RowNormKernels
{
    /// <summary>y = (x - mean) inverse gamma + beta; without centring the mean is 0. Null gamma and beta are all ones and zeros.</summary>
    internal static void Forward<T>(T* x, T* gamma, T* beta, T* y, T* mean, T* inverse, long rows, long cols, double epsilon, bool centred)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        RowRun<RowNorm<T>>.Run(new(x, gamma, beta, y, mean, inverse, cols, T.CreateTruncating(epsilon), centred), rows, cols);

    /// <summary>The gradients of x and, unless gamma is null, of gamma and beta.</summary>
    internal static void Backward<T>(T* x, T* g, T* mean, T* inverse, T* gamma, T* dx, T* dgamma, T* dbeta, long rows, long cols, bool centred)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var perBlock = RowNormGradient<T>.RowsPerBlock(rows, cols);
        var blocks = (int)((rows + perBlock - 1) / perBlock);
        var partials = gamma == null ? null : Scratch.Get<T>(ScratchUse.Partials, Math.Max(1, 2L * blocks * cols));
        var body = new RowNormGradient<T>(x, g, mean, inverse, gamma, dx, partials, rows, cols, centred);
        Parallel.For(blocks, in body);
        if (gamma == null) return;
        Sweep.Map<T, PartialSums<T>>(new(partials, dgamma, blocks, 2 * cols), 0, cols);
        Sweep.Map<T, PartialSums<T>>(new(partials + cols, dbeta, blocks, 2 * cols), 0, cols);
    }
}

internal readonly unsafe struct RowNorm<T>(T* x, T* gamma, T* beta, T* y, T* mean, T* inverse, long cols, T epsilon, bool centred) : IRow
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T* _gamma = gamma;
    private readonly T* _beta = beta;
    private readonly T* _y = y;
    private readonly T* _mean = mean;
    private readonly T* _inverse = inverse;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(long row)
    {
        T* x = _x + (row * cols), y = _y + (row * cols);
        var n = T.CreateTruncating(cols);
        var mean = centred ? SumFold<T>.Of(x, cols) / n : T.Zero;
        var square = LaneMath.Sum(Sweep.Fold(new SquareFold<T>(x, mean), Vector512<T>.Zero, 0, cols)) / n;
        var inverse = T.One / T.Sqrt(square + epsilon);
        (_mean[row], _inverse[row]) = (mean, inverse);
        if (_gamma == null) Sweep.Map<T, NormalStep<T>>(new(x, mean, inverse, y), 0, cols);
        else Sweep.Map<T, ScaledNormalStep<T>>(new(x, mean, inverse, _gamma, _beta, y), 0, cols);
    }
}

/// <summary>Sum of (x - mean)².</summary>
internal readonly unsafe struct SquareFold<T>(T* x, T mean) : IFoldStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T _mean = mean;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Step<TChunk>(Vector512<T> total, long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var mean = Vector512.Create(_mean);
        var difference = chunk.Load(_x + i, mean) - mean;
        return LaneMath.MulAdd(difference, difference, total);
    }
}

/// <summary>y = (x - mean) inverse.</summary>
internal readonly unsafe struct NormalStep<T>(T* x, T mean, T inverse, T* y) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T _mean = mean;
    private readonly T _inverse = inverse;
    private readonly T* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk =>
        chunk.Store(_y + i, (chunk.Load(_x + i, Vector512<T>.Zero) - Vector512.Create(_mean)) * _inverse);
}

/// <summary>y = (x - mean) inverse gamma + beta.</summary>
internal readonly unsafe struct ScaledNormalStep<T>(T* x, T mean, T inverse, T* gamma, T* beta, T* y) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T _mean = mean;
    private readonly T _inverse = inverse;
    private readonly T* _gamma = gamma;
    private readonly T* _beta = beta;
    private readonly T* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        var normal = (chunk.Load(_x + i, zero) - Vector512.Create(_mean)) * _inverse;
        chunk.Store(_y + i, LaneMath.MulAdd(normal, chunk.Load(_gamma + i, zero), chunk.Load(_beta + i, zero)));
    }
}

/// <summary>Blocks of rows, each with sums of its own for gamma and beta.</summary>
internal readonly unsafe struct RowNormGradient<T>(T* x, T* g, T* mean, T* inverse, T* gamma, T* dx, T* partials, long rows, long cols, bool centred) : IBlocks
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const long BlockSize = 16384;
    private const long MostBlocks = 64;

    private readonly T* _x = x;
    private readonly T* _g = g;
    private readonly T* _mean = mean;
    private readonly T* _inverse = inverse;
    private readonly T* _gamma = gamma;
    private readonly T* _dx = dx;
    private readonly T* _partials = partials;
    private readonly long _perBlock = RowsPerBlock(rows, cols);

    internal static long RowsPerBlock(long rows, long cols) => Math.Max(Math.Max(1, BlockSize / Math.Max(1, cols)), (rows + MostBlocks - 1) / MostBlocks);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int block)
    {
        T* dgamma = _partials + (2 * block * cols), dbeta = dgamma + cols;
        if (_gamma != null) Bulk.Clear(dgamma, 2 * cols);
        var end = Math.Min(rows, (block + 1) * _perBlock);
        for (var row = block * _perBlock; row < end; row++)
        {
            T* x = _x + (row * cols), g = _g + (row * cols), dx = _dx + (row * cols);
            var (mean, inverse, n) = (_mean[row], _inverse[row], T.CreateTruncating(cols));
            if (_gamma == null)
            {
                var sum = centred ? SumFold<T>.Of(g, cols) / n : T.Zero;
                var product = LaneMath.Sum(Sweep.Fold(new NormalDotFold<T>(x, mean, g), Vector512<T>.Zero, 0, cols)) * inverse * inverse / n;
                Sweep.Map<T, NormalGradientStep<T>>(new(x, mean, inverse, g, sum, product, dx), 0, cols);
            }
            else
            {
                var sum = centred ? DotFold<T>.Of(g, _gamma, cols) / n : T.Zero;
                var product = LaneMath.Sum(Sweep.Fold(new ScaledDotFold<T>(x, mean, g, _gamma), Vector512<T>.Zero, 0, cols)) * inverse * inverse / n;
                Sweep.Map<T, ScaledGradientStep<T>>(new(x, mean, inverse, g, sum, product, dx, _gamma, dgamma, dbeta), 0, cols);
            }
        }
    }
}

/// <summary>Sum of (x - mean) g.</summary>
internal readonly unsafe struct NormalDotFold<T>(T* x, T mean, T* g) : IFoldStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T _mean = mean;
    private readonly T* _g = g;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Step<TChunk>(Vector512<T> total, long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        return LaneMath.MulAdd(chunk.Load(_x + i, zero) - Vector512.Create(_mean), chunk.Load(_g + i, zero), total);
    }
}

/// <summary>Sum of (x - mean) g gamma.</summary>
internal readonly unsafe struct ScaledDotFold<T>(T* x, T mean, T* g, T* gamma) : IFoldStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T _mean = mean;
    private readonly T* _g = g;
    private readonly T* _gamma = gamma;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Step<TChunk>(Vector512<T> total, long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        var h = chunk.Load(_g + i, zero) * chunk.Load(_gamma + i, zero);
        return LaneMath.MulAdd(chunk.Load(_x + i, zero) - Vector512.Create(_mean), h, total);
    }
}

/// <summary>dx = inverse (g - sum - (x - mean) product).</summary>
internal readonly unsafe struct NormalGradientStep<T>(T* x, T mean, T inverse, T* g, T sum, T product, T* dx) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T _mean = mean;
    private readonly T _inverse = inverse;
    private readonly T* _g = g;
    private readonly T _sum = sum;
    private readonly T _product = product;
    private readonly T* _dx = dx;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        var centred = chunk.Load(_x + i, zero) - Vector512.Create(_mean);
        var rest = chunk.Load(_g + i, zero) - Vector512.Create(_sum);
        chunk.Store(_dx + i, LaneMath.MulAdd(centred, Vector512.Create(-_product), rest) * _inverse);
    }
}

/// <summary>dx = inverse (g gamma - sum - (x - mean) product); g (x - mean) inverse and g are added to the sums of gamma and beta.</summary>
internal readonly unsafe struct ScaledGradientStep<T>(T* x, T mean, T inverse, T* g, T sum, T product, T* dx, T* gamma, T* dgamma, T* dbeta) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T _mean = mean;
    private readonly T _inverse = inverse;
    private readonly T* _g = g;
    private readonly T _sum = sum;
    private readonly T _product = product;
    private readonly T* _dx = dx;
    private readonly T* _gamma = gamma;
    private readonly T* _dgamma = dgamma;
    private readonly T* _dbeta = dbeta;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var zero = Vector512<T>.Zero;
        var (g, centred) = (chunk.Load(_g + i, zero), chunk.Load(_x + i, zero) - Vector512.Create(_mean));
        var rest = LaneMath.MulAdd(g, chunk.Load(_gamma + i, zero), Vector512.Create(-_sum));
        chunk.Store(_dx + i, LaneMath.MulAdd(centred, Vector512.Create(-_product), rest) * _inverse);
        chunk.Store(_dgamma + i, LaneMath.MulAdd(g, centred * _inverse, chunk.Load(_dgamma + i, zero)));
        chunk.Store(_dbeta + i, g + chunk.Load(_dbeta + i, zero));
    }
}

/// <summary>sums = the sum of a column over the blocks.</summary>
internal readonly unsafe struct PartialSums<T>(T* partials, T* sums, int blocks, long stride) : IMapStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _partials = partials;
    private readonly T* _sums = sums;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
    {
        var total = Vector512<T>.Zero;
        for (var block = 0; block < blocks; block++) total += chunk.Load(_partials + (block * stride) + i, Vector512<T>.Zero);
        chunk.Store(_sums + i, total);
    }
}
