namespace Keras.Kernels.Tests.Table;

/// <summary>One row an op, or a few where its attributes matter. A new op gets its row here; nothing else in the tests names it.</summary>
static partial class OpTable
{
    /// <summary>Ops that no kernel runs: leaves, and nodes that disappear when a graph is lowered.</summary>
    internal static readonly Type[] WithoutRow =
    [
        typeof(Constant), typeof(Placeholder), typeof(VariableRead),    // Leaves: their values are given.
        typeof(ShapedByValues),                                         // Has no value: see OrderTests.
        typeof(Part), typeof(Pack),                                     // Results of ops with several: tested with these.
        typeof(Cond), typeof(While), typeof(Scan),                      // Plans within plans: see ControlFlowTests.
        typeof(LateGradient),                                           // The gradient of any op: see RefusalTests.
        typeof(Identity), typeof(StopGradient), typeof(CustomGradient), // Their first input as it is: see GraphNodeTests.
    ];

    /// <summary>Ops that give no gradient, and why none is missed.</summary>
    internal static readonly Dictionary<Type, string> NotDifferentiable = new()
    {
        [typeof(Flat)] = "constant wherever it is smooth",
        [typeof(Test)] = "a truth value",
        [typeof(Comparison)] = "a truth value",
        [typeof(Discrete)] = "integers, or constant wherever it is smooth",
        [typeof(Truth)] = "a truth value",
        [typeof(ArgExtreme)] = "a position",
        [typeof(Argsort)] = "positions",
        [typeof(RowOrder)] = "positions",
        [typeof(SearchSorted)] = "positions",
        [typeof(NonzeroPlaces)] = "positions",
        [typeof(MatrixRank)] = "a count",
        [typeof(Bincount)] = "counts of integers",
        [typeof(HashDigits)] = "bins of integers",
        [typeof(Iota)] = "no input",
        [typeof(RandomOp)] = "the only input is a key",
        [typeof(CtcBeamSearch)] = "labels, and scores of what was chosen",
        [typeof(Drawn)] = "a draw by rejection jumps",
        [typeof(Digamma)] = "a second derivative for the shape of gamma numbers is refused",
        [typeof(GammaCdfByShape)] = "a second derivative for the shape is refused",
        [typeof(OptimizerUpdate)] = "the last thing that a step does",
    };

    // When it is asked for: the fields of the other files must be there first.
    internal static IReadOnlyList<OpRow> Rows => field ??=
        [.. Unaries(), .. Binaries(), .. Reductions(), .. Orders(), .. Movements(), .. Indexings(), .. Products(), .. Factors(), .. Transforms(), .. Decompositions(), .. Eigenproblems(), .. Windows(), .. Volumes(), .. FusedOps(), .. RowNorms(), .. Attentions(), .. Sequences(), .. Draws(), .. Randoms(), .. Updates(), .. Arrays(), .. ComplexNumbers(), .. Special(), .. Images(), .. Recurrents(), .. Hashes()];

    static Arg A(Shape shape, Domain domain, DType? dtype = null) => new(shape, domain, dtype);

    static Func<Nd[], Nd[]> One(Func<Nd[], Nd> reference) => xs => [reference(xs)];
}
