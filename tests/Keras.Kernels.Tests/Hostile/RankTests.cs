using Keras.Layers;
using Keras.Tests;

namespace Keras.Kernels.Tests.Hostile;

/// <summary>Inputs of another rank than a convolution or a pool is for: every layer by its name, and the functions by their kernels.</summary>
[NonParallelizable]
sealed class RankTests
{
    const int MostAxes = 6;

    static Tensor Of(int rank) => Ops.Ones(Shape.Of([.. Enumerable.Repeat(4, rank)]));

    static IEnumerable<Type> Windowed => typeof(Layer).Assembly.GetTypes().Where(t => t.IsPublic && !t.IsAbstract && t.IsSubclassOf(typeof(Layer))
        && (t.Name.Contains("1D", StringComparison.Ordinal) || t.Name.Contains("2D", StringComparison.Ordinal) || t.Name.Contains("3D", StringComparison.Ordinal))).OrderBy(t => t.Name, StringComparer.Ordinal);

    static Layer Make(Type type)
    {
        var constructor = type.GetConstructors().Single();
        return (Layer)constructor.Invoke(System.Reflection.BindingFlags.OptionalParamBinding | System.Reflection.BindingFlags.DoNotWrapExceptions, null,
            [.. constructor.GetParameters().Select(p => p.HasDefaultValue ? Type.Missing : p.Name == "rate" ? 0.5 : Callable.To(p.ParameterType, 2))], null);
    }

    static int Rank(Type type) => int.Parse(type.Name.AsSpan(type.Name.IndexOfAny(['1', '2', '3']), 1), System.Globalization.CultureInfo.InvariantCulture)
        + (type.Name.StartsWith("ConvLSTM", StringComparison.Ordinal) ? 3 : 2);

    [TestCaseSource(nameof(Windowed)), Hostile("K08")]
    public void Layers_refuse_inputs_of_another_rank(Type type)
    {
        var right = Rank(type);
        Refusal.Compute(Make(type).Apply(Of(right)));
        Assert.Multiple(() =>
        {
            for (var rank = 0; rank <= MostAxes; rank++)
                if (rank != right) Refusal.AtOnce(() => Make(type).Apply(Of(rank)));
        });
    }

    static readonly (string Name, Func<Tensor, Tensor, Tensor> Call)[] Functions =
    [
        ("conv", (x, kernel) => Ops.Conv(x, kernel)),
        ("conv, channels first", (x, kernel) => Ops.Conv(x, kernel, dataFormat: "channels_first")),
        ("depthwise", (x, kernel) => Ops.DepthwiseConv(x, kernel)),
        ("transposed", (x, kernel) => Ops.ConvTranspose(x, kernel)),
        ("separable", (x, kernel) => Ops.SeparableConv(x, kernel, Ops.Ones(Shape.Of([.. Enumerable.Repeat(1, Math.Max(0, kernel.Rank - 2)), 16, 2])))),
        ("points of separable", (x, kernel) => Ops.SeparableConv(x, Of(x.Rank), Ops.Ones(Shape.Of([.. Enumerable.Repeat(1, Math.Max(0, kernel.Rank - 2)), 16, 2])))),
    ];

    static IEnumerable<TestCaseData> Calls => Functions.Select(f => new TestCaseData(f.Call).SetArgDisplayNames(f.Name));

    [TestCaseSource(nameof(Calls)), Hostile("K08")]
    public void Functions_refuse_kernels_of_another_rank(Func<Tensor, Tensor, Tensor> call)
    {
        Refusal.Compute(call(Of(4), Of(4)));
        Assert.Multiple(() =>
        {
            for (var rank = 0; rank <= MostAxes; rank++)
                for (var ofKernel = 0; ofKernel <= MostAxes; ofKernel++)
                    if (rank != ofKernel) Assert.That(Refusal.Fault(() => call(Of(rank), Of(ofKernel))), Is.Null, $"{rank} and {ofKernel}");
        });
    }

    static readonly (string Name, int Rank, Func<Tensor, Tensor> Call)[] Pools =
    [
        ("max pool of 1", 3, x => Ops.MaxPool(x, (int[])[2])), ("max pool of 2", 4, x => Ops.MaxPool(x, (2, 2))), ("max pool of 3", 5, x => Ops.MaxPool(x, (2, 2, 2))),
        ("average pool of 2", 4, x => Ops.AveragePool(x, (2, 2))), ("average pool of 3", 5, x => Ops.AveragePool(x, (2, 2, 2))),
        ("adaptive average pool", 4, x => Ops.AdaptiveAveragePool(x, (2, 2))), ("adaptive max pool", 5, x => Ops.AdaptiveMaxPool(x, (2, 2, 2))),
        ("unfold", 4, x => Ops.Unfold(x, 2)), ("strides", 4, x => Ops.Conv(x, Of(x.Rank), strides: (1, 1))), ("dilation", 5, x => Ops.Conv(x, Of(x.Rank), dilationRate: (1, 1, 1))),
    ];

    static IEnumerable<TestCaseData> OfPools => Pools.Select(p => new TestCaseData(p.Rank, p.Call).SetArgDisplayNames(p.Name));

    [TestCaseSource(nameof(OfPools)), Hostile("K08")]
    public void Functions_refuse_inputs_of_another_rank(int right, Func<Tensor, Tensor> call)
    {
        Refusal.Compute(call(Of(right)));
        Assert.Multiple(() =>
        {
            // A single size is for windows of every rank.
            for (var rank = 0; rank <= MostAxes; rank++)
                if (rank != right && !(right == 3 && rank > 3)) Assert.That(Refusal.Fault(() => call(Of(rank))), Is.Null, $"{rank}");
        });
    }
}
