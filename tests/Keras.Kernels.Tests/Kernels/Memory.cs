using System.Runtime.InteropServices;

namespace Keras.Kernels.Tests.Kernels;

/// <summary>Native memory with guards on both sides that must not be written.</summary>
sealed unsafe class Memory<T> : IDisposable where T : unmanaged
{
    const int Guard = 64;
    const byte Mark = 0xA5;

    readonly byte* _start;
    readonly long _bytes;

    internal Memory(long count, byte fill = 0xFF)
    {
        _bytes = count * sizeof(T);
        _start = (byte*)NativeMemory.AlignedAlloc((nuint)(_bytes + (2 * Guard)), Guard);
        new Span<byte>(_start, (int)_bytes + (2 * Guard)).Fill(Mark);
        new Span<byte>(_start + Guard, (int)_bytes).Fill(fill);
    }

    internal Memory(T[] values) : this(values.Length) => values.CopyTo(Span);

    internal T* Pointer => (T*)(_start + Guard);

    internal Span<T> Span => new(Pointer, (int)(_bytes / sizeof(T)));

    /// <summary>The values; fails where a guard was written.</summary>
    internal T[] Checked()
    {
        var before = new Span<byte>(_start, Guard);
        var after = new Span<byte>(_start + Guard + _bytes, Guard);
        Assert.That(before.ContainsAnyExcept(Mark) || after.ContainsAnyExcept(Mark), Is.False, "memory beside an array was written");
        return Span.ToArray();
    }

    public void Dispose() => NativeMemory.AlignedFree(_start);
}
