using System.Text;

namespace Keras;

/// <summary>An attribute to be written: a text, or a list of texts that has a length.</summary>
sealed class Hdf5AttributeWriter(string name, IReadOnlyList<string> texts, bool isList)
{
    const int Element = 16;

    /// <summary>The empty list becomes an empty array of float64, as h5py writes it.</summary>
    readonly byte[] _type = texts.Count == 0 ? Hdf5TypeCode.Of(DType.Float64) : Hdf5TypeCode.Text.ToArray();

    internal string Name => name;

    internal IReadOnlyList<string> Texts => texts;

    int NameSize => Encoding.UTF8.GetByteCount(name) + 1;

    int SpaceSize => isList ? 16 : 8;

    /// <summary>The size of the message with its prefix.</summary>
    internal int MessageSize => 8 + 8 + Hdf5Bytes.Pad8(NameSize) + Hdf5Bytes.Pad8(_type.Length) + SpaceSize + texts.Count * Element;

    internal void Write(Hdf5Bytes bytes, Hdf5HeapWriter heap, ref int at)
    {
        var end = at + MessageSize;
        bytes.U16(ref at, Hdf5Message.Attribute).U16(ref at, MessageSize - 8).U32(ref at, 0);
        bytes.U8(ref at, 1).U8(ref at, 0).U16(ref at, NameSize).U16(ref at, _type.Length).U16(ref at, SpaceSize).Text(ref at, name);
        at = Hdf5Bytes.Pad8(at);
        bytes.Put(ref at, _type);
        at = Hdf5Bytes.Pad8(at);
        Hdf5Writer.WriteSpace(bytes, ref at, isList ? [texts.Count] : []);
        foreach (var text in texts)
        {
            var (collection, index) = heap.Next();
            var size = Encoding.UTF8.GetByteCount(text);
            // An empty text is stored nowhere.
            bytes.U32(ref at, size).U64(ref at, size == 0 ? 0 : collection).U32(ref at, size == 0 ? 0 : index);
        }
        at = end;
    }
}

/// <summary>Writes the heap of texts: all collections first, so that attributes then only refer to them.</summary>
sealed class Hdf5HeapWriter(Hdf5Bytes bytes)
{
    const int SmallestCollection = 4096;
    const int MaxObjects = 32768;
    const int Prefix = 16;

    readonly Queue<(int Collection, int Index)> _places = [];

    /// <summary>The place of the next text, in the order in which they were written.</summary>
    internal (int Collection, int Index) Next() => _places.Dequeue();

    /// <summary>Writes the texts of all attributes of an object and of what it holds.</summary>
    internal void Write(Hdf5ObjectWriter item)
    {
        var texts = new List<string>();
        Collect(item, texts);
        foreach (var part in texts.Chunk(MaxObjects)) WriteCollection(part);
    }

    /// <summary>The order is that in which headers are written: children first, then the object itself.</summary>
    static void Collect(Hdf5ObjectWriter item, List<string> texts)
    {
        if (item is Hdf5GroupWriter group)
            foreach (var child in group.Children) Collect(child, texts);
        foreach (var attribute in item.Attributes) texts.AddRange(attribute.Texts);
    }

    void WriteCollection(string[] texts)
    {
        var used = Prefix + texts.Sum(text => Prefix + Hdf5Bytes.Pad8(Encoding.UTF8.GetByteCount(text)));
        var size = Math.Max(SmallestCollection, used + Prefix);
        var start = bytes.Reserve(size);
        var at = start;
        bytes.Put(ref at, "GCOL"u8).U32(ref at, 1).U64(ref at, size);
        for (var i = 0; i < texts.Length; i++)
        {
            var length = Encoding.UTF8.GetByteCount(texts[i]);
            _places.Enqueue((start, i + 1));
            bytes.U16(ref at, i + 1).U16(ref at, 0).U32(ref at, 0).U64(ref at, length).Put(ref at, Encoding.UTF8.GetBytes(texts[i]));
            at = Hdf5Bytes.Pad8(at);
        }
        bytes.U64(ref at, 0).U64(ref at, size - used);
    }
}
