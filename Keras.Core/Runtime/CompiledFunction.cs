namespace Keras;

/// <summary>A function that is traced once for each signature of its arguments (shapes and dtypes), optimised, and then
/// replayed. Variables that it assigns change at the end of a call. Calls from several threads run concurrently; one that
/// assigns variables must run alone.</summary>
public sealed class CompiledFunction
{
    // The oldest gives way: a caller whose shapes never repeat must not hold plans without end.
    const int MaxSignatures = 64;

    readonly Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> _function;
    readonly Lock _gate = new();
    volatile Entry[] _entries = [];

    /// <summary>Wraps a function of tensors. It is called when a signature is met for the first time, with tensors that have
    /// no values; what it returns and what it assigns is recorded.</summary>
    public CompiledFunction(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _function = function;
    }

    /// <summary>Runs the function on values.</summary>
    /// <returns>The results, evaluated.</returns>
    /// <exception cref="InvalidOperationException">An argument depends on an <c>Input</c>.</exception>
    public IReadOnlyList<Tensor> Invoke(params ReadOnlySpan<Tensor> arguments)
    {
        var plan = PlanFor(arguments);
        var results = new Tensor[plan.Results.Length];
        var data = new HostData[results.Length];
        for (var i = 0; i < results.Length; i++)
        {
            data[i] = new HostData(plan.Results[i].Bytes);
            results[i] = Tensor.Literal(plan.Results[i], data[i]);
        }
        Invoke(plan, arguments, data);
        return results;
    }

    /// <summary>Runs the function on values; the results are written to the given memory. Allocates nothing once the signature is known.</summary>
    internal static void Invoke(Plan plan, ReadOnlySpan<Tensor> arguments, ReadOnlySpan<HostData> results, CancellationToken cancellation = default)
    {
        var workspace = plan.Rent();
        try
        {
            for (var i = 0; i < arguments.Length; i++)
                workspace.Set(SlotKind.Argument, i, arguments[i].Evaluate());
            for (var i = 0; i < results.Length; i++)
                workspace.Set(SlotKind.Result, i, results[i]);
            plan.Run(workspace, cancellation);
        }
        finally
        {
            plan.Return(workspace, keep: true);
        }
    }

    /// <summary>The plan for arguments of these types; traced if they are new.</summary>
    internal Plan PlanFor(ReadOnlySpan<Tensor> arguments)
    {
        if (Find(arguments) is { } known) return known;
        lock (_gate)
        {
            if (Find(arguments) is { } made) return made;
            var types = new TensorType[arguments.Length];
            for (var i = 0; i < types.Length; i++) types[i] = arguments[i].Type;
            var plan = Compile(types);
            _entries = [.. _entries.TakeLast(MaxSignatures - 1), new Entry(types, Device.Default, plan)];
            return plan;
        }
    }

    Plan? Find(ReadOnlySpan<Tensor> arguments)
    {
        foreach (var entry in _entries)
            if (entry.Fits(arguments)) return entry.Plan;
        return null;
    }

    Plan Compile(TensorType[] types)
    {
        Tensor[] placeholders = [.. types.Select((t, i) => new Placeholder(t, $"argument_{i}").On())];
        var (results, updates) = Trace.Run(() => _function(placeholders));
        return Planner.Build(Device.Default, placeholders, [.. results], updates);
    }

    sealed record Entry(TensorType[] Types, Device Device, Plan Plan)
    {
        internal bool Fits(ReadOnlySpan<Tensor> arguments)
        {
            if (arguments.Length != Types.Length || !ReferenceEquals(Device, Device.Default)) return false;
            for (var i = 0; i < Types.Length; i++)
                if (Types[i].DType != arguments[i].DType || Types[i].Shape != arguments[i].Shape) return false;
            return true;
        }
    }
}
