namespace Keras;

/// <summary>The dimensions of a dataset or an attribute, and how far each may grow.</summary>
readonly record struct Hdf5Space(long[] Dims, long[] MaxDims, long Count, bool IsNull)
{
    internal const long Unlimited = long.MaxValue;

    const int MaxRank = 32;

    internal static Hdf5Space Read(Hdf5Source source, ReadOnlySpan<byte> data)
    {
        var cursor = new Hdf5Cursor(source, data, "data space");
        var version = cursor.Version(1, 2);
        var (rank, flags) = (cursor.U8(), cursor.U8());
        var kind = version == 2 ? cursor.U8() : 1;
        if (version == 1) cursor.Skip(5);
        if (rank > MaxRank || kind > 2) throw source.Bad("the data space is none", $"a rank of at most {MaxRank}", $"rank {rank}, kind {kind}");
        if (kind == 2) return new Hdf5Space([], [], 0, IsNull: true);
        var dims = new long[rank];
        UInt128 count = 1;
        for (var i = 0; i < rank; i++)
        {
            dims[i] = cursor.Length();
            // Held below 2^64 after each factor; the next product cannot overflow.
            count = UInt128.Min(count * (UInt128)dims[i], ulong.MaxValue);
        }
        if (count > long.MaxValue) throw source.Bad("there are more elements than any memory holds", $"at most {long.MaxValue}", string.Join(" × ", dims));
        var most = dims;
        if ((flags & 1) != 0)
        {
            most = new long[rank];
            for (var i = 0; i < rank; i++)
            {
                // The largest number of the width stands for any size.
                most[i] = (long)Math.Min(cursor.UInt(source.LengthSize), Unlimited);
                if (source.LengthSize < sizeof(long) && most[i] == (1L << 8 * source.LengthSize) - 1) most[i] = Unlimited;
                if (most[i] < dims[i]) throw source.Bad("a dimension is larger than it may grow", $"at most {most[i]}", dims[i]);
            }
        }
        return new Hdf5Space(dims, most, (long)count, IsNull: false);
    }
}
