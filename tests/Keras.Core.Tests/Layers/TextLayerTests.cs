using System.Text.Json.Nodes;

namespace Keras.Core.Tests.Layers;

using Keras.Layers;

/// <summary>Lookups and text: values of Keras's documentation and of its tests.</summary>
sealed class TextLayerTests
{
    /// <summary>Layers that take strings, or values only: the generic tests feed numbers, and symbols.</summary>
    internal static readonly Type[] Types = [typeof(Hashing), typeof(HashedCrossing), typeof(StringLookup), typeof(TextVectorization)];

    static readonly string[] Letters = ["a", "b", "c", "d"];
    static readonly string[,] Data = { { "a", "c", "d" }, { "d", "z", "b" } }, Long = { { "a", "c", "d", "d" }, { "d", "z", "b", "z" } };
    static readonly long[] Numbers = [12, 36, 1138, 42];
    static readonly Tensor Integers = Tensor.Of(new[,] { { 12, 1138, 42 }, { 42, 1000, 36 } }), More = Tensor.Of(new[,] { { 12, 1138, 42, 42 }, { 42, 7, 36, 7 } });
    static readonly double[] Idf = [0.25, 0.75, 0.6, 0.4];
    static readonly string[] Texts = ["foo bar", "bar baz", "baz bada boom"];

    [Test]
    public void StringLookup_gives_indices()
    {
        var masked = new StringLookup(vocabulary: ["a"], maskToken: "[MASK]");
        Assert.Multiple(() =>
        {
            Expect(new StringLookup(vocabulary: Letters).Apply(Data), [2, 3], [1, 3, 4, 4, 0, 2]);
            Expect(new StringLookup(vocabulary: Letters, numOovIndices: 2).Apply(new[,] { { "a", "c", "d" }, { "m", "z", "b" } }), [2, 3], [2, 4, 5, 0, 1, 3]);
            Expect(masked.Apply(["[MASK]", "a", "b"]), [3], [0, 2, 1]);
            Expect(new StringLookup(vocabulary: Letters).Apply("c"), Shape.Scalar, [3]);
            Expect(new StringLookup(vocabulary: Letters, numOovIndices: 0).Apply(Letters), [4], [0, 1, 2, 3]);
            Expect(new StringLookup(vocabulary: ["a", "b"], numOovIndices: 3, salt: 5).Apply(["a", "b"]), [2], [3, 4]);
            Expect(new StringLookup().Apply(["a"]), [1], [0]);
            Assert.That(masked.GetVocabulary(), Is.EqualTo(new[] { "[MASK]", "[UNK]", "a" }));
            Assert.That(masked.GetVocabulary(includeSpecialTokens: false), Is.EqualTo(new[] { "a" }));
            Assert.That(masked.VocabularySize(), Is.EqualTo(3));
            Assert.That(masked.Apply(["a"]).DType, Is.EqualTo(DType.Int64));
        });
    }

    [Test]
    public void StringLookup_encodes()
    {
        Assert.Multiple(() =>
        {
            Expect(new StringLookup(vocabulary: Letters, outputMode: "one_hot").Apply(["a", "b", "c", "d", "z"]), [5, 5],
                [0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0]);
            Expect(new StringLookup(vocabulary: Letters, outputMode: "multi_hot").Apply(Long), [2, 5], [0, 1, 0, 1, 1, 1, 0, 1, 0, 1]);
            Expect(new StringLookup(vocabulary: Letters, outputMode: "count").Apply(Long), [2, 5], [0, 1, 0, 1, 2, 2, 0, 1, 0, 1]);
            Expect(new StringLookup(vocabulary: ["a"], maskToken: "m", outputMode: "count").Apply(["m", "a", "m", "b"]), [2], [1, 1]);
            Expect(new StringLookup(4, vocabulary: ["a"], outputMode: "count", padToMaxTokens: true).Apply(["a"]), [4], [0, 1, 0, 0]);
            Expect(new StringLookup(4, outputMode: "count", padToMaxTokens: true).Apply(["a"]), [4], [1, 0, 0, 0]);
        });
    }

    [Test]
    public void StringLookup_weighs_tokens()
    {
        var layer = new StringLookup(outputMode: "tf_idf");
        layer.SetVocabulary(Letters, Idf);
        Expect(layer.Apply(Long), [2, 5], [0, 0.25, 0, 0.6, 0.8, 1, 0, 0.75, 0, 0.4]);
        layer.SetVocabulary(["[UNK]", .. Letters], [0.9, .. Idf]);
        Expect(layer.Apply(Long), [2, 5], [0, 0.25, 0, 0.6, 0.8, 1.8, 0, 0.75, 0, 0.4]);
        var padded = new StringLookup(7, vocabulary: Letters, idfWeights: Idf, outputMode: "tf_idf", padToMaxTokens: true);
        Expect(padded.Apply(["a", "z"]), [7], [0.5, 0.25, 0, 0, 0, 0, 0]);
    }

    [Test]
    public void StringLookup_adapts()
    {
        var layer = new StringLookup();
        layer.Adapt(Data);
        Expect(layer.Apply(Data), [2, 3], [5, 3, 1, 1, 2, 4]);
        Assert.That(layer.GetVocabulary(), Is.EqualTo(new[] { "[UNK]", "d", "z", "c", "b", "a" }));
        layer.Adapt(["a", "a", "a", "b", "b", "c"]);
        Expect(layer.Apply(["b", "c", "d"]), [3], [2, 3, 0]);
        layer.Adapt(Stream());
        Assert.That(layer.GetVocabulary(), Is.EqualTo(new[] { "[UNK]", "cat", "dog", "bird" }));
        layer.Adapt(Stream(), steps: 1);
        Assert.That(layer.GetVocabulary(), Is.EqualTo(new[] { "[UNK]", "dog", "cat" }));
        var few = new StringLookup(3, maskToken: "", numOovIndices: 1);
        few.Adapt(["x", "", "", "[UNK]", "y", "y"]);
        Assert.That(few.GetVocabulary(), Is.EqualTo(new[] { "", "[UNK]", "y" }));
        var order = new StringLookup();
        order.Adapt(["\uFF5E", "\U0001F600", "ab", "a"]);
        Assert.That(order.GetVocabulary(false), Is.EqualTo(new[] { "\U0001F600", "\uFF5E", "ab", "a" }));

        static IEnumerable<string[]> Stream()
        {
            yield return ["cat", "dog"];
            yield return ["bird", "cat"];
        }
    }

    [Test]
    public void StringLookup_counts_documents()
    {
        var layer = new StringLookup(outputMode: "tf_idf");
        layer.Adapt(new[,] { { "a", "a", "b" }, { "a", "c", "c" } });
        // log(1 + 2 / (1 + documents)): a is in both, b and c in one.
        double both = Math.Log(1 + (2 / 3.0)), one = Math.Log(2);
        Expect(layer.Apply(["a", "c", "b", "?"]), [4], [((2 * one) + both) / 3, both, one, one]);
        Assert.That(layer.GetVocabulary(false), Is.EqualTo(new[] { "a", "c", "b" }));
    }

    [Test]
    public void StringLookup_goes_back()
    {
        var back = new StringLookup(vocabulary: Letters, invert: true).ApplyInverse(Tensor.Of(new[,] { { 1, 3, 4 }, { 4, 0, 2 } }));
        Assert.That(back.Shape, Is.EqualTo(Shape.Of(2, 3)));
        Assert.That(back, Is.EqualTo(new[] { "a", "c", "d", "d", "[UNK]", "b" }));
        var masked = new StringLookup(vocabulary: Letters, invert: true, maskToken: "").ApplyInverse(Tensor.Of(new[] { 0, 1, 2, 9, -1 }));
        Assert.That(masked, Is.EqualTo(new[] { "", "[UNK]", "a", "[UNK]", "[UNK]" }));
    }

    [Test]
    public void IntegerLookup_gives_indices()
    {
        var known = new IntegerLookup(vocabulary: Numbers);
        var adapted = new IntegerLookup();
        adapted.Adapt(Integers);
        Assert.Multiple(() =>
        {
            Expect(known.Apply(Integers), [2, 3], [1, 3, 4, 4, 0, 2]);
            Expect(adapted.Apply(Integers), [2, 3], [5, 2, 1, 1, 3, 4]);
            Assert.That(adapted.GetVocabulary(), Is.EqualTo(new long[] { -1, 42, 1138, 1000, 36, 12 }));
            Expect(new IntegerLookup(vocabulary: Numbers, numOovIndices: 2).Apply(Tensor.Of(new[,] { { 12, 1138, 42 }, { 37, 1000, 36 } })), [2, 3], [2, 4, 5, 1, 0, 3]);
            Expect(new IntegerLookup(vocabulary: Numbers, numOovIndices: 3).Apply(Tensor.Of(new[] { -1, -2, 12 })), [3], [2, 1, 3]);
            Expect(new IntegerLookup(vocabulary: Numbers, numOovIndices: 3, oovMethod: "farmhash").Apply(Tensor.Of(new[] { 0, 1, 2, 3, 4 })), [5], [1, 0, 1, 0, 2]);
            Expect(new IntegerLookup(vocabulary: Numbers, numOovIndices: 3, oovMethod: "farmhash", salt: (133, 137)).Apply(Tensor.Of(new[] { 0, 1, 2, 3, 4 })), [5], [1, 1, 2, 0, 1]);
            Expect(new IntegerLookup(vocabulary: Numbers, maskToken: 0).Apply(Tensor.Of(new[] { 0, 12, 5 })), [3], [0, 2, 1]);
            Expect(new IntegerLookup(vocabulary: Numbers, outputMode: "multi_hot").Apply(More), [2, 5], [0, 1, 0, 1, 1, 1, 0, 1, 0, 1]);
            Expect(new IntegerLookup(vocabulary: Numbers, outputMode: "count").Apply(More), [2, 5], [0, 1, 0, 1, 2, 2, 0, 1, 0, 1]);
            Expect(new IntegerLookup(vocabulary: Numbers, idfWeights: Idf, outputMode: "tf_idf").Apply(More), [2, 5], [0, 0.25, 0, 0.6, 0.8, 1, 0, 0.75, 0, 0.4]);
            Expect(new IntegerLookup(vocabulary: Numbers, invert: true).Apply(Tensor.Of(new[,] { { 1, 3, 4 }, { 4, 0, 2 } })), [2, 3], [12, 1138, 42, 42, -1, 36]);
        });
    }

    [Test]
    public void IntegerLookup_is_the_same_in_a_model()
    {
        IntegerLookup[] layers =
        [
            new(vocabulary: Numbers), new(vocabulary: Numbers, numOovIndices: 3, maskToken: 7), new(vocabulary: Numbers, outputMode: "count", maskToken: 99),
            new(vocabulary: Numbers, idfWeights: Idf, outputMode: "tf_idf"), new(vocabulary: [3, 1000, 7], invert: true, maskToken: -5), new(),
        ];
        var inputs = Tensor.Of(new[,] { { 12, 1138, 42, 7, -4 }, { 0, 1, 2, 3, 99 } });
        foreach (var layer in layers)
        {
            var x = new Input([5], dtype: DType.Int32).Output;
            var inModel = new Model(inputs: x, outputs: layer.Apply(x)).Predict(inputs);
            var eager = layer.Apply(inputs);
            Assert.That(inModel.ToDoubles(), Is.EqualTo(eager.ToDoubles()));
            Assert.That(inModel.DType, Is.EqualTo(eager.DType));
        }
    }

    [Test]
    public void TextVectorization_gives_indices()
    {
        string[,] texts = { { "foo qux bar" }, { "qux baz" } };
        var adapted = new TextVectorization(maxTokens: 5000, outputSequenceLength: 4);
        adapted.Adapt(Texts);
        var streamed = new TextVectorization();
        streamed.Adapt(Texts.Chunk(2));
        var hello = new TextVectorization(vocabulary: ["hello", "world", "this", "is", "nice", "test"]);
        Assert.Multiple(() =>
        {
            Expect(adapted.Apply(texts), [2, 4], [4, 1, 3, 0, 1, 2, 0, 0]);
            Expect(streamed.Apply(texts), [2, 3], [4, 1, 3, 1, 2, 0]);
            Assert.That(streamed.GetVocabulary(), Is.EqualTo(adapted.GetVocabulary()));
            Expect(new TextVectorization(outputSequenceLength: 2, vocabulary: ["baz", "bar", "foo"]).Apply(texts), [2, 2], [4, 1, 1, 2]);
            Assert.That(new TextVectorization(vocabulary: ["earth", "wind", "and", "fire"]).GetVocabulary(), Is.EqualTo(new[] { "", "[UNK]", "earth", "wind", "and", "fire" }));
            Expect(hello.Apply(["Hello, World!. This is just a nice test!"]), [1, 8], [2, 3, 4, 5, 1, 1, 6, 7]);
            Expect(hello.Apply("this Test"), [2], [4, 7]);
            Expect(hello.Apply([" \t", ""]), [2, 0], []);
            Expect(hello.Apply((StringArray)Array.Empty<string>()), [0, 0], []);
        });
    }

    [Test]
    public void TextVectorization_standardizes_and_splits_as_told()
    {
        Assert.Multiple(() =>
        {
            Expect(new TextVectorization(standardize: "lower", vocabulary: ["hello,", "hello", "world", "this"]).Apply(["Hello, World!. This"]), [1, 3], [2, 1, 5]);
            Expect(new TextVectorization(standardize: "strip_punctuation", vocabulary: ["Hello", "World", "Test"]).Apply(["Hello, World! Test."]), [1, 3], [2, 3, 4]);
            Expect(new TextVectorization(standardize: Standardization.None, vocabulary: ["Hello", "world"]).Apply(["Hello hello"]), [1, 2], [2, 1]);
            Expect(new TextVectorization(standardize: Standardization.Of(s => s.Replace('-', ' ')), vocabulary: ["foo", "bar"]).Apply(["foo-bar"]), [1, 2], [2, 3]);
            Expect(new TextVectorization(split: "character", vocabulary: ["a", "b", "c", "\U0001F600"]).Apply(["ab\U0001F600f"]), [1, 4], [2, 3, 5, 1]);
            Expect(new TextVectorization(split: TextSplit.Of(s => s.Split('|')), standardize: Standardization.None, vocabulary: ["foo", "bar"]).Apply(["foo|bar"]), [1, 2], [2, 3]);
            Expect(new TextVectorization(split: TextSplit.None, vocabulary: ["foo", "bar"]).Apply(new[,] { { "foo" }, { "bar" }, { "unknown" } }), [3, 1], [2, 3, 1]);
            // Only letters of ASCII, as TensorFlow's lower without an encoding.
            Expect(new TextVectorization(vocabulary: ["äb", "Äb"]).Apply(["ÄB"]), [1, 1], [3]);
            Assert.That(((Standardization)"lower_and_strip_punctuation").Apply("aB!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'c"), Is.EqualTo("abc"));
        });
    }

    [Test]
    public void TextVectorization_joins_tokens()
    {
        var two = new TextVectorization(ngrams: 2);
        two.Adapt(["foo bar baz"]);
        var oneAndThree = new TextVectorization(ngrams: (1, 3));
        oneAndThree.Adapt(["foo bar baz"]);
        Assert.Multiple(() =>
        {
            Assert.That(two.GetVocabulary(), Is.EqualTo(new[] { "", "[UNK]", "foo bar", "foo", "baz", "bar baz", "bar" }));
            Expect(two.Apply(["foo bar", "bar"]), [2, 3], [3, 6, 2, 6, 0, 0]);
            Assert.That(oneAndThree.GetVocabulary(false), Is.EqualTo(new[] { "foo bar baz", "foo", "baz", "bar" }));
        });
    }

    [Test]
    public void TextVectorization_encodes()
    {
        string[] vocabulary = ["foo", "bar", "baz"], texts = ["foo bar", "baz foo foo"];
        var adapted = new TextVectorization(outputMode: "tf_idf");
        adapted.Adapt(Texts);
        double one = Math.Log(1 + (3 / 2.0)), two = Math.Log(2), mean = ((2 * two) + (3 * one)) / 5;
        Assert.Multiple(() =>
        {
            Expect(new TextVectorization(outputMode: "multi_hot", vocabulary: vocabulary).Apply(texts), [2, 4], [0, 1, 1, 0, 0, 1, 0, 1]);
            Expect(new TextVectorization(outputMode: "count", vocabulary: vocabulary).Apply(texts), [2, 4], [0, 1, 1, 0, 0, 2, 0, 1]);
            Expect(new TextVectorization(outputMode: "count", vocabulary: vocabulary).Apply(["", "!"]), [2, 4], [0, 0, 0, 0, 0, 0, 0, 0]);
            Expect(new TextVectorization(outputMode: "tf_idf", vocabulary: vocabulary, idfWeights: [0.3, 0.5, 0.2]).Apply(texts), [2, 4], [0, 0.3, 0.5, 0, 0, 0.6, 0, 0.2]);
            Expect(new TextVectorization(8, outputMode: "multi_hot", vocabulary: ["foo", "bar"], padToMaxTokens: true).Apply(["foo bar"]), [1, 8], [0, 1, 1, 0, 0, 0, 0, 0]);
            Expect(adapted.Apply(["bar foo qux"]), [1, 6], [mean, 0, two, one, 0, 0]);
        });
        var few = new TextVectorization(5);
        few.Adapt(["a b c d e f g h i j"]);
        Assert.That(few.GetVocabulary(), Is.EqualTo(new[] { "", "[UNK]", "j", "i", "h" }));
    }

    static IEnumerable<Layer> Made()
    {
        yield return new Hashing(8);
        yield return new Hashing(8, "", (3, ulong.MaxValue), "one_hot", false, "h", "float64", false, new Keras.Regularizers.L2(0.5));
        yield return new Hashing(8, 0, 5);
        yield return new HashedCrossing(3);
        yield return new HashedCrossing(4, "one_hot", false, "x", "float64");
        yield return new StringLookup();
        yield return new StringLookup(9, 2, "m", "o", Letters, Idf, false, "tf_idf", true, false, "latin-1", "s", 7, "mixed_bfloat16", false);
        yield return new StringLookup(vocabulary: Letters, invert: true);
        yield return new IntegerLookup(vocabulary: [long.MaxValue, long.MinValue], maskToken: long.MaxValue - 1);
        yield return new TextVectorization();
        yield return new TextVectorization(9, Standardization.None, TextSplit.None, (1, 3), "tf_idf", null, true, Letters, Idf, false, false, "latin-1", "t", "float64", false);
        yield return new TextVectorization(standardize: "lower", split: "character", ngrams: 2, outputSequenceLength: 5);
    }

    [TestCaseSource(nameof(Made))]
    public void Comes_back_from_its_config(Layer layer)
    {
        var config = layer.GetConfig();
        var again = (Layer)ObjectConfig.Construct(layer.GetType(), JsonNode.Parse(config.ToJsonString())!.AsObject());
        Assert.That(again.GetConfig().ToJsonString(), Is.EqualTo(config.ToJsonString()));
    }

    [Test]
    public void Configs_have_Keras_keys()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Keys(new StringLookup()), Is.EquivalentTo("name trainable dtype invert max_tokens num_oov_indices oov_token mask_token output_mode sparse pad_to_max_tokens idf_weights vocabulary vocabulary_size oov_method encoding salt".Split(' ')));
            Assert.That(Keys(new IntegerLookup()), Is.EquivalentTo("name trainable dtype invert max_tokens num_oov_indices oov_token mask_token output_mode sparse pad_to_max_tokens idf_weights vocabulary vocabulary_size vocabulary_dtype oov_method salt".Split(' ')));
            Assert.That(Keys(new TextVectorization()), Is.EquivalentTo("name trainable dtype max_tokens standardize split ngrams output_mode output_sequence_length pad_to_max_tokens sparse ragged vocabulary idf_weights encoding vocabulary_size".Split(' ')));
            Assert.That(Keys(new Hashing(3)), Is.EquivalentTo("name trainable dtype num_bins salt mask_value output_mode sparse".Split(' ')));
            Assert.That(Keys(new HashedCrossing(3)), Is.EquivalentTo("name dtype num_bins output_mode sparse".Split(' ')));
            Assert.That(new Hashing(3, salt: 133).GetConfig()["salt"]!.ToJsonString(), Is.EqualTo("[133,133]"));
        });

        static IEnumerable<string> Keys(Layer layer) => layer.GetConfig().Select(p => p.Key);
    }

    [Test]
    public void A_vocabulary_in_a_config_is_no_path()
    {
        var config = JsonNode.Parse("""{"vocabulary": "/etc/passwd"}""")!.AsObject();
        foreach (var type in new[] { typeof(StringLookup), typeof(IntegerLookup), typeof(TextVectorization) })
            Assert.That(() => ObjectConfig.Construct(type, config), Throws.ArgumentException.With.Message.Contains("\"vocabulary\" has a wrong value"));
    }

    [Test]
    public void A_vocabulary_goes_to_files_and_back()
    {
        var text = new TextVectorization(20, outputMode: "tf_idf", padToMaxTokens: true);
        text.Adapt(Texts);
        var again = new TextVectorization(20, outputMode: "tf_idf", padToMaxTokens: true);
        again.Lookup.ReadVocabulary(text.Lookup.WriteVocabulary(), text.Lookup.CurrentIdf);
        Assert.That(again.Apply(Texts).ToArray<float>(), Is.EqualTo(text.Apply(Texts).ToArray<float>()));
        var ints = new TextVectorization();
        ints.Adapt(Texts);
        Assert.That(ints.Lookup.WriteVocabulary(), Is.EqualTo("\n[UNK]\nbaz\nbar\nfoo\nboom\nbada"));
        var lookup = new IntegerLookup(maskToken: 0);
        lookup.ReadVocabulary("0\n-1\n5\n7\n\n");
        Assert.That(lookup.GetVocabulary(), Is.EqualTo(new long[] { 0, -1, 5, 7 }));
        Assert.That(() => lookup.ReadVocabulary("0\n-1\nx"), Throws.ArgumentException.With.Message.Contains("no integer"));
    }

    [Test]
    public void What_fails_leaves_a_lookup_as_it_was()
    {
        var layer = new StringLookup(4, outputMode: "count");
        layer.SetVocabulary(["a", "b", "c"]);
        Action[] failing =
        [
            () => layer.SetVocabulary(["a", "a"]), () => layer.SetVocabulary([]), () => layer.SetVocabulary(["a", "b", "c", "d"]), () => layer.SetVocabulary(["x", "y"]),
            () => layer.SetVocabulary(["a", null!, "c"]), () => layer.Adapt(Array.Empty<string[]>()), () => layer.Adapt(["x", "y"]), () => layer.Adapt(Failing()),
        ];
        foreach (var action in failing)
        {
            Assert.That(action, Throws.Exception);
            Assert.That(layer.GetVocabulary(), Is.EqualTo(new[] { "[UNK]", "a", "b", "c" }));
        }

        static IEnumerable<StringArray> Failing()
        {
            yield return ["x", "y", "z"];
            throw new InvalidOperationException("the stream broke");
        }
    }

    [TestCaseSource(nameof(Mistakes))]
    public void Mistakes_are_named(Action action, string text) =>
        Assert.That(action, Throws.InstanceOf<Exception>().With.Message.Contains(text).And.Message.StartsWith("["));

    static IEnumerable<TestCaseData> Mistakes()
    {
        yield return Case(() => _ = new StringLookup(1), "max_tokens is too small");
        yield return Case(() => _ = new StringLookup(padToMaxTokens: true), "nothing to pad to");
        yield return Case(() => _ = new StringLookup(numOovIndices: -1), "num_oov_indices is negative");
        yield return Case(() => _ = new StringLookup(outputMode: "sum"), "unknown value");
        yield return Case(() => _ = new StringLookup(invert: true, outputMode: "count"), "one output mode");
        yield return Case(() => _ = new StringLookup(outputMode: "count", sparse: true), "no sparse tensors");
        yield return Case(() => _ = new StringLookup(idfWeights: Idf), "without a vocabulary");
        yield return Case(() => _ = new StringLookup(vocabulary: Letters, idfWeights: Idf), "idf_weights go with output_mode tf_idf");
        yield return Case(() => _ = new StringLookup(vocabulary: Letters, outputMode: "tf_idf"), "idf_weights go with output_mode tf_idf");
        yield return Case(() => _ = new StringLookup(vocabulary: Letters, idfWeights: [1], outputMode: "tf_idf"), "the number of idf_weights differs");
        yield return Case(() => _ = new StringLookup(vocabulary: ["a", "b", "a"]), "repeated");
        yield return Case(() => _ = new StringLookup(vocabulary: []), "the vocabulary is empty");
        yield return Case(() => _ = new StringLookup(vocabulary: ["a", "m"], maskToken: "m"), "the mask token is among the tokens");
        yield return Case(() => _ = new StringLookup(vocabulary: ["a", "[UNK]"], invert: true), "the token for unknown ones is among the tokens");
        yield return Case(() => _ = new StringLookup(3, vocabulary: Letters), "larger than max_tokens");
        yield return Case(() => new StringLookup(vocabulary: Letters, numOovIndices: 0).Apply("z"), "not in the vocabulary");
        yield return Case(() => new StringLookup(vocabulary: Letters).Adapt(["z"]), "the vocabulary was given");
        yield return Case(() => new StringLookup().Adapt((StringArray)Array.Empty<string>()), "nothing to adapt to");
        yield return Case(() => new StringLookup(outputMode: "count").Apply("z"), "the length of the rows is not known");
        yield return Case(() => new StringLookup(9, outputMode: "tf_idf", padToMaxTokens: true).Apply("z"), "there are no idf_weights");
        yield return Case(() => new StringLookup(vocabulary: Letters, outputMode: "count").Apply(new[, ,] { { { "a" } } }), "no more than 2 dimensions");
        yield return Case(() => new StringLookup(vocabulary: Letters).Apply(Integers), "takes strings");
        yield return Case(() => new StringLookup(vocabulary: Letters).ApplyInverse(Integers), "the lookup is not inverted");
        yield return Case(() => new StringLookup(vocabulary: Letters, invert: true).Apply("a"), "the lookup is inverted");
        yield return Case(() => new IntegerLookup(vocabulary: Numbers, numOovIndices: 0).Apply(Integers), "not in the vocabulary");
        yield return Case(() => new IntegerLookup(vocabulary: Numbers, numOovIndices: 0).Apply(Layer.Input(2)), "takes values");
        yield return Case(() => _ = new IntegerLookup(vocabularyDtype: "int32"), "unknown value");
        yield return Case(() => _ = new TextVectorization(standardize: "upper"), "unknown value");
        yield return Case(() => _ = new TextVectorization(split: "lines"), "unknown value");
        yield return Case(() => _ = new TextVectorization(ragged: true), "no ragged tensors");
        yield return Case(() => _ = new TextVectorization(outputMode: "count", outputSequenceLength: 3), "output_sequence_length goes with");
        yield return Case(() => _ = new TextVectorization(ngrams: 0), "ngrams are not positive");
        yield return Case(() => new TextVectorization().Apply(Data), "texts to split have a wrong shape");
        yield return Case(() => new TextVectorization().Apply(Integers), "takes strings");
        yield return Case(() => new TextVectorization(split: TextSplit.Of(s => [s])).GetConfig(), "cannot be written");

        static TestCaseData Case(Action action, string text) => new(action, text);
    }

    static void Expect(Tensor result, Shape shape, double[] values)
    {
        Assert.That(result.Shape, Is.EqualTo(shape));
        Assert.That(result.ToDoubles(), Is.EqualTo(values).Within(1e-6));
    }
}
