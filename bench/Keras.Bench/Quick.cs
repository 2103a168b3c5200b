using System.Diagnostics;
using System.Globalization;

using Peers;

namespace Keras.Bench;

/// <summary>
/// A light comparison for development: both sides take turns within a case, so that a busy machine disturbs them alike.
/// </summary>
static class Quick
{
    const double SampleMilliseconds = 50;
    const double WarmUpMilliseconds = 400;
    const int PauseMilliseconds = 250;

    sealed record Case(string Name, double Flops, Func<Action> Torch, Func<Action?> Ours);

    static IEnumerable<Case> Cases()
    {
        foreach (var size in new[] { 64, 128, 256, 512, 1024, 2048 })
            yield return new($"gemm-{size}", 2.0 * size * size * size,
                () => TorchPeers.Gemm(size), () => Bench.Ours.Gemm(size));
        foreach (var shape in ConvShape.All)
        {
            yield return new($"conv-{shape}", shape.Flops,
                () => TorchPeers.ConvForward(shape), () => Bench.Ours.ConvForward(shape));
            yield return new($"conv-{shape}-backward", 2 * shape.Flops,
                () => TorchPeers.ConvBackward(shape), () => Bench.Ours.ConvBackward(shape));
        }
        foreach (var (rows, columns, k) in new[] { (100_000, 16, 3), (4096, 128, 5), (1000, 1000, 10), (16, 50_000, 100), (1, 1_000_000, 100), (1, 10_000_000, 1000) })
            foreach (var order in TorchPeers.Orders.Keys)
                yield return new($"{order}-{rows}x{columns}", 0, () => TorchPeers.Order(order, rows, columns, k), () => Bench.Ours.Order(order, rows, columns, k));
        foreach (var op in HotOp.All) yield return new($"op-{op.Name}", 0, op.TheirAction, op.OurAction);
        foreach (var shape in ResizeCase.All) yield return new($"resize-{shape}", 0, () => TorchPeers.Resize(shape), () => Bench.Ours.Resize(shape));
        yield return new("file-load-100MB", 0, FileCases.Read, FileCases.Load);
        yield return new("file-save-100MB", 0, FileCases.Write, FileCases.Save);
        yield return new("mlp-step", 0, TorchPeers.MlpStep, Bench.Ours.MlpStep);
        yield return new("convnet-step", 0, TorchPeers.ConvnetStep, Bench.Ours.ConvnetStep);
        foreach (var cell in new[] { "lstm", "gru" })
            yield return new($"{cell}-step", 0, () => TorchPeers.RecurrentStep(cell), () => Bench.Ours.RecurrentStep(cell));
        yield return new("transformer-step", 0, TorchPeers.TransformerStep, Bench.Ours.TransformerStep);
        yield return new("separable-step", 0, TorchPeers.SeparableStep, Bench.Ours.SeparableStep);
        yield return new("batchnorm-relu-step", 0, TorchPeers.NormalizedStep, Bench.Ours.NormalizedStep);
    }

    static bool _busy;

    /// <param name="filter">What the name of a case holds.</param>
    /// <param name="threads">Of both sides.</param>
    /// <param name="rounds">Of which the median counts.</param>
    /// <param name="busy">Whether the machine has other work: then the time of one thread is that of the processor.</param>
    public static void Run(string filter, int threads, int rounds, bool busy)
    {
        if (busy && threads != 1) throw new ArgumentException("processor time is measured on 1 thread", nameof(threads));
        _busy = busy;
        TorchPeers.SetThreads(threads);
        Bench.Ours.SetThreads(threads);
        Console.WriteLine($"threads {threads}, median of {rounds}; ratio = torch / ours, above 1 ours is faster");
        Console.WriteLine($"{"case",-42} {"ours ms",10} {"torch ms",10} {"ratio",7} {"ours GF/s",10} {"torch GF/s",10}");
        foreach (var item in Cases().Where(c => c.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
            Print(item, Measure(item.Ours(), item.Torch(), rounds));
    }

    static void Print(Case item, (double? Ours, double Torch) ms)
    {
        string Rate(double? time) => item.Flops > 0 ? Number(item.Flops / (time * 1e6), "F1") : "-";
        Console.WriteLine($"{item.Name,-42} {Number(ms.Ours, "F4"),10} {Number(ms.Torch, "F4"),10} "
            + $"{Number(ms.Torch / ms.Ours, "F2"),7} {Rate(ms.Ours),10} {Rate(ms.Torch),10}");
    }

    static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    static (double? Ours, double Torch) Measure(Action? ours, Action torch, int rounds)
    {
        var oursTimes = new double[rounds];
        var torchTimes = new double[rounds];
        var oursRepeats = ours is null ? 0 : WarmUp(ours);
        var torchRepeats = WarmUp(torch);
        for (var round = 0; round < rounds; round++)
        {
            if (ours is not null)
                oursTimes[round] = AfterPause(ours, oursRepeats);
            torchTimes[round] = AfterPause(torch, torchRepeats);
        }
        return (ours is null ? null : Median(oursTimes), Median(torchTimes));
    }

    /// <summary>Runs until the code is hot and returns how many runs fill one sample.</summary>
    static int WarmUp(Action action)
    {
        var watch = Stopwatch.StartNew();
        var runs = 0;
        while (runs < 3 || watch.Elapsed.TotalMilliseconds < WarmUpMilliseconds)
        {
            action();
            runs++;
        }
        return Math.Max(1, (int)(SampleMilliseconds / Time(action, Math.Min(runs, 10))));
    }

    // The threads of the side that ran last spin on (OpenMP lets them for 200 ms) and would hold a processor that the other needs.
    // One run before the clock starts wakes this side's threads.
    static double AfterPause(Action action, int repeats)
    {
        Thread.Sleep(PauseMilliseconds);
        action();
        return Time(action, repeats);
    }

    static double Time(Action action, int repeats)
    {
        var start = Now();
        for (var i = 0; i < repeats; i++)
            action();
        return (Now() - start).TotalMilliseconds / repeats;
    }

    // On a busy machine the time that the process had processors is steadier than the clock; of several threads it says nothing, as they spin.
    static TimeSpan Now() => _busy ? Environment.CpuUsage.TotalTime : Stopwatch.GetElapsedTime(0);

    static double Median(double[] times)
    {
        Array.Sort(times);
        return times[times.Length / 2];
    }
}
