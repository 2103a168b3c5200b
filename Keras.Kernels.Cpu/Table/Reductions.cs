namespace Keras.Kernels.Cpu;

using Keras.Kernels.Cpu.Reduction;

internal readonly struct ReductionMaker<TBody>(Axes axes, Shape input, bool mean) : IMaker where TBody : IReduction
{
    readonly ReducePlan _plan = new(Types.Sizes(input), [.. Enumerable.Range(0, input.Rank).Select(axes.Contains)]);
    readonly bool _mean = mean;

    public unsafe Kernel Make<T>() where T : unmanaged
    {
        var plan = _plan;
        var scale = _mean ? 1.0 / plan.ReduceCount : 1;
        return new((in KernelCall call) => Reduce.Run<TBody, T, T>(plan, call.Input<T>(0), call.Output<T>(), call.Scratch, scale), plan.WorkspaceBytes);
    }
}

internal readonly struct ArgMaker<TBody>(int axis, Shape input) : IMaker where TBody : IReduction
{
    readonly long _outer = input.Slice(0, axis).Size, _n = input[axis], _inner = input.Slice(axis + 1, input.Rank - axis - 1).Size;

    public unsafe Kernel Make<T>() where T : unmanaged
    {
        var (outer, n, inner) = (_outer, _n, _inner);
        return new((in KernelCall call) => ArgReduce.Run<TBody, T>(call.Input<T>(0), call.Output<int>(), outer, n, inner));
    }
}
