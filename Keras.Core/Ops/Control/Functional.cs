namespace Keras;

public static partial class Ops
{
    /// <summary>The results of an associative function over all first rows: of 1, of 2, and so on. In logarithmically many steps, each on many rows at a time.</summary>
    /// <param name="f">An associative function of two lists of tensors, element by element along the axis, such as addition.</param>
    /// <param name="elems">The tensors, of the same length along the axis.</param>
    /// <param name="reverse">Whether to begin at the last row.</param>
    /// <param name="axis">The axis. Default the first.</param>
    /// <returns>Tensors of the shapes of the elements.</returns>
    /// <exception cref="ArgumentException">The lengths differ, are not known, or there is no such axis.</exception>
    public static IReadOnlyList<Tensor> AssociativeScan(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> f,
        IReadOnlyList<Tensor> elems, bool reverse = false, int axis = 0)
    {
        ArgumentNullException.ThrowIfNull(f);
        ArgumentNullException.ThrowIfNull(elems);
        if (elems.Count == 0) throw Errors.Argument("AssociativeScan", "there is nothing to scan", "one tensor or more", 0);
        int[] axes = [.. elems.Select(e => e.Shape.Axis(axis, "AssociativeScan"))];
        var length = elems[0].Shape[axes[0]];
        for (var i = 0; i < axes.Length; i++)
            if (elems[i].Shape[axes[i]] != length || length == Shape.Unknown)
                throw Errors.Argument("AssociativeScan", "the lengths along the axis differ or are not known", length, elems[i].Shape);
        IReadOnlyList<Tensor> Turned(IReadOnlyList<Tensor> xs) => reverse ? [.. xs.Select((x, i) => Flip(x, axes[i]))] : xs;
        return Turned(Prefixes(f, Turned(elems), axes, length));
    }

    /// <inheritdoc cref="AssociativeScan(Func{IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, IReadOnlyList{Tensor}}, IReadOnlyList{Tensor}, bool, int)"/>
    public static Tensor AssociativeScan(Func<Tensor, Tensor, Tensor> f, Tensor elems, bool reverse = false, int axis = 0) =>
        AssociativeScan((a, b) => [f(a[0], b[0])], [elems], reverse, axis)[0];

    // Pairs are combined, their prefixes are the odd results, and one more step gives the even ones.
    static IReadOnlyList<Tensor> Prefixes(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> f, IReadOnlyList<Tensor> xs, int[] axes, int length)
    {
        if (length < 2) return xs;
        Tensor[] Every(IReadOnlyList<Tensor> from, int start, int stop, int step) =>
            [.. from.Select((x, i) => GetItem(x, [.. Enumerable.Repeat(TensorIndex.Slice(null, null, 1), axes[i]), TensorIndex.Slice(start, stop, step)]))];
        var half = length / 2;
        var odd = Prefixes(f, f(Every(xs, 0, 2 * half, 2), Every(xs, 1, length, 2)), axes, half);
        var first = Every(xs, 0, 1, 1);
        if (length == 2) return Joined(first, odd, axes);
        var evens = (length + 1) / 2;
        var even = Joined(first, f(Every(odd, 0, evens - 1, 1), Every(xs, 2, length, 2)), axes);
        return Interleaved(even, odd, axes, length);
    }

    static IReadOnlyList<Tensor> Joined(IReadOnlyList<Tensor> a, IReadOnlyList<Tensor> b, int[] axes) =>
        [.. a.Select((x, i) => Concatenate([x, b[i]], axes[i]))];

    static IReadOnlyList<Tensor> Interleaved(IReadOnlyList<Tensor> even, IReadOnlyList<Tensor> odd, int[] axes, int length)
    {
        var half = length / 2;
        int[] order = [.. Enumerable.Range(0, length).Select(i => i % 2 == 0 ? i / 2 : length - half + (i / 2))];
        var places = Tensor.Of(order, [length]);
        return [.. Joined(even, odd, axes).Select((x, i) => Take(x, places, axes[i]))];
    }

    /// <summary>The value of a function and its derivative in a direction (the product of the Jacobian with a vector).</summary>
    /// <param name="fun">A function of tensors.</param>
    /// <param name="primals">Where to evaluate it.</param>
    /// <param name="tangents">The direction: tensors of the shapes of the primals.</param>
    /// <returns>The value, and the derivative, of the same shape.</returns>
    /// <exception cref="ArgumentException">The tangents differ from the primals in number or shape.</exception>
    /// <exception cref="NotSupportedException">An op on the way has no gradient.</exception>
    public static (Tensor Value, Tensor Tangent) Jvp(Func<IReadOnlyList<Tensor>, Tensor> fun, IReadOnlyList<Tensor> primals, IReadOnlyList<Tensor> tangents)
    {
        ArgumentNullException.ThrowIfNull(fun);
        return Jvp(xs => (fun(xs), System.Array.Empty<Tensor>()), primals, tangents) is var (value, tangent, _) ? (value, tangent) : default;
    }

    /// <summary>As the other overload, for a function that also gives what is not to be differentiated.</summary>
    /// <inheritdoc cref="Jvp(Func{IReadOnlyList{Tensor}, Tensor}, IReadOnlyList{Tensor}, IReadOnlyList{Tensor})"/>
    public static (Tensor Value, Tensor Tangent, T Aux) Jvp<T>(Func<IReadOnlyList<Tensor>, (Tensor Value, T Aux)> fun,
        IReadOnlyList<Tensor> primals, IReadOnlyList<Tensor> tangents)
    {
        ArgumentNullException.ThrowIfNull(fun);
        ArgumentNullException.ThrowIfNull(primals);
        ArgumentNullException.ThrowIfNull(tangents);
        if (primals.Count != tangents.Count)
            throw Errors.Argument("Jvp", "the number of tangents is wrong", primals.Count, tangents.Count);
        if (primals.Count == 0) throw Errors.Argument("Jvp", "there is nothing to differentiate for", "one tensor or more", "none");
        for (var i = 0; i < primals.Count; i++)
            if (!primals[i].Shape.Matches(tangents[i].Shape))
                throw Errors.Argument("Jvp", $"tangent {i} has another shape than its primal", primals[i].Shape, tangents[i].Shape);
        Tensor[] xs = [.. primals.Select(p => p.Renewed())];
        var (value, aux) = fun(xs);
        // The gradients are linear in the seed; their derivative for it, weighted by the tangents, is the product from the other side.
        var seed = ZerosLike(value).Renewed();
        var gradients = Gradients.Of(value, xs, seed);
        var product = gradients.Select((g, i) => Paired(g, tangents[i])).Aggregate((a, b) => a + b);
        return (value, Gradients.Of(product, [seed])[0], aux);
    }

    /// <summary>A function of single elements as one of whole tensors, which are broadcast.</summary>
    /// <param name="pyfunc">From one element of each tensor (or a block of it, see the signature) to a result.</param>
    /// <param name="excluded">Which arguments are passed as they are. Default none.</param>
    /// <param name="signature">The inner dimensions of each argument and of the result, as <c>"(m,n),(n)->(m)"</c>. Default none: single elements.</param>
    /// <exception cref="ArgumentException">The signature cannot be read.</exception>
    public static Func<IReadOnlyList<Tensor>, Tensor> Vectorize(Func<IReadOnlyList<Tensor>, Tensor> pyfunc, IReadOnlyList<int>? excluded = null, string? signature = null)
    {
        ArgumentNullException.ThrowIfNull(pyfunc);
        var inner = signature is null ? null : InnerRanks(signature);
        return arguments =>
        {
            int[] varying = [.. Enumerable.Range(0, arguments.Count).Where(i => excluded?.Contains(i) != true)];
            if (inner is not null && inner.Length != varying.Length)
                throw Errors.Argument("Vectorize", "the number of arguments is not that of the signature", inner.Length, varying.Length);
            return OverElements(pyfunc, arguments, varying, [.. varying.Select((_, k) => inner?[k] ?? 0)]);
        };
    }

    static int[] InnerRanks(string signature)
    {
        var sides = signature.Replace(" ", "", StringComparison.Ordinal).Split("->");
        if (sides.Length != 2 || !System.Text.RegularExpressions.Regex.IsMatch(sides[0], @"^\(\w*(,\w+)*\)(,\(\w*(,\w+)*\))*$"))
            throw Errors.Argument("Vectorize", "the signature cannot be read", "\"(m,n),(n)->(m)\" or the like", $"\"{signature}\"");
        return [.. sides[0][1..^1].Split("),(").Select(d => d.Length == 0 ? 0 : d.Split(',').Length)];
    }

    static Tensor OverElements(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> arguments, int[] varying, int[] inner)
    {
        for (var k = 0; k < varying.Length; k++)
            if (arguments[varying[k]].Rank < inner[k])
                throw Errors.Argument("Vectorize", $"argument {varying[k]} has too few dimensions", $"{inner[k]} or more", arguments[varying[k]].Shape);
        Shape[] blocks = [.. varying.Select((v, k) => arguments[v].Shape.Slice(arguments[v].Rank - inner[k], inner[k]))];
        var outer = varying.Select((v, k) => arguments[v].Shape.Slice(0, arguments[v].Rank - inner[k])).Aggregate(Shape.Scalar, (a, b) => Shape.Broadcast(a, b, "Vectorize"));
        var rows = varying.Select((v, k) => Reshape(BroadcastTo(arguments[v], Shape.Of([.. outer.Dims, .. blocks[k].Dims])), Shape.Of([Shape.Dim(outer.Size), .. blocks[k].Dims])));
        var results = Map(xs =>
        {
            Tensor[] all = [.. arguments];
            for (var k = 0; k < varying.Length; k++) all[varying[k]] = xs[k];
            return [function(all)];
        }, [.. rows])[0];
        return Reshape(results, Shape.Of([.. outer.Dims, .. results.Shape.Dims[1..]]));
    }
}
