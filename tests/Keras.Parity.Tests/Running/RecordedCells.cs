using System.Runtime.CompilerServices;
using Keras.Layers;

namespace Keras.Parity.Tests.Running;

/// <summary>The cells and layers that the recorded tests wrote themselves: what a user of this library would write for them.</summary>
static class RecordedCells
{
    [ModuleInitializer]
    internal static void Register()
    {
        foreach (var type in (Type[])[typeof(OneStateRNNCell), typeof(TwoStatesRNNCell), typeof(MaskedDense), typeof(CanaryLayer)]) Saving.RegisterKerasSerializable(type);
    }
}

/// <summary>output = x · kernel + state · recurrent kernel.</summary>
public sealed class OneStateRNNCell(int units, Axes? stateSize = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true)
    : RNNCell(name, dtype, trainable)
{
    Variable? _kernel, _recurrentKernel;

    public int Units => units;

    public override IReadOnlyList<Shape> StateSize => [[stateSize?[0] ?? units]];

    protected override void BuildWeights(Shape inputShape)
    {
        _kernel = AddWeight([inputShape[-1], units], "ones", name: "kernel");
        _recurrentKernel = AddWeight([units, units], "ones", name: "recurrent_kernel");
    }

    protected override (Tensor Output, IReadOnlyList<Tensor> States) Call(Tensor x, IReadOnlyList<Tensor> states, CallContext context)
    {
        var output = Ops.Matmul(x, _kernel!.Value) + Ops.Matmul(states[0], _recurrentKernel!.Value);
        return (output, [output]);
    }
}

/// <summary>The sum of two products with the first state; the second one goes unused, as in the recorded test.</summary>
public sealed class TwoStatesRNNCell(int units, Axes? stateSize = null, string? name = null, DTypePolicy? dtype = null, bool trainable = true)
    : RNNCell(name, dtype, trainable)
{
    Variable? _kernel, _first, _second;

    public int Units => units;

    public override IReadOnlyList<Shape> StateSize => [[stateSize?[0] ?? units], [stateSize?[1] ?? units]];

    public override Shape OutputSize => [units];

    protected override void BuildWeights(Shape inputShape)
    {
        _kernel = AddWeight([inputShape[-1], units], "ones", name: "kernel");
        _first = AddWeight([units, units], "ones", name: "recurrent_kernel_1");
        _second = AddWeight([units, units], "ones", name: "recurrent_kernel_2");
    }

    protected override (Tensor Output, IReadOnlyList<Tensor> States) Call(Tensor x, IReadOnlyList<Tensor> states, CallContext context)
    {
        var h = Ops.Matmul(x, _kernel!.Value);
        var (first, second) = (h + Ops.Matmul(states[0], _first!.Value), h + Ops.Matmul(states[0], _second!.Value));
        return (first + second, [first, second]);
    }
}

/// <summary>A dense layer whose outputs are zero for masked samples.</summary>
public sealed class MaskedDense(Layer layer, string? name = null, DTypePolicy? dtype = null, bool trainable = true) : Layer(name, dtype, trainable)
{
    readonly Layer _layer = layer;

    public Layer Layer => _layer;

    protected override void BuildWeights(Shape inputShape) => _layer.Build(inputShape);

    protected override Tensor Call(Tensor x, CallContext context)
    {
        var y = _layer.Apply(x, context.Training);
        return context.Mask is null ? y : y * Ops.Cast(Ops.ExpandDims(context.Mask, 1), y.DType);
    }
}

/// <summary>Gives back what it gets; the recorded test looks at the arguments of its calls.</summary>
public sealed class CanaryLayer(string? name = null, DTypePolicy? dtype = null, bool trainable = true) : Layer(name, dtype, trainable)
{
    protected override Tensor Call(Tensor x, CallContext context) => x;
}
