namespace Keras;

/// <summary>Recognises neighbours that one kernel runs faster than two: transposes that a matrix product can read, and bias and
/// activation behind a product or a convolution. The ops themselves know nothing of it.</summary>
static class Fusion
{
    internal static Tensor[] Apply(ReadOnlySpan<Tensor> roots)
    {
        var uses = Uses(roots);
        // Whether a node feeds one other node only is asked of the old graph: the new one has fewer edges, never more.
        var old = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        return Graphs.Map(roots, (node, inputs) =>
        {
            var fused = Fuse(node, inputs, input => uses.GetValueOrDefault(old.GetValueOrDefault(input, input)) == 1);
            old[fused] = node;
            return fused;
        });
    }

    static Dictionary<Tensor, int> Uses(ReadOnlySpan<Tensor> roots)
    {
        var uses = new Dictionary<Tensor, int>(ReferenceEqualityComparer.Instance);
        foreach (var root in roots) uses[root] = uses.GetValueOrDefault(root) + 1;
        foreach (var node in Graphs.Order(roots))
            foreach (var input in node.Inputs) uses[input] = uses.GetValueOrDefault(input) + 1;
        return uses;
    }

    static Tensor Fuse(Tensor node, Tensor[] inputs, Func<Tensor, bool> usedOnce)
    {
        Tensor Keep() => new(node.Op, inputs, node.Type);
        switch (node.Op)
        {
            case MatMul { HasBias: false } matmul:
                return AbsorbTransposes(matmul, inputs, node.Type);
            case Add:
                var (product, bias) = inputs[0].Op is IWithEpilogue ? (inputs[0], inputs[1]) : (inputs[1], inputs[0]);
                return product.Op is IWithEpilogue { HasBias: false, Activation: Epilogue.None } plain && usedOnce(product)
                    && product.Type == node.Type && IsBias(bias, node.Type)
                    ? new Tensor(plain.WithBias(), [.. product.Inputs, Flat(bias)], node.Type)
                    : Keep();
            case Relu:
                return inputs[0].Op is IWithEpilogue { Activation: Epilogue.None } linear && usedOnce(inputs[0])
                    ? new Tensor(linear.WithActivation(Epilogue.Relu), inputs[0].Inputs.ToArray(), node.Type)
                    : Keep();
            default:
                return Keep();
        }
    }

    static bool IsBias(Tensor bias, TensorType output) => bias.DType == output.DType && bias.Rank >= 1
        && bias.Shape.Size == bias.Shape[-1] && bias.Shape[-1] == output.Shape[-1];

    static Tensor Flat(Tensor bias) => bias.Rank == 1 ? bias : Ops.Reshape(bias, [bias.Shape[-1]]);

    static Tensor AbsorbTransposes(MatMul matmul, Tensor[] inputs, TensorType type)
    {
        var (a, b) = (inputs[0], inputs[1]);
        if (a.Op is Transpose { SwapsLastTwo: true }) (a, matmul) = (a.Inputs[0], matmul with { TransposeA = !matmul.TransposeA });
        if (b.Op is Transpose { SwapsLastTwo: true }) (b, matmul) = (b.Inputs[0], matmul with { TransposeB = !matmul.TransposeB });
        return new Tensor(matmul, [a, b], type);
    }
}

/// <summary>What a product may do to its result while it is still in registers.</summary>
enum Epilogue { None, Relu }

/// <summary>An op whose kernel can add a bias along the last axis and apply an activation as it writes.</summary>
interface IWithEpilogue
{
    bool HasBias { get; }

    Epilogue Activation { get; }

    Op WithBias();

    Op WithActivation(Epilogue activation);
}
