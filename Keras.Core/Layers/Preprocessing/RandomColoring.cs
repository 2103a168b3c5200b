namespace Keras.Layers;

/// <summary>Changes the colours of each image by a strength of its own, within a range of values.</summary>
public abstract class RandomColoring : RandomAugmentation
{
    /// <param name="valueRange">The lowest and the highest value that pixels can have. Default 0 and 255.</param>
    /// <inheritdoc cref="RandomAugmentation(int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    private protected RandomColoring(Interval? valueRange, int? seed, DataFormat dataFormat, string? boundingBoxFormat, string? name, DTypePolicy? dtype, bool trainable,
        Regularizer? activityRegularizer) : base(seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer) =>
        ValueRange = (valueRange ?? (0, 255)).Range(Who);

    /// <summary>The bounds of the strength, which the class's argument of this name explains.</summary>
    public Interval Factor { get; private protected init; }

    /// <summary>The lowest and the highest value that pixels can have.</summary>
    public Interval ValueRange { get; }
}
