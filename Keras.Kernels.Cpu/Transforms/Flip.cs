namespace Keras.Kernels.Cpu.Transforms;

using Keras.Kernels.Cpu.Movement;

/// <summary>A matrix turned over, in memory of its own.</summary>
internal static unsafe class Flip
{
    /// <summary>to[column, row] = from[row, column].</summary>
    internal static void Run<T>(int rows, int columns, T* from, nint fromRow, T* to, nint toRow) where T : unmanaged
    {
        var side = TransposePlan.Side<T>();
        if (rows < side || columns < side)
        {
            for (var row = 0; row < rows; row++)
                for (var column = 0; column < columns; column++) to[(column * toRow) + row] = from[(row * fromRow) + column];
            return;
        }
        // The last squares may overlap those before them.
        for (var next = 0; next < rows; next += side)
        {
            var row = Math.Min(next, rows - side);
            for (var other = 0; other < columns; other += side)
            {
                var column = Math.Min(other, columns - side);
                TransposePlan.Square(from + (row * fromRow) + column, fromRow, to + (column * toRow) + row, toRow);
            }
        }
    }
}
