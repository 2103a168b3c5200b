namespace Keras.Initializers;

/// <summary>A random orthogonal matrix, or one with orthonormal rows or columns where it is not square (Saxe et al., 2014). Tensors of more dimensions
/// are such a matrix with all axes but the last as rows.</summary>
/// <param name="gain">A factor. Default 1.</param>
/// <param name="seed">Default one drawn now.</param>
public sealed class Orthogonal(double gain = 1, int? seed = null) : RandomInitializer(seed)
{
    /// <summary>The factor.</summary>
    public double Gain => gain;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shape has fewer than 2 dimensions.</exception>
    public override Tensor Apply(Shape shape, DType? dtype = null)
    {
        if (shape.Rank < 2) throw Errors.Argument("Orthogonal", "there is no matrix", "2 dimensions or more", shape);
        var (rows, columns) = (Shape.Dim(shape.Slice(0, shape.Rank - 1).Size), shape[-1]);
        var (q, r) = Ops.Qr(Random.Normal([Math.Max(rows, columns), Math.Min(rows, columns)], dtype: dtype, seed: Drawn));
        // With these signs all orthogonal matrices are equally likely.
        q *= Ops.Sign(Ops.Diagonal(r));
        return Ops.Reshape(rows < columns ? Ops.Transpose(q) : q, shape) * gain;
    }
}
