using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Transforms;

/// <summary>A transform of a few complex numbers a lane, held in registers.</summary>
internal unsafe interface IButterfly
{
    static abstract void Run<T, TTurn>(in Wings<T> at, nint lane, T* factors, nint apart)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TTurn : struct, ITurn;
}

/// <summary>Where a butterfly reads and writes: the first element, and the distance to the next.</summary>
internal readonly unsafe struct Wings<T>(T* fromRe, T* fromIm, nint from, T* toRe, T* toIm, nint to) where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Pair<T> Load(nint lane, int index) => Pair<T>.Load(fromRe + lane + (index * from), fromIm + lane + (index * from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Store(nint lane, int index, Pair<T> value) => value.Store(toRe + lane + (index * to), toIm + lane + (index * to));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Wings<T> Moved(nint fromStep, nint toStep) => new(fromRe + fromStep, fromIm + fromStep, from, toRe + toStep, toIm + toStep, to);
}

internal readonly unsafe struct Two : IButterfly
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T, TTurn>(in Wings<T> at, nint lane, T* factors, nint apart)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TTurn : struct, ITurn
    {
        var (a, b) = (at.Load(lane, 0), at.Load(lane, 1));
        at.Store(lane, 0, TTurn.Apply(a + b, factors, 0, apart));
        at.Store(lane, 1, TTurn.Apply(a - b, factors, 1, apart));
    }
}

internal readonly unsafe struct Three : IButterfly
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T, TTurn>(in Wings<T> at, nint lane, T* factors, nint apart)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TTurn : struct, ITurn
    {
        var (a, b, c) = (at.Load(lane, 0), at.Load(lane, 1), at.Load(lane, 2));
        var sum = b + c;
        var middle = Pair<T>.PlusScaled(a, sum, Vector.Create(T.CreateChecked(-0.5)));
        var side = (b - c) * Vector.Create(T.CreateChecked(0.8660254037844386));
        at.Store(lane, 0, TTurn.Apply(a + sum, factors, 0, apart));
        at.Store(lane, 1, TTurn.Apply(Pair<T>.MinusI(middle, side), factors, 1, apart));
        at.Store(lane, 2, TTurn.Apply(Pair<T>.PlusI(middle, side), factors, 2, apart));
    }
}

internal readonly unsafe struct Four : IButterfly
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T, TTurn>(in Wings<T> at, nint lane, T* factors, nint apart)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TTurn : struct, ITurn
    {
        var (a, b, c, d) = (at.Load(lane, 0), at.Load(lane, 1), at.Load(lane, 2), at.Load(lane, 3));
        var (evens, odds, even, odd) = (a + c, b + d, a - c, b - d);
        at.Store(lane, 0, TTurn.Apply(evens + odds, factors, 0, apart));
        at.Store(lane, 1, TTurn.Apply(Pair<T>.MinusI(even, odd), factors, 1, apart));
        at.Store(lane, 2, TTurn.Apply(evens - odds, factors, 2, apart));
        at.Store(lane, 3, TTurn.Apply(Pair<T>.PlusI(even, odd), factors, 3, apart));
    }
}

internal readonly unsafe struct Five : IButterfly
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T, TTurn>(in Wings<T> at, nint lane, T* factors, nint apart)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TTurn : struct, ITurn
    {
        Vector<T> cos1 = Vector.Create(T.CreateChecked(0.30901699437494745)), cos2 = Vector.Create(T.CreateChecked(-0.8090169943749475));
        Vector<T> sin1 = Vector.Create(T.CreateChecked(0.9510565162951535)), sin2 = Vector.Create(T.CreateChecked(0.5877852522924731));
        var a = at.Load(lane, 0);
        var (b, c, d, e) = (at.Load(lane, 1), at.Load(lane, 2), at.Load(lane, 3), at.Load(lane, 4));
        var (outer, inner, outerSide, innerSide) = (b + e, c + d, b - e, c - d);
        var middle1 = Pair<T>.PlusScaled(Pair<T>.PlusScaled(a, outer, cos1), inner, cos2);
        var middle2 = Pair<T>.PlusScaled(Pair<T>.PlusScaled(a, outer, cos2), inner, cos1);
        var side1 = Pair<T>.PlusScaled(outerSide * sin1, innerSide, sin2);
        var side2 = Pair<T>.PlusScaled(outerSide * sin2, innerSide, -sin1);
        at.Store(lane, 0, TTurn.Apply(a + outer + inner, factors, 0, apart));
        at.Store(lane, 1, TTurn.Apply(Pair<T>.MinusI(middle1, side1), factors, 1, apart));
        at.Store(lane, 2, TTurn.Apply(Pair<T>.MinusI(middle2, side2), factors, 2, apart));
        at.Store(lane, 3, TTurn.Apply(Pair<T>.PlusI(middle2, side2), factors, 3, apart));
        at.Store(lane, 4, TTurn.Apply(Pair<T>.PlusI(middle1, side1), factors, 4, apart));
    }
}
