namespace Keras;

/// <summary>Arrays in the files of <c>numpy.save</c> and <c>numpy.savez</c>. Arrays of Python objects are refused: reading them can run code.</summary>
public static class NumPy
{
    const string Ending = ".npy";
    const string NpzFormat = "npz";

    /// <summary>Writes a tensor as <c>numpy.save</c> does. The file is replaced as a whole or not at all.</summary>
    /// <param name="path">The file, usually named <c>….npy</c>.</param>
    /// <param name="tensor">The tensor. bfloat16 and 8-bit floats become opaque bytes, which in Python <c>view</c> gives their dtype back.</param>
    /// <exception cref="InvalidOperationException">The tensor depends on an <c>Input</c>, which has no value.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.Evaluate();
        AtomicFile.Write(path, s => Save(s, tensor));
    }

    /// <summary>Writes a tensor to a stream, front to back. Several can follow each other.</summary>
    /// <inheritdoc cref="Save(string, Tensor)"/>
    public static void Save(Stream stream, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensor);
        var data = tensor.Evaluate();
        stream.Write(NpyHeader.Write(tensor.Type));
        stream.Write(data.Span);
    }

    /// <summary>The bytes of a file of this tensor.</summary>
    /// <inheritdoc cref="Save(string, Tensor)"/>
    public static byte[] ToBytes(Tensor tensor)
    {
        var stream = new MemoryStream();
        Save(stream, tensor);
        return stream.ToArray();
    }

    /// <summary>Reads the array of a file, in C or Fortran order and of either byte order.</summary>
    /// <param name="path">A file of <c>numpy.save</c>, format 1 to 3.</param>
    /// <param name="opaque">What elements are that NumPy has no name for (<c>V1</c>, <c>V2</c>). Default bfloat16 for those of two bytes.</param>
    /// <param name="limits">What the file may ask for. Default <see cref="LoadLimits.Default"/>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFileException">The file is broken or too large, something follows the array, or its elements are objects, text,
    /// times or records.</exception>
    public static Tensor Load(string path, DType? opaque = null, LoadLimits? limits = null)
    {
        using var stream = InputFile.Open(path);
        return LoadWhole(stream, opaque, limits);
    }

    /// <summary>Reads an array from a stream that can be moved in, and leaves it where the array ends.</summary>
    /// <inheritdoc cref="Load(string, DType?, LoadLimits)"/>
    public static Tensor Load(Stream stream, DType? opaque = null, LoadLimits? limits = null)
    {
        var window = RawArray.Window(NpyHeader.Format, stream);
        var start = stream.Position;
        var tensor = Read(window, window.Length, isWhole: false, null, opaque, limits ?? LoadLimits.Default);
        stream.Position = start + window.Position;
        return tensor;
    }

    /// <summary>Reads the array from the bytes of a file.</summary>
    /// <inheritdoc cref="Load(string, DType?, LoadLimits)"/>
    public static Tensor Load(ReadOnlySpan<byte> bytes, DType? opaque = null, LoadLimits? limits = null) =>
        RawArray.Load(bytes, stream => LoadWhole(stream, opaque, limits));

    /// <summary>Writes tensors as <c>numpy.savez</c> does. The file is replaced as a whole or not at all.</summary>
    /// <param name="path">The file, usually named <c>….npz</c>.</param>
    /// <param name="tensors">The tensors by name. Names become file names within the archive: relative paths with <c>/</c>.</param>
    /// <exception cref="ArgumentException">A name is no relative path, or two differ by case alone.</exception>
    /// <exception cref="InvalidOperationException">A tensor depends on an <c>Input</c>, which has no value.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveNpz(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        Evaluate(tensors);
        AtomicFile.Write(path, s => SaveNpz(s, tensors));
    }

    /// <summary>Writes tensors to a stream.</summary>
    /// <inheritdoc cref="SaveNpz(string, IReadOnlyDictionary{string, Tensor})"/>
    public static void SaveNpz(Stream stream, IReadOnlyDictionary<string, Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Evaluate(tensors);
        var zip = new ZipArchiveWriter(stream);
        foreach (var (name, tensor) in tensors) zip.Add(name + Ending, s => Save(s, tensor), ZipArchiveWriter.NoTime, tensor.Type.Bytes);
        zip.Finish();
    }

    /// <summary>Reads all arrays of an archive, compressed or not.</summary>
    /// <param name="path">A file of <c>numpy.savez</c> or <c>numpy.savez_compressed</c>.</param>
    /// <param name="opaque">What elements are that NumPy has no name for (<c>V1</c>, <c>V2</c>). Default bfloat16 for those of two bytes.</param>
    /// <param name="limits">What the file may ask for. Default <see cref="LoadLimits.Default"/>.</param>
    /// <returns>The tensors by name, in the archive's order.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFileException">The archive or an array is broken, ambiguous or too large, or elements are objects, text, times
    /// or records.</exception>
    public static Dictionary<string, Tensor> LoadNpz(string path, DType? opaque = null, LoadLimits? limits = null)
    {
        using var stream = InputFile.Open(path);
        return LoadNpz(stream, opaque, limits);
    }

    /// <summary>Reads all arrays of an archive in a stream that can be moved in; it is what lies between its position and its end.</summary>
    /// <inheritdoc cref="LoadNpz(string, DType?, LoadLimits)"/>
    public static Dictionary<string, Tensor> LoadNpz(Stream stream, DType? opaque = null, LoadLimits? limits = null)
    {
        limits ??= LoadLimits.Default;
        var zip = new ZipArchiveReader(RawArray.Window(NpzFormat, stream), limits);
        var tensors = new Dictionary<string, Tensor>(zip.Members.Count);
        foreach (var member in zip.Members)
        {
            if (!member.Name.EndsWith(Ending, StringComparison.Ordinal)) throw new ModelFileException(NpzFormat, member.Name, "the archive holds something else than arrays", $"names that end with {Ending}", "another");
            using var content = zip.Open(member);
            tensors.Add(member.Name[..^Ending.Length], Read(content, member.Bytes, isWhole: true, member.Name, opaque, limits));
        }
        return tensors;
    }

    static void Evaluate(IReadOnlyDictionary<string, Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Evaluator.Evaluate([.. tensors.Values]);
    }

    static Tensor LoadWhole(Stream stream, DType? opaque, LoadLimits? limits) => Read(stream, stream.Length, isWhole: true, null, opaque, limits ?? LoadLimits.Default);

    /// <summary>Reads an array from the start of a stream of this length. Its memory is made when the length is known to fit its shape.</summary>
    static Tensor Read(Stream stream, long length, bool isWhole, string? name, DType? opaque, LoadLimits limits)
    {
        var header = NpyHeader.Read(stream, name, opaque, limits);
        var left = length - stream.Position;
        if (isWhole ? left != header.Type.Bytes : left < header.Type.Bytes)
            throw new ModelFileException(NpyHeader.Format, name, "the data are not as long as the array", $"{header.Type.Bytes} bytes for {header.Type}", $"{left} bytes");
        var data = RawArray.Read(NpyHeader.Format, name, header.Type, stream);
        if (header.IsBigEndian) RawArray.Reverse(header.Type.DType, data.Span);
        return Tensor.Literal(header.Type, header.IsFortran ? ToRowMajor(header.Type, data) : data);
    }

    static HostData ToRowMajor(TensorType type, HostData data)
    {
        var result = new HostData(type.Bytes);
        switch (type.DType.Size())
        {
            case 1: Reorder(type.Shape.Dims, data.As<byte>(), result.As<byte>()); break;
            case 2: Reorder(type.Shape.Dims, data.As<ushort>(), result.As<ushort>()); break;
            case 4: Reorder(type.Shape.Dims, data.As<uint>(), result.As<uint>()); break;
            case 8: Reorder(type.Shape.Dims, data.As<ulong>(), result.As<ulong>()); break;
            default: Reorder(type.Shape.Dims, data.As<UInt128>(), result.As<UInt128>()); break;
        }
        return result;
    }

    /// <summary>Copies elements whose first index runs fastest to an order in which the last one does.</summary>
    static void Reorder<T>(ReadOnlySpan<int> dims, ReadOnlySpan<T> from, Span<T> to)
    {
        var strides = new int[dims.Length];
        for (var (axis, stride) = (0, 1); axis < dims.Length; stride *= dims[axis++]) strides[axis] = stride;
        var index = new int[dims.Length];
        for (var (i, at) = (0, 0); i < to.Length; i++)
        {
            to[i] = from[at];
            for (var axis = dims.Length - 1; axis >= 0; axis--)
            {
                at += strides[axis];
                if (++index[axis] < dims[axis]) break;
                at -= strides[axis] * dims[axis];
                index[axis] = 0;
            }
        }
    }
}
