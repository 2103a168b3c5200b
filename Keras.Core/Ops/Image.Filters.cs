namespace Keras;

public static partial class Ops
{
    /// <summary>Images blurred with a Gaussian window. Zeros stand outside.</summary>
    /// <param name="images">An image or a batch of images.</param>
    /// <param name="kernelSize">Height and width of the window. Default 3 by 3.</param>
    /// <param name="sigma">Standard deviation along the height and along the width, above 0. Default 1.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <returns>Floating images of the same size; integers are blurred in <see cref="Config.Floatx"/>.</returns>
    /// <exception cref="ArgumentException">The rank is not 3 or 4, the window is empty, or a standard deviation is not above 0.</exception>
    public static Tensor GaussianBlur(Tensor images, (int Height, int Width)? kernelSize = null, (double Height, double Width)? sigma = null, DataFormat dataFormat = default)
    {
        const string who = "gaussian_blur";
        var ((height, width), (down, across)) = (kernelSize ?? (3, 3), sigma ?? (1, 1));
        var axis = HeightAxis(who, images, dataFormat);
        return new ResampleImages(axis, Gaussian(who, height, down, same: true), Gaussian(who, width, across, same: true)).On(AsFloating(images));
    }

    /// <summary>How fast images change along the height and along the width, by Sobel's filters. Zeros stand outside.</summary>
    /// <param name="images">A batch of images.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <returns>The images' shape with a last dimension of 2: along the height, along the width. Integers give <see cref="Config.Floatx"/>.</returns>
    /// <exception cref="ArgumentException">The rank is not 4.</exception>
    public static Tensor SobelEdges(Tensor images, DataFormat dataFormat = default)
    {
        if (images.Rank != 4) throw Errors.Argument("sobel_edges", "the rank is not that of a batch of images", "4 dimensions", images.Shape);
        var (x, axis) = (AsFloating(images), HeightAxis("sobel_edges", images, dataFormat));
        Filtered difference = new(Filter.Difference, 3, 0, Same: true), smooth = new(Filter.Smooth, 3, 0, Same: true);
        return Stack([new ResampleImages(axis, difference, smooth).On(x), new ResampleImages(axis, smooth, difference).On(x)], -1);
    }

    /// <summary>The structural similarity of two images by Wang et al., "Image quality assessment: from error visibility to structural similarity" (2004):
    /// −1 to 1, 1 for equal images. It is found under a Gaussian window for each place where that fits, and averaged over places and channels.</summary>
    /// <param name="image1">An image or a batch of images.</param>
    /// <param name="image2">The other, of the same shape.</param>
    /// <param name="maxVal">The largest value that a pixel may have. Default 1.</param>
    /// <param name="filterSize">The side of the window. Default 11.</param>
    /// <param name="filterSigma">The standard deviation of the window. Default 1.5.</param>
    /// <param name="k1">Keeps the comparison of brightness stable. Default 0.01.</param>
    /// <param name="k2">Keeps the comparison of contrast stable. Default 0.03.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <returns>A number, or one an image of the batch.</returns>
    /// <exception cref="ArgumentException">The rank is not 3 or 4, the shapes differ, the window is empty or larger than the images.</exception>
    public static Tensor Ssim(Tensor image1, Tensor image2, double maxVal = 1, int filterSize = 11, double filterSigma = 1.5, double k1 = 0.01, double k2 = 0.03,
        DataFormat dataFormat = default)
    {
        const string who = "ssim";
        var axis = HeightAxis(who, image1, dataFormat);
        if (!image1.Shape.Matches(image2.Shape)) throw Errors.Argument(who, "the shapes differ", image1.Shape, image2.Shape);
        var (x, y) = (AsFloating(image1), Cast(image2, AsFloating(image1).DType));
        var window = Gaussian(who, filterSize, filterSigma, same: false);
        Tensor Blurred(Tensor image) => new ResampleImages(axis, window, window).On(image);
        var (mean1, mean2) = (Blurred(x), Blurred(y));
        var (product, squares) = (mean1 * mean2, (mean1 * mean1) + (mean2 * mean2));
        var (c1, c2) = (Math.Pow(k1 * maxVal, 2), Math.Pow(k2 * maxVal, 2));
        var map = (((2 * product) + c1) * ((2 * (Blurred(x * y) - product)) + c2)) / ((squares + c1) * (Blurred((x * x) + (y * y)) - squares + c2));
        return Cast(Mean(map, Axes.Create([.. Enumerable.Range(x.Rank - 3, 3)])), image1.DType);
    }

    static Filtered Gaussian(string who, int size, double sigma, bool same)
    {
        if (size <= 0) throw Errors.Argument(who, "the window is empty", "a size above 0", size);
        if (!(sigma > 0)) throw Errors.Argument(who, "the standard deviation is out of range", "a number above 0", sigma);
        return new(Filter.Gaussian, size, sigma, same);
    }
}
