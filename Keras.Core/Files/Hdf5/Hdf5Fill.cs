using System.Runtime.InteropServices;

namespace Keras;

/// <summary>What stands where no data are stored.</summary>
static unsafe class Hdf5Fill
{
    internal static void Into(Hdf5Source source, Hdf5Message? message, int elementSize, byte* to, long bytes)
    {
        var value = message is { } found ? Read(source, found) : default;
        if (!value.IsEmpty && value.Length != elementSize) throw source.Bad("the fill value has another size than an element", elementSize, value.Length);
        if (value.IndexOfAnyExcept((byte)0) < 0) NativeMemory.Clear(to, (nuint)bytes);
        else
            for (long at = 0; at < bytes; at += elementSize) value.CopyTo(new Span<byte>(to + at, elementSize));
    }

    static ReadOnlySpan<byte> Read(Hdf5Source source, Hdf5Message message)
    {
        if (message.IsShared) throw source.Bad("shared fill values are not supported", "a fill value in its place", "a shared message");
        var cursor = new Hdf5Cursor(source, message.Data.Span, "fill value");
        if (message.Type == Hdf5Message.Fill)
        {
            var version = cursor.Version(1, 3);
            bool isDefined;
            if (version == 3) isDefined = (cursor.U8() & 0x20) != 0;
            else
            {
                cursor.Skip(2);
                isDefined = cursor.U8() != 0;
            }
            if (!isDefined) return default;
        }
        return cursor.Take(cursor.U32());
    }
}
