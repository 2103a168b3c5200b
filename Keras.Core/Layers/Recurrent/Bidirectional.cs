namespace Keras.Layers;

/// <summary>A recurrent layer forwards and a copy of it backwards over the same sequence, as <c>keras.layers.Bidirectional</c>. With
/// <see cref="RNN.ReturnState"/> the result is a list: the output, the states forwards, those backwards.</summary>
[ConfigKeys(Presence.Never, "weights")]
public sealed class Bidirectional : Layer
{
    readonly IReadOnlyList<Tensor>? _first;

    /// <summary>Copies a layer for both directions. Weights of the given layer are not taken over.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="mergeMode">How the outputs become one. Default concat.</param>
    /// <param name="weights">The first weights themselves, those forwards, then those backwards; they are no part of the config. Default what the layers draw.</param>
    /// <param name="backwardLayer">The layer for the other direction, used as it is. Default a copy of <paramref name="layer"/> that goes the other way.</param>
    /// <inheritdoc cref="Keras.Layer.Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">Both layers go the same way, or return other things.</exception>
    public Bidirectional(RNN layer, MergeMode mergeMode = default, IReadOnlyList<Tensor>? weights = null, RNN? backwardLayer = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        Layer = Track(Copy(layer, "forward_", layer.GoBackwards), "forward_layer");
        BackwardLayer = Track(backwardLayer ?? Copy(layer, "backward_", !layer.GoBackwards), "backward_layer");
        MergeMode = mergeMode;
        _first = weights;
        if (Layer.GoBackwards == BackwardLayer.GoBackwards)
            throw Errors.Argument(Who, "both layers go the same way", "another goBackwards", BackwardLayer.GoBackwards);
        if (Returns(Layer) != Returns(BackwardLayer))
            throw Errors.Argument(Who, "the layers differ in returnSequences, returnState or stateful", Returns(Layer), Returns(BackwardLayer));
        Layer.ZeroOutputForMask = BackwardLayer.ZeroOutputForMask = Layer.ReturnSequences;
        if (!trainable) Trainable = false;
    }

    /// <summary>The layer forwards.</summary>
    public RNN Layer { get; }

    /// <summary>The layer backwards.</summary>
    public RNN BackwardLayer { get; }

    /// <summary>How the outputs become one.</summary>
    public MergeMode MergeMode { get; }

    static (bool ReturnSequences, bool ReturnState, bool Stateful) Returns(RNN layer) => (layer.ReturnSequences, layer.ReturnState, layer.Stateful);

    static RNN Copy(RNN layer, string prefix, bool backwards) => (RNN)ObjectConfig.Copy(layer, new()
    {
        ["name"] = prefix + (layer.Name.StartsWith(prefix, StringComparison.Ordinal) ? layer.Name[prefix.Length..] : layer.Name),
        ["goBackwards"] = backwards,
    });

    /// <inheritdoc cref="RNN.Apply(Tensor, Nest, bool?, Tensor?)"/>
    /// <param name="initialState">The states forwards, then those backwards.</param>
    public Nest Apply(Tensor x, Nest initialState, bool? training = null, Tensor? mask = null) =>
        Apply(Recurrence.Begun(x, initialState, mask), training);

    /// <inheritdoc cref="RNN.ResetState"/>
    public void ResetState()
    {
        Layer.ResetState();
        BackwardLayer.ResetState();
    }

    /// <inheritdoc/>
    protected override void Build(Nest inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var shape = inputs.Flatten()[0].Shape;
        Layer.Build(shape);
        BackwardLayer.Build(shape);
        if (_first is not null) SetWeights(_first);
    }

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(context);
        Nest[] all = [.. inputs.Flatten().Select(t => (Nest)t)];
        if (all.Length % 2 == 0) throw Errors.Argument(Who, "the states are not as many for both directions", "an even number", all.Length - 1);
        var half = 1 + (all.Length / 2);
        var forwards = Layer.Apply(Nest.List(all[..half]), context.Training);
        var backwards = BackwardLayer.Apply(Nest.List([all[0], .. all[half..]]), context.Training);
        if (!Layer.ReturnState) return Merge(forwards.Tensor, backwards.Tensor);
        var merged = Merge(forwards.Items[0].Tensor, backwards.Items[0].Tensor);
        return Nest.List([.. merged.IsTensor ? [merged] : merged.Items, .. forwards.Items.Skip(1), .. backwards.Items.Skip(1)]);
    }

    Nest Merge(Tensor forwards, Tensor backwards)
    {
        if (Layer.ReturnSequences) backwards = Ops.Flip(backwards, 1);
        return MergeMode.ToString() switch
        {
            "concat" => Ops.Concatenate([forwards, backwards], -1),
            "sum" => forwards + backwards,
            "ave" => (forwards + backwards) / 2,
            "mul" => forwards * backwards,
            _ => Nest.List(forwards, backwards),
        };
    }
}
