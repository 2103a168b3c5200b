using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>Decompositions of the matrices in the last two axes. A batch is shared among a fixed number of blocks, each with memory of its own.</summary>
internal static unsafe class DecompositionTable
{
    const int MostBlocks = 16;
    // From here on threads share the work on one matrix instead.
    const long LargeMatrix = 192 * 192;

    internal sealed class SvdMaker(Keras.Svd op, Shape x) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var shape = new SvdShape(x[-2], x[-1], op.ComputeUv, op.FullMatrices);
            long m = shape.Rows, n = shape.Columns, k = shape.Short;
            return op.ComputeUv ? Make<T, Svd<T>, SvdShape>(shape, x, m * n, m * (shape.Full ? m : k), k, n * (shape.Full ? n : k))
                : Make<T, Svd<T>, SvdShape>(shape, x, m * n, k);
        }
    }

    internal sealed class QrMaker(Keras.Qr op, Shape x) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            int m = x[-2], n = x[-1], inner = op.Complete ? m : Math.Min(m, n);
            return Make<T, Qr<T>, (int, int, int)>((m, n, inner), x, (long)m * Math.Max(n, inner), (long)m * inner, (long)inner * n);
        }
    }

    internal sealed class EighMaker(Shape x) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            long n = x[-1];
            return Make<T, Eigh<T>, int>(x[-1], x, n * n, n, n * n);
        }
    }

    internal sealed class EigMaker(Shape x) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            long n = x[-1];
            return Make<T, Eig<T>, int>(x[-1], x, n * n, 2 * n, 2 * n * n);
        }
    }

    /// <param name="shape">What the decomposition is made for.</param>
    /// <param name="x">The shape of the matrices.</param>
    /// <param name="elements">The size of one, as the work on it goes.</param>
    /// <param name="sizes">Of the results of one matrix.</param>
    static Kernel Make<T, TWork, TShape>(TShape shape, Shape x, long elements, params ReadOnlySpan<long> sizes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TWork : struct, IDecomposition<TWork, TShape, T>
    {
        var batch = FactorTable.Count(x);
        // Large matrices follow one another, and threads share the work on each.
        var blocks = elements >= LargeMatrix ? 1 : Math.Clamp(batch, 1, MostBlocks);
        _ = TWork.In(shape, null, out var bytes);
        var (count, matrix, first) = (sizes.Length, (long)x[-2] * x[-1], sizes[0]);
        var (second, third) = (count > 1 ? sizes[1] : 0, count > 2 ? sizes[2] : 0);
        return new((in KernelCall call) => Parallel.For(blocks, new MatrixBlocks<T, TWork, TShape>(shape, batch, blocks, call.Scratch, bytes, new(call.Input<T>(0), matrix),
            new(call.Output<T>(), first), count > 1 ? new(call.Output<T>(1), second) : default, count > 2 ? new(call.Output<T>(2), third) : default)), Math.Max(1, bytes * blocks));
    }

    readonly struct MatrixBlocks<T, TWork, TShape>(
        TShape shape, int batch, int blocks, byte* memory, long bytes, Items<T> x, Items<T> first, Items<T> second, Items<T> third) : IBlocks
        where T : unmanaged where TWork : struct, IDecomposition<TWork, TShape, T>
    {
        public void Run(int block)
        {
            var work = TWork.In(shape, memory + (block * bytes), out _);
            for (var i = (long)batch * block / blocks; i < (long)batch * (block + 1) / blocks; i++) work.Run(x.At(i), first.At(i), second.At(i), third.At(i));
        }
    }

    /// <summary>An operand of each matrix; none where there is no address.</summary>
    readonly struct Items<T>(T* start, long size) where T : unmanaged
    {
        internal T* At(long i) => start + (i * size);
    }
}

/// <summary>A decomposition of one matrix after another, in the same memory.</summary>
internal unsafe interface IDecomposition<TSelf, TShape, T> where T : unmanaged
{
    /// <param name="shape">What it is made for.</param>
    /// <param name="memory">Memory, or no address to measure it.</param>
    /// <param name="bytes">How much of it is used.</param>
    static abstract TSelf In(TShape shape, byte* memory, out long bytes);

    /// <summary>Decomposes a matrix; the results in the order of the op's.</summary>
    void Run(T* x, T* first, T* second, T* third);
}
