namespace Keras;

/// <summary>For each int64 the bin that its decimal digits fall into by FarmHash64, or by SipHash-2-4 with a key.</summary>
sealed record HashDigits(int Bins, (ulong First, ulong Second)? Key) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].DType == DType.Int64 ? inputs[0]
        : throw Wrong("integers are hashed", DType.Int64.Name(), inputs[0].DType.Name());

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [null];
}

public static partial class Ops
{
    internal static Tensor HashDigits(Tensor x, int bins, (ulong First, ulong Second)? key) => new HashDigits(bins, key).On(Cast(x, DType.Int64));

    /// <summary>The bins of what columns of integers have together: fingerprints of 64 bits, joined as <see cref="Fingerprints.Join"/> does.</summary>
    internal static Tensor HashCrossed(IEnumerable<Tensor> columns, int bins)
    {
        // What TensorFlow begins with.
        Tensor joined = Bits(Fingerprints.Start), factor = Bits(Fingerprints.Factor);
        foreach (var column in columns)
            joined = Shifted(Shifted(BitwiseXor(BitwiseXor(joined, factor), Shifted(Cast(column, DType.Int64) * factor) * factor) * factor) * factor);
        // The remainder of a number without a sign: that of its upper 63 bits, twice, and the last bit.
        var upper = BitwiseAnd(RightShift(joined, Bits(1)), Bits(long.MaxValue));
        return Mod((Mod(upper, Bits((ulong)bins)) * Bits(2)) + BitwiseAnd(joined, Bits(1)), Bits((ulong)bins));

        static Tensor Bits(ulong value) => Tensor.Of([unchecked((long)value)], Shape.Scalar);

        static Tensor Shifted(Tensor value) => BitwiseXor(value, BitwiseAnd(RightShift(value, Bits(47)), Bits((1 << 17) - 1)));
    }
}
