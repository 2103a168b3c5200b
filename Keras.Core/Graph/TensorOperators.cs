using System.Numerics;

namespace Keras;

// Operators and literals: everything here is a name for a function of Ops.
public sealed partial class Tensor
{
#pragma warning disable CA2225 // The named twins of these operators are the functions of Ops.
    /// <summary>A literal of weak dtype: it takes the floating dtype of what it meets.</summary>
    public static implicit operator Tensor(double value) => Weak(value);

    /// <summary>A literal of weak dtype: it takes the floating dtype of what it meets.</summary>
    public static implicit operator Tensor(float value) => Weak(value);

    /// <summary>A literal of weak dtype: it takes the dtype of what it meets.</summary>
    public static implicit operator Tensor(int value) => Weak(value);

    /// <summary>A literal of weak dtype: the complex one for the floating dtype of what it meets.</summary>
    public static implicit operator Tensor(Complex value) => Weak(value);

    /// <summary>A literal of weak dtype.</summary>
    public static implicit operator Tensor(bool value) => Weak(value);

    /// <summary>The part that a key names: see <see cref="Ops.GetItem"/>. <c>x[0]</c>, <c>x[^1, 1..3]</c>, <c>x[TensorIndex.Ellipsis, 0]</c>.</summary>
    /// <exception cref="ArgumentException">The key does not fit the tensor.</exception>
    [System.Runtime.CompilerServices.IndexerName("At")]
    public Tensor this[params ReadOnlySpan<TensorIndex> key] => Ops.GetItem(this, key.ToArray());

    /// <summary>The variable's value as it is now.</summary>
    public static implicit operator Tensor(Variable variable) => variable.Value;

    /// <summary>Sum of each pair of elements.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => Ops.Add(a, b);

    /// <summary>Difference of each pair of elements.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => Ops.Subtract(a, b);

    /// <summary>Product of each pair of elements.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => Ops.Multiply(a, b);

    /// <summary>Quotient of each pair of elements; integers give a floating result.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => Ops.Divide(a, b);

    /// <summary>Remainder of each pair of elements, with the sign of the divisor.</summary>
    public static Tensor operator %(Tensor a, Tensor b) => Ops.Mod(a, b);

    /// <summary>Each element with the opposite sign.</summary>
    public static Tensor operator -(Tensor a) => Ops.Negative(a);

    /// <summary>Whether each element is less than the other.</summary>
    public static Tensor operator <(Tensor a, Tensor b) => Ops.Less(a, b);

    /// <summary>Whether each element is greater than the other.</summary>
    public static Tensor operator >(Tensor a, Tensor b) => Ops.Greater(a, b);

    /// <summary>Whether each element is at most the other.</summary>
    public static Tensor operator <=(Tensor a, Tensor b) => Ops.LessEqual(a, b);

    /// <summary>Whether each element is at least the other.</summary>
    public static Tensor operator >=(Tensor a, Tensor b) => Ops.GreaterEqual(a, b);
#pragma warning restore CA2225
}
