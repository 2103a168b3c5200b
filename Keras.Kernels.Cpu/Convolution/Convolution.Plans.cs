using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>The work plans of a convolution: the same for measuring scratch and for running.</summary>
internal static unsafe partial class Convolution<T, TVector, TLanes>
{
    static ScatterPlan<T> PlanForwardScatter(in ConvShape shape, ref Deal deal)
    {
        var plan = new ScatterPlan<T>
        {
            Y = shape.AxisY.Reversed(),
            X = shape.AxisX.Reversed(),
            Batch = shape.Batch,
            Depth = shape.InChannels,
            Columns = shape.OutChannels,
            KernelWidth = shape.KernelWidth,
            TapStep = (long)shape.InChannels * shape.OutChannels,
            DepthStep = shape.OutChannels,
            ColumnStep = 1,
        };
        plan.Plan(TLanes.Rows, Tile<T, TVector, TLanes>.Width, ref deal);
        return plan;
    }

    static ScatterPlan<T> PlanGradientScatter(in ConvShape shape, ref Deal deal)
    {
        var plan = new ScatterPlan<T>
        {
            Y = shape.AxisY,
            X = shape.AxisX,
            Batch = shape.Batch,
            Depth = shape.OutChannels,
            Columns = shape.InChannels,
            KernelWidth = shape.KernelWidth,
            TapStep = (long)shape.InChannels * shape.OutChannels,
            DepthStep = 1,
            ColumnStep = shape.OutChannels,
        };
        plan.Plan(TLanes.Rows, Tile<T, TVector, TLanes>.Width, ref deal);
        return plan;
    }

    static Correlation<T> PlanForward(in ConvShape shape, ref Deal deal)
    {
        var plan = new Correlation<T>
        {
            Y = shape.AxisY,
            X = shape.AxisX,
            Batch = shape.Batch,
            Channels = shape.InChannels,
            Groups = shape.Groups,
            GroupIn = shape.GroupIn,
            GroupOut = shape.GroupOut,
            OutPixel = shape.OutChannels,
            OutRow = (long)shape.OutWidth * shape.OutChannels,
            OutImage = (long)shape.OutHeight * shape.OutWidth * shape.OutChannels,
            KernelWidth = shape.KernelWidth,
            TapStep = (long)shape.GroupIn * shape.OutChannels,
            DepthStep = shape.OutChannels,
            ColumnStep = 1,
            GroupStep = shape.GroupOut,
        };
        Correlator<T, TVector, TLanes>.Plan(ref plan, ref deal);
        return plan;
    }

    static Correlation<T> PlanInputGradient(in ConvShape shape, int phaseY, int phaseX, ref Deal deal)
    {
        var row = (long)shape.Width * shape.InChannels;
        var plan = new Correlation<T>
        {
            Y = shape.GradientAxisY(phaseY),
            X = shape.GradientAxisX(phaseX),
            Batch = shape.Batch,
            Channels = shape.OutChannels,
            Groups = shape.Groups,
            GroupIn = shape.GroupOut,
            GroupOut = shape.GroupIn,
            OutPixel = (long)shape.StrideX * shape.InChannels,
            OutRow = shape.StrideY * row,
            OutImage = shape.Height * row,
            KernelWidth = shape.KernelWidth,
            TapStep = (long)shape.GroupIn * shape.OutChannels,
            DepthStep = 1,
            ColumnStep = shape.OutChannels,
            GroupStep = shape.GroupOut,
        };
        Correlator<T, TVector, TLanes>.Plan(ref plan, ref deal);
        return plan;
    }

    static FilterReduction<T> PlanFilterGradient(in ConvShape shape, ref Deal deal)
    {
        var plan = new FilterReduction<T>
        {
            Shape = shape,
            Y = shape.AxisY,
            X = shape.AxisX,
        };
        plan.Plan(TLanes.Rows, Tile<T, TVector, TLanes>.Width, TLanes.Count, ref deal);
        return plan;
    }

    static DepthwisePlan<T> PlanDepthwise(in ConvShape shape, bool reduces, ref Deal deal)
    {
        var plan = new DepthwisePlan<T>
        {
            Y = shape.AxisY,
            X = shape.AxisX,
            Batch = shape.Batch,
            Wide = shape.OutChannels,
            Multiplier = shape.GroupOut,
            KernelWidth = shape.KernelWidth,
            OutPixel = shape.OutChannels,
            OutRow = (long)shape.OutWidth * shape.OutChannels,
            OutImage = (long)shape.OutHeight * shape.OutWidth * shape.OutChannels,
        };
        plan.Plan(reduces, TLanes.Count, ref deal);
        return plan;
    }

    static DepthwisePlan<T> PlanDepthwiseGradient(in ConvShape shape, int phaseY, int phaseX, ref Deal deal)
    {
        var row = (long)shape.Width * shape.InChannels;
        var plan = new DepthwisePlan<T>
        {
            Y = shape.GradientAxisY(phaseY),
            X = shape.GradientAxisX(phaseX),
            Batch = shape.Batch,
            Wide = shape.OutChannels,
            Multiplier = shape.GroupOut,
            Folds = true,
            KernelWidth = shape.KernelWidth,
            OutPixel = (long)shape.StrideX * shape.InChannels,
            OutRow = shape.StrideY * row,
            OutImage = shape.Height * row,
        };
        plan.Plan(reduces: false, TLanes.Count, ref deal);
        return plan;
    }
}
