namespace Keras.Layers;

/// <summary>Divides the kernel of a layer by its largest singular value in each training step, which bounds by how much the layer stretches its
/// inputs (Miyato et al., 2018), as <c>keras.layers.SpectralNormalization</c>. The kernel itself is overwritten.</summary>
public sealed class SpectralNormalization : Wrapper
{
    Variable? _kernel;
    Variable? _vector;

    /// <summary>Wraps a layer.</summary>
    /// <param name="layer">A layer with a kernel or embeddings.</param>
    /// <param name="powerIterations">How many steps the singular value is refined by in each call, 1 or more. Default 1.</param>
    /// <inheritdoc cref="Keras.Layer.Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">There are no steps.</exception>
    public SpectralNormalization(Layer layer, int powerIterations = 1, string? name = null, DTypePolicy? dtype = null, bool trainable = true,
        Regularizer? activityRegularizer = null) : base(layer, name, dtype, trainable, activityRegularizer) => PowerIterations = powerIterations > 0
        ? powerIterations : throw Errors.Argument(Who, "power_iterations is not positive", "1 or more", powerIterations);

    /// <summary>How many steps the singular value is refined by in each call.</summary>
    public int PowerIterations { get; }

    /// <inheritdoc/>
    protected override bool CastsInputs => false;

    // As Keras, which lists the kernel as this layer's own.
    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Weights => _kernel is null ? base.Weights : [_kernel, .. base.Weights.Where(w => w != _kernel)];

    internal override IReadOnlyList<Variable> OwnVariables => _kernel is null ? base.OwnVariables : [_kernel, .. base.OwnVariables];

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        base.BuildWeights(inputShape);
        _kernel = Layer.Weights.FirstOrDefault(w => w.Name is "kernel" or "embeddings")
            ?? throw Errors.Argument(Who, "the layer within has nothing to normalize", "a weight called kernel or embeddings", Layer);
        _vector = AddWeight([1, _kernel.Shape[-1]], new Initializers.TruncatedNormal(stddev: 0.02), _kernel.DType, trainable: false, name: "vector_u");
    }

    private protected override void Unbuild() => (_kernel, _vector) = (null, null);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Training) Normalize(_kernel!, _vector!);
        return Layer.Apply(x, context.Training, context.Mask);
    }

    void Normalize(Variable kernel, Variable vector)
    {
        var matrix = Ops.StopGradient(Ops.Reshape(kernel.Read(), [Shape.Unknown, kernel.Shape[-1]]));
        var across = Ops.Transpose(matrix);
        Tensor u = vector.Read(), v = u;
        for (var i = 0; i < PowerIterations; i++)
        {
            v = Ops.Normalize(Ops.Matmul(u, across), axis: null);
            u = Ops.Normalize(Ops.Matmul(v, matrix), axis: null);
        }
        var singular = Ops.Matmul(Ops.Matmul(v, matrix), Ops.Transpose(u));
        // A kernel of zeros has no direction, and stays.
        var empty = Ops.All(Ops.Equal(matrix, 0));
        Variable.AssignAll(
        [
            (kernel, Ops.Where(empty, kernel.Read(), kernel.Read() / Ops.Reshape(singular, Shape.Scalar))),
            (vector, Ops.Where(empty, vector.Read(), u)),
        ]);
    }
}
