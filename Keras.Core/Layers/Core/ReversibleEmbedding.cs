namespace Keras.Layers;

/// <summary>An <see cref="Embedding"/> that can also be called in reverse, as <c>keras.layers.ReversibleEmbedding</c>: from vectors of output_dim to
/// one number (a logit) for each integer, by the same table.</summary>
public sealed class ReversibleEmbedding : Embedding
{
    // How a call in reverse is written as inputs, so that it stays one in a functional model.
    internal const string ReverseKey = "reverse";

    /// <summary>Chooses the numbers of integers and of elements, and what belongs to the table.</summary>
    /// <param name="inputDim">How many integers there are: those from 0 up to one less.</param>
    /// <param name="outputDim">The length of a vector.</param>
    /// <param name="tieWeights">Whether both ways use one table. Default true; else that in reverse is (output_dim, input_dim).</param>
    /// <param name="embeddingsInitializer">The first table, (input_dim, output_dim). Default uniform within ±0.05.</param>
    /// <param name="embeddingsRegularizer">A penalty on the table. Default none.</param>
    /// <param name="embeddingsConstraint">A rule for the table. Default none.</param>
    /// <param name="maskZero">Whether 0 stands for a step that does not count: the output then has a mask. Default false.</param>
    /// <param name="reverseDtype">The dtype of the product in reverse. Default the compute dtype.</param>
    /// <param name="logitSoftCap">Keeps logits within ± this, by tanh. Default none.</param>
    /// <param name="quantizationConfig">How the table is quantized where the dtype policy says that it is. Default as the policy says.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A size is not positive.</exception>
    public ReversibleEmbedding(int inputDim, int outputDim, bool tieWeights = true, Initializer? embeddingsInitializer = null,
        Regularizer? embeddingsRegularizer = null, Constraint? embeddingsConstraint = null, bool maskZero = false, DType? reverseDtype = null,
        double? logitSoftCap = null, QuantizationConfig? quantizationConfig = null, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null)
        : base(inputDim, outputDim, embeddingsInitializer, embeddingsRegularizer, embeddingsConstraint, maskZero, quantizationConfig: quantizationConfig, name: name,
            dtype: dtype, trainable: trainable, activityRegularizer: activityRegularizer) => (TieWeights, ReverseDtype, LogitSoftCap) = (tieWeights, reverseDtype, logitSoftCap);

    /// <summary>Whether both ways use one table.</summary>
    public bool TieWeights { get; }

    /// <summary>The dtype of the product in reverse, where given.</summary>
    public DType? ReverseDtype { get; }

    /// <summary>Within which logits are kept, where given.</summary>
    public double? LogitSoftCap { get; }

    /// <summary>The table in reverse, (output_dim, input_dim), where it is one of its own; <c>null</c> before the layer is built.</summary>
    public Variable? ReverseEmbeddings { get; private set; }

    /// <summary>Applies the layer, in reverse where asked for.</summary>
    /// <param name="inputs">Integers; in reverse (…, output_dim).</param>
    /// <param name="reverse">Whether to go from vectors to logits, (…, input_dim).</param>
    /// <param name="training">As of <see cref="Layer.Apply(Tensor, bool?, Tensor?)"/>; it changes nothing.</param>
    /// <exception cref="ArgumentException">The vectors have another length.</exception>
    public Tensor Apply(Nest inputs, bool reverse, bool? training = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return (reverse ? Apply(Nest.Dictionary([new(ReverseKey, inputs)]), training) : Apply(inputs, training)).Tensor;
    }

    /// <inheritdoc/>
    protected override void Build(Nest inputs)
    {
        base.Build(inputs);
        if (!TieWeights) ReverseEmbeddings = AddWeight([OutputDim, InputDim], EmbeddingsInitializer, autocast: false, name: "reverse_embeddings");
    }

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return inputs.Keys is [ReverseKey] ? Logits(inputs.Items[0].Tensor) : base.Call(inputs, context);
    }

    Tensor Logits(Tensor x)
    {
        if (x.Rank == 0 || (x.Shape[-1] != OutputDim && x.Shape[-1] != Shape.Unknown))
            throw Errors.Argument(Who, "the vectors have another length", $"(…, {OutputDim})", x.Shape);
        var dtype = ReverseDtype ?? Dtype.ComputeDType;
        var kernel = Ops.Cast((ReverseEmbeddings ?? Embeddings)!.Value, dtype);
        var logits = Ops.Matmul(Ops.Cast(x, dtype), TieWeights ? Ops.Transpose(kernel) : kernel);
        return LogitSoftCap is { } cap ? Ops.Tanh(logits / cap) * cap : logits;
    }
}
