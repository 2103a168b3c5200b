namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    static readonly Shape[] Eigens = [[1, 1], [2, 2], [3, 3], [5, 5], [2, 3, 4, 4], [0, 3, 3], [2, 0, 0], [16, 16], [17, 9, 9], [37, 37], [70, 70], [220, 220]];

    static Tensor Mirrored(Tensor x) => (x + Ops.Swapaxes(x, -1, -2)) / 2;

    /// <summary>Near a skew matrix, so that most eigenvalues are complex and the vectors far from parallel.</summary>
    static Tensor Whirled(Tensor x) => x - Ops.Swapaxes(x, -1, -2) + (x / 4);

    static Nd Whirled(Nd x) => Dense.Each(x, a => Dense.Make(a.GetLength(0), a.GetLength(0), (i, j) => a[i, j] - a[j, i] + (a[i, j] / 4)));

    static IEnumerable<OpRow> Eigenproblems() => [.. Symmetrics(), .. Whirls()];

    static IEnumerable<OpRow> Whirls()
    {
        Arg[][] random = [.. Eigens.Select(s => (Arg[])[A(s, Range(-1, 1))])], small = [.. Eigens.Where(s => s.Size is > 0 and < 100).Select(s => (Arg[])[A(s, Range(-1, 1))])];
        yield return Of<Eig>(x =>
        {
            var w = Ops.Eig(x[0]).Eigenvalues;
            return new Pack().On(Ops.Real(Ops.Sum(w * w, -1)), Ops.Real(Ops.Sum(w * w * w, -1)));
        }, x => [Dense.Numbers(x[0], a => Dense.Trace(Dense.Product(a, a))), Dense.Numbers(x[0], a => Dense.Trace(Dense.Product(a, Dense.Product(a, a))))], random, "of values") with
        {
            Steps = 1000,
            Faults =
            [
                new(() => Ops.Eig(Ops.Ones([2, 3])).Eigenvalues, "[eig] the matrices are not square. Expected: equal last dimensions. Received: (2, 3)."),
                new(() => Ops.Eig(Ops.Ones([3])).Eigenvalues, "[eig] there are no matrices. Expected: 2 dimensions or more. Received: (3,)."),
                new(() => Ops.Eig(Ops.Ones([3, 3], DType.Complex64)).Eigenvalues, "[eig] complex numbers are not supported here. Expected: a real dtype. Received: complex64.")
                {
                    Exception = typeof(NotSupportedException),
                },
            ],
        };
        yield return Of<Eig>(x =>
        {
            var (w, v) = Ops.Eig(Whirled(x[0]));
            var square = Ops.Real(v * Ops.Conj(v));
            Tensor Weighed(Tensor weight) => Ops.Sum(square * Ops.ExpandDims(weight, -2), -1);
            return new Pack().On(Weighed(Ops.Real(w)), Weighed(Ops.Square(Ops.Imag(w))));
        }, x => Dense.WeighedEigen(Whirled(x[0])), small, "weighed");
        yield return Of<Eig>(x =>
        {
            var (w, v) = Ops.Eig(Whirled(x[0]));
            Tensor Turned(Tensor t) => Ops.Swapaxes(t, -1, -2);
            return Turned(Eig.SolvedReal(Turned(v), Turned(v * Ops.ExpandDims(w, -2))));
        }, One(x => Whirled(x[0])), random, "rebuilt") with
        { Steps = 1000 };
        yield return Of<Eig>(x => Ops.Sum(Ops.Square(Ops.Absolute(Ops.Eig(Whirled(x[0])).Eigenvectors)), -2), One(x => new(x[0].Shape.Slice(0, x[0].Shape.Rank - 1),
            [.. Enumerable.Repeat(1.0, (int)x[0].Shape.Slice(0, x[0].Shape.Rank - 1).Size)])), random, "with vectors of length 1");
    }

    static IEnumerable<OpRow> Symmetrics()
    {
        Arg[][] random = [.. Eigens.Select(s => (Arg[])[A(s, Range(-1, 1))])], graded = [.. Eigens.Where(s => s.Size is > 0 and < 100).Select(s => (Arg[])[A(s, Graded(s))])];
        yield return Of<Eigh>(x =>
        {
            var (w, v) = Ops.Eigh(Mirrored(x[0]));
            return new Pack().On(w, v * v);
        }, x => Dense.SquaredEigen(x[0]), graded, "squared") with
        {
            Faults =
            [
                new(() => Ops.Eigh(Ops.Ones([2, 3])).Eigenvalues, "[eigh] the matrices are not square. Expected: equal last dimensions. Received: (2, 3)."),
                new(() => Ops.Eigh(Ops.Ones([3])).Eigenvalues, "[eigh] there are no matrices. Expected: 2 dimensions or more. Received: (3,)."),
            ],
        };
        yield return Of<Eigh>(x =>
        {
            var (w, v) = Ops.Eigh(Mirrored(x[0]));
            return new MatMul(TransposeB: true).On(v * Ops.ExpandDims(w, -2), v);
        }, One(x => Dense.Each(x[0], Dense.Symmetric)), random, "rebuilt");
        yield return Of<Eigh>(x => new MatMul(TransposeA: true).On(Ops.Eigh(Mirrored(x[0])).Eigenvectors, Ops.Eigh(Mirrored(x[0])).Eigenvectors),
            One(x => Units(x[0], x[0].Shape[-1])), random, "with orthonormal vectors");
    }
}
