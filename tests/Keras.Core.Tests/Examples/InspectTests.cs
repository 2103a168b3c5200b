using System.Diagnostics;
using Inspect;
using Keras.Core.Tests.Files;
using Keras.Tests;

namespace Keras.Core.Tests.Examples;

/// <summary>The program that says what is in files, given what is none.</summary>
sealed class InspectTests
{
    static (int Code, string Output, string Errors) Run(params string[] paths)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var code = Inspection.Run(paths, output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    static void AssertOneLine((int Code, string Output, string Errors) run, int code, string part)
    {
        Assert.That(run.Code, Is.EqualTo(code), run.Errors);
        Assert.That(run.Output, Is.Empty);
        Assert.That(run.Errors, Does.EndWith("\n").And.Contain(part));
        Assert.That(run.Errors[..^1].Any(c => char.IsControl(c) || c is '\u2028' or '\u202E'), Is.False, run.Errors);
    }

    [TestCase("{0}", "{0}"), TestCase("{0:x}{", "{0:x}{"), TestCase("%s%n", "%s%n"), TestCase("--", "--"), TestCase("--help", "--help"), TestCase("-rf", "-rf"), TestCase("$(touch x)", "$(touch x)")]
    [TestCase("a\0b", "a?b"), TestCase("a\nb\r\nc", "a?b??c"), TestCase("\u001b[2J\u0007", "?[2J?"), TestCase("\u202Eexe.h5", "?exe.h5"), TestCase("a\u2028b", "a?b")]
    [TestCase("", "path"), TestCase("no/such/file", "no such file"), TestCase("/dev/null/x", "no such file"), TestCase("/dev/zero", "empty")]
    [Hostile("K10")]
    public void What_is_no_file_gives_one_line_and_a_code(string path, string part)
    {
        using var folder = Samples.Folder();
        AssertOneLine(Run(path), 1, part);
        AssertOneLine(Run(folder[$"{path}.json\n"]), 1, "file");
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);
    }

    [Test, Hostile("K10")]
    public void Folders_pipes_and_files_of_nothing_give_one_line_and_a_code()
    {
        using var folder = Samples.Folder();
        AssertOneLine(Run(), 2, "Which files?");
        AssertOneLine(Run(folder.Path), 1, "the folder holds no model");
        File.WriteAllBytes(folder["empty"], []);
        AssertOneLine(Run(folder["empty"]), 1, "the file is empty");
        File.WriteAllText(folder["text"], "hello");
        AssertOneLine(Run(folder["text"]), 1, "unknown kind");
        AssertOneLine(Run(folder["text"] + "/x"), 1, "no such file");
        AssertOneLine(Run(folder[new string('x', 5000)]), 1, "");
        if (OperatingSystem.IsWindows()) return;
        using (var process = Process.Start("mkfifo", folder["a\npipe"])) process.WaitForExit();
        AssertOneLine(Run(folder["a\npipe"]), 1, "the file is empty");
        File.CreateSymbolicLink(folder["loop"], folder["loop"]);
        AssertOneLine(Run(folder["loop"]), 1, "");
        File.CreateSymbolicLink(folder["nowhere"], folder["missing"]);
        AssertOneLine(Run(folder["nowhere"]), 1, "no such file");
    }

    [Test, Hostile("K10")]
    public void A_file_with_something_in_it_is_reported_whatever_its_name()
    {
        using var folder = Samples.Folder();
        foreach (var name in (string[])["{0}.npy", "%s.npy", "--", "a\nb\u001b[2J.npy"])
        {
            NumPy.Save(folder[name], Tensor.Of([1f, 2], [2]));
            var (code, output, errors) = Run(folder[name]);
            Assert.That((code, errors), Is.EqualTo((0, "")));
            Assert.That(output, Does.StartWith($"{name.Replace('\n', '?').Replace('\u001b', '?')}: NumPy array (.npy), 136 bytes\n").And.Contains("float32 (2,)"));
            Assert.That(output.Any(c => char.IsControl(c) && c != '\n'), Is.False);
        }
        Assert.That(Run(folder["--"], folder["missing"]) is (1, not "", not ""));
    }

    [Test, Hostile("K10")]
    public void The_program_itself_ends_with_the_code()
    {
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        string[] paths = ["{0}", "%s", "--", "a\nb", "no\u001b[2J"];
        using var process = Process.Start(new ProcessStartInfo(host, ["exec", typeof(Inspection).Assembly.Location, .. paths]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        Assert.That(process.StandardOutput.ReadToEnd(), Is.Empty);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(1));
        Assert.That(errors.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(paths.Length).And.All.Contains("no such file"));
    }
}
