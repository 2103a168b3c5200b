using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>As many bounding boxes for each image as said, as <c>keras.layers.MaxNumBoundingBoxes</c>: too many are cut off, missing ones filled up.
/// The input is a dictionary with <c>bounding_boxes</c>, a dictionary of <c>boxes</c> (batch, n, 4) and <c>labels</c> (batch, n), the batch of both
/// left out for one image; all else stays.</summary>
[ConfigKeys(Presence.WhereGiven, "bounding_box_format")]
public sealed class MaxNumBoundingBoxes : Layer
{
    const string BoxesKey = "bounding_boxes";

    /// <summary>Chooses the number.</summary>
    /// <param name="maxNumber">How many boxes, 1 or more.</param>
    /// <param name="fillValue">What missing boxes and labels are filled with. Default -1.</param>
    /// <param name="boundingBoxFormat">How the boxes are given, for the config; it changes nothing. Default not said.</param>
    /// <param name="dataFormat">Where the channels stand, for the config; it changes nothing. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">There are no boxes.</exception>
    public MaxNumBoundingBoxes(int maxNumber, int fillValue = -1, string? boundingBoxFormat = null, DataFormat dataFormat = default,
        string? name = null, DTypePolicy? dtype = null, bool trainable = true, Regularizer? activityRegularizer = null)
        : base(name, dtype, trainable, activityRegularizer)
    {
        MaxNumber = maxNumber > 0 ? maxNumber : throw Errors.Argument(Who, "max_number is not positive", "1 or more", maxNumber);
        (FillValue, BoundingBoxFormat, DataFormat) = (fillValue, boundingBoxFormat, dataFormat.Resolved);
    }

    /// <summary>How many boxes.</summary>
    public int MaxNumber { get; }

    /// <summary>What missing boxes and labels are filled with.</summary>
    public int FillValue { get; }

    /// <summary>How the boxes are given, where said.</summary>
    public string? BoundingBoxFormat { get; }

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat { get; }

    /// <inheritdoc/>
    protected override bool CastsInputs => false;

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Keys is not { } keys) return inputs.Map(t => Ops.Cast(t, Dtype.ComputeDType));
        return Nest.Dictionary(keys.Zip(inputs.Items, (key, item) => KeyValuePair.Create(key, key switch
        {
            BoxesKey => Limited(item),
            "labels" => item,
            _ => item.Map(t => Ops.Cast(t, Dtype.ComputeDType)),
        })));
    }

    Nest Limited(Nest bounds)
    {
        if (bounds.Keys is not ["boxes", "labels"] || bounds.Items.Any(i => !i.IsTensor))
            throw Errors.Argument(Who, $"{BoxesKey} is of another kind", "a dictionary of boxes and labels", bounds);
        Tensor boxes = bounds.Items[0].Tensor, labels = bounds.Items[1].Tensor;
        if (boxes.Rank is not (2 or 3) || labels.Rank != boxes.Rank - 1 || !boxes.Shape.Slice(0, labels.Rank).Matches(labels.Shape) || boxes.Shape[labels.Rank - 1] == Shape.Unknown)
            throw Errors.Argument(Who, "boxes and labels do not fit", "(batch, n, 4) and (batch, n), n known", bounds);
        return Nest.Dictionary([new("boxes", Limited(Ops.Cast(boxes, Dtype.ComputeDType), labels.Rank - 1)), new("labels", Limited(labels, labels.Rank - 1))]);
    }

    Tensor Limited(Tensor x, int axis)
    {
        var missing = new (int, int)[x.Rank];
        missing[axis] = (0, Math.Max(0, MaxNumber - x.Shape[axis]));
        return Ops.Narrow(Ops.Pad(x, missing, FillValue), axis, 0, MaxNumber);
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        var config = base.GetConfig();
        // Keras does not write the usual filling.
        if (FillValue == -1) config.Remove("fill_value");
        return config;
    }
}
