namespace Keras;

/// <summary>Makes the first values of a variable.</summary>
public abstract class Initializer
{
    /// <summary>Values of a shape.</summary>
    /// <param name="shape">The shape, fully known.</param>
    /// <param name="dtype">Default <see cref="Config.Floatx"/>.</param>
    public abstract Tensor Apply(Shape shape, DType? dtype = null);

    /// <summary>Reads Keras's name, such as <c>"glorot_uniform"</c> or <c>"zeros"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static implicit operator Initializer(string name) => KnownTypes.Create<Initializer>(name);
}
