using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Keras.Fuzz.Tests;

/// <summary>Damages a sound file.</summary>
sealed class Mutation(Dice dice, byte[][] samples)
{
    const int Longest = 1 << 18, LongestSlice = 1 << 12, Edge = 300;

    static readonly long[] Numbers =
    [
        0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff, 0x1_0000_0000, 1L << 40,
        long.MaxValue - 1, long.MaxValue, long.MinValue, -1, -2,
    ];

    static readonly byte[][] Words = [.. new[]
    {
        "NaN", "-Infinity", "1e999", "-0", "1.0", "null", "{", "}", "[", "]", ",", ":", "\"", "\\", "\\ud800", "\\u0000", "\0", "\uFEFF", "é", "../", "/", "(", ")", "'",
        "True", "|O", ">f8", "<f4", "V2", "F64", "PK\u0003\u0004", "PK\u0001\u0002", "PK\u0005\u0006", "TREE", "SNOD", "HEAP", "GCOL", "OHDR", "__metadata__", "shape", "dtype",
    }.Select(Encoding.UTF8.GetBytes)];

    List<byte> _bytes = [];

    Span<byte> Bytes => CollectionsMarshal.AsSpan(_bytes);

    /// <summary>A sample with a few damages, at times very many.</summary>
    internal byte[] Draw()
    {
        _bytes = [.. dice.Pick(samples)];
        for (var left = dice.Chance(0.1) ? dice.Within(5, 40) : dice.Within(1, 4); left > 0 && _bytes.Count > 0; left--) Damage();
        return Bytes[..Math.Min(_bytes.Count, Longest)].ToArray();
    }

    void Damage()
    {
        switch (dice.Below(13))
        {
            case 0 or 1: _bytes[Place()] ^= (byte)(1 << dice.Below(8)); break;
            case 2: _bytes[Place()] = (byte)dice.Next(); break;
            case 3 or 4: Number(); break;
            case 5: Nudge(); break;
            case 6: Put(Place(), Slice(Bytes)); break;
            case 7: _bytes.InsertRange(Place(), Slice(dice.Pick(samples))); break;
            case 8: Delete(); break;
            case 9: Truncate(); break;
            case 10: Repeat(); break;
            case 11: Word(); break;
            default: Digits(); break;
        }
    }

    /// <summary>Somewhere: heads, tails and what stands behind capital letters count more than the long middles of files.</summary>
    int Place()
    {
        var at = dice.Below(_bytes.Count);
        switch (dice.Below(4))
        {
            case 0: return Math.Min(at, dice.Below(Edge));
            case 1: return Math.Max(at, _bytes.Count - 1 - dice.Below(Edge));
            case 2:
                while (at + 1 < _bytes.Count && !(IsCapital(_bytes[at]) && IsCapital(_bytes[at + 1]))) at++;
                return Math.Min(at + dice.Below(48), _bytes.Count - 1);
            default: return at;
        }
    }

    static bool IsCapital(byte b) => b is >= (byte)'A' and <= (byte)'Z';

    long Extreme() => dice.Below(6) switch
    {
        0 => _bytes.Count + dice.Within(-2, 2),
        1 => dice.Below(_bytes.Count + 1),
        2 => dice.Below(100),
        _ => dice.Pick(Numbers),
    };

    /// <summary>An extreme number in a field of some width.</summary>
    void Number()
    {
        var field = new byte[8];
        var (value, width) = (Extreme(), dice.Pick(1, 2, 4, 4, 8, 8));
        if (dice.Chance(0.9)) BinaryPrimitives.WriteInt64LittleEndian(field, value);
        else BinaryPrimitives.WriteInt64BigEndian(field, value << 8 * (8 - width));
        Put(Place(), field.AsSpan(0, width));
    }

    /// <summary>A number that is a little off.</summary>
    void Nudge()
    {
        var (at, width, by) = (Place(), dice.Pick(1, 2, 4), dice.Within(-3, 3));
        for (var i = at; i < Math.Min(at + width, _bytes.Count); i++)
        {
            var sum = _bytes[i] + by;
            _bytes[i] = (byte)sum;
            by = sum >> 8;
        }
    }

    /// <summary>An extreme number, or none, in place of one in the text.</summary>
    void Digits()
    {
        var start = Place();
        while (start < _bytes.Count && !char.IsAsciiDigit((char)_bytes[start])) start++;
        var end = start;
        while (end < _bytes.Count && char.IsAsciiDigit((char)_bytes[end])) end++;
        _bytes.RemoveRange(start, end - start);
        _bytes.InsertRange(start, dice.Chance(0.1) ? dice.Pick(Words) : Encoding.ASCII.GetBytes(Extreme().ToString(CultureInfo.InvariantCulture)));
    }

    void Word()
    {
        var (at, word) = (Place(), dice.Pick(Words));
        if (dice.Chance(0.5)) Put(at, word);
        else _bytes.InsertRange(at, word);
    }

    void Put(int at, ReadOnlySpan<byte> value) => value[..Math.Min(value.Length, _bytes.Count - at)].CopyTo(Bytes[at..]);

    byte[] Slice(ReadOnlySpan<byte> from)
    {
        var at = dice.Below(from.Length);
        return from.Slice(at, Length(from.Length - at)).ToArray();
    }

    int Length(int most) => Math.Min(most, dice.Chance(0.7) ? dice.Within(1, 24) : dice.Within(1, LongestSlice));

    void Delete()
    {
        var at = Place();
        _bytes.RemoveRange(at, Length(_bytes.Count - at));
    }

    void Truncate()
    {
        var at = Place();
        if (dice.Chance(0.3)) _bytes.RemoveRange(0, at);
        else _bytes.RemoveRange(at, _bytes.Count - at);
    }

    /// <summary>Something twice, or a thousand times: many members, deep nesting.</summary>
    void Repeat()
    {
        var (at, slice) = (Place(), Slice(Bytes));
        var times = dice.Chance(0.8) ? 1 : dice.Within(2, Math.Max(2, Longest / slice.Length / 2));
        var repeated = new byte[times * slice.Length];
        for (var i = 0; i < times; i++) slice.CopyTo(repeated, i * slice.Length);
        _bytes.InsertRange(at, repeated);
    }
}
