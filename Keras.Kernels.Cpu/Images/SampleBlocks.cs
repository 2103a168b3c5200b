using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu.Images;

using Keras.Kernels.Cpu.Movement;

/// <summary>What stands outside of an array.</summary>
internal enum Outside
{
    Constant,
    Nearest,
    Wrap,
    Mirror,
    Reflect,
}

/// <summary>The sizes of a sampling of arrays (count, sizes…, row) at points.</summary>
internal readonly record struct SampleShape(int Dimensions, long Points, long Row, long ArrayRows, bool SharedPoints, int Order, Outside Outside);

/// <summary>Rows of results, one a point: sums of the rows at the corners around it.</summary>
internal readonly unsafe struct SampleRows<T>(SampleShape shape, int* sizes, T** coordinates, T fill, T* x, T* y) : IRows where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly SampleShape _shape = shape;
    readonly int* _sizes = sizes;
    readonly T** _coordinates = coordinates;
    readonly T _fill = fill;
    readonly T* _x = x, _y = y;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var corners = _shape.Order == 0 ? 1 : 1 << _shape.Dimensions;
        var weights = stackalloc T[corners];
        var places = stackalloc long[corners];
        var (array, inArray) = Math.DivRem(start, _shape.Points);
        for (var point = start; point < end; point++)
        {
            var inside = Corners(_shape.SharedPoints ? inArray : point, weights, places);
            T* from = _x + (array * _shape.ArrayRows * _shape.Row), to = _y + (point * _shape.Row);
            if (!inside) Bounded(from, to, weights, places, corners);
            else if (_shape.Row >= Vector512<T>.Count) Sweep.Map<T, Sum>(new(from, _shape.Row, weights, places, corners, to), 0, _shape.Row);
            else if (corners == 4) Four(from, to, weights, places);
            else Few(from, to, weights, places, corners);
            if (++inArray == _shape.Points) (array, inArray) = (array + 1, 0);
        }
    }

    /// <summary>Weights and places of the rows around a point; whether all are within.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool Corners(long point, T* weights, long* places)
    {
        (weights[0], places[0]) = (T.One, 0);
        var (count, inside) = (1, true);
        for (var d = 0; d < _shape.Dimensions; d++)
        {
            var (at, size) = (_coordinates[d][point], _sizes[d]);
            if (_shape.Order == 0)
            {
                var place = Place(T.Round(at), size);
                inside &= place >= 0;
                places[0] = Next(places[0], size, place);
                continue;
            }
            var lower = T.Floor(at);
            var upper = at - lower;
            long first = Place(lower, size), second = Place(lower + T.One, size);
            inside &= first >= 0 && second >= 0;
            for (var i = 0; i < count; i++)
            {
                (weights[count + i], places[count + i]) = (weights[i] * upper, Next(places[i], size, second));
                (weights[i], places[i]) = (weights[i] * (T.One - upper), Next(places[i], size, first));
            }
            count *= 2;
        }
        return inside;
    }

    static long Next(long places, int size, long place) => (places | place) < 0 ? -1 : (places * size) + place;

    void Four(T* from, T* to, T* weights, long* places)
    {
        T* a = from + (places[0] * _shape.Row), b = from + (places[1] * _shape.Row), c = from + (places[2] * _shape.Row), d = from + (places[3] * _shape.Row);
        T p = weights[0], q = weights[1], r = weights[2], s = weights[3];
        for (long i = 0; i < _shape.Row; i++) to[i] = (a[i] * p) + (b[i] * q) + (c[i] * r) + (d[i] * s);
    }

    void Few(T* from, T* to, T* weights, long* places, int corners)
    {
        for (long i = 0; i < _shape.Row; i++)
        {
            var sum = from[(places[0] * _shape.Row) + i] * weights[0];
            for (var corner = 1; corner < corners; corner++) sum += from[(places[corner] * _shape.Row) + i] * weights[corner];
            to[i] = sum;
        }
    }

    void Bounded(T* from, T* to, T* weights, long* places, int corners)
    {
        for (long i = 0; i < _shape.Row; i++)
        {
            var sum = T.Zero;
            for (var corner = 0; corner < corners; corner++) sum += (places[corner] < 0 ? _fill : from[(places[corner] * _shape.Row) + i]) * weights[corner];
            to[i] = sum;
        }
    }

    /// <summary>The element that stands at a place, or -1 for the constant.</summary>
    long Place(T at, int size)
    {
        // The conversion keeps within the range of int.
        long i = typeof(T) == typeof(float) ? (int)Unsafe.BitCast<T, float>(at) : (int)Unsafe.BitCast<T, double>(at);
        if ((ulong)i < (ulong)size) return i;
        switch (_shape.Outside)
        {
            case Outside.Constant: return -1;
            case Outside.Nearest: return i < 0 ? 0 : size - 1;
            case Outside.Wrap: return Modulo(i, size);
            case Outside.Mirror: return size == 1 ? 0 : Math.Abs(Modulo(i + (size - 1), 2 * (size - 1L)) - (size - 1));
            default:
                var folded = Modulo(i, 2L * size);
                return folded < size ? folded : (2L * size) - 1 - folded;
        }
    }

    static long Modulo(long i, long n) => i % n is var rest && rest < 0 ? rest + n : rest;

    readonly struct Sum(T* from, long row, T* weights, long* places, int corners, T* to) : IMapStep<T>
    {
        readonly T* _from = from, _weights = weights, _to = to;
        readonly long* _places = places;
        readonly long _row = row;
        readonly int _corners = corners;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk
        {
            var sum = chunk.Load(_from + (_places[0] * _row) + i, default(Vector512<T>)) * Vector512.Create(_weights[0]);
            for (var corner = 1; corner < _corners; corner++)
                sum += chunk.Load(_from + (_places[corner] * _row) + i, default(Vector512<T>)) * Vector512.Create(_weights[corner]);
            chunk.Store(_to + i, sum);
        }
    }
}
