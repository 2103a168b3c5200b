using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>The largest real element under the window; NaN counts as larger than all.</summary>
internal readonly unsafe struct MaxForward<T> : IPoolForward<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Pixel(in Pool2D shape, in PoolWindow window, T* image, T* output) =>
        Sweep.Map<T, Channels>(new(new(window, shape, image), output), 0, shape.Channels);

    private readonly struct Channels(WindowMaximum<T> maximum, T* output) : IMapStep<T>
    {
        private readonly WindowMaximum<T> _maximum = maximum;
        private readonly T* _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long c, TChunk chunk) where TChunk : struct, IChunk =>
            chunk.Store(_output + c, _maximum.At(c, chunk));
    }
}

/// <summary>The maximum over a window for some channels, with the bits of the first element that attains it.</summary>
internal readonly unsafe struct WindowMaximum<T>(PoolWindow window, in Pool2D shape, T* image)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly PoolWindow _window = window;
    private readonly long _width = shape.Width;
    private readonly long _channels = shape.Channels;
    private readonly T* _image = image;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector512<T> At<TChunk>(long c, TChunk chunk) where TChunk : struct, IChunk
    {
        var best = Vector512.Create(T.NegativeInfinity);
        for (var row = _window.Top; row < _window.Bottom; row++)
        {
            var p = _image + (((row * _width) + _window.Left) * _channels) + c;
            for (var col = _window.Left; col < _window.Right; col++, p += _channels)
            {
                var v = chunk.Load(p, Vector512<T>.Zero);
                var taken = Vector512.GreaterThan(v, best) | ~Vector512.Equals(v, v);
                best = Vector512.ConditionalSelect(taken, v, best);
            }
        }
        return best;
    }
}

/// <summary>Gives the gradient to the window's first maximum, found again from the image.</summary>
internal readonly unsafe struct MaxBackward<T> : IPoolBackward<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Pixel(in Pool2D shape, in PoolWindow window, int first, int last, T* image, T* output, T* dimage) =>
        Sweep.Map<T, Channels>(
            new(window, first, last, new(window, shape, image), shape, image, output, dimage), 0, shape.Channels);

    private readonly struct Channels(
        PoolWindow window, int first, int last, WindowMaximum<T> maximum, in Pool2D shape,
        T* image, T* output, T* dimage) : IMapStep<T>
    {
        private readonly PoolWindow _window = window with { Bottom = Math.Min(last, window.Bottom) };
        private readonly int _first = first;
        private readonly WindowMaximum<T> _maximum = maximum;
        private readonly long _width = shape.Width;
        private readonly long _channels = shape.Channels;
        private readonly T* _image = image;
        private readonly T* _output = output;
        private readonly T* _dimage = dimage;

        // Bits are compared, not values: so NaN is found, and -0 is not taken for a +0 that is the first maximum.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long c, TChunk chunk) where TChunk : struct, IChunk
        {
            var (best, zero) = (_maximum.At(c, chunk), Vector512<T>.Zero);
            var g = chunk.Load(_output + c, zero);
            var open = Vector512<T>.AllBitsSet;
            for (var row = _window.Top; row < _window.Bottom; row++)
            {
                var offset = (((row * _width) + _window.Left) * _channels) + c;
                for (var col = _window.Left; col < _window.Right; col++, offset += _channels)
                {
                    var hit = LaneMath.SameBits(chunk.Load(_image + offset, zero), best) & open;
                    open = Vector512.AndNot(open, hit);
                    if (row >= _first)
                        chunk.Store(_dimage + offset, chunk.Load(_dimage + offset, zero) + (hit & g));
                }
            }
        }
    }
}
