namespace Keras.Kernels.Tests.Table;

static partial class Dense
{
    internal static double[,] Unit(int n) => Make(n, n, (i, j) => i == j ? 1 : 0);

    /// <summary>Q (m, m) and R by reflections of whole matrices.</summary>
    internal static (double[,] Q, double[,] R) Reflected(double[,] a)
    {
        int m = a.GetLength(0), n = a.GetLength(1);
        var (q, r) = (Unit(m), (double[,])a.Clone());
        for (var k = 0; k < Math.Min(m - 1, n); k++)
        {
            var v = Enumerable.Range(0, m).Select(i => i < k ? 0 : r[i, k]).ToArray();
            var length = Math.Sqrt(v.Sum(x => x * x));
            v[k] += v[k] < 0 ? -length : length;
            var square = v.Sum(x => x * x);
            if (square == 0) continue;
            var h = Make(m, m, (i, j) => (i == j ? 1 : 0) - (2 * v[i] * v[j] / square));
            (q, r) = (Product(q, h), Product(h, r));
        }
        return (q, r);
    }

    /// <summary>The first columns of Q and rows of R.</summary>
    internal static Nd[] Qr(Nd x, bool complete)
    {
        var (m, n) = (x.Shape[-2], x.Shape[-1]);
        var k = complete ? m : Math.Min(m, n);
        var all = Of(x).Select(Reflected).ToArray();
        return
        [
            new(Batch(x).Append([m, k]), [.. all.SelectMany(f => Values(Make(m, k, (i, j) => f.Q[i, j])))]),
            new(Batch(x).Append([k, n]), [.. all.SelectMany(f => Values(Make(k, n, (i, j) => i > j ? 0 : f.R[i, j])))]),
        ];
    }

    /// <summary>The eigenvalues of a symmetric matrix in rising order, and vectors as columns, by rotations of every pair (Jacobi).</summary>
    internal static (double[] Values, double[,] Vectors) Eigen(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var (a, v) = ((double[,])matrix.Clone(), Unit(n));
        for (var sweep = 0; sweep < 30; sweep++)
            for (var p = 0; p < n; p++)
                for (var q = p + 1; q < n; q++)
                {
                    if (a[p, q] == 0) continue;
                    var angle = 0.5 * Math.Atan2(2 * a[p, q], a[q, q] - a[p, p]);
                    var (s, c) = Math.SinCos(angle);
                    for (var k = 0; k < n; k++) (a[k, p], a[k, q]) = ((c * a[k, p]) - (s * a[k, q]), (s * a[k, p]) + (c * a[k, q]));
                    for (var k = 0; k < n; k++) (a[p, k], a[q, k]) = ((c * a[p, k]) - (s * a[q, k]), (s * a[p, k]) + (c * a[q, k]));
                    for (var k = 0; k < n; k++) (v[k, p], v[k, q]) = ((c * v[k, p]) - (s * v[k, q]), (s * v[k, p]) + (c * v[k, q]));
                }
        var order = Enumerable.Range(0, n).OrderBy(i => a[i, i]).ToArray();
        return ([.. order.Select(i => a[i, i])], Make(n, n, (i, j) => v[i, order[j]]));
    }

    /// <summary>Eigenvalues, and the squares of vectors: what has no open sign.</summary>
    internal static Nd[] SquaredEigen(Nd x)
    {
        var all = Of(x).Select(a => Eigen(Symmetric(a))).ToArray();
        return [new(x.Shape.Slice(0, x.Shape.Rank - 1), [.. all.SelectMany(f => f.Values)]), new(x.Shape, [.. all.SelectMany(f => Values(f.Vectors).Select(v => v * v))])];
    }

    /// <summary>Squares of the left vectors, singular values, squares of the right vectors as rows: what has no open sign. For matrices of full rank.</summary>
    internal static Nd[] SquaredSvd(Nd x)
    {
        int m = x.Shape[-2], n = x.Shape[-1], k = Math.Min(m, n);
        var all = Of(x).Select(Thin).ToArray();
        return
        [
            new(Batch(x).Append([m, k]), [.. all.SelectMany(f => Values(f.U).Select(v => v * v))]),
            new(Batch(x).Append([k]), [.. all.SelectMany(f => f.S)]),
            new(Batch(x).Append([k, n]), [.. all.SelectMany(f => Values(Transposed(f.V)).Select(v => v * v))]),
        ];
    }

    /// <summary>By the eigenvectors of the smaller of A·Aᵀ and Aᵀ·A.</summary>
    internal static (double[,] U, double[] S, double[,] V) Thin(double[,] a)
    {
        if (a.GetLength(0) < a.GetLength(1))
        {
            var (v, values, u) = Thin(Transposed(a));
            return (u, values, v);
        }
        var n = a.GetLength(1);
        var (squares, vectors) = Eigen(Product(Transposed(a), a));
        double[] s = [.. squares.Reverse().Select(Math.Sqrt)];
        var right = Make(n, n, (i, j) => vectors[i, n - 1 - j]);
        var left = Product(a, right);
        return (Make(a.GetLength(0), n, (i, j) => left[i, j] / s[j]), s, right);
    }

    /// <summary>The inverse of a matrix of full rank from the side that has one.</summary>
    internal static double[,] Pinv(double[,] a)
    {
        int m = a.GetLength(0), n = a.GetLength(1);
        var t = Transposed(a);
        return m >= n ? Solve(Product(t, a), t) : Transposed(Solve(Product(a, t), a));
    }

    /// <summary>For each matrix of a batch one of another shape.</summary>
    internal static Nd Each(Nd x, Shape result, Func<double[,], double[,]> function) => new(Batch(x).Append(result), [.. Of(x).SelectMany(a => Values(function(a)))]);
}
