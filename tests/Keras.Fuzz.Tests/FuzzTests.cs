using System.Globalization;
using Keras.Kernels.Cpu;
using Keras.Tests;

namespace Keras.Fuzz.Tests;

/// <summary>Random calls of all functions: they give a value or one of our errors, and touch no memory but their own. A call is repeated
/// by its number, as in a message: <c>KERAS_FUZZ_CALL=1:4711</c>.</summary>
[NonParallelizable]
sealed class FuzzTests
{
    const long MemoryLimit = 16L << 20, EnoughForAll = 300_000;

    Device _device = null!;
    long _limit;

    [OneTimeSetUp]
    public void GuardMemory()
    {
        (_device, _limit) = (Device.Default, Device.MemoryLimit);
        CpuDevice.Threads = 1;
        Device.Default = new GuardedDevice(new CpuDevice());
        Device.MemoryLimit = MemoryLimit;
    }

    [OneTimeTearDown]
    public void Restore() => (Device.Default, Device.MemoryLimit) = (_device, _limit);

    [Test]
    public void Every_function_can_be_called() => Assert.That(
        Target.All.SelectMany(t => t.Parameters.Where(p => !Arguments.Knows(p.ParameterType)).Select(p => $"{t.Name}: {p}")), Is.Empty);

    [Test]
    public void Forms_name_what_there_is() => Assert.That(Forms.Unused(), Is.Empty);

    [Test, Hostile("K11")]
    public void Random_calls_are_computed_or_refused() => Run(1, 20_000);

    [Test, Category("Slow"), Hostile("K11")]
    public void A_million_random_calls_are_computed_or_refused() => Run(Setting("KERAS_FUZZ_SEED", 2), Setting("KERAS_FUZZ_CALLS", 1_000_000));

    [Test, Explicit("repeats the call that KERAS_FUZZ_CALL names")]
    public void One_call()
    {
        var numbers = Environment.GetEnvironmentVariable("KERAS_FUZZ_CALL")!.Split(':').Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        var call = new Call(numbers[0], numbers[1]);
        TestContext.Out.WriteLine(call);
        try
        {
            Check.Run(call);
        }
        catch (Exception e) when (Check.IsProper(e, call))
        {
            Assert.Pass(e.Message);
        }
    }

    static void Run(long seed, long calls)
    {
        var fuzzer = new CallFuzzer(seed, calls, Path.Combine(TestContext.CurrentContext.WorkDirectory, $"fuzz-{seed}.txt"));
        var failures = fuzzer.Run();
        var (computed, refused) = fuzzer.Counts;
        TestContext.Out.WriteLine($"{computed} computed, {refused} refused, over {Target.All.Count} functions, in {Environment.CpuUsage.TotalTime.TotalSeconds:F0} s of processor time");
        Assert.Multiple(() =>
        {
            Assert.That(failures, Has.Count.Zero, string.Join("\n", failures));
            Assert.That(computed, Is.GreaterThan(calls / 3), "too few calls were computed to prove anything");
            if (calls >= EnoughForAll) Assert.That(fuzzer.NeverComputed, Is.Empty, "no call of these was computed: they need a line in Forms");
        });
    }

    internal static long Setting(string name, long value) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : value;
}
