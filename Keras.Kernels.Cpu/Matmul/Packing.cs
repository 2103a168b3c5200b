using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>
/// One side of a product, by lanes (rows of A, columns of B) and depth (the summed index).
/// </summary>
internal readonly unsafe struct Operand<T>(T* data, nint lane, nint depth) where T : unmanaged
{
    public readonly T* Data = data;
    public readonly nint Lane = lane;
    public readonly nint Depth = depth;

    public Operand<T> At(nint lane, nint depth) => new(Data + lane * Lane + depth * Depth, Lane, Depth);

    public Operand<TSame> As<TSame>() where TSame : unmanaged => new((TSame*)Data, Lane, Depth);

    public static Operand<T> A(T* a, int ld, bool transposed) => transposed ? new(a, 1, ld) : new(a, ld, 1);

    public static Operand<T> B(T* b, int ld, bool transposed) => transposed ? new(b, ld, 1) : new(b, 1, ld);
}

/// <summary>Copies operands into panels: for each depth the panel's lanes side by side, padded with zeros.</summary>
internal static unsafe class Packing
{
    /// <summary>Packs a panel of TLanes * TTimes lanes, of which <paramref name="lanes"/> exist.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panel<T, TLanes, TTimes>(in Operand<T> source, int lanes, int depth, T* target)
        where T : unmanaged
        where TLanes : struct, IConstant
        where TTimes : struct, IConstant
    {
        int width = TLanes.Value * TTimes.Value;
        if (lanes < width)
            new Span<T>(target, width * depth).Clear();
        if (source.Lane == 1 && lanes == width)
            Rows<T, TLanes, TTimes>(source, depth, target);
        else if (source.Lane == 1)
            PartialRows(source, lanes, width, depth, target);
        else
            Columns(source, lanes, width, depth, target);
    }

    static void Rows<T, TLanes, TTimes>(in Operand<T> source, int depth, T* target)
        where T : unmanaged
        where TLanes : struct, IConstant
        where TTimes : struct, IConstant
    {
        int width = TLanes.Value * TTimes.Value;
        T* from = source.Data;
        for (int p = 0; p < depth; p++)
        {
            // A constant size becomes a few vector moves.
            Unsafe.CopyBlockUnaligned(target, from, (uint)(TLanes.Value * TTimes.Value * sizeof(T)));
            from += source.Depth;
            target += width;
        }
    }

    static void PartialRows<T>(in Operand<T> source, int lanes, int width, int depth, T* target) where T : unmanaged
    {
        for (int p = 0; p < depth; p++)
        {
            T* from = source.Data + p * source.Depth;
            for (int i = 0; i < lanes; i++)
                target[i] = from[i];
            target += width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Columns<T>(in Operand<T> source, int lanes, int width, int depth, T* target) where T : unmanaged
    {
        int block = Vector128<byte>.Count / sizeof(T);
        int blockLanes = 0, blockDepth = 0;
        if (source.Depth == 1 && (sizeof(T) == 4 || sizeof(T) == 8))
        {
            blockLanes = lanes / block * block;
            blockDepth = depth / block * block;
            for (int i = 0; i < blockLanes; i += block)
                Transpose(source.Data + i * source.Lane, source.Lane, blockDepth, target + i, width);
        }
        Scalar(source, 0, blockLanes, blockDepth, depth, width, target);
        Scalar(source, blockLanes, lanes, 0, depth, width, target);
    }

    static void Scalar<T>(in Operand<T> source, int lane, int lanes, int from, int depth, int width, T* target)
        where T : unmanaged
    {
        for (int i = lane; i < lanes; i++)
        {
            T* values = source.Data + i * source.Lane;
            for (int p = from; p < depth; p++)
                target[(nint)p * width + i] = values[p * source.Depth];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Transpose<T>(T* source, nint stride, int depth, T* target, nint width) where T : unmanaged
    {
        if (sizeof(T) == 4)
            Transpose4((uint*)source, stride, depth, (uint*)target, width);
        else
            Transpose2((ulong*)source, stride, depth, (ulong*)target, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Transpose4(uint* source, nint stride, int depth, uint* target, nint width)
    {
        for (int p = 0; p < depth; p += 4)
        {
            Vector128<uint> r0 = Vector128.Load(source + p), r1 = Vector128.Load(source + stride + p);
            Vector128<uint> r2 = Vector128.Load(source + 2 * stride + p), r3 = Vector128.Load(source + 3 * stride + p);
            Vector128<ulong> low01 = Interleave.Low(r0, r1).AsUInt64(), low23 = Interleave.Low(r2, r3).AsUInt64();
            Vector128<ulong> high01 = Interleave.High(r0, r1).AsUInt64(), high23 = Interleave.High(r2, r3).AsUInt64();
            Interleave.Low(low01, low23).AsUInt32().Store(target);
            Interleave.High(low01, low23).AsUInt32().Store(target + width);
            Interleave.Low(high01, high23).AsUInt32().Store(target + 2 * width);
            Interleave.High(high01, high23).AsUInt32().Store(target + 3 * width);
            target += 4 * width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Transpose2(ulong* source, nint stride, int depth, ulong* target, nint width)
    {
        for (int p = 0; p < depth; p += 2)
        {
            Vector128<ulong> r0 = Vector128.Load(source + p), r1 = Vector128.Load(source + stride + p);
            Interleave.Low(r0, r1).Store(target);
            Interleave.High(r0, r1).Store(target + width);
            target += 2 * width;
        }
    }
}
