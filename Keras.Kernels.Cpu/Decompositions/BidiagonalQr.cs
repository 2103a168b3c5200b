using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>The singular values of an upper bidiagonal matrix by implicit QR steps, shifted or not, that keep the relative accuracy of small ones
/// (Demmel and Kahan, 1990). The scalars are doubles; the precision that is iterated to is that of the matrix.</summary>
internal unsafe ref struct BidiagonalQr<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    const int MostSteps = 6;

    readonly double* _d, _e;
    readonly int _n;
    readonly double _epsilon, _tolerance;
    readonly ref Rotations<T> _left, _right;
    double _threshold;

    internal BidiagonalQr(double* d, double* e, int n, ref Rotations<T> left, ref Rotations<T> right)
    {
        _d = d;
        _e = e;
        _n = n;
        _left = ref left;
        _right = ref right;
        _epsilon = double.CreateTruncating(Lines<T>.Epsilon);
        _tolerance = _epsilon * Math.Clamp(Math.Pow(_epsilon, -0.125), 10, 100);
    }

    /// <summary>The diagonal becomes singular values, signed and in no order. Returns false where it did not converge.</summary>
    internal bool Run()
    {
        const double Least = 1e-300;
        _threshold = Math.Max(_tolerance * Smallest(), Least);
        var (last, oldFirst, oldLast, down) = (_n - 1, -1, -1, true);
        var steps = (long)MostSteps * _n * _n;
        while (last > 0)
        {
            if (steps < 0) return false;
            var (first, greatest, split) = Block(last);
            if (split && first == last)
            {
                last--;
                continue;
            }
            if (first == last - 1)
            {
                Pair(first);
                last -= 2;
                continue;
            }
            if (first > oldLast || last < oldFirst || oldFirst < 0) down = Math.Abs(_d[first]) >= Math.Abs(_d[last]);
            if (Settled(first, last, down, out var least)) continue;
            (oldFirst, oldLast) = (first, last);
            var shift = Shift(first, last, down, least, greatest);
            steps -= last - first;
            if (shift == 0 && down) PlainDown(first, last);
            else if (shift == 0) PlainUp(first, last);
            else if (down) Down(first, last, shift);
            else Up(first, last, shift);
        }
        _left.Flush();
        _right.Flush();
        return true;
    }

    readonly double Smallest()
    {
        var least = Math.Abs(_d[0]);
        var mu = least;
        for (var i = 1; i < _n && least != 0; i++)
        {
            mu = Math.Abs(_d[i]) * (mu / (mu + Math.Abs(_e[i - 1])));
            least = Math.Min(least, mu);
        }
        return least / Math.Sqrt(_n);
    }

    /// <summary>The block that ends at a place: where it begins, its greatest element, and whether its own end split off.</summary>
    readonly (int First, double Greatest, bool Split) Block(int last)
    {
        var greatest = Math.Abs(_d[last]);
        for (var i = last - 1; i >= 0; i--)
        {
            var (d, e) = (Math.Abs(_d[i]), Math.Abs(_e[i]));
            if (e <= _threshold)
            {
                _e[i] = 0;
                return (i + 1, greatest, i == last - 1);
            }
            greatest = Math.Max(greatest, Math.Max(d, e));
        }
        return (0, greatest, false);
    }

    void Pair(int i)
    {
        var pair = Planes.SingularPair(_d[i], _e[i], _d[i + 1]);
        (_d[i], _e[i], _d[i + 1]) = (pair.Most, 0, pair.Least);
        _right.Begin(i, 1, false);
        _right.Add(pair.CosRight, pair.SinRight);
        _left.Begin(i, 1, false);
        _left.Add(pair.CosLeft, pair.SinLeft);
    }

    /// <summary>Sets an off-diagonal element to 0 that does not count; else the least singular value is estimated.</summary>
    readonly bool Settled(int first, int last, bool down, out double least)
    {
        least = 0;
        var end = down ? last - 1 : first;
        if (Math.Abs(_e[end]) <= _tolerance * Math.Abs(_d[down ? last : first]))
        {
            _e[end] = 0;
            return true;
        }
        var mu = Math.Abs(_d[down ? first : last]);
        least = mu;
        for (var k = 0; k < last - first; k++)
        {
            var (i, next) = down ? (first + k, first + k + 1) : (last - 1 - k, last - 1 - k);
            if (Math.Abs(_e[i]) <= _tolerance * mu)
            {
                _e[i] = 0;
                return true;
            }
            mu = Math.Abs(_d[next]) * (mu / (mu + Math.Abs(_e[i])));
            least = Math.Min(least, mu);
        }
        return false;
    }

    readonly double Shift(int first, int last, bool down, double least, double greatest)
    {
        if (_n * _tolerance * (least / greatest) <= Math.Max(_epsilon, 0.01 * _tolerance)) return 0;
        var start = Math.Abs(_d[down ? first : last]);
        var shift = down ? Planes.LeastSingular(_d[last - 1], _e[last - 1], _d[last]) : Planes.LeastSingular(_d[first], _e[first], _d[first + 1]);
        return start > 0 && shift / start * (shift / start) < _epsilon ? 0 : shift;
    }

    void Begin(int first, int last, bool down)
    {
        _left.Begin(down ? first : last, last - first, !down);
        _right.Begin(down ? first : last, last - first, !down);
    }

    void PlainDown(int first, int last)
    {
        Begin(first, last, true);
        double cos = 1, oldCos = 1, oldSin = 0;
        for (var i = first; i < last; i++)
        {
            (cos, var sin, var r) = Planes.Rotation(_d[i] * cos, _e[i]);
            if (i > first) _e[i - 1] = oldSin * r;
            (oldCos, oldSin, _d[i]) = Planes.Rotation(oldCos * r, _d[i + 1] * sin);
            _right.Add(cos, sin);
            _left.Add(oldCos, oldSin);
        }
        var h = _d[last] * cos;
        _d[last] = h * oldCos;
        SetEnd(last - 1, h * oldSin);
    }

    void PlainUp(int first, int last)
    {
        Begin(first, last, false);
        double cos = 1, oldCos = 1, oldSin = 0;
        for (var i = last; i > first; i--)
        {
            (cos, var sin, var r) = Planes.Rotation(_d[i] * cos, _e[i - 1]);
            if (i < last) _e[i] = oldSin * r;
            (oldCos, oldSin, _d[i]) = Planes.Rotation(oldCos * r, _d[i - 1] * sin);
            _right.Add(oldCos, -oldSin);
            _left.Add(cos, -sin);
        }
        var h = _d[first] * cos;
        _d[first] = h * oldCos;
        SetEnd(first, h * oldSin);
    }

    void Down(int first, int last, double shift)
    {
        Begin(first, last, true);
        var f = (Math.Abs(_d[first]) - shift) * (double.CopySign(1, _d[first]) + (shift / _d[first]));
        var g = _e[first];
        for (var i = first; i < last; i++)
        {
            var (cosRight, sinRight, r) = Planes.Rotation(f, g);
            if (i > first) _e[i - 1] = r;
            f = (cosRight * _d[i]) + (sinRight * _e[i]);
            _e[i] = (cosRight * _e[i]) - (sinRight * _d[i]);
            g = sinRight * _d[i + 1];
            _d[i + 1] *= cosRight;
            (var cosLeft, var sinLeft, _d[i]) = Planes.Rotation(f, g);
            f = (cosLeft * _e[i]) + (sinLeft * _d[i + 1]);
            _d[i + 1] = (cosLeft * _d[i + 1]) - (sinLeft * _e[i]);
            if (i < last - 1)
            {
                g = sinLeft * _e[i + 1];
                _e[i + 1] *= cosLeft;
            }
            _right.Add(cosRight, sinRight);
            _left.Add(cosLeft, sinLeft);
        }
        SetEnd(last - 1, f);
    }

    void Up(int first, int last, double shift)
    {
        Begin(first, last, false);
        var f = (Math.Abs(_d[last]) - shift) * (double.CopySign(1, _d[last]) + (shift / _d[last]));
        var g = _e[last - 1];
        for (var i = last; i > first; i--)
        {
            var (cosRight, sinRight, r) = Planes.Rotation(f, g);
            if (i < last) _e[i] = r;
            f = (cosRight * _d[i]) + (sinRight * _e[i - 1]);
            _e[i - 1] = (cosRight * _e[i - 1]) - (sinRight * _d[i]);
            g = sinRight * _d[i - 1];
            _d[i - 1] *= cosRight;
            (var cosLeft, var sinLeft, _d[i]) = Planes.Rotation(f, g);
            f = (cosLeft * _e[i - 1]) + (sinLeft * _d[i - 1]);
            _d[i - 1] = (cosLeft * _d[i - 1]) - (sinLeft * _e[i - 1]);
            if (i > first + 1)
            {
                g = sinLeft * _e[i - 2];
                _e[i - 2] *= cosLeft;
            }
            _right.Add(cosLeft, -sinLeft);
            _left.Add(cosRight, -sinRight);
        }
        SetEnd(first, f);
    }

    readonly void SetEnd(int i, double value) => _e[i] = Math.Abs(value) <= _threshold ? 0 : value;
}
