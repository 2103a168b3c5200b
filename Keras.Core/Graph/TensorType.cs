namespace Keras;

/// <summary>The dtype and shape of a tensor, or the types of the parts where an op has several results.</summary>
public readonly struct TensorType : IEquatable<TensorType>
{
    readonly TensorType[]? _parts;

    /// <summary>Makes the type of one tensor.</summary>
    public TensorType(DType dtype, Shape shape) => (DType, Shape) = (dtype, shape);

    TensorType(TensorType[] parts) => _parts = parts;

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The shape.</summary>
    public Shape Shape { get; }

    /// <summary>The types of the results of an op with several; empty for one tensor.</summary>
    internal ReadOnlySpan<TensorType> Parts => _parts;

    /// <summary>Whether this is the type of several results.</summary>
    internal bool IsTuple => _parts is not null;

    /// <summary>The size of the data in bytes.</summary>
    internal long Bytes => Shape.Size * DType.Size();

    internal static TensorType Tuple(params TensorType[] parts) => new(parts);

    internal TensorType As(DType dtype) => new(dtype, Shape);

    internal TensorType As(Shape shape) => new(DType, shape);

    /// <inheritdoc/>
    public bool Equals(TensorType other) => DType == other.DType && Shape == other.Shape
        && IsTuple == other.IsTuple && Parts.SequenceEqual(other.Parts);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TensorType other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(DType, Shape, _parts?.Length);

    /// <summary>Whether two types are equal.</summary>
    public static bool operator ==(TensorType a, TensorType b) => a.Equals(b);

    /// <summary>Whether two types differ.</summary>
    public static bool operator !=(TensorType a, TensorType b) => !a.Equals(b);

    /// <inheritdoc/>
    public override string ToString() => _parts is null ? $"{DType.Name()} {Shape}" : $"({string.Join(", ", _parts)})";
}
