namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    static readonly Shape[] Eigens = [[1, 1], [2, 2], [3, 3], [5, 5], [2, 3, 4, 4], [0, 3, 3], [2, 0, 0], [16, 16], [17, 9, 9], [37, 37], [70, 70], [220, 220]];

    static Tensor Mirrored(Tensor x) => (x + Ops.Swapaxes(x, -1, -2)) / 2;

    static IEnumerable<OpRow> Eigenproblems()
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
