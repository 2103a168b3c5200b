namespace Keras.Parity.Tests.Goldens;

/// <summary>The decoder against real recorded files: every later comparison rests on it.</summary>
public class GoldenTests
{
    [TestCase("activations", 97)]
    [TestCase("constraints", 4)]
    [TestCase("initializers", 23)]
    [TestCase("layers", 1423)]
    [TestCase("losses", 184)]
    [TestCase("losses_fn", 8)]
    [TestCase("metrics", 230)]
    [TestCase("ops", 2865)]
    [TestCase("optimizers", 95)]
    [TestCase("regularizers", 36)]
    [TestCase("schedules", 77)]
    [TestCase("utils", 20)]
    public void Every_case_of_an_area_decodes_and_its_tensors_are_whole(string area, int count)
    {
        var cases = GoldenFolder.Read(area).ToList();
        Assert.That(cases, Has.Count.EqualTo(count));
        Assert.That(cases.Select(golden => golden.ToString()), Is.Unique);
        foreach (var tensor in cases.SelectMany(golden => Tensors(golden.Fields)))
        {
            var perElement = tensor.DType.StartsWith("complex", StringComparison.Ordinal) ? 2 : 1;
            Assert.That(tensor.ToDoubles(), Has.Length.EqualTo(tensor.Length * perElement));
        }
    }

    [Test]
    public void Whole_files_decode()
    {
        string[] files = [.. Directory.EnumerateFiles(GoldenFolder.Root, "*.json", SearchOption.AllDirectories)];
        Assert.That(files, Has.Length.EqualTo(206));
        foreach (var file in files)
            Assert.That(GoldenFolder.ReadJson(file), Is.InstanceOf<GoldenValue.Dict>().Or.InstanceOf<GoldenValue.List>(), file);
    }

    [Test]
    public void Numbers_lists_and_special_floats()
    {
        var golden = Case("ops", "array", "ce8ff67485f6");
        double[] expected = [1, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        var x = golden["arguments"].Find("x")!.Elements.Select(item => item.As<GoldenValue.Real>().Value);
        Assert.That(x, Is.EqualTo(expected));
        var result = golden["result"].As<GoldenValue.Tensor>();
        Assert.That(result.DType, Is.EqualTo("float32"));
        Assert.That(result.ToDoubles(), Is.EqualTo(expected));
    }

    [Test]
    public void Slices_ellipsis_null_and_placeholders()
    {
        var arguments = Case("ops", "get_item", "f35e987cbfb9")["arguments"];
        Assert.That(arguments.Find("key")!.As<GoldenValue.Tuple>().Items, Is.EqualTo(new GoldenValue[]
        {
            new GoldenValue.Slice(null, null, null),
            new GoldenValue.Null(),
            new GoldenValue.Ellipsis(),
        }));
        Assert.That(arguments.Find("x")!.As<GoldenValue.Symbolic>().Shape, Is.EqualTo(new long?[] { null, 5, 16 }));
    }

    [Test]
    public void Strings_and_integers()
    {
        var golden = Case("utils", "pad_sequences", "8e118862946f");
        Assert.That(golden["arguments"].Find("maxlen"), Is.EqualTo(new GoldenValue.Integer(2)));
        var result = golden["result"].As<GoldenValue.Strings>();
        Assert.That(result.Shape, Is.EqualTo(new long[] { 3, 2 }));
        Assert.That(result.Data, Is.EqualTo(new[] { "pad", "1", "1", "2", "1", "2" }));
    }

    [Test]
    public void A_complex_element_gives_two_doubles() => Assert.That(
        Case("ops", "ones", "e277f164b889")["result"].As<GoldenValue.Tensor>().ToDoubles(), Is.EqualTo(new double[] { 1, 0 }));

    [Test]
    public void A_refused_call_tells_its_exception() =>
        Assert.That(Case("ops", "add", "d2cc54f2fce7")["raises"], Is.EqualTo(new GoldenValue.Text("ValueError")));

    [Test]
    public void An_absent_field_is_an_error_that_names_the_case() => Assert.That(
        () => Case("ops", "add", "d2cc54f2fce7")["result"],
        Throws.TypeOf<KeyNotFoundException>().With.Message.Contains("ops/add/d2cc54f2fce7"));

    [Test]
    public void Keras_configurations_stay_plain_dictionaries()
    {
        var config = GoldenFolder.Read("initializers", "Constant").First()["config"];
        Assert.That(config.Find("class_name"), Is.EqualTo(new GoldenValue.Text("Constant")));
        Assert.That(config.Find("config")!.Find("value"), Is.EqualTo(new GoldenValue.Real(400)));
    }

    [TestCase("bool", "AQA=", new double[] { 1, 0 })]
    [TestCase("int8", "/38=", new double[] { -1, 127 })]
    [TestCase("uint8", "/38=", new double[] { 255, 127 })]
    [TestCase("int16", "/v8=", new double[] { -2 })]
    [TestCase("uint32", "/////w==", new double[] { 4294967295 })]
    [TestCase("int64", "//////////8=", new double[] { -1 })]
    [TestCase("float16", "AD4=", new double[] { 1.5 })]
    [TestCase("bfloat16", "wD8=", new double[] { 1.5 })]
    [TestCase("float32", "AADAPw==", new double[] { 1.5 })]
    [TestCase("float64", "AAAAAAAA+D8=", new double[] { 1.5 })]
    [TestCase("complex64", "AADAPwAAgL8=", new double[] { 1.5, -1 })]
    public void Bytes_of_every_dtype(string dtype, string base64, double[] expected) =>
        Assert.That(new GoldenValue.Tensor(dtype, [], Convert.FromBase64String(base64)).ToDoubles(), Is.EqualTo(expected));

    [Test]
    public void A_complex_number() => Assert.That(
        GoldenReader.Parse("""{"complex": [1.5, -2]}"""), Is.EqualTo(new GoldenValue.Complex(1.5, -2)));

    [Test]
    public void A_numpy_scalar_keeps_its_dtype() => Assert.That(
        GoldenReader.Parse("""{"scalar": {"dtype": "int64", "value": 3}}"""),
        Is.EqualTo(new GoldenValue.Scalar("int64", new GoldenValue.Integer(3))));

    static GoldenCase Case(string area, string name, string id) => GoldenFolder.Read(area, name).Single(golden => golden.Id == id);

    static IEnumerable<GoldenValue.Tensor> Tensors(GoldenValue value) => value switch
    {
        GoldenValue.Tensor tensor => [tensor],
        GoldenValue.List or GoldenValue.Tuple => value.Elements.SelectMany(Tensors),
        GoldenValue.Dict dict => dict.Items.Values.SelectMany(Tensors),
        _ => [],
    };
}
