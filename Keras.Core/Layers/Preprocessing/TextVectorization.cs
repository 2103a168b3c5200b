using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>Texts as indices of their tokens, or as rows of the vocabulary's length, as <c>keras.layers.TextVectorization</c>: a text is standardized and
/// split, its tokens may be joined to n-grams, and each is looked up. There are no tensors of strings, so it stands in front of a model, not in it.</summary>
[ConfigKeys(Presence.Derived, "vocabulary_size")]
public sealed class TextVectorization : Layer
{
    readonly StringLookup _lookup;

    /// <summary>Chooses how texts become tokens, the vocabulary, and what the result is.</summary>
    /// <param name="maxTokens">The greatest number of tokens, padding and unknown included. Default any.</param>
    /// <param name="standardize"><c>lower_and_strip_punctuation</c> (default), <c>lower</c>, <c>strip_punctuation</c>, each for letters and punctuation of
    /// ASCII; <see cref="Standardization.None"/>, or <see cref="Standardization.Of"/> a function.</param>
    /// <param name="split"><c>whitespace</c> (default), <c>character</c>, <see cref="TextSplit.None"/>, or <see cref="TextSplit.Of"/> a function.</param>
    /// <param name="ngrams">Up to how many tokens in a row are joined by a space, or a list of such numbers. Default none are.</param>
    /// <param name="outputMode"><c>int</c> (default): indices, 0 for padding and 1 for unknown tokens; <c>one_hot</c>, <c>multi_hot</c>, <c>count</c>,
    /// <c>tf_idf</c>: rows as of <see cref="StringLookup"/>.</param>
    /// <param name="outputSequenceLength">To how many indices texts are cut and padded, only in mode <c>int</c>. Default the longest of a batch.</param>
    /// <param name="padToMaxTokens">Whether rows have <paramref name="maxTokens"/> places, whatever the vocabulary. Default false.</param>
    /// <param name="vocabulary">The tokens, each once. Default to be adapted or set.</param>
    /// <param name="idfWeights">What each token counts, only in mode <c>tf_idf</c>.</param>
    /// <param name="sparse">Only false: all tensors are dense.</param>
    /// <param name="ragged">Only false: all tensors are dense.</param>
    /// <param name="encoding">Kept for files; .NET's strings need none.</param>
    /// <param name="name">Default <c>text_vectorization</c> and a number.</param>
    /// <param name="dtype">The dtype policy, of rows. Default <see cref="DTypePolicy.Global"/>; indices are int64.</param>
    /// <param name="trainable">As of all layers; there is nothing to train.</param>
    /// <exception cref="ArgumentException">A number is too small, the arguments do not go together, or the vocabulary is wrong.</exception>
    /// <exception cref="NotSupportedException">A sparse or ragged result is asked for.</exception>
    public TextVectorization(int? maxTokens = null, Standardization standardize = default, TextSplit split = default, Axes? ngrams = null,
        string outputMode = "int", int? outputSequenceLength = null, bool padToMaxTokens = false, IReadOnlyList<string>? vocabulary = null,
        IReadOnlyList<double>? idfWeights = null, bool sparse = false, bool ragged = false, string encoding = "utf-8", string? name = null,
        DTypePolicy? dtype = null, bool trainable = true) : base(name, dtype, trainable)
    {
        if (ragged) throw Errors.Unsupported(Who, "there are no ragged tensors", "ragged false", ragged);
        _lookup = Track(new StringLookup(maxTokens, 1, "", "[UNK]", vocabulary, idfWeights, false, outputMode, padToMaxTokens, sparse, encoding, Name,
            null, dtype, trainable), "_lookup_layer");
        if (outputSequenceLength is not null && OutputMode != "int")
            throw Errors.Argument(Who, "output_sequence_length goes with output_mode int", "output_mode int", OutputMode);
        if (outputSequenceLength is < 0) throw Errors.Argument(Who, "output_sequence_length is negative", "0 or more", outputSequenceLength);
        if (ngrams is { } sizes && (sizes.Count == 0 || sizes.Any(n => n < 1))) throw Errors.Argument(Who, "ngrams are not positive", "1 or more", sizes);
        (Standardize, Split, Ngrams, OutputSequenceLength, Ragged) = (standardize, split, ngrams, outputSequenceLength, ragged);
    }

    /// <summary>The greatest number of tokens.</summary>
    public int? MaxTokens => _lookup.MaxTokens;

    /// <summary>What is done to a text before it is split.</summary>
    public Standardization Standardize { get; }

    /// <summary>How a text becomes tokens.</summary>
    public TextSplit Split { get; }

    /// <summary>How many tokens are joined.</summary>
    public Axes? Ngrams { get; }

    /// <summary>What the result is.</summary>
    public string OutputMode => _lookup.OutputMode;

    /// <summary>To how many indices texts are cut and padded.</summary>
    public int? OutputSequenceLength { get; }

    /// <summary>Whether rows are as long as <see cref="MaxTokens"/>.</summary>
    public bool PadToMaxTokens => _lookup.PadToMaxTokens;

    /// <summary>The vocabulary that the layer was made with; <see cref="GetVocabulary"/> tells the current one.</summary>
    public IReadOnlyList<string>? Vocabulary => _lookup.Vocabulary;

    /// <summary>The weights that the layer was made with.</summary>
    public IReadOnlyList<double>? IdfWeights => _lookup.IdfWeights;

    /// <summary>Whether the result is sparse: false.</summary>
    public bool Sparse => _lookup.Sparse;

    /// <summary>Whether the result is ragged: false.</summary>
    public bool Ragged { get; }

    /// <summary>What files say of the encoding.</summary>
    public string Encoding => _lookup.Encoding;

    /// <inheritdoc cref="IndexLookup{T}.GetVocabulary"/>
    public IReadOnlyList<string> GetVocabulary(bool includeSpecialTokens = true) => _lookup.GetVocabulary(includeSpecialTokens);

    /// <inheritdoc cref="IndexLookup{T}.VocabularySize"/>
    public int VocabularySize() => _lookup.VocabularySize();

    /// <inheritdoc cref="IndexLookup{T}.SetVocabulary"/>
    public void SetVocabulary(IReadOnlyList<string> vocabulary, IReadOnlyList<double>? idfWeights = null) => _lookup.SetVocabulary(vocabulary, idfWeights);

    /// <summary>The lookup within, which files hold the vocabulary of.</summary>
    internal StringLookup Lookup => _lookup;

    /// <summary>Makes a vocabulary of the tokens of texts: the most frequent ones first, of equally frequent ones those that sort last.</summary>
    /// <param name="data">Texts (texts) or (texts, 1), each a document; of any shape where they are not split.</param>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    /// <exception cref="InvalidOperationException">The vocabulary was given, there are no tokens, or the length of the rows would change; the layer is as
    /// before then.</exception>
    public void Adapt(StringArray data)
    {
        ArgumentNullException.ThrowIfNull(data);
        _lookup.Learn(Tokens(data.Shape.Rank == 1 ? StringArray.Of(data, data.Shape.Append([1])) : data).Rows);
    }

    /// <summary>Makes a vocabulary of the texts of batches, one after the other, as <see cref="Adapt(StringArray)"/>.</summary>
    /// <param name="batches">Texts as there.</param>
    /// <param name="steps">How many batches to take. Default all.</param>
    /// <inheritdoc cref="Adapt(StringArray)" path="/exception"/>
    public void Adapt(IEnumerable<StringArray> batches, int? steps = null)
    {
        ArgumentNullException.ThrowIfNull(batches);
        _lookup.Learn((steps is { } n ? batches.Take(n) : batches).SelectMany(b => Tokens(b).Rows));
    }

    /// <inheritdoc cref="Adapt(IEnumerable{StringArray}, int?)"/>
    public void Adapt(IEnumerable<string[]> batches, int? steps = null) => Adapt(batches.Select(b => (StringArray)b), steps);

    /// <summary>The indices of the texts' tokens, or rows of the vocabulary's length.</summary>
    /// <param name="inputs">Texts (texts) or (texts, 1), or one text; of any shape where they are not split.</param>
    /// <returns>(texts, tokens), or (texts, vocabulary).</returns>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    /// <exception cref="InvalidOperationException">Rows are wanted and there is no vocabulary yet.</exception>
    public Tensor Apply(StringArray inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var (rows, outer) = Tokens(inputs);
        var ints = OutputMode == "int";
        var length = OutputSequenceLength ?? rows.Select(r => r.Length).DefaultIfEmpty(0).Max();
        // Rows of no tokens are rows all the same: one place that counts for nothing.
        if (!ints) length = Math.Max(1, length);
        var indices = new long[rows.Length * length];
        if (!ints) Array.Fill(indices, -1);
        for (var i = 0; i < rows.Length; i++)
            for (var j = 0; j < Math.Min(length, rows[i].Length); j++) indices[(i * length) + j] = _lookup.IndexOf(rows[i][j]);
        var result = _lookup.ApplyIndices(indices, outer.Append([length]));
        EnsureBuilt(result);
        return result;
    }

    /// <summary>The tokens of each text, and the shape that the texts have.</summary>
    (string[][] Rows, Shape Outer) Tokens(StringArray texts)
    {
        var (split, standardize) = (Split, Standardize);
        var standard = texts.Select(standardize.Apply);
        if (split != TextSplit.None)
        {
            var outer = texts.Shape.Rank <= 1 ? texts.Shape : texts.Shape.Slice(0, texts.Shape.Rank - 1);
            if (texts.Shape.Rank > 1 && texts.Shape[-1] != 1)
                throw Errors.Argument(Who, "texts to split have a wrong shape", "(texts) or (texts, 1)", texts.Shape);
            return ([.. standard.Select(s => Joined(split.Apply(s)))], outer);
        }
        var shape = texts.Shape.Rank == 0 ? [1] : texts.Shape;
        string[][] rows = shape.Size == 0 ? [.. Enumerable.Repeat(Array.Empty<string>(), (int)shape.Slice(0, shape.Rank - 1).Size)] : [.. standard.Chunk(shape[-1])];
        return ([.. rows.Select(Joined)], shape.Slice(0, shape.Rank - 1));
    }

    string[] Joined(string[] tokens) => Ngrams is not { } ngrams ? tokens
        : [.. (ngrams.IsNumber ? Enumerable.Range(1, ngrams[0]) : ngrams).SelectMany(n =>
            Enumerable.Range(0, Math.Max(0, tokens.Length - n + 1)).Select(i => string.Join(' ', tokens.AsSpan(i, n))))];

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        throw Errors.Unsupported(Who, "the layer takes strings", "a StringArray, in front of a model", x);

    // Files have it all twice: for this layer and for the lookup within.
    /// <inheritdoc/>
    protected internal override void SaveOwnVariables(VariableStore store) => _lookup.SaveOwnVariables(store);

    /// <inheritdoc/>
    protected internal override void LoadOwnVariables(VariableStore store) => _lookup.LoadOwnVariables(store);

    /// <inheritdoc/>
    protected internal override void SaveAssets(IDictionary<string, byte[]> files) => _lookup.SaveAssets(files);

    /// <inheritdoc/>
    protected internal override void LoadAssets(IReadOnlyDictionary<string, byte[]> files) => _lookup.LoadAssets(files);

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        if (Standardize.IsCustom || Split.IsCustom)
            throw Errors.Unsupported(Who, "a function of one's own cannot be written", "a named standardize and split", $"{Standardize}, {Split}");
        var config = base.GetConfig();
        config["vocabulary_size"] = VocabularySize();
        return config;
    }
}
