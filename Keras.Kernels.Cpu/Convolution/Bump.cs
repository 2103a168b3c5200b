namespace Keras.Kernels.Cpu;

/// <summary>Hands out 64-byte aligned pieces of a scratch block; started at null it only measures.</summary>
internal unsafe struct Bump(byte* start)
{
    const long Line = 64;
    readonly byte* _start = start;
    byte* _next = start;

    // One line more than handed out, for a start that is not aligned.
    public readonly long Used => _next - _start + Line;

    public TItem* Take<TItem>(long count) where TItem : unmanaged
    {
        var at = (byte*)(((long)_next + Line - 1) & -Line);
        _next = at + count * sizeof(TItem);
        return (TItem*)at;
    }
}
