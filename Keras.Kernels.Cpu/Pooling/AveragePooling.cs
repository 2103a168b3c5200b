using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>The sum under the window over its number of real elements, or of all where padding counts.</summary>
internal readonly unsafe struct AverageForward<T>(bool countPadding) : IPoolForward<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly bool _countPadding = countPadding;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Pixel(in Pool2D shape, in PoolWindow window, T* image, T* output)
    {
        var divisor = T.CreateTruncating(_countPadding ? shape.WindowSize : window.Count);
        Sweep.Map<T, Channels>(new(window, divisor, shape.Width, shape.Channels, image, output), 0, shape.Channels);
    }

    private readonly struct Channels(
        PoolWindow window, T divisor, int width, int channels, T* image, T* output) : IMapStep<T>
    {
        private readonly PoolWindow _window = window;
        private readonly T _divisor = divisor;
        private readonly long _width = width;
        private readonly long _channels = channels;
        private readonly T* _image = image;
        private readonly T* _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long c, TChunk chunk) where TChunk : struct, IChunk
        {
            var sum = Vector512<T>.Zero;
            for (var row = _window.Top; row < _window.Bottom; row++)
            {
                var p = _image + (((row * _width) + _window.Left) * _channels) + c;
                for (var col = _window.Left; col < _window.Right; col++, p += _channels)
                    sum += chunk.Load(p, Vector512<T>.Zero);
            }
            chunk.Store(_output + c, sum / Vector512.Create(_divisor));
        }
    }
}

internal readonly unsafe struct AverageBackward<T>(bool countPadding) : IPoolBackward<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly bool _countPadding = countPadding;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Pixel(in Pool2D shape, in PoolWindow window, int first, int last, T* image, T* output, T* dimage)
    {
        var divisor = T.CreateTruncating(_countPadding ? shape.WindowSize : window.Count);
        var owned = window with { Top = Math.Max(first, window.Top), Bottom = Math.Min(last, window.Bottom) };
        Sweep.Map<T, Channels>(new(owned, divisor, shape.Width, shape.Channels, output, dimage), 0, shape.Channels);
    }

    private readonly struct Channels(
        PoolWindow window, T divisor, int width, int channels, T* output, T* dimage) : IMapStep<T>
    {
        private readonly PoolWindow _window = window;
        private readonly T _divisor = divisor;
        private readonly long _width = width;
        private readonly long _channels = channels;
        private readonly T* _output = output;
        private readonly T* _dimage = dimage;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long c, TChunk chunk) where TChunk : struct, IChunk
        {
            var share = chunk.Load(_output + c, Vector512<T>.Zero) / Vector512.Create(_divisor);
            for (var row = _window.Top; row < _window.Bottom; row++)
            {
                var p = _dimage + (((row * _width) + _window.Left) * _channels) + c;
                for (var col = _window.Left; col < _window.Right; col++, p += _channels)
                    chunk.Store(p, chunk.Load(p, Vector512<T>.Zero) + share);
            }
        }
    }
}
