using System.Reflection;
using Keras.Layers;
using Keras.Tests;

namespace Keras.Kernels.Tests.Hostile;

/// <summary>Kernels, strides, dilations, borders and blocks that are negative or zero, of every function and layer that takes such sizes.</summary>
[NonParallelizable]
sealed class WindowTests
{
    // Sizes of at least 1, and ones that may be 0.
    static readonly string[] Positive =
    [
        "size", "poolSize", "kernelSize", "strides", "stride", "dilation", "dilationRate", "blockSize", "sequenceLength", "sequenceStride", "fftLength", "filterSize", "filters", "groups",
        "depthMultiplier", "outputSize",
    ];

    static readonly string[] Natural =
    [
        "padding", "outputPadding", "padWidth", "topPadding", "leftPadding", "bottomPadding", "rightPadding", "topCropping", "leftCropping", "bottomCropping", "rightCropping", "cropping",
        "targetHeight", "targetWidth",
    ];

    // How many numbers there may be.
    static readonly string[] MayBeEmpty = ["Unique.size"];

    // As many groups as channels.
    static bool IsMeant(ParameterInfo p, int value) => value == -1 && p.Name == "groups" && p.Member.DeclaringType == typeof(GroupNormalization);

    static bool IsSize(ParameterInfo p) => (Positive.Contains(p.Name) || Natural.Contains(p.Name)) && Plain(p) is var type && (Wrong(type, [0], -1) is not null || IsBorders(type));

    static Type Plain(ParameterInfo p) => Nullable.GetUnderlyingType(p.ParameterType) ?? p.ParameterType;

    static bool IsBorders(Type type) => type.IsAssignableFrom(typeof((int, int)[]));

    static IEnumerable<TestCaseData> Functions => Callable.With(IsSize);

    /// <summary>An argument with a bad size, alone and beside good ones.</summary>
    static IEnumerable<object>? Wrong(Type type, Axes right, int bad) =>
        type == typeof(int) ? [bad]
        : type == typeof(Axes) ? [(Axes)bad, (Axes)(int[])[bad, .. right.Span[1..]], (Axes)(int[])[.. right.Span[..^1], bad]]
        : type == typeof((int, int)) ? [(bad, 1), (1, bad)]
        : null;

    static IEnumerable<object> Wrong(ParameterInfo p, object? right)
    {
        int[] bad = Natural.Contains(p.Name) || MayBeEmpty.Contains($"{p.Member.Name}.{p.Name}") ? [-1, int.MinValue] : [0, -1, -1000, int.MinValue];
        if (IsBorders(Plain(p))) return [.. bad.SelectMany(b => ((int, int)[][])[[(b, 0), (0, 0), (0, 0)], [(0, 0), (0, 0), (0, b)]])];
        return bad.Where(b => !IsMeant(p, b)).SelectMany(b => Wrong(Plain(p), right as Axes? ?? 1, b)!);
    }

    [TestCaseSource(nameof(Functions)), Hostile("K02")]
    public void Sizes_that_no_window_has_are_refused(Callable call, ParameterInfo p)
    {
        Refusal.Compute(call.Call());
        Assert.Multiple(() =>
        {
            foreach (var wrong in Wrong(p, call[p])) Assert.That(Refusal.Fault(() => call.Call(p, wrong)), Is.Null, $"{p.Name}: {wrong}");
        });
    }

    // What the layers without a default take, and what others need beside it.
    static readonly Dictionary<string, object?> RightOfLayers = new()
    {
        ["filters"] = 4,
        ["kernelSize"] = 3,
        ["outputSize"] = 2,
        ["groups"] = 2,
        ["poolSize"] = 2,
        ["padding"] = 1,
        ["cropping"] = 1,
        ["size"] = 2,
        ["strides"] = 1,
    };

    // A cell is called within its layer.
    static IEnumerable<TestCaseData> OfLayers => typeof(Layer).Assembly.GetTypes().Where(t => t.IsPublic && !t.IsAbstract && t.IsSubclassOf(typeof(Layer)) && t != typeof(ConvLSTMCell)).OrderBy(t => t.Name, StringComparer.Ordinal)
        .SelectMany(t => t.GetConstructors()).SelectMany(c => c.GetParameters().Where(IsSize).Select(p => new TestCaseData(OfLayer(c, p), p).SetArgDisplayNames(c.DeclaringType!.Name, p.Name!)));

    static Callable OfLayer(ConstructorInfo constructor, ParameterInfo parameter) => new(constructor, constructor.GetParameters()
        .Where(p => (p == parameter || !p.HasDefaultValue) && RightOfLayers.ContainsKey(p.Name!) && Callable.Takes(p.ParameterType, RightOfLayers[p.Name!])).ToDictionary(p => p.Name!, p => RightOfLayers[p.Name!]));

    /// <summary>Ones of the shape that a layer of this name takes.</summary>
    static Tensor Input(string layer)
    {
        var axes = layer.Contains("1D", StringComparison.Ordinal) ? 1 : layer.Contains("3D", StringComparison.Ordinal) ? 3 : layer.EndsWith("Spectrogram", StringComparison.Ordinal) ? 0 : 2;
        int[] sizes = [.. Enumerable.Repeat(8, axes), 4];
        return Ops.Ones(layer.StartsWith("ConvLSTM", StringComparison.Ordinal) ? [2, 3, .. sizes] : axes > 0 ? [2, .. sizes] : layer.StartsWith("STFT", StringComparison.Ordinal) ? [2, 4000, 1] : [2, 4000]);
    }

    [TestCaseSource(nameof(OfLayers)), Hostile("K02")]
    public void Layers_refuse_sizes_that_no_window_has(Callable call, ParameterInfo p)
    {
        var x = Input($"{call}");
        Refusal.Compute(((Layer)call.Call()!).Apply(x));
        Assert.Multiple(() =>
        {
            foreach (var wrong in Wrong(p, call[p])) Assert.That(Refusal.Fault(() => Refusal.Compute(((Layer)call.Call(p, wrong)!).Apply(x))), Is.Null, $"{p.Name}: {wrong}");
        });
    }

    static Tensor Ones(params int[] shape) => Ops.Ones(Shape.Of(shape));

    // Sizes of the kernel and groups are those of the tensors here.
    static IEnumerable<TestCaseData> Kernels()
    {
        yield return Refusal.Case("conv, empty", () => Ops.Conv(Ones(2, 8, 4), Ones(0, 4, 6)), () => Ops.Conv(Ones(2, 8, 4), Ones(1, 4, 6)));
        yield return Refusal.Case("conv, no channels", () => Ops.Conv(Ones(2, 8, 4), Ones(3, 0, 6)), () => Ops.Conv(Ones(2, 8, 4), Ones(3, 4, 6)));
        yield return Refusal.Case("conv, groups of three of four", () => Ops.Conv(Ones(2, 8, 4), Ones(3, 3, 6)), () => Ops.Conv(Ones(2, 8, 4), Ones(3, 2, 6)));
        yield return Refusal.Case("conv, filters of no group", () => Ops.Conv(Ones(2, 8, 4), Ones(3, 2, 5)), () => Ops.Conv(Ones(2, 8, 4), Ones(3, 2, 4)));
        yield return Refusal.Case("conv, more than the channels", () => Ops.Conv(Ones(2, 8, 4), Ones(3, 8, 6)), () => Ops.Conv(Ones(2, 8, 8), Ones(3, 8, 6)));
        yield return Refusal.Case("images, empty", () => Ops.Conv(Ones(2, 8, 8, 4), Ones(3, 0, 4, 6)), () => Ops.Conv(Ones(2, 8, 8, 4), Ones(3, 1, 4, 6)));
        yield return Refusal.Case("volumes, empty", () => Ops.Conv(Ones(2, 4, 4, 4, 4), Ones(0, 1, 1, 4, 6)), () => Ops.Conv(Ones(2, 4, 4, 4, 4), Ones(1, 1, 1, 4, 6)));
        yield return Refusal.Case("depthwise, empty", () => Ops.DepthwiseConv(Ones(2, 8, 4), Ones(0, 4, 2)), () => Ops.DepthwiseConv(Ones(2, 8, 4), Ones(1, 4, 2)));
        yield return Refusal.Case("depthwise, channels", () => Ops.DepthwiseConv(Ones(2, 8, 4), Ones(3, 3, 2)), () => Ops.DepthwiseConv(Ones(2, 8, 4), Ones(3, 4, 2)));
        yield return Refusal.Case("separable, empty", () => Ops.SeparableConv(Ones(2, 8, 4), Ones(0, 4, 1), Ones(1, 4, 2)), () => Ops.SeparableConv(Ones(2, 8, 4), Ones(3, 4, 1), Ones(1, 4, 2)));
        yield return Refusal.Case("separable, points", () => Ops.SeparableConv(Ones(2, 8, 4), Ones(3, 4, 1), Ones(1, 3, 2)), () => Ops.SeparableConv(Ones(2, 8, 4), Ones(3, 4, 1), Ones(1, 4, 2)));
        yield return Refusal.Case("transposed, empty", () => Ops.ConvTranspose(Ones(2, 8, 4), Ones(0, 6, 4)), () => Ops.ConvTranspose(Ones(2, 8, 4), Ones(1, 6, 4)));
        yield return Refusal.Case("transposed, channels", () => Ops.ConvTranspose(Ones(2, 8, 4), Ones(3, 6, 3)), () => Ops.ConvTranspose(Ones(2, 8, 4), Ones(3, 6, 4)));
        yield return Refusal.Case("groups of a layer", () => new Conv2D(4, 3, groups: 3).Apply(Ones(2, 8, 8, 4)), () => new Conv2D(4, 3, groups: 2).Apply(Ones(2, 8, 8, 4)));
        yield return Refusal.Case("groups of a normalization", () => new GroupNormalization(groups: 3).Apply(Ones(2, 8, 8, 4)), () => new GroupNormalization(groups: 2).Apply(Ones(2, 8, 8, 4)));
    }

    [TestCaseSource(nameof(Kernels)), Hostile("K02")]
    public void Kernels_and_groups_that_do_not_fit_are_refused(Func<object?> call, Func<object?> right)
    {
        Refusal.Compute(right());
        Refusal.AtOnce(call);
    }
}
