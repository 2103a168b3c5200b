namespace Keras;

public static partial class Ops
{
    /// <summary>One of two functions, chosen when it runs. Outside of a compiled step, and where the choice is known, only the chosen one is called.
    /// Variables that a branch assigns change only where it is taken.</summary>
    /// <param name="pred">One truth value, or one number that counts as true where it is not 0.</param>
    /// <param name="trueFn">What to compute where it is true.</param>
    /// <param name="falseFn">What to compute otherwise; results of the same shapes.</param>
    /// <exception cref="ArgumentException">The choice is not one element, or the branches give different numbers or shapes of results.</exception>
    public static IReadOnlyList<Tensor> Cond(Tensor pred, Func<IReadOnlyList<Tensor>> trueFn, Func<IReadOnlyList<Tensor>> falseFn)
    {
        ArgumentNullException.ThrowIfNull(pred);
        ArgumentNullException.ThrowIfNull(trueFn);
        ArgumentNullException.ThrowIfNull(falseFn);
        if (pred.Shape.IsKnown && pred.Shape.Size != 1)
            throw Errors.Argument("Cond", "the choice must be one truth value", "one element", pred);
        var choice = Reshape(Cast(pred, DType.Bool), Shape.Scalar);
        if (Keras.Trace.Current is null && !pred.IsOpen) return choice.Item<bool>() ? trueFn() : falseFn();
        var tracer = new SubgraphTracer([], hoist: false);
        var yes = tracer.Trace(trueFn);
        var no = tracer.Trace(falseFn);
        if (yes.Results.Length != no.Results.Length)
            throw Errors.Argument("Cond", "the branches give different numbers of results", yes.Results.Length, no.Results.Length);
        Variable[] assigned = [.. yes.Assigned.Union(no.Assigned)];
        Tensor[] Values((Tensor[] Results, Variable[] Assigned, Tensor[] Values) branch) => [.. branch.Results, .. assigned.Select(v =>
            System.Array.IndexOf(branch.Assigned, v) is var at and >= 0 ? branch.Values[at] : tracer.Trace(() => [v.Read()]).Results[0])];
        var (then, other) = (Values(yes), Values(no));
        for (var i = 0; i < then.Length; i++) (then[i], other[i]) = Promote(then[i], other[i]);
        var node = new Cond(new Subgraph(tracer.Parameters, then), new Subgraph(tracer.Parameters, other)).On([choice, .. tracer.Captured]);
        return Finish(node, yes.Results.Length, assigned);
    }

    /// <inheritdoc cref="Cond(Tensor, Func{IReadOnlyList{Tensor}}, Func{IReadOnlyList{Tensor}})"/>
    public static Tensor Cond(Tensor pred, Func<Tensor> trueFn, Func<Tensor> falseFn) => Cond(pred, () => [trueFn()], () => [falseFn()])[0];

    /// <summary>One of several functions, chosen by a number when it runs. A number below 0 means the first, one too high the last.</summary>
    /// <param name="index">Which function, one integer.</param>
    /// <param name="branches">The functions; their results have the same shapes.</param>
    /// <param name="operands">What the chosen function gets.</param>
    /// <exception cref="ArgumentException">There is no function, the index is not one integer, or the results differ in number or shape.</exception>
    public static IReadOnlyList<Tensor> Switch(Tensor index, IReadOnlyList<Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>> branches, params IReadOnlyList<Tensor> operands)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(branches);
        ArgumentNullException.ThrowIfNull(operands);
        if (branches.Count == 0) throw Errors.Argument("Switch", "there is nothing to choose from", "one branch or more", 0);
        if (!index.DType.IsInteger()) throw Errors.Argument("Switch", "the index must be an integer", "an integer dtype", index);
        IReadOnlyList<Tensor> From(int first) => first == branches.Count - 1 ? branches[first](operands)
            : Cond(LessEqual(index, first), () => branches[first](operands), () => From(first + 1));
        return From(0);
    }

    /// <inheritdoc cref="Switch(Tensor, IReadOnlyList{Func{IReadOnlyList{Tensor}, IReadOnlyList{Tensor}}}, IReadOnlyList{Tensor})"/>
    public static Tensor Switch(Tensor index, IReadOnlyList<Func<IReadOnlyList<Tensor>, Tensor>> branches, params IReadOnlyList<Tensor> operands)
    {
        ArgumentNullException.ThrowIfNull(branches);
        ArgumentNullException.ThrowIfNull(operands);
        return Switch(index, [.. branches.Select(b => (Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>)(xs => [b(xs)]))], operands)[0];
    }

    /// <summary>Repeats a function while a condition holds. Shapes and dtypes of the variables stay what they are. It has no gradient, as its length
    /// is known only when it has run: see <see cref="Scan(Func{IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, ValueTuple{IReadOnlyList{Tensor}, IReadOnlyList{Tensor}}}, IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, int?, bool, int)"/>.</summary>
    /// <param name="cond">Whether to go on: one truth value, from the variables.</param>
    /// <param name="body">The next values of the variables.</param>
    /// <param name="loopVars">Their first values.</param>
    /// <param name="maximumIterations">After how many steps it ends anyway. Default never.</param>
    /// <returns>The last values.</returns>
    /// <exception cref="ArgumentException">The condition is not one truth value, or the body changes number, shapes or dtypes.</exception>
    public static IReadOnlyList<Tensor> WhileLoop(Func<IReadOnlyList<Tensor>, Tensor> cond, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> body,
        IReadOnlyList<Tensor> loopVars, int? maximumIterations = null)
    {
        ArgumentNullException.ThrowIfNull(cond);
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(loopVars);
        if (maximumIterations < 0) throw Errors.Argument("WhileLoop", "the number of steps is negative", "maximum_iterations >= 0", maximumIterations);
        var loop = new LoopTracer("WhileLoop", loopVars, []);
        loop.Trace((carry, _) => (body(carry), []));
        var tracer = loop.Tracer;
        var (test, assigned, _) = tracer.Trace(() => [Reshape(Cast(cond(loop.Given), DType.Bool), Shape.Scalar)], loop.States);
        if (assigned.Length > 0) throw Errors.Argument("WhileLoop", "the condition assigns a variable", "assignments in the body only", assigned[0]);
        var node = new While(new Subgraph(tracer.Parameters, test), new Subgraph(tracer.Parameters, loop.Results), loop.Carry.Length, maximumIterations)
            .On([.. loop.Carry, .. tracer.Captured]);
        return Finish(node, loopVars.Count, loop.Assigned);
    }

    /// <inheritdoc cref="WhileLoop(Func{IReadOnlyList{Tensor}, Tensor}, Func{IReadOnlyList{Tensor}, IReadOnlyList{Tensor}}, IReadOnlyList{Tensor}, int?)"/>
    public static Tensor WhileLoop(Func<Tensor, Tensor> cond, Func<Tensor, Tensor> body, Tensor loopVars, int? maximumIterations = null) =>
        WhileLoop(v => cond(v[0]), v => [body(v[0])], [loopVars], maximumIterations)[0];

    /// <summary>Repeats a function for each integer from <paramref name="lower"/> to below <paramref name="upper"/>. Differentiable.</summary>
    /// <param name="lower">The first index.</param>
    /// <param name="upper">The end, not reached.</param>
    /// <param name="bodyFun">The next value, from the index (int32) and the value.</param>
    /// <param name="initVal">The first values.</param>
    /// <returns>The last values.</returns>
    /// <exception cref="ArgumentException">The function changes number, shapes or dtypes of the values.</exception>
    public static IReadOnlyList<Tensor> ForiLoop(int lower, int upper, Func<Tensor, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> bodyFun, IReadOnlyList<Tensor> initVal)
    {
        ArgumentNullException.ThrowIfNull(bodyFun);
        return Scan((carry, x) => (bodyFun(x[0], carry), []), initVal, [Arange(lower, Math.Max(lower, upper), dtype: DType.Int32)]).Carry;
    }

    /// <inheritdoc cref="ForiLoop(int, int, Func{Tensor, IReadOnlyList{Tensor}, IReadOnlyList{Tensor}}, IReadOnlyList{Tensor})"/>
    public static Tensor ForiLoop(int lower, int upper, Func<Tensor, Tensor, Tensor> bodyFun, Tensor initVal) =>
        ForiLoop(lower, upper, (i, v) => [bodyFun(i, v[0])], [initVal])[0];

    /// <summary>As with integer bounds, where they are known only when it runs. It has no gradient.</summary>
    /// <inheritdoc cref="ForiLoop(int, int, Func{Tensor, IReadOnlyList{Tensor}, IReadOnlyList{Tensor}}, IReadOnlyList{Tensor})"/>
    public static Tensor ForiLoop(Tensor lower, Tensor upper, Func<Tensor, Tensor, Tensor> bodyFun, Tensor initVal)
    {
        ArgumentNullException.ThrowIfNull(bodyFun);
        return WhileLoop(v => Less(v[0], upper), v => [v[0] + 1, bodyFun(v[0], v[1])], [Cast(lower, DType.Int32), initVal])[1];
    }

    /// <summary>Repeats a function over the rows of sequences, and carries values from step to step. Differentiable to any order, in
    /// memory for what each step began with.</summary>
    /// <param name="f">From the carries and one row of each sequence to the next carries and this step's results. It is traced, not called for each step.</param>
    /// <param name="init">The first carries; their shapes and dtypes stay.</param>
    /// <param name="xs">The sequences, of the same length along the first axis. Default none; then <paramref name="length"/> must be given.</param>
    /// <param name="length">The number of steps. Default the length of the sequences.</param>
    /// <param name="reverse">Whether to go from the last row to the first.</param>
    /// <param name="unroll">How many steps may be run at a time, 1 or more; results do not depend on it.</param>
    /// <returns>The last carries, and the results of all steps, stacked along a new first axis.</returns>
    /// <exception cref="ArgumentException">No length is known, lengths differ, or the function changes number, shapes or dtypes of the carries.</exception>
    public static (IReadOnlyList<Tensor> Carry, IReadOnlyList<Tensor> Ys) Scan(
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, (IReadOnlyList<Tensor> Carry, IReadOnlyList<Tensor> Ys)> f,
        IReadOnlyList<Tensor> init, IReadOnlyList<Tensor>? xs = null, int? length = null, bool reverse = false, int unroll = 1)
    {
        ArgumentNullException.ThrowIfNull(f);
        ArgumentNullException.ThrowIfNull(init);
        xs ??= [];
        if (unroll < 1) throw Errors.Argument("Scan", "unroll is too small", "unroll >= 1", unroll);
        if (length < 0 || (length is null && xs.Count == 0)) throw Errors.Argument("Scan", "the number of steps is not known", "xs or length >= 0", length);
        foreach (var x in xs)
            if (x.Rank == 0) throw Errors.Argument("Scan", "a sequence has no rows", "a tensor of rank 1 or more", x);
        var loop = new LoopTracer("Scan", init, [.. xs.Select(x => x.Type.As(Shape.Of(x.Shape.Dims[1..])))]);
        loop.Trace(f);
        var body = new Subgraph(loop.Tracer.Parameters, loop.Results);
        var node = new Scan(body, loop.Carry.Length, xs.Count, length, reverse).On([.. loop.Carry, .. xs, .. loop.Tracer.Captured]);
        var carry = Finish(node, init.Count, loop.Assigned);
        return (carry, [.. Enumerable.Range(loop.Carry.Length, node.Type.Parts.Length - loop.Carry.Length).Select(i => new Part(i).On(node))]);
    }

    /// <inheritdoc cref="Scan(Func{IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, ValueTuple{IReadOnlyList{Tensor}, IReadOnlyList{Tensor}}}, IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, int?, bool, int)"/>
    public static (Tensor Carry, Tensor Ys) Scan(Func<Tensor, Tensor, (Tensor Carry, Tensor Y)> f, Tensor init, Tensor xs,
        int? length = null, bool reverse = false, int unroll = 1)
    {
        var (carry, ys) = Scan((c, x) => f(c[0], x[0]) is var (next, y) ? ([next], [y]) : default, [init], [xs], length, reverse, unroll);
        return (carry[0], ys[0]);
    }

    /// <summary>A function of each row of the tensors, stacked. As a loop: the rows need not fit into memory at a time.</summary>
    /// <param name="f">From one row of each tensor to the results for it.</param>
    /// <param name="xs">The tensors, of the same length along the first axis.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has no rows.</exception>
    public static IReadOnlyList<Tensor> Map(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> f, IReadOnlyList<Tensor> xs)
    {
        ArgumentNullException.ThrowIfNull(f);
        return Scan((_, x) => ([], f(x)), [], xs).Ys;
    }

    /// <inheritdoc cref="Map(Func{IReadOnlyList{Tensor}, IReadOnlyList{Tensor}}, IReadOnlyList{Tensor})"/>
    public static Tensor Map(Func<Tensor, Tensor> f, Tensor xs) => Map(x => [f(x[0])], [xs])[0];

    /// <summary>As <see cref="Map(Func{Tensor, Tensor}, Tensor)"/>; the order of the rows is not defined.</summary>
    /// <param name="function">From one row to the result for it.</param>
    /// <param name="elements">The rows.</param>
    public static Tensor VectorizedMap(Func<Tensor, Tensor> function, Tensor elements) => Map(function, elements);

    /// <inheritdoc cref="VectorizedMap(Func{Tensor, Tensor}, Tensor)"/>
    public static IReadOnlyList<Tensor> VectorizedMap(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, IReadOnlyList<Tensor> elements) => Map(function, elements);

    // The parts of a control op; the variables that it sets come behind its results.
    static Tensor[] Finish(Tensor node, int results, Variable[] assigned)
    {
        for (var i = 0; i < assigned.Length; i++) assigned[i].Assign(new Part(results + i).On(node));
        return [.. Enumerable.Range(0, results).Select(i => new Part(i).On(node))];
    }
}
