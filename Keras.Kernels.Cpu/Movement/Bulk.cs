using System.Runtime.InteropServices;

namespace Keras.Kernels.Cpu;

/// <summary>Runs of elements, as long as memory is.</summary>
internal static unsafe class Bulk
{
    public static void Clear<T>(T* target, long count) where T : unmanaged
    {
        if (count > 0)
            NativeMemory.Clear(target, (nuint)(count * sizeof(T)));
    }

    public static void Move<T>(T* source, T* target, long count) where T : unmanaged
    {
        if (count > 16)
        {
            Buffer.MemoryCopy(source, target, count * sizeof(T), count * sizeof(T));
            return;
        }
        for (var i = 0; i < count; i++)
            target[i] = source[i];
    }

    public static void Fill<T>(T* target, long count, T value) where T : unmanaged
    {
        const int Most = 1 << 30;
        for (; count > 0; target += Most, count -= Most)
            new Span<T>(target, (int)Math.Min(count, Most)).Fill(value);
    }
}
