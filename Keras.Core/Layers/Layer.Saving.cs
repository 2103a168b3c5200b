namespace Keras;

// What files keep of a layer itself; layers within are files' own affair.
public abstract partial class Layer
{
    /// <summary>Writes what weights files keep for this layer itself, not for layers within. The default writes its own weights, numbered.</summary>
    protected internal virtual void SaveOwnVariables(VariableStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        var own = OwnVariables;
        for (var i = 0; i < own.Count; i++) store[SavedObjects.Number(i)] = own[i].Read();
    }

    /// <summary>Takes up what <see cref="SaveOwnVariables"/> wrote. The default takes as many arrays as there are weights, by number.</summary>
    /// <exception cref="ArgumentException">An array is missing or does not fit; what is thrown here fails the load, and no weight is changed then.</exception>
    protected internal virtual void LoadOwnVariables(VariableStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        var own = OwnVariables;
        if (store.Names.Count != own.Count)
            throw Errors.Argument(Who, "the number of weights differs", own.Count, store.Names.Count, Reason(own.Count, store.Names.Count));
        for (var i = 0; i < own.Count; i++) store.Load(SavedObjects.Number(i), own[i]);
    }

    string? Reason(int mine, int stored) => !Built && mine == 0 ? "The layer is not built: call it, or Build it for a shape."
        : stored > mine && ObjectConfig.Takes(GetType(), "quantizationConfig") ? "Quantized weights are not supported." : null;

    /// <summary>Adds the files that this layer keeps beside its weights, such as a vocabulary, by their names. The default has none.</summary>
    /// <param name="files">The contents.</param>
    protected internal virtual void SaveAssets(IDictionary<string, byte[]> files)
    {
    }

    /// <summary>Takes up what <see cref="SaveAssets"/> added.</summary>
    /// <param name="files">The contents by name; empty where there are none.</param>
    protected internal virtual void LoadAssets(IReadOnlyDictionary<string, byte[]> files)
    {
    }
}
