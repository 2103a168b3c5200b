namespace Keras.Kernels.Cpu;

/// <summary>Reads small squares of pixels from an image; those beyond its edges are zeros.</summary>
internal readonly unsafe struct WinogradWindow<T>(T* images, T* zeros, long image, int rows, int columns, int channels)
    where T : unmanaged
{
    readonly T* _image = images + image * rows * columns * channels;
    readonly T* _zeros = zeros;

    /// <summary>
    /// Pointers to size by size pixels, and the step of each along the channels: zero for the one vector of
    /// zeros.
    /// </summary>
    public void Read(int row, int column, int size, T** pixels, nint* steps)
    {
        for (var y = row; y < row + size; y++)
        {
            for (var x = column; x < column + size; x++)
            {
                var inside = (uint)y < (uint)rows && (uint)x < (uint)columns;
                *pixels++ = inside ? _image + ((long)y * columns + x) * channels : _zeros;
                *steps++ = inside ? 1 : 0;
            }
        }
    }
}
