using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Keras.Bench;
using Perfolizer.Horology;

if (args is ["quick", .. var rest])
{
    Quick.Run(
        filter: rest.FirstOrDefault(word => !word.Contains('=', StringComparison.Ordinal)) ?? "",
        threads: Option(rest, "threads", 1),
        rounds: Option(rest, "rounds", 15),
        busy: Option(rest, "busy", 0) == 1);
    return;
}

// In process: the peer's native library may need a prepared host, which child processes would not get.
var job = Job.Default
    .WithToolchain(InProcessEmitToolchain.Instance)
    .WithIterationTime(TimeInterval.FromMilliseconds(200))
    .WithMaxIterationCount(20);
BenchmarkSwitcher.FromAssembly(typeof(PeerBench).Assembly).Run(args, DefaultConfig.Instance.AddJob(job));

static int Option(string[] words, string name, int otherwise) =>
    words.FirstOrDefault(word => word.StartsWith(name + "=", StringComparison.Ordinal)) is { } found
        ? int.Parse(found.AsSpan(name.Length + 1), CultureInfo.InvariantCulture)
        : otherwise;
