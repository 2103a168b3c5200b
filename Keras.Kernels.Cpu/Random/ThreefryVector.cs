using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keras.Kernels.Cpu;

/// <summary>Sixteen <see cref="Threefry"/> blocks at a time under one key.</summary>
internal readonly struct ThreefryVector(uint k0, uint k1)
{
    private readonly uint _k0 = k0;
    private readonly uint _k1 = k1;
    private readonly uint _k2 = k0 ^ k1 ^ Threefry.Parity;

    internal (uint K0, uint K1) Key => (_k0, _k1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Words(ref Vector512<uint> x0, ref Vector512<uint> x1)
    {
        Inject(ref x0, ref x1, _k0, _k1);
        Even(ref x0, ref x1);
        Inject(ref x0, ref x1, _k1, _k2 + 1);
        Odd(ref x0, ref x1);
        Inject(ref x0, ref x1, _k2, _k0 + 2);
        Even(ref x0, ref x1);
        Inject(ref x0, ref x1, _k0, _k1 + 3);
        Odd(ref x0, ref x1);
        Inject(ref x0, ref x1, _k1, _k2 + 4);
        Even(ref x0, ref x1);
        Inject(ref x0, ref x1, _k2, _k0 + 5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector512<uint> Bits(Vector512<uint> hi, Vector512<uint> lo)
    {
        Words(ref hi, ref lo);
        return hi ^ lo;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Even(ref Vector512<uint> x0, ref Vector512<uint> x1)
    {
        Mix(ref x0, ref x1, 13);
        Mix(ref x0, ref x1, 15);
        Mix(ref x0, ref x1, 26);
        Mix(ref x0, ref x1, 6);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Odd(ref Vector512<uint> x0, ref Vector512<uint> x1)
    {
        Mix(ref x0, ref x1, 17);
        Mix(ref x0, ref x1, 29);
        Mix(ref x0, ref x1, 16);
        Mix(ref x0, ref x1, 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Inject(ref Vector512<uint> x0, ref Vector512<uint> x1, uint add0, uint add1)
    {
        x0 += Vector512.Create(add0);
        x1 += Vector512.Create(add1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref Vector512<uint> x0, ref Vector512<uint> x1, [ConstantExpected] byte rotation)
    {
        x0 += x1;
        x1 = x0 ^ (Avx512F.IsSupported
            ? Avx512F.RotateLeft(x1, rotation)
            : (x1 << rotation) | (x1 >>> (32 - rotation)));
    }
}
