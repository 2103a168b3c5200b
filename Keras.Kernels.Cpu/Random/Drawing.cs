using System.Numerics;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>One key after the other, as <c>jax.random</c> splits them, and single numbers of a key.</summary>
internal static class Drawing
{
    internal static (uint, uint) Split(ref (uint, uint) key)
    {
        var child = Threefry.Block(key, 1);
        key = Threefry.Block(key, 0);
        return child;
    }

    internal static ((uint, uint) First, (uint, uint) Second) SplitInThree(ref (uint, uint) key)
    {
        var children = (Threefry.Block(key, 1), Threefry.Block(key, 2));
        key = Threefry.Block(key, 0);
        return children;
    }

    /// <summary>Uniform in [0, 1).</summary>
    internal static T Unit<T>((uint, uint) key)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (high, low) = Threefry.Block(key, 0);
        return typeof(T) == typeof(float)
            ? T.CreateTruncating(BitConverter.UInt32BitsToSingle(((high ^ low) >> 9) | 0x3F800000u) - 1)
            : T.CreateTruncating(BitConverter.UInt64BitsToDouble(((((ulong)high << 32) | low) >> 12) | 0x3FF0000000000000ul) - 1);
    }

    internal static T Normal<T>((uint, uint) key)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        NormalMap<T>.Plain(T.Zero, T.One).Invoke(Vector512.Create(Unit<T>(key)))[0];
}

/// <summary>A distribution whose draws need an unknown number of random numbers: each element has a key of its own.</summary>
internal interface IDraw<T>
    where T : unmanaged
{
    T Draw((uint, uint) key, T first, T second);
}

/// <summary>A parameter: one for all elements, or one for each.</summary>
internal readonly unsafe struct Parameter<T>(T* values, bool isOne)
    where T : unmanaged
{
    private readonly T* _values = values;
    private readonly bool _isOne = isOne;

    internal T this[long index] => _values[_isOne ? 0 : index];
}

internal readonly unsafe struct DrawBlocks<T, TDraw>(TDraw draw, (uint, uint) key, Parameter<T> first, Parameter<T> second, T* y, long n) : IBlocks
    where T : unmanaged
    where TDraw : struct, IDraw<T>
{
    private const int BlockSize = 512;

    private readonly TDraw _draw = draw;
    private readonly (uint, uint) _key = key;
    private readonly Parameter<T> _first = first;
    private readonly Parameter<T> _second = second;
    private readonly T* _y = y;
    private readonly long _n = n;

    internal static void Run(TDraw draw, (uint, uint) key, Parameter<T> first, Parameter<T> second, T* y, long n) =>
        Parallel.For((int)((n + BlockSize - 1) / BlockSize), new DrawBlocks<T, TDraw>(draw, key, first, second, y, n));

    public void Run(int block)
    {
        var start = (long)block * BlockSize;
        for (var i = start; i < Math.Min(start + BlockSize, _n); i++)
            _y[i] = _draw.Draw(Threefry.Block(_key, (ulong)i), _first[i], _second[i]);
    }
}
