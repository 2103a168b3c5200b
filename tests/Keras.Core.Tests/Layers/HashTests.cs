namespace Keras.Core.Tests.Layers;

using Keras.Layers;

/// <summary>Hashes and layers that hash. Long texts are hashed by the libraries that TensorFlow uses, bins are those of Keras's own documentation and
/// tests.</summary>
sealed class HashTests
{
    static readonly string[] Names = ["omar", "stringer", "marlo", "wire", "skywalker"];
    static readonly int[] Digits = [0, 1, 2, 3, 4];

    // (length, FarmHash64, SipHash with the key 133, 137) of letters that no period of 8 or 64 repeats.
    static readonly (int Length, ulong Farm, ulong Sip)[] Known =
    [
        (0, 0x9ae16a3b2f90404f, 0x4464e36d49835ad4), (1, 0xb3454265b6df75e3, 0x6239e4ed0a5f3eca), (3, 0x2d5b0cbcc48fdc6b, 0x427fbf5c077cc6c5),
        (4, 0x7b803bc75cee3292, 0xdac3b13cded8b5fb), (7, 0xed26868869003b0a, 0x71aa2512d54f7135), (8, 0x93b52af6d9b92820, 0x0595f3cff22cd44e),
        (15, 0xa3a2d5a9cab38c6b, 0xcfb425247c7d7c69), (16, 0xf496a3696582095e, 0x95878272edde6915), (17, 0x1f0c64814df23a1a, 0x80f5fe01de52af27),
        (31, 0x819a5d945f19d4c9, 0x35343425890be7f7), (32, 0xe4880aa81eb072fd, 0x83b64c9db154bb24), (33, 0xa11779744df6e238, 0x43d6eee877d3eaf8),
        (50, 0x90f3fb47380b4386, 0x6a7a4902b9c6aa62), (63, 0xd2338016cfc88dd9, 0x5a94cab47f79b4a5), (64, 0xdb874bf15499c039, 0x6aa38c863e3dbf98),
        (65, 0x97519f99786933fd, 0x035fb6f742c19358), (100, 0x4b015f40b62e0c8b, 0xc0b1f9892c017bb7), (127, 0x57cc107ec1f7feee, 0x642b04f9f40035e4),
        (128, 0x3d466e5101fadb26, 0xb698e8da2568bdc7), (129, 0xe4885352df2b262a, 0x2dd029fea4749f27), (200, 0x26796a5134fbad2f, 0xe6389bca6c7eb6a0),
        (1000, 0x8641634131a39816, 0x03778ad169b32dc1),
    ];

    [Test]
    public void Fingerprints_are_those_of_the_libraries()
    {
        foreach (var (length, farm, sip) in Known)
        {
            var text = Enumerable.Range(0, length).Select(i => (byte)('a' + (((i * 7) + (i / 26)) % 26))).ToArray();
            Assert.That(FarmHash.Of(text), Is.EqualTo(farm), $"FarmHash64 of {length}");
            Assert.That(SipHash.Of(text, (133, 137)), Is.EqualTo(sip), $"SipHash of {length}");
        }
    }

    [Test]
    public void SipHash_is_that_of_its_paper()
    {
        (ulong, ulong) key = (0x0706050403020100, 0x0f0e0d0c0b0a0908);
        Assert.That(SipHash.Of([.. Enumerable.Range(0, 15).Select(i => (byte)i)], key), Is.EqualTo(0xa129ca6149be45e5));
    }

    [Test]
    public void Hashing_gives_Keras_bins()
    {
        string[,] letters = { { "A" }, { "B" }, { "C" }, { "D" }, { "E" } }, masked = { { "A" }, { "B" }, { "" }, { "C" }, { "D" } };
        Assert.Multiple(() =>
        {
            Expect(new Hashing(3).Apply(letters), [5, 1], [1, 0, 1, 1, 2]);
            Expect(new Hashing(3, maskValue: "").Apply(masked), [5, 1], [1, 1, 0, 2, 2]);
            Expect(new Hashing(3, salt: (133, 137)).Apply(letters), [5, 1], [1, 2, 1, 0, 2]);
            Expect(new Hashing(3, salt: 133).Apply(letters), [5, 1], [0, 0, 2, 1, 0]);
            Expect(new Hashing(1).Apply(letters), [5, 1], [0, 0, 0, 0, 0]);
            Expect(new Hashing(2).Apply(Names), [5], [0, 0, 1, 0, 0]);
            Expect(new Hashing(3, maskValue: "omar").Apply(Names), [5], [0, 1, 2, 1, 1]);
            Expect(new Hashing(2, salt: (133, 137)).Apply(Names), [5], [0, 1, 0, 1, 0]);
            Expect(new Hashing(2, salt: (211, 137)).Apply(Names), [5], [1, 0, 1, 0, 1]);
            Expect(new Hashing(2).Apply("marlo"), Shape.Scalar, [1]);
            Expect(new Hashing(3).Apply(["A", "B"]), [2], [1, 0]);
            Expect(new Hashing(3).Apply((StringArray)Array.Empty<string>()), [0], []);
        });
    }

    [Test]
    public void Hashing_takes_integers_by_their_digits()
    {
        var digits = Tensor.Of(Digits);
        Assert.Multiple(() =>
        {
            Expect(new Hashing(3).Apply(digits), [5], [1, 0, 1, 0, 2]);
            Expect(new Hashing(3).Apply(Ops.Cast(digits, DType.Float32) + 0.5), [5], [1, 0, 1, 0, 2]);
            Expect(new Hashing(3, salt: (133, 137)).Apply(digits), [5], [1, 1, 2, 0, 1]);
            Expect(new Hashing(4, maskValue: 2).Apply(digits), [5], [2, 1, 0, 1, 3]);
            Expect(new Hashing(4, maskValue: 2).Apply(Tensor.Of(new[] { 2, 2.5f })), [2], [0, 2]);
            Assert.That(new Hashing(3, dtype: "int32").Apply(digits).DType, Is.EqualTo(DType.Int32));
            Assert.That(new Hashing(3).Apply(digits).DType, Is.EqualTo(DType.Int64));
        });
    }

    [Test]
    public void Hashing_encodes()
    {
        var digits = Tensor.Of(Digits);
        Assert.Multiple(() =>
        {
            Expect(new Hashing(3, outputMode: "one_hot").Apply(digits), [5, 3], [0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1]);
            Expect(new Hashing(3, outputMode: "one_hot").Apply(Ops.Reshape(digits, [5, 1])), [5, 3], [0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1]);
            Expect(new Hashing(3, outputMode: "multi_hot").Apply(Ops.Reshape(digits, [1, 5])), [1, 3], [1, 1, 1]);
            Expect(new Hashing(3, outputMode: "count").Apply(digits), [3], [2, 2, 1]);
            Expect(new Hashing(3, outputMode: "count").Apply(Ops.Reshape(digits, [1, 5])), [1, 3], [2, 2, 1]);
            Assert.That(new Hashing(3, outputMode: "count", dtype: "float64").Apply(digits).DType, Is.EqualTo(DType.Float64));
        });
    }

    [Test]
    public void HashedCrossing_gives_Keras_bins()
    {
        string[] letters = ["A", "B", "A", "B", "A"];
        int[] numbers = [101, 101, 101, 102, 102];
        Assert.Multiple(() =>
        {
            Expect(new HashedCrossing(5).Apply([letters, numbers]), [5], [1, 4, 1, 1, 3]);
            Expect(new HashedCrossing(10).Apply(["A", Tensor.Of([101], Shape.Scalar)]), Shape.Scalar, [1]);
            Expect(new HashedCrossing(5, "one_hot").Apply([letters, numbers]), [5, 5],
                [0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0]);
            Expect(new HashedCrossing(5, "one_hot").Apply([StringArray.Of(letters, [5, 1]), Tensor.Of(numbers, [5, 1])]), [5, 5],
                [0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0]);
            Assert.That(new HashedCrossing(7).Apply(new[] { Tensor.Of(numbers), Tensor.Of(Digits) }).ToArray<long>(),
                Is.EqualTo(new HashedCrossing(7).Apply([numbers, Digits]).ToArray<long>()));
        });
    }

    [TestCase("int", null, null)]
    [TestCase("int", 2L, null)]
    [TestCase("one_hot", 2L, 133)]
    [TestCase("multi_hot", null, 133)]
    [TestCase("count", 7L, null)]
    public void Integers_of_a_model_are_hashed(string mode, long? mask, int? salt)
    {
        var layer = new Hashing(5, mask is { } m ? (Token?)m : null, salt is { } key ? (Salt?)(ulong)key : null, mode);
        var x = new Input([3], dtype: DType.Int64).Output;
        var numbers = Tensor.Of([0L, 2, -7, 7, long.MaxValue, long.MinValue, 12345678901234567, 3, 2], [3, 3]);
        var expected = layer.Apply(numbers);
        // What the values alone give, digit by digit.
        long Bin(string text) => mask is { } masked && text == masked.ToString(System.Globalization.CultureInfo.InvariantCulture) ? 0
            : mask is null ? Fingerprints.Bin(text, 5, salt is { } k ? ((ulong)k, (ulong)k) : null) : 1 + Fingerprints.Bin(text, 4, salt is { } s ? ((ulong)s, (ulong)s) : null);
        if (mode == "int") Assert.That(expected.ToArray<long>(), Is.EqualTo(numbers.ToArray<long>().Select(n => Bin(n.ToString(System.Globalization.CultureInfo.InvariantCulture)))));
        var model = new Model(x, layer.Apply(x));
        Assert.That(model.Layers, Has.Member(layer));
        Assert.That(model.Predict(numbers, batchSize: 2).ToDoubles(), Is.EqualTo(expected.ToDoubles()));
        Assert.That(model.Outputs.Tensor.Shape.With(0, 3), Is.EqualTo(expected.Shape));
        if (mode == "int") Assert.That(Ops.Map(rows => [layer.Apply(rows[0])], [numbers])[0].ToDoubles(), Is.EqualTo(expected.ToDoubles()), "in a loop");
    }

    [Test]
    public void Truth_values_of_a_model_are_hashed()
    {
        var layer = new Hashing(4, maskValue: "true");
        var x = new Input([2], dtype: DType.Bool).Output;
        var values = Tensor.Of([true, false], [1, 2]);
        Assert.That(new Model(x, layer.Apply(x)).Predict(values).ToArray<long>(), Is.EqualTo(layer.Apply(new[,] { { "true", "false" } }).ToArray<long>().Select((b, i) => i == 0 ? 1 + Fingerprints.Bin("true", 3, null) : b)));
    }

    [TestCase("int")]
    [TestCase("one_hot")]
    public void Features_of_a_model_are_crossed(string mode)
    {
        var layer = new HashedCrossing(7, mode);
        Tensor a = new Input([1], dtype: DType.Int64).Output, b = new Input([1], dtype: DType.Int32).Output;
        Tensor x = Tensor.Of([0L, 5, -3, long.MaxValue, long.MinValue], [5, 1]), y = Tensor.Of([101, -102, 0, int.MaxValue, 7], [5, 1]);
        var model = new Model(new[] { a, b }, layer.Apply([a, b]));
        var crossed = model.Predict(new[] { x, y });
        Assert.That(model.Layers, Has.Member(layer));
        Assert.That(crossed.ToDoubles(), Is.EqualTo(layer.Apply([x, y]).ToDoubles()));
        var bins = x.ToArray<long>().Zip(y.ToArray<int>(), (p, q) => Fingerprints.Join(Fingerprints.Join(Fingerprints.Start, (ulong)p), (ulong)q) % 7).ToArray();
        Assert.That(mode == "int" ? crossed.ToArray<long>().Select(v => (ulong)v) : Ops.Argmax(crossed, -1).ToDoubles().Select(v => (ulong)v), Is.EqualTo(bins));
    }

    [Test]
    public void Unknown_integers_of_a_model_are_hashed()
    {
        var layer = new IntegerLookup(numOovIndices: 4, vocabulary: [10, 20], oovMethod: "farmhash", salt: 9);
        var x = new Input([3], dtype: DType.Int64).Output;
        var values = Tensor.Of([10L, 11, -5, 20, 99, 0], [2, 3]);
        Assert.That(new Model(x, layer.Apply(x)).Predict(values).ToArray<long>(), Is.EqualTo(layer.Apply(values).ToArray<long>()));
    }

    [TestCaseSource(nameof(Mistakes))]
    public void Mistakes_are_named(Action action, string text) =>
        Assert.That(action, Throws.InstanceOf<Exception>().With.Message.Contains(text).And.Message.StartsWith("["));

    static IEnumerable<TestCaseData> Mistakes()
    {
        yield return Case(() => _ = new Hashing(0), "num_bins is not positive");
        yield return Case(() => _ = new Hashing(3, outputMode: "tf_idf"), "unknown value");
        yield return Case(() => _ = new Hashing(3, dtype: "float32"), "does not hold bins");
        yield return Case(() => _ = new Hashing(3, outputMode: "one_hot", sparse: true), "no sparse tensors");
        yield return Case(() => new HashedCrossing(3).Apply(["a", Layer.Input(2)[.., 0]]), "wrong shapes");
        yield return Case(() => new HashedCrossing(3).Apply([StringArray.Of(["a", "b"], [2]), new Input([], batchSize: 2, dtype: DType.Int64).Output]), "takes values");
        yield return Case(() => new HashedCrossing(3).Apply(Array.Empty<Column>()), "nothing to cross");
        yield return Case(() => _ = new HashedCrossing(0), "num_bins is not positive");
        yield return Case(() => new HashedCrossing(3).Apply([Digits]), "nothing to cross");
        yield return Case(() => new HashedCrossing(3).Apply(Tensor.Of(Digits)), "takes a list of features");
        yield return Case(() => new HashedCrossing(3).Apply([Digits, new[] { 1 }]), "wrong shapes");
        yield return Case(() => new HashedCrossing(3).Apply([Digits, new float[5]]), "holds other numbers");
        yield return Case(() => _ = StringArray.Of(["a", null!], [2]), "there is a null");
        yield return Case(() => _ = StringArray.Of(["a"], [2]), "does not fit the shape");
        yield return Case(() => _ = (StringArray)new[] { new[] { "a" }, ["b", "c"] }, "parts of a jagged array differ");

        static TestCaseData Case(Action action, string text) => new(action, text);
    }

    static void Expect(Tensor result, Shape shape, double[] values)
    {
        Assert.That(result.Shape, Is.EqualTo(shape));
        Assert.That(result.ToDoubles(), Is.EqualTo(values));
    }
}
