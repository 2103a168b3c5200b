using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Keras.Fuzz.Tests;

/// <summary>Makes calls on several threads and keeps what went wrong, one example of each kind.</summary>
sealed class Fuzzer(long seed, long calls, string lastCalls)
{
    const int Workers = 2;
    const int MaxLost = 8;
    const long MaxAllocatedBytes = 2L << 30;
    // Processor time, so that a busy machine makes no difference; waiting takes none, hence the other bound.
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(20), LongestWait = TimeSpan.FromMinutes(5);

    readonly SortedDictionary<string, Finding> _findings = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<Target, bool> _reached = [];
    readonly Worker[] _workers = new Worker[Workers];
    readonly long _seed = seed, _calls = calls;
    long _next = -1, _refused, _computed;
    int _lost;


    /// <summary>How many calls gave a value, and how many were refused.</summary>
    internal (long Computed, long Refused) Counts => (_computed, _refused);

    /// <summary>The functions no call of which was computed.</summary>
    internal IEnumerable<string> NeverComputed => Target.All.Where(t => !_reached.ContainsKey(t)).Select(t => t.Name);

    /// <summary>Runs all calls, or stops at one that does not end.</summary>
    /// <returns>The failures: kind, number, and the first call.</returns>
    internal IReadOnlyList<string> Run()
    {
        // Where a call kills the process, the file still says which calls were under way.
        using var file = new FileStream(lastCalls, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite, 1);
        for (var i = 0; i < Workers; i++) _workers[i] = new Worker(this, i, file);
        while (_lost < MaxLost && !Array.TrueForAll(_workers, w => w.Ends(TimeSpan.FromMilliseconds(100)))) Replace(file);
        lock (_findings) return [.. _findings.Select(f => $"{f.Value.Count} x {f.Key}\n  {f.Value.Message}\n  {Text(f.Value.Index)}")];
    }

    /// <summary>Leaves threads behind whose call does not end.</summary>
    void Replace(FileStream file)
    {
        for (var i = 0; i < Workers; i++)
        {
            if (_workers[i].Stuck() is not (var index and >= 0)) continue;
            Add($"a call that does not end: {new Call(_seed, index).Target.Name}", $"it runs for more than {Longest.TotalSeconds} seconds", index);
            _lost++;
            _workers[i] = new Worker(this, i, file);
        }
    }

    void One(long index)
    {
        Call? call = null;
        try
        {
            call = new Call(_seed, index);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Judge(call);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > MaxAllocatedBytes) Add($"more than {MaxAllocatedBytes >> 20} MB in {call.Target.Name}", $"{allocated >> 20} MB were allocated", index);
        }
        catch (Exception e)
        {
            Add(call is null ? $"arguments that cannot be drawn: {e.GetType().Name}" : Check.Kind(e), $"{e.GetType().Name}: {e.Message}", index);
        }
    }

    void Judge(Call call)
    {
        try
        {
            Check.Run(call);
            Interlocked.Increment(ref _computed);
            _reached.TryAdd(call.Target, true);
        }
        catch (Exception e) when (Check.IsProper(e, call))
        {
            Interlocked.Increment(ref _refused);
        }
    }

    void Add(string kind, string message, long index)
    {
        lock (_findings)
        {
            if (!_findings.TryGetValue(kind, out var finding)) _findings[kind] = finding = new Finding { Index = long.MaxValue };
            finding.Count++;
            if (finding.Index > index) (finding.Index, finding.Message) = (index, message.Length > 600 ? message[..600] + "…" : message);
        }
    }

    string Text(long index)
    {
        try
        {
            return new Call(_seed, index).ToString();
        }
        catch (Exception e)
        {
            return $"#{_seed}:{index}: {e}";
        }
    }

    sealed class Finding
    {
        internal long Count;
        internal long Index;
        internal string Message = "";
    }

    /// <summary>A thread that takes one call after the other.</summary>
    sealed class Worker
    {
        readonly Fuzzer _fuzzer;
        readonly Thread _thread;
        readonly Lock _gate = new();
        long _index = -1, _since;
        TimeSpan _used;
        bool _left;

        internal Worker(Fuzzer fuzzer, int number, FileStream file)
        {
            _fuzzer = fuzzer;
            _thread = new Thread(() => Work(number, file)) { IsBackground = true };
            _thread.Start();
        }

        internal bool Ends(TimeSpan within) => _thread.Join(within);

        /// <summary>The call that takes too long, if one does; the worker makes no other one then.</summary>
        internal long Stuck()
        {
            lock (_gate)
            {
                var waited = Stopwatch.GetElapsedTime(_since);
                // All workers together have used so much; the machine gives each its share.
                if (_index < 0 || (waited < LongestWait && (waited < Longest || Environment.CpuUsage.TotalTime - _used < Longest * Workers))) return -1;
                _left = true;
                return _index;
            }
        }

        void Work(int number, FileStream file)
        {
            var line = new byte[24];
            while (Next() is var index and >= 0)
            {
                Array.Fill(line, (byte)' ');
                Encoding.ASCII.GetBytes($"{_fuzzer._seed}:{index}", line);
                line[^1] = (byte)'\n';
                RandomAccess.Write(file.SafeFileHandle, line, number * line.Length);
                _fuzzer.One(index);
            }
        }

        long Next()
        {
            var next = Interlocked.Increment(ref _fuzzer._next);
            lock (_gate) (_index, _since, _used) = (_left || next >= _fuzzer._calls ? -1 : next, Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            return _index;
        }
    }
}
