using System.Diagnostics;

namespace Keras.Core.Tests.Files;

/// <summary>The Python of the machine, if it has one, as a second reader and writer of files.</summary>
static class Python
{
    static readonly string[] Candidates = ["/usr/bin/python3", "python3"];

    /// <summary>Runs a script and gives what it prints; the test is skipped where no Python has the modules.</summary>
    internal static string Run(string modules, string script, params string[] arguments)
    {
        foreach (var python in Candidates)
            if (TryRun(python, [$"import {modules}"]) is (0, _, _))
            {
                var (code, output, error) = TryRun(python, [script, .. arguments])!.Value;
                Assert.That(code, Is.Zero, error);
                return output;
            }
        Assert.Ignore($"No python3 with {modules} is installed.");
        return "";
    }

    static (int Code, string Output, string Error)? TryRun(string python, string[] command)
    {
        try
        {
            var start = new ProcessStartInfo(python, ["-c", .. command]) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PYTHONIOENCODING"] = "utf-8";
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
