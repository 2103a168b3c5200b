#nullable enable
// Usage: dotnet tool restore, then dotnet cake --target=Check (the default is Build).

var target = Argument("target", "Build");
const string Solution = "Keras.sln";
const string BenchProject = "bench/Keras.Bench/Keras.Bench.csproj";
const int LongestFile = 800;

// Lines a folder of product code may have: the engine is to stay small.
var budgets = new Dictionary<string, int>
{
    ["Keras.Core/Graph"] = 1500,
    ["Keras.Core/Runtime"] = 1150,
};

Task("Clean").Does(() => CleanDirectory("artifacts"));

Task("Restore").Does(() => DotNetRestore(Solution));

Task("Build").IsDependentOn("Restore").Does(() => DotNetBuild(Solution, new DotNetBuildSettings
{
    Configuration = "Release",
    NoRestore = true,
    MSBuildSettings = new DotNetMSBuildSettings { TreatAllWarningsAs = MSBuildTreatAllWarningsAs.Error }.WithProperty("Analyze", "true"),
}));

// Layout is read without compiling; analyzers are left out here because the build runs them as errors.
Task("Format").IsDependentOn("Restore").Does(() =>
{
    Dotnet("format whitespace --folder --verify-no-changes --exclude artifacts");
    Dotnet($"format style {Solution} --verify-no-changes --no-restore");
});

Task("Test").IsDependentOn("Build").Does(() =>
{
    using var tests = StartAndReturnProcess("dotnet", new ProcessSettings
    {
        Arguments = $"test {Solution} -c Release --no-build",
        RedirectStandardOutput = true,
        RedirectedStandardOutputHandler = line => { if (line is not null) Console.WriteLine(line); return line; },
    });
    var lines = tests.GetStandardOutput().ToList();
    tests.WaitForExit();
    int Sum(string what) => lines.Where(line => line.Contains(", Total:")).Sum(line =>
        int.Parse(System.Text.RegularExpressions.Regex.Match(line, what + @":\s*(\d+)").Groups[1].Value));
    Information($"{Sum("Passed")} passed, {Sum("Failed")} failed, {Sum("Skipped")} skipped");
    if (tests.GetExitCode() != 0)
        throw new Exception("Tests failed.");
});

Task("Size").Does(() =>
{
    var files = CodeFiles();
    foreach (var folder in files.GroupBy(file => FolderOf(file.Path)).OrderBy(group => group.Key, StringComparer.Ordinal))
        Information($"{folder.Sum(file => file.Lines),7}  {folder.Key}");
    Information($"{files.Sum(file => file.Lines),7}  in all; the largest files:");
    foreach (var file in files.OrderByDescending(file => file.Lines).Take(10))
        Information($"{file.Lines,7}  {file.Path}");

    var faults = files.Where(file => file.Lines > LongestFile)
        .Select(file => $"{file.Path} has {file.Lines} lines, over {LongestFile}")
        .Concat(budgets
            .Select(budget => (budget, Lines: files.Where(file => FolderOf(file.Path) == budget.Key).Sum(file => file.Lines)))
            .Where(found => found.Lines > found.budget.Value)
            .Select(found => $"{found.budget.Key} has {found.Lines} lines, over {found.budget.Value}"))
        .ToList();
    if (faults.Count > 0)
        throw new Exception("Over budget: " + string.Join("; ", faults));
});

// Outside the solution, so that building and testing it does not fetch the peer's native libraries.
Task("BuildBench").Does(() => Dotnet($"build {BenchProject} -c Release -warnaserror"));

// dotnet cake --target=Bench --words="quick gemm threads=2"
Task("Bench").IsDependentOn("BuildBench").Does(() =>
    Dotnet($"artifacts/bin/Keras.Bench/release/Keras.Bench.dll {Argument("words", "quick")}"));

Task("Lint").IsDependentOn("Format").IsDependentOn("Size");

Task("Check").IsDependentOn("Lint").IsDependentOn("Test").IsDependentOn("BuildBench");

RunTarget(target);

void Dotnet(string arguments)
{
    var code = StartProcess("dotnet", arguments);
    if (code != 0)
        throw new Exception($"dotnet {arguments} ended with {code}.");
}

List<(string Path, int Lines)> CodeFiles()
{
    var root = MakeAbsolute(Directory(".")).FullPath;
    string[] skipped = ["artifacts", "bin", "obj", "tools", ".git"];
    return System.IO.Directory.EnumerateDirectories(root)
        .Where(folder => !skipped.Contains(System.IO.Path.GetFileName(folder)))
        .SelectMany(folder => System.IO.Directory.EnumerateFiles(folder, "*.cs", System.IO.SearchOption.AllDirectories))
        .Select(file => (System.IO.Path.GetRelativePath(root, file).Replace('\\', '/'), System.IO.File.ReadLines(file).Count()))
        .ToList();
}

// The two outer folders: a project and a room of it, such as Keras.Core/Graph.
string FolderOf(string path)
{
    var parts = path.Split('/');
    return string.Join('/', parts.Take(Math.Min(2, parts.Length - 1)));
}
