using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keras.Kernels.Cpu;

/// <summary>A whole vector in memory or the first elements of one, so that one body serves loop and tail.</summary>
internal unsafe interface IChunk
{
    Vector512<T> Load<T>(T* p, Vector512<T> fill) where T : unmanaged;

    void Store<T>(T* p, Vector512<T> value) where T : unmanaged;
}

internal readonly unsafe struct WholeChunk : IChunk
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Load<T>(T* p, Vector512<T> fill) where T : unmanaged => Vector512.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<T>(T* p, Vector512<T> value) where T : unmanaged => value.Store(p);
}

internal readonly unsafe struct PartChunk(long count) : IChunk
{
    private readonly int _count = (int)count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Load<T>(T* p, Vector512<T> fill) where T : unmanaged
    {
        if (Avx512F.IsSupported && typeof(T) == typeof(float))
            return Avx512F.MaskLoad((float*)p, SingleMask, fill.AsSingle()).As<float, T>();
        if (Avx512F.IsSupported && typeof(T) == typeof(double))
            return Avx512F.MaskLoad((double*)p, DoubleMask, fill.AsDouble()).As<double, T>();
        for (var i = 0; i < _count; i++)
            ((T*)&fill)[i] = p[i];
        return fill;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<T>(T* p, Vector512<T> value) where T : unmanaged
    {
        if (Avx512F.IsSupported && typeof(T) == typeof(float))
            Avx512F.MaskStore((float*)p, SingleMask, value.AsSingle());
        else if (Avx512F.IsSupported && typeof(T) == typeof(double))
            Avx512F.MaskStore((double*)p, DoubleMask, value.AsDouble());
        else
            for (var i = 0; i < _count; i++)
                p[i] = ((T*)&value)[i];
    }

    private Vector512<float> SingleMask =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(_count)).AsSingle();

    private Vector512<double> DoubleMask =>
        Vector512.LessThan(Vector512<long>.Indices, Vector512.Create((long)_count)).AsDouble();
}

internal interface IMapStep<T>
    where T : unmanaged
{
    void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk;
}

/// <summary>A term per element that the driver adds (or compares) to the total so far.</summary>
internal interface IFoldStep<T>
    where T : unmanaged
{
    Vector512<T> Step<TChunk>(Vector512<T> total, long i, TChunk chunk) where TChunk : struct, IChunk;
}

internal static class Sweep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Map<T, TStep>(TStep step, long start, long end)
        where T : unmanaged
        where TStep : struct, IMapStep<T>
    {
        var i = start;
        for (; i <= end - Vector512<T>.Count; i += Vector512<T>.Count)
            step.Step(i, default(WholeChunk));
        if (i < end)
            step.Step(i, new PartChunk(end - i));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Fold<T, TStep>(TStep step, Vector512<T> total, long start, long end)
        where T : unmanaged
        where TStep : struct, IFoldStep<T>
    {
        var i = start;
        for (; i <= end - Vector512<T>.Count; i += Vector512<T>.Count)
            total = step.Step(total, i, default(WholeChunk));
        return i < end ? step.Step(total, i, new PartChunk(end - i)) : total;
    }
}

/// <summary>An elementwise step over n elements in fixed blocks.</summary>
internal readonly struct MapBlocks<T, TStep>(TStep step, long n) : IBlocks
    where T : unmanaged
    where TStep : struct, IMapStep<T>
{
    private const long BlockSize = 16384;

    private readonly TStep _step = step;
    private readonly long _n = n;

    internal static void Run(TStep step, long n)
    {
        var body = new MapBlocks<T, TStep>(step, n);
        Parallel.For((int)((n + BlockSize - 1) / BlockSize), in body);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int block)
    {
        var start = block * BlockSize;
        Sweep.Map<T, TStep>(_step, start, Math.Min(_n, start + BlockSize));
    }
}

internal interface IRow
{
    void Row(long row);
}

/// <summary>Independent rows, as many a block as make about 16384 elements.</summary>
internal readonly struct RowRun<TRow>(TRow body, long rows, long cols) : IBlocks
    where TRow : struct, IRow
{
    private const long BlockSize = 16384;

    private readonly TRow _body = body;
    private readonly long _rows = rows;
    private readonly long _perBlock = Math.Max(1, BlockSize / Math.Max(1, cols));

    internal static void Run(TRow body, long rows, long cols)
    {
        var blocks = new RowRun<TRow>(body, rows, cols);
        Parallel.For((int)((rows + blocks._perBlock - 1) / blocks._perBlock), in blocks);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int block)
    {
        var body = _body;
        var end = Math.Min(_rows, (block + 1) * _perBlock);
        for (var row = block * _perBlock; row < end; row++)
            body.Row(row);
    }
}
