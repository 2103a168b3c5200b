using System.Numerics;

namespace Keras.Kernels.Tests.Table;

static partial class Dense
{
    /// <summary>The eigenvalues of any small matrix and vectors of length 1 as columns, by shifted QR steps on the whole matrix.</summary>
    internal static (Complex[] Values, Complex[,] Vectors) AnyEigen(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var (a, q) = (new Complex[n, n], new Complex[n, n]);
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) (a[i, j], q[i, j]) = (matrix[i, j], i == j ? 1 : 0);
        for (int m = n - 1, steps = 0; m > 0 && steps < 1000; steps++)
        {
            if (Enumerable.Range(0, m).Sum(j => a[m, j].Magnitude) > 1e-15) QrStep(a, q, a[m, m] + (steps % 20 == 0 ? new Complex(0.3, 0.4) : 0));
            else
            {
                for (var j = 0; j < m; j++) a[m, j] = 0;
                m--;
            }
        }
        var vectors = new Complex[n, n];
        for (var j = 0; j < n; j++)
        {
            var x = new Complex[n];
            x[j] = 1;
            for (var i = j - 1; i >= 0; i--) x[i] = -Enumerable.Range(i + 1, j - i).Aggregate(Complex.Zero, (s, k) => s + (a[i, k] * x[k])) / (a[i, i] - a[j, j]);
            Complex[] v = [.. Enumerable.Range(0, n).Select(i => x.Select((value, k) => q[i, k] * value).Aggregate(Complex.Zero, (s, p) => s + p))];
            var length = Math.Sqrt(v.Sum(e => e.Magnitude * e.Magnitude));
            for (var i = 0; i < n; i++) vectors[i, j] = v[i] / length;
        }
        return ([.. Enumerable.Range(0, n).Select(i => a[i, i])], vectors);
    }

    static void QrStep(Complex[,] a, Complex[,] q, Complex shift)
    {
        var n = a.GetLength(0);
        var turns = new List<(int J, int I, Complex C, Complex S)>();
        for (var i = 0; i < n; i++) a[i, i] -= shift;
        for (var j = 0; j < n; j++)
            for (var i = j + 1; i < n; i++)
            {
                var r = Math.Sqrt((a[j, j] * Complex.Conjugate(a[j, j])).Real + (a[i, j] * Complex.Conjugate(a[i, j])).Real);
                if (r == 0) continue;
                var (c, s) = (a[j, j] / r, a[i, j] / r);
                for (var k = 0; k < n; k++) (a[j, k], a[i, k]) = ((Complex.Conjugate(c) * a[j, k]) + (Complex.Conjugate(s) * a[i, k]), (c * a[i, k]) - (s * a[j, k]));
                turns.Add((j, i, c, s));
            }
        foreach (var m in (Complex[][,])[a, q])
            foreach (var (j, i, c, s) in turns)
                for (var k = 0; k < n; k++) (m[k, j], m[k, i]) = ((c * m[k, j]) + (s * m[k, i]), (Complex.Conjugate(c) * m[k, i]) - (Complex.Conjugate(s) * m[k, j]));
        for (var i = 0; i < n; i++) a[i, i] += shift;
    }

    /// <summary>For each row the squares of its elements in all vectors, weighted by the real parts of eigenvalues, and by the squares of imaginary ones:
    /// what has neither phases nor an order.</summary>
    internal static Nd[] WeighedEigen(Nd x)
    {
        var all = Of(x).Select(AnyEigen).ToArray();
        Nd Weighed(Func<Complex, double> weight) => new(x.Shape.Slice(0, x.Shape.Rank - 1), [.. all.SelectMany(f => Enumerable.Range(0, f.Values.Length).Select(k =>
            f.Values.Select((w, j) => weight(w) * f.Vectors[k, j].Magnitude * f.Vectors[k, j].Magnitude).Sum()))]);
        return [Weighed(w => w.Real), Weighed(w => w.Imaginary * w.Imaginary)];
    }
}
