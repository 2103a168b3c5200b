namespace Keras;

/// <summary>Where weights are read from: a file, or several that make one.</summary>
abstract class WeightsSource
{
    /// <summary>The arrays at a path of the walk; empty where there are none.</summary>
    internal abstract VariableStore Get(string path);

    /// <summary>Whether there is anything at or below a path.</summary>
    internal abstract bool Has(string path);
}
