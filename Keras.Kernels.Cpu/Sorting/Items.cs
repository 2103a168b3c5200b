using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Sorting;

// The digits of what is sorted: 8 bits each, the least first.
internal interface IDigits<TItem> where TItem : unmanaged
{
    static abstract int Passes { get; }

    static abstract int Digit(TItem item, int pass);
}

// A key together with the place that it comes from.
internal interface IPairs<TBits, TItem> : IDigits<TItem> where TItem : unmanaged
{
    static abstract TItem Make(TBits key, long place);

    static abstract TBits Key(TItem item);

    static abstract int Place(TItem item);
}

internal readonly unsafe struct KeyDigits<TBits> : IDigits<TBits> where TBits : unmanaged, IBinaryInteger<TBits>
{
    public static int Passes => sizeof(TBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Digit(TBits item, int pass) => int.CreateTruncating(item >> (8 * pass)) & 255;
}

// A key of up to 32 bits above its place, in one word.
internal readonly unsafe struct PackedPairs<TBits> : IPairs<TBits, ulong> where TBits : unmanaged, IBinaryInteger<TBits>
{
    public static int Passes => sizeof(TBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Digit(ulong item, int pass) => (int)(item >> (32 + (8 * pass))) & 255;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Make(TBits key, long place) => (ulong.CreateTruncating(key) << 32) | (uint)place;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TBits Key(ulong item) => TBits.CreateTruncating(item >> 32);

    public static int Place(ulong item) => (int)(uint)item;
}

internal readonly record struct KeyAndPlace(ulong Key, ulong Place);

internal readonly struct WidePairs : IPairs<ulong, KeyAndPlace>
{
    public static int Passes => sizeof(ulong);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Digit(KeyAndPlace item, int pass) => (int)(item.Key >> (8 * pass)) & 255;

    public static KeyAndPlace Make(ulong key, long place) => new(key, (ulong)place);

    public static ulong Key(KeyAndPlace item) => item.Key;

    public static int Place(KeyAndPlace item) => (int)item.Place;
}
