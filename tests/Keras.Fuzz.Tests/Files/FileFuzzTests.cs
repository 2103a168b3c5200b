using System.Globalization;

namespace Keras.Fuzz.Tests;

/// <summary>Damaged files: each is read or refused, soon and without much memory. One is repeated by its number, as in a message:
/// <c>KERAS_FUZZ_FILE=zip:1:4711</c>.</summary>
[NonParallelizable]
sealed class FileFuzzTests
{
    const long MemoryLimit = 64L << 20, MemoryGrowth = 512L << 20;

    long _limit;

    [OneTimeSetUp]
    public void LimitMemory() => (_limit, Device.MemoryLimit) = (Device.MemoryLimit, MemoryLimit);

    [OneTimeTearDown]
    public void Restore() => Device.MemoryLimit = _limit;

    static FileTarget[] Targets => FileTarget.All;

    [TestCaseSource(nameof(Targets))]
    public void Sound_files_are_read(FileTarget target) =>
        // A few hold what Keras has no use for.
        Assert.That(target.Samples.Count(s => FileFuzzer.IsRead(target, s)), Is.GreaterThan(target.Samples.Length * 2 / 3));

    [TestCaseSource(nameof(Targets))]
    public void Damaged_files_are_read_or_refused(FileTarget target)
    {
        var (seed, seconds) = (FuzzTests.Setting("KERAS_FUZZ_SEED", 2), FuzzTests.Setting("KERAS_FUZZ_SECONDS", 3));
        var before = Environment.WorkingSet;
        var fuzzer = new FileFuzzer(target, seed, TimeSpan.FromSeconds(seconds), Path.Combine(TestContext.CurrentContext.WorkDirectory, $"fuzz-{target.Name}-{seed}.txt"));
        var failures = fuzzer.Run();
        var (read, refused) = fuzzer.Counts;
        TestContext.Out.WriteLine($"{target.Name}: {read} read, {refused} refused");
        Assert.Multiple(() =>
        {
            Assert.That(failures, Has.Count.Zero, string.Join("\n", failures));
            Assert.That(refused, Is.GreaterThan(read / 100), "too few files were refused to prove anything");
            Assert.That(Environment.WorkingSet - before, Is.LessThan(MemoryGrowth));
        });
    }

    [Test, Explicit("repeats the file that KERAS_FUZZ_FILE names, and leaves it beside the test assembly")]
    public void One_file()
    {
        var parts = Environment.GetEnvironmentVariable("KERAS_FUZZ_FILE")!.Split(':');
        var target = Array.Find(Targets, t => t.Name == parts[0])!;
        var file = target.Draw(long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"fuzz-{string.Join('-', parts)}.bin");
        File.WriteAllBytes(path, file);
        TestContext.Out.WriteLine(path);
        Assert.That(() => FileFuzzer.IsRead(target, file), Throws.Nothing);
    }
}
