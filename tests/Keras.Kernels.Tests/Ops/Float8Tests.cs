namespace Keras.Kernels.Tests.Table;

/// <summary>8-bit floats: every code, the rounding between them, and that ops take them.</summary>
sealed class Float8Tests
{
    static readonly DType[] Both = [DType.Float8E4M3FN, DType.Float8E5M2];

    static float Number(DType dtype, byte bits) => dtype == DType.Float8E4M3FN ? Float8E4M3FN.FromBits(bits) : Float8E5M2.FromBits(bits);

    static double[] Numbers(DType dtype) =>
        [.. Enumerable.Range(0, 128).Select(b => (double)Number(dtype, (byte)b)).Where(double.IsFinite)];

    [Test]
    public void Codes_mean_the_numbers_of_the_format([Range(0, 255)] int code)
    {
        var sign = code < 128 ? 1 : -1;
        var (four, three) = (code >> 3 & 15, code & 7);
        var expected = four == 15 && three == 7 ? double.NaN : four == 0 ? sign * three / 512.0 : sign * (1 + (three / 8.0)) * Math.Pow(2, four - 7);
        Assert.Multiple(() =>
        {
            Assert.That((double)Float8E4M3FN.FromBits((byte)code), Is.EqualTo(expected));
            Assert.That((float)Float8E5M2.FromBits((byte)code), Is.EqualTo((float)BitConverter.UInt16BitsToHalf((ushort)(code << 8))), "the upper half of a Half");
        });
    }

    [Test]
    public void Casts_keep_numbers_and_round_what_lies_between_to_even([ValueSource(nameof(Both))] DType dtype)
    {
        var numbers = Numbers(dtype);
        Assert.That(Round(dtype, numbers), Is.EqualTo(numbers));
        Assert.That(Round(dtype, [.. numbers.Select(n => -n)]), Is.EqualTo(numbers.Select(n => -n)));
        var pairs = numbers.Zip(numbers.Skip(1)).ToArray();
        double[] middles = [.. pairs.Select(p => (p.First + p.Second) / 2)];
        Assert.That(Round(dtype, middles), Is.EqualTo(pairs.Select((p, code) => code % 2 == 0 ? p.First : p.Second)));
        Assert.That(Round(dtype, [.. middles.Select(m => m * (1 + 1e-12))]), Is.EqualTo(pairs.Select(p => p.Second)), "one rounding, not two");
    }

    [Test]
    public void What_is_too_large_is_NaN_or_infinite()
    {
        Assert.That(Round(DType.Float8E4M3FN, [464, -464.1, 1e300, double.NegativeInfinity]), Is.EqualTo(new[] { 448, double.NaN, double.NaN, double.NaN }));
        Assert.That(Round(DType.Float8E5M2, [61_439, -61_440, 1e300, double.NaN]), Is.EqualTo(new[] { 57_344, double.NegativeInfinity, double.PositiveInfinity, double.NaN }));
    }

    [Test]
    public void Every_dtype_casts_to_and_fro([ValueSource(nameof(Both))] DType dtype, [ValueSource(typeof(DTypeRules), nameof(DTypeRules.All))] DType other)
    {
        double[] values = [0, 1, 2, 12];
        var x = Ops.Cast(Tensor.Of(values, [4]), other);
        var there = Ops.Cast(x, dtype);
        Assert.That((there.DType, Ops.Cast(there, other).DType), Is.EqualTo((dtype, other)));
        Assert.That(Ops.Cast(there, other).ToDoubles(), Is.EqualTo(x.ToDoubles()));
        Assert.That(there.ToDoubles(), Is.EqualTo(x.ToDoubles()));
    }

    [Test]
    public void Ops_compute_in_float32_and_round([ValueSource(nameof(Both))] DType dtype)
    {
        var x = Ops.Reshape(Ops.Cast(Ops.Arange(1.0, 7.0), dtype), [2, 3]);
        Assert.Multiple(() =>
        {
            Assert.That(((x + x).DType, (x * 2).DType), Is.EqualTo((dtype, dtype)));
            Assert.That((x + x).ToDoubles(), Is.EqualTo(new double[] { 2, 4, 6, 8, 10, 12 }));
            Assert.That(Ops.Transpose(x).ToDoubles(), Is.EqualTo(new double[] { 1, 4, 2, 5, 3, 6 }));
            Assert.That(Ops.Concatenate([x, x], 1).ToDoubles(), Is.EqualTo(new double[] { 1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6 }));
            Assert.That(Ops.Sum(x, 0).ToDoubles(), Is.EqualTo(Round(dtype, [5, 7, 9])));
            Assert.That(Ops.Matmul(x, Ops.Transpose(x)).ToDoubles(), Is.EqualTo(Round(dtype, [14, 32, 32, 77])));
            Assert.That(Ops.Max(x).ToDoubles(), Is.EqualTo(new double[] { 6 }));
            Assert.That(Ops.Take(x, Tensor.Of([1], [1]), 0).ToDoubles(), Is.EqualTo(new double[] { 4, 5, 6 }));
            Assert.That(Ops.Sort(-x).ToDoubles(), Is.EqualTo(new double[] { -3, -2, -1, -6, -5, -4 }));
            Assert.That(Ops.Greater(x, 3).ToArray<bool>(), Is.EqualTo(new[] { false, false, false, true, true, true }));
        });
    }

    [Test]
    public void Limits_are_those_of_the_dtype([ValueSource(nameof(Both))] DType dtype)
    {
        var most = Numbers(dtype).Max();
        var beyond = Tensor.Of([1e30, -1e30, 2], [3]);
        var hole = Ops.Cast(Tensor.Of([-3, double.NaN, double.NaN], [3]), dtype);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.SaturateCast(beyond, dtype).ToDoubles(), Is.EqualTo(new[] { most, -most, 2 }));
            Assert.That(Ops.SaturateCast(Ops.Cast(Tensor.Of([most, -most, 2], [3]), dtype), DType.Int8).ToDoubles(), Is.EqualTo(new double[] { 127, -128, 2 }));
            Assert.That(Ops.NanToNum(hole).ToDoubles(), Is.EqualTo(new double[] { -3, 0, 0 }));
            Assert.That(Ops.NanToNum(Ops.Cast(beyond, DType.Float8E5M2)).ToDoubles(), Is.EqualTo(new double[] { 57_344, -57_344, 2 }));
            Assert.That(Ops.Nanmax(hole).Item(), Is.EqualTo(-3));
            Assert.That(Ops.SegmentMax(hole[..1], Tensor.Of([1], [1]), 2).ToDoubles(), Is.EqualTo(new[] { dtype == DType.Float8E5M2 ? double.NegativeInfinity : -most, -3 }));
            Assert.That(Ops.SegmentMin(-hole[..1], Tensor.Of([1], [1]), 2).ToDoubles(), Is.EqualTo(new[] { dtype == DType.Float8E5M2 ? double.PositiveInfinity : most, 3 }));
        });
    }

    [Test]
    public void Bits_are_one_byte([ValueSource(nameof(Both))] DType dtype)
    {
        var numbers = Numbers(dtype);
        var x = Ops.Cast(Tensor.Of(numbers, [numbers.Length]), dtype);
        Assert.That(Ops.Signbit(-x).ToArray<bool>(), Is.All.True);
        Assert.That(Ops.Signbit(x).ToArray<bool>(), Is.All.False);
        Assert.That(Ops.Nextafter(x, x[^1]).ToDoubles(), Is.EqualTo(numbers.Skip(1).Append(numbers[^1])));
        Assert.That(Ops.Nextafter(x, -x[^1]).ToDoubles()[1..], Is.EqualTo(numbers.SkipLast(1)));
    }

    [Test]
    public void Casts_pass_gradients([ValueSource(nameof(Both))] DType dtype)
    {
        var x = Tensor.Of([1f, 2f], [2]);
        Assert.That(Gradients.Of(Ops.Cast(Ops.Cast(x, dtype), DType.Float32) * 3, [x])[0].ToDoubles(), Is.All.EqualTo(3));
    }

    [Test]
    public void Nothing_becomes_or_leaves_an_8_bit_float_by_itself([ValueSource(nameof(Both))] DType dtype) =>
        Assert.That(() => Ops.Ones([2], dtype) + Ops.Ones([2]), Throws.ArgumentException.With.Message.Contains("8-bit floats meet no other dtype. Expected: a cast first."));

    static double[] Round(DType dtype, double[] values) => Ops.Cast(Tensor.Of(values, [values.Length]), dtype).ToDoubles();
}
