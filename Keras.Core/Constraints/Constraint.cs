namespace Keras;

/// <summary>A rule that the values of a variable are brought to after each optimizer step.</summary>
public abstract class Constraint
{
    /// <summary>The values nearest to the given ones that keep the rule.</summary>
    public abstract Tensor Apply(Tensor w);

    /// <summary>Reads Keras's name, such as <c>"non_neg"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static implicit operator Constraint(string name) => KnownTypes.Create<Constraint>(name);
}
