namespace Keras;

/// <summary>Opens a path that a user named, if it is a file with content.</summary>
static class InputFile
{
    /// <summary>Opens a file to read.</summary>
    /// <exception cref="ArgumentException">The path is empty, or no system has such paths.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="ModelFileException">It is a folder, empty, or no ordinary file.</exception>
    internal static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var name = Path.GetFileName(path);
        if (path.Contains('\0', StringComparison.Ordinal)) throw Errors.Argument(name, "a path has no character of number 0", "the path of a file", path);
        if (Directory.Exists(path)) throw new ModelFileException(name, null, "this is a folder", "a file", path);
        var target = Followed(path);
        var file = new FileInfo(target);
        if (!file.Exists) throw new FileNotFoundException(Errors.Message(name, "there is no such file", "a file", path), path);
        // Pipes and devices have no length either: opening one could wait for ever.
        if (file.Length == 0) throw new ModelFileException(name, null, "the file is empty", "a file with content", "0 bytes");
        return new FileStream(target, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
    }

    /// <summary>Where a link leads to; any other path itself.</summary>
    internal static string Followed(string path) => new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;
}
