using System.Text.RegularExpressions;

namespace Keras.Fuzz.Tests;

/// <summary>Gives damaged files to a reader.</summary>
sealed partial class FileFuzzer(FileTarget target, long seed, TimeSpan time, string lastCalls)
    : Fuzzer(seed, long.MaxValue, time, workers: 1, allowedBytes: 128 << 20, lastCalls)
{
    const int LongestMessage = 2000;

    // Of the processor, one of which this takes.
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    [GeneratedRegex(@"^[^\p{Cc}]+\. Expected: [^\p{Cc}]*\. Received: [^\p{Cc}]*$")]
    private static partial Regex Form { get; }

    private protected override bool IsComputed(long index) => IsRead(target, target.Draw(Seed, index));

    /// <summary>Whether a reader reads a file; false where it refuses it properly. What it throws is a failure.</summary>
    internal static bool IsRead(FileTarget target, byte[] file)
    {
        var time = Environment.CpuUsage.TotalTime;
        var isRead = Try(target, file);
        time = Environment.CpuUsage.TotalTime - time;
        if (time < Longest) return isRead;
        // Whatever else the process did meanwhile, it does not do twice.
        var again = Environment.CpuUsage.TotalTime;
        Try(target, file);
        again = Environment.CpuUsage.TotalTime - again;
        return again < Longest ? isRead : throw new InvariantException($"{target.Name}: a file of {file.Length} bytes takes {again.TotalSeconds:F1} s of processor time");
    }

    static bool Try(FileTarget target, byte[] file)
    {
        try
        {
            target.Read(file);
            return true;
        }
        catch (ModelFileException e)
        {
            return e.Message.Length <= LongestMessage && Form.IsMatch(e.Message) ? false : throw new InvariantException($"{target.Name}: a message is not as it should be: {e.Message}");
        }
    }

    private protected override string NameOf(long index) => target.Name;

    private protected override string TextOf(long index) => $"KERAS_FUZZ_FILE={target.Name}:{Seed}:{index}, {target.Draw(Seed, index).Length} bytes";
}
