namespace Keras;

/// <summary>A dataset: its element type and shape are known at once, its data are read into memory that the caller made after
/// looking at these.</summary>
sealed unsafe class Hdf5Dataset : Hdf5Object
{
    const long FreeOfRatio = 64L << 20;
    const int Piece = 1 << 30;

    readonly Hdf5Type _type;
    readonly Hdf5Space _space;
    readonly Hdf5Layout _layout;
    DType? _dtype;

    internal Hdf5Dataset(Hdf5File file, Hdf5Place place, List<Hdf5Message> messages) : base(file, place, messages)
    {
        var source = At();
        if (Find(Hdf5Message.ExternalFiles) is not null) throw Bad("external storage is refused: it reads other files", "data in the file", "a list of files");
        _type = Find(Hdf5Message.DataType) is { } type ? Hdf5Type.Read(source, type.Data.Span, type.IsShared) : throw Bad("the dataset has no type", "a type", "none");
        _space = Find(Hdf5Message.Space) is { IsShared: false } space ? Hdf5Space.Read(source, space.Data.Span) : throw Bad("the dataset has no data space of its own", "a data space", "none");
        Bytes = CheckSize();
        _layout = Hdf5Layout.Read(source, Find(Hdf5Message.Layout)!.Value.Data, _space.Dims.Length);
        CheckStorage();
        Shape = _space.IsNull ? [0] : Shape.Of(Array.ConvertAll(_space.Dims, ToDim));
    }

    /// <summary>The dimensions. A dataset without a data space counts as one without elements.</summary>
    internal Shape Shape { get; }

    /// <summary>How many bytes the elements have once they are read.</summary>
    internal long Bytes { get; }

    /// <summary>Whether the elements are texts, which <see cref="ReadTexts"/> reads.</summary>
    internal bool IsText => _type.Kind is Hdf5Kind.Text or Hdf5Kind.FixedText;

    /// <summary>The type of the elements.</summary>
    /// <exception cref="ModelFileException">They are not numbers of a type that Keras has.</exception>
    internal DType DType => _dtype ??= _type.Kind switch
    {
        Hdf5Kind.Number => _type.DType,
        Hdf5Kind.Opaque => Named(),
        _ => throw NotNumbers(_type.Name),
    };

    /// <summary>Types that NumPy does not have are stored as plain bytes, and an attribute names them.</summary>
    DType Named()
    {
        var name = TryText("dtype");
        return DTypes.TryParse(name, out var dtype) && dtype.Size() == _type.Size ? dtype
            : throw NotNumbers(name is null ? _type.Name : $"{_type.Name}, named {ModelFileException.Quoted(name)}");
    }

    ModelFileException NotNumbers(string found) => Bad("the elements are not numbers that Keras has", "integers, floats, complex or truth values", found);

    int ToDim(long dim) => dim <= int.MaxValue ? (int)dim : throw Bad("a dimension is too large", $"at most {int.MaxValue}", dim);

    long CheckSize()
    {
        var (bytes, limits) = ((UInt128)_space.Count * (UInt128)_type.Size, File.Source.Limits);
        if (bytes > (UInt128)limits.MaxBytes) throw Bad("the dataset is too large", $"at most {limits.MaxBytes} bytes", $"{bytes} bytes");
        if (bytes > FreeOfRatio && bytes > (UInt128)limits.MaxRatio * (UInt128)File.Source.Length)
            throw Bad("the dataset is far larger than the file", $"at most {limits.MaxRatio} times {File.Source.Length} bytes", $"{bytes} bytes");
        return (long)bytes;
    }

    void CheckStorage()
    {
        if (Bytes == 0 || _layout.Storage > Hdf5Storage.Contiguous || _layout is { Storage: Hdf5Storage.Contiguous, Address: Hdf5Source.Undefined }) return;
        if (_layout.Size is { } stored && stored != Bytes) throw Bad("the data have another size than the shape", $"{Bytes} bytes", $"{stored} bytes");
        if (_layout.Storage == Hdf5Storage.Contiguous) File.Source.Check(_layout.Address, Bytes);
    }

    /// <summary>Reads the elements in row-major order, as the machine orders their bytes.</summary>
    /// <exception cref="ModelFileException">The data are damaged, or stored in a way that is not supported.</exception>
    internal void ReadInto(Span<byte> to)
    {
        fixed (byte* start = to) ReadInto((nint)start, to.Length);
    }

    /// <summary>Reads the elements into memory of <paramref name="bytes"/> bytes, which may be more than a span holds.</summary>
    internal void ReadInto(nint to, long bytes)
    {
        if (bytes != Bytes) throw Errors.Argument($"HDF5 \"{Path}\"", "the memory has another size than the data", $"{Bytes} bytes", bytes);
        var dtype = DType;
        ReadRaw((byte*)to);
        if (_type.IsBigEndian) Pieces((byte*)to, (_, piece) => RawArray.Reverse(dtype, piece));
        if (dtype == DType.Bool) MakeTruths((byte*)to);
    }

    /// <summary>Reads texts, in row-major order.</summary>
    /// <exception cref="ModelFileException">The elements are something else, or the data are damaged.</exception>
    internal string[] ReadTexts()
    {
        if (!IsText) throw Bad("the elements are not texts", "text", _type.Name);
        if (Bytes > File.Source.Limits.MaxTextBytes) throw Bad("there is too much text", $"at most {File.Source.Limits.MaxTextBytes} bytes", $"{Bytes}");
        var data = new byte[Bytes];
        fixed (byte* start = data) ReadRaw(start);
        return Hdf5Text.Decode(At(), _type, data, (int)_space.Count, "the dataset");
    }

    void ReadRaw(byte* to)
    {
        if (Bytes == 0) return;
        var source = At();
        var before = source.Budget();
        try
        {
            ReadStored(source, to);
        }
        finally
        {
            source.Budget(before);
        }
    }

    void ReadStored(Hdf5Source source, byte* to)
    {
        switch (_layout.Storage)
        {
            case Hdf5Storage.Compact:
                _layout.Data.Span.CopyTo(new Span<byte>(to, (int)Bytes));
                break;
            case Hdf5Storage.Contiguous when _layout.Address != Hdf5Source.Undefined:
                Pieces(to, (at, piece) => source.Read(_layout.Address + at, piece));
                break;
            default:
                Hdf5Fill.Into(source, Find(Hdf5Message.Fill) ?? Find(Hdf5Message.OldFill), _type.Size, to, Bytes);
                if (_layout.Address != Hdf5Source.Undefined) new Hdf5Chunks(source, _layout, _space, _type.Size, Hdf5Filter.ReadAll(source, Find(Hdf5Message.Filters), _type.Size), to).Read();
                break;
        }
    }

    delegate void PieceAction(long at, Span<byte> piece);

    void Pieces(byte* to, PieceAction action)
    {
        for (long at = 0; at < Bytes; at += Piece) action(at, new Span<byte>(to + at, (int)Math.Min(Piece, Bytes - at)));
    }

    // Kernels count on 0 and 1; a file may hold any byte.
    void MakeTruths(byte* to) => Pieces(to, (_, piece) =>
    {
        foreach (ref var value in piece) value = (byte)(value == 0 ? 0 : 1);
    });
}
