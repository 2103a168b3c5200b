using System.Reflection;
using Keras.Kernels.Cpu;

namespace Keras.Kernels.Tests.Table;

/// <summary>What holds for every op, from its row in the table.</summary>
sealed class OpTests
{
    const int Repeats = 9;
    const int Large = 20_000;

    static IEnumerable<TestCaseData> Rows => OpTable.Rows.Select(row => new TestCaseData(row));

    static IEnumerable<TestCaseData> RowsAndTypes => OpTable.Rows.SelectMany(row => row.DTypes.Select(d => new TestCaseData(row, d)));

    static IEnumerable<TestCaseData> RowsWithSpecials => OpTable.Rows.Where(row => row.Specials.Length > 0)
        .SelectMany(row => row.DTypes.Where(d => d.IsFloating()).Select(d => new TestCaseData(row, d)));

    static IEnumerable<TestCaseData> FusedRows => OpTable.Rows.Where(row => Decomposes(row.Op))
        .SelectMany(row => row.DTypes.Where(DTypeRules.Wide.Contains).Select(d => new TestCaseData(row, d)));

    static IEnumerable<TestCaseData> Faults => OpTable.Rows.SelectMany(row => row.Faults.Select((f, i) => new TestCaseData(row, f).SetArgDisplayNames($"{row}", $"{i}")));

    [TestCaseSource(nameof(RowsAndTypes))]
    public void Values_match_the_reference(OpRow row, DType dtype) =>
        EachCase(row, dtype, (inputs, types) => Comparison.Difference(row, inputs, row.Run(inputs, types)));

    // Views stand in front: they also put the inputs into memory that kernels may overwrite with their results.
    [TestCaseSource(nameof(RowsAndTypes))]
    public void Values_match_on_inputs_from_views(OpRow row, DType dtype) => EachCase(row, dtype, (inputs, types) =>
        Comparison.Difference(row, inputs, OpRow.Results(row.Call([.. inputs.Select((x, i) => x.Rearranged(types[i]))]))));

    [TestCaseSource(nameof(RowsWithSpecials))]
    public void Special_values_match_the_reference(OpRow row, DType dtype)
    {
        foreach (var special in row.Specials)
        {
            // Repeated, so that whole vectors and the rest behind them both see each value.
            Nd[] inputs = [.. special.Select(x => (special.Length == 1 && x.Shape.Rank == 1 && !row.Op.IsSubclassOf(typeof(Reduction)) ? Repeated(x) : x).RoundedTo(dtype))];
            var types = Enumerable.Repeat(dtype, inputs.Length).ToArray();
            Assert.That(Comparison.Difference(row, inputs, row.Run(inputs, types), row.ZeroSign), Is.Null,
                () => string.Join(" and ", special.Select(s => $"[{string.Join(", ", s.Values)}]")));
        }
    }

    [TestCaseSource(nameof(Rows))]
    public void The_call_makes_the_op(OpRow row)
    {
        var made = row.Cases.SelectMany(args => Nodes(row, args, row.DTypes[0]));
        Assert.That(made, Is.Not.Empty);
    }

    [TestCaseSource(nameof(Rows))]
    public void Types_are_inferred_for_unknown_dimensions(OpRow row)
    {
        foreach (var args in row.Cases)
            foreach (var node in Nodes(row, args, row.DTypes[^1]))
                foreach (var types in WithUnknowns(node))
                {
                    var inferred = node.Op.Infer(types);
                    Assert.That(Fits(inferred, node.Type), Is.True, () => $"{string.Join(", ", types)}: {inferred}, not {node.Type}");
                }
    }

    // One narrow dtype stands for all.
    static IEnumerable<TestCaseData> RowsAndWideTypes => RowsAndTypes.Where(c =>
        c.Arguments is [OpRow row, DType dtype] && (DTypeRules.Wide.Contains(dtype) || dtype == row.DTypes[0]));

    [TestCaseSource(nameof(RowsAndWideTypes))]
    [NonParallelizable]
    public void Bits_do_not_depend_on_the_number_of_threads(OpRow row, DType dtype)
    {
        var threads = CpuDevice.Threads;
        try
        {
            EachCase(row, dtype, (inputs, types) =>
            {
                CpuDevice.Threads = 1;
                var alone = Bytes(row.Run(inputs, types));
                foreach (var count in (int[])[2, 4])
                {
                    CpuDevice.Threads = count;
                    if (!Bytes(row.Run(inputs, types)).SequenceEqual(alone)) return $"{count} threads give other bits than 1";
                }
                return null;
            });
        }
        finally
        {
            CpuDevice.Threads = threads;
        }
    }

    [TestCaseSource(nameof(FusedRows))]
    public void Fused_equals_decomposed(OpRow row, DType dtype) => EachCase(row, dtype, (inputs, types) =>
    {
        var node = row.Call([.. inputs.Select((x, i) => x.Tensor(types[i]))]);
        return Comparison.Difference(row, inputs, OpRow.Results(Decomposed(row, node)));
    });

    [TestCaseSource(nameof(Faults))]
    public void Errors_say_what_is_wrong(OpRow row, Fault fault)
    {
        var error = Assert.Catch(() => fault.Call().ToDoubles());
        Assert.Multiple(() =>
        {
            Assert.That(error, Is.InstanceOf(fault.Exception));
            Assert.That(error.Message, Does.Contain(fault.Message));
        });
    }

    /// <summary>The graph with the row's op replaced by its decomposition.</summary>
    internal static Tensor Decomposed(OpRow row, Tensor root) => Graphs.Map([root], (node, inputs) =>
        node.Inputs.IsEmpty ? node
        : node.Op.GetType() == row.Op && node.Op.Decompose(inputs) is { } simpler ? simpler
        : node.Op.On(inputs))[0];

    internal static bool Decomposes(Type op) => op.IsSubclassOf(typeof(Fused))
        || op.GetMethod(nameof(Op.Decompose), BindingFlags.Instance | BindingFlags.NonPublic)!.DeclaringType != typeof(Op);

    static void EachCase(OpRow row, DType dtype, Func<Nd[], DType[], string?> check) => Assert.Multiple(() =>
    {
        // Large cases are for the splitting of work, which no dtype changes.
        foreach (var args in row.Cases.Where(c => dtype == DType.Float32 || dtype == row.DTypes[^1] || c.All(a => a.Shape.Size < Large)))
        {
            var inputs = OpRow.Draw(args, dtype);
            Assert.That(check(inputs, OpRow.TypesOf(args, dtype)), Is.Null, () => $"{string.Join(" and ", args.Select(a => a.Shape))} {dtype.Name()}");
        }
    });

    static IEnumerable<Tensor> Nodes(OpRow row, Arg[] args, DType dtype)
    {
        var inputs = OpRow.Draw(args, dtype);
        var root = row.Call([.. inputs.Select((x, i) => x.Tensor(args[i].In(dtype)))]);
        return Graphs.Order([root]).Where(n => n.Op.GetType() == row.Op);
    }

    /// <summary>The types of a node's inputs with one dimension unknown, each in turn.</summary>
    static IEnumerable<TensorType[]> WithUnknowns(Tensor node)
    {
        var types = node.Inputs.ToArray().Select(i => i.Type).ToArray();
        for (var i = 0; i < types.Length; i++)
            for (var axis = 0; axis < types[i].Shape.Rank; axis++)
                yield return [.. types.Select((t, k) => k == i ? t.As(t.Shape.With(axis, Shape.Unknown)) : t)];
    }

    static bool Fits(TensorType inferred, TensorType actual) => inferred.IsTuple
        ? inferred.Parts.Length == actual.Parts.Length && inferred.Parts.ToArray().Zip(actual.Parts.ToArray()).All(p => Fits(p.First, p.Second))
        : inferred.DType == actual.DType && inferred.Shape.Matches(actual.Shape);

    static byte[] Bytes(Tensor[] results) => [.. results.SelectMany(r => r.Evaluate().Span.ToArray())];

    static Nd Repeated(Nd x) => Nd.Vector([.. Enumerable.Repeat(x.Values, Repeats).SelectMany(v => v)]);
}
