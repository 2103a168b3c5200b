using System.Reflection;
using System.Text;
using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests;

/// <summary>Which of Keras's functions and classes are there, with all of its arguments: <c>docs/parity.md</c>, which this test writes and holds true.</summary>
public class ParityTableTests
{
    static readonly Dictionary<string, string> Holders = new()
    {
        ["ops"] = "Ops",
        ["random"] = "Random",
        ["activations"] = "Activations",
        ["losses"] = "LossFunctions",
        ["metrics"] = "MetricFunctions",
        ["models"] = "Models",
        ["saving"] = "Saving",
    };

    /// <summary>What has another form in .NET.</summary>
    static readonly Dictionary<string, string> OtherForms = new()
    {
        ["keras.ops.shape"] = "`Tensor.Shape`",
        ["keras.ops.dtype"] = "`Tensor.DType`",
        ["keras.ops.custom_gradient"] = "`CustomGradient(result, inputs, rule)`",
        ["keras.ops.jvp"] = "an overload whose function gives more stands for `has_aux`",
        ["keras.Operation"] = "any function of tensors: it takes symbolic ones as it is; a `Layer` where it has weights",
        ["keras.ops.scan"] = "lists of tensors for structures",
        ["keras.Layer"] = "`autocast=False` is an override of `CastsInputs`",
        ["keras.Input"] = "`shape` and `batchSize` for `batch_shape`; `tensor` is the tensor itself; there are no sparse or ragged tensors",
        ["keras.ops.arange"] = "no `step` is 1",
        ["keras.optimizers.MultiOptimizer"] = "`MultiOptimizer.Of(selector)` takes a function in place of a map",
        ["keras.ops.multi_hot"] = "`numClasses` must be given, as it must in Keras in the end",
        ["keras.layers.CategoryEncoding"] = "`numTokens` must be given, as it must in Keras in the end",
        ["keras.layers.Lambda"] = "`arguments` are what the function captures",
        ["keras.layers.LSTM"] = "`use_cudnn=\"auto\"` is `null`",
        ["keras.layers.GRU"] = "`use_cudnn=\"auto\"` is `null`",
        ["keras.layers.InputLayer"] = "`Input`, which is a layer",
        ["keras.Model"] = "`Model(inputs, outputs, name, trainable)`, or a subclass",
        ["keras.saving.load_model"] = "no `safe_mode`: code of a file is never run",
        ["keras.saving.deserialize_keras_object"] = "no `safe_mode`: code of a config is never run",
        ["keras.saving.register_keras_serializable"] = "`RegisterKerasSerializable<T>()`, which finds the package in the attribute `[RegisterKerasSerializable(\"Custom\")]` of the class where there is one",
    };

    /// <summary>Arguments that have another form in .NET.</summary>
    static readonly Dictionary<string, string[]> OtherArguments = new()
    {
        ["keras.Layer"] = ["autocast"],
        ["keras.ops.arange"] = ["step"],
        ["keras.ops.jvp"] = ["has_aux"],
        ["keras.ops.scan"] = [],
        ["keras.optimizers.MultiOptimizer"] = [],
        ["keras.ops.multi_hot"] = ["num_classes"],
        ["keras.Input"] = ["shape", "sparse", "ragged", "batch_shape", "tensor"],
        ["keras.layers.CategoryEncoding"] = ["num_tokens"],
        ["keras.layers.Lambda"] = ["arguments"],
        ["keras.Model"] = [],
        ["keras.saving.load_model"] = ["safe_mode"],
        ["keras.saving.deserialize_keras_object"] = ["safe_mode"],
        ["keras.saving.register_keras_serializable"] = ["package"],
        ["keras.layers.LSTM"] = [],
        ["keras.layers.GRU"] = [],
    };

    /// <summary>Lower-case functions of an area that are the same for all of its classes.</summary>
    static readonly Dictionary<string, string> SharedForms = new()
    {
        ["get"] = "a string converts to the type of the argument",
        ["serialize"] = "`Serialize()` of the object",
        ["deserialize"] = "`Deserialize(config)` of the base class, which knows the classes that the program registers",
    };

    static readonly string[] Merges = ["add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract"];

    const string Wraps = "holds an object of another framework in Python";

    /// <summary>What there will not be, and why.</summary>
    static readonly Dictionary<string, string> OutOfScope = new()
    {
        ["keras.layers.FlaxLayer"] = Wraps,
        ["keras.layers.JaxLayer"] = Wraps,
        ["keras.layers.TFSMLayer"] = Wraps,
        ["keras.layers.TorchModuleWrapper"] = Wraps,
        ["keras.optimizers.legacy.Adagrad"] = "stands for the optimizers of Keras 2, and only says that they are gone",
    };

    [Test]
    public void The_table_is_true()
    {
        var path = Path.Combine(GoldenFolder.Sources, "docs", "parity.md");
        var table = Table();
        var written = File.Exists(path) ? File.ReadAllText(path) : "";
        if (written == table) return;
        if (Environment.GetEnvironmentVariable("KERAS_WRITE_DOCS") is not null) File.WriteAllText(path, table);
        else Assert.Fail($"docs/parity.md is out of date: run this test with KERAS_WRITE_DOCS=1 to write it anew.\n{table[..Math.Min(table.Length, 600)]}");
    }

    /// <summary>A class as it must not be, of Keras's <c>rate, mode='fan_in', size=(2, 2), seed=None, more=1</c>.</summary>
    public sealed class Wrong(double rate = 0.5, Shape? size = null, string mode = "fan_out", int seed = 3)
    {
        public double Rate => rate;

        public string Mode => mode;

        public Shape Size => size ?? Shape.Of(2, 3);

        public int Seed => seed;
    }

    [Test]
    public void What_differs_is_seen() => Assert.That(ClassParity.Lack(typeof(Wrong), "rate, mode='fan_in', size=(2, 2), seed=None, more=1", []),
        Is.EqualTo("no argument `more`, another order, `mode`: fanout, 'fan_in' in Keras, `size`: 2,3, (2, 2) in Keras, `seed`: 3, None in Keras"));

    [Test]
    public void What_is_the_same_is_not() => Assert.That(ClassParity.Lack(typeof(Wrong), "rate=0.5, size=(2,3), mode='fan_out'", []), Is.Null);

    [TestCase("a, b=1, c=2", true), TestCase("b, a", false)]
    public void The_order_of_a_function_is_seen(string signature, bool keeps) =>
        Assert.That(KeepsOrder(((Action<int, int>)((a, b) => { })).Method, Arguments(signature)), Is.EqualTo(keeps));

    static string Table()
    {
        var all = Rows().ToArray();
        var rows = all.Where(r => !OutOfScope.ContainsKey(r.Path)).Select(r => (r.Area, r.Path, Lack: Lack(r))).ToArray();
        var text = new StringBuilder("# Parity with Keras 3.16\n\nWhich functions and classes are there, with all of Keras's arguments under the naming rule, in its order and\n"
            + "with its defaults; of classes those of the constructor. Written by `ParityTableTests`\n"
            + "(`KERAS_WRITE_DOCS=1 dotnet test tests/Keras.Parity.Tests -c Release --filter ParityTable`); what they compute is held by the recorded calls.\n");
        Section("", "area | in Keras | there", rows.GroupBy(r => r.Area).Select(a => $"{a.Key} | {a.Count()} | {a.Count(r => r.Lack is null)}"));
        Section("Missing", "name | what", rows.Where(r => r.Lack is not null).Select(r => $"`{r.Path}` | {r.Lack}"));
        Section("Out of scope", "name | why", all.Where(r => OutOfScope.ContainsKey(r.Path)).SelectMany(r => OtherNames(r).Prepend(r.Path).Select(name => $"`{name}` | {OutOfScope[r.Path]}")));
        Section("In another form", "name | form", all.Where(r => Form(r.Area, r.Path) is not null).Select(r => $"`{r.Path}` | {Form(r.Area, r.Path)}"));
        Section("Other names", "name | here", all.Where(r => r.IsClass && !OutOfScope.ContainsKey(r.Path)).SelectMany(r => OtherNames(r).Select(a => $"`{a}` | `{Last(r.Path)}`")));
        return text.ToString();

        void Section(string title, string head, IEnumerable<string> lines)
        {
            if (title.Length > 0) text.Append($"\n## {title}\n");
            text.Append($"\n| {head} |\n| {string.Join(" | ", head.Split(" | ").Select(_ => "---"))} |\n");
            foreach (var line in lines.DefaultIfEmpty("none |")) text.Append($"| {line} |\n");
        }
    }

    static IEnumerable<string> OtherNames(Row row) => row.Aliases.Where(a => Last(a) != Last(row.Path));

    static string? Form(string area, string path)
    {
        if (OtherForms.TryGetValue(path, out var form)) return form;
        if (Holders.GetValueOrDefault(area) is "Ops" or "Random" or "Activations") return null;
        if (area == "layers" && Merges.Contains(Last(path))) return $"`new {Naming.Pascal(Last(path))}().Apply(inputs)`";
        return SharedForms.TryGetValue(Last(path), out var shared) && Has(Bases[path.Contains(".schedules.", StringComparison.Ordinal) ? "schedules" : area], Last(path)) ? shared : null;
    }

    static readonly Dictionary<string, Type> Bases = new()
    {
        ["layers"] = typeof(Layer),
        ["initializers"] = typeof(Initializer),
        ["regularizers"] = typeof(Regularizer),
        ["constraints"] = typeof(Constraint),
        ["dtype_policies"] = typeof(DTypePolicy),
        ["losses"] = typeof(Loss),
        ["metrics"] = typeof(Metric),
        ["optimizers"] = typeof(Optimizer),
        ["schedules"] = typeof(LearningRateSchedule),
    };

    static bool Has(Type type, string form) => form == "get"
        ? type.GetMethods().Any(m => m.Name == "op_Implicit" && m.GetParameters()[0].ParameterType == typeof(string))
        : type.GetMethod(Naming.Pascal(form)) is not null;

    static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];

    sealed record Row(string Area, bool IsClass, string Path, string Signature, string[] Aliases);

    static IEnumerable<Row> Rows()
    {
        using var stream = typeof(ParityTableTests).Assembly.GetManifestResourceStream("api.tsv")!;
        using var reader = new StreamReader(stream);
        foreach (var line in reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split('\t');
            yield return new Row(fields[0], fields[1] == "class", fields[2], fields[3], fields.Length > 4 ? fields[4].Split(", ") : []);
        }
    }

    static string[] Arguments(string signature) =>
        [.. signature.Split(',').Select(a => Key(a.Split('=')[0])).Where(a => a.Length > 0 && char.IsAsciiLetter(a[0]))];

    /// <summary>What is missing, or <c>null</c>.</summary>
    static string? Lack(Row row)
    {
        var other = OtherArguments.GetValueOrDefault(row.Path);
        if (other is null && Form(row.Area, row.Path) is not null) return null;
        if (Holders.GetValueOrDefault(row.Area) is { } functions && (!row.IsClass || row.Area is "ops" or "random" or "activations")) return FunctionLack(functions, row.Path, row.Signature, other ?? []);
        return ClassParity.Find(row.Area, row.Path) is { } type ? ClassParity.Lack(type, row.Signature, other ?? []) : "absent";
    }

    static string? FunctionLack(string holder, string path, string signature, string[] excused)
    {
        var name = Naming.Pascal(Last(path));
        if (typeof(Tensor).Assembly.GetType($"Keras.{name}") is { IsPublic: true, IsAbstract: false }) return null;
        var overloads = typeof(Tensor).Assembly.GetType($"Keras.{holder}")!.GetMethods(BindingFlags.Public | BindingFlags.Static).Where(m => m.Name == name).ToArray();
        if (overloads.Length == 0) return "absent";
        var known = overloads.SelectMany(m => m.GetParameters()).Select(p => Key(p.Name!)).ToHashSet();
        string[] lacks = [.. Arguments(signature).Where(a => !known.Contains(a) && !excused.Select(Key).Contains(a)).Select(a => $"no argument `{a}`"), .. ClassParity.Differences(overloads, signature, excused)];
        if (!Array.TrueForAll(overloads, m => KeepsOrder(m, Arguments(signature)))) lacks = [.. lacks, "another order"];
        return lacks.Length == 0 ? null : string.Join(", ", lacks);
    }

    static bool KeepsOrder(MethodInfo overload, string[] arguments)
    {
        var places = overload.GetParameters().Select(p => Array.IndexOf(arguments, Key(p.Name!))).Where(place => place >= 0).ToArray();
        return places.SequenceEqual(places.Order());
    }

    static string Key(string name) => name.Trim().Trim('*').Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
