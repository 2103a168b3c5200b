namespace Keras.Layers;

/// <summary>A product with a kernel in Einstein's notation, then a bias and an activation, as <c>keras.layers.EinsumDense</c>.</summary>
[ConfigKeys(Presence.Always, "activity_regularizer")]
public sealed class EinsumDense : Projection
{
    readonly EinsumEquation _equation;

    /// <summary>Chooses the equation and what belongs to the weights.</summary>
    /// <param name="equation">As of <see cref="Ops.Einsum"/>, of the input and the kernel, such as <c>"ab,bc->ac"</c>. <c>...</c> at the beginning or at
    /// the end of the input and of the output stands for axes that stay.</param>
    /// <param name="outputShape">The shape of the output without the batch and without what <c>...</c> stands for; dimensions that the input tells may be
    /// unknown.</param>
    /// <param name="biasAxes">The letters of the output that the bias has. Default no bias.</param>
    /// <param name="loraRank">The rank of a trained addition to a frozen kernel. Not supported yet: the layer refuses it when it is built. Default none.</param>
    /// <param name="loraAlpha">What the addition is scaled by, divided by its rank. Default the rank.</param>
    /// <param name="gptqUnpackedColumnSize">The columns of a kernel that GPTQ packed. Default none.</param>
    /// <param name="quantizationConfig">How the kernel is quantized where the dtype policy says that it is. Default as the policy says.</param>
    /// <inheritdoc cref="Projection(ActivationFunction?, Initializer?, Initializer?, Regularizer?, Regularizer?, Regularizer?, Constraint?, Constraint?, string?, DTypePolicy?, bool)" path="/param"/>
    /// <exception cref="ArgumentException">The equation is none of an input and a kernel, or the bias has a letter that the output lacks.</exception>
    public EinsumDense(string equation, Shape outputShape, ActivationFunction? activation = null, string? biasAxes = null,
        Initializer? kernelInitializer = null, Initializer? biasInitializer = null, Regularizer? kernelRegularizer = null,
        Regularizer? biasRegularizer = null, Constraint? kernelConstraint = null, Constraint? biasConstraint = null, int? loraRank = null, double? loraAlpha = null,
        int? gptqUnpackedColumnSize = null, QuantizationConfig? quantizationConfig = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(activation, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer, activityRegularizer, kernelConstraint,
            biasConstraint, name, dtype, trainable)
    {
        ArgumentNullException.ThrowIfNull(equation);
        _equation = EinsumEquation.Read(equation, Who);
        (Equation, OutputShape, BiasAxes) = (equation, outputShape, biasAxes);
        (LoraRank, LoraAlpha, QuantizationConfig) = (loraRank, loraRank is null ? null : loraAlpha ?? loraRank, quantizationConfig);
        GptqUnpackedColumnSize = gptqUnpackedColumnSize;
        if (biasAxes?.FirstOrDefault(c => !_equation.Output.Contains(c, StringComparison.Ordinal)) is { } stranger and not '\0')
            throw Errors.Argument(Who, "bias_axes has a letter that is not in the output", _equation.Output, stranger);
    }

    /// <summary>The equation.</summary>
    public string Equation { get; }

    /// <summary>The shape of the output without the batch and without what <c>...</c> stands for.</summary>
    public Shape OutputShape { get; }

    /// <summary>The letters of the output that the bias has, if any.</summary>
    public string? BiasAxes { get; }

    /// <summary>The rank of a trained addition to a frozen kernel, where asked for.</summary>
    public int? LoraRank { get; }

    /// <summary>What the addition is scaled by, divided by its rank.</summary>
    public double? LoraAlpha { get; }

    /// <summary>How the kernel is quantized, where given.</summary>
    public QuantizationConfig? QuantizationConfig { get; }

    /// <summary>The columns of a kernel that GPTQ packed, where given.</summary>
    public int? GptqUnpackedColumnSize { get; }

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        QuantizationConfig.RefuseLora(Who, LoraRank);
        var dims = _equation.Dimensions(inputShape, OutputShape, Who);
        AddKernel(Shape.Of([.. _equation.Kernel.Select(c => dims[c])]), WithFans());
        if (!string.IsNullOrEmpty(BiasAxes)) AddBias(_equation.Bias(BiasAxes, dims, inputShape.Rank));
        InputSpec = [new InputSpec(Ndim: inputShape.Rank)];
    }

    /// <summary>The initializer that counts as inputs the axes that the input alone has, as outputs those that the output alone has.</summary>
    Initializer WithFans()
    {
        if (KernelInitializer is not Initializers.VarianceScaling { InputAxes: null }) return KernelInitializer;
        var (inputs, outputs) = (AxesOf(_equation.Input, _equation.Output), AxesOf(_equation.Output, _equation.Input));
        return (Initializer)ObjectConfig.Copy(KernelInitializer, new() { ["inputAxes"] = (Axes?)inputs, ["outputAxes"] = (Axes?)outputs });

        Axes AxesOf(string with, string without) => [.. Enumerable.Range(0, _equation.Kernel.Length)
            .Where(i => with.Contains(_equation.Kernel[i], StringComparison.Ordinal) && !without.Contains(_equation.Kernel[i], StringComparison.Ordinal))];
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Finish(Ops.Einsum(Equation, x, Kernel!.Value));
}

/// <summary>The letters of an equation of an input and a kernel.</summary>
sealed record EinsumEquation(string Input, string Kernel, string Output, bool OpenLeft, bool OpenRight)
{
    const string Dots = "...";

    internal static EinsumEquation Read(string equation, string who)
    {
        var sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        var terms = sides[0].Split(',');
        if (sides.Length == 2 && terms.Length == 2)
        {
            bool left = terms[0].StartsWith(Dots, StringComparison.Ordinal), right = !left && terms[0].EndsWith(Dots, StringComparison.Ordinal);
            var fits = left ? sides[1].StartsWith(Dots, StringComparison.Ordinal) : !right || sides[1].EndsWith(Dots, StringComparison.Ordinal);
            var read = new EinsumEquation(Letters(terms[0]), terms[1], Letters(sides[1]), left, right);
            if (fits && (read.Input + read.Kernel + read.Output).All(char.IsAsciiLetter) && read.Kernel.Length > 0
                && read.Output.All(c => (read.Input + read.Kernel).Contains(c, StringComparison.Ordinal))
                && read.Kernel.All(c => (read.Input + read.Output).Contains(c, StringComparison.Ordinal)))
                return read;
        }
        throw Errors.Argument(who, "the equation is none of an input and a kernel", "ab,bc->ac, ...ab,bc->...ac or ab...,bc->ac...", equation);

        string Letters(string term) => term.Replace(Dots, "", StringComparison.Ordinal);
    }

    /// <summary>The dimension of each letter. Those of the input go before those of the output.</summary>
    internal Dictionary<char, int> Dimensions(Shape input, Shape output, string who)
    {
        var open = input.Rank - Input.Length;
        var whole = OpenLeft || OpenRight;
        if (whole ? open < 0 : open != 0) throw Misfit();
        // Where the axes in front are open, the batch is one of them.
        var given = OpenLeft && open > 0 ? output.Dims : Shape.Of(input[0]).Append(output).Dims;
        if (given.Length != Output.Length) throw Misfit();
        var dims = new Dictionary<char, int>();
        for (var i = 0; i < Input.Length; i++) Set(Input[i], input[OpenLeft ? i + open : i]);
        for (var i = 0; i < Output.Length; i++) Set(Output[i], given[i]);
        return dims;

        ArgumentException Misfit() => Errors.Argument(who, "input and output_shape do not fit the equation",
            $"{Input}{(whole ? ", more axes" : "")} and {Output} with the batch", $"input {input}, output_shape {output}");

        void Set(char letter, int dim)
        {
            var known = dims.GetValueOrDefault(letter, Shape.Unknown);
            if (known != Shape.Unknown && dim != Shape.Unknown && known != dim)
                throw Errors.Argument(who, $"the dimensions of {letter} differ", known, dim);
            dims[letter] = known == Shape.Unknown ? dim : known;
        }
    }

    /// <summary>The shape of the bias: from its first letter in the output on, with 1 for letters that it lacks.</summary>
    internal Shape Bias(string axes, Dictionary<char, int> dims, int inputRank)
    {
        var first = Output.IndexOfAny(axes.ToCharArray());
        var behind = OpenRight ? inputRank - Input.Length : 0;
        return Shape.Of([.. Output[first..].Select(c => axes.Contains(c, StringComparison.Ordinal) ? dims[c] : 1), .. Enumerable.Repeat(1, behind)]);
    }
}
