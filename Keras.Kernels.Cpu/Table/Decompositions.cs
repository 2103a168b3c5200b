using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>Decompositions of the matrices in the last two axes. A batch is shared among a fixed number of blocks, each with memory of its own.</summary>
internal static unsafe class DecompositionTable
{
    const int MostBlocks = 16;
    // From here on threads share the work on one matrix instead.
    const long LargeMatrix = 192 * 192;

    // Large matrices follow one another, and threads share the work on each.
    static int Blocks(int batch, long elements) => elements >= LargeMatrix ? 1 : Math.Max(1, Math.Min(batch, MostBlocks));

    static int Batch(Shape x) => checked((int)x.Slice(0, x.Rank - 2).Size);

    internal sealed class SvdMaker(Keras.Svd op, Shape x) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (shape, batch) = (new SvdShape(x[-2], x[-1], op.ComputeUv, op.FullMatrices), Batch(x));
            var blocks = Blocks(batch, (long)shape.Rows * shape.Columns);
            _ = new Svd<T>(shape, null, out var bytes);
            return new((in KernelCall call) => Parallel.For(blocks, new SvdBlocks<T>(shape, batch, blocks, call.Scratch, bytes, call.Input<T>(0),
                op.ComputeUv ? call.Output<T>() : null, call.Output<T>(op.ComputeUv ? 1 : 0), op.ComputeUv ? call.Output<T>(2) : null)), Math.Max(1, bytes * blocks));
        }
    }

    readonly struct SvdBlocks<T>(SvdShape shape, int batch, int blocks, byte* memory, long bytes, T* x, T* u, T* s, T* vh) : IBlocks
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Run(int block)
        {
            var svd = new Svd<T>(shape, memory + (block * bytes), out _);
            long m = shape.Rows, n = shape.Columns, k = shape.Short, left = m * (shape.Full ? m : k), right = n * (shape.Full ? n : k);
            for (var i = (long)batch * block / blocks; i < (long)batch * (block + 1) / blocks; i++)
                svd.Run(x + (i * m * n), u == null ? null : u + (i * left), s + (i * k), vh == null ? null : vh + (i * right));
        }
    }

    internal sealed class QrMaker(Keras.Qr op, Shape x) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            int m = x[-2], n = x[-1], inner = op.Complete ? m : Math.Min(m, n), batch = Batch(x), blocks = Blocks(batch, (long)m * Math.Max(n, inner));
            _ = new Qr<T>(m, n, inner, null, out var bytes);
            return new((in KernelCall call) =>
                Parallel.For(blocks, new QrBlocks<T>((m, n, inner), batch, blocks, call.Scratch, bytes, call.Input<T>(0), call.Output<T>(0), call.Output<T>(1))),
                Math.Max(1, bytes * blocks));
        }
    }

    readonly struct QrBlocks<T>((int M, int N, int Inner) shape, int batch, int blocks, byte* memory, long bytes, T* x, T* q, T* r) : IBlocks
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Run(int block)
        {
            var (m, n, inner) = shape;
            var qr = new Qr<T>(m, n, inner, memory + (block * bytes), out _);
            for (var i = (long)batch * block / blocks; i < (long)batch * (block + 1) / blocks; i++)
                qr.Run(x + (i * m * n), q + (i * m * inner), r + (i * inner * n));
        }
    }

    internal sealed class EighMaker(Shape x) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            int n = x[-1], batch = Batch(x), blocks = Blocks(batch, (long)n * n);
            _ = new Eigh<T>(n, null, out var bytes);
            return new((in KernelCall call) =>
                Parallel.For(blocks, new EighBlocks<T>(n, batch, blocks, call.Scratch, bytes, call.Input<T>(0), call.Output<T>(0), call.Output<T>(1))), Math.Max(1, bytes * blocks));
        }
    }

    readonly struct EighBlocks<T>(int n, int batch, int blocks, byte* memory, long bytes, T* x, T* values, T* vectors) : IBlocks
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Run(int block)
        {
            var eigh = new Eigh<T>(n, memory + (block * bytes), out _);
            for (var i = (long)batch * block / blocks; i < (long)batch * (block + 1) / blocks; i++) eigh.Run(x + (i * n * n), values + (i * n), vectors + (i * n * n));
        }
    }

    internal sealed class EigMaker(Shape x) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            int n = x[-1], batch = Batch(x), blocks = Blocks(batch, (long)n * n);
            _ = new Eig(n, null, out var bytes);
            return new((in KernelCall call) =>
                Parallel.For(blocks, new EigBlocks<T>(n, batch, blocks, call.Scratch, bytes, call.Input<T>(0), call.Output<T>(0), call.Output<T>(1))), Math.Max(1, bytes * blocks));
        }
    }

    readonly struct EigBlocks<T>(int n, int batch, int blocks, byte* memory, long bytes, T* x, T* values, T* vectors) : IBlocks
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Run(int block)
        {
            var eig = new Eig(n, memory + (block * bytes), out _);
            for (var i = (long)batch * block / blocks; i < (long)batch * (block + 1) / blocks; i++)
                eig.Run(x + (i * n * n), values + (2 * i * n), vectors + (2 * i * n * n));
        }
    }
}
