namespace Keras.Layers;

/// <summary>For each string or integer the bin that its hash falls into, as <c>keras.layers.Hashing</c>: FarmHash64 of the text or of the integer's
/// digits, or SipHash-2-4 where there is a salt. Integers may be those of a model; there are no tensors of strings, so for them it stands in front.</summary>
public sealed class Hashing : Layer
{
    /// <summary>Chooses the bins and what the result is.</summary>
    /// <param name="numBins">How many bins there are, with that of the mask value.</param>
    /// <param name="maskValue">A string, or an integer, that gets bin 0 for itself. Default none.</param>
    /// <param name="salt">A number or two that change the hash. Default none.</param>
    /// <param name="outputMode"><c>int</c> (default): the bin; <c>one_hot</c>, <c>multi_hot</c> or <c>count</c>: a row of the bins, as of
    /// <c>CategoryEncoding</c>.</param>
    /// <param name="sparse">Only false: all tensors are dense.</param>
    /// <param name="name">Default <c>hashing</c> and a number.</param>
    /// <param name="dtype">Default int64 for bins, else <see cref="DTypePolicy.Global"/>.</param>
    /// <param name="trainable">As of all layers; there is nothing to train.</param>
    /// <param name="activityRegularizer">A penalty on the outputs of integers. Default none.</param>
    /// <exception cref="ArgumentException">There are no bins, the mode is unknown, or the dtype does not hold bins.</exception>
    /// <exception cref="NotSupportedException">A sparse result is asked for.</exception>
    public Hashing(int numBins, Token? maskValue = null, Salt? salt = null, string outputMode = "int", bool sparse = false, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(name, dtype ?? (outputMode == "int" ? (DTypePolicy)DType.Int64 : null), trainable, activityRegularizer)
    {
        NumBins = numBins > 0 ? numBins : throw Errors.Argument(Who, "num_bins is not positive", "1 or more", numBins);
        OutputMode = Choice.Check("output_mode", outputMode, "int", "one_hot", "multi_hot", "count");
        if (OutputMode == "int" && Dtype.ComputeDType is not (DType.Int32 or DType.Int64))
            throw Errors.Argument(Who, "the dtype does not hold bins", "int32 or int64", Dtype);
        Sparse = Encoding.Dense(sparse, Who);
        (MaskValue, Salt) = (maskValue, salt);
    }

    /// <summary>How many bins there are.</summary>
    public int NumBins { get; }

    /// <summary>What gets bin 0 for itself.</summary>
    public Token? MaskValue { get; }

    /// <summary>What changes the hash.</summary>
    public Salt? Salt { get; }

    /// <summary>What the result is.</summary>
    public string OutputMode { get; }

    /// <summary>Whether the result is sparse: false.</summary>
    public bool Sparse { get; }

    /// <inheritdoc/>
    protected override bool CastsInputs => false;

    /// <summary>The bins of strings.</summary>
    /// <param name="inputs">Strings of any shape.</param>
    /// <returns>Integers of that shape, or rows of the bins.</returns>
    public Tensor Apply(StringArray inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var bins = Tensor.Of([.. inputs.Select(s => MaskValue?.Text == s ? 0 : Bin(s))], inputs.Shape);
        EnsureBuilt(bins);
        return Encoded(bins);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.DType == DType.Bool) return Encoded(Ops.Where(x, Number(Bin("true")), Number(Bin("false"))));
        var bins = Ops.HashDigits(x, HashedBins, Salt?.Key) + Number(NumBins - HashedBins);
        // A mask is compared with the value as it was given, fraction included.
        return Encoded(MaskValue is { Text: null } mask ? Ops.Where(Ops.Equal(x.DType.IsFloating() ? x : Ops.Cast(x, DType.Int64), Number(mask.Number)), Number(0), bins) : bins);
    }

    // The mask has bin 0 for itself, unless it is the only one.
    int HashedBins => MaskValue is null || NumBins == 1 ? NumBins : NumBins - 1;

    long Bin(string text) => NumBins - HashedBins + Fingerprints.Bin(text, HashedBins, Salt?.Key);

    static Tensor Number(long value) => Tensor.Of([value], Shape.Scalar);

    Tensor Encoded(Tensor bins) => OutputMode == "int" ? Ops.Cast(bins, Dtype.ComputeDType) : Encoding.Of(bins, OutputMode, NumBins, Dtype.ComputeDType);
}

/// <summary>Layers that compute on the host want values.</summary>
static class Values
{
    internal static void Require(Tensor x, string who)
    {
        if (x.IsOpen)
            throw Errors.Unsupported(who, "the layer takes values, not the tensors of a model", "a tensor with values", x.Type,
                "Apply it to the data in front of the model.");
    }
}
