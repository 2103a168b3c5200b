using System.Globalization;

namespace Keras.Layers;

/// <summary>Integers as indices into a vocabulary, or as rows of the vocabulary's length, as <c>keras.layers.IntegerLookup</c>. It may stand in a model
/// where it needs no error for unknown integers.</summary>
[ConfigKeys(Presence.Derived, "vocabulary_size")]
public sealed class IntegerLookup : IndexLookup<long>
{
    /// <summary>Chooses the vocabulary and what the result is.</summary>
    /// <param name="maxTokens">The greatest number of tokens, special ones included. Default any.</param>
    /// <param name="numOovIndices">How many indices there are for unknown integers; <paramref name="oovMethod"/> chooses among several. With 0 an unknown
    /// integer is an error. Default 1.</param>
    /// <param name="maskToken">The integer of masked places: index 0 in mode <c>int</c>, nothing in others. Default none.</param>
    /// <param name="oovToken">What stands for unknown integers in the vocabulary, and what they become in an inverted lookup. Default -1.</param>
    /// <param name="vocabulary">The integers, each once. Default to be adapted or set.</param>
    /// <param name="vocabularyDtype">Only int64.</param>
    /// <param name="idfWeights">What each integer counts, only in mode <c>tf_idf</c>.</param>
    /// <param name="invert">Whether indices become integers of the vocabulary. Default false.</param>
    /// <param name="outputMode"><c>int</c> (default): the index; <c>one_hot</c>: a row for each integer; <c>multi_hot</c>, <c>count</c>: a row for a
    /// sample, with 1 or the number of times for each integer that occurs; <c>tf_idf</c>: the number of times the integer's weight.</param>
    /// <param name="sparse">Only false: all tensors are dense.</param>
    /// <param name="padToMaxTokens">Whether rows have <paramref name="maxTokens"/> places, whatever the vocabulary. Default false.</param>
    /// <param name="oovMethod"><c>floormod</c> (default): the integer modulo the number of indices; <c>farmhash</c>: a hash of its digits.</param>
    /// <param name="salt">What changes that hash. Default none.</param>
    /// <param name="name">Default <c>integer_lookup</c> and a number.</param>
    /// <param name="dtype">The dtype policy, of rows. Default <see cref="DTypePolicy.Global"/>; indices are int64.</param>
    /// <param name="trainable">As of all layers; there is nothing to train.</param>
    /// <exception cref="ArgumentException">A number is too small, the arguments do not go together, or the vocabulary is wrong.</exception>
    /// <exception cref="NotSupportedException">A sparse result is asked for.</exception>
    public IntegerLookup(int? maxTokens = null, int numOovIndices = 1, long? maskToken = null, long oovToken = -1,
        IReadOnlyList<long>? vocabulary = null, string vocabularyDtype = "int64", IReadOnlyList<double>? idfWeights = null, bool invert = false,
        string outputMode = "int", bool sparse = false, bool padToMaxTokens = false, string oovMethod = "floormod", Salt? salt = null,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true)
        : base(maxTokens, numOovIndices, maskToken, oovToken, vocabulary, idfWeights, invert, outputMode, padToMaxTokens, sparse, salt, name, dtype,
            trainable)
    {
        VocabularyDtype = Choice.Check("vocabulary_dtype", vocabularyDtype, "int64");
        OovMethod = Choice.Check("oov_method", oovMethod, "floormod", "farmhash");
    }

    /// <summary>The integer of masked places.</summary>
    public long? MaskToken => (long?)Mask;

    /// <summary>The dtype of the vocabulary: int64.</summary>
    public string VocabularyDtype { get; }

    /// <summary>What chooses among several indices for unknown integers.</summary>
    public string OovMethod { get; }

    private protected override IComparer<long> Order => Comparer<long>.Default;

    private protected override long OovBin(long token) => OovMethod == "farmhash"
        ? Fingerprints.Bin(token, NumOovIndices, Salt?.Key)
        : ((token % NumOovIndices) + NumOovIndices) % NumOovIndices;

    // .NET passes over zero characters behind a number.
    private protected override long Parse(string line) => long.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var token) && !line.EndsWith('\0')
        ? token : throw Errors.Argument(Who, "a line of the vocabulary is no integer", "an integer", $"\"{line}\"");

    /// <summary>Makes a vocabulary of integers: the most frequent ones first, of equally frequent ones the greatest.</summary>
    /// <param name="data">Integers. A vector holds documents of one integer each, else a row is a document; only mode <c>tf_idf</c> minds.</param>
    /// <exception cref="InvalidOperationException">The vocabulary was given, there are no integers, or the length of the rows would change; the layer is
    /// as before then.</exception>
    public void Adapt(Tensor data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var values = Ops.Cast(data, DType.Int64).ToArray<long>();
        Learn(data.Rank == 1 ? values.Select(v => new[] { v }) : Rows(values, data.Shape));
    }

    /// <summary>Makes a vocabulary of the integers of batches, one after the other, as <see cref="Adapt(Tensor)"/>.</summary>
    /// <param name="batches">Integers of any shapes; a vector is one document.</param>
    /// <param name="steps">How many batches to take. Default all.</param>
    /// <inheritdoc cref="Adapt(Tensor)" path="/exception"/>
    public void Adapt(IEnumerable<Tensor> batches, int? steps = null)
    {
        ArgumentNullException.ThrowIfNull(batches);
        Learn((steps is { } n ? batches.Take(n) : batches).SelectMany(b => Rows(Ops.Cast(b, DType.Int64).ToArray<long>(), b.Shape)));
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        x = Ops.Cast(x, DType.Int64);
        if (!x.IsOpen || (NumOovIndices == 0 && !Invert))
        {
            Values.Require(x, Who);
            return Invert ? Tensor.Of([.. x.ToArray<long>().Select(TokenAt)], x.Shape) : Encode(Tensor.Of([.. x.ToArray<long>().Select(IndexOf)], x.Shape));
        }
        return Invert ? InGraph(x, [.. GetVocabulary().Select((_, i) => (long)i)], GetVocabulary(), Integer(OovToken)) : Encode(Masked(x));
    }

    Tensor Masked(Tensor x)
    {
        var unknown = NumOovIndices == 1 ? Integer(OovStart)
            : (OovMethod == "farmhash" ? Ops.HashDigits(x, NumOovIndices, Salt?.Key) : Ops.Mod(x, NumOovIndices)) + OovStart;
        var indices = InGraph(x, Tokens, [.. Tokens.Select((_, i) => (long)TokenStart + i)], unknown);
        return MaskToken is { } mask ? Ops.Where(Ops.Equal(x, Integer(mask)), Integer(MaskIndex), indices) : indices;
    }

    // For each key its value, by search in the sorted keys.
    static Tensor InGraph(Tensor x, IReadOnlyList<long> keys, IReadOnlyList<long> values, Tensor otherwise)
    {
        if (keys.Count == 0) return Ops.ZerosLike(x) + otherwise;
        var sorted = keys.Zip(values).OrderBy(p => p.First).ToArray();
        var ordered = Tensor.Of([.. sorted.Select(p => p.First)], [sorted.Length]);
        var place = Ops.Minimum(Ops.Searchsorted(ordered, x), sorted.Length - 1);
        var found = Ops.Take(Tensor.Of([.. sorted.Select(p => p.Second)], [sorted.Length]), place, 0);
        return Ops.Where(Ops.Equal(Ops.Take(ordered, place, 0), x), found, otherwise);
    }

    static Tensor Integer(long value) => Tensor.Of([value], Shape.Scalar);
}
