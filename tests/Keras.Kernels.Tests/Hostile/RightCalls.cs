using System.Reflection;

namespace Keras.Kernels.Tests.Hostile;

/// <summary>Arguments that functions work with, where a matrix for each tensor and the defaults are none.</summary>
static class RightCalls
{
    static Tensor Ones(params int[] shape) => Ops.Ones(Shape.Of(shape));

    static Tensor Whole(params int[] shape) => Ops.Zeros(Shape.Of(shape), DType.Int32);

    static readonly Tensor[] Three = [Ones(2, 3, 4), Ones(2, 3, 4)];

    static readonly (string Function, Dictionary<string, object?> Arguments)[] Table =
    [
        ("AdaptiveAveragePool", new() { ["inputs"] = Ones(2, 8, 3), ["outputSize"] = 4 }),
        ("AdaptiveMaxPool", new() { ["inputs"] = Ones(2, 8, 3), ["outputSize"] = 4 }),
        ("Argpartition", new() { ["kth"] = 1 }),
        ("ArraySplit", new() { ["indicesOrSections"] = 1 }),
        ("AssociativeScan", new() { ["f"] = (Func<Tensor, Tensor, Tensor>)Ops.Add }),
        ("AssociativeScan", new() { ["f"] = (Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>)((xs, ys) => [.. xs.Zip(ys, Ops.Add)]) }),
        ("AveragePool", new() { ["inputs"] = Ones(2, 8, 3), ["poolSize"] = 2, ["strides"] = 2 }),
        ("BatchNormalization", new() { ["x"] = Ones(2, 3, 4), ["mean"] = Ones(2), ["variance"] = Ones(2), ["axis"] = 0 }),
        ("Conv", new() { ["inputs"] = Ones(2, 8, 4), ["kernel"] = Ones(3, 2, 6) }),
        ("ConvTranspose", new() { ["inputs"] = Ones(2, 8, 4), ["kernel"] = Ones(3, 6, 4), ["strides"] = 2, ["outputPadding"] = 1 }),
        ("Cross", new() { ["x1"] = Ones(3, 3, 3), ["x2"] = Ones(3, 3, 3) }),
        ("CtcDecode", new() { ["inputs"] = Ones(2, 5, 4), ["sequenceLengths"] = Tensor.Of([5, 5], [2]) }),
        ("CtcLoss", new() { ["target"] = Whole(2, 3) + 1, ["output"] = Ones(2, 8, 4), ["targetLength"] = Tensor.Of([3, 3], [2]), ["outputLength"] = Tensor.Of([8, 8], [2]) }),
        ("CropImages", new() { ["images"] = Ones(2, 8, 8, 3), ["topCropping"] = 1, ["leftCropping"] = 1, ["targetHeight"] = 4, ["targetWidth"] = 4 }),
        ("CropImages", new() { ["images"] = Ones(2, 8, 8, 3), ["topCropping"] = 1, ["leftCropping"] = 1, ["bottomCropping"] = 1, ["rightCropping"] = 1 }),
        ("DepthToSpace", new() { ["x"] = Ones(1, 2, 2, 4), ["blockSize"] = 2 }),
        ("DepthwiseConv", new() { ["inputs"] = Ones(2, 8, 4), ["kernel"] = Ones(3, 4, 2) }),
        ("Einsum", new() { ["subscripts"] = "abc,abc->ab" }),
        ("ForiLoop", new() { ["upper"] = 2, ["bodyFun"] = (Func<Tensor, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>)((_, xs) => xs) }),
        ("Jvp", new() { ["fun"] = (Func<IReadOnlyList<Tensor>, Tensor>)(xs => xs[0]) }),
        ("Jvp", new() { ["fun"] = (Func<IReadOnlyList<Tensor>, (Tensor, Tensor)>)(xs => (xs[0], xs[0])) }),
        ("MapCoordinates", new() { ["coordinates"] = new[] { Ones(2), Ones(2), Ones(2) } }),
        ("Scan", new() { ["f"] = (Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, (IReadOnlyList<Tensor>, IReadOnlyList<Tensor>)>)((c, xs) => (c, xs)), ["init"] = Three, ["xs"] = Three }),
        ("CustomGradient", new() { ["rule"] = (Func<Tensor, Tensor?[]>)(g => [g, g]) }),
        ("Reshape", new() { ["newshape"] = new Tensor?[] { 4, null } }),
        ("Switch", new() { ["branches"] = new Func<IReadOnlyList<Tensor>, Tensor>[] { xs => xs.Count }, ["index"] = Whole() }),
        ("Switch", new() { ["branches"] = new Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>[] { xs => xs }, ["index"] = Whole() }),
        ("WhileLoop", new() { ["cond"] = (Func<IReadOnlyList<Tensor>, Tensor>)(_ => false), ["body"] = (Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>)(xs => xs) }),
        ("ExtractPatches", new() { ["images"] = Ones(2, 8, 8, 3), ["size"] = 2 }),
        ("ExtractPatches3d", new() { ["volumes"] = Ones(2, 4, 4, 4, 3), ["size"] = 2 }),
        ("ExtractSequences", new() { ["x"] = Ones(2, 16), ["sequenceLength"] = 4, ["sequenceStride"] = 2 }),
        ("Fold", new() { ["x"] = Ones(1, 8, 9), ["outputSize"] = 4, ["kernelSize"] = 2 }),
        ("GaussianBlur", new() { ["images"] = Ones(2, 8, 8, 3) }),
        ("Glu", new() { ["x"] = Ones(2, 4, 6) }),
        ("Histogram", new() { ["x"] = Ones(5) }),
        ("Istft", new() { ["x"] = (Ones(2, 9, 5), Ones(2, 9, 5)), ["sequenceLength"] = 8, ["sequenceStride"] = 2, ["fftLength"] = 8 }),
        ("Linspace", new() { ["retstep"] = true }),
        ("Irfft", new() { ["x"] = (Ones(2, 5), Ones(2, 5)) }),
        ("Pad", new() { ["padWidth"] = new[] { (1, 0), (0, 1), (1, 1) }, ["mode"] = "edge" }),
        ("Pad", new() { ["padWidth"] = new[] { (1, 0), (0, 1), (1, 1) } }),
        ("MaxPool", new() { ["inputs"] = Ones(2, 8, 3), ["poolSize"] = 2, ["strides"] = 2 }),
        ("Nanpercentile", new() { ["q"] = Ones() }),
        ("Nanquantile", new() { ["q"] = Ones() }),
        ("Norm", new() { ["ord"] = "fro", ["axis"] = (0, 1) }),
        ("Percentile", new() { ["q"] = Ones() }),
        ("Quantile", new() { ["q"] = Ones() }),
        ("Moveaxis", new() { ["source"] = 0, ["destination"] = 1 }),
        ("MultiHot", new() { ["inputs"] = Whole(2, 3), ["numClasses"] = 4 }),
        ("Scatter", new() { ["indices"] = Whole(1, 1), ["values"] = Ones(1) }),
        ("Slice", new() { ["startIndices"] = (0, 0, 0) }),
        ("Slice", new() { ["startIndices"] = Whole(3) }),
        ("Full", new() { ["fillValue"] = Ones() }),
        ("Beta", new() { ["alpha"] = Ones(), ["beta"] = Ones() }),
        ("Binomial", new() { ["counts"] = Ones(), ["probabilities"] = Ones() }),
        ("Gamma", new() { ["alpha"] = Ones() }),
        ("UnravelIndex", new() { ["indices"] = Whole(2) }),
        ("Dropout", new() { ["rate"] = 0.5 }),
        ("Randint", new() { ["maxval"] = 9L }),
        ("OneHot", new() { ["x"] = Whole(2, 3), ["numClasses"] = 4 }),
        ("PadImages", new() { ["images"] = Ones(2, 8, 8, 3), ["topPadding"] = 1, ["leftPadding"] = 1, ["targetHeight"] = 12, ["targetWidth"] = 12 }),
        ("PadImages", new() { ["images"] = Ones(2, 8, 8, 3), ["topPadding"] = 1, ["leftPadding"] = 1, ["bottomPadding"] = 1, ["rightPadding"] = 1 }),
        ("ReconstructPatches", new() { ["patches"] = Ones(2, 4, 4, 12), ["size"] = 2, ["outputSize"] = (8, 8) }),
        ("Repeat", new() { ["repeats"] = 2 }),
        ("Resize", new() { ["images"] = Ones(2, 8, 8, 3), ["size"] = (4, 4) }),
        ("Rfft", new() { ["x"] = Ones(2, 8) }),
        ("Roll", new() { ["shift"] = 1 }),
        ("ScaleAndTranslate", new() { ["images"] = Ones(2, 8, 8, 3), ["outputShape"] = Shape.Of(2, 4, 4, 3), ["scale"] = Ones(2), ["translation"] = Ones(2), ["spatialDims"] = (1, 2), ["method"] = "linear" }),
        ("SeparableConv", new() { ["inputs"] = Ones(2, 8, 4), ["depthwiseKernel"] = Ones(3, 4, 1), ["pointwiseKernel"] = Ones(1, 4, 2) }),
        ("SpaceToDepth", new() { ["x"] = Ones(1, 4, 4, 1), ["blockSize"] = 2 }),
        ("SparseCategoricalCrossentropy", new() { ["target"] = Whole(2, 3), ["output"] = Ones(2, 3, 4) }),
        ("Split", new() { ["indicesOrSections"] = 1 }),
        ("Ssim", new() { ["image1"] = Ones(2, 16, 16, 3), ["image2"] = Ones(2, 16, 16, 3), ["filterSize"] = 4 }),
        ("Squeeze", new() { ["x"] = Ones(1, 1, 3) }),
        ("Stft", new() { ["x"] = Ones(2, 16), ["sequenceLength"] = 4, ["sequenceStride"] = 2, ["fftLength"] = 8 }),
        ("Take", new() { ["indices"] = Whole(2) }),
        ("TakeAlongAxis", new() { ["indices"] = Whole(2, 3, 4) }),
        ("Tensordot", new() { ["x1"] = Ones(2, 2, 2), ["x2"] = Ones(2, 2, 2) }),
        ("Unfold", new() { ["x"] = Ones(1, 2, 4, 4), ["kernelSize"] = 2 }),
    ];

    /// <summary>The line of the table that a function can take, rather one that names the parameter; without a line all is left to types and defaults.</summary>
    internal static Dictionary<string, object?> Of(MethodInfo function, string parameter)
    {
        var fitting = Fitting(function).ToList();
        return fitting.Find(f => f.ContainsKey(parameter)) ?? fitting.FirstOrDefault() ?? [];
    }

    static IEnumerable<Dictionary<string, object?>> Fitting(MethodInfo function)
    {
        var parameters = function.GetParameters();
        return Table.Where(t => t.Function == function.Name && t.Arguments.All(a => Array.Find(parameters, p => p.Name == a.Key) is { } p && Callable.Takes(p.ParameterType, a.Value))).Select(t => t.Arguments);
    }

    /// <summary>Lines of the table that no function takes.</summary>
    internal static IEnumerable<string> Unused() => Table.Where(t => !Callable.Functions.Any(f => Fitting(f).Contains(t.Arguments))).Select(t => t.Function);

    /// <summary>An argument of a type that needs no other.</summary>
    internal static object? ByType(Type type)
    {
        if (type == typeof(Tensor)) return Ones(2, 3, 4);
        if (type.IsAssignableFrom(typeof(Tensor[])) || type == typeof(Tensor[])) return Three;
        if (type == typeof(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>)) return (Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>)(xs => xs);
        if (type == typeof(Axes)) return (Axes)0;
        return type.IsValueType ? Activator.CreateInstance(type) : type == typeof(string) ? "" : null;
    }
}
