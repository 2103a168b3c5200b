using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Keras.Kernels.Cpu;

internal static unsafe partial class Gemm
{
    /// <summary>The blocked product with the kernels of this machine.</summary>
    static void Blocked<TMem, T>(
        int m, int n, int k, in Operand<TMem> a, in Operand<TMem> b, T* prepacked, in TileOutput<T> output)
        where TMem : unmanaged
        where T : unmanaged, INumber<T>
    {
        if (Vector512.IsHardwareAccelerated)
            BlockedGemm<TMem, T, Kernels<T, Simd512<T>, Vector512<T>, N4, N8, N12>>.Run(
                m, n, k, a, b, prepacked, output);
        else if (Vector256.IsHardwareAccelerated)
            BlockedGemm<TMem, T, Kernels<T, Simd256<T>, Vector256<T>, N2, N4, N6>>.Run(
                m, n, k, a, b, prepacked, output);
        else if (AdvSimd.IsSupported)
            BlockedGemm<TMem, T, Kernels<T, Simd128<T>, Vector128<T>, N4, N8, N12>>.Run(
                m, n, k, a, b, prepacked, output);
        else
            BlockedGemm<TMem, T, Kernels<T, Simd128<T>, Vector128<T>, N2, N4, N6>>.Run(
                m, n, k, a, b, prepacked, output);
    }

    static void PackBlocked<TMem, T>(int n, int k, in Operand<TMem> b, T* target)
        where TMem : unmanaged
        where T : unmanaged, INumber<T>
    {
        // The layout depends on the width of B's panels alone.
        if (Vector512.IsHardwareAccelerated)
            BlockedGemm<TMem, T, Kernels<T, Simd512<T>, Vector512<T>, N4, N8, N12>>.PackB(n, k, b, target);
        else if (Vector256.IsHardwareAccelerated)
            BlockedGemm<TMem, T, Kernels<T, Simd256<T>, Vector256<T>, N2, N4, N6>>.PackB(n, k, b, target);
        else
            BlockedGemm<TMem, T, Kernels<T, Simd128<T>, Vector128<T>, N4, N8, N12>>.PackB(n, k, b, target);
    }

    static int PanelColumns<T>() where T : unmanaged =>
        2 * (Vector512.IsHardwareAccelerated ? Vector512<T>.Count
            : Vector256.IsHardwareAccelerated ? Vector256<T>.Count
            : Vector128<T>.Count);
}
