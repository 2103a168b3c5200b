using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keras.Kernels.Cpu.Images;

using Keras.Kernels.Cpu.Movement;

/// <summary>Rows of images in another size whose pixels are copies. A row with the same source as the one before is a copy of it.</summary>
internal readonly unsafe struct NearestRows(ResizeShape shape, int* rows, int* columns, long pixel, byte* x, byte* y) : IRows
{
    readonly ResizeShape _shape = shape;
    readonly int* _rows = rows, _columns = columns;
    readonly long _pixel = pixel;
    readonly byte* _x = x, _y = y;

    public void Run(long start, long end)
    {
        var bytes = _shape.Columns * _pixel;
        for (var row = start; row < end; row++)
        {
            var (image, i) = Math.DivRem(row, _shape.Rows);
            var to = _y + (row * bytes);
            if (row > start && i > 0 && _rows[i] == _rows[i - 1]) Buffer.MemoryCopy(to - bytes, to, bytes, bytes);
            else Columns(_x + (((image * _shape.Height) + _rows[i]) * _shape.Width * _pixel), to);
        }
    }

    void Columns(byte* from, byte* to)
    {
        switch (_pixel)
        {
            case 1: Pixels<byte>(from, to); break;
            case 2: Pixels<ushort>(from, to); break;
            case 3: Pixels<Three<byte>>(from, to); break;
            case 4: Pixels<uint>(from, to); break;
            case 8: Pixels<ulong>(from, to); break;
            case 12: Pixels<Three<uint>>(from, to); break;
            case 16: Pixels<UInt128>(from, to); break;
            default:
                for (var j = 0; j < _shape.Columns; j++, to += _pixel) Buffer.MemoryCopy(from + (_columns[j] * _pixel), to, _pixel, _pixel);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Pixels<TPixel>(byte* from, byte* to) where TPixel : unmanaged
    {
        TPixel* source = (TPixel*)from, target = (TPixel*)to;
        for (var j = 0; j < _shape.Columns; j++) Unsafe.WriteUnaligned(target + j, Unsafe.ReadUnaligned<TPixel>(source + _columns[j]));
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
#pragma warning disable CS0649, CS0169 // Copied as a whole.
    readonly struct Three<TPart> where TPart : unmanaged
    {
        readonly TPart _first, _second, _third;
    }
#pragma warning restore CS0649, CS0169
}
