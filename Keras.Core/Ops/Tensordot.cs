namespace Keras;

/// <summary>A tensor whose axes have labels; equal labels mean the same axis.</summary>
sealed record Labelling(Tensor Tensor, int[] Labels)
{
    internal int Dim(int label) => Tensor.Shape[Array.IndexOf(Labels, label)];

    /// <summary>The axes that do not satisfy a condition, summed over.</summary>
    internal Labelling Keeping(Func<int, bool> wanted)
    {
        var lost = Enumerable.Range(0, Labels.Length).Where(i => !wanted(Labels[i])).ToArray();
        return lost.Length == 0 ? this : new(Ops.Cast(Ops.Sum(Tensor, lost), Tensor.DType), [.. Labels.Where(wanted)]);
    }

    /// <summary>The axes in the order of the labels given; those that are missing as 1.</summary>
    internal Tensor Ordered(int[] order)
    {
        var present = order.Where(Labels.Contains).Select(l => Array.IndexOf(Labels, l)).ToArray();
        var x = present.SequenceEqual(Enumerable.Range(0, present.Length)) ? Tensor : Ops.Transpose(Tensor, present);
        var missing = Enumerable.Range(0, order.Length).Where(i => !Labels.Contains(order[i])).ToArray();
        return missing.Length == 0 ? x : Ops.ExpandDims(x, missing);
    }

    /// <summary>The axes of three groups one behind the other, each of the last two groups as one axis.</summary>
    internal Tensor Matrices(int[] batch, int[] rows, int[] columns)
    {
        var x = Ordered([.. batch, .. rows, .. columns]);
        return rows.Length == 1 && columns.Length == 1 ? x
            : Ops.Reshape(x, Shape.Of([.. x.Shape.Slice(0, batch.Length).Dims, Product(rows), Product(columns)]));
    }

    int Product(int[] labels)
    {
        var size = 1;
        foreach (var label in labels) size = Dim(label) == Shape.Unknown || size == Shape.Unknown ? Shape.Unknown : Shape.Dim((long)size * Dim(label));
        return size;
    }

    /// <summary>The axes of a label that occurs twice become one: their diagonal.</summary>
    internal Labelling WithoutRepeats(string who)
    {
        var (x, labels) = (Tensor, Labels.ToList());
        while (labels.GroupBy(l => l).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            int first = labels.IndexOf(twice.Key), second = labels.LastIndexOf(twice.Key), n = x.Shape[first];
            if (n == Shape.Unknown || n != x.Shape[second])
                throw Errors.Argument(who, "a repeated index needs one known dimension", "equal dimensions", x.Shape);
            var eye = Ops.Equal(Along(n, first, x.Rank), Along(n, second, x.Rank));
            x = Ops.Cast(Ops.Sum(Ops.Where(eye, x, Ops.Cast(0, x.DType)), second), x.DType);
            labels.RemoveAt(second);
        }
        return new(x, [.. labels]);
    }

    static Tensor Along(int n, int axis, int rank) => Ops.Reshape(Ops.Arange(n), Shape.Of([.. Enumerable.Repeat(1, rank)]).With(axis, n));

    /// <summary>The product of two tensors, summed over the labels that are not to be kept.</summary>
    internal static Labelling Contract(Labelling a, Labelling b, Func<int, bool> kept, string who)
    {
        var (left, right) = (a, b);
        foreach (var label in a.Labels.Intersect(b.Labels))
            if (left.Dim(label) is var n && right.Dim(label) is var m && n != m && n is not (1 or Shape.Unknown) && m is not (1 or Shape.Unknown))
                throw Errors.Argument(who, "dimensions that belong together differ", n, $"{m}, in {left.Tensor.Shape} and {right.Tensor.Shape}");
        (a, b) = (left.WithoutStretched(right), right.WithoutStretched(left));
        (left, right) = (a, b);
        a = a.Keeping(l => kept(l) || right.Labels.Contains(l));
        b = b.Keeping(l => kept(l) || left.Labels.Contains(l));
        var shared = a.Labels.Intersect(b.Labels).ToArray();
        int[] batch = [.. shared.Where(kept)], inner = [.. shared.Except(batch)];
        int[] rows = [.. a.Labels.Except(shared)], columns = [.. b.Labels.Except(shared)], all = [.. batch, .. rows, .. columns];
        if (inner.Length == 0) return new(a.Ordered(all) * b.Ordered(all), all);
        var y = Ops.Matmul(a.Matrices(batch, rows, inner), b.Matrices(batch, inner, columns));
        return new(rows.Length == 1 && columns.Length == 1 ? y
            : Ops.Reshape(y, Shape.Of([.. y.Shape.Slice(0, batch.Length).Dims, .. rows.Select(a.Dim), .. columns.Select(b.Dim)])), all);
    }

    /// <summary>Axes of 1 left out where the other tensor has more.</summary>
    Labelling WithoutStretched(Labelling other)
    {
        var stretched = Labels.Where(l => Dim(l) == 1 && other.Labels.Contains(l) && other.Dim(l) != 1).ToHashSet();
        return stretched.Count == 0 ? this
            : new(Ops.Squeeze(Tensor, stretched.Select(l => Array.IndexOf(Labels, l)).ToArray()), [.. Labels.Where(l => !stretched.Contains(l))]);
    }
}

public static partial class Ops
{
    /// <summary>The products of two tensors summed over the last axes of the first and the first of the second.</summary>
    /// <param name="x1">A tensor.</param>
    /// <param name="x2">A tensor whose first dimensions are the last ones of <paramref name="x1"/>.</param>
    /// <param name="axes">Over how many axes. Default 2.</param>
    /// <returns>The other dimensions of x1, then those of x2.</returns>
    /// <exception cref="ArgumentException">There are too few axes, or their dimensions differ.</exception>
    public static Tensor Tensordot(Tensor x1, Tensor x2, int axes = 2)
    {
        if (axes < 0 || axes > Math.Min(x1.Rank, x2.Rank))
            throw Errors.Argument("tensordot", "there are too few axes", $"between 0 and {Math.Min(x1.Rank, x2.Rank)}", axes);
        return Tensordot(x1, x2, (Enumerable.Range(x1.Rank - axes, axes).ToArray(), Enumerable.Range(0, axes).ToArray()));
    }

    /// <summary>The products of two tensors summed over pairs of axes.</summary>
    /// <param name="x1">A tensor.</param>
    /// <param name="x2">A tensor.</param>
    /// <param name="axes">Axes of x1, and for each the axis of x2 that it belongs to.</param>
    /// <returns>The other dimensions of x1, then those of x2.</returns>
    /// <exception cref="ArgumentException">The numbers of axes or their dimensions differ, or an axis is named twice or out of range.</exception>
    public static Tensor Tensordot(Tensor x1, Tensor x2, (Axes First, Axes Second) axes) => Tensordot(x1, x2, axes, "tensordot");

    static Tensor Tensordot(Tensor x1, Tensor x2, (Axes First, Axes Second) axes, string who)
    {
        int[] first = [.. axes.First.Select(a => x1.Shape.Axis(a, who))], second = [.. axes.Second.Select(a => x2.Shape.Axis(a, who))];
        if (first.Length != second.Length || first.Distinct().Count() != first.Length || second.Distinct().Count() != second.Length)
            throw Errors.Argument(who, "the axes do not pair up", "as many of x1 as of x2, each once", $"{axes.First} and {axes.Second}");
        foreach (var (i, j) in first.Zip(second))
            if (x1.Shape[i] != x2.Shape[j] && x1.Shape[i] != Shape.Unknown && x2.Shape[j] != Shape.Unknown)
                throw Errors.Argument(who, "dimensions that belong together differ", x1.Shape[i], $"{x2.Shape[j]}, in {x1.Shape} and {x2.Shape}");
        (x1, x2) = Promote(x1, x2);
        int[] left = [.. Enumerable.Range(0, x1.Rank)], right = [.. Enumerable.Range(x1.Rank, x2.Rank)];
        for (var i = 0; i < first.Length; i++) right[second[i]] = first[i];
        int[] order = [.. left.Except(first), .. right.Except(first)];
        return Cast(Labelling.Contract(new(x1, left), new(x2, right), order.Contains, who).Ordered(order), x1.DType);
    }

    /// <summary>The sums of products over the last axes of both tensors; with a scalar the products.</summary>
    /// <returns>The other dimensions of x1, then those of x2.</returns>
    /// <exception cref="ArgumentException">The last dimensions differ.</exception>
    public static Tensor Inner(Tensor x1, Tensor x2) => x1.Rank == 0 || x2.Rank == 0 ? x1 * x2 : Tensordot(x1, x2, (-1, -1), "inner");

    /// <summary>The sums of products over the last axis of the first and the last but one (or only one) of the second; with a scalar the
    /// products.</summary>
    /// <returns>The other dimensions of x1, then those of x2.</returns>
    /// <exception cref="ArgumentException">The dimensions summed over differ.</exception>
    public static Tensor Dot(Tensor x1, Tensor x2) =>
        x1.Rank == 0 || x2.Rank == 0 ? x1 * x2 : Tensordot(x1, x2, (-1, x2.Rank == 1 ? -1 : -2), "dot");

    /// <summary>The sum of the products of all elements of two tensors in order, as a scalar; complex numbers of the first as their conjugates.</summary>
    /// <exception cref="ArgumentException">The numbers of elements differ.</exception>
    public static Tensor Vdot(Tensor x1, Tensor x2) => Tensordot(Reshape(Conj(x1), [Shape.Unknown]), Reshape(x2, [Shape.Unknown]), (0, 0), "vdot");

    /// <summary>The products of each element of the first with each of the second: one row for each element of x1.</summary>
    public static Tensor Outer(Tensor x1, Tensor x2) => Reshape(x1, [Shape.Unknown, 1]) * Reshape(x2, [1, Shape.Unknown]);

    /// <summary>Each element of the first replaced by its products with the whole second tensor; dimensions of 1 are put in front of the one
    /// that has fewer.</summary>
    /// <returns>Each dimension is the product of both.</returns>
    public static Tensor Kron(Tensor x1, Tensor x2)
    {
        var rank = Math.Max(x1.Rank, x2.Rank);
        int[] a = [.. Enumerable.Repeat(1, rank - x1.Rank), .. x1.Shape.Dims], b = [.. Enumerable.Repeat(1, rank - x2.Rank), .. x2.Shape.Dims];
        var y = Reshape(x1, Shape.Of([.. a.SelectMany(n => new[] { n, 1 })])) * Reshape(x2, Shape.Of([.. b.SelectMany(n => new[] { 1, n })]));
        return Reshape(y, Shape.Of([.. a.Zip(b, (n, m) => n == Shape.Unknown || m == Shape.Unknown ? Shape.Unknown : Shape.Dim((long)n * m))]));
    }

    /// <summary>The cross products of vectors of 3, or of 2 in the plane; the other axes are broadcast.</summary>
    /// <param name="x1">Vectors along <paramref name="axisa"/>.</param>
    /// <param name="x2">Vectors along <paramref name="axisb"/>.</param>
    /// <param name="axisa">Default the last.</param>
    /// <param name="axisb">Default the last.</param>
    /// <param name="axisc">Where the vectors of the result lie. Default the last.</param>
    /// <param name="axis">One axis for all three.</param>
    /// <returns>Vectors of 3; where both are of 2, numbers: the height over the plane.</returns>
    /// <exception cref="ArgumentException">A vector has neither 2 nor 3 elements.</exception>
    public static Tensor Cross(Tensor x1, Tensor x2, int axisa = -1, int axisb = -1, int axisc = -1, int? axis = null)
    {
        (x1, x2) = Promote(x1, x2);
        var (u, v) = (Components(x1, axis ?? axisa), Components(x2, axis ?? axisb));
        var height = u[0] * v[1] - u[1] * v[0];
        if (u.Length == 2 && v.Length == 2) return height;
        var first = v.Length == 2 ? -(u[2] * v[1]) : u.Length == 2 ? u[1] * v[2] : u[1] * v[2] - u[2] * v[1];
        var second = v.Length == 2 ? u[2] * v[0] : u.Length == 2 ? -(u[0] * v[2]) : u[2] * v[0] - u[0] * v[2];
        return Moveaxis(Stack([first, second, height], -1), -1, axis ?? axisc);
    }

    static Tensor[] Components(Tensor x, int axis)
    {
        var at = x.Shape.Axis(axis, "cross");
        return x.Shape[at] is 2 or 3 ? [.. Enumerable.Range(0, x.Shape[at]).Select(i => Squeeze(Narrow(x, at, i, 1), at))]
            : throw Errors.Argument("cross", "the vectors have a wrong length", "2 or 3", x.Shape);
    }

    /// <summary>Sums of products as Einstein wrote them.</summary>
    /// <param name="subscripts">A letter for each axis of each operand, operands parted by commas, then <c>-&gt;</c> and the letters of the
    /// result. Axes of one letter belong together; those missing in the result are summed over. <c>...</c> stands for axes that are broadcast.
    /// A letter twice in one operand takes the diagonal. Without <c>-&gt;</c> the result has, in alphabetical order, the letters that occur once.</param>
    /// <param name="operands">The tensors, one or more.</param>
    /// <exception cref="ArgumentException">The letters do not fit the operands.</exception>
    public static Tensor Einsum(string subscripts, params IReadOnlyList<Tensor> operands)
    {
        ArgumentNullException.ThrowIfNull(subscripts);
        ArgumentNullException.ThrowIfNull(operands);
        var sides = subscripts.Replace(" ", "", StringComparison.Ordinal).Split("->");
        var terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != operands.Count) throw Misfit(subscripts, $"{terms.Length} operands", $"{operands.Count}");
        var small = operands.All(o => o.DType == DType.Int8);
        var open = new Queue<Labelling>(operands.Select((o, i) =>
            new Labelling(small ? Cast(o, DType.Int32) : o, ReadLabels(terms[i], o.Rank, subscripts)).WithoutRepeats("einsum")));
        var result = ReadResult(sides, terms, open.SelectMany(o => o.Labels).ToHashSet(), subscripts);
        var sum = open.Dequeue();
        while (open.TryDequeue(out var next))
            sum = Labelling.Contract(sum, next, l => result.Contains(l) || open.Any(o => o.Labels.Contains(l)), "einsum");
        return ConvertToTensor(sum.Keeping(result.Contains).Ordered(result));
    }

    static ArgumentException Misfit(string subscripts, string expected, string received) =>
        Errors.Argument("einsum", $"the subscripts \"{subscripts}\" do not fit", expected, received);

    /// <summary>Letters by their codes; the axes of an ellipsis from the last as -1, -2, ….</summary>
    static int[] ReadLabels(string term, int rank, string subscripts)
    {
        var dots = term.IndexOf("...", StringComparison.Ordinal);
        var letters = dots < 0 ? term : term.Remove(dots, 3);
        if (!letters.All(char.IsAsciiLetter)) throw Misfit(subscripts, "letters, commas, one \"...\" each, and one \"->\"", term);
        if (letters.Length > rank || (dots < 0 && letters.Length != rank)) throw Misfit(subscripts, $"{letters.Length} dimensions", $"{rank}");
        if (dots < 0) return [.. letters.Select(c => (int)c)];
        var stretched = Enumerable.Range(letters.Length - rank, rank - letters.Length);
        return [.. letters[..dots].Select(c => (int)c), .. stretched, .. letters[dots..].Select(c => (int)c)];
    }

    static int[] ReadResult(string[] sides, string[] terms, HashSet<int> known, string subscripts)
    {
        var stretched = known.Where(l => l < 0).Order().ToArray();
        if (sides.Length == 1)
            return [.. stretched, .. terms.SelectMany(t => t).Where(char.IsAsciiLetter).GroupBy(c => c).Where(g => g.Count() == 1).Select(g => (int)g.Key).Order()];
        var count = sides[1].Count(char.IsAsciiLetter);
        var result = ReadLabels(sides[1], sides[1].Contains("...", StringComparison.Ordinal) ? count + stretched.Length : count, subscripts);
        return result.All(known.Contains) && result.Distinct().Count() == result.Length ? result
            : throw Misfit(subscripts, "each letter of the result once, and in an operand", sides[1]);
    }
}
