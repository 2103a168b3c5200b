using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>What lookups of strings and of integers share: a vocabulary, given or adapted. In mode <c>int</c> index 0 is the mask token's where there is
/// one; then come the indices of unknown tokens, then the tokens. In other modes masked places give nothing.</summary>
/// <typeparam name="T">What a token is.</typeparam>
public abstract class IndexLookup<T> : Layer where T : notnull
{
    const string VocabularyFile = "vocabulary.txt";
    const string IdfName = "idf_weights";
    const int MostOovIndices = 1 << 30;

    volatile Vocabulary<T>? _vocabulary;
    double[]? _stored;

    private protected IndexLookup(int? maxTokens, int numOovIndices, object? mask, T unknown, IReadOnlyList<T>? vocabulary,
        IReadOnlyList<double>? idfWeights, bool invert, string outputMode, bool padToMaxTokens, bool sparse, Salt? salt, string? name,
        DTypePolicy? dtype, bool trainable) : base(name, dtype, trainable)
    {
        (Mask, OovToken, Salt, Invert) = (mask, unknown, salt, invert);
        if (maxTokens is <= 1) throw Errors.Argument(Who, "max_tokens is too small", "2 or more", maxTokens);
        if (padToMaxTokens && maxTokens is null) throw Errors.Argument(Who, "pad_to_max_tokens has nothing to pad to", "max_tokens", "none");
        if (numOovIndices < 0) throw Errors.Argument(Who, "num_oov_indices is negative", "0 or more", numOovIndices);
        if (numOovIndices > MostOovIndices) throw Errors.Argument(Who, "num_oov_indices is too large", $"at most {MostOovIndices}", numOovIndices);
        (MaxTokens, NumOovIndices, PadToMaxTokens) = (maxTokens, numOovIndices, padToMaxTokens);
        OutputMode = Choice.Check("output_mode", outputMode switch { "binary" => "multi_hot", "tf-idf" => "tf_idf", _ => outputMode },
            "int", "one_hot", "multi_hot", "count", "tf_idf");
        if (invert && OutputMode != "int") throw Errors.Argument(Who, "an inverted lookup has one output mode", "output_mode int", OutputMode);
        Sparse = Encoding.Dense(sparse, Who);
        if (vocabulary is null)
        {
            if (idfWeights is not null) throw Errors.Argument(Who, "there are idf_weights without a vocabulary", "a vocabulary", "none");
            return;
        }
        SetVocabulary(vocabulary, idfWeights);
        // Copies, so that what the caller does later with the lists changes no config.
        (Vocabulary, IdfWeights) = ([.. vocabulary], idfWeights is null ? null : [.. idfWeights]);
    }

    /// <summary>The greatest number of tokens, special ones included.</summary>
    public int? MaxTokens { get; }

    /// <summary>How many indices there are for unknown tokens.</summary>
    public int NumOovIndices { get; }

    /// <summary>The token of masked places, if any: no <c>T?</c>, which for integers were no nullable.</summary>
    private protected object? Mask { get; }

    /// <summary>What stands for unknown tokens.</summary>
    public T OovToken { get; }

    /// <summary>The vocabulary that the layer was made with; <see cref="GetVocabulary"/> tells the current one.</summary>
    public IReadOnlyList<T>? Vocabulary { get; }

    /// <summary>The weights that the layer was made with.</summary>
    public IReadOnlyList<double>? IdfWeights { get; }

    /// <summary>Whether indices become tokens.</summary>
    public bool Invert { get; }

    /// <summary>What the result is.</summary>
    public string OutputMode { get; }

    /// <summary>Whether rows are as long as <see cref="MaxTokens"/>, whatever the vocabulary.</summary>
    public bool PadToMaxTokens { get; }

    /// <summary>Whether the result is sparse: false.</summary>
    public bool Sparse { get; }

    /// <summary>What changes the hash that chooses among several indices for unknown tokens.</summary>
    public Salt? Salt { get; }

    /// <inheritdoc/>
    protected override bool CastsInputs => false;

    private protected bool HasMask => Mask is not null;

    private protected int OovStart => HasMask && OutputMode == "int" ? 1 : 0;

    private protected int TokenStart => OovStart + NumOovIndices;

    private protected int MaskIndex => OutputMode == "int" ? 0 : -1;

    /// <summary>The tokens after the special ones.</summary>
    private protected IReadOnlyList<T> Tokens => _vocabulary?.Tokens ?? [];

    /// <summary>What tokens count in mode <c>tf_idf</c>: what files hold of the layer, beside the vocabulary.</summary>
    internal IReadOnlyList<double>? CurrentIdf => _vocabulary?.Idf;

    private protected abstract IComparer<T> Order { get; }

    private protected abstract long OovBin(T token);

    /// <summary>The tokens in the order of their indices.</summary>
    /// <param name="includeSpecialTokens">Whether the mask token and the tokens for unknown ones stand before them. Default true.</param>
    public IReadOnlyList<T> GetVocabulary(bool includeSpecialTokens = true) => includeSpecialTokens ? [.. Specials(), .. Tokens] : [.. Tokens];

    /// <summary>The number of tokens, special ones included.</summary>
    public int VocabularySize() => TokenStart + Tokens.Count;

    IEnumerable<T> Specials() => Enumerable.Repeat(OovToken, TokenStart).Select((unknown, i) => i < OovStart ? (T)Mask! : unknown);

    /// <summary>Sets the vocabulary, in place of any before.</summary>
    /// <param name="vocabulary">Tokens, each once; the special ones may stand before them.</param>
    /// <param name="idfWeights">A weight for each of these, only in mode <c>tf_idf</c>. Special tokens that are not given get the mean.</param>
    /// <exception cref="ArgumentException">There are no tokens, one is repeated or special, there are more than max_tokens, or the weights do not fit;
    /// the layer is as before then.</exception>
    /// <exception cref="InvalidOperationException">The length of the rows would change.</exception>
    public void SetVocabulary(IReadOnlyList<T> vocabulary, IReadOnlyList<double>? idfWeights = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        if (OutputMode == "tf_idf" != idfWeights is not null)
            throw Errors.Argument(Who, "idf_weights go with output_mode tf_idf", OutputMode == "tf_idf" ? "idf_weights" : "no idf_weights",
                idfWeights is null ? "none" : $"{idfWeights.Count} of them");
        if (idfWeights is not null && idfWeights.Count != vocabulary.Count)
            throw Errors.Argument(Who, "the number of idf_weights differs from that of tokens", vocabulary.Count, idfWeights.Count);
        var withSpecials = vocabulary.Take(TokenStart).SequenceEqual(Specials());
        T[] tokens = [.. withSpecials ? vocabulary.Skip(TokenStart) : vocabulary];
        Check(vocabulary, tokens);
        // A list, an array and a tensor.
        if (idfWeights is not null) LoadScope.Ask(Who, IdfName, 3L * sizeof(double) * (PadToMaxTokens ? MaxTokens!.Value : TokenStart + tokens.Length));
        double[]? idf = idfWeights is null ? null : Padded(withSpecials ? [] : Enumerable.Repeat(idfWeights.Average(), TokenStart), idfWeights);
        Take(new Vocabulary<T>(tokens, idf));
    }

    void Check(IReadOnlyList<T> vocabulary, T[] tokens)
    {
        if (vocabulary.Any(t => t is null)) throw Errors.Argument(Who, "a token of the vocabulary is null", "tokens", "null");
        if (vocabulary.Count == 0) throw Errors.Argument(Who, "the vocabulary is empty", "one token or more", "none");
        if (tokens.CountBy(t => t).Where(c => c.Value > 1).Select(c => c.Key).ToArray() is { Length: > 0 } repeated)
            throw Errors.Argument(Who, "tokens of the vocabulary are repeated", "each token once", string.Join(", ", repeated.Take(8)));
        if (Mask is T mask && tokens.Contains(mask))
            throw Errors.Argument(Who, "the mask token is among the tokens", $"special tokens only in front: {string.Join(", ", Specials())}", $"\"{mask}\"");
        if (Invert && tokens.Contains(OovToken))
            throw Errors.Argument(Who, "the token for unknown ones is among the tokens", $"special tokens only in front: {string.Join(", ", Specials())}",
                $"\"{OovToken}\"");
        if ((long)TokenStart + tokens.Length > (MaxTokens ?? int.MaxValue))
            throw Errors.Argument(Who, "the vocabulary is larger than max_tokens", $"at most {MaxTokens ?? int.MaxValue}, special tokens included", (long)TokenStart + tokens.Length);
    }

    double[] Padded(IEnumerable<double> before, IReadOnlyList<double> weights)
    {
        double[] all = [.. before, .. weights];
        return PadToMaxTokens ? [.. all, .. new double[MaxTokens!.Value - all.Length]] : all;
    }

    void Take(Vocabulary<T> vocabulary)
    {
        if (OutputMode != "int" && !PadToMaxTokens && _vocabulary is { } old && old.Tokens.Count != vocabulary.Tokens.Count)
            throw Errors.Invalid(Who, "the length of the rows would change", $"{VocabularySize()} tokens", TokenStart + vocabulary.Tokens.Count,
                "pad_to_max_tokens keeps it.");
        _vocabulary = vocabulary;
    }

    /// <summary>Makes a vocabulary of the tokens of documents, in place of any before.</summary>
    internal void Learn(IEnumerable<T[]> documents)
    {
        if (Vocabulary is not null) throw Errors.Invalid(Who, "the vocabulary was given", "a layer without vocabulary", $"{Vocabulary.Count} tokens");
        var counts = new TokenCounts<T>();
        foreach (var document in documents) counts.AddDocument(document);
        if (counts.IsEmpty) throw Errors.Invalid(Who, "there is nothing to adapt to", "one token or more", "none");
        var tokens = counts.Tokens(t => OovToken.Equals(t) || t.Equals(Mask), Order, MaxTokens - TokenStart);
        double[] idf = [.. tokens.Select(counts.Idf)];
        Take(new Vocabulary<T>(tokens, OutputMode != "tf_idf" ? null
            : Padded(Enumerable.Repeat(idf.Length == 0 ? 0 : (double)(float)idf.Average(), TokenStart), idf)));
    }

    /// <summary>The documents of a batch: its rows; of a vector the whole.</summary>
    private protected static IEnumerable<T[]> Rows(T[] values, Shape shape)
    {
        if (shape.Rank < 2) return [values];
        var length = (int)(shape.Size / Math.Max(1, shape[0]));
        return Enumerable.Range(0, shape[0]).Select(i => values.AsSpan(i * length, length).ToArray());
    }

    private protected bool IsMask(T token) => token.Equals(Mask);

    /// <summary>The index of a token.</summary>
    /// <exception cref="ArgumentException">It is unknown, and there is no index for unknown ones.</exception>
    internal long IndexOf(T token) => IsMask(token) ? MaskIndex
        : _vocabulary?.PlaceOf(token) is { } place ? TokenStart + place
        : NumOovIndices switch
        {
            0 => throw Unknown(token),
            1 => OovStart,
            _ => OovStart + OovBin(token),
        };

    private protected ArgumentException Unknown(T token) => Errors.Argument(Who, "a token is not in the vocabulary", "tokens of the vocabulary",
        $"\"{token}\"", "num_oov_indices of 1 or more gives unknown tokens an index.");

    /// <summary>The token at an index: the one for unknown ones where there is none.</summary>
    private protected T TokenAt(long index) => HasMask && index == 0 ? (T)Mask!
        : index >= TokenStart && index < VocabularySize() ? Tokens[(int)(index - TokenStart)] : OovToken;

    /// <summary>Indices as the layer gives them. Those below 0 count for nothing.</summary>
    private protected Tensor Encode(Tensor indices)
    {
        if (OutputMode == "int") return indices;
        if (_vocabulary is null && !PadToMaxTokens)
            throw Errors.Invalid(Who, "the length of the rows is not known", "a vocabulary, Adapt before the first call, or pad_to_max_tokens", "none of them");
        if (OutputMode is "count" or "tf_idf" && indices.Rank > 2)
            throw Errors.Argument(Who, $"output_mode {OutputMode} takes no more than 2 dimensions", "2 or fewer", indices.Shape);
        var depth = PadToMaxTokens ? MaxTokens!.Value : VocabularySize();
        if (OutputMode != "tf_idf") return Encoding.Of(indices, OutputMode, depth, Dtype.ComputeDType);
        if (_vocabulary?.IdfVector is not { } idf) throw Errors.Invalid(Who, "there are no idf_weights", "a vocabulary with idf_weights, or Adapt", "neither");
        return Encoding.Of(indices, "count", depth, Dtype.ComputeDType) * Ops.Cast(idf, Dtype.ComputeDType);
    }

    /// <summary>The vocabulary as files hold it: a token a line, special ones included.</summary>
    internal string WriteVocabulary() => string.Join('\n', GetVocabulary());

    /// <summary>Takes the vocabulary of a file.</summary>
    /// <param name="text">A token a line; empty lines at the end are no tokens.</param>
    /// <param name="idf">What files hold beside it in mode <c>tf_idf</c>.</param>
    internal void ReadVocabulary(string text, IReadOnlyList<double>? idf = null)
    {
        if (Vocabulary is not null) return;
        T[] tokens = [.. Lines(text).Select(Parse)];
        // A layer that was never adapted has no tokens but the special ones.
        if (tokens.SequenceEqual(Specials())) return;
        // The weights of a file cover the padding too.
        SetVocabulary(tokens, idf?.Take(tokens.Length).ToArray());
    }

    /// <summary>The lines as Python reads them; no empty ones at the end.</summary>
    /// <exception cref="ArgumentException">Several lines are empty: tokens are there once.</exception>
    List<string> Lines(string text)
    {
        var (lines, rest, hasEmpty) = (new List<string>(), text.AsMemory().TrimEnd("\r\n"), false);
        while (rest.Length > 0)
        {
            var end = rest.Span.IndexOfAny('\r', '\n');
            var line = end < 0 ? rest : rest[..end];
            if (line.Length == 0 && hasEmpty) throw Errors.Argument(Who, "the vocabulary has empty lines", "a token in each line", $"line {lines.Count + 1}");
            hasEmpty |= line.Length == 0;
            lines.Add(line.ToString());
            if (end < 0) break;
            rest = rest[(rest.Span[end..].StartsWith("\r\n") ? end + 2 : end + 1)..];
        }
        return lines;
    }

    private protected abstract T Parse(string line);

    /// <inheritdoc/>
    protected internal override void SaveOwnVariables(VariableStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (CurrentIdf is { } idf) store[IdfName] = Ops.Cast(Tensor.Of([.. idf], [idf.Count]), Config.Floatx);
    }

    /// <inheritdoc/>
    protected internal override void LoadOwnVariables(VariableStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (OutputMode != "tf_idf" || Vocabulary is not null) return;
        _stored = store[IdfName].ToDoubles();
        if (_vocabulary is not null) SetVocabulary(GetVocabulary(), [.. _stored.Take(VocabularySize())]);
    }

    // A vocabulary that was given is in the config.
    /// <inheritdoc/>
    protected internal override void SaveAssets(IDictionary<string, byte[]> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (Vocabulary is null) files[VocabularyFile] = System.Text.Encoding.UTF8.GetBytes(WriteVocabulary());
    }

    /// <inheritdoc/>
    protected internal override void LoadAssets(IReadOnlyDictionary<string, byte[]> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (Vocabulary is not null) return;
        if (!files.TryGetValue(VocabularyFile, out var text))
            throw Errors.Argument(Who, "the vocabulary is missing", VocabularyFile, files.Count == 0 ? "no files" : string.Join(", ", files.Keys));
        ReadVocabulary(System.Text.Encoding.UTF8.GetString(text.AsSpan().TrimEnd("\r\n"u8)), _stored);
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        var config = base.GetConfig();
        config["vocabulary_size"] = _vocabulary is null ? null : VocabularySize();
        return config;
    }
}
