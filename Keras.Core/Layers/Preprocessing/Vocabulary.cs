namespace Keras.Layers;

/// <summary>The tokens that a lookup knows, in order, without the special ones before them. Never changed: a lookup swaps it whole.</summary>
sealed class Vocabulary<T>(T[] tokens, double[]? idf) where T : notnull
{
    readonly Dictionary<T, int> _places = Places(tokens);

    internal IReadOnlyList<T> Tokens => tokens;

    /// <summary>What a token counts in mode <c>tf_idf</c>, special tokens and padding included.</summary>
    internal IReadOnlyList<double>? Idf => idf;

    /// <summary>The same as a tensor.</summary>
    internal Tensor? IdfVector { get; } = idf is null ? null : Tensor.Of(idf, [idf.Length]);

    internal int? PlaceOf(T token) => _places.TryGetValue(token, out var place) ? place : null;

    static Dictionary<T, int> Places(T[] tokens)
    {
        var places = new Dictionary<T, int>(tokens.Length);
        for (var i = 0; i < tokens.Length; i++) places.Add(tokens[i], i);
        return places;
    }
}

/// <summary>How often tokens occur, and in how many documents.</summary>
sealed class TokenCounts<T> where T : notnull
{
    readonly Dictionary<T, (long Count, long Documents)> _counts = [];
    long _documents;

    internal bool IsEmpty => _counts.Count == 0;

    internal void AddDocument(ReadOnlySpan<T> tokens)
    {
        _documents++;
        var seen = new HashSet<T>();
        foreach (var token in tokens)
        {
            var (count, documents) = _counts.GetValueOrDefault(token);
            _counts[token] = (count + 1, seen.Add(token) ? documents + 1 : documents);
        }
    }

    /// <summary>The most frequent tokens but for the special ones; of equally frequent ones those that sort last.</summary>
    internal T[] Tokens(Func<T, bool> isSpecial, IComparer<T> order, int? most)
    {
        var sorted = _counts.Where(c => !isSpecial(c.Key)).OrderByDescending(c => c.Value.Count).ThenByDescending(c => c.Key, order).Select(c => c.Key);
        return [.. most is { } n ? sorted.Take(Math.Max(0, n)) : sorted];
    }

    /// <summary>log(1 + documents / (1 + documents with the token)).</summary>
    internal double Idf(T token) => (float)Math.Log(1 + (_documents / (1.0 + _counts[token].Documents)));
}
