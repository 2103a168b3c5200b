using System.Reflection;
using System.Text.RegularExpressions;
using Keras.Kernels.Cpu;

namespace Keras.Kernels.Tests;

/// <summary>Data flows one way: layers, ops, graph, device, kernels. Held here by the types that each file of a room names.</summary>
sealed partial class ArchitectureTests
{
    const int HardLimit = 800;
    const int SoftLimit = 400;

    /// <summary>The rooms of the engine, which nothing above them may be named in.</summary>
    static readonly string[] Engine = ["Graph", "Runtime", "Ops"];

    /// <summary>Names from above that the engine has a reason for.</summary>
    static readonly Dictionary<(string File, string Name), string> Accepted = new()
    {
        [("Tensor.cs", "LayerCall")] = "a tensor remembers the call that made it, so that functional models can be found",
        [("Variable.cs", "Constraint")] = "the rule that an optimizer applies travels with the variable",
        [("Variable.cs", "Regularizer")] = "the penalty that a loss adds travels with the variable",
    };

    const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    static readonly string Root = FindRoot();

    static readonly IReadOnlyList<Source> Core = Read("Keras.Core");

    static readonly Type[] Types = typeof(Tensor).Assembly.GetTypes();

    static readonly HashSet<string> Lower = Defined(IsLow);

    static readonly HashSet<string> Above = Defined(f => !IsLow(f));

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"(\\.|[^"\\\n])*"|'(\\.|[^'\\])+'""", RegexOptions.Singleline)]
    private static partial Regex CommentsAndStrings { get; }

    [GeneratedRegex(@"\b(?:class|record struct|record|struct|interface|enum)\s+(\w+)")]
    private static partial Regex Declarations { get; }

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*")]
    private static partial Regex Names { get; }

    static IEnumerable<string> LowerFiles => Core.Where(f => Engine.Contains(f.Room)).Select(f => f.Path);

    [TestCaseSource(nameof(LowerFiles))]
    public void The_engine_does_not_name_what_is_above_it(string path)
    {
        var file = Core.Single(f => f.Path == path);
        var upper = Names.Matches(file.Code).Select(m => m.Value).Distinct().Where(IsAbove)
            .Where(name => !Accepted.ContainsKey((file.Name, name)));
        Assert.That(upper, Is.Empty);
    }

    [Test]
    public void The_engine_takes_and_gives_nothing_from_above_it()
    {
        var upper = from type in Types
                    where Lower.Contains(type.Name) && !Above.Contains(type.Name)
                    from used in type.GetFields(All).Select(f => f.FieldType)
                        .Concat(type.GetMethods(All).SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType)))
                    where used.Assembly == typeof(Tensor).Assembly && IsAbove(used) && !Accepted.ContainsKey(($"{type.Name}.cs", used.Name))
                    select $"{type.Name} uses {used.Name}";
        Assert.That(upper.Distinct(), Is.Empty);
    }

    [Test]
    public void Every_accepted_name_is_still_needed() => Assert.That(Accepted.Keys.Where(a =>
        !Core.Any(f => Engine.Contains(f.Room) && f.Name == a.File && Names.Matches(f.Code).Any(m => m.Value == a.Name))), Is.Empty);

    [Test]
    public void Layers_and_all_above_the_engine_name_no_kernel() => Assert.That(
        Core.Where(f => !Engine.Contains(f.Room) && Names.Matches(f.Code).Any(m => m.Value is "KernelCall" or "KernelBody" or "Planner")).Select(f => f.Path), Is.Empty);

    [Test]
    public void Kernels_name_no_layer() => Assert.That(
        Read("Keras.Kernels.Cpu").Where(f => f.Code.Contains("Keras.Layers", StringComparison.Ordinal)).Select(f => f.Path), Is.Empty);

    [Test]
    public void No_file_is_over_the_hard_limit()
    {
        var files = Read("Keras.Core").Concat(Read("Keras.Kernels.Cpu")).Concat(Read("tests")).ToList();
        foreach (var file in files.Where(f => f.Lines > SoftLimit).OrderByDescending(f => f.Lines))
            TestContext.Out.WriteLine($"{file.Lines,5} {file.Path}");
        Assert.That(files.Where(f => f.Lines > HardLimit).Select(f => f.Path), Is.Empty);
    }

    [TestCase("Graph", 1500)]
    [TestCase("Runtime", 1150)]
    public void A_room_of_the_engine_keeps_its_budget(string room, int lines) =>
        Assert.That(Core.Where(f => f.Room == room).Sum(f => f.Lines), Is.LessThanOrEqualTo(lines));

    [Test]
    public void The_gradient_driver_is_small() => Assert.That(Core.Single(f => f.Name == "Gradients.cs").Lines, Is.LessThanOrEqualTo(150));

    [Test]
    public void Core_references_no_kernels_and_kernels_reference_core_alone()
    {
        static IEnumerable<string?> Others(Assembly assembly) => assembly.GetReferencedAssemblies().Select(a => a.Name)
            .Where(n => n is not ("netstandard" or "mscorlib") && !IsFramework(n!));
        Assert.Multiple(() =>
        {
            Assert.That(Others(typeof(Tensor).Assembly).Where(n => n!.StartsWith("Keras", StringComparison.Ordinal)), Is.Empty);
            Assert.That(Others(typeof(CpuDevice).Assembly), Is.SubsetOf(new[] { "Keras.Core", "System.Numerics.Tensors" }));
        });
    }

    static bool IsFramework(string name) => name != "System.Numerics.Tensors" && name.StartsWith("System", StringComparison.Ordinal);

    static bool IsAbove(Type type) => Above.Contains(type.Name) && !Lower.Contains(type.Name);

    /// <summary>Whether a type of this name is defined above the engine and nowhere below.</summary>
    static bool IsAbove(string name) => Above.Contains(name) && !Below.Contains(name);

    // Members of the engine may bear names that layers have too, such as the function Dropout; what their types are is the other test's.
    static readonly HashSet<string> Below = [.. Lower, .. Types.Where(t => Lower.Contains(t.Name)).SelectMany(t => t.GetMembers(All)).Select(m => m.Name)];

    static bool IsLow(Source file) => Engine.Contains(file.Room) || file.Room is "Diagnostics" or "Numerics" or "Random";

    static HashSet<string> Defined(Func<Source, bool> which) =>
        [.. Core.Where(which).SelectMany(f => Declarations.Matches(f.Code)).Select(m => m.Groups[1].Value)];

    static List<Source> Read(string project)
    {
        var folder = Path.Combine(Root, project);
        return [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(f => (Path: Path.GetRelativePath(Root, f).Replace('\\', '/'), Text: File.ReadAllText(f)))
            .Where(f => !f.Path.Split('/').Any(p => p is "bin" or "obj"))
            .Select(f => new Source(f.Path, CommentsAndStrings.Replace(f.Text, " "), f.Text.AsSpan().Count('\n')))];
    }

    static string FindRoot()
    {
        // The sources' place when this was compiled, else above the test's assembly.
        foreach (var start in (string[])[SourceFolder(), TestContext.CurrentContext.TestDirectory])
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "Keras.Core", "Keras.Core.csproj"))) return folder.FullName;
        throw new InvalidOperationException("The sources are not beside the tests.");
    }

    static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path) ?? "/";

    /// <summary>A file: its code without comments and strings, and its length.</summary>
    sealed record Source(string Path, string Code, int Lines)
    {
        public string Name => Path[(Path.LastIndexOf('/') + 1)..];

        public string Room => Path.Split('/') is [_, var room, _, ..] ? room : "";
    }
}
