namespace Keras;

/// <summary>What a step that is being traced has read and assigned so far. One trace at a time on a thread.</summary>
sealed class Trace(Func<Variable, Tensor> read)
{
    [ThreadStatic] static Trace? _current;

    readonly Dictionary<Variable, Tensor> _values = [];
    readonly List<Variable> _assigned = [];

    internal static Trace? Current => _current;

    /// <summary>Runs a function as a traced step and gives what it assigned, each variable once, in order.</summary>
    internal static (T Result, IReadOnlyList<(Variable Variable, Tensor Value)> Updates) Run<T>(Func<T> step) =>
        Run(step, new Trace(v => new VariableRead(v, VariableRead.Live).On()));

    /// <summary>Runs a function as a part of what is under way, such as a loop's body: it reads what that reads, and what it assigns
    /// is for the caller to place.</summary>
    /// <param name="step">The function.</param>
    /// <param name="states">What some variables read as instead.</param>
    internal static (T Result, IReadOnlyList<(Variable Variable, Tensor Value)> Updates) RunWithin<T>(Func<T> step, IReadOnlyDictionary<Variable, Tensor>? states)
    {
        var outer = _current;
        return Run(step, new Trace(v => states?.GetValueOrDefault(v) ?? outer?.Read(v) ?? Suspend(v.Read)));
    }

    static (T Result, IReadOnlyList<(Variable Variable, Tensor Value)> Updates) Run<T>(Func<T> step, Trace trace)
    {
        var outer = _current;
        _current = trace;
        try
        {
            var result = step();
            return (result, [.. trace._assigned.Select(v => (v, trace._values[v]))]);
        }
        finally
        {
            _current = outer;
        }
    }

    /// <summary>Runs a function outside of the trace that is under way, as for the first values of new weights.</summary>
    internal static T Suspend<T>(Func<T> function)
    {
        var outer = _current;
        _current = null;
        try
        {
            return function();
        }
        finally
        {
            _current = outer;
        }
    }

    internal Tensor Read(Variable variable)
    {
        if (!_values.TryGetValue(variable, out var value))
            _values[variable] = value = read(variable);
        return value;
    }

    internal void Assign(Variable variable, Tensor value)
    {
        if (!_assigned.Contains(variable)) _assigned.Add(variable);
        _values[variable] = value;
    }
}

/// <summary>The compute dtype of the layer that is being called, for the reading of its variables.</summary>
static class Autocast
{
    [ThreadStatic] static DType? _current;

    internal static DType? Current => _current;

    /// <summary>Sets the dtype and gives the one to set back.</summary>
    internal static DType? Enter(DType? dtype)
    {
        var outer = _current;
        _current = dtype;
        return outer;
    }
}
