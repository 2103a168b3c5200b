using System.Text;

namespace Keras;

/// <summary>Writes what a group holds: names in a local heap, entries in nodes of 8, and a B-tree over these.</summary>
static class Hdf5TreeWriter
{
    internal const int LeafSize = 8, NodeSize = 32;

    const int EntryBytes = 40;

    /// <summary>An object of a group; tree and names are a group's own.</summary>
    internal readonly record struct Entry(string Name, int Header, int Tree, int Names)
    {
        internal byte[] Key { get; } = Encoding.UTF8.GetBytes(Name);
    }

    /// <summary>A node: the name that stands before all of its own, its last name, and where it lies.</summary>
    readonly record struct Node(int Before, int Last, int Address);

    /// <summary>Writes sorted entries, and tells where the tree and the heap of names lie.</summary>
    internal static (int Tree, int Names) Write(Hdf5Bytes bytes, List<Entry> entries)
    {
        var (names, offsets) = WriteNames(bytes, entries);
        var nodes = new List<Node>();
        for (var i = 0; i < entries.Count; i += LeafSize)
        {
            var count = Math.Min(LeafSize, entries.Count - i);
            nodes.Add(new(i == 0 ? 0 : offsets[i - 1], offsets[i + count - 1], WriteLeaf(bytes, entries, offsets, i, count)));
        }
        for (var level = 0; ; level++)
        {
            nodes = WriteLevel(bytes, nodes, level);
            if (nodes.Count == 1) return (nodes[0].Address, names);
        }
    }

    static (int Heap, int[] Offsets) WriteNames(Hdf5Bytes bytes, List<Entry> entries)
    {
        const int prefix = 32, nothing = 8, noFreeSpace = 1;
        var size = nothing + entries.Sum(entry => Hdf5Bytes.Pad8(entry.Key.Length + 1));
        var heap = bytes.Reserve(prefix + size);
        var at = heap;
        bytes.Put(ref at, "HEAP"u8).U32(ref at, 0).U64(ref at, size).U64(ref at, noFreeSpace).U64(ref at, heap + prefix);
        // The name at 0 is empty: it stands before all others.
        var offsets = new int[entries.Count];
        at += nothing;
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = at - heap - prefix;
            bytes.Put(ref at, entries[i].Key);
            at = Hdf5Bytes.Pad8(at + 1);
        }
        return (heap, offsets);
    }

    static int WriteLeaf(Hdf5Bytes bytes, List<Entry> entries, int[] offsets, int first, int count)
    {
        var leaf = bytes.Reserve(8 + LeafSize * EntryBytes);
        var at = leaf;
        bytes.Put(ref at, "SNOD"u8).U8(ref at, 1).U8(ref at, 0).U16(ref at, count);
        for (var i = first; i < first + count; i++)
        {
            var entry = entries[i];
            bytes.U64(ref at, offsets[i]).U64(ref at, entry.Header).U32(ref at, entry.Tree == 0 ? 0 : 1).U32(ref at, 0).U64(ref at, entry.Tree).U64(ref at, entry.Names);
        }
        return leaf;
    }

    static List<Node> WriteLevel(Hdf5Bytes bytes, List<Node> below, int level)
    {
        const int size = 24 + (2 * NodeSize + 1) * 8;
        var nodes = new List<Node>();
        var first = bytes.Count;
        var count = Math.Max(1, (below.Count + NodeSize - 1) / NodeSize);
        for (var i = 0; i < count; i++)
        {
            var children = below.GetRange(i * NodeSize, Math.Min(NodeSize, below.Count - i * NodeSize));
            var address = bytes.Reserve(size);
            var at = address;
            bytes.Put(ref at, "TREE"u8).U8(ref at, 0).U8(ref at, level).U16(ref at, children.Count);
            bytes.U64(ref at, i == 0 ? -1 : first + (i - 1) * size).U64(ref at, i == count - 1 ? -1 : first + (i + 1) * size);
            var before = children.Count == 0 ? 0 : children[0].Before;
            bytes.U64(ref at, before);
            foreach (var child in children) bytes.U64(ref at, child.Address).U64(ref at, child.Last);
            nodes.Add(new(before, children.Count == 0 ? 0 : children[^1].Last, address));
        }
        return nodes;
    }
}
