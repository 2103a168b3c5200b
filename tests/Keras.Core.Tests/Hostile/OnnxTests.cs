using System.Diagnostics;
using Keras.Core.Tests.Files;
using Keras.Layers;
using Keras.Tests;

namespace Keras.Core.Tests.Hostile;

/// <summary>ONNX files that mean harm. The library reads no ONNX, so they and their benign twins are refused by every door, soon, with one type of error,
/// and no file that they name is opened. A reader is held to the same files: it refuses them and loads the twins.</summary>
[NonParallelizable]
sealed class OnnxTests
{
    static IEnumerable<TestCaseData> Files(params string[] entries) => entries.SelectMany(HostileOnnx.Of).Select(f => new TestCaseData(f).SetArgDisplayNames($"{f}"));

    static IEnumerable<TestCaseData> OfLocations => Files("H01");

    static IEnumerable<TestCaseData> OfLinks => Files("H02");

    static IEnumerable<TestCaseData> OfTensors => Files("H04", "H05", "H06");

    static IEnumerable<TestCaseData> OfWire => Files("H07");

    static IEnumerable<TestCaseData> OfVersions => Files("H08");

    static IEnumerable<TestCaseData> OfGraphs => Files("H09", "H10", "H11");

    [TestCaseSource(nameof(OfTensors)), Hostile("H04", "H05", "H06")]
    public void Tensors(HostileOnnxFile file) => Refuse(file);

    [TestCaseSource(nameof(OfWire)), Hostile("H07")]
    public void Wire(HostileOnnxFile file) => Refuse(file);

    [TestCaseSource(nameof(OfVersions)), Hostile("H08")]
    public void Versions_and_operators(HostileOnnxFile file) => Refuse(file);

    [TestCaseSource(nameof(OfGraphs)), Hostile("H09", "H10", "H11")]
    public void Graphs(HostileOnnxFile file) => Refuse(file);

    [TestCaseSource(nameof(OfLocations)), Hostile("H01")]
    public void Locations(HostileOnnxFile file) => Refuse(file);

    static void Refuse(HostileOnnxFile file)
    {
        using var folder = Samples.Folder();
        Directory.CreateDirectory(folder["models/a"]);
        // A pipe that nobody writes to: who opens it waits for ever.
        foreach (var name in (string[])["x", "models/x", "models/a/x"]) Pipe(folder[name]);
        foreach (var content in file.Twin is null ? [file.File] : (byte[][])[file.File, file.Twin])
        {
            var path = folder["models/model.onnx"];
            File.WriteAllBytes(path, content);
            var before = Entries(folder);
            OnnxDoors.Refuse(path);
            OnnxDoors.Refuse(content);
            Assert.That(Entries(folder), Is.EqualTo(before), "nothing is written");
            Assert.That(File.ReadAllBytes(path), Is.EqualTo(content));
        }
        Assert.That(file.Twin, Is.Null.Or.Not.EqualTo(file.File));
    }

    static string[] Entries(TemporaryFolder folder) => [.. Directory.EnumerateFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    static void Pipe(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        using var process = Process.Start("mkfifo", path);
        process.WaitForExit();
    }

    /// <summary>A folder with a model's data under a name that is no ordinary file of it.</summary>
    static void Place(TemporaryFolder folder, string name)
    {
        Directory.CreateDirectory(folder["outside"]);
        Directory.CreateDirectory(folder["models"]);
        var (secret, data) = (folder["outside/x"], folder[$"models/{name}"]);
        File.WriteAllBytes(secret, new byte[16]);
        File.WriteAllBytes(folder["models/plain"], new byte[16]);
        switch (name)
        {
            case "link": File.CreateSymbolicLink(data, secret); break;
            case "parent/x": Directory.CreateSymbolicLink(folder["models/parent"], folder["outside"]); break;
            case "hard": Run("ln", secret, data); break;
            case "pipe": Pipe(data); break;
            case "folder": Directory.CreateDirectory(data); break;
            case "device": File.CreateSymbolicLink(data, "/dev/zero"); break;
            case "loop": File.CreateSymbolicLink(data, data); break;
            default: File.CreateSymbolicLink(data, folder["outside/nothing"]); break;
        }
    }

    static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero);
    }

    [TestCaseSource(nameof(OfLinks)), Platform(Exclude = "Win"), Hostile("H02")]
    public void Data_that_are_no_ordinary_file(HostileOnnxFile file)
    {
        using var folder = Samples.Folder();
        Place(folder, file.Name);
        foreach (var content in (byte[][])[file.File, file.Twin!])
        {
            File.WriteAllBytes(folder["models/model.onnx"], content);
            OnnxDoors.Refuse(folder["models/model.onnx"]);
            OnnxDoors.Refuse(content);
        }
        Assert.That(File.ReadAllBytes(folder["outside/x"]), Is.EqualTo(new byte[16]));
    }

    // The model itself behind a link is one by its content.
    [Test, Platform(Exclude = "Win"), Hostile("H02")]
    public void A_model_behind_a_link()
    {
        using var folder = Samples.Folder();
        File.WriteAllBytes(folder["model.onnx"], HostileOnnx.At("../x"));
        File.CreateSymbolicLink(folder["link.onnx"], folder["model.onnx"]);
        OnnxDoors.Refuse(folder["link.onnx"]);
    }

    static IEnumerable<HostileOnnxFile> Located => [.. HostileOnnx.Of("H01"), .. HostileOnnx.Of("H02")];

    /// <summary>A model that was not loaded cannot be saved. What can be is another in its place: that writes one file, and none that the old one named.</summary>
    [TestCaseSource(nameof(Located)), Platform(Exclude = "Win"), Hostile("H03")]
    public void Saving_in_the_place_of_such_a_model(HostileOnnxFile file)
    {
        using var folder = Samples.Folder();
        Place(folder, file.Entry == "H02" ? file.Name : "link");
        var (path, before) = (folder["models/model.keras"], Entries(folder));
        File.WriteAllBytes(path, file.File);
        Samples.Refused(() => Keras.Saving.LoadModel(path), "of an unknown kind");
        new Sequential([new Input(2), new Dense(2)]).Save(path);
        Assert.Multiple(() =>
        {
            Assert.That(Entries(folder).Except([path]), Is.EqualTo(before), "no file more, none less");
            Assert.That(File.ReadAllBytes(folder["outside/x"]), Is.EqualTo(new byte[16]));
            Assert.That(File.ReadAllBytes(folder["models/plain"]), Is.EqualTo(new byte[16]));
            Assert.That(Keras.Saving.LoadModel(path).CountParams(), Is.EqualTo(6));
        });
    }

    [Test]
    public void The_doors_are_open_to_what_they_know()
    {
        using var folder = Samples.Folder();
        OnnxDoors.OpenWhatTheyKnow(folder);
    }

    [Test]
    public void Cases_have_names_of_their_own() => Assert.Multiple(() =>
    {
        Assert.That(HostileOnnx.All.Select(f => $"{f}"), Is.Unique);
        Assert.That(HostileOnnx.All.Select(f => f.Entry).Distinct(), Is.EquivalentTo((string[])["H01", "H02", "H04", "H05", "H06", "H07", "H08", "H09", "H10", "H11"]));
    });
}
