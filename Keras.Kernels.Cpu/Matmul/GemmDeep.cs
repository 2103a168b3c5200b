using System.Numerics;

namespace Keras.Kernels.Cpu;

internal static unsafe partial class Gemm
{
    // A C this small gives the threads nothing to share but the depth.
    const int DeepResult = 1024;
    const int DeepLeast = 8192;
    const int DeepPart = 2048;
    const int MostParts = 16;

    static bool IsDeep(int m, int n, int k) => k >= DeepLeast && (long)m * n <= DeepResult;

    /// <summary>Products of fixed parts of the depth, added up in order.</summary>
    static void RunDeep<T>(int m, int n, int k, in Operand<T> a, in Operand<T> b, in TileOutput<T> output)
        where T : unmanaged, INumber<T>
    {
        int parts = Math.Min(k / DeepPart, MostParts);
        int depth = (k + parts - 1) / parts;
        parts = (k + depth - 1) / depth;
        T* partials = Scratch.Get<T>(ScratchUse.Partials, (long)m * n * parts);
        Parallel.For(parts, new DeepParts<T>(m, n, k, depth, a, b, partials));
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                T* partial = partials + i * n + j;
                T sum = *partial;
                for (int part = 1; part < parts; part++)
                    sum += partial[(nint)part * m * n];
                output.Write(output.C + i * output.Ld + j, j, sum);
            }
        }
    }

    readonly struct DeepParts<T>(
        int m, int n, int k, int depth, Operand<T> a, Operand<T> b, T* partials) : IBlocks
        where T : unmanaged, INumber<T>
    {
        public void Run(int block)
        {
            int start = block * depth, count = Math.Min(depth, k - start);
            var output = new TileOutput<T>(partials + (nint)block * m * n, n, false, null, false);
            RunFlat(m, n, count, a.At(0, start), b.At(0, start), output);
        }
    }
}
