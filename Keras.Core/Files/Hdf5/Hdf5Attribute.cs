namespace Keras;

/// <summary>An attribute, decoded when it is asked for: those that nobody reads may be of any kind.</summary>
sealed class Hdf5Attribute
{
    readonly string _name;
    readonly ReadOnlyMemory<byte> _type, _space, _data;
    readonly bool _isSharedType, _isSharedSpace;

    /// <summary>All attributes of an object, by name.</summary>
    internal static Dictionary<string, Hdf5Attribute> ReadAll(Hdf5Source source, List<Hdf5Message> messages)
    {
        Dictionary<string, Hdf5Attribute> attributes = [];
        foreach (var message in messages)
            if (message.Type == Hdf5Message.Attribute)
                Add(source, attributes, message.IsShared ? throw Shared(source) : message.Data);
            else if (message.Type == Hdf5Message.AttributeInfo)
                ReadDense(source, attributes, message.Data.Span);
        return attributes;
    }

    static ModelFileException Shared(Hdf5Source source) => source.Bad("shared attributes are not supported", "an attribute in its place", "a shared message");

    static void ReadDense(Hdf5Source source, Dictionary<string, Hdf5Attribute> attributes, ReadOnlySpan<byte> data)
    {
        var cursor = new Hdf5Cursor(source, data, "attribute info");
        cursor.Version(0, 0);
        if ((cursor.U8() & 1) != 0) cursor.Skip(2);
        var (address, tree) = (cursor.Address(), cursor.Address());
        if (address == Hdf5Source.Undefined) return;
        var heap = new Hdf5FractalHeap(source, address);
        const int id = 8;
        foreach (var record in Hdf5BTree2.Read(source, tree, Hdf5BTree2.AttributeNames))
            Add(source, attributes, record.Length > id && (record.Span[id] & Hdf5Header.SharedFlag) == 0 ? heap.Get(record[..id]) : throw Shared(source));
    }

    static void Add(Hdf5Source source, Dictionary<string, Hdf5Attribute> attributes, ReadOnlyMemory<byte> data)
    {
        if (attributes.Count >= Hdf5Header.MaxMessages) throw source.Bad("there are too many attributes", $"at most {Hdf5Header.MaxMessages}", "more");
        var attribute = new Hdf5Attribute(source, data);
        if (!attributes.TryAdd(attribute._name, attribute))
            throw source.Bad("two attributes have one name", "different names", $"{ModelFileException.Quoted(attribute._name)} twice");
    }

    Hdf5Attribute(Hdf5Source source, ReadOnlyMemory<byte> data)
    {
        var cursor = new Hdf5Cursor(source, data.Span, "attribute");
        var version = cursor.Version(1, 3);
        var flags = cursor.U8();
        if (version > 1) (_isSharedType, _isSharedSpace) = ((flags & 1) != 0, (flags & 2) != 0);
        var (name, type, space) = (cursor.U16(), cursor.U16(), cursor.U16());
        if (version == 3) cursor.Skip(1);
        var text = cursor.Take(name);
        _name = Hdf5Links.Text(source, text.IndexOf((byte)0) is var end and >= 0 ? text[..end] : text, "name of an attribute");
        Pad(ref cursor, name, version);
        _type = data.Slice(cursor.Position, cursor.Take(type).Length);
        Pad(ref cursor, type, version);
        _space = data.Slice(cursor.Position, cursor.Take(space).Length);
        Pad(ref cursor, space, version);
        _data = data[cursor.Position..];
    }

    static void Pad(ref Hdf5Cursor cursor, int size, int version) => cursor.Skip(version == 1 ? Hdf5Bytes.Pad8(size) - size : 0);

    (Hdf5Type Type, long Count) Read(Hdf5Source source)
    {
        if (_isSharedSpace) throw source.Bad("shared data spaces are not supported", "a data space in its place", "a shared message");
        var (type, space) = (Hdf5Type.Read(source, _type.Span, _isSharedType), Hdf5Space.Read(source, _space.Span));
        if (space.Count > _data.Length / type.Size) throw source.Bad($"attribute {ModelFileException.Quoted(_name)} is cut short", $"{space.Count} elements", $"{_data.Length / type.Size}");
        return (type, space.Count);
    }

    internal string[] Texts(Hdf5Source source)
    {
        var (type, count) = Read(source);
        return count == 0 ? [] : Hdf5Text.Decode(source, type, _data.Span, (int)count, $"attribute {ModelFileException.Quoted(_name)}");
    }
}

/// <summary>Decodes texts, of fixed length in their place or of variable length in the global heap.</summary>
static class Hdf5Text
{
    internal static string[] Decode(Hdf5Source source, Hdf5Type type, ReadOnlySpan<byte> data, int count, string what)
    {
        if (type.Kind is not (Hdf5Kind.Text or Hdf5Kind.FixedText)) throw source.Bad($"{what} is not text", "text", type.Name);
        var texts = new string[count];
        // Texts may share their bytes in a file; honest ones do not.
        var (most, total) = (Math.Min(source.Limits.MaxTextBytes, source.Length), 0L);
        for (var i = 0; i < count; i++)
        {
            var element = data.Slice(i * type.Size, type.Size);
            var bytes = type.Kind == Hdf5Kind.Text ? Variable(source, element) : Trim(element, type.IsSpacePadded);
            total += bytes.Length;
            if (total > most) throw source.Bad($"{what} is too long", $"at most {most} bytes", "more");
            texts[i] = Hdf5Links.Text(source, bytes, what);
        }
        return texts;
    }

    static ReadOnlySpan<byte> Variable(Hdf5Source source, ReadOnlySpan<byte> element)
    {
        var cursor = new Hdf5Cursor(source, element, "text");
        var (length, address, index) = (cursor.U32(), cursor.Address(), cursor.U32());
        if (length == 0) return default;
        if (length > source.Limits.MaxTextBytes) throw source.Bad("a text is too long", $"at most {source.Limits.MaxTextBytes} bytes", length);
        if (index > ushort.MaxValue) throw source.Bad("a text is not in its heap", "a number of at most 65535", index);
        var bytes = source.Heap.Get(address, (int)index, length).AsSpan();
        return bytes.IndexOf((byte)0) is var end and >= 0 ? bytes[..end] : bytes;
    }

    static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> element, bool isSpacePadded)
    {
        var end = element.IndexOf((byte)0);
        var text = end < 0 ? element : element[..end];
        return isSpacePadded ? text.TrimEnd((byte)' ') : text;
    }
}
