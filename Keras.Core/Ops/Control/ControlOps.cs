namespace Keras;

/// <summary>An op that runs graphs of its own: a loop or a branch. Plans run plans for it, on any device.</summary>
abstract record Control : Op
{
    internal sealed override bool VjpNeedsSizes => false;

    private protected static Tensor[] Parts(Tensor node) => [.. Enumerable.Range(0, node.Type.Parts.Length).Select(i => new Part(i).On(node))];

    private protected void Check(string what, TensorType[] expected, TensorType[] received)
    {
        if (!expected.SequenceEqual(received))
            throw Wrong($"the types of {what} differ", string.Join(", ", expected), string.Join(", ", received));
    }
}

/// <summary>One of two graphs of the same inputs, chosen by a truth value. Inputs: the choice, then the parameters.</summary>
sealed record Cond(Subgraph Then, Subgraph Else) : Control
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        if (inputs[0].DType != DType.Bool || inputs[0].Shape.Rank != 0) throw Wrong("the choice must be one truth value", "bool ()", inputs[0]);
        var types = inputs[1..].ToArray();
        var (yes, no) = (Then.For(types).ResultTypes, Else.For(types).ResultTypes);
        Check("the branches", yes, no);
        return TensorType.Tuple(yes);
    }

    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients)
    {
        Tensor[] arguments = [.. result.Inputs[1..]];
        Tensor[] given = [.. gradients.OfType<Tensor>()];
        int[] wanted = [.. Enumerable.Range(0, arguments.Length).Where(i => arguments[i].DType.IsInexact())];
        if (given.Length == 0 || wanted.Length == 0) return new Tensor?[result.Inputs.Length];
        Subgraph Backward(Subgraph branch)
        {
            var parameters = Subgraph.Placeholders([.. arguments.Select(a => a.Type), .. given.Select(g => g.Type)]);
            Tensor[] xs = [.. wanted.Select(i => parameters[i])];
            var found = Loops.Pull(branch.Call(parameters[..arguments.Length]), Loops.Spread(gradients, parameters[arguments.Length..]), xs);
            return new Subgraph(parameters, [.. found.Select((g, i) => g ?? Ops.ZerosLike(xs[i]))]);
        }
        var parts = Parts(new Cond(Backward(Then), Backward(Else)).On([result.Inputs[0], .. arguments, .. given]));
        var all = new Tensor?[result.Inputs.Length];
        for (var i = 0; i < wanted.Length; i++) all[wanted[i] + 1] = parts[i];
        return all;
    }
}

/// <summary>A graph repeated while another says so. Inputs: the variables, then what both graphs capture.</summary>
sealed record While(Subgraph Condition, Subgraph Body, int Variables, long? MaximumIterations) : Control
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var types = inputs.ToArray();
        var condition = Condition.For(types).ResultTypes[0];
        if (condition.DType != DType.Bool || condition.Shape.Rank != 0) throw Wrong("the condition must be one truth value", "bool ()", condition);
        Check("the loop variables and of what the body returns", types[..Variables], Body.For(types).ResultTypes);
        return TensorType.Tuple(types[..Variables]);
    }

    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients) =>
        throw Errors.Unsupported("WhileLoop", "a loop of unknown length has no gradient", "Ops.Scan, or Ops.ForiLoop with integer bounds", result);
}

/// <summary>A graph repeated over the rows of sequences. Inputs: the carries, the sequences, then what the body captures. Results: the last
/// carries, then the stacked results of all steps.</summary>
sealed record Scan(Subgraph Body, int Carries, int Sequences, int? Length, bool Reverse) : Control
{
    internal TensorType[] BodyTypes(ReadOnlySpan<TensorType> inputs)
    {
        var types = inputs.ToArray();
        for (var i = Carries; i < Carries + Sequences; i++) types[i] = types[i].As(Shape.Of(types[i].Shape.Dims[1..]));
        return types;
    }

    internal int Steps(ReadOnlySpan<TensorType> inputs) => Length ?? inputs[Carries].Shape[0];

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var steps = Steps(inputs);
        for (var i = Carries; i < Carries + Sequences; i++)
            if (inputs[i].Shape.Rank == 0 || (inputs[i].Shape[0] is var rows && rows != steps && rows != Shape.Unknown && steps != Shape.Unknown))
                throw Wrong("the sequences differ in length", $"{steps} rows", inputs[i]);
        var types = BodyTypes(inputs);
        var results = Body.For(types).ResultTypes;
        Check("the carry and of what the body returns for it", types[..Carries], results[..Carries]);
        return TensorType.Tuple([.. results[..Carries], .. results[Carries..].Select(r => r.As(Shape.Of([steps, .. r.Shape.Dims])))]);
    }

    /// <summary>The same loop, which also gives what each step began with, as its last results.</summary>
    internal Scan WithCarries => this with { Body = new Subgraph(Body.Parameters, [.. Body.Results, .. Body.Parameters[..Carries]]) };

    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients)
    {
        Tensor[] inputs = [.. result.Inputs];
        var types = BodyTypes(inputs.Select(i => i.Type).ToArray());
        // Backwards, the loop carries the gradients of the carries and the sums of those of the captures.
        int[] carried = [.. Enumerable.Range(0, inputs.Length).Where(i => (i < Carries || i >= Carries + Sequences) && inputs[i].DType.IsInexact())];
        int[] rows = [.. Enumerable.Range(Carries, Sequences).Where(i => inputs[i].DType.IsInexact())];
        int[] given = [.. Enumerable.Range(Carries, gradients.Length - Carries).Where(i => gradients[i] is not null)];
        if (!Array.Exists(gradients, g => g is not null)) return new Tensor?[inputs.Length];

        var parts = Parts(WithCarries.On(inputs));
        var began = parts[gradients.Length..];
        var totals = Subgraph.Placeholders(carried.Select(i => types[i]));
        var values = Subgraph.Placeholders(types);
        var arriving = Subgraph.Placeholders(given.Select(i => gradients[i]!.Type.As(Shape.Of(gradients[i]!.Shape.Dims[1..]))));
        var backward = Backward(values, totals, carried, rows, arriving, given, gradients.Length);
        var sequences = values[..(Carries + Sequences)];
        var body = new Subgraph([.. totals, .. sequences, .. arriving, .. values[sequences.Length..]], backward);
        var loop = new Scan(body, carried.Length, sequences.Length + arriving.Length, Length, !Reverse);
        var starts = carried.Select(i => i < Carries ? gradients[i] ?? Ops.ZerosLike(parts[i]) : Ops.ZerosLike(inputs[i]));
        var found = Parts(loop.On([.. starts, .. began, .. inputs[Carries..(Carries + Sequences)], .. given.Select(i => gradients[i]!), .. inputs[sequences.Length..]]));
        var all = new Tensor?[inputs.Length];
        for (var i = 0; i < carried.Length; i++) all[carried[i]] = found[i];
        for (var i = 0; i < rows.Length; i++) all[rows[i]] = found[carried.Length + i];
        return all;
    }

    Tensor[] Backward(Tensor[] values, Tensor[] totals, int[] carried, int[] rows, Tensor[] arriving, int[] given, int count)
    {
        var seeds = new Tensor?[count];
        for (var i = 0; i < carried.Length; i++)
            if (carried[i] < Carries) seeds[carried[i]] = totals[i];
        for (var i = 0; i < given.Length; i++) seeds[given[i]] = arriving[i];
        int[] wanted = [.. carried, .. rows];
        var found = Loops.Pull(Body.Call(values), seeds, [.. wanted.Select(i => values[i])]);
        var results = new Tensor[wanted.Length];
        for (var i = 0; i < results.Length; i++)
        {
            var gradient = found[i] ?? Ops.ZerosLike(values[wanted[i]]);
            results[i] = i < carried.Length && carried[i] >= Carries ? totals[i] + gradient : gradient;
        }
        return results;
    }
}

/// <summary>What the gradients of control ops share.</summary>
static class Loops
{
    /// <summary>The gradients of the results, weighted by what arrives at them, for the tensors; <c>null</c> where none flows.</summary>
    internal static Tensor?[] Pull(Tensor[] results, Tensor?[] arriving, Tensor[] xs)
    {
        Tensor? weighted = null;
        for (var i = 0; i < results.Length; i++)
        {
            if (arriving[i] is not { } gradient || !results[i].DType.IsInexact()) continue;
            var term = Ops.Paired(results[i], gradient);
            weighted = weighted is null ? term : weighted + term;
        }
        return weighted is null ? new Tensor?[xs.Length] : Gradients.OrNull(weighted, xs);
    }

    /// <summary>The tensors in the places of those that are there.</summary>
    internal static Tensor?[] Spread(Tensor?[] places, Tensor[] tensors)
    {
        var next = 0;
        return [.. places.Select(p => p is null ? null : tensors[next++])];
    }
}
