using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>How far a term of the scores advances along each of their axes, 0 where it is stretched.</summary>
internal readonly record struct ScoreSteps(nint Batch, nint Head, nint Row, nint Column)
{
    internal nint At(int batch, int head, int row, int column) => (batch * Batch) + (head * Head) + (row * Row) + (column * Column);
}

/// <summary>What is done to scores before their softmax: a bias is added, and those of sources that are not seen are replaced.</summary>
internal readonly unsafe struct ScoreTerms<T>(T* bias, ScoreSteps biasSteps, byte* mask, ScoreSteps maskSteps, bool causal)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _bias = bias;
    private readonly byte* _mask = mask;

    internal static T Hidden => T.CreateTruncating(Attend.Hidden);

    /// <summary>The sources that a row may see, if a mask lets it.</summary>
    internal int Limit(int row, int sources) => causal ? Math.Min(row + 1, sources) : sources;

    /// <summary>Whether one of the rows found no score above that of a hidden source, so that the hidden ones count.</summary>
    internal static bool AnyBlind(T* max, int rows)
    {
        var hidden = Hidden;
        for (var i = 0; i < rows; i++)
            if (max[i] <= hidden) return true;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Apply(T* scores, int batch, int head, int row, int column, int count)
    {
        if (_bias != null) Add(scores, _bias + biasSteps.At(batch, head, row, column), count);
        if (_mask != null) Hide(scores, _mask + maskSteps.At(batch, head, row, column), count);
        if (causal && column + count > row + 1)
        {
            var seen = Math.Max(0, row + 1 - column);
            new Span<T>(scores + seen, count - seen).Fill(Hidden);
        }
    }

    private void Add(T* scores, T* bias, int count)
    {
        if (biasSteps.Column == 0) Sweep.Map<T, AddNumberStep<T>>(new(scores, *bias), 0, count);
        else Sweep.Map<T, AddStep<T>>(new(scores, bias), 0, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Hide(T* scores, byte* mask, int count)
    {
        var hidden = Hidden;
        if (maskSteps.Column == 0)
        {
            if (*mask == 0) new Span<T>(scores, count).Fill(hidden);
            return;
        }
        var i = 0;
        for (; i <= count - Vector512<T>.Count; i += Vector512<T>.Count)
            Vector512.ConditionalSelect(IsZero(mask + i), Vector512.Create(hidden), Vector512.Load(scores + i)).Store(scores + i);
        for (; i < count; i++)
            if (mask[i] == 0) scores[i] = hidden;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> IsZero(byte* mask)
    {
        if (sizeof(T) == sizeof(float))
        {
            var bytes = Vector128.Load(mask);
            var (low, high) = (Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes));
            var wide = Vector512.Create(
                Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low)), Vector256.Create(Vector128.WidenLower(high), Vector128.WidenUpper(high)));
            return Vector512.Equals(wide, Vector512<uint>.Zero).As<uint, T>();
        }
        var shorts = Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(mask)).AsByte());
        var (first, second) = (Vector128.WidenLower(shorts), Vector128.WidenUpper(shorts));
        var longs = Vector512.Create(
            Vector256.Create(Vector128.WidenLower(first), Vector128.WidenUpper(first)), Vector256.Create(Vector128.WidenLower(second), Vector128.WidenUpper(second)));
        return Vector512.Equals(longs, Vector512<ulong>.Zero).As<ulong, T>();
    }
}

/// <summary>x += y, a number.</summary>
internal readonly unsafe struct AddNumberStep<T>(T* x, T y) : IMapStep<T>
    where T : unmanaged
{
    private readonly T* _x = x;
    private readonly T _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk =>
        chunk.Store(_x + i, chunk.Load(_x + i, Vector512<T>.Zero) + Vector512.Create(_y));
}
