using System.Numerics;

namespace Keras.Kernels.Cpu.Transforms;

/// <summary>The transform along the columns of a matrix, all columns at once, in the lanes of vectors (Stockham's: each stage reads one buffer and writes
/// the other, in the order that the next one wants).</summary>
internal sealed unsafe class ColumnPlan<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly int[] _radices;
    // For each stage its factors, for each but the first of its groups; then the roots of primes.
    readonly Pinned<T> _factors;
    readonly long[] _factorsAt, _rootsAt;

    internal ColumnPlan(int length, int[] radices)
    {
        Length = length;
        _radices = radices;
        (_factorsAt, _rootsAt) = (new long[radices.Length], new long[radices.Length]);
        var count = 0L;
        var rest = length;
        for (var i = 0; i < radices.Length; i++)
        {
            rest /= radices[i];
            _factorsAt[i] = count;
            count += 2L * (rest - 1) * (radices[i] - 1);
            _rootsAt[i] = count;
            count += 2L * radices[i];
        }
        _factors = new(count);
        rest = length;
        for (var i = 0; i < radices.Length; i++)
        {
            rest /= radices[i];
            Fill(i, rest);
        }
    }

    internal int Length { get; }

    /// <summary>How many rows the last stage writes for each of its results.</summary>
    internal int LastGroup => Length / _radices[^1];

    internal long Bytes => _factors.Bytes;

    /// <summary>How many numbers the buffer holds for a number of lanes.</summary>
    internal long Buffer(long lanes) => 4 * Length * lanes;

    void Fill(int stage, int rest)
    {
        var radix = _radices[stage];
        var factors = _factors.At + _factorsAt[stage];
        for (var p = 1; p < rest; p++)
            for (var k = 1; k < radix; k++)
            {
                var (re, im) = Roots.Of((long)p * k, (long)rest * radix);
                (*factors++, *factors++) = (T.CreateChecked(re), T.CreateChecked(im));
            }
        var roots = _factors.At + _rootsAt[stage];
        for (var k = 0; k < radix; k++)
        {
            var (re, im) = Roots.Of(k, radix);
            (*roots++, *roots++) = (T.CreateChecked(re), T.CreateChecked(-im));
        }
    }

    /// <summary>Transforms columns. Between the first stage and the last they lie in the buffer, side by side.</summary>
    /// <typeparam name="TTurn">What the results are multiplied by; if by anything, they are written side by side too.</typeparam>
    internal void Run<TTurn>(Columns<T> from, Columns<T> to, nint lanes, T* buffer, T* turns = null) where TTurn : struct, ITurn
    {
        nint rest = Length, done = 1, size = Length * lanes;
        for (var i = 0; i < _radices.Length; i++)
        {
            int radix = _radices[i], last = _radices.Length - 1;
            rest /= radix;
            var half = buffer + (i % 2 * 2 * size);
            if (i == last)
            {
                Last<TTurn>(i, from, to, done, lanes, turns);
                return;
            }
            Columns<T> next = new(half, half + size, lanes);
            Inner(i, from, next, rest, done, lanes);
            from = next;
            done *= radix;
        }
    }

    // Groups of `done` rows; inputs of a butterfly are `rest` groups apart, results one.
    void Inner(int stage, Columns<T> from, Columns<T> to, nint rest, nint done, nint lanes)
    {
        var radix = _radices[stage];
        nint fromStep = done * from.Row, run = done * lanes;
        var roots = _factors.At + _rootsAt[stage];
        var wings = new Wings<T>(from.Re, from.Im, rest * fromStep, to.Re, to.Im, run);
        new Stage<T>(wings, 0, 0, 1, run, null, 0, 0).Run<NoTurn>(radix, roots);
        new Stage<T>(wings.Moved(fromStep, radix * run), fromStep, radix * run, rest - 1, run, _factors.At + _factorsAt[stage], 2 * (radix - 1), 0)
            .Run<LikeTurns>(radix, roots);
    }

    void Last<TTurn>(int stage, Columns<T> from, Columns<T> to, nint done, nint lanes, T* turns) where TTurn : struct, ITurn
    {
        var (runs, run) = to.Row == lanes ? ((nint)1, done * lanes) : (done, lanes);
        var wings = new Wings<T>(from.Re, from.Im, done * from.Row, to.Re, to.Im, done * to.Row);
        new Stage<T>(wings, from.Row, to.Row, runs, run, turns, lanes * TTurn.Step, 2 * done * lanes * TTurn.Step)
            .Run<TTurn>(_radices[stage], _factors.At + _rootsAt[stage]);
    }
}

/// <summary>A matrix of complex numbers, whose rows are some way apart.</summary>
internal readonly unsafe struct Columns<T>(T* re, T* im, nint row) where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal readonly T* Re = re;
    internal readonly T* Im = im;
    internal readonly nint Row = row;

    internal Columns<T> From(nint column) => new(Re + column, Im + column, Row);

    internal Columns<T> FromRow(nint index) => new(Re + (index * Row), Im + (index * Row), Row);

    /// <summary>Real for imaginary parts: so the transform becomes its inverse.</summary>
    internal Columns<T> Swapped => new(Im, Re, Row);
}
