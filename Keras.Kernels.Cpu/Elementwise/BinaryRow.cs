using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Elementwise;

// One run of a binary kernel, its operands at any stride. Strides 1 and 0 are read in place; the rest, and the 16-bit
// floating-point types, pass through buffers on the stack.
internal static unsafe class BinaryRow
{
    const int ChunkElements = 256;

    internal static void Run<TBody, T>(T* x, long strideX, T* y, long strideY, T* z, long n)
        where TBody : IBinary where T : unmanaged
    {
        if (typeof(T) == typeof(bool)) Run<TBody, byte>((byte*)x, strideX, (byte*)y, strideY, (byte*)z, n);
        else if (Cast.IsNarrow<T>()) Staged<TBody, T, float>(x, strideX, y, strideY, z, n);
        else if (strideX is 0 or 1 && strideY is 0 or 1) InPlace<TBody, T>(x, strideX, y, strideY, z, n);
        else Staged<TBody, T, T>(x, strideX, y, strideY, z, n);
    }

    internal static void Compare<TBody, T>(T* x, long strideX, T* y, long strideY, byte* z, long n)
        where TBody : IBinary where T : unmanaged
    {
        if (typeof(T) == typeof(bool)) Compare<TBody, byte>((byte*)x, strideX, (byte*)y, strideY, z, n);
        else if (Cast.IsNarrow<T>()) CompareChunks<TBody, T, float>(x, strideX, y, strideY, z, n);
        else CompareChunks<TBody, T, T>(x, strideX, y, strideY, z, n);
    }

    static void InPlace<TBody, T>(T* x, long strideX, T* y, long strideY, T* z, long n)
        where TBody : IBinary where T : unmanaged
    {
        if (strideX == 0) Vectors<TBody, T, Repeated, Dense>(x, y, z, n, strideY == 0);
        else if (strideY == 0) Vectors<TBody, T, Dense, Repeated>(x, y, z, n, false);
        else Vectors<TBody, T, Dense, Dense>(x, y, z, n, false);
    }

    static void Vectors<TBody, T, TX, TY>(T* x, T* y, T* z, long n, bool constant)
        where TBody : IBinary where T : unmanaged where TX : IOperand where TY : IOperand
    {
        if (constant)
        {
            Bulk.Fill(z, n, TBody.Apply(Vector512.Create(*x), Vector512.Create(*y)).ToScalar());
            return;
        }

        long width = Vector512<T>.Count, i = 0;
        for (; i <= n - (2 * width); i += 2 * width)
        {
            var first = TBody.Apply(TX.Load(x, i), TY.Load(y, i));
            var second = TBody.Apply(TX.Load(x, i + width), TY.Load(y, i + width));
            first.Store(z + i);
            second.Store(z + i + width);
        }

        for (; i < n; i += width)
        {
            var count = (int)Math.Min(width, n - i);
            Padded.Store(TBody.Apply(TX.LoadPart(x, i, count), TY.LoadPart(y, i, count)), z + i, count);
        }
    }

    static void Staged<TBody, T, TWide>(T* x, long strideX, T* y, long strideY, T* z, long n)
        where TBody : IBinary where T : unmanaged where TWide : unmanaged
    {
        TWide* wideX = stackalloc TWide[ChunkElements], wideY = stackalloc TWide[ChunkElements];
        // Not wideX: a repeated operand is read again for every vector.
        var wideZ = stackalloc TWide[ChunkElements];
        for (long i = 0; i < n; i += ChunkElements)
        {
            var count = (int)Math.Min(ChunkElements, n - i);
            var stagedX = Stage.Load(x + (i * strideX), strideX, wideX, count);
            var stagedY = Stage.Load(y + (i * strideY), strideY, wideY, count);
            var target = typeof(T) == typeof(TWide) ? (TWide*)(z + i) : wideZ;
            InPlace<TBody, TWide>(stagedX, Step(strideX), stagedY, Step(strideY), target, count);
            if (typeof(T) != typeof(TWide)) Cast.Row(target, z + i, count);
        }
    }

    static void CompareChunks<TBody, T, TWide>(T* x, long strideX, T* y, long strideY, byte* z, long n)
        where TBody : IBinary where T : unmanaged where TWide : unmanaged
    {
        TWide* wideX = stackalloc TWide[ChunkElements], wideY = stackalloc TWide[ChunkElements];
        var masks = stackalloc TWide[ChunkElements];
        for (long i = 0; i < n; i += ChunkElements)
        {
            var count = (int)Math.Min(ChunkElements, n - i);
            var stagedX = Stage.Load(x + (i * strideX), strideX, wideX, count);
            var stagedY = Stage.Load(y + (i * strideY), strideY, wideY, count);
            InPlace<TBody, TWide>(stagedX, Step(strideX), stagedY, Step(strideY), masks, count);
            Masks.Pack(masks, z + i, count);
        }
    }

    // The stride of a staged operand.
    static long Step(long stride) => stride == 0 ? 0 : 1;

    interface IOperand
    {
        static abstract Vector512<T> Load<T>(T* p, long i) where T : unmanaged;

        static abstract Vector512<T> LoadPart<T>(T* p, long i, int count) where T : unmanaged;
    }

    readonly struct Dense : IOperand
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<T> Load<T>(T* p, long i) where T : unmanaged => Vector512.Load(p + i);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<T> LoadPart<T>(T* p, long i, int count) where T : unmanaged =>
            Padded.Load(p + i, count);
    }

    readonly struct Repeated : IOperand
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<T> Load<T>(T* p, long i) where T : unmanaged => Vector512.Create(*p);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<T> LoadPart<T>(T* p, long i, int count) where T : unmanaged => Vector512.Create(*p);
    }
}

internal static unsafe class Stage
{
    // Elements p[0], p[stride], ... as TWide: in place where they lie densely as TWide already, else in the buffer. For
    // stride 0 one element is enough.
    internal static TWide* Load<T, TWide>(T* p, long stride, TWide* buffer, int n)
        where T : unmanaged where TWide : unmanaged
    {
        if (stride is 0 or 1)
        {
            if (typeof(T) == typeof(TWide)) return (TWide*)p;
            Cast.Row(p, buffer, stride == 0 ? 1 : n);
            return buffer;
        }

        if (typeof(T) == typeof(TWide))
        {
            for (var i = 0; i < n; i++) ((T*)buffer)[i] = p[i * stride];
            return buffer;
        }

        for (var i = 0; i < n; i++) Cast.Row(p + (i * stride), buffer + i, 1);
        return buffer;
    }
}
