namespace Keras;

/// <summary>What an object's header says: typed messages with raw bytes.</summary>
readonly record struct Hdf5Message(int Type, bool IsShared, ReadOnlyMemory<byte> Data)
{
    internal const int Space = 0x01, LinkInfo = 0x02, DataType = 0x03, OldFill = 0x04, Fill = 0x05, Link = 0x06, ExternalFiles = 0x07,
        Layout = 0x08, Filters = 0x0b, Attribute = 0x0c, Continuation = 0x10, SymbolTable = 0x11, Driver = 0x14,
        AttributeInfo = 0x15, Last = 0x18;
}

/// <summary>Reads object headers of both versions, with their continuations.</summary>
ref struct Hdf5Header
{
    internal const int SharedFlag = 0x02;

    const int RefuseUnknownFlag = 0x80;

    /// <summary>As many as the format can count.</summary>
    internal const int MaxMessages = 65535;

    /// <summary>Of a header with all its continuations, which may lie over each other.</summary>
    const long MaxBytes = 32L << 20;

    readonly Hdf5Source _source;
    readonly List<Hdf5Message> _messages = [];
    readonly Queue<(long Address, long Size)> _blocks = [];
    readonly HashSet<long> _visited = [];

    /// <summary>The width of a message's prefix: it differs by version and flags.</summary>
    bool _isNew, _hasOrder;

    long _bytes;

    Hdf5Header(Hdf5Source source) => _source = source;

    /// <summary>All messages of the header at an address, in file order.</summary>
    internal static List<Hdf5Message> Read(Hdf5Source source, long address)
    {
        var header = new Hdf5Header(source);
        if (source.Peek(address, 4).SequenceEqual("OHDR"u8)) header.ReadNew(address);
        else header.ReadOld(address);
        while (header._blocks.TryDequeue(out var block)) header.ReadBlock(block.Address, block.Size);
        return header._messages;
    }

    void ReadOld(long address)
    {
        const int prefix = 16;
        var cursor = new Hdf5Cursor(_source, _source.Peek(address, prefix), "object header");
        cursor.Version(1, 1);
        cursor.Skip(7);
        var size = cursor.U32();
        _visited.Add(address + prefix);
        ReadMessages(Block(address + prefix, size));
    }

    void ReadNew(long address)
    {
        const int most = 34;
        var cursor = new Hdf5Cursor(_source, _source.Peek(address, (int)Math.Min(most, _source.Left(address))), "object header");
        cursor.Signature("OHDR"u8);
        cursor.Version(2, 2);
        var flags = cursor.U8();
        _isNew = true;
        _hasOrder = (flags & 4) != 0;
        if ((flags & 0x20) != 0) cursor.Skip(16);
        if ((flags & 0x10) != 0) cursor.Skip(4);
        var size = cursor.Count(1 << (flags & 3));
        var prefix = cursor.Position;
        _source.Check(address, size);
        var block = Block(address, prefix + size + sizeof(uint));
        Hdf5Checksum.Verify(_source, block, "object header");
        _visited.Add(address);
        ReadMessages(block.AsMemory(prefix, (int)size));
    }

    void ReadBlock(long address, long size)
    {
        if (!_visited.Add(address)) throw _source.Bad("the object header continues in itself", "an end", $"address {address} again");
        var block = Block(address, size);
        if (!_isNew)
        {
            ReadMessages(block);
            return;
        }
        new Hdf5Cursor(_source, block, "continued object header").Signature("OCHK"u8);
        Hdf5Checksum.Verify(_source, block, "continued object header");
        ReadMessages(block.AsMemory(4..^sizeof(uint)));
    }

    byte[] Block(long address, long size)
    {
        _source.Check(address, size);
        _bytes += size;
        return _bytes <= MaxBytes ? _source.Block(address, size) : throw _source.Bad("a block of the structure is too large", $"object headers of at most {MaxBytes} bytes", _bytes);
    }

    void ReadMessages(ReadOnlyMemory<byte> block)
    {
        var prefix = _isNew ? _hasOrder ? 6 : 4 : 8;
        var cursor = new Hdf5Cursor(_source, block.Span, "object header");
        while (cursor.Left >= prefix)
        {
            var type = _isNew ? cursor.U8() : cursor.U16();
            var size = cursor.U16();
            var flags = cursor.U8();
            cursor.Skip(_isNew ? _hasOrder ? 2 : 0 : 3);
            var start = cursor.Position;
            cursor.Skip(size);
            Add(new Hdf5Message(type, (flags & SharedFlag) != 0, block.Slice(start, size)), flags);
        }
    }

    void Add(Hdf5Message message, int flags)
    {
        if (message.Type == Hdf5Message.Continuation)
        {
            var cursor = new Hdf5Cursor(_source, message.Data.Span, "continuation of an object header");
            _blocks.Enqueue((cursor.Address(), cursor.Length()));
            return;
        }
        if (message.Type >= Hdf5Message.Last && (flags & RefuseUnknownFlag) != 0)
            throw _source.Bad("the object has a message that a reader must know", "known messages", $"message type {message.Type}");
        if (_messages.Count >= MaxMessages) throw _source.Bad("the object header has too many messages", $"at most {MaxMessages}", "more");
        if (message.Type != 0) _messages.Add(message);
    }
}
