namespace Keras.Layers;

/// <summary>Integers as rows of zeros and ones, as <c>keras.layers.CategoryEncoding</c>.</summary>
public sealed class CategoryEncoding : Layer
{
    /// <summary>Chooses the encoding.</summary>
    /// <param name="numTokens">How many integers there are: those from 0 up to one less. Others give nothing.</param>
    /// <param name="outputMode"><c>one_hot</c>: a row for each integer; <c>multi_hot</c> (default): one row for a sample, with 1 at each integer that
    /// occurs; <c>count</c>: how often it does.</param>
    /// <param name="sparse">Only false: all tensors are dense.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">There are no integers, or the mode is unknown.</exception>
    /// <exception cref="NotSupportedException">A sparse result is asked for.</exception>
    public CategoryEncoding(int numTokens, string outputMode = "multi_hot", bool sparse = false, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        NumTokens = numTokens > 0 ? numTokens : throw Errors.Argument(Who, "num_tokens is not positive", "1 or more", numTokens);
        OutputMode = Choice.Check("output_mode", outputMode, "multi_hot", "one_hot", "count");
        Sparse = Encoding.Dense(sparse, Who);
    }

    /// <summary>How many integers there are.</summary>
    public int NumTokens { get; }

    /// <summary>The encoding.</summary>
    public string OutputMode { get; }

    /// <summary>Whether the result is sparse: false.</summary>
    public bool Sparse { get; }

    /// <summary>Applies the layer with weights for the counts.</summary>
    /// <param name="inputs">Integers.</param>
    /// <param name="countWeights">What each integer counts, of the inputs' shape; only in mode <c>count</c>.</param>
    /// <param name="training">As of <see cref="Layer.Apply(Tensor, bool?, Tensor?)"/>; it changes nothing.</param>
    /// <exception cref="ArgumentException">The mode is another one, or the shapes differ.</exception>
    public Tensor Apply(Nest inputs, Tensor countWeights, bool? training = null) => Apply(Nest.List(inputs, countWeights), training: training).Tensor;

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var (x, weights) = inputs.IsTensor ? (inputs.Tensor, null) : inputs.Items is [{ IsTensor: true } first, { IsTensor: true } second]
            ? (first.Tensor, second.Tensor) : throw Errors.Argument(Who, "the layer takes integers, and weights for them", "one tensor or two", inputs);
        if (weights is not null && (OutputMode != "count" || !weights.Shape.Matches(x.Shape)))
            throw Errors.Argument(Who, "there are weights that do not fit", $"mode count, and {x.Shape}", $"mode {OutputMode}, and {weights.Shape}");
        return Encoding.Of(x, OutputMode, NumTokens, Dtype.ComputeDType, weights);
    }
}

/// <summary>Integers as rows of zeros and ones.</summary>
static class Encoding
{
    /// <summary>Encodes integers in one of Keras's modes.</summary>
    internal static Tensor Of(Tensor indices, string mode, int depth, DType dtype, Tensor? weights = null)
    {
        if (indices.DType.IsFloating()) indices = Ops.Cast(indices, DType.Int32);
        if (indices.Rank == 0) (indices, weights) = (Ops.ExpandDims(indices, 0), weights is null ? null : Ops.ExpandDims(weights, 0));
        // A sample is the second axis, or a vector as a whole.
        var sample = indices.Rank > 1 ? 1 : 0;
        switch (mode)
        {
            case "one_hot":
                return Ops.OneHot(indices.Rank > 1 && indices.Shape[-1] == 1 ? Ops.Squeeze(indices, -1) : indices, depth, dtype: dtype);
            case "multi_hot":
                return Ops.MultiHot(indices, depth, dtype: dtype);
            default:
                var counts = Ops.SumAt(indices, weights is null ? Ops.OnesLike(indices, dtype) : Ops.Cast(weights, dtype), depth, sample);
                return indices.Rank > 2 ? Ops.Moveaxis(counts, sample, -1) : counts;
        }
    }

    /// <summary>Refuses what needs sparse tensors.</summary>
    internal static bool Dense(bool sparse, string who) => sparse
        ? throw Errors.Unsupported(who, "there are no sparse tensors", "sparse false", sparse) : false;
}
