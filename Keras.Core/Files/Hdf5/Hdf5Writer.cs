using System.Text;

namespace Keras;

/// <summary>Writes an HDF5 file of the oldest and most widely read form: the one that Keras's own files have. Groups, datasets
/// and attributes are named first; then all is written in one pass, each dataset when its turn comes, so that nothing but
/// structure is held in memory and the stream need not seek.</summary>
sealed class Hdf5Writer
{
    internal const int SuperblockSize = 96;

    readonly List<(int At, Hdf5DatasetWriter Dataset)> _places = [];

    /// <summary>The group that holds all.</summary>
    internal Hdf5GroupWriter Root { get; } = new("/");

    /// <summary>Writes the file, from the stream's position on.</summary>
    /// <exception cref="InvalidOperationException">A dataset's source gave more or fewer bytes than its shape says.</exception>
    internal void WriteTo(Stream stream)
    {
        _places.Clear();
        var bytes = new Hdf5Bytes();
        var superblock = bytes.Reserve(SuperblockSize);
        var heap = new Hdf5HeapWriter(bytes);
        heap.Write(Root);
        var (header, tree, names) = WriteGroup(bytes, heap, Root);
        var end = Place(bytes);
        WriteSuperblock(bytes, superblock, end, header, tree, names);
        stream.Write(bytes.Written);
        Span<byte> padding = stackalloc byte[8];
        padding.Clear();
        foreach (var (_, dataset) in _places)
        {
            dataset.WriteTo(stream);
            stream.Write(padding[..(int)(Hdf5Bytes.Pad8(dataset.Bytes) - dataset.Bytes)]);
        }
    }

    /// <summary>Gives every dataset its place behind the structure; the file's length comes back.</summary>
    long Place(Hdf5Bytes bytes)
    {
        long end = bytes.Count;
        foreach (var (at, dataset) in _places)
        {
            var place = at;
            bytes.U64(ref place, end);
            end += Hdf5Bytes.Pad8(dataset.Bytes);
        }
        return end;
    }

    static void WriteSuperblock(Hdf5Bytes bytes, int at, long end, int header, int tree, int names)
    {
        bytes.Put(ref at, Hdf5File.Signature).Put(ref at, [0, 0, 0, 0, 0, sizeof(long), sizeof(long), 0]);
        bytes.U16(ref at, Hdf5TreeWriter.LeafSize / 2).U16(ref at, Hdf5TreeWriter.NodeSize / 2).U32(ref at, 0);
        bytes.U64(ref at, 0).U64(ref at, -1).U64(ref at, end).U64(ref at, -1);
        bytes.U64(ref at, 0).U64(ref at, header).U32(ref at, 1).U32(ref at, 0).U64(ref at, tree).U64(ref at, names);
    }

    (int Header, int Tree, int Names) WriteGroup(Hdf5Bytes bytes, Hdf5HeapWriter heap, Hdf5GroupWriter group)
    {
        var entries = new List<Hdf5TreeWriter.Entry>();
        foreach (var child in group.Children)
            if (child is Hdf5GroupWriter inner)
            {
                var (at, below, labels) = WriteGroup(bytes, heap, inner);
                entries.Add(new(child.Name, at, below, labels));
            }
            else entries.Add(new(child.Name, WriteDataset(bytes, heap, (Hdf5DatasetWriter)child), 0, 0));
        entries.Sort((a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        var (tree, names) = Hdf5TreeWriter.Write(bytes, entries);
        var header = WriteHeader(bytes, heap, group, 8 + 16, 1, out var message);
        bytes.U16(ref message, Hdf5Message.SymbolTable).U16(ref message, 16).U32(ref message, 0).U64(ref message, tree).U64(ref message, names);
        return (header, tree, names);
    }

    int WriteDataset(Hdf5Bytes bytes, Hdf5HeapWriter heap, Hdf5DatasetWriter dataset)
    {
        var type = Hdf5TypeCode.Of(dataset.DType);
        var space = 8 + 8 * dataset.Shape.Rank;
        var own = 4 * 8 + space + Hdf5Bytes.Pad8(type.Length) + 8 + 24;
        var header = WriteHeader(bytes, heap, dataset, own, 4, out var at);
        bytes.U16(ref at, Hdf5Message.Space).U16(ref at, space).U32(ref at, 0);
        WriteSpace(bytes, ref at, dataset.Shape.Dims);
        bytes.U16(ref at, Hdf5Message.DataType).U16(ref at, Hdf5Bytes.Pad8(type.Length)).U32(ref at, 1).Put(ref at, type);
        at = Hdf5Bytes.Pad8(at);
        // Version 2, space allocated late, filled where a value is set, none set: what h5py writes.
        bytes.U16(ref at, Hdf5Message.Fill).U16(ref at, 8).U32(ref at, 1).Put(ref at, [2, 2, 2, 1, 0, 0, 0, 0]);
        bytes.U16(ref at, Hdf5Message.Layout).U16(ref at, 24).U32(ref at, 0).Put(ref at, [3, 1]);
        var place = at;
        bytes.U64(ref at, -1).U64(ref at, dataset.Bytes);
        if (dataset.Bytes > 0) _places.Add((place, dataset));
        return header;
    }

    internal static void WriteSpace(Hdf5Bytes bytes, ref int at, ReadOnlySpan<int> dims)
    {
        bytes.U8(ref at, 1).U8(ref at, dims.Length);
        at += 6;
        foreach (var dim in dims) bytes.U64(ref at, dim);
    }

    /// <summary>Writes a header with the attributes, and tells where the object's own messages go.</summary>
    static int WriteHeader(Hdf5Bytes bytes, Hdf5HeapWriter heap, Hdf5ObjectWriter item, int own, int messages, out int place)
    {
        const int prefix = 16;
        var sizes = item.Attributes.ConvertAll(a => a.MessageSize);
        var at = bytes.Reserve(prefix + own + sizes.Sum());
        var header = at;
        bytes.U8(ref at, 1).U8(ref at, 0).U16(ref at, messages + sizes.Count).U32(ref at, 1).U32(ref at, own + sizes.Sum()).U32(ref at, 0);
        place = at;
        at += own;
        foreach (var attribute in item.Attributes) attribute.Write(bytes, heap, ref at);
        return header;
    }
}

/// <summary>A group or a dataset to be written.</summary>
abstract class Hdf5ObjectWriter
{
    const int MaxMessage = 65528;

    private protected Hdf5ObjectWriter(string name) => Name = name;

    internal string Name { get; }

    internal List<Hdf5AttributeWriter> Attributes { get; } = [];

    /// <summary>Sets an attribute that is one text.</summary>
    internal void Attribute(string name, string text) => Add(new(name, [text], isList: false));

    /// <summary>Sets an attribute that is a list of texts.</summary>
    /// <exception cref="ArgumentException">The list does not fit the 64 KiB that the format allows.</exception>
    internal void Attribute(string name, IReadOnlyList<string> texts) => Add(new(name, texts, isList: true));

    void Add(Hdf5AttributeWriter attribute)
    {
        if (attribute.MessageSize - 8 > MaxMessage)
            throw Errors.Argument($"HDF5 \"{Name}\"", $"attribute \"{attribute.Name}\" is too large for the format", $"at most {MaxMessage} bytes", attribute.MessageSize - 8, "Split the list.");
        if (Attributes.Exists(a => a.Name == attribute.Name)) throw Errors.Argument($"HDF5 \"{Name}\"", "there is such an attribute", "a new name", $"\"{attribute.Name}\"");
        Attributes.Add(attribute);
    }
}

/// <summary>A group to be written.</summary>
sealed class Hdf5GroupWriter : Hdf5ObjectWriter
{
    readonly Dictionary<string, Hdf5ObjectWriter> _children = [];

    internal Hdf5GroupWriter(string name) : base(name) { }

    internal IEnumerable<Hdf5ObjectWriter> Children => _children.Values;

    /// <summary>The group at a path below this one, made where there is none.</summary>
    internal Hdf5GroupWriter Group(string path)
    {
        var group = this;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!group._children.TryGetValue(name, out var child)) group._children[name] = child = new Hdf5GroupWriter(name);
            group = child as Hdf5GroupWriter ?? throw Errors.Argument($"HDF5 \"{path}\"", "a dataset stands where a group is to be", "a group", $"dataset \"{name}\"");
        }
        return group;
    }

    /// <summary>Adds a dataset at a path below this group; <paramref name="write"/> is called once, when its bytes are due, and
    /// writes exactly as many as dtype and shape say.</summary>
    internal Hdf5DatasetWriter Dataset(string path, DType dtype, Shape shape, Action<Stream> write)
    {
        var cut = path.LastIndexOf('/');
        var (group, name) = (Group(cut < 0 ? "" : path[..cut]), path[(cut + 1)..]);
        var dataset = new Hdf5DatasetWriter(name, dtype, shape, write);
        if (name.Length == 0 || !group._children.TryAdd(name, dataset)) throw Errors.Argument($"HDF5 \"{path}\"", "there is such an object, or no name", "a new name", $"\"{name}\"");
        if (RawArray.IsOpaque(dtype)) dataset.Attribute("dtype", dtype.Name());
        return dataset;
    }

    /// <summary>Adds a dataset of bytes at hand.</summary>
    internal Hdf5DatasetWriter Dataset(string path, DType dtype, Shape shape, ReadOnlyMemory<byte> data) => Dataset(path, dtype, shape, to => to.Write(data.Span));
}

/// <summary>A dataset to be written.</summary>
sealed class Hdf5DatasetWriter : Hdf5ObjectWriter
{
    readonly Action<Stream> _write;

    internal Hdf5DatasetWriter(string name, DType dtype, Shape shape, Action<Stream> write) : base(name) =>
        (DType, Shape, Bytes, _write) = (dtype, shape, shape.Size * dtype.Size(), write);

    internal DType DType { get; }

    internal Shape Shape { get; }

    internal long Bytes { get; }

    internal void WriteTo(Stream stream)
    {
        var counted = new Hdf5CountingStream(stream);
        _write(counted);
        if (counted.Count != Bytes) throw Errors.Invalid($"HDF5 \"{Name}\"", "the source gave another number of bytes than the shape says", Bytes, counted.Count);
    }
}
