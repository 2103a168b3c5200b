namespace Keras.Kernels.Tests.Table;

/// <summary>An array of doubles of any rank, row-major: what the references compute with.</summary>
sealed class Nd(Shape shape, double[] values)
{
    public Shape Shape { get; } = shape;

    public double[] Values { get; } = values;

    public int Size => Values.Length;

    /// <summary>The element at an index, one number a dimension.</summary>
    public double this[params ReadOnlySpan<int> index] => Values[Offset(index)];

    public static Nd Scalar(double value) => new(Shape.Scalar, [value]);

    public static Nd Vector(params double[] values) => new([values.Length], values);

    /// <summary>An array whose elements are a function of their index. The index array is used again.</summary>
    public static Nd Make(Shape shape, Func<int[], double> element)
    {
        var result = new Nd(shape, new double[shape.Size]);
        var index = new int[shape.Rank];
        for (var i = 0; i < result.Size; i++)
        {
            result.Values[i] = element(index);
            Advance(shape, index);
        }
        return result;
    }

    public Nd Map(Func<double, double> function) => new(Shape, Array.ConvertAll(Values, v => function(v)));

    /// <summary>The element that stands at an index of a shape that this array is stretched to.</summary>
    public double Stretched(ReadOnlySpan<int> index) => Values[Place(index)];

    /// <summary>Where it stands.</summary>
    public int Place(ReadOnlySpan<int> index)
    {
        var offset = 0;
        for (var i = 0; i < Shape.Rank; i++)
            offset = (offset * Shape[i]) + (Shape[i] == 1 ? 0 : index[index.Length - Shape.Rank + i]);
        return offset;
    }

    public int Offset(ReadOnlySpan<int> index)
    {
        var offset = 0;
        for (var i = 0; i < Shape.Rank; i++) offset = (offset * Shape[i]) + index[i];
        return offset;
    }

    /// <summary>The groups of elements that a reduction over the axes combines, in the order of its result.</summary>
    public Nd Reduce(Axes axes, bool keepdims, Func<double[], double> combine)
    {
        var kept = Enumerable.Range(0, Shape.Rank).Where(i => !axes.Contains(i)).ToArray();
        Shape full = Shape.Of([.. Shape.Dims.ToArray().Select((d, i) => axes.Contains(i) ? 1 : d)]);
        var groups = new List<double>[full.Size];
        for (var i = 0; i < groups.Length; i++) groups[i] = [];
        var target = new Nd(full, new double[full.Size]);
        var index = new int[Shape.Rank];
        var at = new int[Shape.Rank];
        foreach (var value in Values)
        {
            for (var i = 0; i < at.Length; i++) at[i] = axes.Contains(i) ? 0 : index[i];
            groups[target.Offset(at)].Add(value);
            Advance(Shape, index);
        }
        return new(keepdims ? full : Shape.Of([.. kept.Select(i => Shape[i])]), [.. groups.Select(g => combine([.. g]))]);
    }

    /// <summary>Each row of the last axis replaced.</summary>
    public Nd Rows(Func<double[], double[]> function) => Shape.Size == 0 ? this : new(Shape, [.. Values.Chunk(Shape[-1]).SelectMany(function)]);

    /// <summary>A sum with a running correction (Kahan, Neumaier), so that the reference's own rounding does not count.</summary>
    public static double Sum(IEnumerable<double> terms)
    {
        double sum = 0, lost = 0;
        foreach (var term in terms)
        {
            var next = sum + term;
            lost += Math.Abs(sum) >= Math.Abs(term) ? sum - next + term : term - next + sum;
            sum = next;
        }
        return double.IsFinite(sum) ? sum + lost : sum;
    }

    static void Advance(Shape shape, int[] index)
    {
        for (var i = index.Length - 1; i >= 0 && ++index[i] == shape[i]; i--) index[i] = 0;
    }
}
