namespace Keras.Parity.Tests.Goldens;

/// <summary>A recorded value, in types of its own so that decoding never depends on what is being tested.</summary>
public abstract record GoldenValue
{
    public sealed record Null : GoldenValue;

    public sealed record Bool(bool Value) : GoldenValue;

    public sealed record Integer(long Value) : GoldenValue;

    public sealed record Real(double Value) : GoldenValue;

    public sealed record Complex(double Re, double Im) : GoldenValue;

    public sealed record Text(string Value) : GoldenValue;

    public sealed record List(IReadOnlyList<GoldenValue> Items) : GoldenValue;

    public sealed record Tuple(IReadOnlyList<GoldenValue> Items) : GoldenValue;

    public sealed record Dict(IReadOnlyDictionary<string, GoldenValue> Items) : GoldenValue;

    public sealed record Slice(long? Start, long? Stop, long? Step) : GoldenValue;

    public sealed record Ellipsis : GoldenValue;

    /// <summary>A NumPy scalar: a value with a strong dtype.</summary>
    public sealed record Scalar(string DType, GoldenValue Value) : GoldenValue;

    /// <summary>A placeholder; null stands for an unknown dimension.</summary>
    public sealed record Symbolic(string DType, IReadOnlyList<long?> Shape) : GoldenValue;

    public sealed record Strings(long[] Shape, string[] Data) : GoldenValue;

    /// <summary>An array: little-endian bytes in row-major order.</summary>
    public sealed record Tensor(string DType, long[] Shape, byte[] Data) : GoldenValue
    {
        public long Length => Shape.Aggregate(1L, (product, dimension) => product * dimension);

        /// <summary>All elements as doubles; a complex element gives two, real before imaginary.</summary>
        public double[] ToDoubles() => GoldenBytes.ToDoubles(DType, Data);

        public override string ToString() => $"{DType}({string.Join(", ", Shape)})";
    }

    // Without this, printing a value would print its elements, which are an error where there are none.
    protected virtual bool PrintMembers(System.Text.StringBuilder builder) => false;

    /// <summary>The value under a key of a dictionary, or null where there is none.</summary>
    public GoldenValue? Find(string key) => this is Dict dict ? dict.Items.GetValueOrDefault(key) : null;

    /// <summary>The elements of a list or a tuple.</summary>
    public IReadOnlyList<GoldenValue> Elements => this switch
    {
        List list => list.Items,
        Tuple tuple => tuple.Items,
        _ => throw new InvalidOperationException($"Expected: a list or a tuple. Received: {this}."),
    };

    /// <summary>The value as the given kind, or an error that names what it is instead.</summary>
    public TValue As<TValue>() where TValue : GoldenValue => this as TValue
        ?? throw new InvalidOperationException($"Expected: {typeof(TValue).Name}. Received: {this}.");
}
