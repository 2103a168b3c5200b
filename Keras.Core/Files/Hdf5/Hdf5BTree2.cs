using System.Numerics;

namespace Keras;

/// <summary>The records of a version 2 B-tree, in order.</summary>
static class Hdf5BTree2
{
    const int NodeOverhead = 10;
    const int MaxDepth = 32;

    internal const int HugeObjects = 1, LinkNames = 5, AttributeNames = 8, Chunks = 10, FilteredChunks = 11;

    sealed class Tree
    {
        internal required Hdf5Source Source;
        internal required int Type, RecordSize;
        internal required int CountWidth;
        internal required int[] TotalWidth, Capacity;
        internal List<ReadOnlyMemory<byte>> Records = [];
        internal HashSet<long> Nodes = [];
    }

    internal static List<ReadOnlyMemory<byte>> Read(Hdf5Source source, long address, int type)
    {
        var size = 4 + 1 + 1 + 4 + 2 + 2 + 1 + 1 + source.AddressSize + 2 + source.LengthSize + 4;
        var block = source.Block(address, size);
        var cursor = new Hdf5Cursor(source, block, "B-tree");
        cursor.Signature("BTHD"u8);
        Hdf5Checksum.Verify(source, block, "B-tree");
        cursor.Version(0, 0);
        if (cursor.U8() is var found && found != type) throw source.Bad("the B-tree holds other records", type, found);
        var (nodeSize, recordSize, depth) = ((long)cursor.U32(), cursor.U16(), cursor.U16());
        cursor.Skip(2);
        var (root, count) = (cursor.Address(), cursor.U16());
        if (recordSize == 0 || nodeSize < NodeOverhead + recordSize || nodeSize > source.Length || depth > MaxDepth)
            throw source.Bad("the B-tree has impossible sizes", "nodes that hold a record and fit the file", $"nodes of {nodeSize}, records of {recordSize}, depth {depth}");
        if (root == Hdf5Source.Undefined || count == 0) return [];
        var tree = Measure(source, type, (int)nodeSize, recordSize, depth);
        ReadNode(tree, root, count, depth);
        return tree.Records;
    }

    /// <summary>The widths of counts in a node follow from how many records the nodes below can hold.</summary>
    static Tree Measure(Hdf5Source source, int type, int nodeSize, int recordSize, int depth)
    {
        var (capacity, width) = (new int[depth + 1], new int[depth + 1]);
        capacity[0] = (nodeSize - NodeOverhead) / recordSize;
        var total = (UInt128)capacity[0];
        var countWidth = Width((ulong)capacity[0]);
        for (var level = 1; level <= depth; level++)
        {
            var pointer = source.AddressSize + countWidth + (level > 1 ? width[level - 1] : 0);
            capacity[level] = Math.Max(0, (nodeSize - NodeOverhead - pointer) / (recordSize + pointer));
            total = UInt128.Min((UInt128)(capacity[level] + 1) * total + (UInt128)capacity[level], ulong.MaxValue);
            width[level] = Width((ulong)total);
        }
        return new Tree { Source = source, Type = type, RecordSize = recordSize, CountWidth = countWidth, TotalWidth = width, Capacity = capacity };
    }

    static int Width(ulong most) => BitOperations.Log2(Math.Max(1, most)) / 8 + 1;

    static void ReadNode(Tree tree, long address, int count, int level)
    {
        var source = tree.Source;
        if (count > tree.Capacity[level]) throw source.Bad("a node of the B-tree holds more records than fit", tree.Capacity[level], count);
        if (!tree.Nodes.Add(address)) throw source.Bad("a node of the B-tree is in two places", "nodes in a tree", $"another way to {address}");
        var pointer = level == 0 ? 0 : source.AddressSize + tree.CountWidth + (level > 1 ? tree.TotalWidth[level - 1] : 0);
        var block = source.Block(address, NodeOverhead + (long)count * tree.RecordSize + (level == 0 ? 0 : (count + 1L) * pointer));
        Hdf5Checksum.Verify(source, block, "node of a B-tree");
        var cursor = new Hdf5Cursor(source, block, "node of a B-tree");
        cursor.Signature(level == 0 ? "BTLF"u8 : "BTIN"u8);
        cursor.Version(0, 0);
        if (cursor.U8() is var found && found != tree.Type) throw source.Bad("the node of the B-tree holds other records", tree.Type, found);
        var records = block.AsMemory(cursor.Position, count * tree.RecordSize);
        cursor.Skip(records.Length);
        for (var i = 0; i <= count; i++)
        {
            if (level > 0)
            {
                var (child, below) = (cursor.Address(), cursor.Count(tree.CountWidth));
                if (level > 1) cursor.Skip(tree.TotalWidth[level - 1]);
                ReadNode(tree, child, (int)Math.Min(below, int.MaxValue), level - 1);
            }
            if (i == count) break;
            if (tree.Records.Count >= source.Limits.MaxEntries) throw source.Bad("there are too many entries", $"at most {source.Limits.MaxEntries}", "more");
            tree.Records.Add(records.Slice(i * tree.RecordSize, tree.RecordSize));
        }
    }
}
