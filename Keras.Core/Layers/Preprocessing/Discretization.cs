using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>For each number the index of the bin that it falls into, as <c>keras.layers.Discretization</c>. A bin holds its lower bound; the first
/// and the last one have no end. The bounds are given, or found by <see cref="Adapt(Tensor)"/> so that the bins hold about equally many.</summary>
public sealed class Discretization : Layer
{
    /// <summary>Chooses the bins and what the result is.</summary>
    /// <param name="binBoundaries">The rising bounds between bins. Default to be adapted.</param>
    /// <param name="numBins">How many bins to adapt.</param>
    /// <param name="epsilon">How far off quantiles may be, as a part of all. Default 0.01.</param>
    /// <param name="outputMode"><c>int</c> (default): the index; <c>one_hot</c>, <c>multi_hot</c> or <c>count</c>: as of
    /// <see cref="CategoryEncoding"/>.</param>
    /// <param name="sparse">Only false: all tensors are dense.</param>
    /// <param name="dtype">The dtype policy. Default <see cref="DTypePolicy.Global"/>.</param>
    /// <param name="name">Default the class name in snake case, with a number where it is taken.</param>
    /// <exception cref="ArgumentException">There are neither bounds nor a number of bins, the two differ, the bounds do not rise, epsilon is not within
    /// (0, 1), or the mode is unknown.</exception>
    /// <exception cref="NotSupportedException">A sparse result is asked for.</exception>
    public Discretization(IReadOnlyList<double>? binBoundaries = null, int? numBins = null, double epsilon = 0.01, string outputMode = "int",
        bool sparse = false, DTypePolicy? dtype = null, string? name = null) : base(name, dtype)
    {
        if (binBoundaries is null && numBins is null)
            throw Errors.Argument(Who, "there are no bins", "bin_boundaries or num_bins", "neither");
        if (numBins is < 1) throw Errors.Argument(Who, "num_bins is not positive", "1 or more", numBins);
        // Both are there in the config of an adapted layer.
        if (binBoundaries is not null && numBins is { } count && binBoundaries.Count >= count)
            throw Errors.Argument(Who, "bin_boundaries and num_bins do not fit", "one of them", $"{binBoundaries.Count} bounds, {count} bins");
        if (binBoundaries is not null && binBoundaries.Zip(binBoundaries.Skip(1)).Any(p => !(p.First <= p.Second)))
            throw Errors.Argument(Who, "bin_boundaries do not rise", "rising numbers", string.Join(", ", binBoundaries));
        Epsilon = epsilon is > 0 and < 1 ? epsilon : throw Errors.Argument(Who, "epsilon is out of range", "a number within (0, 1)", epsilon);
        (BinBoundaries, NumBins) = (binBoundaries?.ToArray(), numBins);
        OutputMode = Choice.Check("output_mode", outputMode, "int", "one_hot", "multi_hot", "count");
        Sparse = Encoding.Dense(sparse, Who);
    }

    /// <summary>The bounds between bins; <c>null</c> before they are adapted.</summary>
    public IReadOnlyList<double>? BinBoundaries { get; private set; }

    /// <summary>How many bins to adapt, where given.</summary>
    public int? NumBins { get; }

    /// <summary>How far off quantiles may be.</summary>
    public double Epsilon { get; }

    /// <summary>What the result is.</summary>
    public string OutputMode { get; }

    /// <summary>Whether the result is sparse: false.</summary>
    public bool Sparse { get; }

    /// <inheritdoc/>
    protected override bool CastsInputs => false;

    /// <summary>Finds bounds for the numbers of a tensor, in place of any before.</summary>
    /// <param name="data">Any shape.</param>
    /// <exception cref="InvalidOperationException">The layer was given bounds, not a number of bins; or there are no numbers.</exception>
    public void Adapt(Tensor data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Adapt([data]);
    }

    /// <summary>Finds bounds for the numbers of batches, one after the other, in place of any before.</summary>
    /// <param name="batches">Tensors of any shapes.</param>
    /// <inheritdoc cref="Adapt(Tensor)" path="/exception"/>
    public void Adapt(IEnumerable<Tensor> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        if (NumBins is not { } bins) throw Errors.Invalid(Who, "the bounds were given", "a layer with num_bins", "bin_boundaries");
        var summary = new QuantileSummary(Epsilon);
        foreach (var batch in batches) summary.Add(Ops.Cast(batch, DType.Float32).ToArray<float>());
        if (summary.IsEmpty) throw Errors.Invalid(Who, "there is nothing to adapt to", "one number or more", "none");
        BinBoundaries = summary.Boundaries(bins);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (BinBoundaries is not { } bounds)
            throw Errors.Invalid(Who, "the bins are not known", "bin_boundaries, or Adapt before the first call", "neither");
        ArgumentNullException.ThrowIfNull(x);
        var dtype = DTypes.Promote(Dtype.ComputeDType, DType.Float32);
        var indices = Ops.Digitize(Ops.Cast(x, dtype), Ops.Cast(Tensor.Of([.. bounds], [bounds.Count]), dtype));
        return OutputMode == "int" ? indices : Encoding.Of(indices, OutputMode, bounds.Count + 1, Dtype.ComputeDType);
    }

    // The bounds are in the config; files of old versions have a summary of the data here.
    /// <inheritdoc/>
    protected internal override void LoadOwnVariables(VariableStore store)
    {
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        var config = base.GetConfig();
        // As a name, as Keras writes it for this layer.
        config["dtype"] = Dtype.Name;
        return config;
    }
}

/// <summary>About where the quantiles of a stream of numbers lie: numbers that stand for equally many, with how many. Rules and rounding are those
/// of Keras, so that the bounds are too.</summary>
sealed class QuantileSummary(double epsilon)
{
    float[] _values = [];
    float[] _weights = [];

    internal bool IsEmpty => _values.Length == 0;

    /// <summary>Takes in more numbers.</summary>
    internal void Add(float[] numbers)
    {
        numbers = [.. numbers];
        Array.Sort(numbers);
        var stride = numbers.Length / (1 / epsilon);
        var step = Math.Max(stride, 1);
        var taken = new List<float>();
        for (var i = (int)stride; i < numbers.Length; i += (int)step) taken.Add(numbers[i]);
        float[] values = [.. taken, .. _values], weights = [.. taken.Select(_ => (float)step), .. _weights];
        // A sort that keeps the order of equals.
        var order = Enumerable.Range(0, values.Length).OrderBy(i => values[i]).ToArray();
        (_values, _weights) = Compressed([.. order.Select(i => values[i])], [.. order.Select(i => weights[i])], epsilon);
    }

    /// <summary>The bounds between a number of bins.</summary>
    internal double[] Boundaries(int bins) => [.. Compressed(_values, _weights, 1.0 / bins).Values.SkipLast(1).Select(v => (double)v)];

    static (float[] Values, float[] Weights) Compressed(float[] values, float[] weights, double epsilon)
    {
        if (values.Length * epsilon < 1) return (values, weights);
        var sums = new float[weights.Length];
        var sum = 0f;
        for (var i = 0; i < sums.Length; i++) sums[i] = sum += weights[i];
        double[] parts = [.. sums.Select(s => (double)(s / sum))], wanted = [.. Steps(epsilon).Select(p => epsilon + p)];
        double[] upTo = [.. wanted.Select(p => Interpolated(p, parts, sums))];
        return ([.. wanted.Select(p => (float)Interpolated(p, parts, values))],
            [.. upTo.Select((s, i) => (float)(s - (i == 0 ? 0 : upTo[i - 1])))]);
    }

    // 0, epsilon, 2 · epsilon, … below 1.
    static IEnumerable<double> Steps(double epsilon)
    {
        var count = (int)Math.Ceiling(1 / epsilon);
        return Enumerable.Range(0, count).Select(i => i * epsilon);
    }

    static double Interpolated(double at, double[] places, float[] heights)
    {
        var i = Array.BinarySearch(places, at);
        if (i >= 0) return heights[i];
        i = ~i;
        if (i == 0) return heights[0];
        if (i == places.Length) return heights[^1];
        var slope = (heights[i] - (double)heights[i - 1]) / (places[i] - places[i - 1]);
        return (slope * (at - places[i - 1])) + heights[i - 1];
    }
}
