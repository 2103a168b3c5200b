using System.Reflection;

namespace Keras.Tests;

/// <summary>Every hostile input of the catalogue is made by a test, in the project that the catalogue names.</summary>
[TestFixture]
sealed class HostileCatalogueTests
{
    static readonly Assembly Here = typeof(HostileCatalogueTests).Assembly;

    static readonly string[][] Rows = ReadCatalogue();

    static string[][] ReadCatalogue()
    {
        using var reader = new StreamReader(Here.GetManifestResourceStream("catalogue.tsv")!);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split('\t'))];
    }

    static HashSet<string> Made() => [.. Here.GetTypes()
        .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .SelectMany(m => m.GetCustomAttribute<HostileAttribute>()?.Entries ?? [])];

    [Test]
    public void Every_entry_is_made() =>
        Assert.That(Rows.Where(r => r[1] == Here.GetName().Name).Select(r => r[0]).Except(Made()), Is.Empty);

    [Test]
    public void Tests_name_entries_that_there_are() => Assert.That(Made().Except(Rows.Select(r => r[0])), Is.Empty);
}
