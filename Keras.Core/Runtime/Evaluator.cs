using System.Collections.Concurrent;

namespace Keras;

/// <summary>Gives tensors their values. Graphs of the same structure share a plan.</summary>
static class Evaluator
{
    const int MaxPlans = 1024;
    // Beyond this a workspace is not kept with its plan but goes back to the device's pool, which all plans share.
    const long MaxKeptArena = 1 << 16;

    static readonly ConcurrentDictionary<(Device, GraphKey), Plan> Plans = new();

    internal static HostData Evaluate(Tensor tensor)
    {
        // A second thread that asks for the same tensor waits for the first one's value.
        lock (tensor)
        {
            if (tensor.Value is null) Evaluate([tensor]);
            return tensor.Value!;
        }
    }

    internal static HostData EvaluateOutsideOfTrace(Tensor tensor) => Trace.Suspend(tensor.Evaluate);

    internal static void Evaluate(ReadOnlySpan<Tensor> roots)
    {
        Tensor[] missing = [.. Distinct(roots)];
        if (missing.Length == 0) return;
        CheckClosed(missing);
        var order = Graphs.Order(missing, node => node.Value is not null);
        // The values of leaves are arguments of the plan, so that graphs of the same structure share it.
        var key = (Device.Default, new GraphKey(order, missing, static node => node.Value is not null));
        if (!Plans.TryGetValue(key, out var plan))
        {
            if (Plans.Count >= MaxPlans) Plans.Clear();
            plan = Plans.GetOrAdd(key, MakePlan(order, missing));
        }
        Run(plan, order, missing);
    }

    static void CheckClosed(Tensor[] roots)
    {
        if (!Array.Exists(roots, r => r.IsOpen)) return;
        throw HasNoValue(Graphs.Order(roots).First(n => n.Op is Placeholder));
    }

    internal static InvalidOperationException HasNoValue(Tensor input) => Errors.Invalid($"Input \"{input.Op.Name}\"",
        "an Input has no value of its own", "a tensor of values", input, "Call the model on data, or use Predict.");

    static List<Tensor> Distinct(ReadOnlySpan<Tensor> roots)
    {
        var (seen, missing) = (new HashSet<Tensor>(ReferenceEqualityComparer.Instance), new List<Tensor>());
        foreach (var root in roots)
            if (root.Value is null && seen.Add(root)) missing.Add(root);
        return missing;
    }

    static Plan MakePlan(List<Tensor> order, Tensor[] roots)
    {
        var arguments = new List<Tensor>();
        var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var node in order)
        {
            if (node.Value is null) continue;
            map[node] = new Placeholder(node.Type, "value").On();
            arguments.Add(map[node]);
        }
        return Planner.Build(Device.Default, [.. arguments], Graphs.Substitute(roots, map), []);
    }

    static void Run(Plan plan, List<Tensor> order, Tensor[] roots)
    {
        var workspace = plan.Rent();
        try
        {
            var argument = 0;
            foreach (var node in order)
                if (node.Value is { } value) workspace.Set(SlotKind.Argument, argument++, value);
            var results = new HostData[roots.Length];
            for (var i = 0; i < roots.Length; i++)
                workspace.Set(SlotKind.Result, i, results[i] = new HostData(plan.Results[i].Bytes));
            plan.Run(workspace);
            for (var i = 0; i < roots.Length; i++) roots[i].Value = results[i];
        }
        finally
        {
            plan.Return(workspace, plan.ArenaBytes <= MaxKeptArena);
        }
    }
}
