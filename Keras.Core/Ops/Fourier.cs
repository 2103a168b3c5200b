namespace Keras;

/// <summary>The discrete Fourier transform along the last axis, of real and imaginary parts, without a factor. With the parts exchanged, before and behind, it
/// turns the other way.</summary>
sealed record Fourier : Op
{
    /// <summary>The longest transform.</summary>
    internal const int MostElements = 1 << 26;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var (real, imaginary) = (inputs[0], inputs[1]);
        if (real.DType != imaginary.DType || !real.Shape.Matches(imaginary.Shape) || real.Shape.Rank == 0)
            throw Wrong("real and imaginary part do not fit together", "one dtype and shape, of 1 dimension or more", $"{real} and {imaginary}");
        Check(real.Shape[-1], Name);
        return TensorType.Tuple(real, real);
    }

    internal static int Check(int length, string who) => length == Shape.Unknown ? length : CheckKnown(length, who);

    internal static int CheckKnown(int length, string who) => length is > 0 and <= MostElements ? length
        : throw Errors.Argument(who, "there is no transform of this length", $"1 to {MostElements}", length);

    // The transform is linear, and its adjoint turns the other way.
    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients)
    {
        var real = gradients[0] ?? Ops.ZerosLike(gradients[1]!);
        var node = new Fourier().On(gradients[1] ?? Ops.ZerosLike(real), real);
        return [new Part(1).On(node), new Part(0).On(node)];
    }
}

/// <summary>The first half of the Fourier transform of real numbers along the last axis, which holds all of it.</summary>
sealed record RealFourier : Op
{
    internal override bool VjpNeedsSizes => false;

    internal static int Half(int length) => length == Shape.Unknown ? length : (length / 2) + 1;

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = inputs[0];
        if (x.Shape.Rank == 0) throw Wrong("there is no axis", "1 dimension or more", x.Shape);
        var part = x.As(x.Shape.With(-1, Half(Fourier.Check(x.Shape[-1], Name))));
        return TensorType.Tuple(part, part);
    }

    // The inverse halves the elements that stand for two, and divides all by the length.
    internal override Tensor?[] VjpParts(Tensor result, Tensor?[] gradients)
    {
        var n = result.Inputs[0].Shape[-1];
        if (n == Shape.Unknown) throw Wrong("the gradient depends on the length", "a known last dimension", result.Inputs[0].Shape);
        var real = gradients[0] ?? Ops.ZerosLike(gradients[1]!);
        var weights = RealFourierInverse.Weights(n, n, n / 2.0, real.DType);
        return [new RealFourierInverse(n).On(real * weights, (gradients[1] ?? Ops.ZerosLike(real)) * weights)];
    }
}

/// <summary>The real numbers of a length whose <see cref="RealFourier"/> is given. What could not be in it, imaginary parts at both ends, does not count.</summary>
sealed record RealFourierInverse(int Length) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var (real, imaginary) = (inputs[0], inputs[1]);
        var half = RealFourier.Half(Fourier.Check(Length, Name));
        if (real.DType != imaginary.DType || !real.Shape.Matches(imaginary.Shape) || real.Shape.Rank == 0 || (real.Shape[-1] != half && real.Shape[-1] != Shape.Unknown))
            throw Wrong("real and imaginary part do not fit", $"one dtype and shape, (…, {half})", $"{real} and {imaginary}");
        return real.As(real.Shape.With(-1, Length));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var node = new RealFourier().On(gradient);
        var weights = Weights(Length, 1.0 / Length, 2.0 / Length, gradient.DType);
        return [new Part(0).On(node) * weights, new Part(1).On(node) * weights];
    }

    /// <summary>One weight for elements that stand for themselves, another for those that stand for two.</summary>
    internal static Tensor Weights(int length, double single, double pair, DType dtype)
    {
        var half = RealFourier.Half(length);
        return Ops.Cast(Tensor.Of<double>([.. Enumerable.Range(0, half).Select(k => k == 0 || 2 * k == length ? single : pair)], [half]), dtype);
    }
}

public static partial class Ops
{
    /// <summary>The discrete Fourier transform along the last axis.</summary>
    /// <param name="x">Real and imaginary part, of one shape.</param>
    /// <returns>Real and imaginary part, of the same shape.</returns>
    /// <exception cref="ArgumentException">The parts differ in shape or have too few axes, or an axis has no element or more than 2²⁶.</exception>
    public static (Tensor Real, Tensor Imaginary) Fft((Tensor Real, Tensor Imaginary) x) => Transform(Complex(x, 1, "fft"));

    /// <summary>The discrete Fourier transform along the last two axes.</summary>
    /// <inheritdoc cref="Fft"/>
    public static (Tensor Real, Tensor Imaginary) Fft2((Tensor Real, Tensor Imaginary) x) => OverBoth(Complex(x, 2, "fft2"));

    /// <summary>The inverse of the discrete Fourier transform along the last two axes.</summary>
    /// <inheritdoc cref="Fft"/>
    public static (Tensor Real, Tensor Imaginary) Ifft2((Tensor Real, Tensor Imaginary) x)
    {
        x = Complex(x, 2, "ifft2");
        var count = (double)Known(x.Real, -1, "ifft2") * Known(x.Real, -2, "ifft2");
        var (imaginary, real) = OverBoth((x.Imaginary, x.Real));
        return (real / count, imaginary / count);
    }

    /// <summary>The Fourier transform of real numbers along the last axis: its first half, which holds all of it.</summary>
    /// <param name="x">Real numbers.</param>
    /// <param name="fftLength">The length to transform: x is cut to it, or zeros are added. Default x's length.</param>
    /// <returns>Real and imaginary part; fftLength / 2 + 1 elements in the last axis.</returns>
    /// <exception cref="ArgumentException">The length is below 1 or above 2²⁶, or x is a scalar, or its length is unknown and another one is wanted.</exception>
    public static (Tensor Real, Tensor Imaginary) Rfft(Tensor x, int? fftLength = null)
    {
        x = AsFloating(x);
        if (fftLength is { } n) x = Fitted(x, Fourier.CheckKnown(n, "rfft"), "rfft");
        return Parts(new RealFourier().On(Wide(x)), x.DType);
    }

    /// <summary>The real numbers whose Fourier transform begins with a half: the inverse of <see cref="Rfft"/>.</summary>
    /// <param name="x">Real and imaginary part, of one shape.</param>
    /// <param name="fftLength">The length of the result. Default 2 (x's length - 1).</param>
    /// <exception cref="ArgumentException">The length is below 1 or above 2²⁶, or unknown, or the parts differ in shape.</exception>
    public static Tensor Irfft((Tensor Real, Tensor Imaginary) x, int? fftLength = null)
    {
        x = Complex(x, 1, "irfft");
        var n = Fourier.CheckKnown(fftLength ?? 2 * (Known(x.Real, -1, "irfft") - 1), "irfft");
        return new RealFourierInverse(n).On(Fitted(x.Real, RealFourier.Half(n), "irfft"), Fitted(x.Imaginary, RealFourier.Half(n), "irfft"));
    }

    static (Tensor Real, Tensor Imaginary) Transform((Tensor Real, Tensor Imaginary) x) =>
        Parts(new Fourier().On(Wide(x.Real), Wide(x.Imaginary)), x.Real.DType);

    static (Tensor Real, Tensor Imaginary) Parts(Tensor node, DType dtype) => (Cast(new Part(0).On(node), dtype), Cast(new Part(1).On(node), dtype));

    static (Tensor Real, Tensor Imaginary) OverBoth((Tensor Real, Tensor Imaginary) x)
    {
        var (real, imaginary) = Transform(x);
        (real, imaginary) = Transform((Swapaxes(real, -1, -2), Swapaxes(imaginary, -1, -2)));
        return (Swapaxes(real, -1, -2), Swapaxes(imaginary, -1, -2));
    }

    static (Tensor Real, Tensor Imaginary) Complex((Tensor Real, Tensor Imaginary) x, int rank, string who)
    {
        var (real, imaginary) = Promote(AsFloating(x.Real), AsFloating(x.Imaginary));
        return real.Rank >= rank && real.Shape.Matches(imaginary.Shape) ? (real, imaginary)
            : throw Errors.Argument(who, "real and imaginary part do not fit together", $"one shape of rank {rank} or more", $"{real.Shape} and {imaginary.Shape}");
    }

    /// <summary>The last axis cut to a length, or filled up to it with zeros.</summary>
    static Tensor Fitted(Tensor x, int length, string who)
    {
        var (axis, have) = (x.Rank - 1, Known(x, -1, who));
        return have == length ? x : have > length ? Narrow(x, axis, 0, length)
            : Pad(x, [.. Enumerable.Repeat((0, 0), axis), (0, length - have)]);
    }
}
