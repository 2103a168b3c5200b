using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu;

/// <summary>The three transforms of Winograd's F(2x2, 3x3), each on vectors of channels.</summary>
internal static unsafe class WinogradTransform<T, TVector, TLanes>
    where T : unmanaged
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    /// <summary>Nine planes of length elements to sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Kernel(T* source, T* target, nint length)
    {
        for (nint at = 0; at < length; at += TLanes.Count)
        {
            Spread(source + at + 0 * length, 3 * length, out var a0, out var b0, out var c0, out var d0);
            Spread(source + at + 1 * length, 3 * length, out var a1, out var b1, out var c1, out var d1);
            Spread(source + at + 2 * length, 3 * length, out var a2, out var b2, out var c2, out var d2);
            StoreSpread(a0, a1, a2, target + at + 0 * length, length);
            StoreSpread(b0, b1, b2, target + at + 4 * length, length);
            StoreSpread(c0, c1, c2, target + at + 8 * length, length);
            StoreSpread(d0, d1, d2, target + at + 12 * length, length);
        }
    }

    // 1 0 0 | ½ ½ ½ | ½ -½ ½ | 0 0 1
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Spread(T* source, nint step, out TVector a, out TVector b, out TVector c, out TVector d)
    {
        a = TLanes.Load(source);
        var middle = TLanes.Load(source + step);
        d = TLanes.Load(source + 2 * step);
        var outer = TLanes.Add(a, d);
        b = TLanes.Half(TLanes.Add(outer, middle));
        c = TLanes.Half(TLanes.Subtract(outer, middle));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreSpread(TVector left, TVector middle, TVector right, T* target, nint step)
    {
        var outer = TLanes.Add(left, right);
        TLanes.Store(left, target);
        TLanes.Store(TLanes.Half(TLanes.Add(outer, middle)), target + step);
        TLanes.Store(TLanes.Half(TLanes.Subtract(outer, middle)), target + 2 * step);
        TLanes.Store(right, target + 3 * step);
    }

    /// <summary>Sixteen pixels to sixteen planes; a step of zero reads the same vector of zeros again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input(T** pixels, nint* steps, int channels, T* target, nint position)
    {
        for (nint at = 0; at < channels; at += TLanes.Count)
        {
            Column(pixels + 0, steps + 0, at, out var a0, out var b0, out var c0, out var d0);
            Column(pixels + 1, steps + 1, at, out var a1, out var b1, out var c1, out var d1);
            Column(pixels + 2, steps + 2, at, out var a2, out var b2, out var c2, out var d2);
            Column(pixels + 3, steps + 3, at, out var a3, out var b3, out var c3, out var d3);
            Row(a0, a1, a2, a3, target + at + 0 * position, position);
            Row(b0, b1, b2, b3, target + at + 4 * position, position);
            Row(c0, c1, c2, c3, target + at + 8 * position, position);
            Row(d0, d1, d2, d3, target + at + 12 * position, position);
        }
    }

    // 1 0 -1 0 | 0 1 1 0 | 0 -1 1 0 | 0 1 0 -1
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Column(T** pixels, nint* steps, nint at, out TVector a, out TVector b, out TVector c, out TVector d)
    {
        var x0 = TLanes.Load(pixels[0] + at * steps[0]);
        var x1 = TLanes.Load(pixels[4] + at * steps[4]);
        var x2 = TLanes.Load(pixels[8] + at * steps[8]);
        var x3 = TLanes.Load(pixels[12] + at * steps[12]);
        a = TLanes.Subtract(x0, x2);
        b = TLanes.Add(x1, x2);
        c = TLanes.Subtract(x2, x1);
        d = TLanes.Subtract(x1, x3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Row(TVector x0, TVector x1, TVector x2, TVector x3, T* target, nint position)
    {
        TLanes.Store(TLanes.Subtract(x0, x2), target);
        TLanes.Store(TLanes.Add(x1, x2), target + position);
        TLanes.Store(TLanes.Subtract(x2, x1), target + 2 * position);
        TLanes.Store(TLanes.Subtract(x1, x3), target + 3 * position);
    }

    /// <summary>
    /// Sixteen products to 2 by 2 outputs. A step of zero drops what lies beyond the edge: the true value goes
    /// last.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output(T* products, nint position, T* bias, bool relu, T* target, nint right, nint down)
    {
        var start = TLanes.Load(bias);
        Sum(products + 0 * position, 4 * position, out var a0, out var b0);
        Sum(products + 1 * position, 4 * position, out var a1, out var b1);
        Sum(products + 2 * position, 4 * position, out var a2, out var b2);
        Sum(products + 3 * position, 4 * position, out var a3, out var b3);
        var upperLeft = TLanes.Add(TLanes.Add(TLanes.Add(a0, a1), a2), start);
        var upperRight = TLanes.Add(TLanes.Subtract(TLanes.Subtract(a1, a2), a3), start);
        var lowerLeft = TLanes.Add(TLanes.Add(TLanes.Add(b0, b1), b2), start);
        var lowerRight = TLanes.Add(TLanes.Subtract(TLanes.Subtract(b1, b2), b3), start);
        if (relu)
        {
            TVector zero = default;
            upperLeft = TLanes.Max(upperLeft, zero);
            upperRight = TLanes.Max(upperRight, zero);
            lowerLeft = TLanes.Max(lowerLeft, zero);
            lowerRight = TLanes.Max(lowerRight, zero);
        }
        TLanes.Store(lowerRight, target + down + right);
        TLanes.Store(lowerLeft, target + down);
        TLanes.Store(upperRight, target + right);
        TLanes.Store(upperLeft, target);
    }

    // 1 1 1 0 | 0 1 -1 -1
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Sum(T* products, nint step, out TVector upper, out TVector lower)
    {
        var x1 = TLanes.Load(products + step);
        var x2 = TLanes.Load(products + 2 * step);
        upper = TLanes.Add(TLanes.Add(TLanes.Load(products), x1), x2);
        lower = TLanes.Subtract(TLanes.Subtract(x1, x2), TLanes.Load(products + 3 * step));
    }

    /// <summary>A square of 2 by 2 output gradients to sixteen planes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient(T** pixels, nint* steps, nint first, int columns, T* target, nint position)
    {
        for (nint at = 0; at < columns; at += TLanes.Count)
        {
            var upperLeft = TLanes.Load(pixels[0] + (first + at) * steps[0]);
            var upperRight = TLanes.Load(pixels[1] + (first + at) * steps[1]);
            var lowerLeft = TLanes.Load(pixels[2] + (first + at) * steps[2]);
            var lowerRight = TLanes.Load(pixels[3] + (first + at) * steps[3]);
            var to = target + at;
            StorePair(upperLeft, upperRight, to, position);
            var left = TLanes.Half(TLanes.Add(upperLeft, lowerLeft));
            var right = TLanes.Half(TLanes.Add(upperRight, lowerRight));
            StorePair(left, right, to + 4 * position, position);
            left = TLanes.Half(TLanes.Subtract(upperLeft, lowerLeft));
            right = TLanes.Half(TLanes.Subtract(upperRight, lowerRight));
            StorePair(left, right, to + 8 * position, position);
            StorePair(lowerLeft, lowerRight, to + 12 * position, position);
        }
    }

    // 1 0 | ½ ½ | ½ -½ | 0 1
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StorePair(TVector left, TVector right, T* target, nint step)
    {
        TLanes.Store(left, target);
        TLanes.Store(TLanes.Half(TLanes.Add(left, right)), target + step);
        TLanes.Store(TLanes.Half(TLanes.Subtract(left, right)), target + 2 * step);
        TLanes.Store(right, target + 3 * step);
    }

    /// <summary>Sixteen summed products, each the sum of its parts in their order, to the nine taps.</summary>
    public static void Taps(T* sums, nint position, int parts, nint part, T* target, nint tap)
    {
        Narrow(sums + 0 * position, 4 * position, parts, part, out var a0, out var b0, out var c0);
        Narrow(sums + 1 * position, 4 * position, parts, part, out var a1, out var b1, out var c1);
        Narrow(sums + 2 * position, 4 * position, parts, part, out var a2, out var b2, out var c2);
        Narrow(sums + 3 * position, 4 * position, parts, part, out var a3, out var b3, out var c3);
        StoreNarrow(a0, a1, a2, a3, target + 0 * tap, tap);
        StoreNarrow(b0, b1, b2, b3, target + 3 * tap, tap);
        StoreNarrow(c0, c1, c2, c3, target + 6 * tap, tap);
    }

    // 1 1 1 0 | 0 1 -1 0 | 0 1 1 -1
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Narrow(T* source, nint step, int parts, nint part, out TVector a, out TVector b, out TVector c)
    {
        var x1 = SumParts(source + step, parts, part);
        var x2 = SumParts(source + 2 * step, parts, part);
        var both = TLanes.Add(x1, x2);
        a = TLanes.Add(SumParts(source, parts, part), both);
        b = TLanes.Subtract(x1, x2);
        c = TLanes.Subtract(both, SumParts(source + 3 * step, parts, part));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreNarrow(TVector x0, TVector x1, TVector x2, TVector x3, T* target, nint step)
    {
        var both = TLanes.Add(x1, x2);
        TLanes.Store(TLanes.Add(x0, both), target);
        TLanes.Store(TLanes.Subtract(x1, x2), target + step);
        TLanes.Store(TLanes.Subtract(both, x3), target + 2 * step);
    }

    static TVector SumParts(T* source, int parts, nint part)
    {
        var sum = TLanes.Load(source);
        for (var i = 1; i < parts; i++)
            sum = TLanes.Add(sum, TLanes.Load(source + i * part));
        return sum;
    }
}
