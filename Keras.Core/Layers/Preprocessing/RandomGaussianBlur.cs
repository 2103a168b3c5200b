namespace Keras.Layers;

/// <summary>Blurs images at random, as <c>keras.layers.RandomGaussianBlur</c>.</summary>
public sealed class RandomGaussianBlur : RandomColoring
{
    /// <summary>Chooses how much.</summary>
    /// <param name="factor">Bounds of the probability that an image is blurred; a number f means 0 to f. Default 1.</param>
    /// <param name="kernelSize">Height and width of the window, odd. Default 3 by 3.</param>
    /// <param name="sigma">Bounds of the standard deviation of the blur, above 0; a number means itself. Default 1.</param>
    /// <inheritdoc cref="RandomColoring(Interval?, int?, DataFormat, string?, string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">A bound is out of range, or the size of the window is even.</exception>
    public RandomGaussianBlur(Interval? factor = null, Axes? kernelSize = null, Interval? sigma = null, Interval? valueRange = null,
        DataFormat dataFormat = default, int? seed = null, string? boundingBoxFormat = null, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null)
        : base(valueRange, seed, dataFormat, boundingBoxFormat, name, dtype, trainable, activityRegularizer)
    {
        Factor = (factor ?? 1).Upto(Who, "factor");
        KernelSize = kernelSize ?? 3;
        foreach (var size in KernelSize.Expand(2, Who, "kernel_size"))
            if (size % 2 == 0) throw Errors.Argument(Who, "kernel_size is even", "odd numbers", KernelSize);
        Sigma = (sigma ?? 1).Alone(Who, "sigma", double.Epsilon, double.MaxValue);
    }

    /// <summary>Height and width of the window.</summary>
    public Axes KernelSize { get; }

    /// <summary>The bounds of the standard deviation.</summary>
    public Interval Sigma { get; }

    private protected override Change Draw(Batch batch, Seed seed)
    {
        var (blurred, sigma, sizes) = (batch.Chance(Factor, seed), batch.Numbers(Sigma, seed, 1, 1, 1, 1), KernelSize.Expand(2, Who, "kernel_size"));
        return new Change(x =>
        {
            var smooth = Along(Along(x, batch.HeightAxis, sizes[0], sigma), batch.WidthAxis, sizes[1], sigma);
            return Ops.Where(blurred, Pixels.Clip(smooth, ValueRange), x);
        });
    }

    // Each image has a window of its own. Zeros stand outside, as for ops.image.gaussian_blur.
    static Tensor Along(Tensor x, int axis, int size, Tensor sigma)
    {
        var places = Ops.Cast(Ops.Arange(size) - (size / 2), sigma.DType);
        var weights = Ops.Cast(Ops.Softmax(-Ops.Square(places / sigma) / 2, -1), x.DType);
        var border = Enumerable.Repeat((0, 0), 4).ToArray();
        border[axis] = (size / 2, size / 2);
        var padded = Ops.Pad(x, border);
        return Enumerable.Range(0, size).Select(i => Ops.Narrow(padded, axis, i, x.Shape[axis]) * Ops.Squeeze(Ops.Narrow(weights, 4, i, 1), -1))
            .Aggregate(Ops.Add);
    }
}
