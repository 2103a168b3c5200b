using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>The vector operations of a micro-kernel, for one register width.</summary>
internal unsafe interface ISimd<T, TVec> where T : unmanaged where TVec : struct
{
    static abstract int Width { get; }
    static abstract TVec Load(T* source);
    static abstract TVec Splat(T* source);
    static abstract void Store(T* target, TVec value);
    static abstract TVec Add(TVec left, TVec right);
    static abstract TVec Divide(TVec left, TVec right);
    static abstract TVec Relu(TVec value);
    static abstract TVec MultiplyAdd(TVec left, TVec right, TVec sum);
    static abstract T Sum(TVec value);
}

internal readonly unsafe struct Simd512<T> : ISimd<T, Vector512<T>> where T : unmanaged
{
    public static int Width => Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load(T* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Splat(T* source) => Vector512.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* target, Vector512<T> value) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Add(Vector512<T> left, Vector512<T> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Divide(Vector512<T> left, Vector512<T> right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Relu(Vector512<T> value) => Vector512.Max(value, Vector512<T>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> MultiplyAdd(Vector512<T> left, Vector512<T> right, Vector512<T> sum) =>
        typeof(T) == typeof(float)
            ? Vector512.MultiplyAddEstimate(left.AsSingle(), right.AsSingle(), sum.AsSingle()).As<float, T>()
            : Vector512.MultiplyAddEstimate(left.AsDouble(), right.AsDouble(), sum.AsDouble()).As<double, T>();

    public static T Sum(Vector512<T> value) => Vector512.Sum(value);
}

internal readonly unsafe struct Simd256<T> : ISimd<T, Vector256<T>> where T : unmanaged
{
    public static int Width => Vector256<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Load(T* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Splat(T* source) => Vector256.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* target, Vector256<T> value) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Add(Vector256<T> left, Vector256<T> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Divide(Vector256<T> left, Vector256<T> right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Relu(Vector256<T> value) => Vector256.Max(value, Vector256<T>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> MultiplyAdd(Vector256<T> left, Vector256<T> right, Vector256<T> sum) =>
        typeof(T) == typeof(float)
            ? Vector256.MultiplyAddEstimate(left.AsSingle(), right.AsSingle(), sum.AsSingle()).As<float, T>()
            : Vector256.MultiplyAddEstimate(left.AsDouble(), right.AsDouble(), sum.AsDouble()).As<double, T>();

    public static T Sum(Vector256<T> value) => Vector256.Sum(value);
}

internal readonly unsafe struct Simd128<T> : ISimd<T, Vector128<T>> where T : unmanaged
{
    public static int Width => Vector128<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Load(T* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Splat(T* source) => Vector128.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* target, Vector128<T> value) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Add(Vector128<T> left, Vector128<T> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Divide(Vector128<T> left, Vector128<T> right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Relu(Vector128<T> value) => Vector128.Max(value, Vector128<T>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> MultiplyAdd(Vector128<T> left, Vector128<T> right, Vector128<T> sum) =>
        typeof(T) == typeof(float)
            ? Vector128.MultiplyAddEstimate(left.AsSingle(), right.AsSingle(), sum.AsSingle()).As<float, T>()
            : Vector128.MultiplyAddEstimate(left.AsDouble(), right.AsDouble(), sum.AsDouble()).As<double, T>();

    public static T Sum(Vector128<T> value) => Vector128.Sum(value);
}

/// <summary>A number known to the JIT, so that loops over rows of registers unroll.</summary>
internal interface IConstant
{
    static abstract int Value { get; }
}

internal readonly struct N1 : IConstant { public static int Value => 1; }

internal readonly struct N2 : IConstant { public static int Value => 2; }

internal readonly struct N4 : IConstant { public static int Value => 4; }

internal readonly struct N6 : IConstant { public static int Value => 6; }

internal readonly struct N8 : IConstant { public static int Value => 8; }

internal readonly struct N12 : IConstant { public static int Value => 12; }
