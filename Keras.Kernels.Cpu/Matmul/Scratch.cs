using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keras.Kernels.Cpu;

/// <summary>What a thread's scratch buffer holds; uses that nest have buffers of their own.</summary>
internal enum ScratchUse
{
    Panels,
    WideResult,
    Partials,
    Vector,
    Factor,
    Rows,
    Strip,
}

/// <summary>Native buffers of the calling thread, 64-byte aligned, grown on demand and freed with the thread.</summary>
internal sealed unsafe class Scratch
{
    const int Alignment = 64;
    const int Uses = (int)ScratchUse.Strip + 1;

    [ThreadStatic]
    static Scratch? _ofThread;

    Buffers _buffers;

    [InlineArray(Uses)]
    struct Buffers
    {
        Buffer _first;
    }

    struct Buffer
    {
        public void* Data;
        public nuint Bytes;
    }

    ~Scratch()
    {
        foreach (ref Buffer buffer in (Span<Buffer>)_buffers)
            NativeMemory.AlignedFree(buffer.Data);
    }

    /// <summary>The contents are undefined, and valid until the thread asks for the same use again.</summary>
    public static T* Get<T>(ScratchUse use, long count) where T : unmanaged
    {
        Scratch scratch = _ofThread ??= new Scratch();
        ref Buffer buffer = ref scratch._buffers[(int)use];
        nuint bytes = checked((nuint)count * (nuint)sizeof(T));
        if (bytes > buffer.Bytes)
        {
            NativeMemory.AlignedFree(buffer.Data);
            buffer = default;
            buffer.Data = NativeMemory.AlignedAlloc(bytes, Alignment);
            buffer.Bytes = bytes;
        }
        return (T*)buffer.Data;
    }
}
