namespace Keras.Kernels.Cpu;

/// <summary>Memory dealt out in order, in pieces that start on a cache line. Started at no address it only measures.</summary>
internal unsafe struct Deal(byte* start)
{
    const long Alignment = 64;

    readonly byte* _start = start;

    /// <summary>Bytes dealt out so far.</summary>
    internal long Bytes { get; private set; }

    /// <summary>A thread's scratch, for pieces of some sizes.</summary>
    internal static Deal OfThread<T>(ScratchUse use, ReadOnlySpan<long> sizes) where T : unmanaged
    {
        var measured = default(Deal);
        foreach (var size in sizes) measured.Take<T>(size);
        return new(Scratch.Get<byte>(use, measured.Bytes));
    }

    internal T* Take<T>(long count) where T : unmanaged
    {
        var taken = _start + Bytes;
        Bytes += ((count * sizeof(T)) + Alignment - 1) / Alignment * Alignment;
        return (T*)taken;
    }
}
