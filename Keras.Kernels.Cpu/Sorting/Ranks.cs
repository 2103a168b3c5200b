using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Sorting;

// Short rows: the place of a key among the sorted ones is the number of keys before it, counted a vector at a time.
internal static unsafe class Ranks
{
    // Up to where counting all pairs is faster than sorting by digits.
    internal static int Longest<TBits>() where TBits : unmanaged =>
        sizeof(TBits) == 1 ? 32 : sizeof(TBits) == 2 ? 96 : Vector512.IsHardwareAccelerated ? 192 : 96;

    internal const int MaxKeys = 256;

    // Keys behind the last one, up to a whole vector: none is below another key.
    internal static int Pad<TKey>(TKey* keys, int n) where TKey : unmanaged, IMinMaxValue<TKey>
    {
        var vectors = (n + Vector512<TKey>.Count - 1) / Vector512<TKey>.Count;
        for (var i = n; i < vectors * Vector512<TKey>.Count; i++) keys[i] = TKey.MaxValue;
        return vectors;
    }

    // The keys of a row, equal zeros as equals, widened to the lanes that are counted in.
    internal static int Stage<T, TBits, TKey>(TBits* x, TKey* keys, int n)
        where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits>
        where TKey : unmanaged, IBinaryInteger<TKey>, IMinMaxValue<TKey>
    {
        if (typeof(TBits) == typeof(TKey)) Keys<T, TBits>.EncodeEqualZeros(x, (TBits*)keys, n);
        else
            for (var i = 0; i < n; i++) keys[i] = TKey.CreateTruncating(Keys<T, TBits>.OfEqualZeros(x[i]));
        return Pad(keys, n);
    }

    // How many keys stand before key i: the smaller ones, and the equal ones to the left.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Of<TKey>(TKey* keys, int vectors, int i) where TKey : unmanaged
    {
        var key = Vector512.Create(keys[i]);
        int own = (int)((uint)i / (uint)Vector512<TKey>.Count), rank = 0;
        var left = (1UL << (int)((uint)i % (uint)Vector512<TKey>.Count)) - 1;
        for (var v = 0; v < own; v++)
            rank += Count(Vector512.LessThanOrEqual(Vector512.Load(keys + (v * Vector512<TKey>.Count)), key));
        var around = Vector512.Load(keys + (own * Vector512<TKey>.Count));
        rank += BitOperations.PopCount(Vector512.LessThan(around, key).ExtractMostSignificantBits()
            | (Vector512.Equals(around, key).ExtractMostSignificantBits() & left));
        for (var v = own + 1; v < vectors; v++)
            rank += Count(Vector512.LessThan(Vector512.Load(keys + (v * Vector512<TKey>.Count)), key));
        return rank;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Count<TKey>(Vector512<TKey> mask) where TKey : unmanaged => BitOperations.PopCount(mask.ExtractMostSignificantBits());
}
