namespace Keras.Bench;

/// <summary>Images (batch, height, width, channels) to bring to a new size.</summary>
sealed record ResizeCase(int Batch, int Height, int Width, int Channels, int NewHeight, int NewWidth, string Method = "bilinear", bool Antialias = false)
{
    public static IReadOnlyList<ResizeCase> All { get; } =
    [
        new(8, 500, 375, 3, 224, 224),
        new(8, 224, 224, 3, 512, 512),
        new(8, 500, 375, 3, 224, 224, "nearest"),
        new(8, 500, 375, 3, 224, 224, "bicubic"),
        new(8, 500, 375, 3, 224, 224, "bilinear", true),
        new(8, 64, 64, 64, 128, 128),
        new(8, 64, 64, 64, 128, 128, "nearest"),
        new(8, 512, 512, 1, 256, 256),
    ];

    public override string ToString() => $"{Batch}x{Height}x{Width}x{Channels}-{NewHeight}x{NewWidth}-{Method}{(Antialias ? "-antialias" : "")}";
}
