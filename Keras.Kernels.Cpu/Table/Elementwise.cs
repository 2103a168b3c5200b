using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

using Keras.Kernels.Cpu.Elementwise;

internal readonly struct UnaryMaker<TBody>(long count) : IMaker where TBody : IUnary
{
    readonly long _count = count;

    public unsafe Kernel Make<T>() where T : unmanaged
    {
        var n = _count;
        return new((in KernelCall call) => Map.Unary<TBody, T>(call.Input<T>(0), call.Output<T>(), n), 0, (0, 0));
    }
}

internal readonly struct PredicateMaker<TBody>(long count) : IMaker where TBody : IUnary
{
    readonly long _count = count;

    public unsafe Kernel Make<T>() where T : unmanaged
    {
        var n = _count;
        return new((in KernelCall call) => Map.Predicate<TBody, T>(call.Input<T>(0), call.Output<byte>(), n));
    }
}

/// <summary>Two operands stretched to one output.</summary>
internal readonly struct BinaryMaker<TBody>(TensorType a, TensorType b, TensorType output) : IMaker where TBody : IBinary
{
    readonly BroadcastPlan _plan = new(Types.Sizes(output.Shape), Types.Strides(a.Shape, output.Shape), Types.Strides(b.Shape, output.Shape));
    readonly (int, int)[] _inPlace = InPlace(a, b, output);

    public unsafe Kernel Make<T>() where T : unmanaged
    {
        var plan = _plan;
        return new((in KernelCall call) => Binary.Run<TBody, T>(plan, call.Input<T>(0), call.Input<T>(1), call.Output<T>()), 0, _inPlace);
    }

    static (int, int)[] InPlace(TensorType a, TensorType b, TensorType output) =>
        [.. ((int, int)[])(a == output ? [(0, 0)] : []), .. ((int, int)[])(b == output ? [(1, 0)] : [])];
}

internal readonly struct ComparisonMaker<TBody>(TensorType a, TensorType b, TensorType output) : IMaker where TBody : IBinary
{
    readonly BroadcastPlan _plan = new(Types.Sizes(output.Shape), Types.Strides(a.Shape, output.Shape), Types.Strides(b.Shape, output.Shape));

    public unsafe Kernel Make<T>() where T : unmanaged
    {
        var plan = _plan;
        return new((in KernelCall call) => Binary.Compare<TBody, T>(plan, call.Input<T>(0), call.Input<T>(1), call.Output<byte>()));
    }
}

internal readonly struct CastMaker<TFrom>(long count) : IMaker where TFrom : unmanaged
{
    readonly long _count = count;

    public unsafe Kernel Make<TTo>() where TTo : unmanaged
    {
        var n = _count;
        return new((in KernelCall call) => Elementwise.Cast.Run(call.Input<TFrom>(0), call.Output<TTo>(), n));
    }
}

internal readonly struct CastFromMaker(DType to, long count) : IMaker
{
    readonly DType _to = to;
    readonly long _count = count;

    public Kernel Make<TFrom>() where TFrom : unmanaged => Types.Kept(_to, new CastMaker<TFrom>(_count))!;
}

/// <summary>Kernels of single elements that are no family of their own.</summary>
internal static unsafe class ElementwiseTable
{
    internal static Kernel? Cast(Keras.Cast op, TensorType[] inputs, TensorType output) =>
        Types.Kept(inputs[0].DType, new CastFromMaker(op.DType, output.Shape.Size));

    internal static Kernel Select(Keras.Select op, TensorType[] inputs, TensorType output)
    {
        // No lane of a vector is as wide: both halves of an element are selected alike.
        if (output.DType == DType.Complex128)
            (inputs, output) = ([inputs[0].As(inputs[0].Shape.Append([1])), Types.Pairs(inputs[1]), Types.Pairs(inputs[2])], Types.Pairs(output));
        var plan = new BroadcastPlan(Types.Sizes(output.Shape), Types.Strides(inputs[0].Shape, output.Shape),
            Types.Strides(inputs[1].Shape, output.Shape), Types.Strides(inputs[2].Shape, output.Shape));
        var size = output.DType.Size();
        return new((in KernelCall call) =>
            Elementwise.Select.Run(plan, size, call.Input<byte>(0), call.Input<byte>(1), call.Input<byte>(2), call.Output<byte>()));
    }

    internal static Kernel Copy(Keras.Copy op, TensorType[] inputs, TensorType output)
    {
        var bytes = output.Bytes;
        return new((in KernelCall call) => Buffer.MemoryCopy(call.Input<byte>(0), call.Output<byte>(), bytes, bytes));
    }
}

/// <summary>The gradient where the result of a rectifier is above zero.</summary>
internal readonly struct ReluGradientBody : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Apply<T>(Vector512<T> x, Vector512<T> y) where T : unmanaged => y & Vector512.GreaterThan(x, Vector512<T>.Zero);
}
