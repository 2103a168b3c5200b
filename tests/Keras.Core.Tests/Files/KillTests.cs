using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Keras.Layers;

namespace Keras.Core.Tests.Files;

/// <summary>Processes that are killed while they save: the path holds the last whole file or the next one, and the next save clears
/// what is left beside it. <c>KERAS_KILLS</c> makes it more often.</summary>
sealed class KillTests
{
    const string FileName = "model.keras", Ready = "ready";

    /// <summary>How much longer than a save the wait before a kill may be.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(30);

    [Test, Category("Slow")]
    public void A_file_is_whole_whenever_its_writer_is_killed([Values] bool isModel)
    {
        SavedContent content = isModel ? new SavedModel() : new SavedArchive();
        var kills = Environment.GetEnvironmentVariable("KERAS_KILLS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : isModel ? 20 : 60;
        using var folder = Samples.Folder();
        var path = folder[FileName];
        var random = new System.Random(1);
        var (interrupted, unreported, saves) = (0, 0, 0);
        content.Write(path, 0);
        for (var i = 0; i < kills; i++)
        {
            var first = content.Read(path);
            var last = RunAndKill(path, isModel, random.NextDouble() * LongestWait) ?? first;
            var number = content.Read(path);
            // The writer may have been killed between the save and its word.
            Assert.That(number, Is.EqualTo(last).Or.EqualTo(last + 1));
            var left = Directory.EnumerateFileSystemEntries(folder.Path).Where(f => f != path).ToList();
            Assert.That(left, Has.Count.LessThanOrEqualTo(1));
            (interrupted, unreported, saves) = (interrupted + left.Count, unreported + number - last, saves + number - first);
            foreach (var file in left) File.SetLastWriteTimeUtc(file, DateTime.UtcNow - AtomicFile.StaleAfter);
            content.Write(path, number);
            Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.EqualTo(new[] { path }));
        }
        TestContext.Out.WriteLine($"{kills} kills during {saves} saves: {interrupted} left a part of a file, {unreported} came between the save and its report");
        Assert.That(interrupted, Is.GreaterThan(kills / 4), "too few kills met a save");
    }

    /// <summary>Lets another process save and kills it; the number of the last save that it reported, if it came so far.</summary>
    static int? RunAndKill(string path, bool isModel, TimeSpan wait)
    {
        // A test host may have a name of its own.
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        using var process = Process.Start(new ProcessStartInfo(host, ["exec", Assembly.GetExecutingAssembly().Location, path, $"{isModel}"]) { RedirectStandardOutput = true })!;
        var ready = process.StandardOutput.ReadLine();
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < wait) Thread.SpinWait(20);
        process.Kill();
        process.WaitForExit();
        Assert.That(ready, Is.EqualTo(Ready));
        var lines = process.StandardOutput.ReadToEnd().Split('\n');
        // What follows the last end of a line is half a word.
        return lines.Length < 2 ? null : int.Parse(lines[^2], CultureInfo.InvariantCulture);
    }

    /// <summary>What the other process does: saves one file after the other, and says so each time.</summary>
    internal static void Save(string path, bool isModel)
    {
        SavedContent content = isModel ? new SavedModel() : new SavedArchive();
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        var number = content.Read(path);
        // The first one of a process is slow.
        content.Write(path, number);
        output.Write(Ready + "\n");
        while (true)
        {
            number++;
            content.Write(path, number);
            output.Write($"{number}\n");
        }
    }
}

/// <summary>A file whose content tells its number, and whether it is whole.</summary>
abstract class SavedContent
{
    protected const int Count = 1 << 16;

    internal abstract void Write(string path, int number);

    internal abstract int Read(string path);
}

sealed class SavedArchive : SavedContent
{
    const string Numbers = "numbers.bin";

    internal override void Write(string path, int number) => AtomicFile.Write(path, to =>
    {
        var zip = new ZipArchiveWriter(to);
        zip.Add(Numbers, s =>
        {
            var block = new int[Count / 16];
            block.AsSpan().Fill(number);
            for (var i = 0; i < 16; i++) s.Write(MemoryMarshal.AsBytes(block.AsSpan()));
        }, ZipArchiveWriter.NoTime);
        zip.Finish();
    });

    internal override int Read(string path)
    {
        using var file = File.OpenRead(path);
        var zip = new ZipArchiveReader(file);
        var numbers = MemoryMarshal.Cast<byte, int>(zip.ReadAll(zip.Find(Numbers)!));
        Assert.That(numbers.Length, Is.EqualTo(Count));
        Assert.That(numbers.IndexOfAnyExcept(numbers[0]), Is.Negative);
        return numbers[0];
    }
}

sealed class SavedModel : SavedContent
{
    readonly Model _model = new Sequential([new Input(Count / 64), new Dense(64, useBias: false)]);

    internal override void Write(string path, int number)
    {
        _model.SetWeights([Ops.Full([Count / 64, 64], number, DType.Float32)]);
        _model.Save(path);
    }

    internal override int Read(string path)
    {
        var numbers = Keras.Saving.LoadModel(path).Weights[0].Read().ToArray<float>();
        Assert.That(numbers, Has.Length.EqualTo(Count));
        Assert.That(numbers.AsSpan().IndexOfAnyExcept(numbers[0]), Is.Negative);
        return (int)numbers[0];
    }
}
