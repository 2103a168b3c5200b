using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Keras;

/// <summary>Safetensors files: named tensors and nothing that could run. They are read as strictly as by the format's own reader, and what is
/// written is what its writer writes.</summary>
public static class Safetensors
{
    const string Format = SafetensorsHeader.Format;
    const int Alignment = 8;

    /// <summary>Writes tensors to a file, which is replaced as a whole or not at all.</summary>
    /// <param name="path">The file, usually named <c>….safetensors</c>.</param>
    /// <param name="tensors">The tensors by name. Any dtype but complex128.</param>
    /// <param name="metadata">What readers may want to know besides. Default nothing.</param>
    /// <exception cref="ArgumentException">A name is <c>__metadata__</c> or no Unicode, or the format has no such dtype.</exception>
    /// <exception cref="InvalidOperationException">A tensor depends on an <c>Input</c>, which has no value.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var (header, order) = Prepare(tensors, metadata);
        AtomicFile.Write(path, s => Write(s, header, order));
    }

    /// <summary>Writes tensors to a stream, front to back.</summary>
    /// <inheritdoc cref="Save(string, IReadOnlyDictionary{string, Tensor}, IReadOnlyDictionary{string, string})"/>
    public static void Save(Stream stream, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var (header, order) = Prepare(tensors, metadata);
        Write(stream, header, order);
    }

    /// <summary>The bytes of a file of these tensors.</summary>
    /// <inheritdoc cref="Save(string, IReadOnlyDictionary{string, Tensor}, IReadOnlyDictionary{string, string})"/>
    public static byte[] ToBytes(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var stream = new MemoryStream();
        Save(stream, tensors, metadata);
        return stream.ToArray();
    }

    /// <summary>Reads all tensors of a file, or of a set of files by its index.</summary>
    /// <param name="path">A safetensors file, or an index, whose name ends with <c>.json</c>; its files are beside it.</param>
    /// <param name="limits">What the file may ask for. Default <see cref="LoadLimits.Default"/>.</param>
    /// <returns>The tensors by name, in the order of their bytes.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFileException">The file is broken, ambiguous, too large, or has an unknown dtype.</exception>
    public static Dictionary<string, Tensor> Load(string path, LoadLimits? limits = null)
    {
        using var file = Open(path, limits);
        return file.ReadAll();
    }

    /// <summary>Reads all tensors from a stream that can be moved in; the file is what lies between its position and its end.</summary>
    /// <inheritdoc cref="Load(string, LoadLimits)"/>
    public static Dictionary<string, Tensor> Load(Stream stream, LoadLimits? limits = null)
    {
        using var file = Open(stream, limits);
        return file.ReadAll();
    }

    /// <summary>Reads all tensors from the bytes of a file.</summary>
    /// <inheritdoc cref="Load(string, LoadLimits)"/>
    public static Dictionary<string, Tensor> Load(ReadOnlySpan<byte> bytes, LoadLimits? limits = null) => RawArray.Load(bytes, stream => Load(stream, limits));

    /// <summary>Opens a file, or a set of files by its index, to look what is there and read single tensors.</summary>
    /// <inheritdoc cref="Load(string, LoadLimits)"/>
    /// <returns>The open file; dispose it.</returns>
    public static SafetensorsFile Open(string path, LoadLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        limits ??= LoadLimits.Default;
        if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) return new SafetensorsFile(new SafetensorsIndex(path, limits), limits);
        var stream = InputFile.Open(path);
        try
        {
            return new SafetensorsFile(stream, owns: true, limits);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file in a stream that can be moved in, and that must stay open; the file is what lies between its position and its end.</summary>
    /// <inheritdoc cref="Load(string, LoadLimits)"/>
    /// <returns>The open file. Disposing it leaves the stream open.</returns>
    public static SafetensorsFile Open(Stream stream, LoadLimits? limits = null) =>
        new(RawArray.Window(Format, stream), owns: false, limits ?? LoadLimits.Default);

    static (byte[] Header, Tensor[] Order) Prepare(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.ContainsKey(SafetensorsHeader.MetadataName))
            throw Errors.Argument(Format, "the name means something else", $"any but {SafetensorsHeader.MetadataName}", SafetensorsHeader.MetadataName);
        var order = tensors.Select(t => (t.Key, t.Value, Type: SafetensorsDType.Of(t.Value.DType) ?? throw Errors.Argument(
                $"{Format} {ModelFileException.Quoted(t.Key)}", "the format has no such dtype", SafetensorsDType.Known, t.Value.DType.Name())))
            .OrderBy(t => t.Type.Order).ThenBy(t => t.Key, StringComparer.Ordinal).ToList();
        Tensor[] values = [.. order.Select(t => t.Value)];
        Evaluator.Evaluate(values);
        return (Header([.. order.Select(t => (t.Key, t.Type.Name, t.Value))], metadata), values);
    }

    static byte[] Header(List<(string Name, string DType, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsHeader.MetadataName);
                foreach (var (name, value) in metadata) json.WriteString(Unicode(name), Unicode(value));
                json.WriteEndObject();
            }
            var end = 0L;
            foreach (var (name, dtype, tensor) in tensors) end = WriteEntry(json, name, dtype, tensor.Type, end);
            json.WriteEndObject();
        }
        buffer.GetSpan(Alignment)[..Alignment].Fill((byte)' ');
        buffer.Advance(-buffer.WrittenCount & (Alignment - 1));
        return buffer.WrittenCount <= SafetensorsHeader.LongestHeader ? buffer.WrittenSpan.ToArray()
            : throw Errors.Argument(Format, "names and metadata are too long", $"a header of at most {SafetensorsHeader.LongestHeader} bytes", $"{buffer.WrittenCount} bytes");
    }

    /// <summary>The text itself, if it is some: the writer of JSON would put another character for half of a surrogate pair.</summary>
    static string Unicode(string text)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) != OperationStatus.Done)
                throw Errors.Argument(Format, "a name or text is no Unicode", "surrogates in pairs", ModelFileException.Quoted(text));
            rest = rest[length..];
        }
        return text;
    }

    static long WriteEntry(Utf8JsonWriter json, string name, string dtype, TensorType type, long start)
    {
        var end = start + type.Bytes;
        json.WriteStartObject(Unicode(name));
        json.WriteString("dtype", dtype);
        json.WriteStartArray("shape");
        foreach (var dim in type.Shape.Dims) json.WriteNumberValue(dim);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(start);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }

    static void Write(Stream stream, byte[] header, Tensor[] order)
    {
        Span<byte> length = stackalloc byte[SafetensorsHeader.LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in order) stream.Write(tensor.Evaluate().Span);
    }
}
