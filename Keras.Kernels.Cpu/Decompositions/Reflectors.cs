using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>Householder reflectors H = I - tau·v·vᵀ, with v 1 at its first place. A matrix is held as its transpose, so that its columns
/// are rows of memory; the reflectors are rows too, 0 before their first place.</summary>
internal unsafe struct Reflectors<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    const int Block = 32;
    // Below these sizes one reflector after the other is as fast.
    const int BlockedRows = 48;
    const int BlockedCount = 24;

    internal readonly int Count, Length, Stride;
    internal readonly T* V, Tau;
    readonly T* _factor, _gram, _products, _mixed;

    /// <param name="deal">Memory.</param>
    /// <param name="count">How many reflectors.</param>
    /// <param name="length">The length of each.</param>
    /// <param name="columns">The most columns that they are applied to.</param>
    internal Reflectors(ref Deal deal, int count, int length, int columns)
    {
        (Count, Length, Stride) = (count, length, Lines<T>.Stride(length));
        V = deal.Take<T>((long)count * Stride);
        Tau = deal.Take<T>(count);
        _factor = deal.Take<T>(Block * Block);
        _gram = deal.Take<T>(Block);
        _products = deal.Take<T>((long)columns * Block);
        _mixed = deal.Take<T>((long)columns * Block);
    }

    internal readonly T* Row(int i) => V + ((long)i * Stride);

    /// <summary>Makes the reflector that turns a row, from a position on, into a multiple of the unit vector there; gives the multiple.</summary>
    internal readonly T Make(int i, T* row, int at)
    {
        var v = Row(i);
        Bulk.Clear(v, Stride);
        if (at >= Length)
        {
            Tau[i] = T.Zero;
            return T.Zero;
        }
        var (alpha, rest) = (row[at], Length - at - 1);
        v[at] = T.One;
        var tail = rest > 0 ? Lines<T>.Norm(row + at + 1, rest) : T.Zero;
        if (tail == T.Zero)
        {
            Tau[i] = T.Zero;
            return alpha;
        }
        // Numbers near the smallest ones have lost digits that the reflector needs, so it is made of larger ones.
        var scale = T.Hypot(alpha, tail) < Lines<T>.Least ? Lines<T>.Unit(T.Max(T.Abs(alpha), tail)) : T.One;
        for (var k = at + 1; k < Length; k++) v[k] = row[k] * scale;
        if (scale != T.One) (alpha, tail) = (alpha * scale, Lines<T>.Norm(v + at + 1, rest));
        var beta = -T.CopySign(T.Hypot(alpha, tail), alpha);
        Tau[i] = (beta - alpha) / beta;
        var divisor = alpha - beta;
        for (var k = at + 1; k < Length; k++) v[k] /= divisor;
        return beta / scale;
    }

    /// <summary>A matrix factored: its columns (rows of memory) become those of the triangular factor, zeros below the diagonal included.</summary>
    internal readonly void Factor(T* columns, int count)
    {
        for (var start = 0; start < Count; start += Block)
        {
            var end = Math.Min(Count, start + Block);
            var blocked = count - end >= BlockedRows;
            var reach = blocked ? end : count;
            for (var i = start; i < end; i++)
            {
                var column = columns + ((long)i * Stride);
                column[i] = Make(i, column, i);
                Bulk.Clear(column + i + 1, Stride - i - 1);
                if (Tau[i] == T.Zero) continue;
                for (var j = i + 1; j < reach; j++) Reflect(i, columns + ((long)j * Stride), i);
            }
            if (blocked) ApplyBlock(start, end, columns + ((long)end * Stride), count - end, start, transposed: true);
        }
    }

    readonly void Reflect(int i, T* column, int from) => Lines<T>.Add(-Tau[i] * Lines<T>.Dot(column, Row(i), from, Stride), Row(i), column, from, Stride);

    /// <summary>Columns become Q times them, Q the product of all reflectors.</summary>
    /// <param name="columns">The columns, as rows of memory.</param>
    /// <param name="count">How many.</param>
    /// <param name="shift">Where the first reflector has its 1.</param>
    /// <param name="unit">Whether they are those of the unit matrix, the first of which reflectors do not change.</param>
    internal readonly void Apply(T* columns, int count, int shift, bool unit)
    {
        for (var start = (Count - 1) / Block * Block; start >= 0 && Count > 0; start -= Block)
        {
            var end = Math.Min(Count, start + Block);
            var first = unit ? Math.Min(count, start + shift) : 0;
            if (count - first >= BlockedRows && end - start >= BlockedCount)
            {
                ApplyBlock(start, end, columns + ((long)first * Stride), count - first, start + shift, transposed: false);
                continue;
            }
            for (var i = end - 1; i >= start; i--)
            {
                if (Tau[i] == T.Zero) continue;
                for (var j = unit ? i + shift : 0; j < count; j++) Reflect(i, columns + ((long)j * Stride), i + shift);
            }
        }
    }

    // (I - V·T·Vᵀ)·C, or with Tᵀ; rows of memory hold the columns of C, so all is transposed.
    readonly void ApplyBlock(int start, int end, T* columns, int count, int from, bool transposed)
    {
        var size = end - start;
        MakeFactor(start, end);
        var v = Row(start) + from;
        var c = columns + from;
        var length = Length - from;
        Gemm.Run(count, size, length, c, Stride, false, v, Stride, true, _products, Block);
        Gemm.Run(count, size, size, _products, Block, false, _factor, Block, !transposed, _mixed, Block);
        Gemm.Run(count, length, size, _mixed, Block, false, v, Stride, false, c, Stride, accumulate: true);
    }

    /// <summary>-T of a block of reflectors.</summary>
    readonly void MakeFactor(int start, int end)
    {
        Bulk.Clear(_factor, Block * Block);
        for (var i = 0; i < end - start; i++)
        {
            var tau = Tau[start + i];
            for (var j = 0; j < i; j++) _gram[j] = tau * Lines<T>.Dot(Row(start + j), Row(start + i), start, Stride);
            for (var j = 0; j < i; j++)
            {
                var sum = T.Zero;
                for (var k = j; k < i; k++) sum += _factor[(j * Block) + k] * _gram[k];
                _factor[(j * Block) + i] = -sum;
            }
            _factor[(i * Block) + i] = -tau;
        }
    }

    /// <summary>Makes columns those of the unit matrix.</summary>
    internal readonly void Unit(T* columns, int count)
    {
        Bulk.Clear(columns, (long)count * Stride);
        for (var i = 0; i < Math.Min(count, Length); i++) columns[((long)i * Stride) + i] = T.One;
    }
}
