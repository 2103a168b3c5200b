namespace Keras;

public static partial class Ops
{
    /// <summary>A tensor cut into equal parts along an axis.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="indicesOrSections">How many parts.</param>
    /// <param name="axis">The axis. Default the first.</param>
    /// <exception cref="ArgumentException">The axis is out of range, or is not a multiple of the parts (where its size is unknown: when it
    /// runs).</exception>
    public static IReadOnlyList<Tensor> Split(Tensor x, int indicesOrSections, int axis = 0) => Equally(x, indicesOrSections, axis, "split");

    /// <summary>A tensor cut at places along an axis.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="indicesOrSections">Where each part but the first begins, in rising order.</param>
    /// <param name="axis">The axis. Default the first.</param>
    /// <exception cref="ArgumentException">The axis is out of range.</exception>
    public static IReadOnlyList<Tensor> Split(Tensor x, Axes indicesOrSections, int axis = 0) => At(x, indicesOrSections, axis, "split");

    /// <summary>A tensor cut into parts along an axis; where it is not a multiple of them, the first ones are longer by 1.</summary>
    /// <inheritdoc cref="Split(Tensor, int, int)"/>
    public static IReadOnlyList<Tensor> ArraySplit(Tensor x, int indicesOrSections, int axis = 0)
    {
        var size = x.Shape[x.Shape.Axis(axis, "array_split")];
        if (size == Shape.Unknown || indicesOrSections < 1) return Equally(x, indicesOrSections, axis, "array_split");
        var (least, longer) = Math.DivRem(size, indicesOrSections);
        return At(x, [.. Enumerable.Range(1, Parts(indicesOrSections, "array_split") - 1).Select(i => (i * least) + Math.Min(i, longer))], axis, "array_split");
    }

    /// <inheritdoc cref="Split(Tensor, Axes, int)"/>
    public static IReadOnlyList<Tensor> ArraySplit(Tensor x, Axes indicesOrSections, int axis = 0) => At(x, indicesOrSections, axis, "array_split");

    /// <summary>A tensor cut into equal parts along its second axis, a vector along its only one.</summary>
    /// <exception cref="ArgumentException">There is no such axis, or it is not a multiple of the parts.</exception>
    public static IReadOnlyList<Tensor> Hsplit(Tensor x, int indicesOrSections) => Equally(x, indicesOrSections, x.Rank == 1 ? 0 : 1, "hsplit");

    /// <summary>A tensor cut at places along its second axis, a vector along its only one.</summary>
    /// <exception cref="ArgumentException">There is no such axis.</exception>
    public static IReadOnlyList<Tensor> Hsplit(Tensor x, Axes indicesOrSections) => At(x, indicesOrSections, x.Rank == 1 ? 0 : 1, "hsplit");

    /// <summary>A tensor cut into equal parts along its first axis.</summary>
    /// <exception cref="ArgumentException">There is no such axis, or it is not a multiple of the parts.</exception>
    public static IReadOnlyList<Tensor> Vsplit(Tensor x, int indicesOrSections) => Equally(x, indicesOrSections, 0, "vsplit");

    /// <summary>A tensor cut at places along its first axis.</summary>
    /// <exception cref="ArgumentException">There is no such axis.</exception>
    public static IReadOnlyList<Tensor> Vsplit(Tensor x, Axes indicesOrSections) => At(x, indicesOrSections, 0, "vsplit");

    /// <summary>A tensor cut into equal parts along its third axis.</summary>
    /// <exception cref="ArgumentException">There is no such axis, or it is not a multiple of the parts.</exception>
    public static IReadOnlyList<Tensor> Dsplit(Tensor x, int indicesOrSections) => Equally(x, indicesOrSections, 2, "dsplit");

    /// <summary>A tensor cut at places along its third axis.</summary>
    /// <exception cref="ArgumentException">There is no such axis.</exception>
    public static IReadOnlyList<Tensor> Dsplit(Tensor x, Axes indicesOrSections) => At(x, indicesOrSections, 2, "dsplit");

    static Tensor[] Equally(Tensor x, int parts, int axis, string who)
    {
        var at = x.Shape.Axis(axis, who);
        var size = x.Shape[at];
        if (parts < 1 || (size != Shape.Unknown && size % parts != 0))
            throw Errors.Argument(who, "the axis does not fall into equal parts", $"a size that is a multiple of {parts}", $"axis {axis} of {x.Shape}");
        if (size != Shape.Unknown) return [.. Enumerable.Range(0, Parts(parts, who)).Select(i => Narrow(x, at, i * (size / parts), size / parts))];
        if (!x.Shape.With(at, 0).IsKnown)
            throw Errors.Unsupported(who, "an axis of unknown size is cut only where the others are known", "one unknown dimension", x.Shape);
        var inParts = Reshape(x, x.Shape.Slice(0, at).Append([parts]).Append(x.Shape.Slice(at, x.Rank - at)));
        return [.. Enumerable.Range(0, Parts(parts, who)).Select(i => Squeeze(Narrow(inParts, at, i, 1), at))];
    }

    static Tensor[] At(Tensor x, Axes places, int axis, string who)
    {
        var at = x.Shape.Axis(axis, who);
        var size = x.Shape[at];
        var (parts, start) = (new Tensor[places.Count + 1], 0);
        for (var i = 0; i < places.Count; i++)
        {
            var stop = Place(places[i], size, who);
            parts[i] = Narrow(x, at, start, Math.Max(0, stop - start));
            start = stop;
        }
        parts[^1] = Narrow(x, at, start, size == Shape.Unknown ? size : size - start);
        return parts;
    }

    static int Place(int place, int size, string who) => size != Shape.Unknown ? Math.Clamp(place < 0 ? place + size : place, 0, size)
        : place >= 0 ? place
        : throw Errors.Argument(who, "a place counts from the end of an axis of unknown size", "0 or more", place);

    /// <summary>The slices of a tensor along an axis, without that axis.</summary>
    /// <param name="x">A tensor.</param>
    /// <param name="num">The size of the axis, where it is not known. Default the axis's.</param>
    /// <param name="axis">The axis. Default the first.</param>
    /// <exception cref="ArgumentException">The axis is out of range, or its size is neither known nor given.</exception>
    public static IReadOnlyList<Tensor> Unstack(Tensor x, int? num = null, int axis = 0)
    {
        var at = x.Shape.Axis(axis, "unstack");
        var size = x.Shape[at];
        if (num is null && size == Shape.Unknown)
            throw Errors.Argument("unstack", "the size of the axis is not known", "num", x.Shape);
        if (num is { } given && size != Shape.Unknown && given != size)
            throw Errors.Argument("unstack", "num is not the size of the axis", size, given);
        if (num < 0) throw Errors.Argument("unstack", "num is negative", "0 or more", num);
        return [.. Enumerable.Range(0, Parts(num ?? size, "unstack")).Select(i => Squeeze(Narrow(x, at, i, 1), at))];
    }
}
