namespace Keras.Bench;

/// <summary>A convolution with a kernel of equal sides over images or volumes, channels last, as both sides measure it.</summary>
public readonly record struct ConvShape(
    int Batch, int Size, int Channels, int Kernel, int Filters, bool Same, int Rank = 2, bool Depthwise = false)
{
    public static readonly ConvShape[] All =
    [
        new(128, 28, 1, 3, 32, Same: false),
        new(128, 13, 32, 3, 64, Same: false),
        new(32, 56, 64, 3, 64, Same: true),
        new(32, 28, 128, 3, 128, Same: true),
        new(32, 14, 256, 1, 256, Same: true),
        new(32, 56, 128, 3, 128, Same: true, Depthwise: true),
        new(32, 14, 512, 3, 512, Same: true, Depthwise: true),
        new(32, 28, 96, 7, 96, Same: true, Depthwise: true),
        new(8, 32, 1, 3, 16, Same: false, Rank: 3),
        new(4, 16, 32, 3, 64, Same: true, Rank: 3),
        new(2, 16, 128, 3, 128, Same: true, Rank: 3),
    ];

    public int OutputSize => Same ? Size : Size - Kernel + 1;

    /// <summary>Floating-point operations of the forward pass; the two gradients together take twice as many.</summary>
    public double Flops => 2 * Batch * Math.Pow(OutputSize, Rank) * Filters * Math.Pow(Kernel, Rank) * (Depthwise ? 1 : Channels);

    /// <summary>The input, channels last.</summary>
    public int[] Input => Cube(Size, Channels);

    /// <summary>The output, channels last.</summary>
    public int[] Output => Cube(OutputSize, Filters);

    int[] Cube(int size, int channels) => [Batch, .. Enumerable.Repeat(size, Rank), channels];

    public override string ToString() =>
        $"{string.Join('x', Input)}-k{Kernel}-{(Depthwise ? "depthwise" : Filters)}-{(Same ? "same" : "valid")}";
}
