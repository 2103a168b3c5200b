using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>activation(einsum(x, kernel) + bias), as <c>keras.layers.EinsumDense</c>: a <see cref="Dense"/> that says by letters which axes are
/// contracted.</summary>
public sealed class EinsumDense : ActivatedLayer
{
    Variable? _kernel;
    Variable? _bias;

    /// <summary>Chooses the equation and what belongs to the weights.</summary>
    /// <param name="equation">As <see cref="Ops.Einsum"/>, for two operands, with <c>-&gt;</c>: <c>"abc,cd-&gt;abd"</c>. An ellipsis stands at the
    /// begin or at the end of input and output, and the kernel has none.</param>
    /// <param name="outputShape">The shape of the output without the batch and without the axes of the ellipsis; unknown where the input tells it.</param>
    /// <param name="activation">Applied to the result. Default none.</param>
    /// <param name="biasAxes">The letters of the output that the bias has. Default no bias.</param>
    /// <param name="kernelInitializer">The first kernel. Default glorot_uniform.</param>
    /// <param name="biasInitializer">The first bias. Default zeros.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel. Default none.</param>
    /// <param name="biasRegularizer">A penalty on the bias. Default none.</param>
    /// <param name="kernelConstraint">A rule for the kernel. Default none.</param>
    /// <param name="biasConstraint">A rule for the bias. Default none.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">The equation is none of two operands.</exception>
    public EinsumDense(string equation, Shape outputShape, ActivationFunction? activation = null, string? biasAxes = null,
        Initializer? kernelInitializer = null, Initializer? biasInitializer = null, Regularizer? kernelRegularizer = null,
        Regularizer? biasRegularizer = null, Constraint? kernelConstraint = null, Constraint? biasConstraint = null,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(activation, name, dtype, trainable, activityRegularizer)
    {
        (Equation, OutputShape, BiasAxes) = (equation, outputShape, biasAxes);
        _ = new EinsumWeights(Who, equation);
        (KernelInitializer, BiasInitializer) = (kernelInitializer ?? "glorot_uniform", biasInitializer ?? "zeros");
        (KernelRegularizer, BiasRegularizer) = (kernelRegularizer, biasRegularizer);
        (KernelConstraint, BiasConstraint) = (kernelConstraint, biasConstraint);
    }

    /// <summary>What is contracted with what.</summary>
    public string Equation { get; }

    /// <summary>The shape of the output without the batch.</summary>
    public Shape OutputShape { get; }

    /// <summary>The letters of the output that the bias has, if there is one.</summary>
    public string? BiasAxes { get; }

    /// <summary>The first kernel.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>The first bias.</summary>
    public Initializer BiasInitializer { get; }

    /// <summary>A penalty on the kernel, if any.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>A penalty on the bias, if any.</summary>
    public Regularizer? BiasRegularizer { get; }

    /// <summary>A rule for the kernel, if any.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>A rule for the bias, if any.</summary>
    public Constraint? BiasConstraint { get; }

    /// <summary>The kernel; <c>null</c> before the layer is built.</summary>
    public Variable? Kernel => _kernel;

    /// <summary>The bias; <c>null</c> before the layer is built, or without one.</summary>
    public Variable? Bias => _bias;

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        var config = base.GetConfig();
        // Keras's layer names this argument as its own, so it is written even where there is none.
        config.TryAdd("activity_regularizer", null);
        return config;
    }

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        var (kernel, bias) = new EinsumWeights(Who, Equation).Shapes(inputShape, OutputShape, BiasAxes);
        _kernel = AddWeight(kernel, KernelInitializer, regularizer: KernelRegularizer, constraint: KernelConstraint, name: "kernel");
        if (bias is { } shape) _bias = AddWeight(shape, BiasInitializer, regularizer: BiasRegularizer, constraint: BiasConstraint, name: "bias");
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        var y = Ops.Einsum(Equation, x, _kernel!.Value);
        return Activation.Apply(_bias is null ? y : y + _bias.Value);
    }
}

/// <summary>What the equation of an <see cref="EinsumDense"/> tells about the shapes of its weights.</summary>
sealed class EinsumWeights
{
    const string Ellipsis = "...";
    readonly string _who, _equation, _input, _kernel, _output;
    readonly bool _first, _last;

    /// <exception cref="ArgumentException">The equation is not <c>input,kernel-&gt;output</c>.</exception>
    internal EinsumWeights(string who, string equation)
    {
        (_who, _equation) = (who, equation.Replace(" ", "", StringComparison.Ordinal));
        var parts = _equation.Split(["->", ","], StringSplitOptions.None);
        if (parts.Length != 3 || _equation.IndexOf(',', StringComparison.Ordinal) > _equation.IndexOf("->", StringComparison.Ordinal)) throw Wrong();
        _first = parts[0].StartsWith(Ellipsis, StringComparison.Ordinal) && parts[2].StartsWith(Ellipsis, StringComparison.Ordinal);
        _last = !_first && parts[0].EndsWith(Ellipsis, StringComparison.Ordinal) && parts[2].EndsWith(Ellipsis, StringComparison.Ordinal);
        if (_first || _last) (parts[0], parts[2]) = (Without(parts[0]), Without(parts[2]));
        if (parts.Any(p => !p.All(char.IsAsciiLetter))) throw Wrong();
        (_input, _kernel, _output) = (parts[0], parts[1], parts[2]);
    }

    static string Without(string term) => term.Replace(Ellipsis, "", StringComparison.Ordinal);

    ArgumentException Wrong() => Errors.Argument(_who, "the equation is not understood",
        "\"input,kernel->output\" in letters, with ... at the begin or at the end of input and output", $"\"{_equation}\"");

    /// <summary>The shapes of kernel and bias.</summary>
    /// <exception cref="ArgumentException">The letters do not fit each other or the shapes.</exception>
    internal (Shape Kernel, Shape? Bias) Shapes(Shape input, Shape output, string? biasAxes)
    {
        var stretched = input.Rank - _input.Length;
        if (stretched < 0 || (stretched > 0 && !_first && !_last)) throw Errors.Argument(_who, "the rank of the input does not fit the equation", _equation, input);
        var inputs = Letters(_input, input, _first ? stretched : 0);
        var outputs = Outputs(inputs, input, output, stretched);
        foreach (var letter in _output)
            if (!_kernel.Contains(letter, StringComparison.Ordinal) && !inputs.ContainsKey(letter))
                throw Errors.Argument(_who, $"letter {letter} of the output is in neither operand", "letters of input or kernel", _equation);
        var kernel = _kernel.Select(l => inputs.TryGetValue(l, out var size) || outputs.TryGetValue(l, out size) ? size
            : throw Errors.Argument(_who, $"letter {l} of the kernel is in neither input nor output", "letters of input or output", _equation));
        return (Shape.Of([.. kernel]), biasAxes is null ? (Shape?)null : Bias(outputs, biasAxes, _last ? stretched : 0));
    }

    static Dictionary<char, int> Letters(string term, Shape shape, int skipped) => term.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => shape[skipped + p.i]);

    Dictionary<char, int> Outputs(Dictionary<char, int> inputs, Shape input, Shape output, int stretched)
    {
        // The batch is the first axis, which an ellipsis at the begin has in it.
        var own = _first && stretched > 0 ? output : Shape.Of(input[0]).Append(output);
        if (own.Rank != _output.Length) throw Errors.Argument(_who, "the rank of the output does not fit the equation", _equation, output);
        var outputs = Letters(_output, own, 0);
        foreach (var (letter, size) in outputs)
        {
            if (!inputs.TryGetValue(letter, out var known)) continue;
            if (size != Shape.Unknown && known != Shape.Unknown && size != known)
                throw Errors.Argument(_who, $"input and output differ at letter {letter}", $"{_equation} with {known}", output);
            outputs[letter] = size == Shape.Unknown ? known : size;
        }
        return outputs;
    }

    Shape Bias(Dictionary<char, int> outputs, string axes, int behind)
    {
        foreach (var letter in axes)
            if (!outputs.ContainsKey(letter)) throw Errors.Argument(_who, "a bias has an axis that the output has not", $"letters of {_output}", axes);
        var first = axes.Length == 0 ? _output.Length : _output.IndexOfAny(axes.ToCharArray());
        return Shape.Of([.. _output[first..].Select(l => axes.Contains(l, StringComparison.Ordinal) ? outputs[l] : 1), .. Enumerable.Repeat(1, behind)]);
    }
}
