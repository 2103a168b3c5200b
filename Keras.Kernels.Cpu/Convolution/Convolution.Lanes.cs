using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>The convolutions for one register width.</summary>
internal static unsafe partial class Convolution<T, TVector, TLanes>
    where T : unmanaged, INumber<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    public static long ForwardScratch(in ConvShape shape)
    {
        Deal deal = default;
        if (shape.IsDepthwise)
            PlanDepthwise(shape, reduces: false, ref deal);
        else if (shape.ScattersForward)
            PlanForwardScatter(shape, ref deal);
        else
            PlanForward(shape, ref deal);
        return deal.Bytes;
    }

    public static void Forward(in ConvShape shape, T* x, T* kernel, T* bias, bool relu, T* y, byte* scratch)
    {
        Deal deal = new(scratch);
        if (shape.IsDepthwise)
        {
            var depthwise = PlanDepthwise(shape, reduces: false, ref deal);
            depthwise.Input = x;
            depthwise.Kernel = kernel;
            depthwise.Bias = bias;
            depthwise.Relu = relu;
            depthwise.Output = y;
            Depthwise<T, TVector, TLanes>.Execute(ref depthwise);
            return;
        }
        if (shape.ScattersForward)
        {
            var scatter = PlanForwardScatter(shape, ref deal);
            scatter.Source = x;
            scatter.Kernel = kernel;
            scatter.Bias = bias;
            scatter.Relu = relu;
            scatter.Target = y;
            Scatter<T, TVector, TLanes>.Execute(ref scatter);
            return;
        }
        var plan = PlanForward(shape, ref deal);
        plan.Input = x;
        plan.Kernel = kernel;
        plan.Bias = bias;
        plan.Relu = relu;
        plan.Output = y;
        Correlator<T, TVector, TLanes>.Execute(ref plan);
    }

    public static long InputGradientScratch(in ConvShape shape)
    {
        if (shape.ScattersGradient)
        {
            Deal scatter = default;
            PlanGradientScatter(shape, ref scatter);
            return scatter.Bytes;
        }
        long most = 0;
        for (var phaseY = 0; phaseY < shape.StrideY; phaseY++)
        {
            for (var phaseX = 0; phaseX < shape.StrideX; phaseX++)
            {
                Deal deal = default;
                if (shape.IsDepthwise)
                    PlanDepthwiseGradient(shape, phaseY, phaseX, ref deal);
                else
                    PlanInputGradient(shape, phaseY, phaseX, ref deal);
                most = Math.Max(most, deal.Bytes);
            }
        }
        return most;
    }

    public static void InputGradient(in ConvShape shape, T* dy, T* kernel, T* dx, byte* scratch)
    {
        if (shape.ScattersGradient)
        {
            Deal scatterDeal = new(scratch);
            var scatter = PlanGradientScatter(shape, ref scatterDeal);
            scatter.Source = dy;
            scatter.Kernel = kernel;
            scatter.Target = dx;
            Scatter<T, TVector, TLanes>.Execute(ref scatter);
            return;
        }
        for (var phaseY = 0; phaseY < Math.Min(shape.StrideY, shape.Height); phaseY++)
        {
            for (var phaseX = 0; phaseX < Math.Min(shape.StrideX, shape.Width); phaseX++)
            {
                Deal deal = new(scratch);
                var output = dx + ((long)phaseY * shape.Width + phaseX) * shape.InChannels;
                if (shape.IsDepthwise)
                {
                    var depthwise = PlanDepthwiseGradient(shape, phaseY, phaseX, ref deal);
                    depthwise.Input = dy;
                    depthwise.Kernel = kernel;
                    depthwise.Output = output;
                    Depthwise<T, TVector, TLanes>.Execute(ref depthwise);
                    continue;
                }
                var plan = PlanInputGradient(shape, phaseY, phaseX, ref deal);
                plan.Input = dy;
                plan.Kernel = kernel;
                plan.Output = output;
                Correlator<T, TVector, TLanes>.Execute(ref plan);
            }
        }
    }

    public static long FilterGradientScratch(in ConvShape shape)
    {
        Deal deal = default;
        if (shape.IsDepthwise)
            PlanDepthwise(shape, reduces: true, ref deal);
        else
            PlanFilterGradient(shape, ref deal);
        return deal.Bytes;
    }

    public static void FilterGradient(in ConvShape shape, T* x, T* dy, T* dw, byte* scratch)
    {
        Deal deal = new(scratch);
        if (shape.IsDepthwise)
        {
            var depthwise = PlanDepthwise(shape, reduces: true, ref deal);
            depthwise.Input = x;
            DepthwiseFilter<T, TVector, TLanes>.Execute(ref depthwise, dy, dw);
            return;
        }
        var plan = PlanFilterGradient(shape, ref deal);
        plan.Input = x;
        plan.OutGradient = dy;
        plan.Target = dw;
        FilterReducer<T, TVector, TLanes>.Execute(ref plan);
    }
}
