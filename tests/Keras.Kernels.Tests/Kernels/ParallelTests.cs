using Keras.Kernels.Cpu;

namespace Keras.Kernels.Tests.Kernels;

[NonParallelizable]
sealed unsafe class ParallelTests
{
    int _threads;

    [SetUp]
    public void Remember() => _threads = Cpu.Parallel.Threads;

    [TearDown]
    public void Restore() => Cpu.Parallel.Threads = _threads;

    [Test]
    public void Every_block_runs_once([Values(1, 2, 3, 4, 8)] int threads, [Values(0, 1, 2, 7, 1000)] int blocks)
    {
        Cpu.Parallel.Threads = threads;
        var counts = stackalloc int[1000];
        for (var repeat = 1; repeat <= 20; repeat++)
        {
            Cpu.Parallel.For(blocks, new Count(counts));
            for (var i = 0; i < 1000; i++) Assert.That(counts[i], Is.EqualTo(i < blocks ? repeat : 0));
        }
    }

    [Test]
    public void Nested_loops_run_every_block_once([Values(1, 2, 4)] int threads)
    {
        Cpu.Parallel.Threads = threads;
        var counts = stackalloc int[64];
        Cpu.Parallel.For(8, new Nested(counts));
        for (var i = 0; i < 64; i++) Assert.That(counts[i], Is.EqualTo(1));
    }

    [Test]
    public void Loops_from_several_threads_do_not_mix()
    {
        Cpu.Parallel.Threads = 4;
        var wrong = 0;
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            var counts = stackalloc int[100];
            for (var repeat = 1; repeat <= 200; repeat++)
            {
                Cpu.Parallel.For(100, new Count(counts));
                for (var i = 0; i < 100; i++)
                    if (counts[i] != repeat) Interlocked.Increment(ref wrong);
            }
        })).ToList();
        callers.ForEach(c => c.Start());
        callers.ForEach(c => c.Join());
        Assert.That(wrong, Is.Zero);
    }

    [Test]
    public void An_exception_reaches_the_caller_and_the_pool_lives_on([Values(1, 2, 4)] int threads)
    {
        Cpu.Parallel.Threads = threads;
        Assert.That(() => Cpu.Parallel.For(50, new Failing()), Throws.InstanceOf<InvalidOperationException>().With.Message.EqualTo("block 7"));
        var counts = stackalloc int[50];
        Cpu.Parallel.For(50, new Count(counts));
        for (var i = 0; i < 50; i++) Assert.That(counts[i], Is.EqualTo(1));
    }

    [Test]
    public void A_loop_allocates_nothing([Values(1, 2, 4)] int threads)
    {
        Cpu.Parallel.Threads = threads;
        var counts = stackalloc int[100];
        for (var i = 0; i < 50; i++) Cpu.Parallel.For(100, new Count(counts));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Cpu.Parallel.For(100, new Count(counts));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void The_number_of_threads_is_checked() => Assert.That(() => CpuDevice.Threads = 0, Throws.InstanceOf<ArgumentOutOfRangeException>());

    readonly struct Count(int* counts) : IBlocks
    {
        readonly int* _counts = counts;

        public void Run(int block) => Interlocked.Increment(ref _counts[block]);
    }

    readonly struct Nested(int* counts) : IBlocks
    {
        readonly int* _counts = counts;

        public void Run(int block) => Cpu.Parallel.For(8, new Count(_counts + (block * 8)));
    }

    readonly struct Failing : IBlocks
    {
        public void Run(int block)
        {
            if (block == 7) throw new InvalidOperationException("block 7");
        }
    }
}
