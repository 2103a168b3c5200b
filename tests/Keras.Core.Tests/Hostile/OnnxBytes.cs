using System.Buffers.Binary;
using System.Text;

namespace Keras.Core.Tests.Hostile;

/// <summary>A message of protobuf, field by field, right ones and wrong ones.</summary>
sealed class OnnxBytes
{
    internal const int Number = 0, Eight = 1, Length = 2, Begin = 3, End = 4, Four = 5;

    readonly List<byte> _bytes = [];

    internal int Count => _bytes.Count;

    internal byte[] ToArray() => [.. _bytes];

    /// <summary>Bytes as they are.</summary>
    internal OnnxBytes Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>A number in groups of seven bits, the lowest first.</summary>
    internal OnnxBytes Varint(long value)
    {
        var rest = (ulong)value;
        for (; rest > 0x7F; rest >>= 7) _bytes.Add((byte)(rest | 0x80));
        _bytes.Add((byte)rest);
        return this;
    }

    internal OnnxBytes Tag(int field, int wire) => Varint(((long)field << 3) | (uint)wire);

    internal OnnxBytes Int(int field, long value) => Tag(field, Number).Varint(value);

    internal OnnxBytes Bytes(int field, params ReadOnlySpan<byte> content) => Tag(field, Length).Varint(content.Length).Raw(content);

    internal OnnxBytes Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    internal OnnxBytes Message(int field, OnnxBytes message) => Bytes(field, message.ToArray());

    internal OnnxBytes All(int field, params IEnumerable<OnnxBytes> messages) => messages.Aggregate(this, (all, m) => all.Message(field, m));

    internal OnnxBytes Texts(int field, params IEnumerable<string> texts) => texts.Aggregate(this, (all, t) => all.Text(field, t));

    /// <summary>Numbers one behind the other in one field.</summary>
    internal OnnxBytes Packed(int field, params IEnumerable<long> values) => Message(field, values.Aggregate(new OnnxBytes(), (all, v) => all.Varint(v)));

    /// <summary>Numbers of a field each.</summary>
    internal OnnxBytes Unpacked(int field, params IEnumerable<long> values) => values.Aggregate(this, (all, v) => all.Int(field, v));

    internal OnnxBytes Float(int field, float value)
    {
        var bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return Tag(field, Four).Raw(bytes);
    }
}
