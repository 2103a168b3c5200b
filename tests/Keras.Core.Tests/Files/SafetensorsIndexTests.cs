using System.Diagnostics;
using Keras.Tests;

namespace Keras.Core.Tests.Files;

/// <summary>Sets of safetensors files and their index.</summary>
public class SafetensorsIndexTests
{
    const string IndexName = "model.safetensors.index.json";

    static TemporaryFolder Set(string index)
    {
        var folder = Samples.Folder();
        Safetensors.Save(folder["one.safetensors"], new Dictionary<string, Tensor> { ["a"] = Tensor.Of([1f], [1]), ["b"] = Tensor.Of([2f], [1]) });
        Safetensors.Save(folder["two.safetensors"], new Dictionary<string, Tensor> { ["c"] = Tensor.Of([3f], [1]) });
        Safetensors.Save(folder["again.safetensors"], new Dictionary<string, Tensor> { ["c"] = Tensor.Of([4f], [1]), ["d"] = Tensor.Of([4f], [1]) });
        File.WriteAllText(folder[IndexName], index);
        return folder;
    }

    [Test]
    public void All_files_of_a_set_are_read()
    {
        using var folder = Set("""{"metadata": {"total_size": 12.0, "by": "x"}, "weight_map": {"a": "one.safetensors", "b": "one.safetensors", "c": "two.safetensors"}}""");
        using var file = Safetensors.Open(folder[IndexName]);
        Assert.Multiple(() =>
        {
            Assert.That(file.Names, Is.EqualTo(new[] { "a", "b", "c" }));
            Assert.That(file.Metadata, Is.EquivalentTo(new Dictionary<string, string> { ["total_size"] = "12.0", ["by"] = "x" }));
            Assert.That(Safetensors.Load(folder[IndexName]).Select(t => t.Value.Item()), Is.EqualTo(new[] { 1d, 2, 3 }));
        });
    }

    [Test]
    public void Links_that_the_user_made_are_followed()
    {
        using var folder = Set("""{"weight_map": {"c": "link.safetensors"}}""");
        Directory.CreateDirectory(folder["snapshot"]);
        File.CreateSymbolicLink(folder["snapshot/" + IndexName], folder[IndexName]);
        File.CreateSymbolicLink(folder["snapshot/link.safetensors"], folder["two.safetensors"]);
        Assert.That(Safetensors.Load(folder["snapshot/" + IndexName])["c"].Item(), Is.EqualTo(3));
    }

    [TestCase("""{"weight_map": {"c": "../two.safetensors"}}""", "beside the index")]
    [TestCase("""{"weight_map": {"c": "/etc/two.safetensors"}}""", "beside the index")]
    [TestCase("""{"weight_map": {"c": "x\\two.safetensors"}}""", "beside the index")]
    [TestCase("""{"weight_map": {"c": "C:two.safetensors"}}""", "beside the index")]
    [TestCase("""{"weight_map": {"c": "two.safetensors\u0000"}}""", "beside the index")]
    [TestCase("""{"weight_map": {"c": "\u0000two.safetensors"}}""", "beside the index")]
    [TestCase("""{"weight_map": {"c": "model.safetensors.index.json"}}""", "beside the index")]
    [TestCase("""{"weight_map": {"c": ".."}}""", "beside the index")]
    [TestCase("""{"weight_map": {"c": ""}}""", "beside the index")]
    [TestCase("""{"weight_map": {"c": ["two.safetensors"]}}""", "not named")]
    [TestCase("""{"weight_map": {"c": null}}""", "not named")]
    [TestCase("""{"weight_map": {"c": 1}}""", "not named")]
    [TestCase("""{"weight_map": {"c": "three.safetensors"}}""", "missing")]
    [TestCase("""{"weight_map": {"c": "two.safetensors", "d": "two.safetensors"}}""", "a tensor is missing")]
    [TestCase("""{"weight_map": {"a": "one.safetensors"}}""", "does not say")]
    [TestCase("""{"weight_map": {"c": "two.safetensors", "d": "again.safetensors"}}""", "does not say")]
    [TestCase("""{"weight_map": {"c": "two.safetensors", "c": "again.safetensors"}}""", "one name twice")]
    [TestCase("""{"weight_map": []}""", "no index")]
    [TestCase("""{"weights": {}}""", "no index")]
    [TestCase("[]", "no index")]
    [TestCase("null", "no index")]
    [TestCase("{", "no JSON")]
    [Hostile("I08")]
    public void An_index_that_is_none_or_leads_elsewhere_is_refused(string index, string part)
    {
        using var folder = Set(index);
        Samples.Refused(() => Safetensors.Load(folder[IndexName]), part);
        // No file of the set is held open.
        foreach (var file in Directory.EnumerateFiles(folder.Path)) File.Open(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
    }

    [Test]
    public void A_folder_an_empty_file_and_a_pipe_are_refused()
    {
        using var folder = Samples.Folder();
        File.WriteAllBytes(folder["empty"], []);
        Directory.CreateDirectory(folder["folder.safetensors"]);
        Func<string, object>[] readers = [p => Safetensors.Load(p), p => NumPy.Load(p), p => NumPy.LoadNpz(p), p => InputFile.Open(p)];
        foreach (var read in readers)
        {
            Samples.Refused(() => read(folder["empty"]), "empty");
            Samples.Refused(() => read(folder["folder.safetensors"]), "folder");
            Assert.That(() => read(folder["missing"]), Throws.InstanceOf<FileNotFoundException>());
        }
        if (OperatingSystem.IsWindows()) return;
        using (var process = Process.Start("mkfifo", folder["pipe"])) process.WaitForExit();
        foreach (var read in readers) Samples.Refused(() => read(folder["pipe"]), "empty");
        Samples.Refused(() => Safetensors.Load("/dev/zero"), "empty");
    }
}
