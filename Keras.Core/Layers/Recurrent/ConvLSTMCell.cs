namespace Keras.Layers;

/// <summary>One step of <see cref="ConvLSTM2D"/> and its kin: that of <see cref="LSTMCell"/> with convolutions for products. The recurrent one has
/// strides of 1 and keeps the size.</summary>
public sealed class ConvLSTMCell : RecurrentCell
{
    readonly int _rank;
    Shape _state;

    /// <summary>Chooses the filters and what belongs to the weights.</summary>
    /// <param name="filters">The channels of the states and of the output, 1 or more.</param>
    /// <param name="kernelSize">The window, one number for each of the one to three spatial axes.</param>
    /// <param name="strides">The steps of the window over the input. Default 1.</param>
    /// <param name="padding">What happens at the border of the input. Default valid.</param>
    /// <param name="dataFormat">Default <see cref="Config.ImageDataFormat"/>.</param>
    /// <param name="dilationRate">The distance between the elements of a window over the input. Default 1.</param>
    /// <inheritdoc cref="LSTMCell(int, ActivationFunction?, ActivationFunction?, bool, Initializer?, Initializer?, Initializer?, bool, Regularizer?, Regularizer?, Regularizer?, Constraint?, Constraint?, Constraint?, double, double, int?, string?, DTypePolicy?, bool)" path="/param[@name!='units']"/>
    /// <exception cref="ArgumentException">A number is not positive, both strides and dilation are above 1, or a rate is outside of [0, 1].</exception>
    public ConvLSTMCell(int filters, Axes kernelSize, Axes? strides = null, Padding padding = default, DataFormat dataFormat = default,
        Axes? dilationRate = null, ActivationFunction? activation = null, ActivationFunction? recurrentActivation = null, bool useBias = true,
        Initializer? kernelInitializer = null, Initializer? recurrentInitializer = null, Initializer? biasInitializer = null,
        bool unitForgetBias = true, Regularizer? kernelRegularizer = null, Regularizer? recurrentRegularizer = null,
        Regularizer? biasRegularizer = null, Constraint? kernelConstraint = null, Constraint? recurrentConstraint = null,
        Constraint? biasConstraint = null, double dropout = 0, double recurrentDropout = 0, int? seed = null, string? name = null,
        DTypePolicy? dtype = null, bool trainable = true)
        : base(activation, useBias, kernelInitializer, recurrentInitializer, biasInitializer, kernelRegularizer, recurrentRegularizer,
            biasRegularizer, kernelConstraint, recurrentConstraint, biasConstraint, dropout, recurrentDropout, seed, name, dtype, trainable)
    {
        _rank = kernelSize.Count is >= 1 and <= 3 ? kernelSize.Count
            : throw Errors.Argument(Who, "kernel_size has a wrong number of values", "one for each of 1 to 3 spatial axes", kernelSize);
        Filters = filters > 0 ? filters : throw Errors.Argument(Who, "filters is not positive", "1 or more", filters);
        KernelSize = kernelSize.Expand(_rank, Who, "kernel_size");
        Strides = (strides ?? 1).Expand(_rank, Who, "strides");
        DilationRate = (dilationRate ?? 1).Expand(_rank, Who, "dilation_rate");
        SpatialConvolution.RefuseBoth(Strides, DilationRate, Who);
        (Padding, DataFormat) = (padding.NotCausal(Who), dataFormat.Resolved);
        (RecurrentActivation, UnitForgetBias) = (recurrentActivation ?? "sigmoid", unitForgetBias);
    }

    /// <summary>The channels of the states and of the output.</summary>
    public int Filters { get; }

    /// <summary>The window, one number a spatial axis.</summary>
    public Axes KernelSize { get; }

    /// <summary>The steps of the window over the input, one number a spatial axis.</summary>
    public Axes Strides { get; }

    /// <summary>What happens at the border of the input.</summary>
    public Padding Padding { get; }

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat { get; }

    /// <summary>The distance between the elements of a window over the input, one number a spatial axis.</summary>
    public Axes DilationRate { get; }

    /// <summary>Applied to the gates.</summary>
    public ActivationFunction RecurrentActivation { get; }

    /// <summary>Whether the bias of the gate for forgetting begins at 1.</summary>
    public bool UnitForgetBias { get; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The cell is not built: the size depends on that of the input.</exception>
    public override IReadOnlyList<Shape> StateSize => _state.Rank > 0 ? [_state, _state]
        : throw Errors.Invalid(Who, "the size of the states depends on the input", "a built cell", "an unbuilt one");

    private protected override int MaskCount => 4;

    /// <summary>The axis of the channels, without time.</summary>
    internal int ChannelAxis => DataFormat.IsFirst ? 1 : _rank + 1;

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        if (inputShape.Rank != _rank + 2) throw Errors.Argument(Who, "the input has a wrong rank", $"{_rank + 2} dimensions", inputShape);
        if (!inputShape.Slice(1, _rank + 1).IsKnown)
            throw Errors.Argument(Who, "the size of the images is not known", "known dimensions behind the batch", inputShape);
        var window = Shape.Of([.. KernelSize]);
        AddWeights(window.Append([inputShape[ChannelAxis], 4 * Filters]), window.Append([Filters, 4 * Filters]), [4 * Filters],
            UnitForgetBias ? new LSTMCell.ForgetBias(BiasInitializer) : null);
        var type = new TensorType(Dtype.ComputeDType, inputShape.With(0, Shape.Unknown));
        var output = Convolve(Recurrence.StandIn(type), Recurrence.StandIn(type.As(window.Append([inputShape[ChannelAxis], Filters])))).Shape;
        _state = output.Slice(1, _rank + 1);
    }

    Tensor Convolve(Tensor x, Tensor kernel) => Ops.Conv(x, kernel, Strides, Padding, DataFormat, DilationRate);

    private protected override (Tensor Output, IReadOnlyList<Tensor> States) Compute(Tensor x, IReadOnlyList<Tensor> states, IReadOnlyList<Nest> inputMasks, IReadOnlyList<Nest> stateMasks)
    {
        var z = Gates(x, Kernel!.Value, 4, inputMasks, Convolve, ChannelAxis);
        if (Bias is not null) z += DataFormat.IsFirst ? Ops.Reshape(Bias.Value, Shape.Of([4 * Filters, .. Enumerable.Repeat(1, _rank)])) : Bias.Value;
        z += Gates(states[0], RecurrentKernel!.Value, 4, stateMasks, (h, kernel) => Ops.Conv(h, kernel, 1, Padding.Same, DataFormat), ChannelAxis);
        return LSTMCell.Finish(z, states[1], ChannelAxis, Activation, RecurrentActivation);
    }
}
