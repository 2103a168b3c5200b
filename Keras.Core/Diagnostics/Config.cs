namespace Keras;

/// <summary>Process-wide settings, as <c>keras.config</c> has them.</summary>
public static class Config
{
    static DType _floatx = DType.Float32;

    /// <summary>The dtype of literals and weights where none is said. Default <see cref="DType.Float32"/>.</summary>
    /// <exception cref="ArgumentException">The dtype is not a floating one.</exception>
    public static DType Floatx
    {
        get => _floatx;
        set => _floatx = value.IsFloating()
            ? value
            : throw Errors.Argument("Config", "floatx must be a floating dtype", "float16, bfloat16, float32 or float64", value.Name());
    }

    /// <summary>The small number that keeps divisions and logarithms away from zero. Default 1e-7.</summary>
    public static double Epsilon { get; set; } = 1e-7;

    /// <summary>Where the channels of an image stand when a layer does not say. Default channels last.</summary>
    public static DataFormat ImageDataFormat { get; set; } = DataFormat.ChannelsLast;
}
