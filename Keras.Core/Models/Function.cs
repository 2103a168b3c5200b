namespace Keras;

/// <summary>What was computed from symbolic tensors, as a function of them: a functional model without training. Layers are called with the
/// weights that they have.</summary>
public sealed class Function
{
    readonly FunctionalGraph _graph;

    /// <summary>Everything between the inputs and the outputs.</summary>
    /// <param name="inputs">Symbolic tensors from <see cref="Layer.Input"/>: one, a list or a dictionary.</param>
    /// <param name="outputs">What ops and layers made of them: one tensor, a list or a dictionary.</param>
    /// <param name="name">Default <c>function</c> and a number.</param>
    /// <exception cref="ArgumentException">An input is not symbolic, or an output needs an input that is not named.</exception>
    public Function(Nest inputs, Nest outputs, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        Name = name ?? Naming.Automatic("Function");
        _graph = new FunctionalGraph($"Function \"{Name}\"", inputs, outputs);
    }

    /// <summary>The name in messages.</summary>
    public string Name { get; }

    /// <summary>The symbolic inputs.</summary>
    public Nest Inputs => _graph.Inputs;

    /// <summary>The symbolic outputs.</summary>
    public Nest Outputs => _graph.Outputs;

    /// <summary>The outputs for other inputs, symbolic ones among them.</summary>
    /// <param name="inputs">In the structure of <see cref="Inputs"/>; a dictionary is read by their names.</param>
    /// <exception cref="ArgumentException">Their number, names or shapes are others.</exception>
    public Nest Apply(Nest inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return _graph.Run(inputs);
    }

    /// <inheritdoc cref="Apply(Nest)"/>
    public Tensor Apply(Tensor inputs) => Apply((Nest)inputs).Tensor;
}
