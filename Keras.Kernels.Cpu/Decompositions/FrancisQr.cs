using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>The real Schur form of a Hessenberg matrix by implicit double steps of QR (Francis, 1961): a triangle, but for blocks of two where
/// eigenvalues are complex.</summary>
internal unsafe ref struct FrancisQr
{
    const int MostSteps = 30;
    const int Unusual = 10;
    const double Epsilon = 2.220446049250313e-16;
    // Of a matrix whose elements are near 1.
    const double Least = 1e-290;
    const int Group = 4;
    const int GroupBlock = 16;
    const long ParallelSize = 32 * 1024;

    readonly double* _h, _real, _imaginary;
    readonly int _n, _stride;
    readonly ref Bulges _turns;

    /// <param name="h">The matrix; zeros below the diagonal under the main one.</param>
    /// <param name="n">Its size.</param>
    /// <param name="stride">The distance of its rows.</param>
    /// <param name="real">The real parts of eigenvalues.</param>
    /// <param name="imaginary">The imaginary ones.</param>
    /// <param name="turns">What all turns are told.</param>
    internal FrancisQr(double* h, int n, int stride, double* real, double* imaginary, ref Bulges turns)
    {
        _h = h;
        _n = n;
        _stride = stride;
        _real = real;
        _imaginary = imaginary;
        _turns = ref turns;
    }

    readonly double* Row(int i) => _h + ((long)i * _stride);

    /// <summary>Works from one row to another; outside of them the matrix is a triangle. Returns false where it did not converge.</summary>
    internal bool Run(int first, int last)
    {
        for (var i = 0; i < _n; i++) (_real[i], _imaginary[i]) = (Row(i)[i], 0);
        var steps = MostSteps * Math.Max(10L, last - first + 1);
        var age = 0;
        while (last > first)
        {
            var begin = Begin(first, last);
            if (begin >= last - 1)
            {
                if (begin < last) Pair(begin);
                else _real[last] = Row(last)[last];
                (last, age) = (begin - 1, 0);
                continue;
            }
            if (steps-- == 0) return false;
            Step(begin, last, ++age);
        }
        if (last == first) _real[last] = Row(last)[last];
        _turns.Flush();
        return true;
    }

    // Where the block that ends at a row begins; what ties it to the one before becomes 0.
    readonly int Begin(int first, int last)
    {
        for (var k = last; k > first; k--)
        {
            if (!IsSmall(k, first, last)) continue;
            Row(k)[k - 1] = 0;
            return k;
        }
        return first;
    }

    // Beside what stands around it, and such that its loss moves no eigenvalue by more than rounding (Ahues and Tisseur, 1997).
    readonly bool IsSmall(int k, int first, int last)
    {
        var below = Math.Abs(Row(k)[k - 1]);
        if (below <= Least) return true;
        var (a, d) = (Row(k - 1)[k - 1], Row(k)[k]);
        var around = Math.Abs(a) + Math.Abs(d);
        if (around == 0)
        {
            if (k - 2 >= first) around += Math.Abs(Row(k - 1)[k - 2]);
            if (k < last) around += Math.Abs(Row(k + 1)[k]);
        }
        if (!(below <= Epsilon * around)) return false;
        var (above, own, apart) = (Math.Abs(Row(k - 1)[k]), Math.Abs(d), Math.Abs(a - d));
        var (most, least) = (Math.Max(own, apart), Math.Min(own, apart));
        var sum = most + Math.Max(below, above);
        return Math.Min(below, above) * (Math.Max(below, above) / sum) <= Math.Max(Least, Epsilon * (least * (most / sum)));
    }

    readonly void Pair(int i)
    {
        var upper = Row(i);
        var lower = Row(i + 1);
        var block = Planes.Standard(upper[i], upper[i + 1], lower[i], lower[i + 1]);
        (upper[i], upper[i + 1], lower[i], lower[i + 1]) = (block.A, block.B, block.C, block.D);
        (_real[i], _real[i + 1]) = (block.A, block.D);
        (_imaginary[i], _imaginary[i + 1]) = (block.Imaginary, -block.Imaginary);
        for (var j = i + 2; j < _n; j++) (upper[j], lower[j]) = ((block.Cos * upper[j]) + (block.Sin * lower[j]), (block.Cos * lower[j]) - (block.Sin * upper[j]));
        for (var k = 0; k < i; k++) Rotate(Row(k) + i, block.Cos, block.Sin);
        _turns.Begin(i, 0);
        _turns.End(block.Cos, block.Sin);
    }

    static void Rotate(double* x, double cos, double sin) => (x[0], x[1]) = ((cos * x[0]) + (sin * x[1]), (cos * x[1]) - (sin * x[0]));

    /// <summary>Two shifts, both real or conjugate to each other.</summary>
    readonly record struct Shifts(double First, double Second, double Imaginary);

    /// <summary>The eigenvalues of the last 2×2; where they are real, twice the one that is nearer to the last element. Other ones where that does not help.</summary>
    readonly Shifts Choose(int begin, int last, int age)
    {
        if (age % Unusual == 0)
        {
            var (at, side) = age % (2 * Unusual) == 0 ? (last, -1) : (begin, 1);
            var size = side < 0 ? Math.Abs(Row(at)[at - 1]) + Math.Abs(Row(at - 1)[at - 2]) : Math.Abs(Row(at + 1)[at]) + Math.Abs(Row(at + 2)[at + 1]);
            var middle = (0.75 * size) + Row(at)[at];
            return Of(middle, -0.4375 * size, size, middle);
        }
        return Of(Row(last - 1)[last - 1], Row(last - 1)[last], Row(last)[last - 1], Row(last)[last]);
    }

    static Shifts Of(double a, double b, double c, double d)
    {
        var scale = Math.Abs(a) + Math.Abs(b) + Math.Abs(c) + Math.Abs(d);
        if (scale == 0) return default;
        var (middle, corner) = (((a / scale) + (d / scale)) / 2, d / scale);
        var determinant = (((a / scale) - middle) * (corner - middle)) - (b / scale * (c / scale));
        var root = Math.Sqrt(Math.Abs(determinant));
        if (determinant >= 0) return new(middle * scale, middle * scale, root * scale);
        var nearer = Math.Abs(middle + root - corner) <= Math.Abs(middle - root - corner) ? middle + root : middle - root;
        return new(nearer * scale, nearer * scale, 0);
    }

    readonly void Step(int begin, int last, int age)
    {
        var shifts = Choose(begin, last, age);
        var start = Start(begin, last, shifts, out var x);
        var sweep = _turns.Begin(start, last - 1 - start);
        for (var k = start; k < last - 1; k++)
        {
            var (beta, second, third, tau) = k == start ? Reflector(x.X, x.Y, x.Z) : Reflector(Row(k)[k - 1], Row(k + 1)[k - 1], Row(k + 2)[k - 1]);
            if (k == start) beta = k > begin ? Row(k)[k - 1] * (1 - tau) : 0;
            (sweep.Second[k - start], sweep.Third[k - start], sweep.Tau[k - start]) = (second, third, tau);
            ReflectRows(k, second, third, tau);
            if (k > begin) (Row(k)[k - 1], Row(k + 1)[k - 1], Row(k + 2)[k - 1]) = (beta, 0, 0);
            for (var i = k & -Group; i <= Math.Min(k + 3, last); i++) Reflect(Row(i) + k, second, third, tau);
        }
        var (cos, sin) = LastRows(last - 1);
        for (var i = (last - 1) & -Group; i <= last; i++) Rotate(Row(i) + last - 1, cos, sin);
        FinishColumns(new(this, sweep, cos, sin));
        _turns.End(cos, sin);
    }

    /// <summary>The row to start from: below the beginning of the block where two small elements follow one another. And the first column of
    /// (H - s₁)·(H - s₂) there, to scale.</summary>
    readonly int Start(int begin, int last, in Shifts shifts, out (double X, double Y, double Z) x)
    {
        for (var m = last - 2; ; m--)
        {
            var (a, b, c, d) = (Row(m)[m], Row(m)[m + 1], Row(m + 1)[m], Row(m + 1)[m + 1]);
            var scale = Math.Abs(a - shifts.Second) + Math.Abs(shifts.Imaginary) + Math.Abs(c);
            var down = c / scale;
            x = ((down * b) + ((a - shifts.First) * ((a - shifts.Second) / scale)) + (shifts.Imaginary * (shifts.Imaginary / scale)),
                down * (a + d - shifts.First - shifts.Second), down * Row(m + 2)[m + 1]);
            var sum = Math.Abs(x.X) + Math.Abs(x.Y) + Math.Abs(x.Z);
            x = (x.X / sum, x.Y / sum, x.Z / sum);
            if (m == begin) return m;
            var around = Math.Abs(Row(m - 1)[m - 1]) + Math.Abs(a) + Math.Abs(d);
            if (Math.Abs(Row(m)[m - 1]) * (Math.Abs(x.Y) + Math.Abs(x.Z)) <= Epsilon * Math.Abs(x.X) * around) return m;
        }
    }

    /// <summary>What turns (x, y, z) into (beta, 0, 0).</summary>
    static (double Beta, double Second, double Third, double Tau) Reflector(double x, double y, double z)
    {
        if (y == 0 && z == 0) return (x, 0, 0, 0);
        // Squares must neither vanish nor overflow.
        var scale = Math.Abs(x) + Math.Abs(y) + Math.Abs(z);
        if (scale is > 1e-100 and < 1e100) scale = 1;
        else (x, y, z) = (x / scale, y / scale, z / scale);
        var beta = -Math.CopySign(Math.Sqrt((x * x) + (y * y) + (z * z)), x);
        return (beta * scale, y / (x - beta), z / (x - beta), (beta - x) / beta);
    }

    readonly void ReflectRows(int k, double second, double third, double tau)
    {
        var a = Row(k);
        var b = Row(k + 1);
        var c = Row(k + 2);
        var (v, w, t) = (Vector512.Create(second), Vector512.Create(third), Vector512.Create(tau));
        for (var j = k & -Vector512<double>.Count; j < _stride; j += Vector512<double>.Count)
        {
            var (x, y, z) = (Vector512.LoadAligned(a + j), Vector512.LoadAligned(b + j), Vector512.LoadAligned(c + j));
            var sum = t * Simd512<double>.MultiplyAdd(w, z, Simd512<double>.MultiplyAdd(v, y, x));
            (x - sum).StoreAligned(a + j);
            (y - (sum * v)).StoreAligned(b + j);
            (z - (sum * w)).StoreAligned(c + j);
        }
    }

    static void Reflect(double* x, double second, double third, double tau)
    {
        var sum = tau * (x[0] + (second * x[1]) + (third * x[2]));
        (x[0], x[1], x[2]) = (x[0] - sum, x[1] - (sum * second), x[2] - (sum * third));
    }

    readonly (double Cos, double Sin) LastRows(int k)
    {
        var upper = Row(k);
        var lower = Row(k + 1);
        var (cos, sin, length) = Planes.Rotation(upper[k - 1], lower[k - 1]);
        (upper[k - 1], lower[k - 1]) = (length, 0);
        for (var j = k; j < _n; j++) (upper[j], lower[j]) = ((cos * upper[j]) + (sin * lower[j]), (cos * lower[j]) - (sin * upper[j]));
        return (cos, sin);
    }

    // The bulge needs the rows beside it alone; those above are turned behind it, a few at a time.
    static void FinishColumns(in Columns columns)
    {
        Parallel.For((columns.Groups + GroupBlock - 1) / GroupBlock, columns, (long)columns.Groups * Group * columns.Count >= ParallelSize);
    }

    readonly struct Columns(in FrancisQr owner, in Bulges.Sweep sweep, double cos, double sin) : IBlocks
    {
        readonly Bulges.Sweep _sweep = sweep;
        readonly double* _h = owner._h;
        readonly int _stride = owner._stride;

        internal int Count => _sweep.Count + 1;

        // The rows of the last one are before the rotation.
        internal int Groups => (_sweep.First + _sweep.Count) / Group;

        public void Run(int block)
        {
            for (var group = block * GroupBlock; group < Math.Min(Groups, (block + 1) * GroupBlock); group++) Turn(group * Group);
        }

        void Turn(int row)
        {
            var (last, from) = (_sweep.First + _sweep.Count, Math.Max(_sweep.First, row + Group));
            var x = _h + ((long)row * _stride);
            var y = x + _stride;
            var z = y + _stride;
            var u = z + _stride;
            var (a, b) = (Vector256.Create(x[from], y[from], z[from], u[from]), Vector256.Create(x[from + 1], y[from + 1], z[from + 1], u[from + 1]));
            for (var k = from; k < last; k++)
            {
                var at = k - _sweep.First;
                var (v, w, c) = (Vector256.Create(_sweep.Second[at]), Vector256.Create(_sweep.Third[at]), Vector256.Create(x[k + 2], y[k + 2], z[k + 2], u[k + 2]));
                var sum = Vector256.Create(_sweep.Tau[at]) * (a + (v * b) + (w * c));
                (x[k], y[k], z[k], u[k]) = Elements(a - sum);
                (a, b) = (b - (sum * v), c - (sum * w));
            }
            var (cosines, sines) = (Vector256.Create(cos), Vector256.Create(sin));
            (x[last], y[last], z[last], u[last]) = Elements((cosines * a) + (sines * b));
            (x[last + 1], y[last + 1], z[last + 1], u[last + 1]) = Elements((cosines * b) - (sines * a));
        }

        static (double, double, double, double) Elements(Vector256<double> v) => (v[0], v[1], v[2], v[3]);
    }
}
