namespace Keras.Layers;

/// <summary>Attention in several heads: queries, keys and values are projected for each head, and what the heads give is projected back.</summary>
[ConfigKeys(Presence.Always, "activity_regularizer")]
[ConfigKeys(Presence.Never, "flash_attention")]
public abstract class ProjectedAttention : AttentionLayer
{
    readonly Dropout _dropout;
    EinsumDense? _query, _key, _value, _gate, _output;
    Softmax? _softmax;
    int[] _axes = [];

    private protected ProjectedAttention(double dropout, bool useBias, int? slidingWindow, bool? flashAttention, Initializer? kernelInitializer,
        Initializer? biasInitializer, Regularizer? kernelRegularizer, Regularizer? biasRegularizer, Regularizer? activityRegularizer,
        Constraint? kernelConstraint, Constraint? biasConstraint, bool useGate, int? seed, string? name, DTypePolicy? dtype, bool trainable)
        : base(dropout, seed, name, dtype, trainable, activityRegularizer)
    {
        if (slidingWindow is < 1) throw Errors.Argument(Who, "sliding_window is not positive", "1 or more", slidingWindow);
        if (flashAttention == true && dropout > 0) throw Errors.Argument(Who, "flash attention has no dropout", "dropout 0", dropout);
        (UseBias, SlidingWindow, FlashAttention, UseGate) = (useBias, slidingWindow, flashAttention, useGate);
        (KernelInitializer, BiasInitializer) = (kernelInitializer ?? "glorot_uniform", biasInitializer ?? "zeros");
        (KernelRegularizer, BiasRegularizer) = (kernelRegularizer, biasRegularizer);
        (KernelConstraint, BiasConstraint) = (kernelConstraint, biasConstraint);
        _dropout = Track(new Dropout(dropout, seed: seed, dtype: Dtype), "_dropout_layer");
    }

    /// <summary>Whether the projections add a bias.</summary>
    public bool UseBias { get; }

    /// <summary>How far from its own place a target sees: less than this many steps; <c>null</c> for all.</summary>
    public int? SlidingWindow { get; }

    /// <summary>Whether attention must be computed without a matrix of scores; <c>null</c> for where that is possible.</summary>
    public bool? FlashAttention { get; }

    /// <summary>The first kernels of the projections, drawn for each anew.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>The first biases of the projections.</summary>
    public Initializer BiasInitializer { get; }

    /// <summary>A penalty on the kernels, if any.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>A penalty on the biases, if any.</summary>
    public Regularizer? BiasRegularizer { get; }

    /// <summary>A rule for the kernels, if any.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>A rule for the biases, if any.</summary>
    public Constraint? BiasConstraint { get; }

    /// <summary>Whether what the heads give is multiplied with a sigmoid of a projection of the query.</summary>
    public bool UseGate { get; }

    /// <summary>The projection of queries; <c>null</c> before the layer is built.</summary>
    public EinsumDense? QueryDense => _query;

    /// <summary>The projection of keys; <c>null</c> before the layer is built.</summary>
    public EinsumDense? KeyDense => _key;

    /// <summary>The projection of values; <c>null</c> before the layer is built.</summary>
    public EinsumDense? ValueDense => _value;

    /// <summary>The projection of the queries for the gate; <c>null</c> before the layer is built, or without one.</summary>
    public EinsumDense? GateDense => _gate;

    /// <summary>The projection of what the heads give; <c>null</c> before the layer is built.</summary>
    public EinsumDense? OutputDense => _output;

    private protected override int MostInputs => 4;

    private protected abstract (int Query, int Key, int QuerySize, int ValueSize) Heads { get; }

    private protected int Positive(int value, string name) => value > 0 ? value : throw Errors.Argument(Who, $"{name} is not positive", "1 or more", value);

    /// <summary>Whether the projections are private attributes in Python, which files name them by.</summary>
    private protected virtual bool HidesProjections => false;

    /// <summary>The axes that attention runs over, for queries of a rank.</summary>
    private protected abstract int[] AxesOf(int rank);

    /// <summary>What takes the place of the features in the output, if not as many.</summary>
    private protected virtual Shape? Features => null;

    /// <summary>Applies the layer to queries and values.</summary>
    /// <param name="query">(batch, targets, features).</param>
    /// <param name="value">(batch, sources, features).</param>
    /// <param name="key">(batch, sources, features). Default the values.</param>
    /// <param name="attentionMask">True where a target may look, broadcast to (batch, heads, targets, sources) from the end; one of three dimensions
    /// is the same for all heads. The masks of the inputs are added to it. Default everywhere.</param>
    /// <param name="useCausalMask">Whether a target sees only sources up to its own place. Default no.</param>
    /// <param name="training">Whether to behave as in training. Default as the calls above say, else not.</param>
    /// <returns>(batch, targets, features).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public Tensor Apply(Tensor query, Tensor value, Tensor? key = null, Tensor? attentionMask = null, bool useCausalMask = false, bool? training = null) =>
        Attend(false, useCausalMask, training, query, value, key, attentionMask).Tensor;

    /// <summary>Applies the layer, and gives the weights of the sources too, (batch, heads, targets, sources), as they are before dropout.</summary>
    /// <inheritdoc cref="Apply(Tensor, Tensor, Tensor?, Tensor?, bool, bool?)"/>
    public (Tensor Output, Tensor Scores) ApplyWithScores(Tensor query, Tensor value, Tensor? key = null, Tensor? attentionMask = null,
        bool useCausalMask = false, bool? training = null) =>
        Pair(Attend(true, useCausalMask, training, query, value, key, attentionMask));

    private protected override IReadOnlyList<string> BuildArguments => ["query", "value", "key"];

    private protected override void BuildWeights(Shape query, Shape value, Shape key)
    {
        if (query.Rank < 3 || value.Rank != query.Rank || key.Rank != query.Rank) throw Errors.Argument(Who, "the inputs have a wrong rank",
            "3 or more dimensions, and as many in each", $"query {query}, value {value}, key {key}");
        if (!value.Slice(1, value.Rank - 2).Matches(key.Slice(1, key.Rank - 2)))
            throw Errors.Argument(Who, "value and key differ before their last axis", value, key);
        _axes = AxesOf(query.Rank);
        var heads = Heads;
        _query = Projection("query", query, [heads.Query, heads.QuerySize]);
        _key = Projection("key", key, [heads.Key, heads.QuerySize]);
        if (UseGate) _gate = Projection("gate", query, [heads.Query, heads.ValueSize]);
        _value = Projection("value", value, [heads.Key, heads.ValueSize]);
        var attended = query.Slice(0, query.Rank - 1).Append([heads.Query, heads.ValueSize]);
        _softmax = Track(new Softmax(Axes.Create([.. Enumerable.Range(-_axes.Length, _axes.Length)]), dtype: Dtype), "_softmax");
        _output = Projection("attention_output", attended, Features ?? [query[-1]], bound: 2);
    }

    EinsumDense Projection(string name, Shape input, Shape output, int bound = 1)
    {
        var letters = string.Concat(Enumerable.Range('a', input.Rank + output.Rank).Select(l => (char)l));
        var (free, made) = (letters[..(input.Rank - bound)], letters[input.Rank..]);
        Shape kept = [.. Enumerable.Repeat(Shape.Unknown, free.Length - 1), .. output.Dims.ToArray()];
        var dense = new EinsumDense($"{letters[..input.Rank]},{letters[free.Length..]}->{free}{made}", kept, biasAxes: UseBias ? made : null,
            kernelInitializer: (Initializer)ObjectConfig.Copy(KernelInitializer), biasInitializer: (Initializer)ObjectConfig.Copy(BiasInitializer),
            kernelRegularizer: KernelRegularizer, biasRegularizer: BiasRegularizer, kernelConstraint: KernelConstraint, biasConstraint: BiasConstraint,
            name: name, dtype: Dtype, trainable: Trainable, activityRegularizer: ActivityRegularizer);
        dense.Build(input);
        var attribute = $"{(name == "attention_output" ? "output" : name)}_dense";
        return Track(dense, HidesProjections || name == "gate" ? $"_{attribute}" : attribute);
    }

    private protected override (Tensor Output, Tensor? Scores) Attend(IReadOnlyList<Tensor> inputs, CallContext context, AttentionOptions options)
    {
        if (options.Scores && FlashAttention == true)
            throw Errors.Argument(Who, "flash attention has no scores", "flashAttention: null or false", "flashAttention: true");
        var (x, value) = (inputs[0], inputs[1]);
        var (query, key) = (_query!.Apply(x), _key!.Apply(inputs.Count > 2 ? inputs[2] : value));
        var gate = _gate?.Apply(x);
        value = _value!.Apply(value);
        var mask = Both(inputs.Count > 3 ? Ops.Cast(inputs[3], DType.Bool) : null, InputMask(context));
        var fused = !options.Scores && query.Rank == 4 && !(context.Training && Dropout > 0);
        var (output, scores) = fused ? (Fused(query, key, value, mask, options.Causal), null) : Explicit(query, key, value, mask, options.Causal, context.Training);
        return (_output!.Apply(gate is null ? output : output * Ops.Sigmoid(gate)), scores);
    }

    static Tensor? InputMask(CallContext context)
    {
        var key = context.Masks.Count > 2 ? context.Masks[2] : null;
        return Both(Both(Steps(context.Masks[0], -1), Steps(context.Masks[1], -2)), Steps(key, -2));
    }

    Tensor Fused(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal)
    {
        mask = Both(mask, Window(query, key));
        return Ops.DotProductAttention(query, key, value, mask: mask is null ? null : OverHeads(mask, 4), isCausal: causal);
    }

    /// <summary>With a matrix of weights. A target that sees nothing gets zero.</summary>
    (Tensor Output, Tensor? Scores) Explicit(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal, bool training)
    {
        var heads = Heads;
        if (heads.Key != heads.Query) (key, value) = (Ops.Repeated(key, heads.Query / heads.Key), Ops.Repeated(value, heads.Query / heads.Key));
        var (target, source, product) = Equations(query.Rank);
        var scores = Ops.Einsum($"{source},{target}->{product}", key, query * (1 / Math.Sqrt(heads.QuerySize)));
        mask = Both(Both(mask, Window(query, key)), causal ? Places(query, key, Ops.GreaterEqual) : null);
        scores = _softmax!.Apply(scores, mask: mask is null ? null : OverHeads(mask, scores.Rank));
        var weights = _dropout.Apply(scores, training);
        return (Ops.Einsum($"{product},{source}->{target}", weights, value), scores);
    }

    /// <summary>The letters of (…, heads, size) of targets and of sources, and those of the scores: (…, heads, targets, sources).</summary>
    (string Target, string Source, string Product) Equations(int rank)
    {
        var target = string.Concat(Enumerable.Range('a', rank).Select(l => (char)l));
        var source = target.ToCharArray();
        foreach (var axis in _axes) source[axis] = char.ToUpperInvariant(target[axis]);
        var kept = target[..^1].Where((_, i) => !_axes.Contains(i));
        return (target, new string(source), string.Concat([.. kept, .. _axes.Select(a => target[a]), .. _axes.Select(a => source[a])]));
    }

    /// <summary>A mask with dimensions of 1 before those of targets and sources, until it has a rank.</summary>
    Tensor OverHeads(Tensor mask, int rank)
    {
        var more = Enumerable.Range(Math.Max(0, mask.Rank - 2 * _axes.Length), Math.Max(0, rank - mask.Rank));
        return rank > mask.Rank ? Ops.ExpandDims(mask, Axes.Create([.. more])) : mask;
    }

    Tensor? Window(Tensor query, Tensor key) => SlidingWindow is not { } window ? null : Places(query, key, (i, j) => Ops.Less(Ops.Abs(i - j), window));

    /// <summary>A mask (…, targets, sources) of the places of both.</summary>
    Tensor Places(Tensor query, Tensor key, Func<Tensor, Tensor, Tensor> sees)
    {
        if (_axes.Length != 1) throw Errors.Argument(Who, "a mask by places needs one axis of attention", "one axis", string.Join(", ", _axes));
        return sees(Ops.ExpandDims(Line(query), 2), Ops.ExpandDims(Line(key), 1));
    }

    /// <summary>The places along the axis of attention, (1, length), or (batch, length) where the length is unknown.</summary>
    Tensor Line(Tensor x)
    {
        if (x.Shape[_axes[0]] is var length and not Shape.Unknown) return Ops.Reshape(Ops.Arange(length), [1, length]);
        var line = Ops.Moveaxis(x, _axes[0], 1);
        while (line.Rank > 2) line = line[.., .., 0];
        return Ops.Cumsum(Ops.OnesLike(line, DType.Int32), 1);
    }
}
