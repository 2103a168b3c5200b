namespace Keras.Core.Tests.Graph;

public class DTypeTests
{
    // The lattice of JAX, an arrow a pair; "int" and "float" are the weak kinds.
    static readonly (string From, string To)[] Arrows =
    [
        ("bool", "int"), ("int", "uint8"), ("int", "int8"), ("uint8", "int16"), ("uint8", "uint16"), ("uint16", "int32"), ("uint16", "uint32"),
        ("uint32", "int64"), ("uint32", "uint64"), ("int8", "int16"), ("int16", "int32"), ("int32", "int64"), ("int64", "float"),
        ("uint64", "float"), ("float", "bfloat16"), ("float", "float16"), ("bfloat16", "float32"), ("float16", "float32"), ("float32", "float64"),
        ("float32", "complex64"), ("float64", "complex128"), ("complex64", "complex128"),
    ];

    static readonly DType[] All = [.. Enum.GetValues<DType>().Where(d => !d.IsFloat8())];

    static HashSet<string> Above(string name)
    {
        var above = new HashSet<string> { name };
        for (var size = 0; size != above.Count;)
        {
            size = above.Count;
            above.UnionWith(Arrows.Where(a => above.Contains(a.From)).Select(a => a.To).ToArray());
        }
        return above;
    }

    static string LeastUpperBound(string a, string b)
    {
        var common = Above(a).Intersect(Above(b)).ToHashSet();
        var least = common.Single(c => common.IsSubsetOf(Above(c)));
        return least switch { "float" => "float32", "int" => "int32", _ => least };
    }

    [Test]
    public void Two_dtypes_promote_to_their_least_upper_bound()
    {
        var wrong = from a in All
                    from b in All
                    let expected = LeastUpperBound(a.Name(), b.Name())
                    let got = DTypes.Promote(a, b).Name()
                    where got != expected
                    select $"{a.Name()} + {b.Name()} is {got}, not {expected}";
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Ops_promote_their_operands_as_the_lattice_says([ValueSource(nameof(All))] DType a)
    {
        foreach (var b in All)
            Assert.That((Ops.Zeros([2], a) + Ops.Zeros([2], b)).DType, Is.EqualTo(DTypes.Promote(a, b)), $"{a} + {b}");
    }

    [Test]
    public void A_literal_takes_the_dtype_of_the_tensor_where_its_kind_allows([ValueSource(nameof(All))] DType dtype)
    {
        var x = Ops.Ones([2], dtype);
        Assert.Multiple(() =>
        {
            Assert.That((x + 1).DType, Is.EqualTo(dtype == DType.Bool ? DType.Int32 : dtype));
            Assert.That((1 + x).DType, Is.EqualTo(dtype == DType.Bool ? DType.Int32 : dtype));
            Assert.That((x + 1.5).DType, Is.EqualTo(dtype.IsInexact() ? dtype : DType.Float32));
            Assert.That((1.5f * x).DType, Is.EqualTo(dtype.IsInexact() ? dtype : DType.Float32));
            Assert.That(Ops.Add(x, true).DType, Is.EqualTo(dtype));
        });
    }

    [Test]
    public void Literals_among_themselves_have_default_dtypes()
    {
        Tensor one = 1, half = 0.5;
        Assert.Multiple(() =>
        {
            Assert.That((one + one).DType, Is.EqualTo(DType.Int32));
            Assert.That((one + half).DType, Is.EqualTo(DType.Float32));
            Assert.That(Ops.ConvertToTensor(half).DType, Is.EqualTo(DType.Float32));
            Assert.That(Ops.ConvertToTensor(one).DType, Is.EqualTo(DType.Int32));
            Assert.That(Ops.ConvertToTensor(true).DType, Is.EqualTo(DType.Bool));
        });
    }

    [Test]
    public void A_result_is_no_literal_any_more()
    {
        var sum = (Tensor)1.0 + 1.0;
        Assert.That((sum + Ops.Ones([1], DType.Float16)).DType, Is.EqualTo(DType.Float32));
    }

    [Test]
    public void Sixty_four_bits_stay()
    {
        Assert.Multiple(() =>
        {
            Assert.That((Tensor.Of<long>([1L << 40], [1]) + 1).ToArray<long>(), Is.EqualTo(new[] { (1L << 40) + 1 }));
            Assert.That((Tensor.Of<double>([1e-300], [1]) * 2.0).ToArray<double>(), Is.EqualTo(new[] { 2e-300 }));
            Assert.That((Tensor.Of<ulong>([1], [1]) + Tensor.Of<uint>([1], [1])).DType, Is.EqualTo(DType.UInt64));
        });
    }

    [Test]
    public void Names_are_read_and_unknown_ones_refused()
    {
        foreach (var dtype in All) Assert.That(DTypes.Parse(dtype.Name()), Is.EqualTo(dtype));
        Assert.That(() => DTypes.Parse("float33"), Throws.ArgumentException.With.Message.EqualTo("[dtype] unknown name. Expected: bool, uint8, uint16, "
            + "uint32, uint64, int8, int16, int32, int64, float8_e4m3fn, float8_e5m2, float16, bfloat16, float32, float64, complex64, complex128. Received: \"float33\"."));
    }
}
