namespace Keras;

/// <summary>Arrays whose first axis are samples: inputs, targets and weights, taken apart into batches.</summary>
sealed class ArrayData
{
    readonly Tensor[] _arrays;
    // The order of the samples, where it is not that of the arrays.
    int[]? _order;
    readonly Dictionary<int, Tensor[]> _buffers = [];

    internal ArrayData(string who, Nest x, Nest? y, Nest? weight, int batchSize, bool allowEmpty = false)
        : this(x, y, weight, batchSize, Count(who, x, y, weight, allowEmpty))
    {
        if (batchSize < 1) throw Errors.Argument(who, "the batch size is too small", "1 or more", batchSize);
        Who = who;
    }

    ArrayData(Nest x, Nest? y, Nest? weight, int batchSize, int count)
    {
        (X, Y, Weight, BatchSize, Samples) = (x, y, weight, batchSize, count);
        _arrays = [.. x.Flatten(), .. y?.Flatten() ?? [], .. weight?.Flatten() ?? []];
    }

    string Who { get; init; } = "data";

    internal Nest X { get; }

    internal Nest? Y { get; }

    internal Nest? Weight { get; }

    internal int BatchSize { get; }

    internal int Samples { get; private init; }

    int First { get; init; }

    /// <summary>All samples as one batch, without a copy.</summary>
    internal ReadOnlySpan<Tensor> Whole => _arrays;

    internal int Steps => (int)(((long)Samples + BatchSize - 1) / BatchSize);

    static int Count(string who, Nest x, Nest? y, Nest? weight, bool allowEmpty)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor[] arrays = [.. x.Flatten(), .. y?.Flatten() ?? [], .. weight?.Flatten() ?? []];
        if (arrays.Length == 0 || arrays.Any(a => a.Rank == 0))
            throw Errors.Argument(who, "data have no samples", "arrays whose first axis are samples", x);
        var sizes = arrays.Select(a => a.Shape[0]).ToArray();
        if (sizes.Distinct().Count() > 1)
            throw Errors.Argument(who, "the numbers of samples differ", "the same first dimension in x, y and sample_weight",
                $"x {x}" + (y is null ? "" : $", y {y}") + (weight is null ? "" : $", sample_weight {weight}"));
        if (sizes[0] == 0 && !allowEmpty) throw Errors.Argument(who, "there are no samples", "1 sample or more", x);
        return sizes[0];
    }

    /// <summary>The first part, and the last share of the samples as one of its own.</summary>
    internal (ArrayData Training, ArrayData Validation) Split(double share, int validationBatchSize)
    {
        var at = (int)Math.Floor(Samples * (1 - share));
        if (!(share > 0 && share < 1) || at == 0 || at == Samples)
            throw Errors.Argument(Who, "the validation split leaves a part without samples", "a share within (0, 1) that leaves both parts some",
                $"{share} of {Samples} samples");
        return (new ArrayData(X, Y, Weight, BatchSize, at) { Who = Who },
            new ArrayData(X, Y, Weight, validationBatchSize, Samples - at) { Who = Who, First = at });
    }

    /// <summary>The same data with weights by the classes of the targets: class numbers, or the largest of one-hot rows.</summary>
    internal ArrayData Weighted(IReadOnlyDictionary<int, double> classWeight)
    {
        if (Weight is not null) throw Errors.Argument(Who, "class weights and sample weights exclude each other", "one of them", "both");
        if (Y is not { IsTensor: true })
            throw Errors.Argument(Who, "class weights are for models of one output", "one array of targets", Y?.ToString() ?? "none");
        var y = Y.Tensor;
        var labels = (y.Rank > 1 && y.Shape[-1] > 1 ? Ops.Argmax(y, -1) : Ops.Reshape(y, [Shape.Unknown])).ToDoubles();
        var weights = Array.ConvertAll(labels, l => (float)classWeight.GetValueOrDefault((int)l, 1));
        return new ArrayData(X, Y, Tensor.Of(weights, [weights.Length]), BatchSize, Samples) { Who = Who, First = First };
    }

    /// <summary>Brings the samples into an order that depends on the epoch alone, as Keras does.</summary>
    internal void Shuffle(int epoch)
    {
        _order ??= new int[Samples];
        for (var i = 0; i < _order.Length; i++) _order[i] = i;
        var key = Threefry.Seed(epoch);
        for (var i = _order.Length - 1; i > 0; i--)
        {
            var (bits, _) = Threefry.Block(key, (ulong)i);
            var other = (int)(((ulong)bits * (ulong)(i + 1)) >> 32);
            (_order[i], _order[other]) = (_order[other], _order[i]);
        }
    }

    /// <summary>The arrays of a batch, in memory that the next batch of the same size reuses.</summary>
    internal ReadOnlySpan<Tensor> Batch(int step)
    {
        var start = step * BatchSize;
        var size = Math.Min(BatchSize, Samples - start);
        if (!_buffers.TryGetValue(size, out var buffers)) _buffers[size] = buffers = Rooms(size);
        for (var k = 0; k < buffers.Length; k++) Copy(_arrays[k], buffers[k], start, size);
        return buffers;
    }

    /// <summary>A batch in memory that nothing else writes to.</summary>
    internal static Tensor[] Kept(ReadOnlySpan<Tensor> batch)
    {
        var kept = new Tensor[batch.Length];
        for (var i = 0; i < kept.Length; i++) kept[i] = Tensor.Literal(batch[i].Type, HostData.Of<byte>(batch[i].Evaluate().Span));
        return kept;
    }

    // Apart from Batch, which must not make a closure for every batch.
    Tensor[] Rooms(int size) => [.. _arrays.Select(a => a.Type.As(a.Shape.With(0, size))).Select(t => Tensor.Literal(t, new HostData(t.Bytes)))];

    void Copy(Tensor from, Tensor to, int start, int size)
    {
        if (size == 0) return;
        Span<byte> source = from.Evaluate().Span, target = to.Value!.Span;
        var row = target.Length / size;
        if (_order is null) source.Slice((First + start) * row, size * row).CopyTo(target);
        else
            for (var i = 0; i < size; i++) source.Slice((First + _order[start + i]) * row, row).CopyTo(target[(i * row)..]);
    }

    /// <summary>How many numbers of the inputs are not numbers.</summary>
    internal long CountNaN()
    {
        long count = 0;
        foreach (var array in X.Flatten())
        {
            if (array.DType == DType.Float32)
                foreach (var value in array.Evaluate().As<float>()) count += float.IsNaN(value) ? 1 : 0;
            else if (array.DType == DType.Float64)
                foreach (var value in array.Evaluate().As<double>()) count += double.IsNaN(value) ? 1 : 0;
        }
        return count;
    }
}
