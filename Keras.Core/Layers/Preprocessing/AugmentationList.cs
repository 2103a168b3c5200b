namespace Keras.Layers;

/// <summary>The layers that layers of several kinds of change draw from.</summary>
static class AugmentationList
{
    /// <summary>The layers, at one strength.</summary>
    /// <param name="owner">The layer that draws from them.</param>
    /// <param name="factor">The strength, within [0, 1].</param>
    /// <param name="range">The range of values.</param>
    /// <param name="interpolation">How values between pixels are found.</param>
    /// <param name="all">Whether brightness, colour, contrast and sharpness are among them.</param>
    internal static IReadOnlyList<Augmentation> Of(ImagePreprocessing owner, double factor, Interval range, Interpolation interpolation, bool all)
    {
        if (factor is not (>= 0 and <= 1)) throw Errors.Argument(owner.GetType().Name, "factor is out of range", "a number within [0, 1]", factor);
        var (format, type) = (owner.DataFormat, owner.Dtype);
        List<Augmentation> layers =
        [
            new RandomShear(factor, factor, interpolation, dataFormat: format, seed: 0, name: "shear", dtype: type),
            new RandomTranslation(factor, factor, interpolation: interpolation, seed: 0, dataFormat: format, name: "translation", dtype: type),
            new RandomRotation(factor, interpolation: interpolation, seed: 0, dataFormat: format, name: "rotation", dtype: type),
            new RandomPosterization((8 - (int)(factor * 4), 8), range, format, 0, name: "posterization", dtype: type),
            new Solarization(factor, factor, range, 0, format, name: "solarization", dtype: type),
            new AutoContrast(range, format, name: "auto_contrast", dtype: type),
            new Equalization(range, dataFormat: format, name: "equalization", dtype: type),
        ];
        if (!all) return layers;
        layers.Add(new RandomBrightness(factor, range, 0, format, name: "brightness", dtype: type));
        layers.Add(new RandomColorDegeneration(factor, range, format, 0, name: "color", dtype: type));
        layers.Add(new RandomContrast(factor, range, 0, format, name: "contrast", dtype: type));
        layers.Add(new RandomSharpness(factor, range, format, 0, name: "sharpness", dtype: type));
        return layers;
    }

    /// <summary>One of several changes, by its number; the others are not computed.</summary>
    internal static Change One(Tensor number, IReadOnlyList<Change> changes)
    {
        return new Change(x => Chosen(x, change => change.Images))
        {
            Masks = x => Chosen(x, change => change.Masks),
            Corners = (corners, height, width) =>
                (Chosen(corners, change => change.Corners is { } move ? c => move(c, height, width).Corners : c => c), height, width),
        };

        Tensor Chosen(Tensor x, Func<Change, Func<Tensor, Tensor>> part) =>
            Ops.Switch(number, [.. changes.Select(c => (Func<IReadOnlyList<Tensor>, Tensor>)(xs => Ops.Cast(part(c)(xs[0]), x.DType)))], x);
    }
}
