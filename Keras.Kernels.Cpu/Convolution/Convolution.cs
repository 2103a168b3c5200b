using System.Numerics;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>
/// 2-D convolutions of NHWC arrays in float and double. Results have the same bits for any number of threads.
/// Each call takes scratch of the size that the function beside it names.
/// </summary>
internal static unsafe class Convolution
{
    public static long ForwardScratch<T>(in ConvShape shape) where T : unmanaged, INumber<T> =>
        Lanes<T>(ForwardColumns(shape)) switch
        {
            512 => Convolution<T, Vector512<T>, Lanes512<T>>.ForwardScratch(shape),
            256 => Convolution<T, Vector256<T>, Lanes256<T>>.ForwardScratch(shape),
            _ => Convolution<T, Vector128<T>, Lanes128<T>>.ForwardScratch(shape),
        };

    public static void Forward<T>(in ConvShape shape, T* x, T* kernel, T* bias, bool relu, T* y, byte* scratch)
        where T : unmanaged, INumber<T>
    {
        switch (Lanes<T>(ForwardColumns(shape)))
        {
            case 512:
                Convolution<T, Vector512<T>, Lanes512<T>>.Forward(shape, x, kernel, bias, relu, y, scratch);
                break;
            case 256:
                Convolution<T, Vector256<T>, Lanes256<T>>.Forward(shape, x, kernel, bias, relu, y, scratch);
                break;
            default:
                Convolution<T, Vector128<T>, Lanes128<T>>.Forward(shape, x, kernel, bias, relu, y, scratch);
                break;
        }
    }

    public static long InputGradientScratch<T>(in ConvShape shape) where T : unmanaged, INumber<T> =>
        Lanes<T>(GradientColumns(shape)) switch
        {
            512 => Convolution<T, Vector512<T>, Lanes512<T>>.InputGradientScratch(shape),
            256 => Convolution<T, Vector256<T>, Lanes256<T>>.InputGradientScratch(shape),
            _ => Convolution<T, Vector128<T>, Lanes128<T>>.InputGradientScratch(shape),
        };

    public static void InputGradient<T>(in ConvShape shape, T* dy, T* kernel, T* dx, byte* scratch)
        where T : unmanaged, INumber<T>
    {
        switch (Lanes<T>(GradientColumns(shape)))
        {
            case 512: Convolution<T, Vector512<T>, Lanes512<T>>.InputGradient(shape, dy, kernel, dx, scratch); break;
            case 256: Convolution<T, Vector256<T>, Lanes256<T>>.InputGradient(shape, dy, kernel, dx, scratch); break;
            default: Convolution<T, Vector128<T>, Lanes128<T>>.InputGradient(shape, dy, kernel, dx, scratch); break;
        }
    }

    public static long FilterGradientScratch<T>(in ConvShape shape) where T : unmanaged, INumber<T> =>
        Lanes<T>(FilterColumns(shape)) switch
        {
            512 => Convolution<T, Vector512<T>, Lanes512<T>>.FilterGradientScratch(shape),
            256 => Convolution<T, Vector256<T>, Lanes256<T>>.FilterGradientScratch(shape),
            _ => Convolution<T, Vector128<T>, Lanes128<T>>.FilterGradientScratch(shape),
        };

    public static void FilterGradient<T>(in ConvShape shape, T* x, T* dy, T* dw, byte* scratch)
        where T : unmanaged, INumber<T>
    {
        switch (Lanes<T>(FilterColumns(shape)))
        {
            case 512: Convolution<T, Vector512<T>, Lanes512<T>>.FilterGradient(shape, x, dy, dw, scratch); break;
            case 256: Convolution<T, Vector256<T>, Lanes256<T>>.FilterGradient(shape, x, dy, dw, scratch); break;
            default: Convolution<T, Vector128<T>, Lanes128<T>>.FilterGradient(shape, x, dy, dw, scratch); break;
        }
    }

    /// <summary>The widest registers that so few columns can fill, in bits.</summary>
    static int Lanes<T>(int columns) =>
        Vector512.IsHardwareAccelerated && columns > Vector256<T>.Count ? 512
        : Vector256.IsHardwareAccelerated && columns > Vector128<T>.Count ? 256
        : 128;

    // Where few channels are scattered, the taps lie side by side and fill wider registers.
    static int ForwardColumns(in ConvShape shape) =>
        shape.IsDepthwise ? shape.OutChannels
        : shape.ScattersForward ? shape.OutChannels * shape.Taps
        : shape.GroupOut;

    static int GradientColumns(in ConvShape shape) =>
        shape.IsDepthwise ? shape.OutChannels
        : shape.ScattersGradient ? shape.InChannels * shape.Taps
        : shape.GroupIn;

    static int FilterColumns(in ConvShape shape) => shape.IsDepthwise ? shape.OutChannels : shape.GroupOut;
}
