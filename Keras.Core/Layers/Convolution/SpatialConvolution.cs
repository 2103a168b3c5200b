namespace Keras.Layers;

/// <summary>A window that slides over the spatial axes of (batch, spatial…, channels), or channels first, with weights of its own.</summary>
[ConfigKeys(Presence.Always, "activity_regularizer")]
public abstract class SpatialConvolution : ActivatedLayer
{
    Variable? _bias;

    private protected SpatialConvolution(int rank, Axes kernelSize, Axes? strides, Padding padding, DataFormat dataFormat, Axes? dilationRate,
        ActivationFunction? activation, bool useBias, Initializer? biasInitializer, Regularizer? biasRegularizer,
        Regularizer? activityRegularizer, Constraint? biasConstraint, string? name, DTypePolicy? dtype, bool trainable, bool causal = false)
        : base(activation, name, dtype, trainable, activityRegularizer)
    {
        Rank = rank;
        KernelSize = kernelSize.Expand(rank, Who, "kernel_size");
        Strides = (strides ?? 1).Expand(rank, Who, "strides");
        DilationRate = (dilationRate ?? 1).Expand(rank, Who, "dilation_rate");
        RefuseBoth(Strides, DilationRate, Who);
        (Padding, DataFormat, UseBias) = (causal ? padding : padding.NotCausal(Who), dataFormat.Resolved, useBias);
        (BiasInitializer, BiasRegularizer, BiasConstraint) = (biasInitializer ?? "zeros", biasRegularizer, biasConstraint);
        InputSpec = [new InputSpec(Ndim: rank + 2)];
    }

    /// <summary>Refuses steps that are strides and dilated at once.</summary>
    internal static void RefuseBoth(Axes strides, Axes dilationRate, string who)
    {
        if (strides.Any(s => s > 1) && dilationRate.Any(d => d > 1))
            throw Errors.Argument(who, "strides and dilation_rate cannot both be above 1", "one of them 1", $"strides {strides}, dilation_rate {dilationRate}");
    }

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

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; }

    /// <summary>The first bias.</summary>
    public Initializer BiasInitializer { get; }

    /// <summary>A penalty on the bias, if any.</summary>
    public Regularizer? BiasRegularizer { get; }

    /// <summary>A rule for the bias, if any.</summary>
    public Constraint? BiasConstraint { get; }

    /// <summary>The bias, one number a channel of the output; <c>null</c> before the layer is built, or without one.</summary>
    public Variable? Bias => _bias;

    private protected int Rank { get; }

    private protected bool ChannelsFirst => DataFormat.IsFirst;

    int ChannelAxis => ChannelsFirst ? 1 : Rank + 1;

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        var channels = inputShape[ChannelAxis];
        if (channels == Shape.Unknown)
            throw Errors.Argument(Who, "the number of channels is not known", $"a known dimension at axis {ChannelAxis}", inputShape);
        var outputs = BuildKernels(channels, inputShape);
        if (UseBias) _bias = AddWeight([outputs], BiasInitializer, regularizer: BiasRegularizer, constraint: BiasConstraint, name: "bias");
        InputSpec = [new InputSpec(Ndim: Rank + 2, Axes: new Dictionary<int, int> { [ChannelAxis] = channels })];
    }

    /// <summary>Makes the kernels for this many channels and gives the number of channels of the output.</summary>
    private protected abstract int BuildKernels(int channels, Shape inputShape);

    /// <summary>The window over the input, without bias and activation.</summary>
    private protected abstract Tensor Convolve(Tensor x);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        var y = Convolve(x);
        return Activation.Apply(_bias is null ? y : y + OnChannels(_bias.Value));
    }

    Tensor OnChannels(Tensor bias) => ChannelsFirst ? Ops.Reshape(bias, Shape.Of([bias.Shape[0], .. Enumerable.Repeat(1, Rank)])) : bias;

    private protected int Positive(string what, int value) => value > 0 ? value : throw Errors.Argument(Who, $"{what} is not positive", "1 or more", value);
}
