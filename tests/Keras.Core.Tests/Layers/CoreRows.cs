namespace Keras.Core.Tests.Layers;

using System.Text.Json.Nodes;
using Keras.Constraints;
using Keras.Layers;
using Keras.Regularizers;

static class CoreRows
{
    public static QuantizationConfig Quantized { get; } = new(new JsonObject { ["class_name"] = "Int8QuantizationConfig", ["config"] = new JsonObject() });

    public static IEnumerable<LayerRow> All(DTypePolicy half, Regularizer penalty)
    {
        var square = LambdaFunction.Register("square", x => Ops.Square(x));
        var shifted = LambdaFunction.Register("shifted", (Tensor x) => x + 1);
        // The recorded configs name it.
        LambdaFunction.Register("stacker", (Tensor x) => Ops.Concatenate([x, x], 1));
        return
        [
            new(d => new Embedding(5, 3, dtype: d), [[2, 4]], [2, 4, 3], 1, 15)
            {
                Other = () => new Embedding(6, 4, "ones", penalty, new NonNeg(), true, null, 2, 3, Quantized, "e", half, false, penalty),
            },
            new(d => new ReversibleEmbedding(5, 3, false, dtype: d), [[2, 4]], [2, 4, 3], 2, 30)
            {
                Other = () => new ReversibleEmbedding(6, 4, true, "ones", penalty, new NonNeg(), true, DType.Float32, 3, Quantized, "e", half, false, penalty),
            },
            new(d => new EinsumDense("abc,cde->abde", [null, 3, 2], biasAxes: "e", dtype: d), [[2, 3, 4]], [2, 3, 3, 2], 2, 26)
            {
                Other = () => new EinsumDense("ab,bc->ac", [3], "relu", "c", "he_normal", "ones", penalty, new L2(), new NonNeg(), new UnitNorm(), 2, 3, 5,
                    Quantized, "e", half, false, penalty),
            },
            new(d => new EinsumDense("...x,xy->...y", [3], "tanh", "y", dtype: d), [[2, 3, 4]], [2, 3, 3], 2, 15),
            new(d => new EinsumDense("bc...,cde->bde...", [3, 4], biasAxes: "e", dtype: d), [[2, 2, 5]], [2, 3, 4, 5], 2, 28),
            new(d => new EinsumDense("abc,bd->adc", [2, 3], dtype: d), [[2, 4, 3]], [2, 2, 3], 1, 8),
            new(d => new EinsumDense("ab...,bc->ac...", [5], biasAxes: "c", dtype: d), [[2, 3, 4]], [2, 5, 4], 2, 20),
            new(d => new TernaryDense(3, dtype: d), [[2, 4]], [2, 3], 2, 15)
            {
                Other = () => new TernaryDense(5, 0.5, "relu", false, "he_normal", "ones", penalty, new L2(), penalty, new NonNeg(), new UnitNorm(), "d", half,
                    false),
                StraightThrough = true,
            },
            new(d => new Lambda(square, dtype: d), [[2, 3]], [2, 3])
            {
                Other = () => new Lambda(shifted, [3], Tensor.Of([1.0, 0], [2]), "l", half, false, penalty),
                Fixed = ["arguments"],
            },
        ];
    }
}
