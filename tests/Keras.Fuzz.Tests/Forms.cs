using System.Globalization;
using System.Reflection;

namespace Keras.Fuzz.Tests;

/// <summary>Arguments that fit together, of functions that are hardly ever computed for any others. Letters are sizes, the same wherever they stand in one form;
/// <c>|</c> separates choices, <c>,</c> the tensors of a list.</summary>
sealed class Forms(Dice dice, Tensors tensors)
{
    const int MaxSize = 4;

    static readonly Dictionary<string, string[]> Known = new()
    {
        ["AffineTransform"] = ["images=b y x c; transform=b 8", "images=y x c; transform=8"],
        ["AveragePool"] = ["inputs=b x y c; poolSize=1|2|1 2; strides=1|2; dataFormat=channels_last"],
        ["BatchNormalization"] = ["x=b c; mean=c; variance=c; axis=-1; offset=c; scale=c", "x=b c x; mean=c; variance=c; axis=1; offset=c; scale=c"],
        ["Beta"] = ["shape=a b; alpha=a b; beta=b; dtype=float32|float16"],
        ["Bincount"] = ["x=a; weights=a; minlength=0|3", "x=a b; weights=a b; minlength=0|3"],
        ["Binomial"] = ["shape=a b; counts=a b; probabilities=b; dtype=float32"],
        ["Categorical"] = ["logits=b c; numSamples=0|3"],
        ["Cholesky"] = ["x=1 1|a 1 1|n n"],
        ["CholeskyInverse"] = ["x=n n|a n n"],
        ["Conv"] = ["inputs=b x y c; kernel=k l c d; strides=1|2|1 2; dataFormat=channels_last; dilationRate=1|2", "inputs=b c x; kernel=k c d; strides=1|3; dataFormat=channels_first; dilationRate=1|2"],
        ["ConvTranspose"] = ["inputs=b x y c; kernel=k l d c; strides=1|2|1 2; outputPadding=0|1; dataFormat=channels_last; dilationRate=1", "inputs=b c x; kernel=k d c; strides=1|3; dataFormat=channels_first; dilationRate=1|2"],
        ["Correlate"] = ["x1=a; x2=b; mode=valid|same|full"],
        ["CropImages"] = ["images=b y x c; topCropping=0; bottomCropping=0|1; targetHeight=null; leftCropping=0|1; rightCropping=null; targetWidth=1; dataFormat=channels_last"],
        ["Cross"] = ["x1=a 3; x2=a 3|a 2|3"],
        ["CtcDecode"] = ["inputs=b t c; sequenceLengths=b; strategy=greedy|beam_search; beamWidth=1|3|10; topPaths=1|2; maskIndex=0|1"],
        ["CtcLoss"] = ["target=b l; output=b t c; targetLength=b; outputLength=b; maskIndex=0|1"],
        ["DepthToSpace"] = ["x=b y x 4; blockSize=2; dataFormat=channels_last", "x=b 9 y x; blockSize=3; dataFormat=channels_first"],
        ["DepthwiseConv"] = ["inputs=b x y c; kernel=k l c d; strides=1|2; dataFormat=channels_last; dilationRate=1|2"],
        ["Det"] = ["x=n n|a n n"],
        ["DotProductAttention"] = ["query=b t n h; key=b s n h; value=b s n h; bias=b n t s; mask=b n t s", "query=b t 4 h; key=b s 2 h; value=b s 2 h; bias=1 4 t s; mask=t s"],
        ["Eig"] = ["x=n n|a n n"],
        ["Eigh"] = ["x=n n|a n n"],
        ["Einsum"] = ["subscripts=ij,jk->ik|ij,jk|ij,jk->|ij,jk->kij; operands=i j, j k", "subscripts=...ij,...jk->...ik; operands=a i j, a j k", "subscripts=ii->i|ii|ii->; operands=n n"],
        ["ExtractPatches"] = ["images=b y x c; size=1|2|1 2; strides=1|2; dilationRate=1|2; dataFormat=channels_last"],
        ["ExtractPatches3d"] = ["volumes=b z y x c; size=1|2|1 2 1; strides=1|2; dilationRate=1|2; dataFormat=channels_last"],
        ["Fft"] = ["x=b|a b"],
        ["Fft2"] = ["x=a b|a b c"],
        ["Fold"] = ["x=b 8 4; outputSize=3; kernelSize=2; dilation=1; padding=0; stride=1", "x=b 4 9; outputSize=2; kernelSize=2; dilation=1; padding=1; stride=1"],
        ["Gamma"] = ["shape=a b; alpha=b; dtype=float32|float64|bfloat16"],
        ["Histogram"] = ["x=n; bins=1|4"],
        ["HsvToRgb"] = ["images=b y x 3; dataFormat=channels_last"],
        ["Ifft2"] = ["x=a b|a b c"],
        ["InTopK"] = ["targets=b; predictions=b c; k=0|1|2|9"],
        ["Inv"] = ["x=n n|a n n"],
        ["Irfft"] = ["x=b|a b; fftLength=1|4|7"],
        ["Istft"] = ["x=b f 5; sequenceLength=8; sequenceStride=2|3|8; fftLength=8; length=1|6", "x=f 3; sequenceLength=4|3; sequenceStride=1; fftLength=4"],
        ["Jvp"] = ["primals=a b, a b; tangents=a b, a b"],
        ["Logdet"] = ["x=n n|a n n"],
        ["Lstsq"] = ["a=n m; b=n|n k"],
        ["LuFactor"] = ["x=n m|a n m"],
        ["MapCoordinates"] = ["inputs=y x; coordinates=2 n; order=0|1", "inputs=a y x; coordinates=3 n m; order=0|1"],
        ["MaxPool"] = ["inputs=b x y c; poolSize=1|2|1 2; strides=1|2; dataFormat=channels_last"],
        ["Nanpercentile"] = ["x=a b; q=n; method=linear|lower|higher|midpoint|nearest"],
        ["Nanquantile"] = ["x=a b; q=n; method=linear|lower|higher|midpoint|nearest"],
        ["Pad"] = ["x=a b; padWidth=; mode=constant|edge|reflect|symmetric"],
        ["PadImages"] = ["images=b y x c; topPadding=0|1; bottomPadding=0|1; targetHeight=null; leftPadding=0|1; rightPadding=null; targetWidth=6; dataFormat=channels_last"],
        ["Percentile"] = ["x=a b; q=n; method=linear|lower|higher|midpoint|nearest"],
        ["PerspectiveTransform"] = ["images=b y x c; startPoints=b 4 2; endPoints=b 4 2", "images=y x c; startPoints=4 2; endPoints=4 2"],
        ["Pinv"] = ["x=n m"],
        ["Qr"] = ["x=n m|a n m"],
        ["Quantile"] = ["x=a b; q=n; method=linear|lower|higher|midpoint|nearest"],
        ["Rearrange"] = ["tensor=a b; pattern=a b -> b a|a b -> (a b)|a b -> a 1 b; axesLengths=", "tensor=a b c; pattern=... b c -> ... (c b)|x y z -> z x y; axesLengths="],
        ["ReconstructPatches"] = ["patches=b 2 2 4; size=2; outputSize=4 4; strides=2; dataFormat=channels_last", "patches=2 1 12; size=1 2; outputSize=2 2; strides=1 2; dataFormat=channels_last"],
        ["Resize"] = ["images=b y x c; size=4 1|1 9|3 3; fillMode=constant; dataFormat=channels_last", "images=c y x; size=2 2|7 1; fillMode=constant; dataFormat=channels_first"],
        ["RgbToHsv"] = ["images=b y x 3; dataFormat=channels_last"],
        ["RgbToGrayscale"] = ["images=b y x 3; dataFormat=channels_last", "images=3 y x; dataFormat=channels_first"],
        ["ScaleAndTranslate"] = ["images=b y x c; outputShape=b h w c; scale=2; translation=2; spatialDims=1 2; method=linear|cubic|lanczos3|lanczos5", "images=y x; outputShape=h x; scale=1; translation=1; spatialDims=0; method=linear"],
        ["Scatter"] = ["indices=n 1; values=n b; shape=a b", "indices=n 2; values=n; shape=a b"],
        ["ScatterUpdate"] = ["inputs=a b; indices=n 1; updates=n b", "inputs=a b; indices=n 2; updates=n; reduction=add|max|min|mul"],
        ["Searchsorted"] = ["sortedSequence=n; values=a b; side=left|right"],
        ["SegmentMax"] = ["data=n a; segmentIds=n; numSegments=1|3|6"],
        ["SegmentMin"] = ["data=n a; segmentIds=n; numSegments=1|3|6"],
        ["SegmentProd"] = ["data=n a; segmentIds=n; numSegments=1|3|6"],
        ["SegmentSum"] = ["data=n a; segmentIds=n; numSegments=1|3|6"],
        ["Select"] = ["condlist=a b, a b; choicelist=a b, b", "condlist=a; choicelist=a"],
        ["SeparableConv"] = ["inputs=b x y c; depthwiseKernel=k l c 2; pointwiseKernel=1 1 2 d; strides=1; dilationRate=1", "inputs=b x 1; depthwiseKernel=k 1 m; pointwiseKernel=1 m d; strides=2; dilationRate=1"],
        ["Slice"] = ["inputs=4 4; startIndices=0 1|1 0; shape=2 a", "inputs=4 a; startIndices=2; shape=1 a"],
        ["SliceUpdate"] = ["inputs=4 4; startIndices=0 0|2; updates=a b", "inputs=4; startIndices=0|1; updates=a"],
        ["Solve"] = ["a=n n; b=n k", "a=b n n; b=b n k"],
        ["SolveTriangular"] = ["a=n n; b=n k|n", "a=b n n; b=b n k"],
        ["SpaceToDepth"] = ["x=b 4 2 c; blockSize=2; dataFormat=channels_last", "x=b c 3 6; blockSize=3; dataFormat=channels_first"],
        ["SparseCategoricalCrossentropy"] = ["target=a b; output=a b c; axis=-1", "target=a; output=a c; axis=-1"],
        ["Ssim"] = ["image1=b y x c; image2=b y x c; filterSize=1|2", "image1=8 9 c; image2=8 9 c; filterSize=3|8"],
        ["Stft"] = ["x=b 16; sequenceLength=4|8; sequenceStride=1|2|4; fftLength=8|9"],
        ["Svd"] = ["x=n m|a n m"],
        ["Tensordot"] = ["x1=a b; x2=b c", "x1=a b c; x2=b c a"],
        ["Unfold"] = ["x=b c y x; kernelSize=1|2; dilation=1|2; padding=0|1; stride=1|2"],
        ["Vander"] = ["x=n"],
        ["ViewAsComplex"] = ["x=a 2|2|a b 2"],
    };

    readonly Dictionary<string, int> _sizes = [];

    /// <summary>Puts a form in the place of some arguments, where the function has one that fits its parameters.</summary>
    internal void Apply(string function, ParameterInfo[] parameters, object?[] arguments)
    {
        if (!Known.TryGetValue(function, out var forms) || !dice.Chance(0.7)) return;
        foreach (var part in dice.Pick<string>(forms).Split("; "))
        {
            var (name, text) = (part[..part.IndexOf('=')], part[(part.IndexOf('=') + 1)..]);
            var at = Array.FindIndex(parameters, p => p.Name == name);
            if (at >= 0 && dice.Chance(0.97) && (arguments[at] is not null || dice.Chance(0.5))) arguments[at] = text == "null" ? null : Value(parameters[at], text);
        }
    }

    /// <summary>Names in the table that no function and no parameter has.</summary>
    internal static IEnumerable<string> Unused() => Known.SelectMany(form => form.Value.SelectMany(f => f.Split("; ")).Select(p => p[..p.IndexOf('=')])
        .Where(p => !Target.All.Any(t => t.Name.EndsWith('.' + form.Key) && Array.Exists(t.Parameters, q => q.Name == p))).Select(p => $"{form.Key}: {p}"));

    object? Value(ParameterInfo parameter, string text)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (type == typeof(IReadOnlyList<Tensor>) || type == typeof(Tensor[])) return text.Split(", ").Select(t => tensors.Of(parameter.Name!, Sizes(t))).ToArray();
        var choice = dice.Pick<string>(text.Split('|'));
        if (type == typeof(Tensor)) return tensors.Of(parameter.Name!, Sizes(choice));
        if (type == typeof((Tensor, Tensor))) return (tensors.Of(parameter.Name!, Sizes(choice)), tensors.Of(parameter.Name!, Sizes(choice)));
        if (type == typeof(string)) return choice;
        if (type == typeof((int, int))) return (Sizes(choice)[0], Sizes(choice)[1]);
        if (type == typeof(DType)) return DTypes.Parse(choice);
        if (type == typeof(int)) return Sizes(choice)[0];
        if (type == typeof(Axes)) return (Axes)Sizes(choice);
        if (type == typeof(Shape)) return Shape.Of(Sizes(choice));
        if (type.GetMethod("op_Implicit", [typeof(string)]) is { } conversion) return conversion.Invoke(null, [choice]);
        return Array.CreateInstance(type.GetGenericArguments()[0], 0);
    }

    int[] Sizes(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Size)];

    int Size(string word)
    {
        if (int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
        if (!_sizes.TryGetValue(word, out var size)) _sizes[word] = size = dice.Chance(0.03) ? 0 : dice.Within(1, MaxSize);
        return size;
    }
}
