namespace Keras.Bench;

/// <summary>A square-kernel, stride-1 convolution over NHWC input, as both sides measure it.</summary>
public readonly record struct ConvShape(int Batch, int Size, int Channels, int Kernel, int Filters, bool Same)
{
    public static readonly ConvShape[] All =
    [
        new(128, 28, 1, 3, 32, Same: false),
        new(128, 13, 32, 3, 64, Same: false),
        new(32, 56, 64, 3, 64, Same: true),
        new(32, 28, 128, 3, 128, Same: true),
        new(32, 14, 256, 1, 256, Same: true),
    ];

    public int OutputSize => Same ? Size : Size - Kernel + 1;

    /// <summary>Floating-point operations of the forward pass; the two gradients together take twice as many.</summary>
    public double Flops => 2.0 * Batch * OutputSize * OutputSize * Filters * Kernel * Kernel * Channels;

    public override string ToString() =>
        $"{Batch}x{Size}x{Size}x{Channels}-k{Kernel}-{Filters}-{(Same ? "same" : "valid")}";
}
