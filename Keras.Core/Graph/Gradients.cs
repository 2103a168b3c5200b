namespace Keras;

/// <summary>Reverse-mode differentiation, from graph to graph: gradients are tensors like any other, so they can be
/// differentiated again.</summary>
public static class Gradients
{
    /// <summary>The gradients of <paramref name="y"/> with respect to each of the tensors.</summary>
    /// <param name="y">The result. Where it has more than one element, the gradient of the sum of its elements is meant,
    /// or that of the sum weighted by <paramref name="seed"/>.</param>
    /// <param name="xs">What to differentiate for.</param>
    /// <param name="seed">The gradient that arrives at <paramref name="y"/>, of its shape. Default ones; a complex result needs one.</param>
    /// <returns>One gradient a tensor, of its shape and dtype; zeros where <paramref name="y"/> does not depend on it.</returns>
    /// <exception cref="NotSupportedException">An op on the way has no gradient.</exception>
    public static IReadOnlyList<Tensor> Of(Tensor y, IReadOnlyList<Tensor> xs, Tensor? seed = null)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(xs);
        var found = Sum(y, xs, seed);
        return [.. xs.Select(x => found.GetValueOrDefault(x) ?? Ops.ZerosLike(x))];
    }

    /// <summary>The gradients of <paramref name="y"/> with respect to each of the variables, as they are read now.</summary>
    /// <inheritdoc cref="Of(Tensor, IReadOnlyList{Tensor}, Tensor?)"/>
    public static IReadOnlyList<Tensor> Of(Tensor y, IReadOnlyList<Variable> xs, Tensor? seed = null) =>
        Of(y, [.. xs.Select(x => x.Read())], seed);

    /// <summary>As <see cref="Of(Tensor, IReadOnlyList{Tensor}, Tensor?)"/>, with <c>null</c> for a tensor that
    /// <paramref name="y"/> does not depend on.</summary>
    internal static Tensor?[] OrNull(Tensor y, IReadOnlyList<Tensor> xs)
    {
        var found = Sum(y, xs, null);
        return [.. xs.Select(x => found.GetValueOrDefault(x))];
    }

    static Dictionary<Tensor, Tensor> Sum(Tensor y, IReadOnlyList<Tensor> xs, Tensor? seed)
    {
        if (seed is null ? !y.DType.IsFloating() : !y.DType.IsInexact())
            throw Errors.Argument("Gradients", "only a floating result has gradients", "a floating dtype", y);
        if (seed is not null && !seed.Shape.Matches(y.Shape))
            throw Errors.Argument("Gradients", "the seed has another shape than the result", y.Shape, seed.Shape);
        var targets = new HashSet<Tensor>(xs, ReferenceEqualityComparer.Instance);
        var order = Graphs.Order([y]);
        var useful = Useful(order, targets);
        var gradients = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var parts = new Dictionary<Tensor, Tensor?[]>(ReferenceEqualityComparer.Instance);
        if (useful.Contains(y)) gradients[y] = seed is null ? Ops.OnesLike(y) : Ops.Cast(seed, y.DType);
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var node = order[i];
            if (!useful.Contains(node) || node.Inputs.IsEmpty) continue;
            if (Backward(node, gradients, parts) is not { } inputs) continue;
            for (var k = 0; k < inputs.Length; k++)
                if (inputs[k] is { } gradient && useful.Contains(node.Inputs[k]))
                    Accumulate(gradients, node.Inputs[k], gradient);
        }
        return gradients;
    }

    /// <summary>The nodes that lie between a target and the result.</summary>
    static HashSet<Tensor> Useful(List<Tensor> order, HashSet<Tensor> targets)
    {
        var useful = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var node in order)
        {
            var needed = targets.Contains(node);
            foreach (var input in node.Inputs) needed |= useful.Contains(input);
            if (needed) useful.Add(node);
        }
        return useful;
    }

    static Tensor?[]? Backward(Tensor node, Dictionary<Tensor, Tensor> gradients, Dictionary<Tensor, Tensor?[]> parts)
    {
        if (node.Type.IsTuple)
            return parts.TryGetValue(node, out var all) ? LateGradient.Unsized(node, all) ?? node.Op.VjpParts(node, all) : null;
        if (!gradients.TryGetValue(node, out var gradient)) return null;
        if (node.Op is not Part part) return LateGradient.Unsized(node, gradient) ?? node.Op.Vjp(node, gradient);
        var tuple = node.Inputs[0];
        if (!parts.TryGetValue(tuple, out var list)) parts[tuple] = list = new Tensor?[tuple.Type.Parts.Length];
        list[part.Index] = list[part.Index] is { } other ? other + gradient : gradient;
        return null;
    }

    static void Accumulate(Dictionary<Tensor, Tensor> gradients, Tensor input, Tensor gradient)
    {
        // Broadcasting and promotion are undone here, once for all rules.
        gradient = Ops.Cast(Ops.SumTo(gradient, input.Shape), input.DType);
        gradients[input] = gradients.TryGetValue(input, out var sum) ? Ops.Add(sum, gradient) : gradient;
    }

    /// <summary>The value of a function and the gradients of it for the variables, in one evaluation.</summary>
    /// <param name="function">A function of the variables, such as the loss on a batch.</param>
    /// <param name="variables">What to differentiate for.</param>
    /// <exception cref="NotSupportedException">An op on the way has no gradient.</exception>
    public static (Tensor Value, IReadOnlyList<Tensor> Gradients) ValueAndGrad(Func<Tensor> function, IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(function);
        var value = function();
        return (value, Of(value, variables));
    }

    /// <summary>The value of a function and the gradients of it for its arguments.</summary>
    /// <param name="function">A function of tensors.</param>
    /// <param name="xs">The arguments.</param>
    /// <exception cref="NotSupportedException">An op on the way has no gradient.</exception>
    public static (Tensor Value, IReadOnlyList<Tensor> Gradients) ValueAndGrad(Func<IReadOnlyList<Tensor>, Tensor> function, params IReadOnlyList<Tensor> xs)
    {
        ArgumentNullException.ThrowIfNull(function);
        // New nodes, so that a tensor given twice counts as two arguments.
        IReadOnlyList<Tensor> arguments = [.. xs.Select(x => x.Renewed())];
        var value = function(arguments);
        return (value, Of(value, arguments));
    }
}

/// <summary>TensorFlow's way of asking for gradients: the tape names what is watched. The graph remembers the rest.</summary>
public sealed class GradientTape
{
    /// <summary>The gradients of a result for the variables. See <see cref="Gradients.Of(Tensor, IReadOnlyList{Tensor}, Tensor?)"/>.</summary>
#pragma warning disable CA1822 // An instance method, as users of tapes know it.
    public IReadOnlyList<Tensor> Gradient(Tensor target, IReadOnlyList<Variable> sources, Tensor? outputGradients = null) =>
        Gradients.Of(target, sources, outputGradients);

    /// <summary>The gradients of a result for the tensors. See <see cref="Gradients.Of(Tensor, IReadOnlyList{Tensor}, Tensor?)"/>.</summary>
    public IReadOnlyList<Tensor> Gradient(Tensor target, IReadOnlyList<Tensor> sources, Tensor? outputGradients = null) =>
        Gradients.Of(target, sources, outputGradients);
#pragma warning restore CA1822
}
