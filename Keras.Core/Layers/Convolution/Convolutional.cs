using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>Filters that slide over the spatial axes of (batch, spatial…, channels), or channels first.</summary>
public abstract class Convolutional : ActivatedLayer
{
    readonly int _rank;
    Variable? _kernel;
    Variable? _bias;

    private protected Convolutional(int rank, int filters, Axes kernelSize, Axes? strides, Padding padding, DataFormat dataFormat,
        Axes? dilationRate, int groups, ActivationFunction? activation, bool useBias, Initializer? kernelInitializer,
        Initializer? biasInitializer, Regularizer? kernelRegularizer, Regularizer? biasRegularizer, Regularizer? activityRegularizer,
        Constraint? kernelConstraint, Constraint? biasConstraint, string? name, DTypePolicy? dtype, bool trainable)
        : base(activation, name, dtype, trainable, activityRegularizer)
    {
        _rank = rank;
        (Filters, Groups) = (Positive("filters", filters), Positive("groups", groups));
        if (filters % groups != 0)
            throw Errors.Argument(Who, "filters do not divide into the groups", $"a multiple of groups, {groups}", filters);
        KernelSize = kernelSize.Expand(rank, Who, "kernel_size");
        Strides = (strides ?? 1).Expand(rank, Who, "strides");
        DilationRate = (dilationRate ?? 1).Expand(rank, Who, "dilation_rate");
        if (Strides.Any(s => s > 1) && DilationRate.Any(d => d > 1))
            throw Errors.Argument(Who, "strides and dilation_rate cannot both be above 1", "one of them 1", $"strides {Strides}, dilation_rate {DilationRate}");
        (Padding, DataFormat, UseBias) = (rank == 1 ? padding : padding.NotCausal(Who), dataFormat.Resolved, useBias);
        (KernelInitializer, BiasInitializer) = (kernelInitializer ?? "glorot_uniform", biasInitializer ?? "zeros");
        (KernelRegularizer, BiasRegularizer) = (kernelRegularizer, biasRegularizer);
        (KernelConstraint, BiasConstraint) = (kernelConstraint, biasConstraint);
        InputSpec = [new InputSpec(Ndim: rank + 2)];
    }

    /// <summary>The number of filters: the channels of the output.</summary>
    public int Filters { get; }

    /// <summary>The window, one number a spatial axis.</summary>
    public Axes KernelSize { get; }

    /// <summary>The steps of the window, one number a spatial axis.</summary>
    public Axes Strides { get; }

    /// <summary>What happens at the border.</summary>
    public Padding Padding { get; }

    /// <summary>Where the channels stand.</summary>
    public DataFormat DataFormat { get; }

    /// <summary>The distance between the elements of a window, one number a spatial axis.</summary>
    public Axes DilationRate { get; }

    /// <summary>Into how many groups the channels are split, each with filters of its own.</summary>
    public int Groups { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; }

    /// <summary>The first kernel.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>The first bias.</summary>
    public Initializer BiasInitializer { get; }

    /// <summary>A penalty on the kernel, if any.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>A penalty on the bias, if any.</summary>
    public Regularizer? BiasRegularizer { get; }

    /// <summary>A rule for the kernel, if any.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>A rule for the bias, if any.</summary>
    public Constraint? BiasConstraint { get; }

    /// <summary>The kernel, (window…, channels / groups, filters); <c>null</c> before the layer is built.</summary>
    public Variable? Kernel => _kernel;

    /// <summary>The bias, (filters,); <c>null</c> before the layer is built, or without one.</summary>
    public Variable? Bias => _bias;

    private protected bool ChannelsFirst => DataFormat.IsFirst;

    int ChannelAxis => ChannelsFirst ? 1 : _rank + 1;

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        var channels = inputShape[ChannelAxis];
        if (channels == Shape.Unknown)
            throw Errors.Argument(Who, "the number of channels is not known", $"a known dimension at axis {ChannelAxis}", inputShape);
        if (channels % Groups != 0)
            throw Errors.Argument(Who, "the channels do not divide into the groups", $"a multiple of groups, {Groups}, at axis {ChannelAxis}", inputShape);
        _kernel = AddWeight(Shape.Of([.. KernelSize, channels / Groups, Filters]), KernelInitializer, regularizer: KernelRegularizer,
            constraint: KernelConstraint, name: "kernel");
        if (UseBias) _bias = AddWeight([Filters], BiasInitializer, regularizer: BiasRegularizer, constraint: BiasConstraint, name: "bias");
        InputSpec = [new InputSpec(Ndim: _rank + 2, Axes: new Dictionary<int, int> { [ChannelAxis] = channels })];
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => Convolve(x, Padding);

    private protected Tensor Convolve(Tensor x, Padding padding)
    {
        var y = Ops.Conv(x, _kernel!.Value, Strides, padding, DataFormat, DilationRate);
        return Activation.Apply(_bias is null ? y : y + OnChannels(_bias.Value));
    }

    Tensor OnChannels(Tensor bias) => ChannelsFirst ? Ops.Reshape(bias, Shape.Of([Filters, .. Enumerable.Repeat(1, _rank)])) : bias;

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        var config = base.GetConfig();
        // Keras's convolutions name this argument as their own, so it is written even where there is none.
        config.TryAdd("activity_regularizer", null);
        return config;
    }

    int Positive(string what, int value) => value > 0 ? value : throw Errors.Argument(Who, $"{what} is not positive", "1 or more", value);
}
