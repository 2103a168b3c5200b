namespace Keras;

/// <summary>The heap that keeps texts of variable length.</summary>
sealed class Hdf5GlobalHeap(Hdf5Source source)
{
    readonly Dictionary<long, Dictionary<int, (long Address, long Size)>> _collections = [];

    /// <summary>The first bytes of an object.</summary>
    internal byte[] Get(long collection, int index, long count)
    {
        if (!_collections.TryGetValue(collection, out var objects)) _collections[collection] = objects = Read(collection);
        if (!objects.TryGetValue(index, out var found)) throw source.Bad("a text is not in its heap", $"object {index}", "none");
        if (count > found.Size) throw source.Bad("a text is longer than its place in the heap", $"at most {found.Size} bytes", count);
        return source.Block(found.Address, count);
    }

    Dictionary<int, (long, long)> Read(long address)
    {
        var prefix = 8 + source.LengthSize;
        var cursor = new Hdf5Cursor(source, source.Peek(address, prefix), "global heap");
        cursor.Signature("GCOL"u8);
        cursor.Version(1, 1);
        cursor.Skip(3);
        var size = cursor.Length();
        source.Check(address, size);
        var (at, end) = (address + prefix, address + size);
        Dictionary<int, (long, long)> objects = [];
        while (at + prefix <= end)
        {
            var head = new Hdf5Cursor(source, source.Peek(at, prefix), "object of a global heap");
            var index = head.U16();
            head.Skip(6);
            var length = head.Length();
            at += prefix;
            // The object 0 is what is free, and stands last.
            if (index == 0) break;
            if (length > end - at) throw source.Bad("an object is larger than its heap", $"at most {end - at} bytes", length);
            if (!objects.TryAdd(index, (at, length))) throw source.Bad("two objects of a heap have one number", "different numbers", index);
            at += Math.Min(end - at, Hdf5Bytes.Pad8(length));
        }
        return objects;
    }
}
