using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>Long short-term memory with convolutions for products, over (batch, time, spatial…, channels) or channels first (Shi et al., 2015).</summary>
[ConfigKeys(Presence.Derived, "unroll", "zero_output_for_mask")]
public abstract class ConvLSTM : RecurrentLayer
{
    private protected ConvLSTM(int rank, ConvLSTMCell cell, bool returnSequences, bool returnState, bool goBackwards, bool stateful, string? name,
        DTypePolicy? dtype, bool trainable, Regularizer? activityRegularizer)
        : base(cell, returnSequences, returnState, goBackwards, stateful, false, false, name, dtype, trainable, activityRegularizer) =>
        Sequence = new InputSpec(Ndim: rank + 3);

    ConvLSTMCell Own => (ConvLSTMCell)Cell;

    /// <inheritdoc cref="ConvLSTMCell.Filters"/>
    public int Filters => Own.Filters;

    /// <inheritdoc cref="ConvLSTMCell.KernelSize"/>
    public Axes KernelSize => Own.KernelSize;

    /// <inheritdoc cref="ConvLSTMCell.Strides"/>
    public Axes Strides => Own.Strides;

    /// <inheritdoc cref="ConvLSTMCell.Padding"/>
    public Padding Padding => Own.Padding;

    /// <inheritdoc cref="ConvLSTMCell.DataFormat"/>
    public DataFormat DataFormat => Own.DataFormat;

    /// <inheritdoc cref="ConvLSTMCell.DilationRate"/>
    public Axes DilationRate => Own.DilationRate;

    /// <inheritdoc cref="ConvLSTMCell.RecurrentActivation"/>
    public ActivationFunction RecurrentActivation => Own.RecurrentActivation;

    /// <inheritdoc cref="ConvLSTMCell.UnitForgetBias"/>
    public bool UnitForgetBias => Own.UnitForgetBias;

    private protected override int FeatureAxis => Own.ChannelAxis + 1;

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        var config = base.GetConfig();
        // Keras writes what its base class has, though these layers take neither.
        (config["unroll"], config["zero_output_for_mask"]) = (Unroll, ZeroOutputForMask);
        return config;
    }
}
