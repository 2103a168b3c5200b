namespace Keras.Kernels.Tests.Table;

/// <summary>What the elements of an input may be.</summary>
delegate double Domain(System.Random random, int index, int count);

static class Domains
{
    internal static Domain Range(double low, double high) => (random, _, _) => low + (random.NextDouble() * (high - low));

    /// <summary>Either sign, and never near 0.</summary>
    internal static Domain Signed(double low, double high) => (random, _, _) =>
        (low + (random.NextDouble() * (high - low))) * (random.Next(2) == 0 ? -1 : 1);

    /// <summary>Either sign, every order of magnitude alike.</summary>
    internal static Domain Magnitudes(double low, double high) => (random, _, _) =>
        low * Math.Pow(high / low, random.NextDouble()) * (random.Next(2) == 0 ? -1 : 1);

    internal static Domain Whole(int low, int high) => (random, _, _) => random.Next(low, high + 1);

    /// <summary>Whole numbers and halves, on which rounding is decided by a rule.</summary>
    internal static Domain Quarters { get; } = (random, _, _) => (random.Next(-40, 41) * 0.25) + (random.Next(3) == 0 ? 0.1 : 0);

    /// <summary>Numbers that all differ, out of order, so that extremes are clear.</summary>
    internal static Domain Distinct { get; } = (_, i, n) => ((i * 7919L % n) - (n / 2)) * (n < 1000 ? 0.125 : 1);

    internal static Domain Truths { get; } = (random, _, _) => random.Next(2);

    internal static Domain Bits { get; } = (random, _, _) => random.NextInt64(0, 1L << 32);
}

/// <summary>One input of a case: a shape, what its elements may be, and a dtype where it is not the row's.</summary>
sealed record Arg(Shape Shape, Domain Domain, DType? DType = null)
{
    internal DType In(DType dtype) => DType ?? dtype;

    /// <summary>Values that the dtype holds exactly.</summary>
    internal Nd Draw(System.Random random, DType dtype)
    {
        var (type, n) = (In(dtype), (int)Shape.Size);
        var drawn = Enumerable.Range(0, n).Select(i => Domain(random, i, n));
        return new Nd(Shape, [.. type.IsUnsigned() ? drawn.Select(Math.Abs) : drawn]).RoundedTo(type);
    }
}

static class DTypeRules
{
    internal static readonly DType[] Wide = [DType.Float32, DType.Float64];
    internal static readonly DType[] Floats = [DType.Float16, DType.BFloat16, .. Wide];
    internal static readonly DType[] Signed = [DType.Int8, DType.Int16, DType.Int32, DType.Int64];
    internal static readonly DType[] Integers = [.. Signed, DType.UInt8, DType.UInt16, DType.UInt32, DType.UInt64];
    internal static readonly DType[] Numbers = [.. Floats, .. Integers];
    internal static readonly DType[] All = [DType.Bool, .. Numbers];

    /// <summary>The distance from 1 to the next number.</summary>
    internal static double Step(this DType dtype) => Math.Pow(2, -MantissaBits(dtype));

    /// <summary>The smallest number above 0.</summary>
    internal static double Least(this DType dtype) => dtype switch
    {
        DType.Float16 => Math.Pow(2, -24),
        DType.BFloat16 => Math.Pow(2, -133),
        DType.Float32 => Math.Pow(2, -149),
        _ => double.Epsilon,
    };

    internal static double Largest(this DType dtype) => dtype switch
    {
        DType.Float16 => (double)Half.MaxValue,
        DType.BFloat16 => BFloat16.MaxValue,
        DType.Float32 => float.MaxValue,
        _ => double.MaxValue,
    };

    static int MantissaBits(DType dtype) => dtype switch { DType.Float16 => 10, DType.BFloat16 => 7, DType.Float32 => 23, _ => 52 };

    /// <summary>The numbers as the dtype holds them: floats to the nearest, integers around the end of their range, bool by not being 0.</summary>
    internal static Nd RoundedTo(this Nd values, DType dtype) => values.Map(v => Round(v, dtype));

    internal static double Round(double v, DType dtype) => dtype switch
    {
        DType.Float16 => (double)(Half)v,
        DType.BFloat16 => (BFloat16)v,
        DType.Float32 => (float)v,
        DType.Float64 => v,
        DType.Bool => v == 0 ? 0 : 1,
        _ => Wrap((long)Math.Round(v, MidpointRounding.AwayFromZero), dtype),
    };

    static double Wrap(long v, DType dtype) => unchecked(dtype switch
    {
        DType.UInt8 => (byte)v,
        DType.UInt16 => (ushort)v,
        DType.UInt32 => (uint)v,
        DType.UInt64 => (ulong)v,
        DType.Int8 => (sbyte)v,
        DType.Int16 => (short)v,
        DType.Int32 => (int)v,
        _ => v,
    });

    internal static Tensor Tensor(this Nd values, DType dtype)
    {
        var type = new TensorType(dtype, values.Shape);
        var data = new HostData(type.Bytes);
        for (var i = 0; i < values.Size; i++)
        {
            if (dtype == DType.UInt8) data.Span[i] = (byte)values.Values[i];
            else Elements.Write(dtype, data.Span, i, values.Values[i]);
        }
        return Keras.Tensor.Literal(type, data);
    }

    /// <summary>The same values by way of memory in another order: every second element, or the axes reversed.</summary>
    internal static Tensor Rearranged(this Nd values, DType dtype)
    {
        if (values.Shape.Rank == 0) return Ops.Reshape(new Slice(1, 1, Shape.Of(1)).On(Nd.Vector(7, values.Values[0]).Tensor(dtype)), Shape.Scalar);
        if (values.Shape.Rank > 1)
            return Ops.Transpose(OpTable.Permute(values, [.. Enumerable.Range(0, values.Shape.Rank).Reverse()]).Tensor(dtype));
        var apart = Nd.Make([2 * values.Size], i => i[0] % 2 == 0 ? 1 : values.Values[i[0] / 2]).Tensor(dtype);
        return new Slice(values.Size == 0 ? 0 : 1, 2, values.Shape).On(apart);
    }
}
