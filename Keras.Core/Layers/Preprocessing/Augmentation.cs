namespace Keras.Layers;

/// <summary>Changes images in training, and gives them back otherwise, in the compute dtype. As Keras's layers of this kind it takes a call that is not told
/// for one of training.</summary>
public abstract class Augmentation : ImagePreprocessing
{
    private protected Augmentation(DataFormat dataFormat, string? boundingBoxFormat, string? name, DTypePolicy? dtype, bool trainable,
        Regularizer? activityRegularizer) : base(dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
    }

    private protected override bool TrainsByDefault => true;

    /// <inheritdoc/>
    protected override bool CastsInputs => false;

    /// <summary>Whether images are changed outside of training too.</summary>
    private protected virtual bool Always => false;

    /// <summary>The size of the results, where it is another one than that of the images.</summary>
    private protected virtual (int Height, int Width)? NewSize => null;

    /// <summary>Where random numbers come from.</summary>
    private protected virtual Seed Source => 0;

    /// <summary>Draws what is done to a batch.</summary>
    private protected abstract Change Draw(Batch batch, Seed seed);

    /// <summary>What another layer draws.</summary>
    private protected static Change Draw(Augmentation layer, Batch batch, Seed seed) => layer.Draw(batch, seed);

    private protected override Change Plan(TensorType images, CallContext context)
    {
        if (images.Shape.Rank is not (3 or 4))
            throw Errors.Argument(Who, "the rank is not that of an image or a batch of images", "3 or 4 dimensions", images.Shape);
        if (!Always && !context.Training) return new Change(Computed);
        if (!images.Shape.IsKnown) return new Change(x => Sized(Computed(x))) { Masks = Sized };
        if (images.Shape.Size == 0 && NewSize is null) return new Change(Computed);
        var alone = images.Shape.Rank == 3;
        var shape = alone ? Shape.Of(1).Append(images.Shape) : images.Shape;
        var change = Draw(new Batch(new TensorType(Dtype.ComputeDType, shape), DataFormat.IsFirst), Source);
        return (alone ? Alone(change) : change) with
        {
            Images = x => Ops.Cast(alone ? First(change.Images)(Computed(x)) : change.Images(Computed(x)), Dtype.ComputeDType),
            Masks = masks => Masked(masks, images.Shape.Rank, alone ? First(change.Masks) : change.Masks),
        };
    }

    // Masks may come without an axis of channels.
    Tensor Masked(Tensor masks, int rank, Func<Tensor, Tensor> change)
    {
        if (masks.Rank == rank) return change(masks);
        var axis = DataFormat.IsFirst ? rank - 3 : rank - 1;
        return Ops.Squeeze(change(Ops.ExpandDims(masks, axis)), axis);
    }

    Tensor Computed(Tensor x) => Ops.Cast(x, Dtype.ComputeDType);

    // Without a known shape nothing is computed: the shape of the result is all that counts.
    Tensor Sized(Tensor x) => NewSize is { } size && x.Rank > 2 ? Ops.Resize(x, size, Interpolation.Nearest, dataFormat: DataFormat) : x;

    static Func<Tensor, Tensor> First(Func<Tensor, Tensor> change) => x => Ops.Squeeze(change(Ops.ExpandDims(x, 0)), 0);

    static Change Alone(Change change) => change with
    {
        Labels = First(change.Labels),
        Boxes = boxes => change.Boxes(boxes.Map(b => Ops.ExpandDims(b, 0))).Map(b => Ops.Squeeze(b, 0)),
        Corners = change.Corners is not { } move ? null : (corners, height, width) =>
        {
            var moved = move(Ops.ExpandDims(corners, 0), height, width);
            return (Ops.Squeeze(moved.Corners, 0), moved.Height, moved.Width);
        },
    };
}

/// <summary>Changes each image of a batch in its own way, by random numbers.</summary>
public abstract class RandomAugmentation : Augmentation
{
    readonly SeedGenerator _generator;

    /// <param name="seed">Default one drawn now.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="boundingBoxFormat">How the four numbers of bounding boxes are meant. Default none are taken.</param>
    /// <param name="name">Default the class name in snake case, with a number where it is taken.</param>
    /// <param name="dtype">The dtype policy. Default <see cref="DTypePolicy.Global"/>.</param>
    /// <param name="trainable">Without effect.</param>
    /// <param name="activityRegularizer">A penalty on the outputs, divided by the batch size. Default none.</param>
    private protected RandomAugmentation(int? seed, DataFormat dataFormat, string? boundingBoxFormat, string? name, DTypePolicy? dtype, bool trainable,
        Regularizer? activityRegularizer) : base(dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Seed = seed;
        _generator = Track(new SeedGenerator(seed));
    }

    /// <summary>The seed, where given.</summary>
    public int? Seed { get; }

    private protected override Seed Source => _generator;
}
