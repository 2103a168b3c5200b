namespace Keras;

/// <summary>Images with height and width made anew: the height is at the axis, the width behind it. Each is made of weighted elements, see <see cref="Taps"/>.</summary>
sealed record ResampleImages(int Axis, Resampling Rows, Resampling Columns) : Op
{
    /// <summary>Whether each new pixel is a copy of an old one.</summary>
    internal bool Copies => Rows.Copies && Columns.Copies;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        if (!Copies && !inputs[0].DType.IsFloating()) throw Wrong("the result is not whole", "a floating dtype", inputs[0].DType.Name());
        return inputs[0].As(x.With(Axis, Rows.Length(x[Axis], Refused)).With(Axis + 1, Columns.Length(x[Axis + 1], Refused)));

        ArgumentException Refused(string what, object expected) => Wrong(what, expected, x);
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var x = result.Inputs[0].Shape;
        return [new ResampleImagesGradient(Axis, x[Axis], x[Axis + 1], Rows, Columns).On(gradient)];
    }
}

/// <summary>The adjoint of <see cref="ResampleImages"/>: each pixel of images of the height and width gets back its share of each that was made of it.</summary>
sealed record ResampleImagesGradient(int Axis, int Height, int Width, Resampling Rows, Resampling Columns) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var image = inputs[0].As(inputs[0].Shape.With(Axis, Height).With(Axis + 1, Width));
        SameShape(new ResampleImages(Axis, Rows, Columns).Infer([image]), inputs[0]);
        return image;
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [new ResampleImages(Axis, Rows, Columns).On(gradient)];
}

/// <summary>Images brought to the aspect ratio of a size by leaving out or adding borders, and then resized to it.</summary>
sealed record FitImages(int Axis, int Height, int Width, Interpolation Method, bool Antialias, bool Crops, double Fill) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) =>
        inputs[0].As(inputs[0].Shape.With(Axis, Height).With(Axis + 1, Width));

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var x = inputs[0];
        var (height, width) = (x.Shape[Axis], x.Shape[Axis + 1]);
        var (fitHeight, fitWidth) = Fitting(height, width, Height, Width);
        var framed = Crops ? Crop(x, Axis, Part(height, width, Height, Width))
            : Pad(x, (Math.Max(fitHeight, height) - height) / 2, (Math.Max(fitWidth, width) - width) / 2);
        return Ops.ResizedTo(framed, Axis, Height, Width, Method, Antialias);
    }

    /// <summary>The centre of images.</summary>
    internal static Tensor Crop(Tensor x, int axis, (int Height, int Width) size) =>
        Ops.Narrow(Ops.Narrow(x, axis, (x.Shape[axis] - size.Height) / 2, size.Height), axis + 1, (x.Shape[axis + 1] - size.Width) / 2, size.Width);

    /// <summary>The height that has a size's aspect ratio together with the width, and the width that has it together with the height.</summary>
    static (int Height, int Width) Fitting(int height, int width, int sizeHeight, int sizeWidth)
    {
        return (Ratio(width, sizeHeight, sizeWidth), Ratio(height, sizeWidth, sizeHeight));

        static int Ratio(int x, int y, int z) => (int)Math.Min(int.MaxValue, (double)((long)x * y) / z);
    }

    /// <summary>The largest part of an image that has a size's aspect ratio.</summary>
    internal static (int Height, int Width) Part(int height, int width, int sizeHeight, int sizeWidth)
    {
        var (fitHeight, fitWidth) = Fitting(height, width, sizeHeight, sizeWidth);
        return (Within(fitHeight, height), Within(fitWidth, width));
    }

    static int Within(int size, int whole) => Math.Max(1, Math.Min(size, whole));

    Tensor Pad(Tensor x, int rows, int columns)
    {
        var pads = new (int, int)[x.Rank];
        (pads[Axis], pads[Axis + 1]) = ((rows, rows), (columns, columns));
        var fill = x.DType.IsFloating() ? Fill : Math.Round(Fill);
        return rows + columns == 0 ? x : Ops.Pad(x, pads, Tensor.Scalar(fill, x.DType));
    }
}

/// <summary>The centre of images; of images that are too small the largest part with the size's aspect ratio, resized.</summary>
sealed record CentreImages(int Axis, int Height, int Width, Interpolation Method) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) =>
        inputs[0].As(inputs[0].Shape.With(Axis, Height).With(Axis + 1, Width));

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var x = inputs[0];
        var part = FitImages.Crop(x, Axis, Part(x.Shape[Axis], x.Shape[Axis + 1], Height, Width));
        return part.Shape[Axis] == Height && part.Shape[Axis + 1] == Width ? part : Ops.ResizedTo(part, Axis, Height, Width, Method, false);
    }

    /// <summary>Height and width of what is taken of an image.</summary>
    internal static (int Height, int Width) Part(int height, int width, int sizeHeight, int sizeWidth) =>
        height >= sizeHeight && width >= sizeWidth ? (sizeHeight, sizeWidth) : FitImages.Part(height, width, sizeHeight, sizeWidth);
}

/// <summary>Images a whole number of times as high and as wide.</summary>
sealed record EnlargeImages(int Axis, int Rows, int Columns, Interpolation Method) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        return inputs[0].As(x.With(Axis, Times(x[Axis], Rows)).With(Axis + 1, Times(x[Axis + 1], Columns)));

        int Times(int size, int factor) => size == Shape.Unknown ? size : (long)size * factor is var product && product <= int.MaxValue ? (int)product
            : throw Wrong("the result is too large", $"dimensions up to {int.MaxValue}", $"{Rows} and {Columns} times {x}");
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var x = inputs[0];
        return Ops.ResizedTo(x, Axis, x.Shape[Axis] * Rows, x.Shape[Axis + 1] * Columns, Method, false);
    }
}

public static partial class Ops
{
    /// <summary>Images in another size.</summary>
    /// <param name="images">An image or a batch of images.</param>
    /// <param name="size">Height and width of the result.</param>
    /// <param name="interpolation">How values between pixels are found. Default bilinear.</param>
    /// <param name="antialias">Whether all pixels count when an image shrinks, not only those next to a centre. Default not. Has no effect on
    /// nearest.</param>
    /// <param name="cropToAspectRatio">Whether to leave out borders, so that the form of things is kept. Default not.</param>
    /// <param name="padToAspectRatio">Whether to add borders, so that the form of things is kept. Default not.</param>
    /// <param name="fillMode">What an added border holds: always the constant.</param>
    /// <param name="fillValue">The constant. Default 0.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <returns>The images in their dtype; integers are rounded and kept within their range.</returns>
    /// <remarks>Bicubic interpolation is that of PyTorch: cubic convolution with −0.75 and edges repeated; with <paramref name="antialias"/> with −0.5
    /// and weights of sum 1. Lanczos interpolation is that of JAX.</remarks>
    /// <exception cref="ArgumentException">The rank is not 3 or 4, the size is not positive, both ways to keep the aspect ratio are asked for, the fill
    /// mode is not constant, or there are no pixels.</exception>
    public static Tensor Resize(Tensor images, (int Height, int Width) size, Interpolation interpolation = default, bool antialias = false,
        bool cropToAspectRatio = false, bool padToAspectRatio = false, FillMode fillMode = default, double fillValue = 0, DataFormat dataFormat = default)
    {
        const string who = "resize";
        if (size.Height <= 0 || size.Width <= 0) throw Errors.Argument(who, "the size is not positive", "a height and width above 0", size);
        if (cropToAspectRatio && padToAspectRatio) throw Errors.Argument(who, "the aspect ratio is kept in one way", "crop_to_aspect_ratio or pad_to_aspect_ratio", "both");
        if (fillMode != FillMode.Constant) throw Errors.Argument(who, "borders are filled with a constant", "\"constant\"", $"\"{fillMode}\"");
        var axis = HeightAxis(who, images, dataFormat);
        antialias &= interpolation != Interpolation.Nearest;
        return cropToAspectRatio || padToAspectRatio
            ? Now(new FitImages(axis, size.Height, size.Width, interpolation, antialias, cropToAspectRatio, fillValue), images)
            : ResizedTo(images, axis, size.Height, size.Width, interpolation, antialias);
    }

    internal static Tensor ResizedTo(Tensor x, int axis, int height, int width, Interpolation method, bool antialias)
    {
        var op = new ResampleImages(axis, new ToSize(height, method, antialias), new ToSize(width, method, antialias));
        if (method == Interpolation.Nearest || x.DType.IsFloating() || x.DType.IsComplex()) return op.On(x);
        return SaturateCast(Round(op.On(Cast(x, x.DType.Size() > 2 ? DType.Float64 : DType.Float32))), x.DType);
    }

    /// <summary>Images a whole number of times as high, along the axis, and as wide, along the one behind it.</summary>
    internal static Tensor Enlarged(Tensor x, int axis, int rows, int columns, Interpolation method) => Now(new EnlargeImages(axis, rows, columns, method), x);

    /// <summary>The centre of images; of images that are too small the largest part of the right form, resized.</summary>
    internal static Tensor CenterCropped(Tensor images, int height, int width, Interpolation method, DataFormat format) =>
        Now(new CentreImages(HeightAxis("center_crop", images, format), height, width, method), images);
}
