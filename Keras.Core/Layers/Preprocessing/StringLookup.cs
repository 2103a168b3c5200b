using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>Strings as indices into a vocabulary, or as rows of the vocabulary's length, as <c>keras.layers.StringLookup</c>. There are no tensors of
/// strings, so it stands in front of a model, not in it.</summary>
[ConfigKeys(Presence.Derived, "vocabulary_size", "oov_method")]
public sealed class StringLookup : IndexLookup<string>
{
    /// <summary>Chooses the vocabulary and what the result is.</summary>
    /// <param name="maxTokens">The greatest number of tokens, special ones included. Default any.</param>
    /// <param name="numOovIndices">How many indices there are for unknown tokens; a hash chooses among several. With 0 an unknown token is an error.
    /// Default 1.</param>
    /// <param name="maskToken">The token of masked places: index 0 in mode <c>int</c>, nothing in others. Default none.</param>
    /// <param name="oovToken">What stands for unknown tokens in the vocabulary, and what they become in an inverted lookup. Default <c>[UNK]</c>.</param>
    /// <param name="vocabulary">The tokens, each once. Default to be adapted or set.</param>
    /// <param name="idfWeights">What each token counts, only in mode <c>tf_idf</c>.</param>
    /// <param name="invert">Whether indices become strings: see <see cref="ApplyInverse"/>. Default false.</param>
    /// <param name="outputMode"><c>int</c> (default): the index; <c>one_hot</c>: a row for each string; <c>multi_hot</c>, <c>count</c>: a row for a
    /// sample, with 1 or the number of times for each token that occurs; <c>tf_idf</c>: the number of times the token's weight.</param>
    /// <param name="padToMaxTokens">Whether rows have <paramref name="maxTokens"/> places, whatever the vocabulary. Default false.</param>
    /// <param name="sparse">Only false: all tensors are dense.</param>
    /// <param name="encoding">Kept for files; .NET's strings need none.</param>
    /// <param name="name">Default <c>string_lookup</c> and a number.</param>
    /// <param name="salt">What changes the hash that chooses among indices for unknown tokens. Default none.</param>
    /// <param name="dtype">The dtype policy, of rows. Default <see cref="DTypePolicy.Global"/>; indices are int64.</param>
    /// <param name="trainable">As of all layers; there is nothing to train.</param>
    /// <exception cref="ArgumentException">A number is too small, the arguments do not go together, or the vocabulary is wrong.</exception>
    /// <exception cref="NotSupportedException">A sparse result is asked for.</exception>
    public StringLookup(int? maxTokens = null, int numOovIndices = 1, string? maskToken = null, string oovToken = "[UNK]",
        IReadOnlyList<string>? vocabulary = null, IReadOnlyList<double>? idfWeights = null, bool invert = false, string outputMode = "int",
        bool padToMaxTokens = false, bool sparse = false, string encoding = "utf-8", string? name = null, Salt? salt = null,
        DTypePolicy? dtype = null, bool trainable = true)
        : base(maxTokens, numOovIndices, maskToken, oovToken, vocabulary, idfWeights, invert, outputMode, padToMaxTokens, sparse, salt, name, dtype,
            trainable) => Encoding = encoding;

    /// <summary>The token of masked places.</summary>
    public string? MaskToken => (string?)Mask;

    /// <summary>What files say of the encoding.</summary>
    public string Encoding { get; }

    private protected override IComparer<string> Order { get; } = Comparer<string>.Create(Compare);

    private protected override long OovBin(string token) => Fingerprints.Bin(token, NumOovIndices, Salt?.Key);

    private protected override string Parse(string line) => !line.Contains('\0') ? line
        : throw Errors.Argument(Who, "a token of the vocabulary holds a zero character", "text", ModelFileException.Quoted(line));

    // The order of UTF-8 bytes: that of UTF-16, but that surrogates come last.
    static int Compare(string a, string b)
    {
        var same = a.AsSpan().CommonPrefixLength(b);
        return same == a.Length || same == b.Length ? a.Length - b.Length : Rank(a[same]) - Rank(b[same]);

        static int Rank(char c) => c >= '\uE000' ? c - 0x800 : c >= '\uD800' ? c + 0x2000 : c;
    }

    /// <summary>Makes a vocabulary of strings: the most frequent ones first, of equally frequent ones those that sort last.</summary>
    /// <param name="data">Strings. A vector holds documents of one token each, else a row is a document; only mode <c>tf_idf</c> minds.</param>
    /// <exception cref="InvalidOperationException">The vocabulary was given, there are no strings, or the length of the rows would change; the layer is as
    /// before then.</exception>
    public void Adapt(StringArray data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Learn(data.Shape.Rank == 1 ? data.Select(s => new[] { s }) : Rows(data.ToArray(), data.Shape));
    }

    /// <summary>Makes a vocabulary of the strings of batches, one after the other, as <see cref="Adapt(StringArray)"/>.</summary>
    /// <param name="batches">Strings of any shapes; a vector is one document.</param>
    /// <param name="steps">How many batches to take. Default all.</param>
    /// <inheritdoc cref="Adapt(StringArray)" path="/exception"/>
    public void Adapt(IEnumerable<StringArray> batches, int? steps = null)
    {
        ArgumentNullException.ThrowIfNull(batches);
        Learn((steps is { } n ? batches.Take(n) : batches).SelectMany(b => Rows(b.ToArray(), b.Shape)));
    }

    /// <inheritdoc cref="Adapt(IEnumerable{StringArray}, int?)"/>
    public void Adapt(IEnumerable<string[]> batches, int? steps = null) => Adapt(batches.Select(b => (StringArray)b), steps);

    /// <summary>The indices of strings, or rows of the vocabulary's length.</summary>
    /// <param name="inputs">Strings of any shape; for modes <c>count</c> and <c>tf_idf</c> of up to 2 dimensions.</param>
    /// <exception cref="ArgumentException">A string is unknown, and there is no index for unknown ones; or there are too many dimensions.</exception>
    /// <exception cref="InvalidOperationException">The layer is inverted, or rows are wanted and there is no vocabulary yet.</exception>
    public Tensor Apply(StringArray inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (Invert) throw Errors.Invalid(Who, "the lookup is inverted", "indices, for ApplyInverse", inputs);
        return ApplyIndices([.. inputs.Select(IndexOf)], inputs.Shape);
    }

    internal Tensor ApplyIndices(long[] indices, Shape shape)
    {
        var places = Tensor.Of(indices, shape);
        EnsureBuilt(places);
        return Encode(places);
    }

    /// <summary>The strings at indices; <see cref="IndexLookup{T}.OovToken"/> where there is none.</summary>
    /// <param name="indices">Integers of any shape.</param>
    /// <exception cref="InvalidOperationException">The layer is not inverted, or the indices have no values.</exception>
    public StringArray ApplyInverse(Tensor indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        if (!Invert) throw Errors.Invalid(Who, "the lookup is not inverted", "a layer with invert", "invert false");
        return StringArray.Of(Ops.Cast(indices, DType.Int64).ToArray<long>().Select(TokenAt), indices.Shape);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Invert
        ? throw Errors.Unsupported(Who, "there are no tensors of strings", "ApplyInverse", "Apply")
        : throw Errors.Unsupported(Who, "the layer takes strings", "a StringArray, in front of a model", x);

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        var config = base.GetConfig();
        // Keras writes it for all lookups; of strings it says nothing.
        config["oov_method"] = "floormod";
        return config;
    }
}
