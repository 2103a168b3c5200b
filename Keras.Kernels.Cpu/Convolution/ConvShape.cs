namespace Keras.Kernels.Cpu;

/// <summary>
/// A 2-D cross-correlation: NHWC images, kernel (height, width, input channels / groups, output channels).
/// </summary>
internal readonly record struct ConvShape(
    int Batch, int Height, int Width, int InChannels,
    int OutHeight, int OutWidth, int OutChannels,
    int KernelHeight, int KernelWidth,
    int StrideY, int StrideX, int DilationY, int DilationX,
    int PadTop, int PadLeft, int Groups)
{
    const int FewChannels = 4;

    public int GroupIn => InChannels / Groups;

    public int GroupOut => OutChannels / Groups;

    public int Taps => KernelHeight * KernelWidth;

    public long KernelLength => (long)Taps * GroupIn * OutChannels;

    public long InLength => (long)Batch * Height * Width * InChannels;

    public long OutLength => (long)Batch * OutHeight * OutWidth * OutChannels;

    public bool IsDepthwise => Groups == InChannels && Groups > 1;

    // With stride 1 forward is the gradient of another convolution, so it too can be seen from its source.
    public bool ScattersForward => StrideY == 1 && StrideX == 1 && Scatters(OutChannels);

    public bool ScattersGradient => Scatters(InChannels);

    public Axis AxisY => Axis.Forward(Height, OutHeight, StrideY, KernelHeight, DilationY, PadTop);

    public Axis AxisX => Axis.Forward(Width, OutWidth, StrideX, KernelWidth, DilationX, PadLeft);

    public Axis GradientAxisY(int phase) =>
        Axis.Gradient(Height, OutHeight, StrideY, KernelHeight, DilationY, PadTop, phase);

    public Axis GradientAxisX(int phase) =>
        Axis.Gradient(Width, OutWidth, StrideX, KernelWidth, DilationX, PadLeft, phase);

    // So few result channels would leave most of a vector idle.
    bool Scatters(int channels) => channels <= FewChannels && Groups == 1 && Taps > 1;
}
