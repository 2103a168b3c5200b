using System.Reflection;
using Keras.Tests;

namespace Keras.Kernels.Tests.Hostile;

/// <summary>Shapes of more elements than there are numbers for: of every function that takes a shape or a count, and of those whose results grow by
/// their arguments. Products that come out as 0 or as a small number where they overflow are among them.</summary>
[NonParallelizable]
sealed class LargeShapeTests
{
    const int Huge = int.MaxValue, Two16 = 1 << 16, Two30 = 1 << 30;

    // Products of 2⁶³ - a little, 2⁶⁴ (0 in 64 bits), 2⁶⁴ + 2³² (small in 64 bits), 2⁹⁰ and 2³¹ times.
    static readonly Shape[] Shapes =
    [
        [Two30, Two30, 8], [Two16, Two16, Two16, Two16], [Two30, Two30, 16], [Two30, Two30, Two30], [Huge, Huge, Huge], [Huge, Huge, Huge, Huge], [641, 6700417, Two16, Two16], [.. Enumerable.Repeat(2, 64)],
        [.. Enumerable.Repeat(Huge, 31)],
    ];

    static Tensor Ones(params int[] shape) => Ops.Ones(Shape.Of(shape));

    static Tensor Input(params int[] shape) => new Placeholder(new TensorType(DType.Float32, Shape.Of(shape)), "x", IsInput: true).On();

    static bool IsShape(ParameterInfo p) => p.ParameterType == typeof(Shape) || p.ParameterType == typeof(Shape?);

    static readonly Dictionary<string, Shape> Right = new()
    {
        ["BroadcastTo"] = [2, 2, 3, 4],
        ["Reshape"] = [4, 6],
        ["Slice"] = [1, 1, 1],
        ["Scatter"] = [5],
        ["ScaleAndTranslate"] = [2, 4, 4, 3],
        ["Dropout"] = [2, 1, 4],
    };

    static IEnumerable<TestCaseData> OfShapes => Callable.With(IsShape);

    [TestCaseSource(nameof(OfShapes)), Hostile("K01")]
    public void Shapes_of_too_many_elements_are_refused(Callable call, ParameterInfo p)
    {
        Refusal.Compute(call.Call(p, Right.GetValueOrDefault($"{call}", [2, 3])));
        Assert.Multiple(() =>
        {
            foreach (var shape in Shapes) Assert.That(Refusal.Fault(() => Refusal.Compute(call.Call(p, shape))), Is.Null, $"{p.Name}: {shape}");
        });
    }

    static IEnumerable<TestCaseData> Grown()
    {
        yield return Refusal.Case("tile", () => Ops.Tile(Ones(4), (int[])[Two30, Two30, Two30]), () => Ops.Tile(Ones(4), (int[])[1, 2, 3]));
        yield return Refusal.Case("tile to 0 of 64 bits", () => Ops.Tile(Ones(1), (int[])[Two16, Two16, Two16, Two16]), () => Ops.Tile(Ones(1), (int[])[2, 2, 2, 2]));
        yield return Refusal.Case("repeat", () => Ops.Repeat(Ones(Two16), Two16), () => Ops.Repeat(Ones(4), 4));
        yield return Refusal.Case("repeat of many", () => Ops.Repeat(Ones(2), (int[])[Huge, Huge]), () => Ops.Repeat(Ones(2), (int[])[1, 3]));
        yield return Refusal.Case("repeat of zeros", () => Ops.Repeat(Ops.Zeros([Huge, Huge]), 2, 0), () => Ops.Repeat(Ops.Zeros([2, 2]), 2, 0));
        yield return Refusal.Case("outer", () => Ops.Outer(Ops.Zeros([Huge]), Ops.Zeros([Huge])), () => Ops.Outer(Ones(2), Ones(3)));
        yield return Refusal.Case("outer of products", () => Ops.Outer(Ops.Zeros([Two30, Two30]), Ops.Zeros([Two30, Two30])), () => Ops.Outer(Ones(2, 2), Ones(3, 1)));
        yield return Refusal.Case("kron", () => Ops.Kron(Ops.Zeros([Two16, Two16]), Ops.Zeros([Two16, Two16])), () => Ops.Kron(Ones(2, 2), Ones(3, 3)));
        yield return Refusal.Case("broadcast sum", () => Ops.Zeros([Two30, 1, 1]) + Ops.Zeros([Two30, 1]) + Ops.Zeros([Two30]), () => Ones(2, 1, 1) + Ones(3, 1) + Ones(4));
        yield return Refusal.Case("meshgrid", () => Ops.Meshgrid([Ops.Zeros([Two30]), Ops.Zeros([Two30]), Ops.Zeros([Two30])]), () => Ops.Meshgrid([Ones(2), Ones(3), Ones(4)]));
        yield return Refusal.Case("matmul", () => Ops.Matmul(Ops.Zeros([Two30, 1]), Ops.Zeros([1, Two30])), () => Ops.Matmul(Ones(3, 1), Ones(1, 3)));
        yield return Refusal.Case("batched matmul", () => Ops.Matmul(Ops.Zeros([Two30, 1, Two30, 1]), Ops.Zeros([Two30, 1, Two30])), () => Ops.Matmul(Ones(2, 1, 3, 1), Ones(2, 1, 3)));
        yield return Refusal.Case("einsum", () => Ops.Einsum("a,b,c->abc", Ops.Zeros([Two30]), Ops.Zeros([Two30]), Ops.Zeros([Two30])), () => Ops.Einsum("a,b,c->abc", Ones(2), Ones(3), Ones(4)));
        yield return Refusal.Case("tensordot", () => Ops.Tensordot(Ops.Zeros([Two30, Two30]), Ops.Zeros([Two30, Two30]), 0), () => Ops.Tensordot(Ones(2, 2), Ones(2, 2), 0));
        yield return Refusal.Case("pad", () => Ops.Pad(Ones(1, 1, 1), [(0, Huge - 1), (Huge - 1, 0), (Huge - 1, 0)]), () => Ops.Pad(Ones(1, 1, 1), [(0, 1), (1, 0), (1, 0)]));
        yield return Refusal.Case("pad over an int", () => Ops.Pad(Ones(2), [(Huge, 1)]), () => Ops.Pad(Ones(2), [(2, 1)]));
        yield return Refusal.Case("pad images", () => Ops.PadImages(Ones(1, 1, 1), Huge, 0, Huge, 0), () => Ops.PadImages(Ones(1, 1, 1), 1, 0, 1, 0));
        yield return Refusal.Case("concatenate", () => Ops.Concatenate([Ops.Zeros([Huge, Two30]), Ops.Zeros([Huge, Two30])]), () => Ops.Concatenate([Ones(2, 3), Ones(2, 3)]));
        yield return Refusal.Case("stack", () => Ops.Stack([Ops.Zeros([Huge, Two30]), Ops.Zeros([Huge, Two30])]), () => Ops.Stack([Ones(2, 3), Ones(2, 3)]));
        yield return Refusal.Case("eye", () => Ops.Eye(Huge, Huge), () => Ops.Eye(3, 4));
        yield return Refusal.Case("identity", () => Ops.Identity(Huge), () => Ops.Identity(3));
        yield return Refusal.Case("tri", () => Ops.Tri(Huge, Huge), () => Ops.Tri(3, 4));
        yield return Refusal.Case("vander", () => Ops.Vander(Ones(Two16), Huge), () => Ops.Vander(Ones(3), 4));
        yield return Refusal.Case("diag", () => Ops.Diag(Ones(2), Huge), () => Ops.Diag(Ones(2), 1));
        yield return Refusal.Case("diagflat", () => Ops.Diagflat(Ones(2), int.MinValue), () => Ops.Diagflat(Ones(2), -1));
        yield return Refusal.Case("diagonal of many", () => Ops.Diag(Ops.Zeros([Huge])), () => Ops.Diag(Ones(3)));
        yield return Refusal.Case("one hot", () => Ops.OneHot(Ops.Zeros([Two30], DType.Int32), Huge), () => Ops.OneHot(Ops.Zeros([3], DType.Int32), 4));
        yield return Refusal.Case("multi hot", () => Ops.MultiHot(Ops.Zeros([Two16, 1], DType.Int32), Huge), () => Ops.MultiHot(Ops.Zeros([3, 1], DType.Int32), 4));
        yield return Refusal.Case("linspace", () => Ops.Linspace(Ops.Zeros([Two30]), 1, Huge), () => Ops.Linspace(Ops.Zeros([2]), 1, 3));
        yield return Refusal.Case("logspace", () => Ops.Logspace(Ops.Zeros([Two30]), 1, Huge), () => Ops.Logspace(Ops.Zeros([2]), 1, 3));
        yield return Refusal.Case("geomspace", () => Ops.Geomspace(Ops.Ones([Two30]), 2, Huge), () => Ops.Geomspace(Ops.Ones([2]), 2, 3));
        yield return Refusal.Case("arange", () => Ops.Arange(0, 1e300), () => Ops.Arange(0, 3.0));
        yield return Refusal.Case("arange of small steps", () => Ops.Arange(0, 1.0, 1e-300), () => Ops.Arange(0, 1.0, 0.25));
        yield return Refusal.Case("segments", () => Ops.SegmentSum(Ops.Zeros([1, Two30]), Tensor.Of([0], [1]), Huge - 1), () => Ops.SegmentSum(Ones(1, 3), Tensor.Of([0], [1]), 2));
        yield return Refusal.Case("largest segment", () => Ops.SegmentMax(Ops.Zeros([1, Two30]), Tensor.Of([Huge - 1], [1])), () => Ops.SegmentMax(Ones(1, 3), Tensor.Of([1], [1])));
        yield return Refusal.Case("bins", () => Ops.Histogram(Ones(3), Huge).Hist, () => Ops.Histogram(Ones(3), 5).Hist);
        yield return Refusal.Case("least length", () => Ops.Bincount(Ops.Zeros([Two16, 1], DType.Int32), minlength: Huge), () => Ops.Bincount(Ops.Zeros([3, 1], DType.Int32), minlength: 4));
        yield return Refusal.Case("largest number", () => Ops.Bincount(Tensor.Of([Huge], [1, 1]) * Ops.Ones([Two16, 1], DType.Int32)), () => Ops.Bincount(Tensor.Of([3], [1, 1]) * Ops.Ones([4, 1], DType.Int32)));
        yield return Refusal.Case("samples", () => Random.Categorical(Ones(Two16, 2), Huge, seed: 1), () => Random.Categorical(Ones(4, 2), 3, seed: 1));
        yield return Refusal.Case("resize", () => Ops.Resize(Ones(1, 1, 1), (Huge, Huge), "nearest"), () => Ops.Resize(Ones(1, 1, 1), (2, 2), "nearest"));
        yield return Refusal.Case("cdist", () => Ops.Cdist(Ops.Zeros([Two30, 1]), Ops.Zeros([Two30, 1])), () => Ops.Cdist(Ones(3, 1), Ones(3, 1)));
        yield return Refusal.Case("window", () => Ops.Hanning(Huge), () => Ops.Hanning(5));
        yield return Refusal.Case("spectrum", () => Ops.Rfft(Ones(2), Huge).Real, () => Ops.Rfft(Ones(2), 8).Real);
        yield return Refusal.Case("folded", () => Ops.Fold(Ones(1, 1, 1), (Huge, Huge), 1), () => Ops.Fold(Ones(1, 1, 4), (2, 2), 1));
        yield return Refusal.Case("unfolded", () => Ops.Unfold(Ops.Zeros([1, Two30, Two16, Two16]), 2), () => Ops.Unfold(Ones(1, 2, 3, 3), 2));
        yield return Refusal.Case("attention", () => Ops.DotProductAttention(Ops.Zeros([1, Two30, 1, 1]), Ops.Zeros([1, Two30, 1, 1]), Ops.Zeros([1, Two30, 1, 1]), bias: Ops.Zeros([1, 1, Two30, Two30])), () => Ops.DotProductAttention(Ones(1, 3, 1, 1), Ones(1, 3, 1, 1), Ones(1, 3, 1, 1), bias: Ones(1, 1, 3, 3)));
        yield return Refusal.Case("embedding", () => new Keras.Layers.Embedding(Huge, Huge).Apply(Ops.Zeros([1], DType.Int32)), () => new Keras.Layers.Embedding(3, 4).Apply(Ops.Zeros([1], DType.Int32)));
        yield return Refusal.Case("dense", () => new Keras.Layers.Dense(Huge).Apply(Ones(1, Two16)), () => new Keras.Layers.Dense(3).Apply(Ones(1, 4)));
        yield return Refusal.Case("repeated vector", () => new Keras.Layers.RepeatVector(Huge).Apply(Ops.Zeros([Two30, Two30])), () => new Keras.Layers.RepeatVector(3).Apply(Ones(2, 2)));
        yield return Refusal.Case("variable", () => new Variable(Ops.Zeros([Huge, Huge, Huge])), () => new Variable(Ops.Zeros([2, 3, 4])));
        yield return Refusal.Case("averages", () => Ops.AdaptiveAveragePool(Ops.Zeros([1, Two16 - 1, 1]), Two16), () => Ops.AdaptiveAveragePool(Ones(1, 3, 1), 2));
        yield return Refusal.Case("host data", () => Tensor.Of([1f], [Two16, Two16, Two16, Two16]), () => Tensor.Of([1f], [1, 1, 1, 1]));
    }

    [TestCaseSource(nameof(Grown)), Hostile("K01")]
    public void Results_of_too_many_elements_are_refused(Func<object?> call, Func<object?> right)
    {
        Refusal.Compute(right());
        Refusal.Expect(call);
    }
}
