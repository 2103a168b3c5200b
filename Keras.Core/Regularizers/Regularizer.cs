namespace Keras;

/// <summary>A penalty on the values of a tensor that joins the loss.</summary>
public abstract class Regularizer
{
    /// <summary>The penalty, a scalar.</summary>
    public abstract Tensor Apply(Tensor x);

    /// <summary>Reads Keras's name, such as <c>"l2"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static implicit operator Regularizer(string name) => KnownTypes.Create<Regularizer>(name);
}
