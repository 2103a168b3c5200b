namespace Keras.Layers;

/// <summary>A recurrent layer with a cell of this library, whose arguments are the layer's own.</summary>
[ConfigKeys(Presence.Always, "activity_regularizer")]
[ConfigKeys(Presence.Never, "use_cudnn", "implementation")]
public abstract class RecurrentLayer : RNN
{
    private protected RecurrentLayer(RecurrentCell cell, bool returnSequences, bool returnState, bool goBackwards, bool stateful, bool unroll,
        bool zeroOutputForMask, string? name, DTypePolicy? dtype, bool trainable, Regularizer? activityRegularizer)
        : base(cell, returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask, name, dtype, trainable, activityRegularizer) =>
        Sequence = new InputSpec(Ndim: 3);

    RecurrentCell Own => (RecurrentCell)Cell;

    /// <inheritdoc cref="RecurrentCell.Activation"/>
    public ActivationFunction Activation => Own.Activation;

    /// <inheritdoc cref="RecurrentCell.UseBias"/>
    public bool UseBias => Own.UseBias;

    /// <inheritdoc cref="RecurrentCell.KernelInitializer"/>
    public Initializer KernelInitializer => Own.KernelInitializer;

    /// <inheritdoc cref="RecurrentCell.RecurrentInitializer"/>
    public Initializer RecurrentInitializer => Own.RecurrentInitializer;

    /// <inheritdoc cref="RecurrentCell.BiasInitializer"/>
    public Initializer BiasInitializer => Own.BiasInitializer;

    /// <inheritdoc cref="RecurrentCell.KernelRegularizer"/>
    public Regularizer? KernelRegularizer => Own.KernelRegularizer;

    /// <inheritdoc cref="RecurrentCell.RecurrentRegularizer"/>
    public Regularizer? RecurrentRegularizer => Own.RecurrentRegularizer;

    /// <inheritdoc cref="RecurrentCell.BiasRegularizer"/>
    public Regularizer? BiasRegularizer => Own.BiasRegularizer;

    /// <inheritdoc cref="RecurrentCell.KernelConstraint"/>
    public Constraint? KernelConstraint => Own.KernelConstraint;

    /// <inheritdoc cref="RecurrentCell.RecurrentConstraint"/>
    public Constraint? RecurrentConstraint => Own.RecurrentConstraint;

    /// <inheritdoc cref="RecurrentCell.BiasConstraint"/>
    public Constraint? BiasConstraint => Own.BiasConstraint;

    /// <inheritdoc cref="RecurrentCell.Dropout"/>
    public double Dropout => Own.Dropout;

    /// <inheritdoc cref="RecurrentCell.RecurrentDropout"/>
    public double RecurrentDropout => Own.RecurrentDropout;

    /// <inheritdoc cref="RecurrentCell.Seed"/>
    public int? Seed => Own.Seed;

    /// <summary>The axis of the features, counted with batch and time.</summary>
    private protected virtual int FeatureAxis => -1;

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        base.BuildWeights(inputShape);
        Sequence = Sequence with { Axes = new Dictionary<int, int> { [FeatureAxis] = inputShape[FeatureAxis] } };
    }
}
