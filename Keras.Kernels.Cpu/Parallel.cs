using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Keras.Kernels.Cpu;

/// <summary>The work of one parallel loop; a struct that holds pointers and sizes.</summary>
internal interface IBlocks
{
    void Run(int block);
}

/// <summary>
/// Runs numbered blocks on persistent worker threads. Which thread runs a block is open, so results must depend on the
/// block's number alone. Calls that find the pool in use (nested ones among them) run on the calling thread.
/// </summary>
internal static unsafe class Parallel
{
    const string ThreadsVariable = "KERAS_NUM_THREADS";
    const int MaxThreads = 1024;
    const int SpinMicroseconds = 40;
    const uint CountMask = uint.MaxValue;

    static readonly Lock _growth = new();
    static readonly SemaphoreSlim _finished = new(0);
    static readonly long _spinTicks = Stopwatch.Frequency * SpinMicroseconds / 1_000_000;
    static Worker[] _workers = [];
    static int _threads = DefaultThreads();
    static Shared _shared;
    static delegate*<void*, int, void> _run;
    static void* _body;
    static int _blocks;
    static ExceptionDispatchInfo? _error;

    // Each counter has a cache line of its own (two, for the adjacent-line prefetcher).
    [StructLayout(LayoutKind.Explicit, Size = 640)]
    struct Shared
    {
        // High half: number of the loop; low half: blocks not yet claimed. A claim that succeeds on this pair proves
        // that the loop is still running, so its fields may be read after it.
        [FieldOffset(128)] public long Tickets;
        [FieldOffset(256)] public int Pending;
        [FieldOffset(384)] public int Busy;
        [FieldOffset(512)] public int CallerParked;
    }

    /// <summary>Threads that share the work, the caller's included.</summary>
    public static int Threads
    {
        get => Volatile.Read(ref _threads);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxThreads);
            Volatile.Write(ref _threads, value);
        }
    }

    /// <summary>Runs <paramref name="body"/> for each block from 0 to <paramref name="blocks"/> - 1.</summary>
    public static void For<TBody>(int blocks, in TBody body) where TBody : struct, IBlocks
    {
        // A copy on this stack does not move, so its address serves all threads.
        TBody local = body;
        int threads = Math.Min(Threads, blocks);
        if (threads <= 1 || Interlocked.CompareExchange(ref _shared.Busy, 1, 0) != 0)
        {
            for (int block = 0; block < blocks; block++)
                local.Run(block);
            return;
        }
        try
        {
            Share(threads, blocks, &Invoke<TBody>, Unsafe.AsPointer(ref local));
        }
        finally
        {
            Volatile.Write(ref _shared.Busy, 0);
        }
    }

    /// <summary>The same; on this thread alone where the work is too little to share.</summary>
    public static void For<TBody>(int blocks, in TBody body, bool large) where TBody : struct, IBlocks
    {
        if (large) For(blocks, body);
        else
            for (int block = 0; block < blocks; block++)
                body.Run(block);
    }

    static void Invoke<TBody>(void* body, int block) where TBody : struct, IBlocks =>
        Unsafe.AsRef<TBody>(body).Run(block);

    static void Share(int threads, int blocks, delegate*<void*, int, void> run, void* body)
    {
        Worker[] workers = Workers(threads - 1);
        _run = run;
        _body = body;
        _blocks = blocks;
        _shared.Pending = blocks;
        long loop = (_shared.Tickets >>> 32) + 1;
        Interlocked.Exchange(ref _shared.Tickets, (loop << 32) | (uint)blocks);
        for (int i = 0; i < threads - 1; i++)
            workers[i].Wake();
        RunClaimed();
        AwaitFinish();
        if (Interlocked.Exchange(ref _error, null) is { } error)
            error.Throw();
    }

    static Worker[] Workers(int count)
    {
        if (_workers.Length >= count)
            return _workers;
        lock (_growth)
        {
            var grown = new Worker[count];
            _workers.CopyTo(grown, 0);
            for (int i = _workers.Length; i < count; i++)
                grown[i] = new Worker(i);
            return _workers = grown;
        }
    }

    static bool HasWork => (Volatile.Read(ref _shared.Tickets) & CountMask) != 0;

    static void RunClaimed()
    {
        long tickets = Volatile.Read(ref _shared.Tickets);
        while ((tickets & CountMask) != 0)
        {
            long seen = Interlocked.CompareExchange(ref _shared.Tickets, tickets - 1, tickets);
            if (seen == tickets)
            {
                RunOne(_blocks - (int)(tickets & CountMask));
                seen = Volatile.Read(ref _shared.Tickets);
            }
            tickets = seen;
        }
    }

    static void RunOne(int block)
    {
        try
        {
            _run(_body, block);
        }
#pragma warning disable CA1031 // Rethrown on the caller's thread.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(error), null);
        }
        if (Interlocked.Decrement(ref _shared.Pending) == 0
            && Interlocked.Exchange(ref _shared.CallerParked, 0) == 1)
            _finished.Release();
    }

    static void AwaitFinish()
    {
        long deadline = 0;
        while (Volatile.Read(ref _shared.Pending) != 0)
        {
            if (SpinOnce(ref deadline))
                continue;
            Interlocked.Exchange(ref _shared.CallerParked, 1);
            bool finished = Volatile.Read(ref _shared.Pending) == 0;
            if (!finished || Interlocked.Exchange(ref _shared.CallerParked, 0) == 0)
                _finished.Wait();
        }
    }

    // False once the time for spinning is over, and at once where threads outnumber processors.
    static bool SpinOnce(ref long deadline)
    {
        if (Threads > Environment.ProcessorCount)
            return false;
        long now = Stopwatch.GetTimestamp();
        if (deadline == 0)
            deadline = now + _spinTicks;
        if (now >= deadline)
            return false;
        Thread.SpinWait(8);
        return true;
    }

    static int DefaultThreads()
    {
        string? text = Environment.GetEnvironmentVariable(ThreadsVariable);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads > 0
            ? Math.Min(threads, MaxThreads)
            : Environment.ProcessorCount;
    }

#pragma warning disable CA1001 // Workers live as long as the process.
    sealed class Worker
#pragma warning restore CA1001
    {
        readonly SemaphoreSlim _wake = new(0);
        readonly int _index;
        int _parked;

        public Worker(int index)
        {
            _index = index;
            var thread = new Thread(Loop) { IsBackground = true, Name = $"keras-cpu-{index + 1}" };
            thread.UnsafeStart();
        }

        public void Wake()
        {
            if (Volatile.Read(ref _parked) == 1 && Interlocked.Exchange(ref _parked, 0) == 1)
                _wake.Release();
        }

        bool MayWork => _index < Threads - 1 && HasWork;

        void Loop()
        {
            long deadline = 0;
            while (true)
            {
                if (MayWork)
                {
                    RunClaimed();
                    deadline = 0;
                }
                else if (!SpinOnce(ref deadline))
                {
                    Park();
                    deadline = 0;
                }
            }
        }

        void Park()
        {
            Interlocked.Exchange(ref _parked, 1);
            if (!MayWork || Interlocked.Exchange(ref _parked, 0) == 0)
                _wake.Wait();
        }
    }
}
