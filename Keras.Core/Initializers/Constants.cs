using System.Text.Json.Nodes;

namespace Keras.Initializers;

/// <summary>All zeros.</summary>
public sealed class Zeros : Initializer
{
    /// <inheritdoc/>
    public override Tensor Apply(Shape shape, DType? dtype = null) => Ops.Zeros(shape, dtype);
}

/// <summary>All ones.</summary>
public sealed class Ones : Initializer
{
    /// <inheritdoc/>
    public override Tensor Apply(Shape shape, DType? dtype = null) => Ops.Ones(shape, dtype);
}

/// <summary>One value everywhere, or the values of a tensor.</summary>
/// <param name="value">A number, or a tensor that stretches to the shapes asked for. Default 0.</param>
public sealed class Constant(Tensor? value = null) : Initializer
{
    /// <summary>The value.</summary>
    public Tensor Value { get; } = value ?? 0.0;

    /// <inheritdoc/>
    public override JsonObject GetConfig() => new() { ["value"] = ValueKinds.Typed(Value, "__numpy__") };

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The value does not stretch to the shape.</exception>
    public override Tensor Apply(Shape shape, DType? dtype = null) => Ops.Full(shape, Value, dtype);
}

/// <summary>A matrix with one value on the diagonal and zeros elsewhere.</summary>
/// <param name="gain">The value on the diagonal. Default 1.</param>
public sealed class Identity(double gain = 1) : Initializer
{
    /// <summary>The value on the diagonal.</summary>
    public double Gain => gain;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shape is not that of a matrix.</exception>
    public override Tensor Apply(Shape shape, DType? dtype = null)
    {
        if (shape.Rank != 2) throw Errors.Argument("Identity", "only a matrix can be the identity", "2 dimensions", shape);
        var (rows, columns) = (Ops.ExpandDims(Ops.Arange(shape[0]), 1), Ops.Arange(shape[1]));
        return Ops.Cast(Ops.Equal(rows, columns), dtype ?? Config.Floatx) * gain;
    }
}
