namespace Keras;

public static partial class Utils
{
    /// <summary>Vectors along an axis brought to length 1.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis. Default the last.</param>
    /// <param name="order">Of the norm: 2 for the root of the sum of squares, 1 for the sum of the absolute values. Default 2.</param>
    /// <exception cref="ArgumentException">The order is below 1, or there is no such axis.</exception>
    public static Tensor Normalize(Tensor x, int axis = -1, int order = 2) => Ops.Normalize(x, axis, order);

    /// <summary>Class numbers as rows with a 1 at the place of the class and 0 elsewhere.</summary>
    /// <param name="x">Class numbers of any shape; a last axis of length 1 is left out. A number that is no class gives a row of zeros.</param>
    /// <param name="numClasses">How many classes there are. Default the largest number and 1, for which the numbers must have values.</param>
    /// <returns>float64 as in Keras, x's shape with the classes as last axis.</returns>
    /// <exception cref="ArgumentException">There are no classes.</exception>
    public static Tensor ToCategorical(Tensor x, int? numClasses = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        x = Ops.Cast(x, DType.Int64);
        if (x.Rank > 1 && x.Shape[-1] == 1) x = Ops.Squeeze(x, -1);
        var classes = numClasses ?? (x.Shape.Size == 0 ? 0 : Shape.Dim((long)Ops.Max(x).Item() + 1));
        if (classes <= 0) throw Errors.Argument("to_categorical", "there are no classes", "num_classes > 0", classes);
        return Ops.OneHot(x, classes, dtype: DType.Float64);
    }

    /// <summary>Sequences of several lengths as one tensor of one length.</summary>
    /// <param name="sequences">The sequences, (steps, …) each.</param>
    /// <param name="maxlen">The length. Default that of the longest one.</param>
    /// <param name="dtype">The dtype of the result. Default int32.</param>
    /// <param name="padding">Where shorter ones are filled up: <c>pre</c> (default) or <c>post</c>.</param>
    /// <param name="truncating">Where longer ones are cut: <c>pre</c> (default) or <c>post</c>.</param>
    /// <param name="value">What they are filled up with. Default 0.</param>
    /// <returns>(sequences, maxlen, …).</returns>
    /// <exception cref="ArgumentException">maxlen is negative, padding or truncating is unknown, or the steps have several shapes.</exception>
    public static Tensor PadSequences(IReadOnlyList<Tensor> sequences, int? maxlen = null, DType dtype = DType.Int32, string padding = "pre",
        string truncating = "pre", double value = 0)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        foreach (var sequence in sequences)
            if (sequence.Rank == 0) throw Errors.Argument("pad_sequences", "a sequence has no steps", "1 dimension or more", sequence.Shape);
        var first = sequences.FirstOrDefault(s => s.Shape[0] > 0);
        var step = first is null ? [] : first.Shape.Slice(1, first.Rank - 1);
        foreach (var sequence in sequences)
            if (sequence.Shape[0] > 0 && sequence.Shape.Slice(1, sequence.Rank - 1) != step)
                throw Errors.Argument("pad_sequences", "the steps of the sequences have several shapes", step, sequence.Shape.Slice(1, sequence.Rank - 1));
        // As bytes of the dtype: large integers are no doubles.
        byte[][] rows = [.. sequences.Select(s => Ops.Cast(s, dtype).Evaluate().Span.ToArray())];
        var width = Shape.Dim(step.Size * dtype.Size());
        return Padded<byte>(rows, width, dtype, step, maxlen, padding, truncating, Tensor.Scalar(value, dtype).Evaluate().Span);
    }

    /// <param name="sequences">The sequences.</param>
    /// <inheritdoc cref="PadSequences(IReadOnlyList{Tensor}, int?, DType, string, string, double)"/>
    public static Tensor PadSequences(IReadOnlyList<int[]> sequences, int? maxlen = null, DType dtype = DType.Int32, string padding = "pre",
        string truncating = "pre", int value = 0)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return Ops.Cast(Padded(sequences, 1, DType.Int32, [], maxlen, padding, truncating, [value]), dtype);
    }

    /// <summary>Rows of steps, each of <paramref name="width"/> values, as one tensor of a dtype; an element of it is as many values as fill it up.</summary>
    static Tensor Padded<T>(IReadOnlyList<T[]> rows, int width, DType dtype, Shape step, int? maxlen, string padding, string truncating, ReadOnlySpan<T> fill)
        where T : unmanaged
    {
        var after = Choice.Check("padding", padding, "pre", "post") == "post";
        var cutEnd = Choice.Check("truncating", truncating, "pre", "post") == "post";
        if (maxlen < 0) throw Errors.Argument("pad_sequences", "maxlen is negative", "0 or more", maxlen);
        var steps = maxlen ?? (width == 0 ? 0 : rows.Select(r => r.Length / width).DefaultIfEmpty(0).Max());
        var type = new TensorType(dtype, Shape.Of(rows.Count, steps).Append(step));
        var data = new HostData(type.Bytes);
        var all = data.As<T>();
        for (var i = 0; i < all.Length; i += fill.Length) fill.CopyTo(all[i..]);
        var length = steps * width;
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i].AsSpan();
            if (row.Length > length) row = cutEnd ? row[..length] : row[^length..];
            row.CopyTo(all[((i * length) + (after ? 0 : length - row.Length))..]);
        }
        return Tensor.Literal(type, data);
    }
}
