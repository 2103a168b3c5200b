namespace Keras;

/// <summary>Traces the body of a loop. Variables that it assigns, as a dropout's seed, become further carries.</summary>
/// <param name="who">The function, for messages.</param>
/// <param name="init">The first carries.</param>
/// <param name="rows">The types of what else each step gets.</param>
sealed class LoopTracer(string who, IReadOnlyList<Tensor> init, TensorType[] rows)
{
    /// <summary>The first values of all carries: the user's, then the variables'.</summary>
    internal Tensor[] Carry { get; private set; } = [.. init];

    internal Variable[] Assigned { get; private set; } = [];

    internal Dictionary<Variable, Tensor> States { get; } = [];

    internal SubgraphTracer Tracer { get; private set; } = null!;

    /// <summary>The user's carries as the body sees them.</summary>
    internal Tensor[] Given { get; private set; } = [];

    /// <summary>The next carries, then what else the body gives.</summary>
    internal Tensor[] Results { get; private set; } = [];

    /// <summary>Calls the body; again where the first call shows that there is more to carry.</summary>
    internal void Trace(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, (IReadOnlyList<Tensor> Carry, IReadOnlyList<Tensor> Ys)> body)
    {
        while (!TryTrace(body)) { }
    }

    bool TryTrace(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, (IReadOnlyList<Tensor> Carry, IReadOnlyList<Tensor> Ys)> body)
    {
        var parameters = Subgraph.Placeholders([.. Carry.Select(c => c.Type), .. rows]);
        Tracer = new SubgraphTracer(parameters, hoist: true);
        Given = parameters[..init.Count];
        for (var i = 0; i < Assigned.Length; i++) States[Assigned[i]] = parameters[init.Count + i];
        var count = 0;
        var (results, assigned, values) = Tracer.Trace(() =>
        {
            var (carry, ys) = body(Given, parameters[Carry.Length..]);
            count = carry.Count;
            return [.. carry, .. ys];
        }, States);
        if (count != init.Count) throw Errors.Argument(who, "the body returns another number of loop variables", init.Count, count);
        return !FindStates(assigned) && !Strengthen(results) && Complete(results, assigned, values);
    }

    bool FindStates(Variable[] assigned)
    {
        Variable[] news = [.. assigned.Except(Assigned)];
        Carry = [.. Carry, .. news.Select(v => v.Read())];
        Assigned = [.. Assigned, .. news];
        return news.Length > 0;
    }

    /// <summary>A literal takes the dtype of what it becomes.</summary>
    bool Strengthen(Tensor[] results)
    {
        var changed = false;
        for (var i = 0; i < init.Count; i++)
        {
            if (!Carry[i].IsWeak || results[i].DType == Carry[i].DType) continue;
            Carry[i] = Ops.Cast(Carry[i], results[i].DType);
            changed = true;
        }
        return changed;
    }

    bool Complete(Tensor[] results, Variable[] assigned, Tensor[] values)
    {
        for (var i = 0; i < init.Count; i++)
            if (results[i].DType != Carry[i].DType || results[i].Shape != Carry[i].Shape)
                throw Errors.Argument(who, $"the body changes the type of loop variable {i}", Carry[i].Type, results[i].Type);
        Results = [.. results[..init.Count], .. Assigned.Select(v => Array.IndexOf(assigned, v) is var at and >= 0 ? values[at] : States[v]), .. results[init.Count..]];
        return true;
    }
}
