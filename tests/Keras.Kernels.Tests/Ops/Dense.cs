namespace Keras.Kernels.Tests.Table;

/// <summary>Linear algebra on matrices in double precision, written plainly.</summary>
static partial class Dense
{
    /// <summary>Each matrix of a batch replaced by one of the same shape.</summary>
    internal static Nd Each(Nd x, Func<double[,], double[,]> function) => new(x.Shape, [.. Of(x).SelectMany(a => Values(function(a)))]);

    /// <summary>A number for each matrix of a batch.</summary>
    internal static Nd Numbers(Nd x, Func<double[,], double> function) => new(Batch(x), [.. Of(x).Select(function)]);

    static Shape Batch(Nd x) => x.Shape.Slice(0, x.Shape.Rank - 2);

    internal static IEnumerable<double[,]> Of(Nd x)
    {
        int m = x.Shape[-2], n = x.Shape[-1];
        for (var k = 0; k < Batch(x).Size; k++)
        {
            var matrix = new double[m, n];
            for (var i = 0; i < m * n; i++) matrix[i / n, i % n] = x.Values[(k * m * n) + i];
            yield return matrix;
        }
    }

    internal static IEnumerable<double> Values(double[,] matrix) => matrix.Cast<double>();

    internal static double[,] Transposed(double[,] a) => Make(a.GetLength(1), a.GetLength(0), (i, j) => a[j, i]);

    internal static double Trace(double[,] a) => Enumerable.Range(0, a.GetLength(0)).Sum(i => a[i, i]);

    internal static double[,] Symmetric(double[,] a) => Make(a.GetLength(0), a.GetLength(0), (i, j) => (a[i, j] + a[j, i]) / 2);

    internal static double[,] Triangle(double[,] a, bool lower, bool unit) =>
        Make(a.GetLength(0), a.GetLength(0), (i, j) => i == j ? unit ? 1 : a[i, j] : i > j == lower ? a[i, j] : 0);

    internal static double[,] Make(int m, int n, Func<int, int, double> element)
    {
        var result = new double[m, n];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++) result[i, j] = element(i, j);
        return result;
    }

    internal static double[,] Product(double[,] a, double[,] b)
    {
        var result = new double[a.GetLength(0), b.GetLength(1)];
        for (var i = 0; i < a.GetLength(0); i++)
            for (var k = 0; k < a.GetLength(1); k++)
                for (var j = 0; j < b.GetLength(1); j++) result[i, j] += a[i, k] * b[k, j];
        return result;
    }

    internal static double[,] Cholesky(double[,] a)
    {
        var n = a.GetLength(0);
        var l = new double[n, n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++)
            {
                var sum = a[i, j];
                for (var k = 0; k < j; k++) sum -= l[i, k] * l[j, k];
                l[i, j] = i == j ? Math.Sqrt(sum) : sum / l[j, j];
            }
        return l;
    }

    /// <summary>The factors in place of the matrix, the row exchanged at each step, and the order of rows.</summary>
    static (int[] Pivots, int[] Order) Eliminate(double[,] a)
    {
        int m = a.GetLength(0), n = a.GetLength(1);
        var (pivots, order) = (new int[Math.Min(m, n)], Enumerable.Range(0, m).ToArray());
        for (var k = 0; k < pivots.Length; k++)
        {
            pivots[k] = Enumerable.Range(k, m - k).MaxBy(i => Math.Abs(a[i, k]));
            for (var j = 0; j < n; j++) (a[k, j], a[pivots[k], j]) = (a[pivots[k], j], a[k, j]);
            (order[k], order[pivots[k]]) = (order[pivots[k]], order[k]);
            for (var i = k + 1; i < m; i++)
            {
                a[i, k] /= a[k, k];
                for (var j = k + 1; j < n; j++) a[i, j] -= a[i, k] * a[k, j];
            }
        }
        return (pivots, order);
    }

    internal static Nd[] Lu(Nd x)
    {
        List<double> factors = [], pivots = [], orders = [];
        foreach (var a in Of(x))
        {
            var (exchanged, order) = Eliminate(a);
            factors.AddRange(Values(a));
            pivots.AddRange(exchanged.Select(p => (double)p));
            orders.AddRange(order.Select(p => (double)p));
        }
        return [new(x.Shape, [.. factors]), new(Batch(x).Append([Math.Min(x.Shape[-1], x.Shape[-2])]), [.. pivots]), new(Batch(x).Append([x.Shape[-2]]), [.. orders])];
    }

    internal static double Det(double[,] a)
    {
        a = (double[,])a.Clone();
        var (pivots, _) = Eliminate(a);
        return Enumerable.Range(0, pivots.Length).Aggregate(1.0, (det, k) => det * a[k, k] * (pivots[k] == k ? 1 : -1));
    }

    internal static double[,] Solve(double[,] a, double[,] b)
    {
        a = (double[,])a.Clone();
        var order = Eliminate(a).Order;
        int n = a.GetLength(0), m = b.GetLength(1);
        var x = Make(n, m, (i, j) => b[order[i], j]);
        for (var j = 0; j < m; j++)
        {
            for (var i = 0; i < n; i++)
                for (var k = 0; k < i; k++) x[i, j] -= a[i, k] * x[k, j];
            for (var i = n - 1; i >= 0; i--)
            {
                for (var k = i + 1; k < n; k++) x[i, j] -= a[i, k] * x[k, j];
                x[i, j] /= a[i, i];
            }
        }
        return x;
    }

    internal static double[,] Cofactors(double[,] a)
    {
        var (n, det) = (a.GetLength(0), Det(a));
        var inverse = Solve(a, Make(n, n, (i, j) => i == j ? 1 : 0));
        return Make(n, n, (i, j) => det * inverse[j, i]);
    }

    /// <summary>The solutions for batches that are broadcast.</summary>
    internal static Nd Solve(Nd[] x, Func<double[,], double[,]> read, bool transposed)
    {
        var (all, right, batch) = (Of(x[0]).ToArray(), Of(x[1]).ToArray(), Shape.Broadcast(Batch(x[0]), Batch(x[1]), ""));
        var values = new List<double>();
        Nd.Make(batch, at =>
        {
            var a = read(all[new Nd(Batch(x[0]), []).Place(at)]);
            values.AddRange(Values(Solve(transposed ? Transposed(a) : a, right[new Nd(Batch(x[1]), []).Place(at)])));
            return 0;
        });
        return new(batch.Append(x[1].Shape.Slice(x[1].Shape.Rank - 2, 2)), [.. values]);
    }
}
