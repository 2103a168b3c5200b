using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>The eigenvalues of a symmetric tridiagonal matrix by implicit QL or QR steps, from the end of a block where its elements are smaller. The
/// scalars are doubles; the precision that is iterated to is that of the matrix.</summary>
internal unsafe ref struct TridiagonalQl<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    const int MostSteps = 30;
    // Squares of what is left of a matrix whose elements are near 1.
    const double Least = 1e-300;

    readonly double* _d, _e;
    readonly int _n;
    readonly double _square;
    readonly ref Rotations<T> _turns;
    long _steps;

    internal TridiagonalQl(double* d, double* e, int n, ref Rotations<T> turns)
    {
        _d = d;
        _e = e;
        _n = n;
        _turns = ref turns;
        var epsilon = double.CreateTruncating(Lines<T>.Epsilon);
        _square = epsilon * epsilon;
    }

    /// <summary>The diagonal becomes the eigenvalues, in no order. Returns false where it did not converge.</summary>
    internal bool Run()
    {
        _steps = (long)MostSteps * _n;
        for (int first = 0, last; first < _n; first = last + 1)
        {
            last = End(first, _n - 1);
            if (!(Math.Abs(_d[last]) < Math.Abs(_d[first]) ? Up(first, last) : Down(first, last))) return false;
        }
        _turns.Flush();
        return true;
    }

    readonly bool IsSmall(int i) => _e[i] * _e[i] <= (_square * Math.Abs(_d[i]) * Math.Abs(_d[i + 1])) + Least;

    // Where the block that begins at a place ends; what ties it to the next one becomes 0.
    readonly int End(int first, int last)
    {
        for (var i = first; i < last; i++)
        {
            if (!IsSmall(i)) continue;
            _e[i] = 0;
            return i;
        }
        return last;
    }

    readonly int Begin(int first, int last)
    {
        for (var i = last; i > first; i--)
        {
            if (!IsSmall(i - 1)) continue;
            _e[i - 1] = 0;
            return i;
        }
        return first;
    }

    bool Down(int first, int last)
    {
        while (first <= last)
        {
            var end = End(first, last);
            if (end == first) first++;
            else if (end == first + 1)
            {
                Pair(first);
                first += 2;
            }
            else if (_steps-- > 0) Ql(first, end);
            else return false;
        }
        return true;
    }

    bool Up(int first, int last)
    {
        while (last >= first)
        {
            var begin = Begin(first, last);
            if (begin == last) last--;
            else if (begin == last - 1)
            {
                Pair(begin);
                last -= 2;
            }
            else if (_steps-- > 0) Qr(begin, last);
            else return false;
        }
        return true;
    }

    void Pair(int i)
    {
        (_d[i], _d[i + 1], var cos, var sin) = Planes.EigenPair(_d[i], _e[i], _d[i + 1]);
        _e[i] = 0;
        _turns.Begin(i, 1, false);
        _turns.Add(cos, sin);
    }

    /// <summary>The first element of a sweep from one end, by the eigenvalue of the other end's 2×2 that is nearer to its corner (Wilkinson's shift).</summary>
    readonly double Start(int from, int corner, int beside, int between)
    {
        var half = (_d[beside] - _d[corner]) / (2 * _e[between]);
        return _d[from] - _d[corner] + (_e[between] / (half + double.CopySign(double.Hypot(half, 1), half)));
    }

    void Ql(int first, int last)
    {
        _turns.Begin(last, last - first, true);
        double sin = 1, cos = 1, shift = 0, g = Start(last, first, first + 1, first);
        for (var i = last - 1; i >= first; i--)
        {
            var (f, b) = (sin * _e[i], cos * _e[i]);
            (cos, sin, var r) = Planes.Rotation(g, f);
            if (i < last - 1) _e[i + 1] = r;
            g = _d[i + 1] - shift;
            r = ((_d[i] - g) * sin) + (2 * cos * b);
            shift = sin * r;
            _d[i + 1] = g + shift;
            g = (cos * r) - b;
            _turns.Add(cos, -sin);
        }
        _d[first] -= shift;
        _e[first] = g;
    }

    void Qr(int first, int last)
    {
        _turns.Begin(first, last - first, false);
        double sin = 1, cos = 1, shift = 0, g = Start(first, last, last - 1, last - 1);
        for (var i = first; i < last; i++)
        {
            var (f, b) = (sin * _e[i], cos * _e[i]);
            (cos, sin, var r) = Planes.Rotation(g, f);
            if (i > first) _e[i - 1] = r;
            g = _d[i] - shift;
            r = ((_d[i + 1] - g) * sin) + (2 * cos * b);
            shift = sin * r;
            _d[i] = g + shift;
            g = (cos * r) - b;
            _turns.Add(cos, sin);
        }
        _d[last] -= shift;
        _e[last - 1] = g;
    }
}
