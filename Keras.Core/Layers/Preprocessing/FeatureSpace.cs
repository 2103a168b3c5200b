using System.Text.Json.Nodes;
using Keras.Layers;

namespace Keras;

/// <summary>Encodes the columns of a table, each in its way, as <c>keras.utils.FeatureSpace</c>: to one vector a sample, or to a dictionary of encoded
/// features. What it learns of data it learns in <see cref="Adapt(IReadOnlyDictionary{string, Column})"/>.</summary>
public sealed class FeatureSpace : Layer
{
    readonly Dictionary<string, HashedCrossing> _crossers = [];
    volatile bool _adapted;
    Dictionary<string, Tensor>? _inputs;

    /// <summary>Chooses the features.</summary>
    /// <param name="features">How each feature is encoded, by its name: a kind such as <c>float_normalized</c>, or what a function of this class gives.</param>
    /// <param name="outputMode"><c>concat</c> (default): one vector a sample, of the features in the order of their names and the crossed ones after them;
    /// <c>dict</c>: a dictionary.</param>
    /// <param name="crosses">Features to be crossed: <c>[("a", "b")]</c>. Default none.</param>
    /// <param name="crossingDim">How many bins crossed features have where they do not say it. Default 32.</param>
    /// <param name="hashingDim">How many bins the kinds <c>integer_hashed</c> and <c>string_hashed</c> have. Default 32.</param>
    /// <param name="numDiscretizationBins">How many bins the kind <c>float_discretized</c> has. Default 32.</param>
    /// <param name="name">Default <c>feature_space</c> and a number.</param>
    /// <exception cref="ArgumentException">There are no features, a mode is unknown, or a feature that is crossed is not there.</exception>
    public FeatureSpace(IReadOnlyDictionary<string, Feature> features, string outputMode = "concat", IReadOnlyList<Cross>? crosses = null,
        int crossingDim = 32, int hashingDim = 32, int numDiscretizationBins = 32, string? name = null) : base(name)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Count == 0) throw Errors.Argument(Who, "there are no features", "one or more", "none");
        OutputMode = Choice.Check("output_mode", outputMode, "concat", "dict");
        (CrossingDim, HashingDim, NumDiscretizationBins) = (crossingDim, hashingDim, numDiscretizationBins);
        Features = new OrderedDictionary<string, Feature>(features.Select(f =>
            KeyValuePair.Create(f.Key, f.Value.Named(f.Key, hashingDim, numDiscretizationBins))));
        foreach (var feature in Features.Values) Track(feature.Preprocessor);
        Crosses = [.. (crosses ?? []).Select(c => new Cross(c.FeatureNames, c.CrossingDim ?? crossingDim, c.OutputMode))];
        foreach (var cross in Crosses)
        {
            if (cross.FeatureNames.FirstOrDefault(n => !Features.ContainsKey(n)) is { } absent)
                throw Errors.Argument(Who, "a feature that is crossed is not there", string.Join(", ", Features.Keys), absent);
            _crossers[cross.Name] = Track(new HashedCrossing(cross.CrossingDim!.Value, name: cross.Name));
        }
    }

    /// <summary>How each feature is encoded, in the order in which they were given.</summary>
    public IReadOnlyDictionary<string, Feature> Features { get; }

    /// <summary>Whether the result is one vector or a dictionary.</summary>
    public string OutputMode { get; }

    /// <summary>The features that are crossed.</summary>
    public IReadOnlyList<Cross> Crosses { get; }

    /// <summary>How many bins crossed features have where they do not say it.</summary>
    public int CrossingDim { get; }

    /// <summary>How many bins hashed kinds have.</summary>
    public int HashingDim { get; }

    /// <summary>How many bins the discretized kind has.</summary>
    public int NumDiscretizationBins { get; }

    /// <summary>The layer of each feature.</summary>
    public IReadOnlyDictionary<string, Layer> Preprocessors => Features.ToDictionary(f => f.Key, f => f.Value.Preprocessor);

    /// <summary>The layer of each crossed feature, by the name that <see cref="Cross.Name"/> gives.</summary>
    public IReadOnlyDictionary<string, HashedCrossing> Crossers => _crossers;

    /// <summary>Numbers as they are.</summary>
    public static Feature Float(string? name = null) =>
        new("float32", new Layers.Identity(dtype: "float32", name: Prefix(name, "float")), "float");

    /// <summary>Numbers times a scale plus an offset.</summary>
    public static Feature FloatRescaled(double scale = 1, double offset = 0, string? name = null) =>
        new("float32", new Rescaling(scale, offset, Prefix(name, "float_rescaled")), "float");

    /// <summary>Numbers brought to mean 0 and variance 1.</summary>
    public static Feature FloatNormalized(string? name = null) => new("float32", new Layers.Normalization(-1, name: Prefix(name, "float_normalized")), "float");

    /// <summary>Numbers as bins, whose bounds are given or adapted.</summary>
    public static Feature FloatDiscretized(int numBins, IReadOnlyList<double>? binBoundaries = null, string outputMode = "one_hot", string? name = null) =>
        new("float32", new Discretization(binBoundaries, binBoundaries is null ? numBins : null, name: Prefix(name, "float_discretized")), outputMode);

    /// <summary>Integers of a vocabulary that is adapted.</summary>
    public static Feature IntegerCategorical(int? maxTokens = null, int numOovIndices = 1, string outputMode = "one_hot", string? name = null) =>
        new("int32", new IntegerLookup(maxTokens, numOovIndices, name: Prefix(name, "integer_categorical")), outputMode);

    /// <summary>Strings of a vocabulary that is adapted.</summary>
    public static Feature StringCategorical(int? maxTokens = null, int numOovIndices = 1, string outputMode = "one_hot", string? name = null) =>
        new("string", new StringLookup(maxTokens, numOovIndices, name: Prefix(name, "string_categorical")), outputMode);

    /// <summary>Strings as bins of their hash.</summary>
    public static Feature StringHashed(int numBins, string outputMode = "one_hot", string? name = null) =>
        new("string", new Hashing(numBins, name: Prefix(name, "string_hashed")), outputMode);

    /// <summary>Integers as bins of their hash.</summary>
    public static Feature IntegerHashed(int numBins, string outputMode = "one_hot", string? name = null) =>
        new("int32", new Hashing(numBins, name: Prefix(name, "integer_hashed")), outputMode);

    static string Prefix(string? name, string kind) => $"{name ?? Naming.Automatic(kind)}_preprocessor";

    /// <summary>Learns what its layers want to know of data.</summary>
    /// <param name="data">A column for each feature, (samples) or (samples, length); others are passed over.</param>
    /// <exception cref="ArgumentException">A column is missing or of another kind.</exception>
    public void Adapt(IReadOnlyDictionary<string, Column> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Adapt([data]);
    }

    /// <summary>Learns what its layers want to know of the data of batches. They are gone through once for each feature that learns.</summary>
    /// <param name="batches">Columns as of <see cref="Adapt(IReadOnlyDictionary{string, Column})"/>, or one value each.</param>
    /// <inheritdoc cref="Adapt(IReadOnlyDictionary{string, Column})" path="/exception"/>
    public void Adapt(IEnumerable<IReadOnlyDictionary<string, Column>> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        foreach (var (name, feature) in Features.Where(f => Adapts(f.Value.Preprocessor)))
        {
            var columns = batches.Select(b => Raised(Of(b, name)));
            switch (feature.Preprocessor)
            {
                case Layers.Normalization layer: layer.Adapt(columns.Select(c => Numbers(name, feature, c))); break;
                case Discretization layer: layer.Adapt(columns.Select(c => Numbers(name, feature, c))); break;
                case IntegerLookup layer: layer.Adapt(columns.Select(c => Numbers(name, feature, c))); break;
                case StringLookup layer: layer.Adapt(columns.Select(c => Strings(name, c))); break;
                case TextVectorization layer: layer.Adapt(columns.Select(c => Strings(name, c))); break;
                default: break;
            }
        }
        _adapted = true;
    }

    static bool Adapts(Layer layer) => layer is Layers.Normalization { Mean: null } or Discretization { NumBins: not null } or IntegerLookup { Vocabulary: null }
        or StringLookup { Vocabulary: null } or TextVectorization { Vocabulary: null };

    /// <summary>Encodes the columns of a table.</summary>
    /// <param name="data">A column for each feature, (samples) or (samples, length), or one value each.</param>
    /// <returns>One tensor (samples, length), or a dictionary; of one value each without the axis of samples.</returns>
    /// <exception cref="ArgumentException">A column is missing, unknown or of another kind, or cannot be put into a vector.</exception>
    /// <exception cref="InvalidOperationException">A feature has to be adapted first.</exception>
    public Nest Apply(IReadOnlyDictionary<string, Column> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Keys.FirstOrDefault(k => !Features.ContainsKey(k)) is { } unknown)
            throw Errors.Argument(Who, "there is no such feature", string.Join(", ", Features.Keys), unknown);
        RequireAdapted();
        var single = data.Values.Any(c => c.Shape.Rank == 0);
        var merged = Encoded(Features.ToDictionary(f => f.Key, f => Preprocessed(f.Key, f.Value, Raised(Of(data, f.Key)))));
        EnsureBuilt(merged);
        return single ? merged.Map(t => t.Rank >= 2 && t.Shape[0] == 1 ? Ops.Squeeze(t, 0) : t) : merged;
    }

    /// <summary>Symbolic inputs of a functional model, one for each feature.</summary>
    /// <exception cref="NotSupportedException">A feature is of strings: there are no tensors of those.</exception>
    public IReadOnlyDictionary<string, Tensor> GetInputs() => _inputs ??= Features.ToDictionary(f => f.Key, f => f.Value.Dtype == "string"
        ? throw Errors.Unsupported(Who, $"feature \"{f.Key}\" is of strings", "numbers, or the FeatureSpace in front of the model", "string")
        : new Input([1], dtype: DTypes.Parse(f.Value.Dtype), name: f.Key).Output);

    /// <summary>What becomes of <see cref="GetInputs"/>.</summary>
    /// <exception cref="NotSupportedException">A feature is of strings or hashed.</exception>
    /// <exception cref="InvalidOperationException">A feature has to be adapted first.</exception>
    public Nest GetEncodedFeatures()
    {
        RequireAdapted();
        return Encoded(GetInputs().ToDictionary(i => i.Key, i => Features[i.Key].Preprocessor.Apply(i.Value)));
    }

    void RequireAdapted()
    {
        if (!_adapted && Features.Values.FirstOrDefault(f => Adapts(f.Preprocessor) && f.Preprocessor is not Discretization { BinBoundaries: not null }) is { } feature)
            throw Errors.Invalid(Who, "features have to be adapted first", "Adapt before the first call", feature.Preprocessor.Name);
    }

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Keys is not { } keys || inputs.Items.Any(i => !i.IsTensor)) throw Errors.Argument(Who, "the layer takes a dictionary", "a column for each feature", inputs);
        return Apply(keys.Zip(inputs.Items).ToDictionary(p => p.First, p => (Column)p.Second.Tensor));
    }

    Column Of(IReadOnlyDictionary<string, Column> data, string name) => data.TryGetValue(name, out var column) ? column
        : throw Errors.Argument(Who, "a column is missing", name, string.Join(", ", data.Keys));

    static Column Raised(Column column) => column.Shape.Rank switch
    {
        0 => column.Strings is { } one ? StringArray.Of(one, [1, 1]) : Ops.Reshape(column.Numbers!, [1, 1]),
        1 => column.Strings is { } many ? StringArray.Of(many, many.Shape.Append([1])) : Ops.ExpandDims(column.Numbers!, -1),
        _ => column,
    };

    StringArray Strings(string name, Column column) => column.Strings
        ?? throw Errors.Argument(Who, $"the column \"{name}\" is of another kind", "strings", column.Numbers!.DType.Name());

    Tensor Numbers(string name, Feature feature, Column column)
    {
        var numbers = column.Numbers ?? throw Errors.Argument(Who, $"the column \"{name}\" is of another kind", feature.Dtype, "strings");
        return DTypes.TryParse(feature.Dtype, out var dtype) && dtype.IsFloating() ? Ops.Cast(numbers, dtype) : numbers;
    }

    Tensor Preprocessed(string name, Feature feature, Column column) => feature.Preprocessor switch
    {
        StringLookup layer => layer.Apply(Strings(name, column)),
        TextVectorization layer => layer.Apply(Strings(name, column)),
        Hashing layer when feature.Dtype == "string" => layer.Apply(Strings(name, column)),
        var layer => layer.Apply(Numbers(name, feature, column)),
    };

    Nest Encoded(Dictionary<string, Tensor> features)
    {
        var parts = Features.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => (f.Key, Tensor: Encode(f.Key, features[f.Key], f.Value.OutputMode, f.Value.Preprocessor)));
        var crossed = Crosses.OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => (Key: c.Name,
            Tensor: Encode(c.Name, _crossers[c.Name].Apply([.. c.FeatureNames.Select(n => (Column)features[n])]), c.OutputMode, _crossers[c.Name])));
        var all = parts.Concat(crossed).ToArray();
        if (OutputMode == "dict") return Nest.Dictionary(all.Select(p => KeyValuePair.Create(p.Key, (Nest)p.Tensor)));
        if (all.FirstOrDefault(p => !p.Tensor.DType.IsFloating()) is { Key: { } integers } part)
            throw Errors.Argument(Who, $"feature \"{integers}\" is not encoded", "floating numbers, or output_mode dict", part.Tensor.DType.Name());
        return Ops.Concatenate([.. all.Select(p => p.Tensor)], -1);
    }

    Tensor Encode(string name, Tensor feature, string mode, Layer layer)
    {
        if (mode != "one_hot") return feature;
        if (!feature.DType.IsInteger()) throw Errors.Argument(Who, $"feature \"{name}\" gives no integers to encode", "integers, or another output_mode", feature.DType.Name());
        var depth = layer switch
        {
            IntegerLookup lookup => lookup.VocabularySize(),
            StringLookup lookup => lookup.VocabularySize(),
            CategoryEncoding encoding => encoding.NumTokens,
            Discretization bins => bins.NumBins ?? bins.BinBoundaries!.Count + 1,
            HashedCrossing bins => bins.NumBins,
            Hashing bins => bins.NumBins,
            _ => throw Errors.Argument(Who, $"feature \"{name}\" has no known number of values", "a layer of this library, or output_mode int", layer.GetType().Name),
        };
        return Layers.Encoding.Of(feature, "multi_hot", depth, Config.Floatx);
    }

    // In Keras each feature is an object of its own that holds the layer.
    internal override IEnumerable<(string Name, object Value)> SavedAttributes => Features.Values
        .Select((f, i) => (i == 0 ? "features/feature/preprocessor" : $"features/feature_{i}/preprocessor", (object)f.Preprocessor))
        .Append(("crossers", _crossers));

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        var config = base.GetConfig();
        // Keras leaves the name out for this one.
        config.Remove("name");
        return config;
    }
}
