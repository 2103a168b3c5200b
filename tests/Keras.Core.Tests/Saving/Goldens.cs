namespace Keras.Core.Tests.Saving;

/// <summary>Where the recorded files are.</summary>
static class Goldens
{
    internal static string Root { get; } = Environment.GetEnvironmentVariable("KERAS_GOLDENS") is { Length: > 0 } named ? named : AboveTests();

    static string AboveTests()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "goldens"))) folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? "", "tests", "goldens");
    }
}
