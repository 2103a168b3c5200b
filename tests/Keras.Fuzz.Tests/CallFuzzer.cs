using System.Collections.Concurrent;

namespace Keras.Fuzz.Tests;

/// <summary>Makes random calls of all functions.</summary>
sealed class CallFuzzer(long seed, long calls, string lastCalls) : Fuzzer(seed, calls, null, workers: 2, allowedBytes: 2L << 30, lastCalls)
{
    readonly ConcurrentDictionary<Target, bool> _reached = [];

    /// <summary>The functions no call of which was computed.</summary>
    internal IEnumerable<string> NeverComputed => Target.All.Where(t => !_reached.ContainsKey(t)).Select(t => t.Name);

    private protected override bool IsComputed(long index)
    {
        var call = new Call(Seed, index);
        try
        {
            Check.Run(call);
        }
        catch (Exception e) when (Check.IsProper(e, call))
        {
            return false;
        }
        _reached.TryAdd(call.Target, true);
        return true;
    }

    private protected override string NameOf(long index) => new Call(Seed, index).Target.Name;

    private protected override string TextOf(long index) => new Call(Seed, index).ToString();
}
