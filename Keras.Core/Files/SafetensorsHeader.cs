using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Keras;

/// <summary>A tensor of a safetensors file: its type, and where behind the header its bytes are.</summary>
readonly record struct SafetensorsEntry(string Name, TensorType Type, long Start, long End);

/// <summary>The header of a safetensors file, by the rules of the format's own reader: tensors lie end to end from the header to the end of the
/// file, each as long as its type says.</summary>
sealed class SafetensorsHeader
{
    internal const string Format = "safetensors", MetadataName = "__metadata__";
    internal const int LengthBytes = sizeof(ulong);

    /// <summary>What the format's own reader takes.</summary>
    internal const long LongestHeader = 100_000_000;

    const int Deepest = 3;

    readonly LoadLimits _limits;
    readonly HashSet<string> _names = [];
    readonly Dictionary<string, string> _metadata = [];

    // Room for one tensor's numbers, used again for the next one.
    readonly List<long> _shape = [], _offsets = [];

    List<SafetensorsEntry> _entries = [];

    SafetensorsHeader(LoadLimits limits) => _limits = limits;

    /// <summary>The tensors, in the order of their bytes.</summary>
    internal IReadOnlyList<SafetensorsEntry> Entries => _entries;

    internal IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Where in the file the first tensor's bytes are.</summary>
    internal long DataStart { get; private set; }

    /// <summary>Reads and checks it.</summary>
    /// <exception cref="ModelFileException">The file is none, broken, ambiguous or too large.</exception>
    internal static SafetensorsHeader Read(Stream stream, LoadLimits limits)
    {
        var header = new SafetensorsHeader(limits);
        var text = header.Text(stream);
        try
        {
            header.Parse(text);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The reader of JSON says the latter of text that is not Unicode.
            throw Bad(null, "the header is no JSON", "JSON in UTF-8", e is JsonException json ? PythonJson.Reason(json) : e.Message, inner: e);
        }
        header.CheckRanges(stream.Length - header.DataStart);
        return header;
    }

    byte[] Text(Stream stream)
    {
        if (stream.Length <= LengthBytes) throw Bad(null, "this is no safetensors file", $"more than {LengthBytes} bytes", $"{stream.Length} bytes");
        Span<byte> first = stackalloc byte[LengthBytes];
        stream.Position = 0;
        stream.ReadExactly(first);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(first);
        if (length > (ulong)Math.Min(_limits.MaxHeaderBytes, Array.MaxLength))
            throw Bad(null, "this is no safetensors file, or its header is too long", $"a header of at most {_limits.MaxHeaderBytes} bytes", $"{length} bytes");
        if (length > (ulong)(stream.Length - LengthBytes))
            throw Bad(null, "the header is longer than the file", $"at most {stream.Length - LengthBytes} bytes", $"{length} bytes");
        var text = new byte[length];
        var read = stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        if (read < text.Length) throw Bad(null, "the file became shorter while it was read", $"{text.Length} bytes", $"{read} bytes");
        if (text is not [(byte)'{', ..]) throw Bad(null, "the header is no JSON object", "{ as its first character", length == 0 ? "an empty header" : $"byte 0x{text[0]:x2}");
        DataStart = LengthBytes + text.Length;
        return text;
    }

    void Parse(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = Deepest });
        reader.Read();
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!_names.Add(name)) throw Bad(name, "two tensors have one name", "each name once", "it twice");
            if (_names.Count > _limits.MaxEntries) throw Bad(null, "there are too many tensors", $"at most {_limits.MaxEntries}", "more", "LoadLimits.MaxEntries allows more.");
            if (name == MetadataName) ParseMetadata(ref reader);
            else _entries.Add(ParseEntry(ref reader, name));
        }
        // Nothing but white space may follow.
        reader.Read();
    }

    void ParseMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, MetadataName, JsonTokenType.StartObject, "an object of strings");
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            Expect(ref reader, MetadataName, JsonTokenType.String, "strings alone");
            if (!_metadata.TryAdd(name, reader.GetString()!)) throw Bad(MetadataName, "a name is there twice", "each name once", ModelFileException.Quoted(name));
        }
    }

    SafetensorsEntry ParseEntry(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, name, JsonTokenType.StartObject, "an object with dtype, shape and data_offsets");
        string? dtype = null;
        var (hasShape, hasOffsets) = (false, false);
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dtype"u8) && dtype is null)
            {
                Expect(ref reader, name, JsonTokenType.String, "a string as dtype");
                dtype = reader.GetString()!;
            }
            else if (reader.ValueTextEquals("shape"u8) && !hasShape) hasShape = ReadNumbers(ref reader, name, _shape);
            else if (reader.ValueTextEquals("data_offsets"u8) && !hasOffsets) hasOffsets = ReadNumbers(ref reader, name, _offsets);
            else throw Bad(name, "a property is unknown or there twice", "dtype, shape and data_offsets, each once", ModelFileException.Quoted(reader.GetString()!));
        }
        return dtype is not null && hasShape && hasOffsets ? Entry(name, dtype) : throw Bad(name, "a property is missing", "dtype, shape and data_offsets", "fewer");
    }

    SafetensorsEntry Entry(string name, string dtype)
    {
        if (_offsets is not [var start, var end]) throw Bad(name, "data_offsets are no range", "two numbers", $"{_offsets.Count} numbers");
        if (start > end) throw Bad(name, "the range of bytes is reversed", "a start not behind the end", $"{start} to {end}");
        var type = RawArray.Type(Format, name, SafetensorsDType.Parse(dtype)
            ?? throw Bad(name, "the dtype is not supported", SafetensorsDType.Known, ModelFileException.Quoted(dtype)), CollectionsMarshal.AsSpan(_shape), _limits);
        if (type.Bytes != end - start) throw Bad(name, "the range of bytes is not as long as the tensor", $"{type.Bytes} bytes for {type}", $"{end - start} bytes");
        return new SafetensorsEntry(name, type, start, end);
    }

    static bool ReadNumbers(ref Utf8JsonReader reader, string name, List<long> numbers)
    {
        Expect(ref reader, name, JsonTokenType.StartArray, "an array of sizes");
        numbers.Clear();
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
                throw Bad(name, "shape or data_offsets hold something else than sizes", "whole numbers from 0 on", "another value");
            numbers.Add(number);
        }
        return true;
    }

    static JsonTokenType Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType;
    }

    static void Expect(ref Utf8JsonReader reader, string name, JsonTokenType type, string expected)
    {
        if (Next(ref reader) != type) throw Bad(name, "the header has something else here", expected, $"{reader.TokenType}");
    }

    void CheckRanges(long length)
    {
        // Most writers write them in order.
        if (_entries.Zip(_entries.Skip(1)).Any(p => p.First.Start > p.Second.Start || p.First.End > p.Second.End))
            _entries = [.. _entries.OrderBy(e => e.Start).ThenBy(e => e.End)];
        var end = 0L;
        foreach (var entry in _entries)
        {
            if (entry.Start != end) throw Bad(entry.Name, "ranges of bytes overlap or leave a hole", $"a start at {end}", entry.Start);
            end = entry.End;
        }
        if (end != length) throw Bad(null, "the tensors do not end with the file", $"{end} bytes behind the header", $"{length} bytes");
    }

    static ModelFileException Bad(string? path, string what, object expected, object received, string? hint = null, Exception? inner = null) =>
        new(Format, path, what, expected, received, hint, inner);
}
