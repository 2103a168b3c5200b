using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>Brings features to mean 0 and variance 1 by statistics that are given, or found by <see cref="Adapt(Tensor)"/>, as
/// <c>keras.layers.Normalization</c>.</summary>
public sealed class Normalization : Layer
{
    Variable? _mean;
    Variable? _variance;
    Axes _kept;

    /// <summary>Chooses the axes and the statistics.</summary>
    /// <param name="axis">The axes along which each index has a mean and a variance of its own; none (<c>[]</c>) for one of all. Default the last.</param>
    /// <param name="mean">The mean, which stretches to the axes. Default to be adapted; until then 0.</param>
    /// <param name="variance">The variance, as the mean. Default to be adapted; until then 1.</param>
    /// <param name="invert">Whether to go the other way, from normalized features to the features. Default false.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">Only one of mean and variance is given, their shapes differ, or they have more axes than there are.</exception>
    public Normalization(Axes? axis = null, Tensor? mean = null, Tensor? variance = null, bool invert = false, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        Axis = axis ?? -1;
        if (mean?.Shape != variance?.Shape || mean?.Rank > Axis.Count)
            throw Errors.Argument(Who, "mean and variance do not fit", $"both, of one shape of at most {Axis.Count} dimensions",
                $"mean {mean?.Shape.ToString() ?? "none"}, variance {variance?.Shape.ToString() ?? "none"}");
        (Mean, Variance, Invert) = (mean, variance, invert);
        SupportsMasking = true;
    }

    /// <summary>The axes along which each index has statistics of its own.</summary>
    public Axes Axis { get; }

    /// <summary>The mean, where given.</summary>
    public Tensor? Mean { get; }

    /// <summary>The variance, where given.</summary>
    public Tensor? Variance { get; }

    /// <summary>Whether to go from normalized features to the features.</summary>
    public bool Invert { get; }

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        _kept = Axis.Of(inputShape, Who);
        var shape = Shape.Of([.. _kept.Select(a => inputShape[a])]);
        if (!shape.IsKnown) throw Errors.Argument(Who, "a dimension along the axes is not known", $"known ones at {_kept}", inputShape);
        // Refuses at once what cannot stretch.
        if (Mean is not null && Shape.Broadcast(Mean.Shape, shape, Who) != shape)
            throw Errors.Argument(Who, "mean and variance have another shape", shape, Mean.Shape);
        InputSpec = [new InputSpec(Ndim: inputShape.Rank, Axes: _kept.ToDictionary(a => a, a => inputShape[a]))];
        if (Mean is not null) return;
        _mean = AddWeight(shape, "zeros", trainable: false, autocast: false, name: "mean");
        _variance = AddWeight(shape, "ones", trainable: false, autocast: false, name: "variance");
        // Older files have it; it stays 0.
        AddWeight(Shape.Scalar, "zeros", DType.Int32, trainable: false, name: "count");
    }

    /// <summary>Finds mean and variance of a tensor, in place of any before.</summary>
    /// <param name="data">(samples, …), as the inputs will be.</param>
    /// <exception cref="ArgumentException">The shape is not one that the layer was built for.</exception>
    /// <exception cref="InvalidOperationException">The layer was given mean and variance, or there are no samples.</exception>
    public void Adapt(Tensor data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Adapt([data]);
    }

    /// <summary>Finds mean and variance of batches, one after the other, in place of any before.</summary>
    /// <param name="batches">Tensors (samples, …), as the inputs will be.</param>
    /// <inheritdoc cref="Adapt(Tensor)" path="/exception"/>
    public void Adapt(IEnumerable<Tensor> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        if (Mean is not null) throw Errors.Invalid(Who, "mean and variance were given", "a layer without them", Mean.Shape);
        double count = 0;
        Tensor? mean = null, variance = null;
        foreach (var batch in batches)
        {
            Build(batch.Rank == 0 || Axis.Of(batch.Shape, Who).Contains(0) ? batch.Shape : batch.Shape.With(0, Shape.Unknown));
            InputSpec[0].Check(Who, batch.Type);
            if (batch.Shape.Size == 0) continue;
            // Summed in double precision: the batches may be many.
            var x = Ops.Cast(batch, DType.Float64);
            Axes others = [.. Enumerable.Range(0, x.Rank).Where(i => !_kept.Contains(i))];
            var (m, v) = others.Count == 0 ? (x, Ops.ZerosLike(x)) : (Ops.Mean(x, others), Ops.Var(x, others));
            var samples = others.Aggregate(1.0, (n, axis) => n * x.Shape[axis]);
            (mean, variance, count) = mean is null || variance is null ? (m, v, samples) : Merged(mean, variance, count, m, v, samples);
            (mean, variance) = (mean!.Detach(), variance!.Detach());
        }
        if (mean is null || variance is null) throw Errors.Invalid(Who, "there is nothing to adapt to", "one sample or more", "none");
        Variable.AssignAll([(_mean!, mean), (_variance!, variance)]);
    }

    static (Tensor Mean, Tensor Variance, double Count) Merged(Tensor mean, Tensor variance, double count, Tensor m, Tensor v, double samples)
    {
        double whole = count + samples, old = count / whole, young = samples / whole;
        var both = mean * old + m * young;
        return (both, (variance + Ops.Square(mean - both)) * old + (v + Ops.Square(m - both)) * young, whole);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        x = Ops.Cast(x, Dtype.ComputeDType);
        Tensor mean = Along(_mean?.Value ?? Mean!), deviation = Ops.Maximum(Ops.Sqrt(Along(_variance?.Value ?? Variance!)), Config.Epsilon);
        return Invert ? x * deviation + mean : (x - mean) / deviation;

        Tensor Along(Tensor statistic)
        {
            statistic = Ops.Cast(statistic, Dtype.ComputeDType);
            var missing = _kept.Count - statistic.Rank;
            return Ops.Reshape(statistic, Shape.Of([.. Enumerable.Range(0, x.Rank).Select(i => _kept.Span.IndexOf(i) is var k && k >= missing
                ? statistic.Shape[k - missing] : 1)]));
        }
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        var config = base.GetConfig();
        // As a list, whatever was given.
        config["axis"] = new JsonArray([.. Axis.Select(a => (JsonNode)a)]);
        return config;
    }
}
