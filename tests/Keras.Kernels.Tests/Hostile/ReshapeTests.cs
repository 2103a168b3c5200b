using Keras.Layers;
using Keras.Tests;

namespace Keras.Kernels.Tests.Hostile;

/// <summary>Shapes that do not hold as many elements as there are, through every way to say one.</summary>
[NonParallelizable]
sealed class ReshapeTests
{
    const int Two16 = 1 << 16;

    static readonly Tensor X = Ops.Ones([2, 3, 4]), Empty = Ops.Ones([0, 3]), Open = new Placeholder(new TensorType(DType.Float32, [Shape.Unknown, 4]), "x", IsInput: true).On();

    static Tensor Whole(params int[] values) => Tensor.Of(values, [values.Length]);

    static readonly (string Name, Tensor X, int[] Wrong)[] Table =
    [
        ("fewer", X, [23]), ("more", X, [25]), ("of another rank", X, [2, 3, 4, 2]), ("scalar", X, []), ("none", X, [0]), ("none behind", X, [24, 0]),
        ("not a divisor", X, [5, -1]), ("none for the rest", X, [0, -1]), ("two unknown", X, [-1, -1]), ("three unknown", X, [-1, 2, -1, -1]), ("negative", X, [-2, -12]), ("least", X, [int.MinValue]),
        ("24 of 64 bits", X, [641, 6700417, Two16, Two16]), ("0 of 64 bits", X, [Two16, Two16, Two16, Two16]), ("0 of 64 bits of nothing", Empty, [Two16, Two16, Two16, Two16]),
        ("one of nothing", Empty, [1]), ("huge beside unknown", X, [int.MaxValue, int.MaxValue, -1]), ("of a scalar", Ops.Ones([]), [2]),
    ];

    static readonly (string Name, Func<Tensor, int[], Tensor> Call)[] Ways =
    [
        ("shape", (x, to) => Ops.Reshape(x, Shape.Of(to))),
        ("vector", (x, to) => Ops.Reshape(x, Whole(to))),
        ("list", (x, to) => Ops.Reshape(x, [.. to.Select(d => (Tensor)d)])),
        ("rows", (x, to) => Ops.Reshape(Ops.Reshape(x, [Shape.Unknown]), Ops.Cast(Whole(to), DType.Float64))),
        ("layer", (x, to) => new Keras.Layers.Reshape(to).Apply(Ops.ExpandDims(x, 0))),
    ];

    static IEnumerable<TestCaseData> Calls => Ways.SelectMany(w => Table.Select(t => new TestCaseData(w.Call, t.X, t.Wrong).SetArgDisplayNames(w.Name, t.Name)));

    [TestCaseSource(nameof(Calls)), Hostile("K09")]
    public void Another_number_of_elements_is_refused(Func<Tensor, int[], Tensor> call, Tensor x, int[] wrong)
    {
        Assert.That(call(X, [4, 6]).ToDoubles(), Has.Length.EqualTo(24));
        Assert.That(call(X, [-1, 8]).Shape[-1], Is.EqualTo(8));
        Refusal.AtOnce(() => call(x, wrong));
    }

    static IEnumerable<TestCaseData> Others()
    {
        yield return Refusal.Case("not whole", () => Ops.Reshape(X, Tensor.Of([4.5, 6], [2])), () => Ops.Reshape(X, Tensor.Of([4.0, 6], [2])));
        yield return Refusal.Case("NaN", () => Ops.Reshape(X, Tensor.Of([double.NaN, 6], [2])), () => Ops.Reshape(X, Tensor.Of([4.0, 6], [2])));
        yield return Refusal.Case("beyond an int", () => Ops.Reshape(X, Tensor.Of([1L << 32, 6], [2])), () => Ops.Reshape(X, Tensor.Of([4L, 6], [2])));
        yield return Refusal.Case("a matrix", () => Ops.Reshape(X, Ops.Ones([2, 2], DType.Int32)), () => Ops.Reshape(X, Tensor.Of([4, 6], [2])));
        yield return Refusal.Case("list of what is no scalar", () => Ops.Reshape(X, [Tensor.Of([4, 6], [2])]), () => Ops.Reshape(X, [Tensor.Of([4], [1]), 6]));
        yield return Refusal.Case("two open in a list", () => Ops.Reshape(X, [null, null]), () => Ops.Reshape(X, [null, 6]));
        yield return Refusal.Case("batch of unknown size", () => new Keras.Layers.Reshape((int[])[3]).Apply(Open), () => new Keras.Layers.Reshape((int[])[2, 2]).Apply(Ops.Ones([3, 4])));
        yield return Refusal.Case("found when it runs", () => Called(Ops.Reshape(Open, [3, Shape.Unknown])), () => Called(Ops.Reshape(Open, [4, Shape.Unknown])));
        yield return Refusal.Case("view of wider elements", () => Ops.View(Ops.Ones([3]), DType.Float64), () => Ops.View(Ops.Ones([4]), DType.Float64));
        yield return Refusal.Case("pairs", () => Ops.ViewAsComplex(Ops.Ones([2, 3])), () => Ops.ViewAsComplex(Ops.Ones([2, 2])));
        yield return Refusal.Case("split", () => Ops.Split(X, 3, 2), () => Ops.Split(X, 2, 2));
        yield return Refusal.Case("unstack", () => Ops.Unstack(X, 3), () => Ops.Unstack(X, 2));
        yield return Refusal.Case("broadcast", () => Ops.BroadcastTo(X, [2, 3, 5]), () => Ops.BroadcastTo(X, [5, 2, 3, 4]));
        yield return Refusal.Case("rearrange", () => Ops.Rearrange(X, "a b (c d) -> a b c d", ("c", 3)), () => Ops.Rearrange(X, "a b (c d) -> a b c d", ("c", 2)));
        yield return Refusal.Case("values", () => Tensor.Of([1f, 2], [3]), () => Tensor.Of([1f, 2, 3], [3]));
    }

    static Tensor Called(Tensor y) => Graphs.Substitute([y], new Dictionary<Tensor, Tensor> { [Open] = Ops.Ones([2, 4]) })[0];

    [TestCaseSource(nameof(Others)), Hostile("K09")]
    public void What_does_not_come_out_even_is_refused(Func<object?> call, Func<object?> right)
    {
        Refusal.Compute(right());
        Refusal.Expect(call);
    }
}
