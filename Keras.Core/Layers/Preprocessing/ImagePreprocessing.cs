namespace Keras.Layers;

/// <summary>Boxes as left, top, right and bottom in pixels, for images of a size, and the size of the new images.</summary>
delegate (Tensor Corners, int Height, int Width) MoveCorners(Tensor corners, int height, int width);

/// <summary>What one call does to images and to what belongs to them. What is not named stays.</summary>
/// <param name="Images">The images, of 3 or 4 dimensions.</param>
sealed record Change(Func<Tensor, Tensor> Images)
{
    /// <summary>The masks: numbers of classes, so that no new ones come up.</summary>
    internal Func<Tensor, Tensor> Masks { get; init; } = masks => masks;

    /// <summary>Labels of whole images.</summary>
    internal Func<Tensor, Tensor> Labels { get; init; } = labels => labels;

    /// <summary>Bounding boxes with their labels; not used where corners move.</summary>
    internal Func<Nest, Nest> Boxes { get; init; } = boxes => boxes;

    /// <summary>The corners of bounding boxes, where they move.</summary>
    internal MoveCorners? Corners { get; init; }
}

/// <summary>A layer for images, alone or with what belongs to them: a dictionary of <c>images</c>, <c>segmentation_masks</c>, <c>bounding_boxes</c> (itself
/// of <c>boxes</c> and <c>labels</c>) and <c>labels</c>.</summary>
[ConfigKeys(Presence.WhereGiven, "bounding_box_format")]
public abstract class ImagePreprocessing : Layer
{
    private protected ImagePreprocessing(DataFormat dataFormat, string? boundingBoxFormat, string? name, DTypePolicy? dtype, bool trainable,
        Regularizer? activityRegularizer) : base(name, dtype, trainable, activityRegularizer)
    {
        DataFormat = dataFormat.Resolved;
        BoundingBoxFormat = boundingBoxFormat is null ? null : Boxes.Check(boundingBoxFormat);
    }

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat { get; }

    /// <summary>How the four numbers of bounding boxes are meant; <c>null</c> where none are taken.</summary>
    public string? BoundingBoxFormat { get; }

    /// <summary>What is done in one call to images of a type.</summary>
    private protected abstract Change Plan(TensorType images, CallContext context);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Plan(x.Type, context).Images(x);
    }

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.IsTensor) return Call(inputs.Tensor, context);
        if (Part(inputs, "images") is not { IsTensor: true } images)
            throw Errors.Argument(Who, "there are no images", "a tensor, or a dictionary with the key \"images\"", inputs);
        var change = Plan(images.Tensor.Type, context);
        return Nest.Dictionary(inputs.Keys!.Zip(inputs.Items, (key, item) => KeyValuePair.Create(key, key switch
        {
            "images" => change.Images(item.Tensor),
            "segmentation_masks" => change.Masks(item.Tensor),
            "labels" => item.Map(change.Labels),
            "bounding_boxes" when change.Corners is { } corners => WithBoxes(item, images.Tensor.Shape, corners),
            "bounding_boxes" => change.Boxes(item),
            _ => item,
        })));
    }

    Nest WithBoxes(Nest item, Shape images, MoveCorners move)
    {
        if (BoundingBoxFormat is null) throw Errors.Argument(Who, "the format of the bounding boxes is not known", "the argument bounding_box_format", "none");
        if (Part(item, "boxes") is not { IsTensor: true } boxes) throw Errors.Argument(Who, "there are no boxes", "a dictionary with the key \"boxes\"", item);
        var axis = images.Rank - (DataFormat.IsFirst ? 2 : 3);
        if (images[axis] == Shape.Unknown || images[axis + 1] == Shape.Unknown)
            throw Errors.Argument(Who, "the size of the images is not known", "a known size where there are bounding boxes", images);
        // Boxes that are all 0 or all -1 fill up lists of unequal lengths.
        var empty = Ops.LogicalOr(Ops.All(Ops.Equal(boxes.Tensor, -1), -1), Ops.All(Ops.Equal(boxes.Tensor, 0), -1));
        var (corners, height, width) = move(Boxes.ToCorners(boxes.Tensor, BoundingBoxFormat, images[axis], images[axis + 1]), images[axis], images[axis + 1]);
        corners = Boxes.Clip(corners, height, width);
        var present = Boxes.Area(corners) > 0;
        corners = Ops.Where(Ops.ExpandDims(empty, -1), 0, corners);
        return Nest.Dictionary(item.Keys!.Zip(item.Items, (key, part) => KeyValuePair.Create(key, key switch
        {
            "boxes" => Boxes.FromCorners(corners, BoundingBoxFormat, height, width),
            "labels" => Ops.Where(Ops.Reshape(present, part.Tensor.Shape), part.Tensor, -1),
            _ => part,
        })));
    }

    static Nest? Part(Nest nest, string key)
    {
        for (var i = 0; i < (nest.Keys?.Count ?? 0); i++)
            if (nest.Keys![i] == key) return nest.Items[i];
        return null;
    }
}
