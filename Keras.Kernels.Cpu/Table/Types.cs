using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>Makes a kernel for an element type.</summary>
internal interface IMaker
{
    Kernel Make<T>() where T : unmanaged;
}

/// <summary>Makes a kernel for a floating element type.</summary>
internal interface IWideMaker
{
    Kernel Make<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>The one place where a dtype becomes a type. <c>null</c>: no kernel for this dtype.</summary>
internal static class Types
{
    /// <summary>Every dtype; a truth value is a byte of 0 or 1.</summary>
    internal static Kernel? Any<TMaker>(DType dtype, TMaker maker) where TMaker : IMaker =>
        dtype == DType.Bool ? maker.Make<bool>() : Numbers(dtype, maker);

    /// <summary>Every dtype, those too that numbers are only kept in.</summary>
    internal static Kernel? Kept<TMaker>(DType dtype, TMaker maker) where TMaker : IMaker => dtype switch
    {
        DType.Float8E4M3FN => maker.Make<Float8E4M3FN>(),
        DType.Float8E5M2 => maker.Make<Float8E5M2>(),
        _ => Any(dtype, maker),
    };

    internal static Kernel? Numbers<TMaker>(DType dtype, TMaker maker) where TMaker : IMaker =>
        dtype.IsFloating() ? Floats(dtype, maker) : Integers(dtype, maker);

    internal static Kernel? Integers<TMaker>(DType dtype, TMaker maker) where TMaker : IMaker => dtype switch
    {
        DType.UInt8 => maker.Make<byte>(),
        DType.UInt16 => maker.Make<ushort>(),
        DType.UInt32 => maker.Make<uint>(),
        DType.UInt64 => maker.Make<ulong>(),
        DType.Int8 => maker.Make<sbyte>(),
        DType.Int16 => maker.Make<short>(),
        DType.Int32 => maker.Make<int>(),
        DType.Int64 => maker.Make<long>(),
        _ => null,
    };

    internal static Kernel? Floats<TMaker>(DType dtype, TMaker maker) where TMaker : IMaker => dtype switch
    {
        DType.Float16 => maker.Make<Half>(),
        DType.BFloat16 => maker.Make<BFloat16>(),
        DType.Float32 => maker.Make<float>(),
        DType.Float64 => maker.Make<double>(),
        _ => null,
    };

    /// <summary>The floats that arithmetic is done in; the graph widens the narrow ones where a kernel is missing.</summary>
    internal static Kernel? Wide<TMaker>(DType dtype, TMaker maker) where TMaker : IWideMaker => dtype switch
    {
        DType.Float32 => maker.Make<float>(),
        DType.Float64 => maker.Make<double>(),
        _ => null,
    };

    /// <summary>Complex numbers as pairs of reals along an inner axis; any other type as it is.</summary>
    internal static TensorType Pairs(TensorType type) =>
        type.DType.IsComplex() ? new(type.DType.ToReal(), type.Shape.Append([2])) : type;

    /// <summary>Sizes as the drivers take them.</summary>
    internal static long[] Sizes(Shape shape) => [.. shape.Dims.ToArray().Select(d => (long)d)];

    /// <summary>Element strides of a dense tensor, 0 where it is stretched to the output.</summary>
    internal static long[] Strides(Shape input, Shape output)
    {
        var strides = new long[output.Rank];
        long stride = 1;
        for (var i = 1; i <= input.Rank; i++)
        {
            strides[^i] = input[-i] == 1 ? 0 : stride;
            stride *= input[-i];
        }
        return strides;
    }
}
