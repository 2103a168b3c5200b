namespace Keras;

public static partial class Ops
{
    /// <summary>Colour images in shades of grey: 0.2989 red, 0.587 green, 0.114 blue.</summary>
    /// <param name="images">An image or a batch of images, of 3 channels.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <returns>The same with one channel.</returns>
    /// <exception cref="ArgumentException">The rank is not 3 or 4, or there are not 3 channels.</exception>
    public static Tensor RgbToGrayscale(Tensor images, DataFormat dataFormat = default)
    {
        var axis = ColorAxis("rgb_to_grayscale", images, dataFormat);
        var weights = Cast(Along(Tensor.Of([0.2989, 0.587, 0.114], [3]), axis, images.Rank), images.DType.IsFloating() ? images.DType : Config.Floatx);
        var grey = Sum(images * weights, axis, keepdims: true);
        return Cast(grey, images.DType);
    }

    /// <summary>Colours as hue, saturation and value, all of 0 to 1.</summary>
    /// <param name="images">An image or a batch of images, of 3 channels of 0 to 1.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <exception cref="ArgumentException">The dtype is not floating, the rank is not 3 or 4, or there are not 3 channels.</exception>
    public static Tensor RgbToHsv(Tensor images, DataFormat dataFormat = default)
    {
        var axis = FloatingColorAxis("rgb_to_hsv", images, dataFormat);
        var channels = Split(images, 3, axis);
        var (red, green, blue) = (channels[0], channels[1], channels[2]);
        var value = Max(images, axis, keepdims: true);
        var range = value - Min(images, axis, keepdims: true);
        var saturation = Where(value > 0, range / Where(value > 0, value, 1), 0);
        var sixth = Where(range > 0, 1 / (Where(range > 0, range, 1) * 6), 0);
        var hue = Where(Equal(red, value), sixth * (green - blue),
            Where(Equal(green, value), (sixth * (blue - red)) + (1.0 / 3), (sixth * (red - green)) + (2.0 / 3)));
        hue = Where(range > 0, hue, 0);
        return Concatenate([hue + Cast(hue < 0, images.DType), saturation, value], axis);
    }

    /// <summary>Hue, saturation and value, all of 0 to 1, as red, green and blue.</summary>
    /// <param name="images">An image or a batch of images, of 3 channels.</param>
    /// <param name="dataFormat">Where the channels stand. Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <exception cref="ArgumentException">The dtype is not floating, the rank is not 3 or 4, or there are not 3 channels.</exception>
    public static Tensor HsvToRgb(Tensor images, DataFormat dataFormat = default)
    {
        var axis = FloatingColorAxis("hsv_to_rgb", images, dataFormat);
        var channels = Split(images, 3, axis);
        var (hue, saturation, value) = (channels[0] * 6, channels[1], channels[2]);
        Tensor Ramp(Tensor x) => Clip(x, 0, 1);
        Tensor[] ramps = [Ramp(Abs(hue - 3) - 1), Ramp(2 - Abs(hue - 2)), Ramp(2 - Abs(hue - 4))];
        return Concatenate([.. ramps.Select(r => (1 - saturation + (r * saturation)) * value)], axis);
    }

    static int FloatingColorAxis(string who, Tensor images, DataFormat dataFormat) => images.DType.IsFloating()
        ? ColorAxis(who, images, dataFormat)
        : throw Errors.Argument(who, "colours are floating numbers", "a floating dtype", images.DType.Name());

    static int ColorAxis(string who, Tensor images, DataFormat dataFormat)
    {
        if (images.Rank is not (3 or 4)) throw Errors.Argument(who, "the rank is not that of an image or a batch of images", "3 or 4 dimensions", images.Shape);
        var axis = dataFormat.IsFirst ? images.Rank - 3 : images.Rank - 1;
        return images.Shape[axis] is 3 or Shape.Unknown ? axis
            : throw Errors.Argument(who, "there are not 3 channels", $"3 channels along axis {axis} (data_format {dataFormat})", images.Shape);
    }
}
