namespace Keras;

/// <summary>Holds while a model is made out of a file: the bytes of its weights are counted before they are allocated, and their first values are not
/// drawn, since the file has them.</summary>
sealed class LoadScope
{
    /// <summary>What small files may ask for, whatever they store.</summary>
    const long Free = 64L << 20;

    /// <summary>How many times the stored bytes a model may ask for.</summary>
    const int Ratio = 4;

    [ThreadStatic] static LoadScope? _current;

    readonly Dictionary<Variable, Initializer> _undrawn = [];
    readonly long _most;
    Int128 _asked;

    LoadScope(long most) => _most = most;

    internal static LoadScope? Current => _current;

    /// <summary>The most bytes of weights for a file that stores so many.</summary>
    internal static long Allowed(long storedBytes) => Math.Max(Free, storedBytes > long.MaxValue / Ratio ? long.MaxValue : storedBytes * Ratio);

    /// <summary>Runs a function that makes a model. Weights that it leaves without values draw them at the end.</summary>
    /// <param name="most">The most bytes of weights.</param>
    /// <param name="make">Makes the model; gives the variables that have got values.</param>
    internal static T Run<T>(long most, Func<(T Made, IEnumerable<Variable> Loaded)> make)
    {
        var (outer, scope) = (_current, new LoadScope(most));
        _current = scope;
        try
        {
            var (made, loaded) = make();
            foreach (var variable in loaded) scope._undrawn.Remove(variable);
            foreach (var (variable, initializer) in scope._undrawn) variable.Assign(initializer.Apply(variable.Shape, variable.DType));
            return made;
        }
        finally
        {
            _current = outer;
        }
    }

    /// <summary>Counts a weight that is about to be made.</summary>
    /// <exception cref="ArgumentException">It is too much.</exception>
    internal void Charge(string who, string? name, TensorType type)
    {
        Int128 bytes = type.DType.Size();
        foreach (var dim in type.Shape.Dims) bytes *= dim;
        Charge(who, $"weight \"{name}\"", bytes);
    }

    void Charge(string who, string what, Int128 bytes)
    {
        if (_asked + bytes > _most) throw Errors.Argument(who, $"with {what} the model is larger than its file", $"at most {_most} bytes of weights", _asked + bytes);
        _asked += bytes;
    }

    /// <summary>Counts numbers that are about to be made since an argument says how many.</summary>
    /// <exception cref="ArgumentException">They are too many for the file that is being read.</exception>
    /// <exception cref="DeviceOutOfMemoryException">They are too many for any.</exception>
    internal static void Ask(string who, string what, long bytes)
    {
        Current?.Charge(who, what, bytes);
        HostData.Check(who, bytes);
    }

    /// <summary>Whether a weight has no values of its own yet.</summary>
    internal bool IsUndrawn(Variable variable) => _undrawn.ContainsKey(variable);

    /// <summary>A weight of zeros in place of a drawn one.</summary>
    internal Variable Make(TensorType type, bool trainable, string? name, Initializer initializer)
    {
        var variable = new Variable(type, new HostData(type.Bytes, clear: true), trainable, name);
        _undrawn[variable] = initializer;
        return variable;
    }
}
