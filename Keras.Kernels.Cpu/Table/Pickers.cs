using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>The element of each row that its label names.</summary>
internal static unsafe class LabelPick
{
    /// <summary>Returns the first row whose label is outside [0, columns), else -1.</summary>
    internal static long Run<T, TLabel>(T* x, TLabel* labels, T* y, long rows, long columns)
        where T : unmanaged where TLabel : unmanaged, INumber<TLabel>
    {
        for (long row = 0; row < rows; row++)
        {
            var label = long.CreateSaturating(labels[row]);
            if (label < 0 || label >= columns) return row;
            y[row] = x[(row * columns) + label];
        }
        return -1;
    }
}

/// <summary>The values of one image where another has the first maximum of each window: needed by second derivatives only.</summary>
internal static unsafe class MaxPoolPicker
{
    internal static void Run<T>(in Pool2D shape, T* x, T* values, T* y) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var image = 0; image < shape.Batch; image++)
            for (var row = 0; row < shape.OutHeight; row++)
                for (var column = 0; column < shape.OutWidth; column++)
                    for (var channel = 0; channel < shape.Channels; channel++)
                        *y++ = values[Winner(shape, x, image, shape.Window(row, column), channel)];
    }

    static long Winner<T>(in Pool2D shape, T* x, int image, PoolWindow window, int channel) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long best = -1;
        for (var row = window.Top; row < window.Bottom; row++)
        {
            for (var column = window.Left; column < window.Right; column++)
            {
                var at = ((((((long)image * shape.Height) + row) * shape.Width) + column) * shape.Channels) + channel;
                if (best < 0 || x[at] > x[best] || (T.IsNaN(x[at]) && !T.IsNaN(x[best]))) best = at;
            }
        }
        return best;
    }
}
