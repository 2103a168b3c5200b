using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Keras.Kernels.Cpu;

/// <summary>Copies of a few input rows with the horizontal padding written out, so that tiles need no edges.</summary>
internal static unsafe class Strip
{
    /// <summary>Size a strip aims at: it shares the second-level cache with a panel of the kernel.</summary>
    public const int Bytes = 128 * 1024;

    /// <summary>Upper bound of parallel blocks, each with scratch of its own; also about the least aimed at.</summary>
    public const int MaxBlocks = 64;

    public const int FewBlocks = 16;

    /// <summary>
    /// Copies rows [from, to) of an image; column 0 of the copy is the first column that output 0 reads.
    /// </summary>
    public static void Copy<T>(T* image, in Axis x, int channels, int from, int to, T* target) where T : unmanaged
    {
        var columns = x.Reach;
        var begin = Math.Clamp(-x.First, 0, columns);
        var end = Math.Clamp(x.In - x.First, begin, columns);
        for (var row = from; row < to; row++)
        {
            var source = image + ((long)row * x.In + begin + x.First) * channels;
            Bulk.Clear(target, (long)begin * channels);
            Bulk.Move(source, target + (long)begin * channels, (long)(end - begin) * channels);
            Bulk.Clear(target + (long)end * channels, (long)(columns - end) * channels);
            target += (long)columns * channels;
        }
    }

    /// <summary>Fetches the lines that a tile will be stored to while its products are summed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<T>(T* target, int rows, long step, int columns) where T : unmanaged
    {
        if (!Sse.IsSupported) return;
        for (var row = 0; row < rows; row++)
        {
            var at = (byte*)(target + row * step);
            for (var offset = 0; offset < columns * sizeof(T); offset += 64)
                Sse.Prefetch0(at + offset);
        }
    }

    /// <summary>Fetches a line of each of some pixels that are wanted a row later; their distance is too long for the processor to foresee it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchPixels<T>(T* at, int count, nint step) where T : unmanaged
    {
        if (!Sse.IsSupported) return;
        for (var i = 0; i < count; i++, at += step)
            Sse.Prefetch1(at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Divide(long value, long by) => (int)((value + by - 1) / by);
}
