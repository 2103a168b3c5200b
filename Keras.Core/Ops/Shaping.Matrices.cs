using System.Runtime.CompilerServices;

namespace Keras;

public static partial class Ops
{
    /// <summary>A square matrix of ones on the main diagonal and zeros elsewhere. Default dtype <see cref="Config.Floatx"/>.</summary>
    public static Tensor Identity(int n, DType? dtype = null) =>
        Cast(OnDiagonal(Arange(n), Arange(n), 0), dtype ?? Config.Floatx);

    static Tensor OnDiagonal(Tensor rows, Tensor columns, int k) => Equal(ExpandDims(rows, 1) + k, ExpandDims(columns, 0));

    /// <summary>A square matrix with the elements of a tensor on a diagonal and zeros elsewhere.</summary>
    /// <param name="x">A tensor, which is flattened.</param>
    /// <param name="k">The diagonal: 0 the main one, above 0 to the right of it.</param>
    public static Tensor Diagflat(Tensor x, int k = 0)
    {
        // Filled up to the side of the matrix, element i is that of row i, or for a diagonal below the main one that of column i.
        var filled = Pad(Ravel(x), [(0, Shape.Dim(Math.Abs((long)k)))]);
        var positions = Positions(filled, 0);
        return Where(OnDiagonal(positions, positions, k), ExpandDims(filled, k >= 0 ? 1 : 0), 0);
    }

    static Tensor MatricesLast(Tensor x, int axis1, int axis2, string who)
    {
        if (x.Rank < 2) throw Errors.Argument(who, "there are no matrices", "2 dimensions or more", x.Shape);
        var (first, second) = (x.Shape.Axis(axis1, who), x.Shape.Axis(axis2, who));
        return first == second ? throw Errors.Argument(who, "rows and columns are the same axis", "two different axes", $"{axis1} and {axis2}")
            : Moveaxis(x, (first, second), (x.Rank - 2, x.Rank - 1));
    }

    /// <summary>The sums of the diagonals of the matrices in two axes.</summary>
    /// <param name="x">2 dimensions or more.</param>
    /// <param name="offset">The diagonal: 0 the main one, above 0 to the right of it.</param>
    /// <param name="axis1">The axis of rows.</param>
    /// <param name="axis2">The axis of columns.</param>
    /// <exception cref="ArgumentException">There are no two different axes.</exception>
    public static Tensor Trace(Tensor x, int offset = 0, int axis1 = 0, int axis2 = 1)
    {
        x = MatricesLast(x, axis1, axis2, "trace");
        return Sum(Where(OnDiagonal(Positions(x, x.Rank - 2), Positions(x, x.Rank - 1), offset), x, 0), (-2, -1));
    }

    /// <summary>Vectors as the coordinates of a grid: for each one its value at each point.</summary>
    /// <param name="x">Vectors; other tensors are flattened.</param>
    /// <param name="indexing"><c>xy</c>: the first two axes are exchanged, as in a plane; <c>ij</c>: one axis for each vector in order.</param>
    /// <exception cref="ArgumentException">The indexing is another one.</exception>
    public static IReadOnlyList<Tensor> Meshgrid(IReadOnlyList<Tensor> x, string indexing = "xy")
    {
        ArgumentNullException.ThrowIfNull(x);
        if (indexing is not ("xy" or "ij")) throw Errors.Argument("meshgrid", "there is no such indexing", "xy or ij", indexing);
        int AxisOf(int i) => indexing == "xy" && i < 2 && x.Count > 1 ? 1 - i : i;
        var vectors = x.Select((v, i) => Along(Ravel(v), AxisOf(i), x.Count)).ToArray();
        return [.. vectors.Select((v, i) => vectors.Where((_, other) => other != i).Aggregate(v, (sum, o) => sum + ZerosLike(o, v.DType)))];
    }

    /// <summary>Numbers at equal distances between two, along a new axis.</summary>
    /// <param name="start">The first numbers.</param>
    /// <param name="stop">The last numbers, broadcast with the first.</param>
    /// <param name="num">How many. Default 50.</param>
    /// <param name="endpoint">Whether the last number is one of them. Default yes.</param>
    /// <param name="dtype">Default that of start and stop, <see cref="Config.Floatx"/> for integers. An integer dtype rounds down.</param>
    /// <param name="axis">The place of the new axis. Default the first.</param>
    /// <exception cref="ArgumentException">There are fewer than 0 numbers, or the shapes cannot be broadcast together.</exception>
    public static Tensor Linspace(Tensor start, Tensor stop, int num = 50, bool endpoint = true, DType? dtype = null, int axis = 0) =>
        Between(start, stop, num, endpoint, dtype, axis, "linspace", (from, to, share) => from + (share * (to - from)));

    /// <summary>Numbers at equal distances between two, and the distance.</summary>
    /// <inheritdoc cref="Linspace(Tensor, Tensor, int, bool, DType?, int)"/>
    /// <param name="start">The first numbers.</param>
    /// <param name="stop">The last numbers, broadcast with the first.</param>
    /// <param name="num">How many. Default 50.</param>
    /// <param name="endpoint">Whether the last number is one of them. Default yes.</param>
    /// <param name="retstep">True: the distance is asked for.</param>
    /// <param name="dtype">Default that of start and stop, <see cref="Config.Floatx"/> for integers. An integer dtype rounds down.</param>
    /// <param name="axis">The place of the new axis. Default the first.</param>
    /// <returns>The numbers, and the distance of start's and stop's dtype and shape; NaN where there is none.</returns>
    [OverloadResolutionPriority(-1)]
    public static (Tensor Numbers, Tensor Step) Linspace(Tensor start, Tensor stop, int num = 50, bool endpoint = true, bool retstep = true, DType? dtype = null,
        int axis = 0)
    {
        if (!retstep) throw Errors.Argument("linspace", "this overload gives the distance", "retstep: true", "false");
        var (from, to) = Promote(start, stop);
        double steps = endpoint ? num - 1 : num;
        return (Linspace(start, stop, num, endpoint, dtype, axis), (AsFloating(to) - AsFloating(from)) / (steps > 0 ? steps : double.NaN));
    }

    /// <summary>Powers of a base whose exponents are at equal distances between two numbers, along a new axis.</summary>
    /// <param name="start">The first exponents.</param>
    /// <param name="stop">The last exponents, broadcast with the first.</param>
    /// <param name="num">How many. Default 50.</param>
    /// <param name="endpoint">Whether the last power is one of them. Default yes.</param>
    /// <param name="base">The base. Default 10.</param>
    /// <param name="dtype">Default that of start and stop, <see cref="Config.Floatx"/> for integers. An integer dtype rounds down.</param>
    /// <param name="axis">The place of the new axis. Default the first.</param>
    /// <exception cref="ArgumentException">There are fewer than 0 numbers, or the shapes cannot be broadcast together.</exception>
    public static Tensor Logspace(Tensor start, Tensor stop, int num = 50, bool endpoint = true, double @base = 10, DType? dtype = null, int axis = 0)
    {
        var powers = Power(@base, Linspace(start, stop, num, endpoint, null, axis));
        return dtype is { } wanted ? Cast(powers, wanted) : powers;
    }

    /// <summary>Numbers of equal ratios between two, along a new axis.</summary>
    /// <param name="start">The first numbers, not 0.</param>
    /// <param name="stop">The last numbers, of the same signs, broadcast with the first.</param>
    /// <param name="num">How many. Default 50.</param>
    /// <param name="endpoint">Whether the last number is one of them. Default yes.</param>
    /// <param name="dtype">Default that of start and stop, <see cref="Config.Floatx"/> for integers. An integer dtype rounds down.</param>
    /// <param name="axis">The place of the new axis. Default the first.</param>
    /// <exception cref="ArgumentException">There are fewer than 0 numbers, or the shapes cannot be broadcast together.</exception>
    public static Tensor Geomspace(Tensor start, Tensor stop, int num = 50, bool endpoint = true, DType? dtype = null, int axis = 0) =>
        Between(start, stop, num, endpoint, dtype, axis, "geomspace", (from, to, share) => from * Power(to / from, share));

    static Tensor Between(Tensor start, Tensor stop, int num, bool endpoint, DType? dtype, int axis, string who, Func<Tensor, Tensor, Tensor, Tensor> at)
    {
        if (num < 0) throw Errors.Argument(who, "there are too few numbers", "0 or more", num);
        (start, stop) = Promote(start, stop);
        (start, stop) = (AsFloating(start), AsFloating(stop));
        Shape.Broadcast(start.Shape, stop.Shape, who);
        var (result, rank) = (start.DType, Math.Max(start.Rank, stop.Rank));
        // The shares of a half-precision range would lose places.
        if (result.Size() < 4) (start, stop) = (Cast(start, DType.Float32), Cast(stop, DType.Float32));
        var place = Shape.Of(new int[rank + 1]).Axis(axis, who);
        (start, stop) = (ExpandDims(Lead(start, rank), place), ExpandDims(Lead(stop, rank), place));
        var steps = Along(Arange(num), place, rank + 1);
        var last = endpoint ? num - 1 : num;
        var values = at(start, stop, Cast(steps, start.DType) / Math.Max(1, last));
        if (endpoint && num > 1) values = Where(Equal(steps, last), stop, values);
        return Cast(dtype is { } wanted && wanted.IsInteger() ? Floor(values) : values, dtype ?? result);
    }
}
