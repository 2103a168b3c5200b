using System.Diagnostics;
using System.Globalization;
using Keras.Core.Tests.Files;

namespace Keras.Core.Tests.Saving;

/// <summary>Files under NativeAOT: the sample is published with every warning an error, and does there what it does here.</summary>
public class AotTests
{
    [Test, Category("Slow")]
    public void A_native_program_opens_trains_and_saves_a_model()
    {
        var project = Path.Combine(Samples.Goldens, "..", "AotSample", "AotSample.csproj");
        if (!File.Exists(project)) Assert.Ignore("The sources of the sample are not here.");
        if (!OperatingSystem.IsWindows() && !IsThere("clang") && !IsThere("gcc")) Assert.Ignore("Publishing native programs needs clang or gcc.");
        using var folder = Samples.Folder();
        var published = Run("dotnet", "publish", project, "-c", "Release", "--use-current-runtime", "--artifacts-path", folder["artifacts"], "-o", folder["out"],
            "-nodeReuse:false");
        if (published.Output.Contains("error NU1", StringComparison.Ordinal)) Assert.Ignore("The package of the native compiler cannot be fetched.");
        Assert.That(published.Code, Is.Zero, published.Output);

        var model = Path.Combine(Samples.Goldens, "models", "convnet_adam", "after.keras");
        var ran = Run(folder[OperatingSystem.IsWindows() ? "out/AotSample.exe" : "out/AotSample"], model, folder["saved.keras"]);
        Assert.That(ran.Code, Is.Zero, ran.Output);
        var lines = ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines[^1], Is.EqualTo("equal"));
        Assert.That(lines[0].Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture)), Is.EqualTo(Predicted(model)).Within(1e-6));
    }

    static double[] Predicted(string path)
    {
        var model = Keras.Saving.LoadModel(path);
        var shape = model.Inputs.Tensor.Shape;
        return model.Predict(Ops.Reshape(Ops.Linspace(0, 1, (int)shape.Slice(1, shape.Rank - 1).Size * 2), [2, .. shape.Dims[1..]])).ToDoubles();
    }

    static bool IsThere(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(f => File.Exists(Path.Combine(f, program)));

    static (int Code, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // The tests' own run of MSBuild is none of the sample's business.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray()) start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
