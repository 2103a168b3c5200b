using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Keras;

/// <summary>Writes a file so that its path holds, at every moment and after a crash, either the whole old content or the whole new one.</summary>
static class AtomicFile
{
    const string Ending = ".tmp";
    const int NonceBytes = 8;

    static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>How old a temporary file that nobody holds open must be before the next save of the same path removes it.</summary>
    internal static TimeSpan StaleAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Calls <paramref name="write"/> with a temporary file beside the path, which then takes the path's place. If anything
    /// fails, the temporary file is gone and the path is as it was.</summary>
    /// <param name="path">The file to write or replace. A link is followed.</param>
    /// <param name="write">Gets a stream that can be read, written and moved in.</param>
    /// <exception cref="IOException">The folder does not exist, the disk is full, or the path is a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    internal static void Write(string path, Action<Stream> write) => Write([(path, write)]);

    /// <summary>Writes files that belong together: the first path is only replaced when all of them are whole on the disk, in their order then.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    internal static void Write(IReadOnlyList<(string Path, Action<Stream> Write)> files)
    {
        var targets = files.Select(f => Target(f.Path)).ToArray();
        var temporaries = new List<string>(files.Count);
        try
        {
            for (var i = 0; i < targets.Length; i++)
            {
                RemoveStale(targets[i]);
                temporaries.Add(Temporary(targets[i]));
                using var stream = Create(temporaries[i], FileOptions.None);
                files[i].Write(stream);
                stream.Flush(flushToDisk: true);
            }
            for (var i = 0; i < targets.Length; i++) Replace(temporaries[i], targets[i]);
        }
        catch
        {
            foreach (var temporary in temporaries) Remove(temporary);
            throw;
        }
    }

    /// <summary>A file to write and read that is gone when it is closed.</summary>
    internal static FileStream Nameless() => Create(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileOptions.DeleteOnClose);

    static string Target(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = InputFile.Followed(Path.GetFullPath(path));
        return Directory.Exists(path) ? throw new IOException($"[{path}] is a folder. Expected: a file to write.") : path;
    }

    static string Temporary(string target)
    {
        // Names may have 255 bytes; a character has up to three.
        const int longest = (255 - 2 * NonceBytes - 6) / 3;
        var name = Path.GetFileName(target);
        return Path.Combine(Path.GetDirectoryName(target)!,
            $"{Stem(name, longest)}.{RandomNumberGenerator.GetHexString(2 * NonceBytes, lowercase: true)}{Ending}");
    }

    static string Stem(string name, int longest) => name.Length <= longest ? name : name[..longest];

    static FileStream Create(string temporary, FileOptions options) =>
        new(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16, options);

    static void Replace(string temporary, string target)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(target)) File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
        File.Move(temporary, target, overwrite: true);
        FlushFolder(Path.GetDirectoryName(target)!);
    }

    static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What went wrong before is the better message.
        }
    }

    /// <summary>Removes what writers of the same path left that were killed.</summary>
    static void RemoveStale(string target)
    {
        var stem = Temporary(target)[..^(2 * NonceBytes + Ending.Length)];
        var folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder)) return;
        foreach (var file in Directory.EnumerateFiles(folder, "*" + Ending, new EnumerationOptions { IgnoreInaccessible = true }))
            if (IsTemporary(file, stem) && DateTime.UtcNow - File.GetLastWriteTimeUtc(file) >= StaleAfter && !IsHeld(file)) Remove(file);
    }

    static bool IsTemporary(string file, string stem) => file.Length == stem.Length + 2 * NonceBytes + Ending.Length
        && file.StartsWith(stem, StringComparison.Ordinal)
        && file.AsSpan(stem.Length, 2 * NonceBytes).IndexOfAnyExcept(Hex) < 0;

    static bool IsHeld(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Flushes the folder's entry of the new name to disk, where the system needs that and lets us. .NET cannot open a folder.</summary>
    static unsafe void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var program = NativeLibrary.GetMainProgramHandle();
        if (!NativeLibrary.TryGetExport(program, "open", out var open) || !NativeLibrary.TryGetExport(program, "fsync", out var flush)
            || !NativeLibrary.TryGetExport(program, "close", out var close)) return;
        var name = Marshal.StringToCoTaskMemUTF8(folder);
        try
        {
            var descriptor = ((delegate* unmanaged<nint, int, int>)open)(name, 0);
            if (descriptor < 0) return;
            _ = ((delegate* unmanaged<int, int>)flush)(descriptor);
            _ = ((delegate* unmanaged<int, int>)close)(descriptor);
        }
        finally
        {
            Marshal.FreeCoTaskMem(name);
        }
    }
}
