using System.Text.Json.Nodes;
using Keras.Core.Tests.Files;
using Keras.Tests;

namespace Keras.Core.Tests.Saving;

public class ShardedWeightsTests
{
    const double GiB = 1L << 30;

    static (TemporaryFolder Folder, Sequential Model) Saved()
    {
        var (folder, model) = (new TemporaryFolder(), WeightsFileTests.Trained());
        model.SaveWeights(folder["m.weights.json"], maxShardSize: 200 / GiB);
        return (folder, model);
    }

    [Test]
    public void Weights_come_back_from_several_files()
    {
        var (folder, model) = Saved();
        using (folder)
        {
            var second = WeightsFileTests.Trained();
            second.LoadWeights(folder["m.weights.json"]);
            Assert.That(WeightsFileTests.Values(second), Is.EqualTo(WeightsFileTests.Values(model)));
            Assert.That(folder.Names.Take(2), Is.EqualTo(new[] { "m.weights.json", "m_00000.weights.h5" }));
            Assert.That(folder.Names.Count(), Is.GreaterThan(5));
            var list = JsonNode.Parse(File.ReadAllText(folder["m.weights.json"]))!;
            Assert.That((double)list["metadata"]!["total_size"]!, Is.EqualTo(model.Weights.Concat(model.Optimizer!.Variables).Sum(w => 4 * w.Shape.Size)));
            Assert.That(list["weight_map"]!.AsObject().Select(m => m.Key), Does.Contain("/layers/lstm/cell/vars").And.Contain("/optimizer/vars").And.Not.Contain("/vars"));
            Assert.That(list["weight_map"]!["/optimizer/vars"], Is.InstanceOf<JsonArray>());
            Assert.That(File.ReadAllText(folder["m.weights.json"]), Does.StartWith("{\n    \"metadata\": {\n        \"total_size\": "));
        }
    }

    [Test]
    public void An_array_larger_than_a_file_may_be_is_refused_before_anything_is_written()
    {
        using var folder = new TemporaryFolder();
        Assert.That(() => WeightsFileTests.Small().SaveWeights(folder["m.weights.json"], maxShardSize: 20 / GiB), Throws.ArgumentException.With.Message.Contains("larger than a shard"));
        Assert.That(() => WeightsFileTests.Small().SaveWeights(folder["m.weights.json"], maxShardSize: -1), Throws.ArgumentException);
        Assert.That(folder.Names, Is.Empty);
    }

    [Test]
    public void A_set_that_cannot_be_written_leaves_the_one_before()
    {
        var (folder, model) = Saved();
        using (folder)
        {
            File.Delete(folder["m_00002.weights.h5"]);
            Directory.CreateDirectory(folder["m_00002.weights.h5"]);
            var before = Files();
            model.SetWeights([.. model.GetWeights().Select(w => w + 1)]);
            Assert.That(() => model.SaveWeights(folder["m.weights.json"], maxShardSize: 200 / GiB), Throws.InstanceOf<IOException>());
            Assert.That(Files(), Is.EqualTo(before));

            Dictionary<string, byte[]> Files() => folder.Names.ToDictionary(n => n, n => File.ReadAllBytes(folder[n]));
        }
    }

    static IEnumerable<TestCaseData> Broken()
    {
        static TestCaseData Case(string name, Action<TemporaryFolder, JsonObject> act, string message) => new TestCaseData(act, message).SetName($"Broken shards: {name}");
        yield return Case("one is missing", (f, _) => File.Delete(f["m_00001.weights.h5"]), "a shard is missing");
        yield return Case("a path upwards", (_, m) => m["/layers/dense/vars"] = "../m_00000.weights.h5", "lies elsewhere");
        yield return Case("an absolute path", (_, m) => m["/layers/dense/vars"] = "/etc/hostname", "lies elsewhere");
        yield return Case("a drive", (_, m) => m["/layers/dense/vars"] = "C:m.h5", "lies elsewhere");
        yield return Case("a parent", (_, m) => m["/layers/dense/vars"] = "..", "lies elsewhere");
        yield return Case("no name", (_, m) => m["/layers/dense/vars"] = "", "lies elsewhere");
        yield return Case("a number", (_, m) => m["/layers/dense/vars"] = 3, "another kind");
        yield return Case("nothing", (_, m) => m["/layers/dense/vars"] = null, "another kind");
        yield return Case("the list itself", (_, m) => m["/layers/dense/vars"] = "m.weights.json", "not an HDF5 file");
        yield return Case("another list, which names this one", (f, m) =>
        {
            File.WriteAllText(f["n.weights.json"], """{"metadata": {}, "weight_map": {"/layers/dense/vars": "m.weights.json"}}""");
            m["/layers/dense/vars"] = "n.weights.json";
        }, "not an HDF5 file");
        yield return Case("a link", (f, m) =>
        {
            File.CreateSymbolicLink(f["link.weights.h5"], f["m_00000.weights.h5"]);
            m["/layers/dense/vars"] = "link.weights.h5";
        }, "a shard is a link");
        yield return Case("an array twice", (f, m) =>
        {
            File.Copy(f["m_00000.weights.h5"], f["n.weights.h5"]);
            m["/layers/dense/vars"] = new JsonArray("m_00000.weights.h5", "n.weights.h5");
        }, "two shards have the same array");
        yield return Case("an entry less", (_, m) => m.Remove("/layers/dense/vars"), "Expected: 2. Received: 0");
    }

    [TestCaseSource(nameof(Broken)), Hostile("G07")]
    public void Broken_lists_are_refused(Action<TemporaryFolder, JsonObject> act, string message)
    {
        var (folder, model) = Saved();
        using (folder)
        {
            var before = WeightsFileTests.Values(model);
            var list = JsonNode.Parse(File.ReadAllText(folder["m.weights.json"]))!.AsObject();
            act(folder, list["weight_map"]!.AsObject());
            File.WriteAllText(folder["m.weights.json"], list.ToJsonString());
            Assert.That(() => model.LoadWeights(folder["m.weights.json"]), Throws.TypeOf<ModelFileException>().With.Message.Contains(message));
            Assert.That(WeightsFileTests.Values(model), Is.EqualTo(before));
        }
    }
}
