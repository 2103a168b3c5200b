namespace Keras;

/// <summary>One step of each cell, forwards and backwards, in tensors.</summary>
static class RecurrentSteps
{
    /// <summary>The next states, the gates and what else is kept of the step.</summary>
    internal static (Tensor[] States, Tensor? Gates, Tensor? Inner) Forward(RecurrentKind kind, Tensor z, Tensor[] states, Tensor kernel, Tensor? bias)
    {
        var h = states[0];
        switch (kind)
        {
            case RecurrentKind.Simple:
                return ([Ops.Tanh(z + Ops.Matmul(h, kernel))], null, null);
            case RecurrentKind.Lstm:
                var four = Ops.Split(z + Ops.Matmul(h, kernel), 4, -1);
                var (input, forget, candidate, output) = (Ops.Sigmoid(four[0]), Ops.Sigmoid(four[1]), Ops.Tanh(four[2]), Ops.Sigmoid(four[3]));
                var c = forget * states[1] + input * candidate;
                return ([output * Ops.Tanh(c), c], Ops.Concatenate([input, forget, candidate, output], -1), c);
            default:
                var after = kind == RecurrentKind.Gru;
                var (inputs, units) = (Ops.Split(z, 3, -1), h.Shape[1]);
                var (early, late) = (kernel[.., ..(2 * units)], kernel[.., (2 * units)..]);
                var products = after ? Ops.Split(Ops.Matmul(h, kernel) + bias!, 3, -1) : Ops.Split(Ops.Matmul(h, early), 2, -1);
                var (update, reset) = (Ops.Sigmoid(inputs[0] + products[0]), Ops.Sigmoid(inputs[1] + products[1]));
                var next = Ops.Tanh(inputs[2] + (after ? reset * products[2] : Ops.Matmul(reset * h, late)));
                return ([update * h + (1 - update) * next], Ops.Concatenate([update, reset, next], -1), after ? products[2] : null);
        }
    }

    /// <summary>What a step was computed from and gave.</summary>
    internal sealed record Taken(Tensor Before, Tensor After, Tensor? MemoryBefore, Tensor? Gates, Tensor? Inner);

    /// <summary>The gradients of the projected inputs, of the state's products, and of the states before the step.</summary>
    internal static (Tensor Inputs, Tensor Products, Tensor[] States) Backward(RecurrentKind kind, Taken step, Tensor kernel, Tensor dh, Tensor? dc)
    {
        var transposed = Ops.Transpose(kernel);
        if (kind == RecurrentKind.Simple)
        {
            var d = dh * (1 - Ops.Square(step.After));
            return (d, d, [Ops.Matmul(d, transposed)]);
        }
        var gates = Ops.Split(step.Gates!, kind == RecurrentKind.Lstm ? 4 : 3, -1);
        if (kind == RecurrentKind.Lstm)
        {
            var (input, forget, candidate, output, bounded) = (gates[0], gates[1], gates[2], gates[3], Ops.Tanh(step.Inner!));
            var d = dc! + dh * output * (1 - Ops.Square(bounded));
            var four = Ops.Concatenate([d * candidate * Slope(input), d * step.MemoryBefore! * Slope(forget), d * input * (1 - Ops.Square(candidate)),
                dh * bounded * Slope(output)], -1);
            return (four, four, [Ops.Matmul(four, transposed), d * forget]);
        }
        var (update, reset, next, h) = (gates[0], gates[1], gates[2], step.Before);
        var dnext = dh * (1 - update) * (1 - Ops.Square(next));
        var dupdate = dh * (h - next) * Slope(update);
        if (kind == RecurrentKind.Gru)
        {
            var dreset = dnext * step.Inner! * Slope(reset);
            var products = Ops.Concatenate([dupdate, dreset, dnext * reset], -1);
            return (Ops.Concatenate([dupdate, dreset, dnext], -1), products, [dh * update + Ops.Matmul(products, transposed)]);
        }
        var border = 2 * h.Shape[1];
        var drecalled = Ops.Matmul(dnext, transposed[border..]);
        var early = Ops.Concatenate([dupdate, drecalled * h * Slope(reset)], -1);
        var all = Ops.Concatenate([early, dnext], -1);
        return (all, all, [dh * update + drecalled * reset + Ops.Matmul(early, transposed[..border])]);
    }

    static Tensor Slope(Tensor sigmoid) => sigmoid * (1 - sigmoid);
}
