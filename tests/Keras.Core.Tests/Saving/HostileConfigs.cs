using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keras.Core.Tests.Saving;

/// <summary>A hostile config.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Text">The whole of a model's config.</param>
/// <param name="Twin">The same without what is hostile.</param>
sealed record HostileConfig(string Name, string Text, string Twin);

/// <summary>Configs that name code, files or addresses, or whose names and objects do not go together.</summary>
static class HostileConfigs
{
    internal const string Utf16 = "in UTF-16: ";

    /// <summary>Nothing may ever call it.</summary>
    internal static TcpListener Server { get; } = Listening();

    // Held so that nobody else can open it.
    static readonly FileStream Secret = Locked();

    static readonly string Url = $"http://127.0.0.1:{((IPEndPoint)Server.LocalEndpoint).Port}/x";

    internal static string TwinOf(string text) => Twins.GetValueOrDefault(text) ?? Compile("\"sgd\"", "\"mse\"", "[\"mae\"]");

    internal static byte[] BytesOf(string text) => text.StartsWith(Utf16, StringComparison.Ordinal) ? Encoding.Unicode.GetBytes(text[Utf16.Length..]) : Encoding.UTF8.GetBytes(text);

    /// <summary>What a program has that reads the file as text.</summary>
    internal static string StringOf(string text) => text.StartsWith(Utf16, StringComparison.Ordinal) ? Encoding.Latin1.GetString(BytesOf(text)) : text;

    static TcpListener Listening()
    {
        var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        return server;
    }

    static FileStream Locked()
    {
        var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        file.Write("a\nb\n"u8);
        file.Flush();
        return file;
    }

    const string Input = """{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "x"}}""";

    static string Sequence(params string[] layers) => Model("s", string.Join(", ", layers.Prepend(Input)));

    static string Model(string name, string layers, string outside = "") => $$$"""{"module": "keras", "class_name": "Sequential", "config": {"name": "{{{name}}}", "layers": [{{{layers}}}]}{{{outside}}}}""";

    static string Dense(string config = "", string outside = "", string name = "d") =>
        $$$"""{"module": "keras.layers", "class_name": "Dense", "config": {"name": "{{{name}}}", "units": 4{{{config}}}}{{{outside}}}}""";

    static string Functional(string kwargs, string history = """["x", 0, 0]""") => $$$"""
        {"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "f", "layers": [
        {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "dtype": "float32", "name": "x"}, "name": "x", "inbound_nodes": []},
        {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 4}, "name": "d", "inbound_nodes": [{"args": [
        {"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": {{{history}}}}}], "kwargs": {{{kwargs}}}}]}],
        "input_layers": ["x", 0, 0], "output_layers": ["d", 0, 0]}}
        """;

    static string Compile(string optimizer, string loss, string metrics) =>
        Model("s", $"{Input}, {Dense()}", $$$""", "compile_config": {"optimizer": {{{optimizer}}}, "loss": {{{loss}}}, "metrics": {{{metrics}}}}""");

    const string Lambda = """{"class_name": "__lambda__", "config": {"code": "4wEAAAAAAAAAAAAAAAEAAABTAAAA", "defaults": null, "closure": null}}""";

    /// <summary>What names code.</summary>
    internal static readonly (string Name, string Node)[] Codes =
    [
        ("os.system", """{"module": "os", "class_name": "function", "config": "system", "registered_name": "function"}"""),
        ("eval", """{"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"}"""),
        ("eval, a class", """{"module": "builtins", "class_name": "eval", "config": {"source": "1"}, "registered_name": null}"""),
        ("Process", """{"module": "System.Diagnostics", "class_name": "Process", "config": {"fileName": "sh"}, "registered_name": null}"""),
        ("File", """{"module": "System.IO", "class_name": "File", "config": {"path": "x"}, "registered_name": null}"""),
        ("assembly-qualified", """{"module": null, "class_name": "System.Diagnostics.Process, System.Diagnostics.Process, Version=8.0.0.0, Culture=neutral", "config": {}}"""),
        ("assembly-qualified, ours", """{"module": "keras.layers", "class_name": "Keras.Layers.Dense, Keras.Core", "config": {"units": 2}}"""),
        ("$type", """{"$type": "System.IO.FileInfo, System.IO.FileSystem", "fileName": "x"}"""),
        ("lambda", Lambda),
        ("get_file", $$"""{"module": "keras.utils", "class_name": "get_file", "config": {"fname": "x", "origin": "{{Url}}"}, "registered_name": null}"""),
        ("get_file, a function", """{"module": "keras.utils", "class_name": "function", "config": "get_file", "registered_name": "function"}"""),
        ("load_model", $$"""{"module": "keras.models", "class_name": "load_model", "config": {"filepath": "{{Secret.Name}}"}, "registered_name": null}"""),
        ("load_model, a function", """{"module": "keras.models", "class_name": "function", "config": "load_model", "registered_name": "function"}"""),
        ("register", """{"module": "keras.saving", "class_name": "register_keras_serializable", "config": {"package": "x"}, "registered_name": null}"""),
        ("unsafe", """{"module": "keras.config", "class_name": "enable_unsafe_deserialization", "config": {}, "registered_name": null}"""),
    ];

    internal static HostileConfig[] All { get; } = [.. Lambdas(), .. Named(), .. Hidden(), .. Refused(), .. Vocabularies(), .. Names(), .. Texts(), .. Doubles()];

    static readonly Dictionary<string, string> Twins = All.DistinctBy(c => c.Text).ToDictionary(c => c.Text, c => c.Twin);

    static IEnumerable<HostileConfig> Lambdas()
    {
        static string Layer(string function = "\"grid_double\"", string shape = "[4]", string mask = "null") =>
            $$$"""{"module": "keras.layers", "class_name": "Lambda", "config": {"name": "l", "function": {{{function}}}, "output_shape": {{{shape}}}, "mask": {{{mask}}}}}""";
        var twin = Sequence(Layer());
        yield return new("code in function", Sequence(Layer(Lambda)), twin);
        yield return new("code in output_shape", Sequence(Layer(shape: Lambda)), twin);
        yield return new("code in mask", Sequence(Layer(mask: Lambda)), twin);
        yield return new("code as Keras 2 wrote it", Sequence(Layer("""["4wEAAAAAAAAAAAAAAAEAAABTAAAA", null, null]""")), twin);
        var unsafeOne = Codes[^1].Node;
        yield return new("unsafe, then code", Sequence(unsafeOne, Layer(Lambda)), twin);
        yield return new("unsafe within, then code", Sequence(Dense($", \"kernel_regularizer\": {unsafeOne}"), Layer(Lambda)), Sequence(Dense(", \"kernel_regularizer\": null"), Layer()));
    }

    static IEnumerable<HostileConfig> Named()
    {
        foreach (var (name, node) in Codes)
        {
            yield return new($"{name}, a layer", Sequence(node, Dense()), Sequence(Dense()));
            yield return new($"{name}, the model", node, Sequence(Dense()));
        }
        yield return new("$type in a config", Sequence(Dense(", \"$type\": \"System.IO.FileInfo, System.IO.FileSystem\"")), Sequence(Dense()));
        yield return new("$type for a class", Sequence(Dense().Replace("\"class_name\"", "\"$type\"", StringComparison.Ordinal)), Sequence(Dense()));
    }

    static IEnumerable<HostileConfig> Hidden()
    {
        static string Deep(string layer) => Sequence(Model("inner", $"{Input.Replace("\"x\"", "\"y\"", StringComparison.Ordinal)}, {Model("innermost", $"{Input.Replace("\"x\"", "\"z\"", StringComparison.Ordinal)}, {layer}")}"));
        static string Part(string key, string module, string name, string argument, string value) =>
            $$$""", "{{{key}}}": {"module": "{{{module}}}", "class_name": "{{{name}}}", "config": {"{{{argument}}}": {{{value}}}}}""";
        foreach (var (name, node) in Codes)
        {
            foreach (var key in (string[])["kernel_regularizer", "kernel_initializer", "bias_constraint", "activation", "dtype"])
                yield return new($"{name} in {key}", Deep(Dense($", \"{key}\": {node}")), Deep(Dense($", \"{key}\": null")));
            yield return new($"{name} in a regularizer", Deep(Dense(Part("kernel_regularizer", "keras.regularizers", "L2", "l2", node))), Deep(Dense(Part("kernel_regularizer", "keras.regularizers", "L2", "l2", "0.5"))));
            yield return new($"{name} in an initializer", Deep(Dense(Part("kernel_initializer", "keras.initializers", "RandomNormal", "stddev", node))),
                Deep(Dense(Part("kernel_initializer", "keras.initializers", "RandomNormal", "stddev", "0.5"))));
            yield return new($"{name} in build_config", Deep(Dense("", $$""", "build_config": {"input_shape": {{node}}}""")), Deep(Dense("", """, "build_config": {"input_shape": [null, 4]}""")));
            yield return new($"{name} in arguments of a call", Functional($$"""{"training": {{node}}}"""), Functional("""{"training": false}"""));
            yield return new($"{name} as another argument", Functional($$"""{"other": {{node}}}"""), Functional("{}"));
            yield return new($"{name} as the input of a call", Functional("{}", node), Functional("{}"));
        }
    }

    /// <summary>Models whose <c>compile_config</c> names code.</summary>
    internal static IEnumerable<string> Compiled()
    {
        foreach (var (_, node) in Codes)
        {
            yield return Compile(node, "\"mse\"", "[\"mae\"]");
            yield return Compile($$$"""{"module": "keras.optimizers", "class_name": "SGD", "config": {"learning_rate": {{{node}}}}}""", "\"mse\"", "[\"mae\"]");
            yield return Compile("\"sgd\"", node, "[\"mae\"]");
            yield return Compile("\"sgd\"", "\"mse\"", $"[{node}]");
            yield return Compile("\"sgd\"", "\"mse\"", $$$"""[{"module": "keras.metrics", "class_name": "MeanMetricWrapper", "config": {"name": "m", "fn": {{{node}}}}}]""");
        }
    }

    static IEnumerable<HostileConfig> Refused()
    {
        var twin = Sequence(Dense());
        foreach (var module in (string[])["keras.layers", "keras.src.utils.torch_utils", "keras"])
        {
            yield return new($"Torch of {module}", Sequence($$$"""{"module": "{{{module}}}", "class_name": "TorchModuleWrapper", "config": {"name": "t", "module": "gAJjb3MKc3lzdGVtCg=="}}""", Dense()), twin);
            yield return new($"TFSM of {module}, a path", Sequence($$$"""{"module": "{{{module}}}", "class_name": "TFSMLayer", "config": {"name": "t", "filepath": "{{{Secret.Name}}}"}}""", Dense()), twin);
            yield return new($"TFSM of {module}, an address", Sequence($$$"""{"module": "{{{module}}}", "class_name": "TFSMLayer", "config": {"name": "t", "filepath": "{{{Url}}}"}}""", Dense()), twin);
        }
    }

    static IEnumerable<HostileConfig> Vocabularies()
    {
        foreach (var (kind, place) in ((string, string)[])[("a file", Secret.Name), ("file://", $"file://{Secret.Name}"), ("http://", Url), ("http:// alone", "http://127.0.0.1/"), ("UNC", @"\\\\host\\share\\x")])
            foreach (var (name, tokens) in ((string, string)[])[("StringLookup", "[\"a\", \"b\"]"), ("IntegerLookup", "[1, 2]"), ("TextVectorization", "[\"a\", \"b\"]")])
            {
                string Alone(string vocabulary, string idf) => Model("s",
                    $$$"""{"module": "keras.layers", "class_name": "{{{name}}}", "config": {"name": "v", "output_mode": "tf_idf", "vocabulary": {{{vocabulary}}}, "idf_weights": {{{idf}}}}}""");
                yield return new($"{name} of {kind}", Alone($"\"{place}\"", "[0.5, 1.5]"), Alone(tokens, "[0.5, 1.5]"));
                yield return new($"{name} with weights of {kind}", Alone(tokens, $"\"{place}\""), Alone(tokens, "[0.5, 1.5]"));
            }
    }

    static IEnumerable<HostileConfig> Names()
    {
        foreach (var (what, name) in ((string, string)[])[("above", "../../x"), ("absolute", "/abs"), ("with a slash", "a/b"), ("a dot", "."), ("two dots", ".."), ("empty", ""), ("long", new string('x', 1 << 20)),
            ("with a zero", @"nul\u0000"), ("turned", @"\u202eabc"), ("isolated", @"\u2066abc\u2069")])
        {
            yield return new($"name {what}", Sequence(Dense(name: name)), Sequence(Dense()));
            yield return new($"name of a model {what}", Sequence(Dense()).Replace("\"name\": \"s\"", $"\"name\": \"{name}\"", StringComparison.Ordinal), Sequence(Dense()));
        }
        yield return new("one name twice", Sequence(Dense(), Dense()), Sequence(Dense(), Dense(name: "e")));
        yield return new("one name twice in a graph", Functional("{}").Replace("\"x\", \"inbound_nodes\"", "\"d\", \"inbound_nodes\"", StringComparison.Ordinal), Functional("{}"));
    }

    static IEnumerable<HostileConfig> Texts()
    {
        var twin = Sequence(Dense());
        yield return new("YAML", "class_name: Sequential\nconfig:\n  name: s\n  layers:\n  - class_name: Dense\n    config: {units: 4}\n", twin);
        yield return new("YAML that runs", "!!python/object/apply:os.system [\"true\"]\n", twin);
        yield return new("comment", $"// a comment\n{twin}", twin);
        yield return new("comment within", twin.Replace("\"layers\"", "/* a comment */ \"layers\"", StringComparison.Ordinal), twin);
        yield return new("comment behind", $"{twin}# a comment", twin);
        yield return new("comma behind all", $"{twin[..^1]},}}", twin);
        yield return new("comma behind layers", twin.Replace("]}", ",]}", StringComparison.Ordinal), twin);
        yield return new("byte order mark", $"\uFEFF{twin}", twin);
        yield return new("UTF-16", Utf16 + twin, twin);
        yield return new("UTF-16 with a mark", $"{Utf16}\uFEFF{twin}", twin);
        yield return new("config twice", twin[..^1] + ", \"config\": {\"name\": \"t\", \"layers\": []}}", twin);
        yield return new("config twice within", Sequence(Dense("", $$""", "config": {"units": {{Lambda}}}""")), twin);
    }

    static IEnumerable<HostileConfig> Doubles()
    {
        static string Of(string module, string name, string registered) => Sequence($$$"""{"module": {{{module}}}, "class_name": "{{{name}}}", "config": {"units": 4}, "registered_name": "{{{registered}}}"}""");
        yield return new("Dense that is registered as another", Of("\"keras.layers\"", "Dense", "grid>Scaled"), Sequence(Dense()));
        yield return new("another that is registered as Dense", Of("\"keras.layers\"", "Scaled", "Dense"), Of("null", "Scaled", "grid>Scaled"));
        static string Id(int id) => $$""", "shared_object_id": {{id}}""";
        string Within(int outer, int inner) => Sequence($$$"""{"module": "keras.layers", "class_name": "TimeDistributed", "config": {"name": "t", "layer": {{{Dense("", Id(inner))}}}}{{{Id(outer)}}}}""")
            .Replace("[null, 4]", "[null, 3, 4]", StringComparison.Ordinal);
        yield return new("a part of itself", Within(7, 7), Within(7, 8));
        string Two(int first, int second) => Sequence(Dense("", Id(first)), $$$"""{"module": "keras.layers", "class_name": "Flatten", "config": {"name": "f"}{{{Id(second)}}}}""");
        yield return new("two layers of one id", Two(1, 1), Two(1, 2));
        yield return new("two layers of one class and id", Sequence(Dense("", Id(1)), Dense("", Id(1), "e")), Sequence(Dense("", Id(1)), Dense("", Id(2), "e")));
    }
}
