using System.Numerics;

namespace Keras.Kernels.Cpu;

/// <summary>The eigenvectors of a real Schur form by substitution, as rows of memory; of two conjugate ones the real parts and the imaginary parts.</summary>
internal readonly unsafe struct SchurVectors(double* triangle, int n, int stride, double* real, double* imaginary, double* vectors)
{
    const double Epsilon = 1.1102230246251565e-16;
    const double Least = 1e-290;
    const double Large = 1e10;

    double* Row(int i) => triangle + ((long)i * stride);

    internal void Run()
    {
        Bulk.Clear(vectors, (long)n * stride);
        for (var j = n - 1; j >= 0; j--)
        {
            var x = vectors + ((long)j * stride);
            if (imaginary[j] == 0)
            {
                x[j] = 1;
                Substitute(j, j, x, null);
                continue;
            }
            j--;
            var xr = vectors + ((long)j * stride);
            var (above, below) = (Row(j)[j + 1], Row(j + 1)[j]);
            if (Math.Abs(above) >= Math.Abs(below)) (xr[j], x[j + 1]) = (1, imaginary[j] / above);
            else (xr[j], x[j + 1]) = (-imaginary[j] / below, 1);
            Substitute(j, j + 1, xr, x);
        }
    }

    /// <summary>The elements before a given one, from the equations above it.</summary>
    void Substitute(int first, int last, double* xr, double* xi)
    {
        var value = new Complex(real[first], imaginary[first]);
        var least = Math.Max(Least, Epsilon * (Math.Abs(value.Real) + Math.Abs(value.Imaginary)));
        var vector = new Vector(xr, xi, (last / Lines<double>.Width * Lines<double>.Width) + Lines<double>.Width);
        for (var i = first - 1; i >= 0; i--)
        {
            var pair = i > 0 && Row(i)[i - 1] != 0;
            var upper = pair ? -vector.Dot(Row(i - 1), i + 1) : 0;
            var lower = -vector.Dot(Row(i), i + 1);
            var size = Math.Max(Size(upper), Size(lower));
            if (size > Large)
            {
                vector.Scale(1 / size);
                (upper, lower) = (upper / size, lower / size);
            }
            var corner = Row(i)[i] - value;
            if (pair)
            {
                (upper, lower) = Solve(Row(i - 1)[i - 1] - value, Row(i - 1)[i], Row(i)[i - 1], corner, upper, lower, least);
                vector.Set(i - 1, upper);
                vector.Set(i--, lower);
            }
            else vector.Set(i, lower / Kept(corner, least));
        }
        vector.Scale(1 / Math.Max(Lines<double>.Largest(xr, last + 1), xi == null ? 0 : Lines<double>.Largest(xi, last + 1)));
    }

    static double Size(Complex z) => Math.Max(Math.Abs(z.Real), Math.Abs(z.Imaginary));

    static Complex Kept(Complex divisor, double least) => Math.Abs(divisor.Real) + Math.Abs(divisor.Imaginary) < least ? least : divisor;

    // (a, b; c, d) times the result is (p, q).
    static (Complex, Complex) Solve(Complex a, double b, double c, Complex d, Complex p, Complex q, double least)
    {
        if (Size(a) < Math.Abs(c))
        {
            // The second equation first.
            var factor = a / c;
            var second = (p - (factor * q)) / Kept(b - (factor * d), least);
            return ((q - (d * second)) / c, second);
        }
        else
        {
            var factor = c / Kept(a, least);
            var second = (q - (factor * p)) / Kept(d - (factor * b), least);
            return ((p - (b * second)) / Kept(a, least), second);
        }
    }

    /// <summary>A vector that may have an imaginary part.</summary>
    readonly struct Vector(double* re, double* im, int length)
    {
        internal Complex Dot(double* row, int from) =>
            new(Lines<double>.Dot(row, re, from, length), im == null ? 0 : Lines<double>.Dot(row, im, from, length));

        internal void Set(int i, Complex value)
        {
            re[i] = value.Real;
            if (im != null) im[i] = value.Imaginary;
        }

        internal void Scale(double factor)
        {
            for (var i = 0; i < length; i++) re[i] *= factor;
            for (var i = 0; i < length && im != null; i++) im[i] *= factor;
        }
    }
}
