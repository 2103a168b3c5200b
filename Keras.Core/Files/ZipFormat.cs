namespace Keras;

/// <summary>The numbers of the zip format, section 4 of PKWARE's APPNOTE.</summary>
static class ZipFormat
{
    internal const uint Local = 0x04034b50, Central = 0x02014b50, Descriptor = 0x08074b50, End = 0x06054b50, End64 = 0x06064b50, Locator64 = 0x07064b50;

    internal const int LocalBytes = 30, CentralBytes = 46, EndBytes = 22, End64Bytes = 56, Locator64Bytes = 20;

    internal const ushort Stored = 0, Deflated = 8;

    internal const ushort Version = 20, Version64 = 45;

    internal const ushort FlagEncrypted = 1, FlagDescriptor = 1 << 3, FlagUtf8 = 1 << 11;

    /// <summary>Bits that say how hard the writer tried to compress.</summary>
    internal const ushort FlagsOfDeflate = 0b110;

    /// <summary>In a field that is too small for its value: the 64-bit field of the extra data holds it.</summary>
    internal const uint Saturated = uint.MaxValue;

    internal const ushort Saturated16 = ushort.MaxValue;

    internal const ushort Extra64 = 1, ExtraUnicodeName = 0x7075;

    internal const int LongestName = 1024, DeepestName = 100;

    /// <summary>Whether a name is a relative path with / between its parts, on every system.</summary>
    internal static bool IsPlain(string name)
    {
        var parts = name.Split('/');
        return parts.Length <= DeepestName && !parts.Any(p => p is "" or "." or "..") && !name.Contains('\\') && !name.Any(char.IsControl)
            && !(name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0]));
    }

    /// <summary>The method's name, for messages.</summary>
    internal static string Method(int method) => method switch
    {
        1 => "shrunk (1)",
        6 => "imploded (6)",
        9 => "Deflate64 (9)",
        12 => "bzip2 (12)",
        14 => "LZMA (14)",
        93 => "Zstandard (93)",
        95 => "xz (95)",
        99 => "AES encryption (99)",
        _ => $"method {method}",
    };
}
