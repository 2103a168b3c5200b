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
        var (rows, columns) = (checked((int)shape.Slice(0, shape.Rank - 1).Size), shape[-1]);
        var (tall, narrow) = (Math.Max(rows, columns), Math.Min(rows, columns));
        var q = Random.Normal([tall, narrow], dtype: dtype, seed: Drawn).ToDoubles();
        Orthogonalize(q, tall, narrow);
        var matrix = Ops.Cast(Tensor.Of(q, [tall, narrow]), dtype ?? Config.Floatx);
        return Ops.Reshape(rows < columns ? Ops.Transpose(matrix) : matrix, shape) * gain;
    }

    // Twice, so that rounding leaves nothing of the columns before.
    static void Orthogonalize(double[] q, int rows, int columns)
    {
        for (var j = 0; j < columns; j++)
        {
            for (var k = 0; k < 2 * j; k++) Subtract(q, rows, columns, j, k % j);
            var norm = 0.0;
            for (var i = 0; i < rows; i++) norm += q[(i * columns) + j] * q[(i * columns) + j];
            for (var i = 0; i < rows; i++) q[(i * columns) + j] /= Math.Sqrt(norm);
        }
    }

    static void Subtract(double[] q, int rows, int columns, int from, int what)
    {
        var product = 0.0;
        for (var i = 0; i < rows; i++) product += q[(i * columns) + from] * q[(i * columns) + what];
        for (var i = 0; i < rows; i++) q[(i * columns) + from] -= product * q[(i * columns) + what];
    }
}
