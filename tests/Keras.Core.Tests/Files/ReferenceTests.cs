using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Keras.Tests;

namespace Keras.Core.Tests.Files;

/// <summary>The library has no downloader, no reader of tar or gzip files, no decoder of images and no reader of data sets, and nothing to make them of.</summary>
sealed class ReferenceTests
{
    static readonly string[] Namespaces = ["System.Net", "System.Formats.Tar", "System.Drawing", "System.Security.Authentication"];

    static readonly string[] Types = ["System.Diagnostics.Process", "System.Diagnostics.ProcessStartInfo", "System.IO.Compression.GZipStream", "System.IO.Compression.BrotliStream", "System.IO.Compression.ZipFile"];

    static bool IsForbidden(string space, string name) => Types.Contains($"{space}.{name}") || Namespaces.Any(n => space == n || space.StartsWith(n + ".", StringComparison.Ordinal));

    static List<string> Forbidden(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Assembly.Load(assembly).Location));
        var reader = file.GetMetadataReader();
        return [.. reader.TypeReferences.Select(reader.GetTypeReference).Select(t => (Space: reader.GetString(t.Namespace), Name: reader.GetString(t.Name)))
            .Where(t => IsForbidden(t.Space, t.Name)).Select(t => $"{t.Space}.{t.Name}"),
            .. reader.AssemblyReferences.Select(reader.GetAssemblyReference).Select(a => reader.GetString(a.Name)).Where(a => IsForbidden(a, ""))];
    }

    // These inputs come due with the first downloader or reader of such files: each of them then needs its own test.
    [TestCase("Keras.Core"), TestCase("Keras.Kernels.Cpu")]
    [Hostile("J01", "J02", "J03", "J04", "J05", "J06", "J07", "J08", "J09", "J10", "J12", "J13")]
    public void The_library_can_neither_download_nor_unpack_nor_start_anything(string assembly)
    {
        Assert.That(Forbidden(assembly), Is.Empty);
        // These tests do use such things.
        Assert.That(Forbidden("Keras.Core.Tests"), Does.Contain("System.Diagnostics.Process"));
    }
}
