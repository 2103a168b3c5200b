using System.Numerics;

namespace Keras.Kernels.Cpu;

using Keras.Kernels.Cpu.LinearAlgebra;

/// <summary>Factorizations and triangular systems, for each matrix of a batch.</summary>
internal static unsafe class FactorTable
{
    const long None = long.MaxValue;

    internal static int Count(Shape shape) => Shape.Dim(shape.Slice(0, shape.Rank - 2).Size);

    /// <summary>Keeps the first matrix that failed, whichever thread comes first.</summary>
    static void Report(long* first, int matrix, int place)
    {
        var found = ((long)matrix << 32) | (uint)place;
        for (var seen = Volatile.Read(ref *first); found < seen;)
        {
            var before = Interlocked.CompareExchange(ref *first, found, seen);
            if (before == seen) return;
            seen = before;
        }
    }

    static string Place(long failed, int count) => count == 1 ? $"{(uint)failed}" : $"{(uint)failed} of matrix {failed >> 32}";

    internal sealed class CholeskyMaker(Op op, Shape shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (count, n) = (Count(shape), shape[-1]);
            return new((in KernelCall call) =>
            {
                var failed = None;
                MatrixBatch.Run(count, (long)n * n * n / 3, new CholeskyItems<T>(n, call.Input<T>(0), call.Output<T>(), &failed));
                if (failed != None)
                    throw Errors.Argument(op.Name, "the matrix is not positive definite", "leading minors above 0", $"another one of order {Place(failed, count)}");
            }, 0, (0, 0));
        }
    }

    readonly struct CholeskyItems<T>(int n, T* a, T* l, long* failed) : IBlocks where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Run(int block)
        {
            var at = (long)block * n * n;
            var order = CholeskyFactor.Run(n, a + at, l + at);
            if (order > 0) Report(failed, block, order);
        }
    }

    internal sealed class LuMaker(Shape shape) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            int count = Count(shape), m = shape[-2], n = shape[-1];
            var work = (long)m * n * Math.Min(m, n);
            return new((in KernelCall call) =>
                MatrixBatch.Run(count, work, new LuItems<T>(m, n, call.Input<T>(0), call.Output<T>(0), call.Output<int>(1), call.Output<int>(2))), 0, (0, 0));
        }
    }

    readonly struct LuItems<T>(int m, int n, T* a, T* factors, int* pivots, int* permutation) : IBlocks where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Run(int block)
        {
            long size = (long)m * n, at = block * size;
            var steps = Math.Min(m, n);
            if (a != factors) Buffer.MemoryCopy(a + at, factors + at, size * sizeof(T), size * sizeof(T));
            var exchanged = pivots + ((long)block * steps);
            LuFactorizer.Run(m, n, factors + at, exchanged);
            LuFactorizer.Permutation(m, steps, exchanged, permutation + ((long)block * m));
        }
    }

    internal sealed class TriangularMaker(TriangularSolve op, TensorType[] inputs, Shape output) : IWideMaker
    {
        public Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var batch = output.Slice(0, output.Rank - 2);
            int count = Count(output), n = output[-2], m = output[-1];
            var (offsetsA, offsetsB) = (MatrixBatch.Offsets(inputs[0].Shape, batch), MatrixBatch.Offsets(inputs[1].Shape, batch));
            return new((in KernelCall call) =>
            {
                var failed = None;
                fixed (long* atA = offsetsA, atB = offsetsB)
                    MatrixBatch.Run(count, (long)n * n * m / 2, new TriangularItems<T>(n, m, call.Input<T>(0), atA, call.Input<T>(1), atB, call.Output<T>(),
                        op.Lower, op.Transposed, op.Unit, op.RefusesSingular ? &failed : null));
                if (failed != None) throw Errors.Argument(op.Name, "the matrix is singular", "pivots other than 0", $"0 in place {Place(failed, count)}");
            }, 0, (1, 0));
        }
    }

    readonly struct TriangularItems<T>(int n, int m, T* a, long* atA, T* b, long* atB, T* x, bool lower, bool transposed, bool unit, long* failed) : IBlocks
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Run(int block)
        {
            var matrix = a + (atA != null ? atA[block] : (long)block * n * n);
            long size = (long)n * m, at = block * size;
            var source = b + (atB != null ? atB[block] : at);
            for (var i = 0; failed != null && i < n; i++)
                if (matrix[(long)i * (n + 1)] == T.Zero) Report(failed, block, i);
            if (source != x + at) Buffer.MemoryCopy(source, x + at, size * sizeof(T), size * sizeof(T));
            new TriangularSolver<T>(n, m, matrix, lower, transposed, unit, x + at).Run();
        }
    }
}
