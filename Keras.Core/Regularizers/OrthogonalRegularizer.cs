namespace Keras.Regularizers;

/// <summary>A penalty on matrices whose rows or columns are not at right angles: the factor times the mean absolute cosine of the
/// angles between them.</summary>
public sealed class OrthogonalRegularizer : Regularizer
{
    /// <summary>Chooses the factor and what is compared.</summary>
    /// <param name="factor">The factor. Default 0.01.</param>
    /// <param name="mode"><c>rows</c> (default) or <c>columns</c>.</param>
    /// <exception cref="ArgumentException">The factor is not finite, or the mode is unknown.</exception>
    public OrthogonalRegularizer(double factor = 0.01, string mode = "rows")
    {
        Factor = double.IsFinite(factor) ? factor : throw Errors.Argument("OrthogonalRegularizer", "factor is no number", "a finite number", factor);
        Mode = Choice.Check("mode", mode, "rows", "columns");
    }

    /// <summary>The factor.</summary>
    public double Factor { get; }

    /// <summary>What is compared.</summary>
    public string Mode { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The tensor is not a matrix.</exception>
    public override Tensor Apply(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != 2) throw Errors.Argument("OrthogonalRegularizer", "only a matrix has rows and columns", "2 dimensions", x.Shape);
        if (Mode == "columns") x = Ops.Transpose(x);
        var floor = Config.Epsilon * Config.Epsilon;
        var unit = x * Ops.Rsqrt(Ops.Maximum(Ops.Sum(Ops.Square(x), 1, keepdims: true), floor));
        var size = x.Shape[0];
        var index = Ops.Arange(size);
        var cosines = Ops.Where(Ops.Equal(Ops.ExpandDims(index, 1), index), 0, Ops.Matmul(unit, Ops.Transpose(unit)));
        return Ops.Sum(Ops.Absolute(cosines)) * (Factor / (size * (size - 1.0)));
    }
}
