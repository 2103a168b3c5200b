using System.Text;
using Keras.Tests;
using static Keras.Core.Tests.Files.Hdf5Builder;
using static Keras.Core.Tests.Files.Hdf5Hostile;

namespace Keras.Core.Tests.Files;

/// <summary>Files that lead out of themselves, or round in circles: never followed, and harmless until asked for.</summary>
sealed class Hdf5LinkTests
{
    const string NotFollowed = "links to somewhere else are not followed. Expected: a hard link. Received: ";

    static IEnumerable<TestCaseData> Cases()
    {
        yield return Case("hard link", One(Space(2), Type(Hdf5TypeCode.Of(DType.UInt8)), Compact(1, 2)), null);
        yield return Case("external link", WithLink(64, [.. U16(12), 0, .. "/etc/passwd\0/x\0"u8]), $"{NotFollowed}an external link");
        yield return Case("soft link", WithLink(1, [.. U16(2), .. "/y"u8]), $"{NotFollowed}a soft link");
        yield return Case("user-defined link", WithLink(200, [.. U16(2), .. "/y"u8]), $"{NotFollowed}a link of kind 200");
        yield return Case("two soft links at each other", new Hdf5Builder().File(SoftLink("a", "/b"), SoftLink("b", "/a")), $"{NotFollowed}a soft link");
        yield return Case("soft link of an old group", OldSoftLink(), $"{NotFollowed}a soft link");
        yield return Case("external storage", One(Space(2), Type(Hdf5TypeCode.Of(DType.UInt8)), Contiguous(Undefined, 2), Message(Hdf5Message.ExternalFiles, new byte[24])), "external storage is refused");
        yield return Case("virtual dataset", One(Space(2), Type(Hdf5TypeCode.Of(DType.UInt8)), Message(Hdf5Message.Layout, [4, 3, .. U64(96), .. U32(1)])), "virtual datasets are refused");
        yield return Case("group that holds the root", Cycle(), "[HDF5 \"/down/up\"] a group is in two places. Expected: groups in a tree. Received: a second link to one.");
        yield return Case("object reference", One(Space(1), Type([0x17, 0, 0, 0, 8, 0, 0, 0]), Compact(new byte[8])), "the elements are not numbers that Keras has. Expected: integers, floats, complex or truth values. Received: reference of 8 bytes");
        yield return Case("region reference", One(Space(1), Type([0x17, 1, 0, 0, 12, 0, 0, 0]), Compact(new byte[12])), "Received: reference of 12 bytes");
        yield return Case("committed type", Committed(chain: false), null);
        yield return Case("chain of committed types", Committed(chain: true), "a shared type is shared again");
        yield return Case("driver that spreads the file", Patch(new Hdf5Builder().File(), 48, U64(96)), "the file is one of several");
        foreach (var driver in (string[])["NCSAfami", "NCSAmult"])
        {
            byte[] block = [.. Encoding.ASCII.GetBytes(driver), .. U64(4096)];
            yield return Case($"driver {driver} of the superblock", Driven([0, 0, 0, 0, .. U32(8), .. block]), "the file is one of several");
            yield return Case($"driver {driver} of the superblock's extension", Extended(Message(Hdf5Message.Driver, [0, .. block[..8], .. U16(8), .. block[8..]])), "the file is one of several");
        }
        yield return Case("no driver in the superblock's extension", Extended(Message(0x13, [0, .. U16(32), .. U16(16), .. U16(4)])), null);
        yield return Case("extension of the superblock outside the file", Extended(), "the structure points outside the file");
        yield return Case("group that holds itself", SelfHolding(), "a group is in two places");
    }

    /// <summary>A file whose superblock has a block of a driver.</summary>
    static byte[] Driven(byte[] block)
    {
        var builder = new Hdf5Builder();
        var at = builder.Add(block);
        return Patch(builder.File(), 48, U64(at));
    }

    /// <summary>A file whose superblock has an extension with messages, or one that is not there.</summary>
    static byte[] Extended(params byte[][] messages)
    {
        var builder = new Hdf5Builder();
        var extension = messages.Length == 0 ? 1 << 20 : builder.Header(messages);
        var root = builder.Header(Empty);
        var file = builder.File();
        return Patch(file, 0, Checked([.. file[..8], 2, 8, 8, 0, .. U64(0), .. U64(extension), .. U64(file.Length), .. U64(root)]));
    }

    [Hostile("D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08")]
    [TestCaseSource(nameof(Cases))]
    public void NothingLeadsOut(byte[] file, string? refused) => Hold(file, refused);

    /// <summary>Only what is asked for is refused.</summary>
    [Test]
    public void WhatStandsBesideALinkIsRead()
    {
        var builder = new Hdf5Builder();
        var data = builder.Header(Space(2), Type(Hdf5TypeCode.Of(DType.UInt8)), Compact(1, 2));
        var root = Hdf5Files.Open(builder.File(SoftLink("a", "/b"), Link("x", data), Link("y", 64, [1, 0, 0]))).Root;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(root.Names, Is.EqualTo(["a", "x", "y"]));
            Assert.That(Hdf5Files.Read<byte>(root, "x"), Is.EqualTo([1, 2]));
        }
    }

    /// <summary>Names that are long and nested make paths that are far larger than the file; they are only put together for messages.</summary>
    [Test]
    public void LongPathsTakeNoMemory()
    {
        var builder = new Hdf5Builder();
        var leaf = builder.Header(Space(0), Type(Hdf5TypeCode.Of(DType.UInt8)), Contiguous(Undefined, 0));
        var group = builder.Header([.. Enumerable.Range(0, 1000).Select(i => Link($"d{i}", leaf))]);
        for (var depth = 0; depth < 60; depth++) group = builder.Header(Link(new string('x', 60_000), group));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var inner = Hdf5Files.Open(builder.File(Link("top", group))).Root.TryGroup("top")!;
        while (inner.Names.Count == 1) inner = inner.TryGroup(inner.Names[0])!;
        foreach (var name in inner.Names) Assert.That(inner.TryDataset(name)!.Bytes, Is.Zero);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(Samples.MemoryAllowed));
    }

    static byte[] WithLink(int kind, byte[] data) => new Hdf5Builder().File(Link("x", kind, data));

    static byte[] OldSoftLink()
    {
        var builder = new Hdf5Builder();
        var names = builder.Names("x");
        return builder.File(SymbolTable(builder.Add(GroupNode(0, builder.Add(Symbols((8, Undefined, 2))))), names));
    }

    static byte[] Cycle()
    {
        var builder = new Hdf5Builder();
        // The root's header comes behind the group's, which is 16 bytes of prefix and one link.
        var root = builder.Next + 16 + Link("up", 0).Length;
        return builder.File(Link("down", builder.Header(Link("up", root))));
    }

    static byte[] SelfHolding()
    {
        var builder = new Hdf5Builder();
        return builder.File(Link("g", builder.Header(Link("g", builder.Next))));
    }

    static byte[] Committed(bool chain)
    {
        var builder = new Hdf5Builder();
        var type = builder.Header(Message(Hdf5Message.DataType, Hdf5TypeCode.Of(DType.Int32)));
        if (chain) type = builder.Header(Message(Hdf5Message.DataType, [3, 2, .. U64(type)], flags: 2));
        return builder.File(Link("x", builder.Header(Space(1), Message(Hdf5Message.DataType, [3, 2, .. U64(type)], flags: 2), Compact(1, 2, 3, 4))));
    }

    internal static byte[] Patch(byte[] file, int at, params byte[] bytes)
    {
        bytes.CopyTo(file, at);
        return file;
    }
}
