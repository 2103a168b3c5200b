namespace Keras.Kernels.Tests.Table;

/// <summary>Gradients of every op in double precision against differences along one random direction.</summary>
sealed class GradientTests
{
    // Central differences of fourth order: their own error is about 1e-12 here, from step⁴ and from rounding / step.
    const double Step = 1e-3;
    const double First = 1e-6;
    // The gradient that is differenced has itself the rounding of a composition of ops.
    const double Second = 1e-5;
    const int Largest = 1000;

    static IEnumerable<TestCaseData> Once => Rows(1);

    static IEnumerable<TestCaseData> Twice => Rows(2);

    static IEnumerable<TestCaseData> Fused => Rows(1).Where(c => OpTests.Decomposes(((OpRow)c.Arguments[0]!).Op));

    static IEnumerable<TestCaseData> Never => OpTable.Rows
        .Where(r => r.Order == 0 && !OpTable.Rows.Any(other => other.Op == r.Op && other.Order > 0) && IsOfFloats(r)).Select(r => new TestCaseData(r));

    /// <summary>Whether floats go in and come out, so that there could be a gradient.</summary>
    static bool IsOfFloats(OpRow row)
    {
        if (!row.DTypes.Contains(DType.Float64)) return false;
        var xs = Tensors(row.Cases[0], OpRow.Draw(row.Cases[0], DType.Float64));
        return Smooth(row.Cases[0], xs).Length > 0 && OpRow.Results(row.Call(xs)).Any(r => r.DType.IsFloating());
    }

    [TestCaseSource(nameof(Once))]
    public void First_gradients_match_differences(OpRow row) => EachCase(row, (args, inputs, direction, random) =>
    {
        var weights = random.Next();
        Tensor Loss(Tensor[] xs) => Weighted(OpRow.Results(row.Call(xs)), weights);
        return Compare(args, inputs, direction, Loss, First);
    });

    [TestCaseSource(nameof(Twice))]
    public void Second_gradients_match_differences(OpRow row) => EachCase(row, (args, inputs, direction, random) =>
    {
        var (weights, seed) = (random.Next(), random.Next());
        Tensor Loss(Tensor[] xs)
        {
            var loss = Weighted(OpRow.Results(row.Call(xs)), weights);
            return Weighted([.. Gradients.Of(loss, Smooth(args, xs))], seed);
        }
        return Compare(args, inputs, direction, Loss, Second);
    });

    [TestCaseSource(nameof(Fused))]
    public void The_gradient_of_a_fused_op_is_that_of_its_decomposition(OpRow row) => EachCase(row, (args, inputs, _, random) =>
    {
        var xs = Tensors(args, inputs);
        var (node, weights) = (row.Call(xs), random.Next());
        if (node.Type.IsTuple) return null;
        var fused = Gradients.Of(Weighted([node], weights), Smooth(args, xs));
        var simple = Gradients.Of(Weighted([OpTests.Decomposed(row, node)], weights), Smooth(args, xs));
        return fused.Zip(simple).Select(p => Different(p.First.ToDoubles(), p.Second.ToDoubles())).FirstOrDefault(d => d is not null);
    });

    [TestCaseSource(nameof(Never))]
    public void An_op_without_gradient_gives_zeros_or_says_so(OpRow row)
    {
        var args = row.Cases[0];
        var xs = Tensors(args, OpRow.Draw(args, DType.Float64));
        var smooth = Smooth(args, xs);
        Tensor[] results = [.. OpRow.Results(row.Call(xs)).Where(r => r.DType.IsFloating())];
        try
        {
            foreach (var gradient in Gradients.Of(Weighted(results, 1), smooth))
                Assert.That(gradient.ToDoubles(), Is.All.Zero);
        }
        catch (NotSupportedException e)
        {
            Assert.That(e.Message, Does.Contain(row.Op.Name).And.Contains("gradient"));
        }
    }

    static IEnumerable<TestCaseData> Rows(int order) => OpTable.Rows.Where(r => r.Order >= order).Select(r => new TestCaseData(r));

    static void EachCase(OpRow row, Func<Arg[], Nd[], Nd[], System.Random, string?> check) => Assert.Multiple(() =>
    {
        foreach (var args in row.Cases.Where(c => c.All(a => a.Shape.Size is > 0 and <= Largest)))
        {
            var random = new System.Random(5);
            Nd[] direction = [.. args.Select(a => Nd.Make(a.Shape, _ => (random.NextDouble() * 2) - 1))];
            Assert.That(check(args, OpRow.Draw(args, DType.Float64), direction, random), Is.Null, () => string.Join(" and ", args.Select(a => a.Shape)));
        }
    });

    static string? Compare(Arg[] args, Nd[] inputs, Nd[] direction, Func<Tensor[], Tensor> loss, double tolerance)
    {
        var xs = Tensors(args, inputs);
        var smooth = Smooth(args, xs);
        var gradients = Gradients.Of(loss(xs), smooth);
        Nd[] along = [.. direction.Where((_, i) => IsSmooth(args[i]))];
        for (var i = 0; i < smooth.Length; i++)
            if (gradients[i].Type != smooth[i].Type) return $"gradient {gradients[i].Type} for {smooth[i].Type}";
        var analytic = gradients.Zip(along).Sum(p => p.First.ToDoubles().Zip(p.Second.Values, (g, v) => g * v).Sum());
        double At(double t) => loss(Tensors(args, [.. inputs.Select((x, i) => IsSmooth(args[i]) ? Moved(x, direction[i], t) : x)])).Item();
        var numeric = ((8 * (At(Step) - At(-Step))) - (At(2 * Step) - At(-2 * Step))) / (12 * Step);
        return Math.Abs(analytic - numeric) <= tolerance * Math.Max(Math.Abs(numeric), 1e-2)
            ? null : $"{analytic:R} along the direction, differences give {numeric:R}";
    }

    static Nd Moved(Nd x, Nd direction, double t) => new(x.Shape, [.. x.Values.Zip(direction.Values, (a, v) => a + (t * v))]);

    static bool IsSmooth(Arg arg) => arg.In(DType.Float64) == DType.Float64;

    static Tensor[] Smooth(Arg[] args, Tensor[] xs) => [.. xs.Where((_, i) => IsSmooth(args[i]))];

    static Tensor[] Tensors(Arg[] args, Nd[] inputs) => [.. inputs.Select((x, i) => x.Tensor(args[i].In(DType.Float64)))];

    /// <summary>The sum of all elements, each with a weight of its own.</summary>
    static Tensor Weighted(Tensor[] results, int seed)
    {
        var random = new System.Random(seed);
        return results.Select(r => Ops.Sum(r * Nd.Make(r.Shape, _ => random.NextDouble() + 0.5).Tensor(r.DType))).Aggregate((a, b) => a + b);
    }

    static string? Different(double[] a, double[] b)
    {
        var scale = b.Length == 0 ? 0 : b.Max(Math.Abs);
        for (var i = 0; i < a.Length; i++)
            if (!(Math.Abs(a[i] - b[i]) <= 1e-12 * scale)) return $"element {i}: fused {a[i]:R}, decomposed {b[i]:R}";
        return null;
    }
}
