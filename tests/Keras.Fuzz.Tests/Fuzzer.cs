using System.Diagnostics;
using System.Text;

namespace Keras.Fuzz.Tests;

/// <summary>Makes calls, which follow from a seed and an index, and keeps what went wrong, one example of each kind.</summary>
/// <param name="seed">The seed.</param>
/// <param name="calls">How many calls are made.</param>
/// <param name="time">How long they are made at most; <c>null</c> for no bound.</param>
/// <param name="workers">On how many threads.</param>
/// <param name="allowedBytes">How much memory a call may allocate.</param>
/// <param name="lastCalls">The file that tells the calls under way.</param>
abstract class Fuzzer(long seed, long calls, TimeSpan? time, int workers, long allowedBytes, string lastCalls)
{
    const int MaxLost = 8;
    // Processor time, so that a busy machine makes no difference; waiting takes none, hence the other bound.
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(20), LongestWait = TimeSpan.FromMinutes(5);

    readonly SortedDictionary<string, Finding> _findings = new(StringComparer.Ordinal);
    readonly Worker[] _workers = new Worker[workers];
    readonly long _calls = calls, _start = Stopwatch.GetTimestamp();
    long _next = -1, _refused, _computed;
    int _lost;

    private protected long Seed { get; } = seed;

    /// <summary>How many calls gave a value, and how many were refused.</summary>
    internal (long Computed, long Refused) Counts => (_computed, _refused);

    /// <summary>Makes a call: true where it gave a value, false where it was refused properly. What it throws is a failure.</summary>
    private protected abstract bool IsComputed(long index);

    /// <summary>What is called.</summary>
    private protected abstract string NameOf(long index);

    /// <summary>The call, for a person who wants to repeat it.</summary>
    private protected abstract string TextOf(long index);

    /// <summary>Runs all calls, or stops at one that does not end.</summary>
    /// <returns>The failures: kind, number, and the first call.</returns>
    internal IReadOnlyList<string> Run()
    {
        // Where a call kills the process, the file still says which calls were under way.
        using var file = new FileStream(lastCalls, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite, 1);
        for (var i = 0; i < workers; i++) _workers[i] = new Worker(this, i, file);
        while (_lost < MaxLost && !Array.TrueForAll(_workers, w => w.Ends(TimeSpan.FromMilliseconds(100)))) Replace(file);
        lock (_findings) return [.. _findings.Select(f => $"{f.Value.Count} x {f.Key}\n  {f.Value.Message}\n  {Text(f.Value.Index)}")];
    }

    /// <summary>Leaves threads behind whose call does not end.</summary>
    void Replace(FileStream file)
    {
        for (var i = 0; i < workers; i++)
        {
            if (_workers[i].Stuck() is not (var index and >= 0)) continue;
            Add($"a call that does not end: {NameOf(index)}", $"it runs for more than {Longest.TotalSeconds} seconds", index);
            _lost++;
            _workers[i] = new Worker(this, i, file);
        }
    }

    void One(long index)
    {
        try
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Interlocked.Increment(ref (IsComputed(index) ? ref _computed : ref _refused));
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > allowedBytes) Add($"more than {allowedBytes >> 20} MB in {NameOf(index)}", $"{allocated >> 20} MB were allocated", index);
        }
        catch (Exception e)
        {
            Add(Check.Kind(e), $"{e.GetType().Name}: {e.Message}", index);
        }
    }

    bool IsEnough(long next) => next >= _calls || Stopwatch.GetElapsedTime(_start) > time;

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
            return TextOf(index);
        }
        catch (Exception e)
        {
            return $"#{Seed}:{index}: {e}";
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
                if (_index < 0 || (waited < LongestWait && (waited < Longest || Environment.CpuUsage.TotalTime - _used < Longest * _fuzzer._workers.Length))) return -1;
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
                Encoding.ASCII.GetBytes($"{_fuzzer.Seed}:{index}", line);
                line[^1] = (byte)'\n';
                RandomAccess.Write(file.SafeFileHandle, line, number * line.Length);
                _fuzzer.One(index);
            }
        }

        long Next()
        {
            var next = Interlocked.Increment(ref _fuzzer._next);
            lock (_gate) (_index, _since, _used) = (_left || _fuzzer.IsEnough(next) ? -1 : next, Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            return _index;
        }
    }
}
