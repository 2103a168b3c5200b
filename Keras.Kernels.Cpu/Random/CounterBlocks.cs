using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>Makes sixteen outputs from the sixteen 64-bit counters (hi, lo), reading as many inputs.</summary>
internal unsafe interface ICounterStep<TIn, TOut>
    where TIn : unmanaged
    where TOut : unmanaged
{
    void Step(Vector512<uint> hi, Vector512<uint> lo, TIn* x, TOut* y);
}

/// <summary>Runs a step over elements 0..n-1, the counter being the element's index.</summary>
internal readonly unsafe struct CounterBlocks<TIn, TOut, TStep>(TStep step, TIn* x, TOut* y, long n) : IBlocks
    where TIn : unmanaged
    where TOut : unmanaged
    where TStep : struct, ICounterStep<TIn, TOut>
{
    private const int Lanes = 16;

    // A multiple of the lanes that divides 2^32: the low counter word never wraps inside a vector.
    private const int BlockSize = 8192;

    private readonly TStep _step = step;
    private readonly TIn* _x = x;
    private readonly TOut* _y = y;
    private readonly long _n = n;

    internal static void Run(in TStep step, TIn* x, TOut* y, long n)
    {
        var body = new CounterBlocks<TIn, TOut, TStep>(step, x, y, n);
        Parallel.For((int)((n + BlockSize - 1) / BlockSize), in body);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int block)
    {
        var step = _step;
        var start = (long)block * BlockSize;
        var count = (int)Math.Min(BlockSize, _n - start);
        var hi = Vector512.Create((uint)(start >> 32));
        var lo = Vector512.Create((uint)start) + Vector512<uint>.Indices;
        var x = _x == null ? null : _x + start;
        var y = _y + start;
        for (var whole = count / Lanes; whole > 0; whole--)
        {
            step.Step(hi, lo, x, y);
            lo += Vector512.Create((uint)Lanes);
            y += Lanes;
            if (x != null)
                x += Lanes;
        }
        if (count % Lanes != 0)
            Tail(step, hi, lo, x, y, count % Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tail(TStep step, Vector512<uint> hi, Vector512<uint> lo, TIn* x, TOut* y, int count)
    {
        var input = stackalloc TIn[Lanes];
        var output = stackalloc TOut[Lanes];
        if (x != null)
            new Span<TIn>(x, count).CopyTo(new Span<TIn>(input, Lanes));
        step.Step(hi, lo, input, output);
        new Span<TOut>(output, count).CopyTo(new Span<TOut>(y, count));
    }
}
