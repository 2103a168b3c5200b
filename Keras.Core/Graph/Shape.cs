using System.Collections;
using System.Runtime.CompilerServices;

namespace Keras;

/// <summary>The dimensions of a tensor, outermost first. A dimension may be unknown (<see cref="Unknown"/>, written
/// <c>null</c> in a collection expression and <c>None</c> when printed). Compared by value.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IEnumerable<int?>
{
    /// <summary>The value that stands for a dimension that is not known.</summary>
    public const int Unknown = -1;

    readonly int[]? _dims;

    Shape(int[] dims) => _dims = dims;

    /// <summary>The shape of a scalar.</summary>
    public static Shape Scalar => default;

    /// <summary>The number of dimensions.</summary>
    public int Rank => _dims?.Length ?? 0;

    /// <summary>The dimension at an index, from the end where it is negative.</summary>
    public int this[int index] => Dims[index < 0 ? index + Rank : index];

    /// <summary>The dimensions, <see cref="Unknown"/> where not known.</summary>
    public ReadOnlySpan<int> Dims => _dims;

    /// <summary>Whether every dimension is known.</summary>
    public bool IsKnown => !Dims.Contains(Unknown);

    /// <summary>The number of elements.</summary>
    /// <exception cref="InvalidOperationException">A dimension is not known.</exception>
    public long Size
    {
        get
        {
            long size = 1;
            foreach (var dim in Dims)
            {
                if (dim == Unknown) throw Errors.Invalid("Shape", "the number of elements is not known", "known dimensions", ToString());
                size = dim == 0 ? 0 : size > MaxSize / dim ? throw TooLarge() : size * dim;
            }
            return size;
        }
    }

    // So that the bytes of all tensors of a graph together still fit a long.
    const long MaxSize = 1L << 52;

    /// <summary>A computed dimension.</summary>
    /// <exception cref="ArgumentException">It is too large for one.</exception>
    internal static int Dim(long size) => size <= int.MaxValue ? (int)size
        : throw Errors.Argument("Shape", "a dimension is too large", $"at most {int.MaxValue}", size);

    ArgumentException TooLarge() => Errors.Argument("Shape", "there are more elements than any memory holds", $"at most {MaxSize}", ToString());

    /// <summary>Makes a shape; <c>null</c> stands for an unknown dimension.</summary>
    /// <exception cref="ArgumentException">A dimension is negative.</exception>
    public static Shape Create(ReadOnlySpan<int?> dims)
    {
        var copy = new int[dims.Length];
        for (var i = 0; i < copy.Length; i++) copy[i] = dims[i] ?? Unknown;
        return Of(copy);
    }

    /// <summary>Makes a shape; <see cref="Unknown"/> stands for an unknown dimension.</summary>
    /// <exception cref="ArgumentException">A dimension is below <see cref="Unknown"/>.</exception>
    public static Shape Of(params ReadOnlySpan<int> dims)
    {
        foreach (var dim in dims)
            if (dim < Unknown)
                throw Errors.Argument("Shape", "a dimension is negative", "0 or more, or unknown", dim);
        return new Shape(dims.ToArray());
    }

    /// <summary>Reads a .NET array as dimensions.</summary>
    public static implicit operator Shape(int[] dims) => Of(dims);

    /// <summary>This shape with more dimensions behind it.</summary>
    public Shape Append(Shape more) => Of([.. Dims, .. more.Dims]);

    /// <summary>A part of this shape.</summary>
    public Shape Slice(int start, int length) => Of(Dims.Slice(start, length));

    /// <summary>This shape with one dimension replaced.</summary>
    public Shape With(int index, int dim)
    {
        var copy = Dims.ToArray();
        copy[index < 0 ? index + Rank : index] = dim;
        return Of(copy);
    }

    /// <summary>The index of an axis, counted from the end where it is negative.</summary>
    /// <exception cref="ArgumentException">There is no such axis.</exception>
    public int Axis(int axis, string who = "Shape") => axis >= -Rank && axis < Rank
        ? axis < 0 ? axis + Rank : axis
        : throw Errors.Argument(who, "axis is out of range", $"between {-Rank} and {Rank - 1}",
            $"axis {axis} for shape {ToString()}");

    /// <summary>Whether this shape could be <paramref name="other"/> once all dimensions are known.</summary>
    public bool Matches(Shape other)
    {
        if (Rank != other.Rank) return false;
        for (var i = 0; i < Rank; i++)
            if (Dims[i] != other.Dims[i] && Dims[i] != Unknown && other.Dims[i] != Unknown) return false;
        return true;
    }

    /// <summary>The shape that two operands have together: aligned at the end, a dimension of 1 stretches.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Shape Broadcast(Shape a, Shape b, string who)
    {
        if (a.Equals(b)) return a;
        var rank = Math.Max(a.Rank, b.Rank);
        var dims = new int[rank];
        for (var i = 1; i <= rank; i++)
        {
            var (x, y) = (i <= a.Rank ? a[-i] : 1, i <= b.Rank ? b[-i] : 1);
            dims[rank - i] = x == y || y == 1 ? x
                : x == 1 ? y
                : x == Unknown ? y
                : y == Unknown ? x
                : throw Errors.Argument(who, "shapes cannot be broadcast together", "equal dimensions, or 1", $"{a} and {b}");
        }
        return Of(dims);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Dims.SequenceEqual(other.Dims);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var dim in Dims) hash.Add(dim);
        return hash.ToHashCode();
    }

    /// <summary>Whether two shapes have the same dimensions.</summary>
    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    /// <summary>Python's notation: <c>(None, 28, 28, 1)</c>.</summary>
    public override string ToString()
    {
        var names = Dims.ToArray().Select(d => d == Unknown ? "None" : $"{d}");
        return Rank == 1 ? $"({names.First()},)" : $"({string.Join(", ", names)})";
    }

    /// <inheritdoc/>
    public IEnumerator<int?> GetEnumerator()
    {
        for (var i = 0; i < Rank; i++) yield return _dims![i] == Unknown ? null : _dims[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
