using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

/// <summary>Batch normalization of arrays (outer, channels, inner); inner is 1 where channels are last.</summary>
internal static unsafe class BatchNormKernels
{
    /// <summary>The mean and the biased variance of each channel.</summary>
    internal static void Moments<T>(T* x, T* mean, T* variance, long outer, long channels, long inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var parts = new ChannelParts(outer, channels, inner);
        var means = Scratch.Get<T>(ScratchUse.Partials, 2L * parts.Count * channels);
        var squares = means + (parts.Count * channels);
        var body = new MomentBlocks<T>(parts, x, means, squares);
        Parallel.For(parts.Count, in body);
        for (var c = 0L; c < channels; c++)
            Combine(parts, means + c, squares + c, mean + c, variance + c);
    }

    /// <summary>y = x scale[c] + shift[c]; y may be x.</summary>
    internal static void Normalize<T>(T* x, T* scale, T* shift, T* y, long outer, long channels, long inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var parts = new ChannelParts(outer, channels, inner);
        var body = new ChannelMapBlocks<T, AffineMap<T>>(parts, new(x, scale, shift, y));
        Parallel.For(parts.Count, in body);
    }

    /// <summary>
    /// Gradients through the batch's own statistics, <paramref name="inverse"/> being 1 / sqrt(variance + epsilon):
    /// dbeta = sum(g), dgamma = sum(g xhat), dx = gamma inverse (g - dbeta / n - xhat dgamma / n). A null
    /// <paramref name="gamma"/> is all ones; dx may be g or x.
    /// </summary>
    internal static void Backward<T>(
        T* x, T* g, T* mean, T* inverse, T* gamma, T* dx, T* dgamma, T* dbeta, long outer, long channels, long inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        GradientSums(x, g, mean, inverse, dgamma, dbeta, outer, channels, inner);
        var parts = new ChannelParts(outer, channels, inner);
        var a = Scratch.Get<T>(ScratchUse.Partials, 3 * channels);
        T* b = a + channels, d = b + channels;
        var n = T.CreateTruncating(Math.Max(1, parts.PerChannel));
        for (var c = 0L; c < channels; c++)
        {
            a[c] = gamma == null ? inverse[c] : gamma[c] * inverse[c];
            b[c] = -a[c] * inverse[c] * (dgamma[c] / n);
            d[c] = -a[c] * (dbeta[c] / n);
        }
        var body = new ChannelMapBlocks<T, GradientMap<T>>(parts, new(x, g, mean, a, b, d, dx));
        Parallel.For(parts.Count, in body);
    }

    /// <summary>dbeta = sum(g) and dgamma = sum(g (x - mean) inverse), all that inference statistics need.</summary>
    internal static void GradientSums<T>(
        T* x, T* g, T* mean, T* inverse, T* dgamma, T* dbeta, long outer, long channels, long inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var parts = new ChannelParts(outer, channels, inner);
        var products = Scratch.Get<T>(ScratchUse.Partials, 2L * parts.Count * channels);
        var sums = products + (parts.Count * channels);
        var body = new GradientSumBlocks<T>(parts, x, g, mean, products, sums);
        Parallel.For(parts.Count, in body);
        for (var c = 0L; c < channels; c++)
        {
            dgamma[c] = T.CreateTruncating(Total(parts, products + c) * double.CreateTruncating(inverse[c]));
            dbeta[c] = T.CreateTruncating(Total(parts, sums + c));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Total<T>(in ChannelParts parts, T* values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var total = 0.0;
        for (var part = 0; part < parts.Count; part++)
            total += double.CreateTruncating(values[part * parts.Channels]);
        return total;
    }

    // Chan, Golub, LeVeque: squares about the whole mean from those about the parts' means.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine<T>(in ChannelParts parts, T* means, T* squares, T* mean, T* variance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = 0.0;
        for (var part = 0; part < parts.Count; part++)
            sum += parts.PerChannelOf(part) * double.CreateTruncating(means[part * parts.Channels]);
        var whole = sum / parts.PerChannel;
        var total = 0.0;
        for (var part = 0; part < parts.Count; part++)
        {
            var difference = double.CreateTruncating(means[part * parts.Channels]) - whole;
            total += double.CreateTruncating(squares[part * parts.Channels]);
            total += parts.PerChannelOf(part) * difference * difference;
        }
        *mean = T.CreateTruncating(whole);
        *variance = T.CreateTruncating(total / parts.PerChannel);
    }
}

internal readonly unsafe struct MomentBlocks<T>(ChannelParts parts, T* x, T* means, T* squares) : IBlocks
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ChannelParts _parts = parts;
    private readonly T* _x = x;
    private readonly T* _means = means;
    private readonly T* _squares = squares;

    public void Run(int block)
    {
        var mean = _means + (block * _parts.Channels);
        _parts.Sum(block, new ValueTerm<T>(_x), mean);
        var n = T.CreateTruncating(_parts.PerChannelOf(block));
        for (var c = 0L; c < _parts.Channels; c++)
            mean[c] /= n;
        _parts.Sum(block, new SquareTerm<T>(_x, mean), _squares + (block * _parts.Channels));
    }
}

internal readonly unsafe struct GradientSumBlocks<T>(ChannelParts parts, T* x, T* g, T* mean, T* products, T* sums)
    : IBlocks
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ChannelParts _parts = parts;
    private readonly T* _x = x;
    private readonly T* _g = g;
    private readonly T* _mean = mean;
    private readonly T* _products = products;
    private readonly T* _sums = sums;

    public void Run(int block)
    {
        _parts.Sum(block, new ProductTerm<T>(_g, _x, _mean), _products + (block * _parts.Channels));
        _parts.Sum(block, new ValueTerm<T>(_g), _sums + (block * _parts.Channels));
    }
}

internal readonly struct ChannelMapBlocks<T, TMap>(ChannelParts parts, TMap map) : IBlocks
    where T : unmanaged
    where TMap : struct, IChannelMap<T>
{
    private readonly ChannelParts _parts = parts;
    private readonly TMap _map = map;

    public void Run(int block) => _parts.Map<T, TMap>(block, _map);
}
