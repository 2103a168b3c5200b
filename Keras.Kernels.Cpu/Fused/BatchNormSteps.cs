using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

internal readonly unsafe struct ValueTerm<T>(T* x) : IChannelTerm<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Term<TChunk, TRead>(long i, long c, TChunk chunk, TRead read)
        where TChunk : struct, IChunk
        where TRead : struct, IChannelRead => chunk.Load(_x + i, Vector512<T>.Zero);
}

/// <summary>(x - mean)^2.</summary>
internal readonly unsafe struct SquareTerm<T>(T* x, T* mean) : IChannelTerm<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T* _mean = mean;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Term<TChunk, TRead>(long i, long c, TChunk chunk, TRead read)
        where TChunk : struct, IChunk
        where TRead : struct, IChannelRead
    {
        var mean = read.Get(_mean, c, chunk);
        var difference = chunk.Load(_x + i, mean) - mean;
        return difference * difference;
    }
}

/// <summary>g (x - mean).</summary>
internal readonly unsafe struct ProductTerm<T>(T* g, T* x, T* mean) : IChannelTerm<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _g = g;
    private readonly T* _x = x;
    private readonly T* _mean = mean;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Term<TChunk, TRead>(long i, long c, TChunk chunk, TRead read)
        where TChunk : struct, IChunk
        where TRead : struct, IChannelRead
    {
        var mean = read.Get(_mean, c, chunk);
        return chunk.Load(_g + i, Vector512<T>.Zero) * (chunk.Load(_x + i, mean) - mean);
    }
}

/// <summary>y = x scale + shift.</summary>
internal readonly unsafe struct AffineMap<T>(T* x, T* scale, T* shift, T* y) : IChannelMap<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T* _scale = scale;
    private readonly T* _shift = shift;
    private readonly T* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk, TRead>(long i, long c, TChunk chunk, TRead read)
        where TChunk : struct, IChunk
        where TRead : struct, IChannelRead
    {
        var (scale, shift) = (read.Get(_scale, c, chunk), read.Get(_shift, c, chunk));
        chunk.Store(_y + i, LaneMath.MulAdd(chunk.Load(_x + i, Vector512<T>.Zero), scale, shift));
    }
}

/// <summary>dx = a g + b (x - mean) + d.</summary>
internal readonly unsafe struct GradientMap<T>(T* x, T* g, T* mean, T* a, T* b, T* d, T* dx) : IChannelMap<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _x = x;
    private readonly T* _g = g;
    private readonly T* _mean = mean;
    private readonly T* _a = a;
    private readonly T* _b = b;
    private readonly T* _d = d;
    private readonly T* _dx = dx;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk, TRead>(long i, long c, TChunk chunk, TRead read)
        where TChunk : struct, IChunk
        where TRead : struct, IChannelRead
    {
        var zero = Vector512<T>.Zero;
        var centred = chunk.Load(_x + i, zero) - read.Get(_mean, c, chunk);
        var rest = LaneMath.MulAdd(read.Get(_b, c, chunk), centred, read.Get(_d, c, chunk));
        chunk.Store(_dx + i, LaneMath.MulAdd(read.Get(_a, c, chunk), chunk.Load(_g + i, zero), rest));
    }
}
