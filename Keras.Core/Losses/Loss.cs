using System.Text.Json.Nodes;

namespace Keras;

/// <summary>How far predictions are from targets: one loss for each sample (and step), and their reduction to one number. Converts from Keras's
/// names. Users call <see cref="Apply"/>; authors override <see cref="Call"/>. See https://keras.io/api/losses/.</summary>
[ConfigKeys(Presence.Never, "dtype")]
public abstract class Loss
{
    /// <summary>What all losses have.</summary>
    /// <param name="name">The name in logs. Default the class name in snake case, with a number where it is taken.</param>
    /// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
    /// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
    protected Loss(string? name = null, Reduce reduction = default, DType? dtype = null)
    {
        if (name is not null) ArgumentException.ThrowIfNullOrEmpty(name);
        (Name, Reduction, Dtype) = (name ?? Naming.Automatic(GetType().Name), reduction, dtype ?? Config.Floatx);
        if (!Dtype.IsFloating()) throw Errors.Argument(Name, "a loss is computed in a floating dtype", "a floating dtype", Dtype.Name());
    }

    /// <summary>The name in logs.</summary>
    public string Name { get; }

    /// <summary>How the losses of a batch become one.</summary>
    public Reduce Reduction { get; }

    /// <summary>The dtype it is computed in.</summary>
    public DType Dtype { get; }

    /// <summary>Whether integer targets are class numbers, which are not cast to <see cref="Dtype"/>.</summary>
    protected virtual bool KeepsLabels => false;

    /// <summary>The loss of a batch.</summary>
    /// <param name="yTrue">The targets, (batch, …).</param>
    /// <param name="yPred">The predictions, (batch, …). Their mask, where they have one, leaves steps out.</param>
    /// <param name="sampleWeight">A factor for each loss, of the shape of the losses or one that broadcasts to it.</param>
    /// <returns>A scalar; with the reduction <c>none</c> all losses, mostly of the predictions' shape without the last axis.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Apply(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        var mask = yPred.Mask;
        if (!KeepsLabels || !yTrue.DType.IsInteger()) yTrue = Ops.Cast(yTrue, Dtype);
        var (t, p) = Weighting.SameRank(yTrue, Ops.Cast(yPred, Dtype));
        var losses = Call(t, p);
        mask = mask is not null && losses.Mask is not null ? Ops.LogicalAnd(mask, losses.Mask) : mask ?? losses.Mask;
        return Reduced(Ops.Cast(losses, Dtype), sampleWeight, mask);
    }

    Tensor Reduced(Tensor losses, Tensor? sampleWeight, Tensor? mask)
    {
        var weight = Weighting.WithMask(sampleWeight, mask, Dtype, balanced: Reduction == Reduce.SumOverBatchSize);
        if (weight is not null)
        {
            (losses, weight) = Weighting.SameRank(losses, weight);
            Shape.Broadcast(losses.Shape, weight.Shape, Name);
            losses *= weight;
        }
        if (Reduction == Reduce.None || losses.Rank == 0) return losses;
        var sum = Ops.Sum(losses);
        if (Reduction == Reduce.Sum) return sum;
        if (Reduction == Reduce.MeanWithSampleWeight && weight is not null) return Weighting.DivideNoNan(sum, Ops.Sum(weight));
        if (!losses.Shape.IsKnown) return Weighting.DivideNoNan(sum, Weighting.Count(losses));
        // The sum of no losses is 0 already.
        return losses.Shape.Size == 0 ? sum : sum / Weighting.Count(losses);
    }

    /// <summary>The losses before weights and reduction.</summary>
    /// <param name="yTrue">The targets.</param>
    /// <param name="yPred">The predictions, in <see cref="Dtype"/>.</param>
    protected internal abstract Tensor Call(Tensor yTrue, Tensor yPred);

    /// <summary>The arguments that make the same loss again, by Keras's keys.</summary>
    public virtual JsonObject GetConfig() => ObjectConfig.Of(this);

    /// <summary>The loss as Keras writes it: <c>{"module", "class_name", "config", "registered_name"}</c>.</summary>
    public JsonObject Serialize() => Serialization.Write(this);

    /// <summary>Makes a loss of what <see cref="Serialize"/> gives, of a name, or of the object that Keras writes for a function.</summary>
    /// <param name="config">As Keras writes it, or a name.</param>
    /// <param name="customObjects">Classes and functions of one's own by name. Default the registered ones.</param>
    /// <exception cref="ArgumentException">The class is unknown, or its config does not fit.</exception>
    public static Loss Deserialize(JsonNode config, CustomObjects? customObjects = null) => Serialization.Open<Loss>(config, customObjects);

    /// <summary>Wraps a function of targets and predictions that gives the losses.</summary>
    /// <param name="function">From (targets, predictions) to the losses, one for each sample.</param>
    /// <param name="name">The name in logs. Default the method's name in snake case.</param>
    public static Loss Of(Func<Tensor, Tensor, Tensor> function, string? name = null) =>
        new Losses.LossFunctionWrapper(Losses.LossFunction.Of(function), name: name);

    /// <summary>Reads Keras's name, such as <c>"mse"</c> or <c>"categorical_crossentropy"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static implicit operator Loss(string name)
    {
        var loss = name is "crossentropy" or "ce" ? new Losses.ByOutput() : KnownTypes.Create<Loss>(name);
        loss.GivenName = name;
        return loss;
    }

    /// <summary>The name that it was made of, which files hold in place of it; <c>null</c> for an object.</summary>
    internal string? GivenName { get; private set; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
