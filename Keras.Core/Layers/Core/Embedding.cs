namespace Keras.Layers;

/// <summary>A vector for each integer, as <c>keras.layers.Embedding</c>: (batch, …) to (batch, …, output_dim).</summary>
[ConfigKeys(Presence.Always, "activity_regularizer")]
[ConfigKeys(Presence.Never, "weights")]
public class Embedding : Layer
{
    readonly Tensor? _first;

    /// <summary>Chooses the numbers of integers and of elements, and what belongs to the table.</summary>
    /// <param name="inputDim">How many integers there are: those from 0 up to one less.</param>
    /// <param name="outputDim">The length of a vector.</param>
    /// <param name="embeddingsInitializer">The first table, (input_dim, output_dim). Default uniform within ±0.05.</param>
    /// <param name="embeddingsRegularizer">A penalty on the table. Default none.</param>
    /// <param name="embeddingsConstraint">A rule for the table. Default none.</param>
    /// <param name="maskZero">Whether 0 stands for a step that does not count: the output then has a mask. Default false.</param>
    /// <param name="weights">The first table itself, in the initializer's place; it is no part of the config. Default none.</param>
    /// <param name="loraRank">The rank of a trained addition to a frozen table. Not supported yet: the layer refuses it when it is built. Default none.</param>
    /// <param name="loraAlpha">What the addition is scaled by, divided by its rank. Default the rank.</param>
    /// <param name="quantizationConfig">How the table is quantized where the dtype policy says that it is. Default as the policy says.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A size is not positive, or the table has another shape.</exception>
    public Embedding(int inputDim, int outputDim, Initializer? embeddingsInitializer = null, Regularizer? embeddingsRegularizer = null,
        Constraint? embeddingsConstraint = null, bool maskZero = false, Tensor? weights = null, int? loraRank = null,
        double? loraAlpha = null, QuantizationConfig? quantizationConfig = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        InputDim = inputDim > 0 ? inputDim : throw Errors.Argument(Who, "input_dim is not positive", "1 or more", inputDim);
        OutputDim = outputDim > 0 ? outputDim : throw Errors.Argument(Who, "output_dim is not positive", "1 or more", outputDim);
        EmbeddingsInitializer = embeddingsInitializer ?? "uniform";
        (EmbeddingsRegularizer, EmbeddingsConstraint) = (embeddingsRegularizer, embeddingsConstraint);
        SupportsMasking = MaskZero = maskZero;
        if (weights is not null && weights.Shape != [inputDim, outputDim])
            throw Errors.Argument(Who, "the table has another shape", Shape.Of(inputDim, outputDim), weights.Shape);
        _first = weights;
        (LoraRank, LoraAlpha, QuantizationConfig) = (loraRank, loraRank is null ? null : loraAlpha ?? loraRank, quantizationConfig);
    }

    /// <summary>How many integers there are.</summary>
    public int InputDim { get; }

    /// <summary>The length of a vector.</summary>
    public int OutputDim { get; }

    /// <summary>The first table.</summary>
    public Initializer EmbeddingsInitializer { get; }

    /// <summary>A penalty on the table, if any.</summary>
    public Regularizer? EmbeddingsRegularizer { get; }

    /// <summary>A rule for the table, if any.</summary>
    public Constraint? EmbeddingsConstraint { get; }

    /// <summary>Whether 0 stands for a step that does not count.</summary>
    public bool MaskZero { get; }

    /// <summary>The rank of a trained addition to a frozen table, where asked for.</summary>
    public int? LoraRank { get; }

    /// <summary>What the addition is scaled by, divided by its rank.</summary>
    public double? LoraAlpha { get; }

    /// <summary>How the table is quantized, where given.</summary>
    public QuantizationConfig? QuantizationConfig { get; }

    /// <summary>The table, (input_dim, output_dim); <c>null</c> before the layer is built.</summary>
    public Variable? Embeddings { get; private set; }

    /// <inheritdoc/>
    protected override bool CastsInputs => false;

    /// <inheritdoc/>
    protected override void Build(Nest inputs)
    {
        QuantizationConfig.RefuseLora(Who, LoraRank);
        Embeddings = AddWeight([InputDim, OutputDim], _first is null ? EmbeddingsInitializer : new Initializers.Constant(_first), autocast: false,
            regularizer: EmbeddingsRegularizer, constraint: EmbeddingsConstraint, name: "embeddings");
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Ops.Cast(Ops.Take(Embeddings!.Value, Ids(x), 0), Dtype.ComputeDType);

    static Tensor Ids(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.DType.IsFloating() || x.DType == DType.Bool ? Ops.Cast(x, DType.Int32) : x;
    }

    /// <inheritdoc/>
    protected override Tensor? ComputeMask(Nest inputs, CallContext context) => MaskZero && inputs is { IsTensor: true } ? Ops.NotEqual(inputs.Tensor, 0) : null;
}
