namespace Keras;

public abstract partial class Layer
{
    readonly List<Variable> _weights = [];

    /// <summary>All weights, trainable and not, own ones first, in Keras's order.</summary>
    public virtual IReadOnlyList<Variable> Weights => [.. Own(trainable: true), .. Own(trainable: false), .. Sublayers.SelectMany(l => l.Weights).Distinct()];

    /// <summary>The weights that optimizers update; none if the layer is frozen.</summary>
    public IReadOnlyList<Variable> TrainableWeights => Trainable
        ? [.. Own(trainable: true), .. Sublayers.SelectMany(l => l.TrainableWeights).Distinct()]
        : [];

    /// <summary>The weights that optimizers leave alone.</summary>
    public IReadOnlyList<Variable> NonTrainableWeights
    {
        get
        {
            var trainable = TrainableWeights.ToHashSet();
            return [.. Weights.Where(w => !trainable.Contains(w))];
        }
    }

    /// <summary>All weights and the states of random generators.</summary>
    internal IEnumerable<Variable> Variables => [.. _weights, .. _seeds.Select(s => s.State), .. Sublayers.SelectMany(l => l.Variables).Distinct()];

    IEnumerable<Variable> Own(bool trainable) => _weights.Where(w => w.Trainable == trainable);

    /// <summary>The penalties of the weights, and what the last call on values added to the loss.</summary>
    public IReadOnlyList<Tensor> Losses => [.. _lastLosses, .. Penalties()];

    /// <summary>The penalties of all weights that are trained and regularized.</summary>
    internal IEnumerable<Tensor> Penalties() => TrainableWeights.Where(w => w.Regularizer is not null).Select(w => w.Regularizer!.Apply(w.Value));

    /// <summary>The number of weights' elements.</summary>
    /// <exception cref="InvalidOperationException">The weights have not been made.</exception>
    public long CountParams() => Built ? Weights.Sum(w => w.Shape.Size) : throw Unbuilt();

    InvalidOperationException Unbuilt() => Errors.Invalid(Who, "the layer has no weights yet", "a built layer", "an unbuilt one", "Call it, or Build it for a shape.");

    /// <summary>The values of all weights, in order.</summary>
    public IReadOnlyList<Tensor> GetWeights() => [.. Weights.Select(w => w.Read().Detach())];

    /// <summary>Sets all weights, in order.</summary>
    /// <exception cref="ArgumentException">Their number or a shape differs; no weight is changed then.</exception>
    /// <exception cref="InvalidOperationException">The weights have not been made.</exception>
    public void SetWeights(IReadOnlyList<Tensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var mine = Weights;
        if (!Built && mine.Count < weights.Count) throw Unbuilt();
        if (mine.Count != weights.Count) throw Errors.Argument(Who, "the number of weights differs", mine.Count, weights.Count);
        for (var i = 0; i < mine.Count; i++)
            if (mine[i].Shape != weights[i].Shape)
                throw Errors.Argument(Who, $"the shape of weight \"{mine[i].Path}\" differs", mine[i].Shape, weights[i].Shape);
        for (var i = 0; i < mine.Count; i++) mine[i].Assign(weights[i]);
    }

    /// <summary>Makes a weight. Call it from <see cref="Build(Nest)"/>.</summary>
    /// <param name="shape">The shape, fully known.</param>
    /// <param name="initializer">Default glorot_uniform for floating dtypes, else zeros.</param>
    /// <param name="dtype">Default the policy's variable dtype.</param>
    /// <param name="trainable">Default true.</param>
    /// <param name="autocast">Whether it is read in the compute dtype. Default true.</param>
    /// <param name="regularizer">A penalty on its values. Default none.</param>
    /// <param name="constraint">A rule for its values. Default none.</param>
    /// <param name="name">Default <c>variable</c> and a number.</param>
    /// <exception cref="ArgumentException">A dimension is unknown.</exception>
    protected Variable AddWeight(Shape shape, Initializer? initializer = null, DType? dtype = null, bool trainable = true, bool autocast = true,
        Regularizer? regularizer = null, Constraint? constraint = null, string? name = null)
    {
        if (!shape.IsKnown) throw Errors.Argument(Who, $"weight \"{name}\" has an unknown dimension", "known dimensions", shape);
        var type = dtype ?? Dtype.VariableDType;
        initializer ??= type.IsFloating() ? "glorot_uniform" : "zeros";
        LoadScope.Current?.Charge(Who, name, new TensorType(type, shape));
        var weight = Trace.Suspend(() => LoadScope.Current?.Make(new TensorType(type, shape), trainable, name, initializer)
            ?? new Variable(initializer.Apply(shape, type), trainable, name));
        weight.Path = $"{NameScope.Path}/{weight.Name}";
        (weight.Autocast, weight.Regularizer, weight.Constraint) = (autocast, regularizer, constraint);
        _weights.Add(weight);
        return weight;
    }
}
