using System.Text;
using System.Text.Json.Nodes;
using Keras.Tests;
using static Keras.Core.Tests.Saving.HostileModelTests;

namespace Keras.Core.Tests.Saving;

/// <summary>Configs and vocabularies without end are refused at once, and long ones take no more time than they are long.</summary>
sealed class HostileSizeTests
{
    [Test, Hostile("B03")]
    public void Layers_without_end_are_refused_at_the_first_weights_that_are_too_many()
    {
        string Layer(int i, int units) => Dense().Replace("\"d\"", $"\"d{i}\"", StringComparison.Ordinal).Replace("2}", $"{units}}}", StringComparison.Ordinal);
        string Many(int units) => Model(HostileModelTests.Layers(string.Join(", ", Enumerable.Range(0, 10_000).Select(i => Layer(i, units)))));
        var (few, archive, before) = (JsonNode.Parse(Many(2))!["config"]!["layers"]!.AsArray(), Archive(Many(3200)), GC.GetAllocatedBytesForCurrentThread());
        foreach (var layer in few) Keras.Layer.Deserialize(layer!);
        var (layers, start) = (GC.GetAllocatedBytesForCurrentThread() - before, GC.GetAllocatedBytesForCurrentThread());
        var error = Assert.Throws<ModelFileException>(() => Keras.Saving.LoadModel(archive))!;
        Assert.That(error.Message, Does.Contain("larger than its file"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - start - layers, Is.LessThan(Files.Samples.MemoryAllowed));
    }

    [Test]
    public void Names_without_end_make_no_long_messages()
    {
        var word = new string('o', 3000);
        foreach (var layer in (string[])[Dense("", ", \"registered_name\": \"Functional\"").Replace("\"Dense\"", $"\"{word}\"", StringComparison.Ordinal), Dense($", \"activation\": \"{word}\""), Dense($", \"{word}\": 1")])
        {
            var archive = Archive(Model(HostileModelTests.Layers(layer)));
            Assert.That(Files.Samples.Refused(() => Keras.Saving.LoadModel(archive)).Message, Does.Contain(". Received: "));
        }
        var name = string.Join(' ', Enumerable.Repeat("long", 3000));
        Refused(Functional(Called("d", """["x", 0, 0]""").Replace("\"name\": \"d\", \"inbound", $"\"name\": \"{name}\", \"inbound", StringComparison.Ordinal)));
        Refused(Functional(Called("d", $"[\"{name}\", 3, 0]").Replace("\"name\": \"d\", \"inbound", $"\"name\": \"{name}\", \"inbound", StringComparison.Ordinal), $"[\"{name}\", 0, 0]"));
    }

    [Test]
    public void Many_layers_take_no_more_time_each_than_few()
    {
        string Layer(int i) => $$$"""{"class_name": "Flatten", "config": {"name": "l{{{i}}}"}, "shared_object_id": {{{i}}}}""";
        var json = Model($$"""{"name": "s", "layers": [{{string.Join(", ", Enumerable.Range(0, 50_000).Select(Layer))}}]}""");
        Assert.That(Soon.Does(() => Keras.Models.ModelFromJson(json), TimeSpan.FromSeconds(10)).Layers, Has.Count.EqualTo(50_000));
    }

    static Layer Adapted(string name)
    {
        StringArray words = new[,] { { "a" }, { "b" } };
        switch (name)
        {
            case "IntegerLookup":
                var integers = new Keras.Layers.IntegerLookup();
                integers.Adapt(Ops.Cast(Keras.Tensor.Of([1, 2], [1, 2]), DType.Int64));
                return integers;
            case "StringLookup":
                var strings = new Keras.Layers.StringLookup();
                strings.Adapt(words);
                return strings;
            default:
                var texts = new Keras.Layers.TextVectorization();
                texts.Adapt(words);
                return texts;
        }
    }

    static IEnumerable<TestCaseData> Assets()
    {
        foreach (var name in (string[])["IntegerLookup", "StringLookup", "TextVectorization"])
        {
            yield return new TestCaseData(name, null, "vocabulary is missing").SetArgDisplayNames(name, "missing");
            yield return new TestCaseData(name, "1\n2\n1\n2", "repeated").SetArgDisplayNames(name, "repeated");
            yield return new TestCaseData(name, "1\n2\0\n3", "2?").SetArgDisplayNames(name, "with a zero");
            yield return new TestCaseData(name, new string('\n', 10_000_000), name == "IntegerLookup" ? "the vocabulary" : "empty").SetArgDisplayNames(name, "empty lines");
            yield return new TestCaseData(name, new string('\n', 10_000_000) + "1", "empty lines").SetArgDisplayNames(name, "empty lines before one that is not");
        }
    }

    [TestCaseSource(nameof(Assets)), Hostile("A10")]
    public void An_asset_that_is_no_vocabulary_is_refused(string name, string? text, string message)
    {
        var saved = new MemoryStream();
        new Sequential([Adapted(name)]).Save(saved);
        var zip = new ZipArchiveReader(saved);
        byte[] With(string? vocabulary) => Files.Samples.Zip([.. zip.Members.Where(m => vocabulary is not null || !m.Name.EndsWith("vocabulary.txt", StringComparison.Ordinal))
            .Select(m => (m.Name, m.Name.EndsWith("vocabulary.txt", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(vocabulary!) : zip.ReadAll(m, 1 << 20)))]);
        var (hostile, benign) = (With(text), With(name == "IntegerLookup" ? "-1\n1\n2" : "[UNK]\n1\n2"));
        Files.Samples.Refused(() => Keras.Saving.LoadModel(hostile), message);
        Assert.That(Keras.Saving.LoadModel(benign).Layers, Has.Count.EqualTo(1));
    }

    const int Half = 512 << 20;

    static byte[] Inflating(string before, byte with, int times, string behind)
    {
        var file = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(file, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            using var member = zip.CreateEntry("config.json", System.IO.Compression.CompressionLevel.Fastest).Open();
            member.Write(Encoding.UTF8.GetBytes(before));
            var block = new byte[1 << 20];
            block.AsSpan().Fill(with);
            for (var left = times; left > 0; left -= block.Length) member.Write(block.AsSpan(0, Math.Min(left, block.Length)));
            member.Write(Encoding.UTF8.GetBytes(behind));
        }
        return file.ToArray();
    }

    [TestCase("{\"class_name\": \"", "\"}"), TestCase("{\"", "\": 1}"), Hostile("B06")]
    public void A_text_of_half_a_gigabyte_is_refused(string before, string behind)
    {
        var file = Inflating(before, (byte)'x', Half, behind);
        Files.Samples.Refused(() => Keras.Saving.LoadModel(file), "config.json");
        var text = string.Create(before.Length + Half + behind.Length, (before, behind), (to, parts) =>
        {
            to.Fill('x');
            parts.before.CopyTo(to);
            parts.behind.CopyTo(to[^parts.behind.Length..]);
        });
        Files.Samples.Refused(() => Keras.Models.ModelFromJson(text), "too long");
    }

    static IEnumerable<TestCaseData> Long()
    {
        yield return new TestCaseData(Model(HostileModelTests.Layers(Dense().Replace("2}", new string('1', 1_000_000) + "}", StringComparison.Ordinal))), "too long").SetArgDisplayNames("a number");
        yield return new TestCaseData("{\"class_name\": \"Sequential\", \"config\": {\"layers\": [" + string.Concat(Enumerable.Repeat("{},", 10_000_000)) + "{}]}}", "too many").SetArgDisplayNames("layers");
        foreach (var (open, close) in ((string, string)[])[("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")])
            yield return new TestCaseData("{\"class_name\": \"Sequential\", \"config\": " + string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000)) + "}", "depth").SetArgDisplayNames(open);
    }

    [TestCaseSource(nameof(Long)), Hostile("B04", "B06")]
    public void A_config_without_end_is_refused(string json, string message)
    {
        var archive = Archive(json);
        Files.Samples.Refused(() => Keras.Saving.LoadModel(archive), message);
        Files.Samples.Refused(() => Keras.Models.ModelFromJson(json), message);
    }

    [Test, Hostile("B06")]
    public void A_long_text_is_not_copied_to_be_refused()
    {
        foreach (var key in (string[])["units", "activation", "dtype", "kernel_regularizer"])
        {
            var node = JsonNode.Parse(Dense())!;
            node["config"]![key] = new string('x', 16 << 20);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.That(() => Layer.Deserialize(node), Throws.ArgumentException.With.Message.Length.LessThan(4000), key);
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(Files.Samples.MemoryAllowed), key);
        }
    }
}
