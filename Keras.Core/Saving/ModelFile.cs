namespace Keras;

/// <summary>What a file is by its first bytes; names say little: archives and HDF5 files bear each other's endings.</summary>
enum FileKind
{
    Zip,
    Hdf5,
    Json,
    Safetensors,
    Npy,
    Unknown,
}

/// <summary>What files of models and weights have in common.</summary>
static class ModelFile
{
    /// <summary>Tells what a stream holds, from its position on, and moves it back.</summary>
    internal static FileKind KindOf(Stream stream)
    {
        var start = Start(stream);
        return start switch
        {
            [(byte)'P', (byte)'K', 3 or 5, ..] => FileKind.Zip,
            [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => FileKind.Npy,
            // The length of the header is before it; no text has zeros.
            [_, _, _, _, _, _, 0, 0, (byte)'{'] => FileKind.Safetensors,
            [(byte)'{' or (byte)'[' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t', ..] => FileKind.Json,
            _ when Hdf5File.IsHdf5(start) => FileKind.Hdf5,
            // A block of the user's may stand before the signature.
            _ when stream.Length > 512 && !start.AsSpan().ContainsAnyExcept((byte)0) => FileKind.Hdf5,
            _ => FileKind.Unknown,
        };
    }

    /// <summary>The error for a stream that holds something else than what is wanted.</summary>
    internal static ModelFileException Unknown(Stream stream, string expected) =>
        new("model file", null, "the content is of an unknown kind", expected, $"bytes {Convert.ToHexString(Start(stream))}");

    /// <summary>What a model or its weights may be in.</summary>
    internal const string ModelKinds = "a zip archive (.keras) or an HDF5 file (.h5, .weights.h5)";

    static byte[] Start(Stream stream)
    {
        var start = new byte[9];
        var position = stream.Position;
        var count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = position;
        return start[..count];
    }

    internal static bool IsFolder(string path) => Directory.Exists(path) && File.Exists(Path.Combine(path, ModelParts.Config));

    /// <summary>The rest of a stream as one that can be moved in; what cannot goes to a temporary file.</summary>
    internal static Stream Seekable(Stream stream, LoadLimits limits)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream.CanSeek) return new WindowStream(stream, stream.Position, stream.Length - stream.Position);
        var file = AtomicFile.Nameless();
        try
        {
            var block = new byte[1 << 16];
            for (int count; (count = stream.Read(block)) > 0; file.Write(block, 0, count))
                if (file.Length + count > limits.MaxBytes) throw new ModelFileException("model file", null, "the stream is too long", $"at most {limits.MaxBytes} bytes", "more");
            file.Position = 0;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">The file is there and is to stay.</exception>
    internal static void CheckOverwrite(string path, bool overwrite)
    {
        if (!overwrite && (File.Exists(path) || Directory.Exists(path)))
            throw new IOException(Errors.Message(Path.GetFileName(path), "the file is there already", "a new path, or overwrite: true", path));
    }
}
