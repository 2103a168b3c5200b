using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Keras;

/// <summary>The header of a file of <c>numpy.save</c>: a Python dict of the three names descr, fortran_order and shape.</summary>
sealed class NpyHeader
{
    internal const string Format = "npy";

    // NumPy reads no longer ones either, since Python's parser can be overwhelmed.
    const int LongestText = 10_000;
    const int Alignment = 64;
    const int FirstBytes = 10, LengthAt = 8;

    // NumPy leaves room for a longer first dimension, so that arrays can grow in place.
    const int RoomForDim = 21;

    readonly string? _name;
    readonly string _text;
    int _at;
    string? _descr;
    bool? _isFortran;
    List<long>? _shape;

    NpyHeader(string? name, string text) => (_name, _text) = (name, text);

    /// <summary>What such a file begins with.</summary>
    internal static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    internal TensorType Type { get; private set; }

    /// <summary>Whether the first index runs fastest.</summary>
    internal bool IsFortran => _isFortran == true && Type.Shape.Rank > 1;

    internal bool IsBigEndian { get; private set; }

    /// <summary>Reads a header from where the stream stands to its end.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="name">What messages call the array.</param>
    /// <param name="opaque">What elements are that NumPy has no name for.</param>
    /// <param name="limits">What the file may ask for.</param>
    /// <exception cref="ModelFileException">The file is none of this kind, broken, too large, or holds Python objects.</exception>
    internal static NpyHeader Read(Stream stream, string? name, DType? opaque, LoadLimits limits)
    {
        Span<byte> first = stackalloc byte[FirstBytes + 2];
        var known = stream.ReadAtLeast(first[..FirstBytes], FirstBytes, throwOnEndOfStream: false);
        if (known < FirstBytes || !first.StartsWith(Magic))
            throw Bad(name, "this is no file of numpy.save", "its magic string", $"bytes {Convert.ToHexString(first[..known])}", first is [(byte)'P', (byte)'K', ..] ? "A zip archive of arrays is read by NumPy.LoadNpz." : null);
        var (major, minor) = (first[6], first[7]);
        if (major is < 1 or > 3 || minor != 0) throw Bad(name, "the format's version is unknown", "1.0, 2.0 or 3.0", $"{major}.{minor}");
        long length = BinaryPrimitives.ReadUInt16LittleEndian(first[LengthAt..]);
        if (major > 1)
        {
            if (stream.ReadAtLeast(first[FirstBytes..], 2, throwOnEndOfStream: false) < 2) throw Bad(name, "the header is truncated", "12 bytes", "fewer");
            length = BinaryPrimitives.ReadUInt32LittleEndian(first[LengthAt..]);
        }
        if (length > LongestText) throw Bad(name, "the header is too long", $"at most {LongestText} bytes", $"{length} bytes");
        var bytes = new byte[length];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) throw Bad(name, "the header is truncated", $"{length} bytes", "fewer");
        var header = new NpyHeader(name, Encoding.Latin1.GetString(bytes));
        header.ParseDict();
        header.Type = RawArray.Type(Format, name, header.ParseDescr(opaque), header._shape!.ToArray(), limits);
        return header;
    }

    /// <summary>The bytes before an array, as NumPy writes them.</summary>
    internal static byte[] Write(TensorType type)
    {
        var dims = type.Shape.Dims;
        var shape = new StringBuilder();
        foreach (var dim in dims) shape.Append(CultureInfo.InvariantCulture, $"{dim}, ");
        // Python's tuples: (), (3,), (3, 4).
        if (dims.Length > 0) shape.Length -= dims.Length == 1 ? 1 : 2;
        var text = $"{{'descr': '{Descr(type.DType)}', 'fortran_order': False, 'shape': ({shape}), }}";
        if (dims.Length > 0) text += new string(' ', RoomForDim - dims[0].ToString(CultureInfo.InvariantCulture).Length);
        var length = (FirstBytes + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        var bytes = new byte[length];
        bytes.AsSpan().Fill((byte)' ');
        Magic.CopyTo(bytes);
        (bytes[6], bytes[7]) = (1, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(LengthAt), (ushort)(length - FirstBytes));
        Encoding.ASCII.GetBytes(text, bytes.AsSpan(FirstBytes));
        bytes[^1] = (byte)'\n';
        return bytes;
    }

    /// <summary>The dtype's name in NumPy. What it has no number for is opaque bytes there, as the Python package with such dtypes has it.</summary>
    static string Descr(DType dtype) => $"{(dtype.Size() == 1 ? '|' : '<')}{Kind(dtype)}{dtype.Size()}";

    static char Kind(DType dtype) => dtype switch
    {
        DType.Bool => 'b',
        _ when RawArray.IsOpaque(dtype) => 'V',
        _ when dtype.IsFloating() => 'f',
        _ when dtype.IsComplex() => 'c',
        _ => dtype.IsUnsigned() ? 'u' : 'i',
    };

    DType ParseDescr(DType? opaque)
    {
        var descr = _descr!;
        if (descr.Length < 3 || descr[0] is not ('<' or '>' or '|') || !int.TryParse(descr.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var size)) throw BadType(descr);
        if (descr[1] == 'V') return Opaque(descr, size, opaque);
        if (descr[0] == '|' && size > 1) throw BadType(descr);
        IsBigEndian = descr[0] == '>';
        return RawArray.Find(d => Kind(d) == descr[1] && d.Size() == size) ?? throw BadType(descr);
    }

    DType Opaque(string descr, int size, DType? given)
    {
        var dtype = given ?? (size == 2 ? DType.BFloat16
            : throw Bad(_name, "NumPy has no name for what the elements are", "a dtype told by the argument opaque", $"'{descr}'"));
        return dtype.Size() == size && descr[0] != '>' ? dtype : throw Bad(_name, "elements have another size", dtype.Name(), $"'{descr}'");
    }

    ModelFileException BadType(string descr) => descr.Length > 1 && descr[1] == 'O'
        ? Bad(_name, "the array holds Python objects", "numbers or truth values", $"'{ModelFileException.Show(descr)}'", "Such files can run code when they are read, and are not.")
        : Bad(_name, "the elements are no numbers that a tensor can have", "b1, u1 to u8, i1 to i8, f2 to f8, c8 or c16 behind <, > or |", $"'{ModelFileException.Show(descr)}'");

    void ParseDict()
    {
        Take('{');
        while (Peek() != '}')
        {
            var key = TakeString();
            Take(':');
            switch (key)
            {
                case "descr" when _descr is null: _descr = TakeDescr(); break;
                case "fortran_order" when _isFortran is null: _isFortran = TakeBool(); break;
                case "shape" when _shape is null: _shape = TakeTuple(); break;
                default: throw Bad(_name, "the header has an unknown name, or one twice", "descr, fortran_order and shape", $"'{ModelFileException.Show(key)}'");
            }
            if (Peek() != '}') Take(',');
        }
        _at++;
        if (_text.AsSpan(_at).Trim(" \n").Length > 0) throw Bad(_name, "something follows in the header", "spaces", ModelFileException.Show(_text[_at..]));
        if (_descr is null || _isFortran is null || _shape is null) throw Bad(_name, "the header lacks a name", "descr, fortran_order and shape", "fewer");
    }

    string TakeDescr() => Peek() is '[' or '(' ? throw Bad(_name, "the elements are records", "numbers or truth values", "a structured dtype") : TakeString();

    string TakeString()
    {
        var quote = Peek();
        if (quote is not ('\'' or '"')) throw Broken("a string");
        var end = _text.IndexOf(quote, _at + 1);
        if (end < 0 || _text.AsSpan(_at, end - _at).Contains('\\')) throw Broken("a string without escapes");
        var text = _text[(_at + 1)..end];
        _at = end + 1;
        return text;
    }

    bool TakeBool()
    {
        Peek();
        foreach (var (word, value) in ((string, bool)[])[("True", true), ("False", false)])
            if (_text.AsSpan(_at).StartsWith(word))
            {
                _at += word.Length;
                return value;
            }
        throw Broken("True or False");
    }

    List<long> TakeTuple()
    {
        Take('(');
        List<long> dims = [];
        while (Peek() != ')')
        {
            var start = _at;
            while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
            if (!long.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var dim)) throw Broken("a size");
            dims.Add(dim);
            // Python 2 marks long integers.
            if (_at < _text.Length && _text[_at] == 'L') _at++;
            if (Peek() == ',') _at++;
            else if (Peek() != ')' || dims.Count == 1) throw Broken("a comma");
        }
        _at++;
        return dims;
    }

    /// <summary>The next character that is no space.</summary>
    char Peek()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\n') _at++;
        return _at < _text.Length ? _text[_at] : '\0';
    }

    void Take(char c)
    {
        if (Peek() != c) throw Broken($"{c}");
        _at++;
    }

    ModelFileException Broken(string expected) => Bad(_name, $"the header is broken at character {_at}", expected, _at < _text.Length ? ModelFileException.Show($"{_text[_at]}") : "its end");

    static ModelFileException Bad(string? path, string what, object expected, object received, string? hint = null) => new(Format, path, what, expected, received, hint);
}
