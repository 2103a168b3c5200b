using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>For the values that several features have together the bin that their hash falls into, as <c>keras.layers.HashedCrossing</c>.
/// Features of integers may be those of a model; there are no tensors of strings, so for them it stands in front.</summary>
public sealed class HashedCrossing : Layer
{
    /// <summary>Chooses the bins and what the result is.</summary>
    /// <param name="numBins">How many bins there are.</param>
    /// <param name="outputMode"><c>int</c> (default): the bin; <c>one_hot</c>: a row of the bins with 1 at it.</param>
    /// <param name="sparse">Only false: all tensors are dense.</param>
    /// <param name="name">Default <c>hashed_crossing</c> and a number.</param>
    /// <param name="dtype">Default int64 for bins, else <see cref="DTypePolicy.Global"/>.</param>
    /// <exception cref="ArgumentException">There are no bins, or the mode is unknown.</exception>
    /// <exception cref="NotSupportedException">A sparse result is asked for.</exception>
    public HashedCrossing(int numBins, string outputMode = "int", bool sparse = false, string? name = null, DTypePolicy? dtype = null)
        : base(name, dtype ?? (outputMode == "int" ? (DTypePolicy)DType.Int64 : null))
    {
        NumBins = numBins > 0 ? numBins : throw Errors.Argument(Who, "num_bins is not positive", "1 or more", numBins);
        OutputMode = Choice.Check("output_mode", outputMode, "int", "one_hot");
        Sparse = Encoding.Dense(sparse, Who);
    }

    /// <summary>How many bins there are.</summary>
    public int NumBins { get; }

    /// <summary>What the result is.</summary>
    public string OutputMode { get; }

    /// <summary>Whether the result is sparse: false.</summary>
    public bool Sparse { get; }

    /// <inheritdoc/>
    protected override bool CastsInputs => false;

    /// <summary>The bins of features.</summary>
    /// <param name="columns">Two or more features, each strings or integers, all of shape (), (batch) or (batch, 1).</param>
    /// <returns>Integers of that shape, or (batch, bins).</returns>
    /// <exception cref="ArgumentException">There are fewer, they differ in shape, or one holds other numbers.</exception>
    public Tensor Apply(IReadOnlyList<Column> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.Count == 0 || columns.Any(c => c.Numbers is null)) return Crossed(columns);
        return Apply(columns.Select(c => c.Numbers!).ToArray());
    }

    Tensor Crossed(IReadOnlyList<Column> columns)
    {
        if (columns.Count < 2) throw Errors.Argument(Who, "there is nothing to cross", "two features or more", columns.Count);
        var shape = columns[0].Shape;
        if (columns.Any(c => c.Shape != shape) || shape.Rank > 2 || (shape.Rank == 2 && shape[1] != 1))
            throw Errors.Argument(Who, "the features have wrong shapes", "one of (), (batch) and (batch, 1) for all", string.Join(", ", columns.Select(c => c.Shape)));
        foreach (var numbers in columns.Select(c => c.Numbers))
            if (numbers is not null && !numbers.DType.IsInteger())
                throw Errors.Argument(Who, "a feature holds other numbers", "integers or strings", numbers.DType.Name());
        var bins = columns.All(c => c.Numbers is not null) ? Ops.HashCrossed(columns.Select(c => c.Numbers!), NumBins) : Mixed(columns, shape);
        EnsureBuilt(bins);
        return OutputMode == "int" ? Ops.Cast(bins, Dtype.ComputeDType) : Encoding.Of(bins, OutputMode, NumBins, Dtype.ComputeDType);
    }

    /// <summary>The bins where some features are strings.</summary>
    Tensor Mixed(IReadOnlyList<Column> columns, Shape shape)
    {
        var hashes = new ulong[shape.Size];
        Array.Fill(hashes, Fingerprints.Start);
        foreach (var column in columns)
        {
            var parts = Parts(column);
            for (var i = 0; i < hashes.Length; i++) hashes[i] = Fingerprints.Join(hashes[i], parts[i]);
        }
        return Tensor.Of([.. hashes.Select(h => (long)(h % (ulong)NumBins))], shape);
    }

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.IsTensor || inputs.Items.Any(i => !i.IsTensor)) throw Errors.Argument(Who, "the layer takes a list of features", "a list", inputs);
        return Crossed([.. inputs.Items.Select(i => (Column)i.Tensor)]);
    }

    ulong[] Parts(Column column)
    {
        if (column.Strings is { } strings) return [.. strings.Select(Fingerprints.Of)];
        Values.Require(column.Numbers!, Who);
        return [.. Ops.Cast(column.Numbers!, DType.Int64).ToArray<long>().Select(n => (ulong)n)];
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
