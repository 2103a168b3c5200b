using System.Text;
using System.Text.Unicode;

namespace Keras;

/// <summary>What a name in a group leads to. Only hard links are followed: others name something that may lie elsewhere, even in
/// another file, and are kept only to be refused by <see cref="Refused"/>.</summary>
readonly record struct Hdf5Link(long Address, string? Refused, long? Order);

/// <summary>Reads what a group holds, in whichever of the format's three ways.</summary>
sealed class Hdf5Links
{
    const int MaxName = 65536;
    const int MaxLevel = 32;

    readonly Hdf5Source _source;
    readonly Dictionary<string, Hdf5Link> _links = [];

    Hdf5Links(Hdf5Source source) => _source = source;

    internal static Dictionary<string, Hdf5Link> Read(Hdf5Source source, List<Hdf5Message> messages)
    {
        var links = new Hdf5Links(source);
        foreach (var message in messages)
            switch (message.Type)
            {
                case Hdf5Message.SymbolTable: links.ReadSymbolTable(message.Data.Span); break;
                case Hdf5Message.Link: links.ReadLink(message.Data.Span); break;
                case Hdf5Message.LinkInfo: links.ReadDense(message.Data.Span); break;
            }
        return links._links;
    }

    void Add(string name, Hdf5Link link)
    {
        if (name.Length == 0 || name.Contains('/')) throw _source.Bad("a link's name is none", "a name without a slash", ModelFileException.Quoted(name));
        if (_links.Count >= _source.Limits.MaxEntries) throw _source.Bad("the group holds too much", $"at most {_source.Limits.MaxEntries}", "more");
        if (link.Refused is null && link.Address == Hdf5Source.Undefined) throw _source.Bad("a link leads nowhere", "an address", $"none for {ModelFileException.Quoted(name)}");
        if (!_links.TryAdd(name, link)) throw _source.Bad("two links of a group have one name", "different names", $"{ModelFileException.Quoted(name)} twice");
    }

    void ReadSymbolTable(ReadOnlySpan<byte> data)
    {
        var cursor = new Hdf5Cursor(_source, data, "symbol table");
        var (tree, heap) = (cursor.Address(), cursor.Address());
        var header = new Hdf5Cursor(_source, _source.Peek(heap, 8 + 2 * _source.LengthSize + _source.AddressSize), "local heap");
        header.Signature("HEAP"u8);
        header.Version(0, 0);
        header.Skip(3);
        var size = header.Length();
        header.Length();
        ReadTree(tree, _source.Block(header.Address(), size), -1);
    }

    void ReadTree(long address, byte[] names, int expected)
    {
        var (level, count) = TreeNode(_source, address, 0, expected);
        var pair = _source.LengthSize + _source.AddressSize;
        var cursor = new Hdf5Cursor(_source, _source.Block(address + 8 + 2 * _source.AddressSize, (long)count * pair), "B-tree of a group");
        for (var i = 0; i < count; i++)
        {
            cursor.Length();
            var child = cursor.Address();
            if (level > 0) ReadTree(child, names, level - 1);
            else ReadSymbols(child, names);
        }
    }

    /// <summary>The level of a node of a version 1 B-tree, which is one less than its parent's, and its number of children.</summary>
    internal static (int Level, int Count) TreeNode(Hdf5Source source, long address, int type, int expected)
    {
        var cursor = new Hdf5Cursor(source, source.Peek(address, 8 + 2 * source.AddressSize), "B-tree");
        cursor.Signature("TREE"u8);
        if (cursor.U8() is var found && found != type) throw source.Bad("the B-tree is of another kind", type, found);
        var level = cursor.U8();
        if (expected < 0 ? level > MaxLevel : level != expected)
            throw source.Bad("a node of the B-tree is at the wrong level", expected < 0 ? $"at most {MaxLevel}" : $"{expected}", level);
        return (level, cursor.U16());
    }

    void ReadSymbols(long address, byte[] names)
    {
        var head = new Hdf5Cursor(_source, _source.Peek(address, 8), "symbol node");
        head.Signature("SNOD"u8);
        head.Version(1, 1);
        head.Skip(1);
        var count = head.U16();
        var cursor = new Hdf5Cursor(_source, _source.Block(address + 8, (long)count * (2 * _source.AddressSize + 24)), "symbol node");
        for (var i = 0; i < count; i++)
        {
            var (name, target, kind) = (HeapName(names, cursor.Address()), cursor.Address(), cursor.U32());
            cursor.Skip(20);
            if (kind > 2) throw _source.Bad("an entry of a group is of an unknown kind", "0 to 2", kind);
            Add(name, new Hdf5Link(target, kind == 2 ? "a soft link" : null, null));
        }
    }

    string HeapName(byte[] names, long offset)
    {
        if (offset < 0 || offset >= names.Length) throw _source.Bad("a name lies outside the heap of its group", $"less than {names.Length}", offset);
        var name = names.AsSpan((int)offset);
        return name[..Math.Min(MaxName + 1, name.Length)].IndexOf((byte)0) is var end and >= 0 ? Name(name[..end])
            : throw _source.Bad("a name has no end", $"at most {MaxName} bytes", "more");
    }

    string Name(ReadOnlySpan<byte> bytes) => Text(_source, bytes, "name");

    /// <summary>Decodes UTF-8, and refuses what is none.</summary>
    internal static string Text(Hdf5Source source, ReadOnlySpan<byte> bytes, string what) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes)
        : throw source.Bad($"the {what} is not text", "UTF-8", $"{bytes.Length} other bytes");

    void ReadLink(ReadOnlySpan<byte> data)
    {
        var cursor = new Hdf5Cursor(_source, data, "link");
        cursor.Version(1, 1);
        var flags = cursor.U8();
        var kind = (flags & 8) != 0 ? cursor.U8() : 0;
        long? order = (flags & 4) != 0 ? cursor.Count(8) : null;
        if ((flags & 16) != 0) cursor.Skip(1);
        var length = cursor.Count(1 << (flags & 3));
        if (length > MaxName) throw _source.Bad("a name is too long", $"at most {MaxName} bytes", length);
        var name = Name(cursor.Take(length));
        var refused = kind switch { 0 => null, 1 => "a soft link", 64 => "an external link", _ => $"a link of kind {kind}" };
        Add(name, new Hdf5Link(kind == 0 ? cursor.Address() : Hdf5Source.Undefined, refused, order));
    }

    void ReadDense(ReadOnlySpan<byte> data)
    {
        var cursor = new Hdf5Cursor(_source, data, "link info");
        cursor.Version(0, 0);
        if ((cursor.U8() & 1) != 0) cursor.Skip(8);
        var (heapAddress, tree) = (cursor.Address(), cursor.Address());
        if (heapAddress == Hdf5Source.Undefined) return;
        var heap = new Hdf5FractalHeap(_source, heapAddress);
        const int hash = 4;
        foreach (var record in Hdf5BTree2.Read(_source, tree, Hdf5BTree2.LinkNames)) ReadLink(heap.Get(record[Math.Min(hash, record.Length)..]).Span);
    }
}
