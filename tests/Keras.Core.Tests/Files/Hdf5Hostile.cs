namespace Keras.Core.Tests.Files;

/// <summary>Holds the reader to what it promises of any bytes: the file's data or a typed refusal, soon and without much memory.</summary>
static class Hdf5Hostile
{
    /// <summary>Reads all of a file; a refusal's message has to contain <paramref name="refused"/>, and there has to be none where that is
    /// <c>null</c>.</summary>
    internal static void Hold(byte[] file, string? refused)
    {
        var error = Try(new MemoryStream(file, writable: false), out _);
        Assert.That(error?.Message, refused is null ? Is.Null : Does.Contain(refused));
    }

    /// <summary>Reads all of a file; the refusal, or <c>null</c> and what was found.</summary>
    internal static ModelFileException? Try(Stream file, out List<string> found)
    {
        (var error, found) = Soon.Does(() => Read(file), Samples.TimeAllowed);
        return error;
    }

    static (ModelFileException? Error, List<string> Found) Read(Stream file)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        ModelFileException? error = null;
        List<string> found = [];
        try
        {
            found = Hdf5Files.ReadAll(Hdf5File.Open(file));
        }
        catch (ModelFileException e)
        {
            error = e;
        }
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        if (bytes > Samples.MemoryAllowed) Assert.Fail($"{bytes >> 20} MiB: {error?.Message ?? "read"}");
        return (error, found);
    }

    internal static TestCaseData Case(string name, byte[] file, string? refused) => new TestCaseData(file, refused).SetArgDisplayNames(name);
}
