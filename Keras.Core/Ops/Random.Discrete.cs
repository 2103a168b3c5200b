namespace Keras;

public static partial class Random
{
    /// <summary>Integers even over [<paramref name="minval"/>, <paramref name="maxval"/>), each from 64 bits of its own.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="minval">The lower bound, inclusive.</param>
    /// <param name="maxval">The upper bound, exclusive.</param>
    /// <param name="dtype">An integer dtype. Default int32.</param>
    /// <param name="seed">Default the global generator.</param>
    /// <exception cref="ArgumentException">The range is empty or not within the dtype's, or the dtype is not an integer one.</exception>
    public static Tensor Randint(Shape shape, long minval, long maxval, DType dtype = DType.Int32, Seed? seed = null)
    {
        if (!dtype.IsInteger()) throw Errors.Argument("randint", "the dtype is not an integer one", "an integer dtype", dtype.Name());
        if (maxval <= minval) throw Errors.Argument("randint", "the range is empty", "minval below maxval", $"{minval} and {maxval}");
        var (least, most) = (dtype.IsUnsigned() ? 0 : -1L << ((8 * dtype.Size()) - 1), ulong.MaxValue >> (64 - (8 * dtype.Size()) + (dtype.IsUnsigned() ? 0 : 1)));
        if (minval < least || (maxval > 0 && (ulong)(maxval - 1) > most))
            throw Errors.Argument("randint", "the range is not within the dtype's", $"{least} to {most} for {dtype.Name()}", $"{minval} to {maxval - 1}");
        var offset = Ops.Mod(Bits64(shape, seed), Tensor.Of<ulong>([unchecked((ulong)maxval - (ulong)minval)], []));
        return Ops.Cast(Ops.Cast(offset, DType.Int64) + Tensor.Of<long>([minval], []), dtype);
    }

    /// <summary>Classes drawn with the probabilities that logits name.</summary>
    /// <param name="logits">(batch, classes), as logarithms of weights.</param>
    /// <param name="numSamples">How many to draw for each row.</param>
    /// <param name="dtype">An integer dtype. Default int32.</param>
    /// <param name="seed">Default the global generator.</param>
    /// <returns>(batch, <paramref name="numSamples"/>).</returns>
    /// <exception cref="ArgumentException">The logits are no matrix, or the number is negative.</exception>
    public static Tensor Categorical(Tensor logits, int numSamples, DType dtype = DType.Int32, Seed? seed = null)
    {
        ArgumentNullException.ThrowIfNull(logits);
        if (logits.Rank != 2 || logits.Shape[1] == 0) throw Errors.Argument("categorical", "the logits have a wrong shape", "(batch, classes)", logits.Shape);
        if (numSamples < 0) throw Errors.Argument("categorical", "the number of samples is negative", "0 or more", numSamples);
        if (!dtype.IsInteger()) throw Errors.Argument("categorical", "the dtype is not an integer one", "an integer dtype", dtype.Name());
        var x = logits.DType == DType.Float64 ? logits : Ops.Cast(logits, DType.Float32);
        var least = x.DType == DType.Float64 ? 2.2250738585072014e-308 : 1.17549435e-38;
        var unit = Uniform([x.Shape[0], x.Shape[1], numSamples], least, 1, x.DType, seed);
        // The largest of logits with Gumbel noise is a draw of the softmax.
        return Ops.Cast(Ops.Argmax(Ops.ExpandDims(x, -1) - Ops.Log(-Ops.Log(unit)), 1), dtype);
    }

    /// <summary>The slices of a tensor along an axis in a random order, each order as likely as any other.</summary>
    /// <param name="x">A tensor of known length along the axis.</param>
    /// <param name="axis">The axis. Default the first.</param>
    /// <param name="seed">Default the global generator.</param>
    /// <exception cref="ArgumentException">The axis is out of range or of unknown length.</exception>
    public static Tensor Shuffle(Tensor x, int axis = 0, Seed? seed = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        var at = x.Shape.Axis(axis, "shuffle");
        if (x.Shape[at] == Shape.Unknown) throw Errors.Argument("shuffle", "the length of the axis is not known", "a known length", x.Shape);
        // Equal keys of 64 bits, which would keep their order, do not occur in practice.
        return Ops.Take(x, Ops.Argsort(Bits64([x.Shape[at]], seed)), at);
    }

    static Tensor Bits64(Shape shape, Seed? seed)
    {
        var halves = Ops.Cast(new RandomBits(Shape.Of([2, .. shape.Dims])).On(Key(seed)), DType.UInt64);
        return Ops.Take(halves, 0, 0) * Tensor.Of<ulong>([1UL << 32], []) + Ops.Take(halves, 1, 0);
    }
}
