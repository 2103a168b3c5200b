using System.Text;
using System.Text.Json.Nodes;
using Keras.Tests;

namespace Keras.Core.Tests.Files;

public class PythonJsonTests
{
    static JsonNode? Read(string text, LoadLimits? limits = null) => PythonJson.Read(Samples.Text(text), "config.json", limits);

    static JsonNode? Read(byte[] text) => PythonJson.Read(text, "config.json");

    [TestCase("""{"a": [1, 1.0, 1e-07, -0.5, 1e+16, 1.2345678901234568e+17, 1234567890123456.0, 0.0001, 1e-05], "b": {"c": null, "d": [true, false]}, "e": {}, "f": []}""")]
    [TestCase("""{"x": NaN, "y": [Infinity, -Infinity, NaN, 1], "z": {"NaN": "NaN", "w": NaN}}""")]
    [TestCase("""[18446744073709551615, -9223372036854775808, 123456789012345678901234567890]""")]
    [TestCase("""["\u00e9\ud83d\ude00\u007f\u0000\u001f", "\"\\/\n\r\t\f\b", "Infinity, NaN", "\\\"NaN"]""")]
    [TestCase("""[[[NaN], {"a": [[], [Infinity]]}], NaN]""")]
    [TestCase("NaN")]
    [TestCase("-Infinity")]
    [TestCase("null")]
    [TestCase("5e-324")]
    [TestCase("1.7976931348623157e+308")]
    [TestCase("9007199254740993.0", "9007199254740992.0")]
    [TestCase("0.10", "0.1")]
    [TestCase("1E5", "100000.0")]
    [TestCase("-0", "0")]
    [TestCase("-0.0")]
    [TestCase("9999999999999998.0")]
    [TestCase("1e16", "1e+16")]
    [TestCase("12345.678")]
    [TestCase("\"\u00e9\"", "\"\\u00e9\"")]
    [TestCase(" [1,\n\t2 ]\r\n", "[1, 2]")]
    public void What_Python_writes_is_read_and_written_alike(string text, string? written = null) =>
        Assert.That(PythonJson.Write(Read(text)), Is.EqualTo(written ?? text));

    [Test]
    public void Values_made_here_are_written_as_Python_writes_them() => Assert.That(PythonJson.Write(new JsonObject
    {
        ["d"] = 1.0,
        ["f"] = 0.1f,
        ["i"] = 1,
        ["l"] = long.MaxValue,
        ["u"] = ulong.MaxValue,
        ["b"] = true,
        ["s"] = "ß",
        ["n"] = null,
        ["nan"] = double.NaN,
        ["inf"] = float.NegativeInfinity,
        ["h"] = 1e22,
        ["m"] = 2.50m,
    }), Is.EqualTo("""{"d": 1.0, "f": 0.10000000149011612, "i": 1, "l": 9223372036854775807, "u": 18446744073709551615, "b": true, "s": "\u00df", "n": null, "nan": NaN, "inf": -Infinity, "h": 1e+22, "m": 2.5}"""));

    [Test]
    public void Lines_are_indented_as_Python_indents_them() => Assert.That(PythonJson.Write(Read("""{"a": [1, {}], "b": {"c": [[]]}}"""), indent: 4),
        Is.EqualTo("{\n    \"a\": [\n        1,\n        {}\n    ],\n    \"b\": {\n        \"c\": [\n            []\n        ]\n    }\n}"));

    [Test]
    public void Numbers_can_be_asked_for_as_what_they_are()
    {
        var node = Read("""[1, 1.0, NaN, -Infinity, 18446744073709551615]""")!;
        Assert.Multiple(() =>
        {
            Assert.That((int)node[0]!, Is.EqualTo(1));
            Assert.That((double)node[0]!, Is.EqualTo(1));
            Assert.That((double)node[1]!, Is.EqualTo(1));
            Assert.That((double)node[2]!, Is.NaN);
            Assert.That((double)node[3]!, Is.EqualTo(double.NegativeInfinity));
            Assert.That((ulong)node[4]!, Is.EqualTo(ulong.MaxValue));
        });
    }

    [TestCase("""{"a": {"b": [0, {"c": 1, "c": 2}]}}""", "$.a.b[1].c", "one name twice")]
    [TestCase("""{"config": 1, "\u0063onfig": 2}""", "$.config", "one name twice")]
    [TestCase("""[[1, "\ud800"]]""", "$[0][1]", "surrogate")]
    [TestCase("""["\udc00\ud800"]""", "$[0]", "surrogate")]
    [TestCase("""["\ud800\u0041"]""", "$[0]", "surrogate")]
    [TestCase("""{"\ud800": 1}""", "$", "surrogate")]
    [TestCase("""{"a": 1e400}""", "$.a", "too large for float64")]
    [TestCase("""[-1e400]""", "$[0]", "too large for float64")]
    [TestCase("""{"a": 1,}""", "$", "no JSON")]
    [TestCase("""[1,]""", "$", "no JSON")]
    [TestCase("""[1] // comment""", "$", "no JSON")]
    [TestCase("""/* comment */ [1]""", "$", "no JSON")]
    [TestCase("""[1] [2]""", "$", "no JSON")]
    [TestCase("""['a']""", "$", "no JSON")]
    [TestCase("class_name: Dense\nconfig:\n  units: 3\n", "$", "no JSON")]
    [TestCase("""[1NaN]""", "$", "no JSON")]
    [TestCase("""[NaN1]""", "$", "no JSON")]
    [TestCase("""[-NaN]""", "$", "no JSON")]
    [TestCase("""[nan]""", "$", "no JSON")]
    [TestCase("[nul\u001b[2J]", "$", "line 1, byte 5: ")]
    [TestCase("""[+Infinity]""", "$", "no JSON")]
    [TestCase("""{NaN: 1}""", "$", "no JSON")]
    [TestCase("""[NaNNaN]""", "$", "no JSON")]
    [TestCase("""[Infinit]""", "$", "no JSON")]
    [TestCase("""[01]""", "$", "no JSON")]
    [TestCase("""[.5]""", "$", "no JSON")]
    [TestCase("", "$", "no JSON")]
    [TestCase("[", "$", "no JSON")]
    [TestCase("\"a\nb\"", "$", "no JSON"), Hostile("A13", "B07", "B09")]
    public void What_is_no_JSON_of_Python_is_refused_with_the_place(string text, string place, string what)
    {
        var error = Samples.Refused(() => Read(text), what);
        Assert.That(error.Path, Does.StartWith($"config.json: {place}"));
    }

    static IEnumerable<TestCaseData> Encodings()
    {
        yield return new TestCaseData(Encoding.UTF8.GetPreamble().Concat("[]"u8.ToArray()).ToArray()).SetArgDisplayNames("UTF-8 with a mark");
        yield return new TestCaseData(Encoding.Unicode.GetBytes("[1]")).SetArgDisplayNames("UTF-16");
        yield return new TestCaseData(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("[1]")).ToArray()).SetArgDisplayNames("UTF-16 with a mark");
        yield return new TestCaseData(Encoding.UTF32.GetBytes("[1]")).SetArgDisplayNames("UTF-32");
        yield return new TestCaseData("[\"\xE9\"]"u8.ToArray().Select(b => b == 0xC3 ? (byte)0xE9 : b).ToArray()).SetArgDisplayNames("Latin-1 alike");
        yield return new TestCaseData(new byte[] { (byte)'"', 0xC0, 0x80, (byte)'"' }).SetArgDisplayNames("overlong");
        yield return new TestCaseData(new byte[] { (byte)'"', 0xED, 0xA0, 0x80, (byte)'"' }).SetArgDisplayNames("surrogate in UTF-8");
    }

    [TestCaseSource(nameof(Encodings)), Hostile("A13")]
    public void Other_encodings_are_refused(byte[] text) => Samples.Refused(() => Read(text));

    [TestCase("[", "]")]
    [TestCase("{\"a\":", "}")]
    [TestCase("[{\"a\":", "}]"), Hostile("B04")]
    public void Depth_is_bounded(string open, string close)
    {
        string Nested(int n) => string.Concat(Enumerable.Repeat(open, n)) + "1" + string.Concat(Enumerable.Repeat(close, n));
        Samples.Refused(() => Read(Nested(100_000)), "depth");
        Samples.Refused(() => Read(Nested(513)), "depth");
        var most = 512 / open.Count(c => c is '[' or '{');
        Assert.That(PythonJson.Write(Read(Nested(most))), Has.Length.GreaterThan(512));
    }

    [Test, Hostile("B06")]
    public void Sizes_are_bounded()
    {
        Samples.Refused(() => Read(Samples.Text($"[{string.Concat(Enumerable.Repeat("{},", 2_000_000))}1]")), "too many values");
        Samples.Refused(() => Read($"[{new string('1', 1_000_000)}]"), "too long");
        Samples.Refused(() => Read($"[0.{new string('1', 1_000_000)}]"), "too long");
        var large = new byte[(64 << 20) + 1];
        large.AsSpan().Fill((byte)' ');
        Samples.Refused(() => Read(large), "too long");
        Samples.Refused(() => Read("[1, 2, 3]", new LoadLimits { MaxTextBytes = 8 }), "too long");
    }

    [Test]
    public void A_long_text_and_a_long_name_are_read()
    {
        var text = new string('x', 1 << 20);
        Assert.That((string?)Read($$"""{"{{text}}": "{{text}}"}""")![text], Is.EqualTo(text));
        Samples.Refused(() => Read($$"""{"{{text}}": 1, "{{text}}": 2}"""), "one name twice");
    }

    [Test]
    public void Truncated_anywhere_it_is_refused()
    {
        var text = Samples.Text("""{"a": [1, NaN, "\u00e9", {"b": -Infinity, "c": "é"}], "d": null}""");
        for (var length = 0; length < text.Length; length++) Assert.That(() => Read(text[..length]), Throws.TypeOf<ModelFileException>(), $"{length} bytes");
    }

    [Test]
    public void Every_config_of_Keras_is_written_as_it_was()
    {
        var count = 0;
        foreach (var file in Samples.Saved("*.keras"))
        {
            using var stream = File.OpenRead(file);
            var zip = new ZipArchiveReader(stream);
            foreach (var name in (string[])["config.json", "metadata.json"])
            {
                var text = zip.ReadAll(zip.Find(name)!);
                Assert.That(PythonJson.Write(PythonJson.Read(text, name)), Is.EqualTo(Encoding.UTF8.GetString(text)), file);
            }
            count++;
        }
        Assert.That(count, Is.GreaterThan(50));
    }
}
