namespace Keras;

/// <summary>What holds for the call of an outermost layer and all calls within it: the training flag, the path, the losses.</summary>
sealed class CallScope
{
    [ThreadStatic] static CallScope? _current;

    internal static CallScope? Current => _current;

    /// <summary>The flag that layers take over where they were given none.</summary>
    internal bool? Training { get; set; }

    /// <summary>What layers added to the loss during this call.</summary>
    internal List<Tensor> Losses { get; } = [];

    readonly List<Action> _undo = [];

    /// <summary>Says what is done if the outermost call fails: what was done last comes first.</summary>
    internal void IfItFails(Action undo) => _undo.Add(undo);

    /// <summary>Runs a function in the scope of the calls above, or in a new one.</summary>
    internal static T Run<T>(Func<CallScope, bool, T> function)
    {
        var outer = _current;
        var scope = _current ??= new CallScope();
        var training = scope.Training;
        try
        {
            return function(scope, outer is null);
        }
        catch when (outer is null)
        {
            foreach (var undo in Enumerable.Reverse(scope._undo)) undo();
            throw;
        }
        finally
        {
            scope.Training = training;
            _current = outer;
        }
    }
}

/// <summary>The names of the layers that are being built, which make the paths of their variables.</summary>
static class NameScope
{
    [ThreadStatic] static string? _path;

    internal static string Path => _path ?? "";

    internal static void Run(string name, Action action)
    {
        var outer = _path;
        _path = string.IsNullOrEmpty(outer) ? name : $"{outer}/{name}";
        try
        {
            action();
        }
        finally
        {
            _path = outer;
        }
    }
}
