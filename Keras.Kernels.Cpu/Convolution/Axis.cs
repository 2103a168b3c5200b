namespace Keras.Kernels.Cpu;

/// <summary>
/// One axis of a correlation: output i reads input i * Stride + First + t * Step for each tap t, with kernel position
/// Kernel + t * KernelStep. Positions outside of the input read zero.
/// </summary>
internal readonly record struct Axis(
    int In, int Out, int Stride, int Taps, int First, int Step, int Kernel, int KernelStep)
{
    int Last => First + (Taps - 1) * Step;

    /// <summary>Input positions from the first to the last that the outputs read.</summary>
    public int Reach => Span(Out);

    public bool NeedsPadding => Taps > 0 && Out > 0 && (First < 0 || (Out - 1) * Stride + Last >= In);

    /// <summary>The same meetings of input and output with their roles exchanged; for stride 1.</summary>
    public Axis Reversed() =>
        new(Out, In, 1, Taps, -Last, Step, Kernel + (Taps - 1) * KernelStep, -KernelStep);

    /// <summary>One tap that reads each input just where it writes.</summary>
    public bool IsPointwise => Taps == 1 && Stride == 1 && First == 0 && In == Out;

    public static Axis Forward(int size, int outSize, int stride, int taps, int dilation, int pad) =>
        new(size, outSize, stride, taps, -pad, dilation, 0, 1);

    /// <summary>
    /// The positions phase, phase + stride, … of the input gradient as a correlation of the output gradient,
    /// which uses just the taps that meet these positions; with stride 1 the flipped kernel.
    /// </summary>
    public static Axis Gradient(int size, int outSize, int stride, int taps, int dilation, int pad, int phase)
    {
        var count = (size - phase + stride - 1) / stride;
        var every = stride / Gcd(dilation, stride);
        var first = 0;
        while (first < every && (phase + pad - first * dilation) % stride != 0)
            first++;
        if (first >= every || first >= taps)
            return new Axis(outSize, count, 1, 0, 0, 1, 0, 1);
        var used = (taps - 1 - first) / every + 1;
        var last = first + (used - 1) * every;
        var from = (phase + pad - last * dilation) / stride;
        return new Axis(outSize, count, 1, used, from, every * dilation / stride, last, -every);
    }

    /// <summary>Input positions that a run of outputs spans.</summary>
    public int Span(int outputs) => Taps == 0 || outputs == 0 ? 0 : (outputs - 1) * Stride + Last - First + 1;

    /// <summary>The taps of an output that lie within the input.</summary>
    public (int Begin, int End) Inside(int output)
    {
        var at = output * Stride + First;
        var begin = at >= 0 ? 0 : Math.Min(Taps, (-at + Step - 1) / Step);
        var end = at >= In ? 0 : Math.Min(Taps, (In - 1 - at) / Step + 1);
        return (begin, Math.Max(begin, end));
    }

    /// <summary>The outputs of [from, to) whose tap lies within the input.</summary>
    public (int Begin, int End) Outputs(int tap, int from, int to)
    {
        var at = First + tap * Step;
        var begin = at >= 0 ? 0 : (-at + Stride - 1) / Stride;
        var end = at >= In ? 0 : (In - 1 - at) / Stride + 1;
        begin = Math.Clamp(begin, from, to);
        return (begin, Math.Clamp(end, begin, to));
    }

    /// <summary>Input positions that outputs [from, to) read.</summary>
    public (int From, int To) InputRange(int from, int to)
    {
        var begin = Math.Clamp(from * Stride + First, 0, In);
        return (begin, Math.Clamp(from * Stride + First + Span(to - from), begin, In));
    }

    static int Gcd(int left, int right)
    {
        while (right != 0)
            (left, right) = (right, left % right);
        return left;
    }
}
