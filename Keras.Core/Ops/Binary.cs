namespace Keras;

/// <summary>Two inputs of one dtype, broadcast together, element by element.</summary>
abstract record Binary : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameDType(inputs);
        return inputs[0].As(Shape.Broadcast(inputs[0].Shape, inputs[1].Shape, Name));
    }

    protected internal sealed override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var (a, b) = Vjp(result.Inputs[0], result.Inputs[1], result, gradient);
        return [a, b];
    }

    /// <summary>The gradients for a and b, given a, b, the result y and its gradient g; of the result's shape.</summary>
    protected abstract (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g);
}

/// <summary>A binary op without gradient.</summary>
abstract record Discrete : Binary
{
    protected sealed override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g) => (null, null);
}

/// <summary>A binary op on integers. Of floats its type is inferred, but there is no value.</summary>
abstract record Whole : Discrete
{
    internal override Tensor? Decompose(ReadOnlySpan<Tensor> inputs) => inputs[0].DType.IsInexact() ? throw Refuse(inputs[0]) : null;

    internal ArgumentException Refuse(Tensor x) => Wrong("bits are those of integers", "an integer or bool dtype", x.DType.Name());
}

/// <summary>Two inputs of one dtype, broadcast together; a truth value for each pair.</summary>
abstract record Comparison : Discrete
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => base.Infer(inputs).As(DType.Bool);
}

sealed record Add : Binary { protected override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g) => (g, g); }
sealed record Subtract : Binary { protected override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g) => (g, -g); }
sealed record Multiply : Binary { protected override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g) => (g * Ops.Conj(b), g * Ops.Conj(a)); }
sealed record Divide : Binary
{
    protected override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g) => (g / Ops.Conj(b), -g * Ops.Conj(y) / Ops.Conj(b));
}
sealed record FloorDivide : Discrete;
sealed record Mod : Binary
{
    protected override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g) => (g, -g * Ops.FloorDivide(a, b));
}
sealed record Power : Binary
{
    protected override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g)
    {
        var zero = Ops.Equal(a, 0);
        var log = Ops.Log(Ops.Where(zero, Ops.OnesLike(a), a));
        return (g * Ops.Where(Ops.Equal(b, 0), 0, b * Ops.Power(a, b - 1)), g * Ops.Where(zero, 0, y * log));
    }
}
sealed record Maximum : Binary { protected override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g) => Ops.Winner(a, b, y, g); }
sealed record Minimum : Binary { protected override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g) => Ops.Winner(a, b, y, g); }
sealed record Arctan2 : Binary
{
    protected override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g)
    {
        var scale = g / (a * a + b * b);
        return (scale * b, -scale * a);
    }
}
sealed record Logaddexp : Binary
{
    protected override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g) => (g * Ops.Sigmoid(a - b), g * Ops.Sigmoid(b - a));
}
sealed record Hypot : Binary { protected override (Tensor?, Tensor?) Vjp(Tensor a, Tensor b, Tensor y, Tensor g) => (g * a / y, g * b / y); }
sealed record BitwiseAnd : Whole;
sealed record BitwiseOr : Whole;
sealed record BitwiseXor : Whole;
sealed record LeftShift : Whole;
sealed record RightShift : Whole;
sealed record Gcd : Whole;
sealed record Equal : Comparison;
sealed record NotEqual : Comparison;
sealed record Less : Comparison;
sealed record LessEqual : Comparison;
sealed record Greater : Comparison;
sealed record GreaterEqual : Comparison;

/// <summary>x limited to [low, high]. The gradient passes whole at the limits themselves, where the two comparisons would share it.</summary>
sealed record Clip : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        SameDType(inputs);
        return inputs[0].As(Shape.Broadcast(inputs[0].Shape, Shape.Broadcast(inputs[1].Shape, inputs[2].Shape, Name), Name));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var (x, low, high) = (result.Inputs[0], result.Inputs[1], result.Inputs[2]);
        var (below, above) = (Ops.Less(x, low), Ops.Greater(x, high));
        return [Ops.Where(Ops.LogicalOr(below, above), 0, gradient), Ops.Where(below, gradient, 0), Ops.Where(above, gradient, 0)];
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs) => Ops.Minimum(Ops.Maximum(inputs[0], inputs[1]), inputs[2]);
}

/// <summary>From a truth value and two tensors: the first where it is true, else the second; all broadcast together.</summary>
sealed record Select : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        if (inputs[0].DType != DType.Bool) throw Wrong("the choice is no truth value", "bool", inputs[0]);
        SameDType(inputs[1..]);
        return inputs[1].As(Shape.Broadcast(inputs[0].Shape, Shape.Broadcast(inputs[1].Shape, inputs[2].Shape, Name), Name));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient)
    {
        var condition = result.Inputs[0];
        return [null, Ops.Where(condition, gradient, 0), Ops.Where(condition, 0, gradient)];
    }
}

public static partial class Ops
{
    /// <summary>Brings two operands to their common dtype; a weak literal follows the other.</summary>
    internal static (Tensor, Tensor) Promote(Tensor a, Tensor b)
    {
        var dtype = ResultType(a, b);
        return (Cast(a, dtype), Cast(b, dtype));
    }

    internal static DType ResultType(Tensor a, Tensor b) => (a.IsWeak, b.IsWeak) switch
    {
        (true, false) => DTypes.PromoteWeak(b.DType, a.DType),
        (false, true) => DTypes.PromoteWeak(a.DType, b.DType),
        (true, true) => DTypes.Promote(Strong(a.DType), Strong(b.DType)),
        _ => DTypes.Promote(a.DType, b.DType),
    };

    static DType Strong(DType literal) => literal.IsFloating() ? Config.Floatx : literal.IsComplex() ? Config.Floatx.ToComplex() : literal;

    static Tensor Binary<T>(Tensor a, Tensor b) where T : Binary, new()
    {
        (a, b) = Promote(a, b);
        return Instance<T>.Op.On(a, b);
    }

    static Tensor FloatingBinary<T>(Tensor a, Tensor b) where T : Binary, new()
    {
        (a, b) = Promote(a, b);
        return Instance<T>.Op.On(AsFloating(a, typeof(T).Name), AsFloating(b, typeof(T).Name));
    }

    static Tensor Integer<T>(Tensor a, Tensor b) where T : Whole, new()
    {
        (a, b) = Promote(a, b);
        var node = Instance<T>.Op.On(a, b);
        // As in Keras, what depends on an Input is refused when it is computed.
        return a.DType.IsInexact() && !node.IsOpen ? throw Instance<T>.Op.Refuse(a) : node;
    }

    /// <summary>The gradient goes to the operand that won, half to each where they tie.</summary>
    internal static (Tensor, Tensor) Winner(Tensor a, Tensor b, Tensor y, Tensor g)
    {
        var (first, second) = (Cast(Equal(a, y), g.DType), Cast(Equal(b, y), g.DType));
        var share = g / Maximum(first + second, 1);
        return (share * first, share * second);
    }

    /// <summary>Sum of each pair of elements.</summary>
    public static Tensor Add(Tensor x1, Tensor x2) => Binary<Add>(x1, x2);

    /// <summary>Difference of each pair of elements.</summary>
    public static Tensor Subtract(Tensor x1, Tensor x2) => Binary<Subtract>(x1, x2);

    /// <summary>Product of each pair of elements.</summary>
    public static Tensor Multiply(Tensor x1, Tensor x2) => Binary<Multiply>(x1, x2);

    /// <summary>Quotient of each pair of elements; integers give a floating result.</summary>
    public static Tensor Divide(Tensor x1, Tensor x2)
    {
        (x1, x2) = Promote(x1, x2);
        return Instance<Divide>.Op.On(AsInexact(x1), AsInexact(x2));
    }

    /// <summary>Quotient of each pair of elements; integers give a floating result.</summary>
    public static Tensor TrueDivide(Tensor x1, Tensor x2) => Divide(x1, x2);

    /// <summary>Quotient of each pair of elements rounded down. Integers divided by 0 give 0.</summary>
    public static Tensor FloorDivide(Tensor x1, Tensor x2)
    {
        (x1, x2) = Promote(x1, x2);
        return x1.DType.IsFloating() ? Floor(Divide(x1, x2)) : new FloorDivide().On(AsNumber(x1), AsNumber(x2));
    }

    /// <summary>Remainder of each pair of elements, with the sign of the divisor. Integers divided by 0 give 0.</summary>
    public static Tensor Mod(Tensor x1, Tensor x2)
    {
        (x1, x2) = Promote(x1, x2);
        return new Mod().On(AsNumber(x1), AsNumber(x2));
    }

    static Tensor AsNumber(Tensor x) => x.DType == DType.Bool ? Cast(x, DType.Int32) : x;

    /// <summary>Each element of the first to the power of that of the second.</summary>
    public static Tensor Power(Tensor x1, Tensor x2)
    {
        (x1, x2) = Promote(x1, x2);
        return new Power().On(AsNumber(x1), AsNumber(x2));
    }

    /// <summary>The larger of each pair of elements; NaN where one is NaN.</summary>
    public static Tensor Maximum(Tensor x1, Tensor x2) => Binary<Maximum>(x1, x2);

    /// <summary>The smaller of each pair of elements; NaN where one is NaN.</summary>
    public static Tensor Minimum(Tensor x1, Tensor x2) => Binary<Minimum>(x1, x2);

    /// <summary>The angle of each point (x2, x1), in radians.</summary>
    public static Tensor Arctan2(Tensor x1, Tensor x2) => FloatingBinary<Arctan2>(x1, x2);

    /// <summary>The logarithm of the sum of the exponentials of each pair of elements, without overflow.</summary>
    public static Tensor Logaddexp(Tensor x1, Tensor x2) => FloatingBinary<Logaddexp>(x1, x2);

    /// <summary>The length of the hypotenuse over each pair of elements, without overflow.</summary>
    public static Tensor Hypot(Tensor x1, Tensor x2) => FloatingBinary<Hypot>(x1, x2);

    /// <summary>Each element limited to an interval.</summary>
    public static Tensor Clip(Tensor x, Tensor xMin, Tensor xMax)
    {
        x = AsNumber(x);
        var dtype = DTypes.Promote(ResultType(x, xMin), ResultType(x, xMax));
        return new Clip().On(Cast(x, dtype), Cast(xMin, dtype), Cast(xMax, dtype));
    }

    /// <summary>Bits set in both of each pair of integers.</summary>
    public static Tensor BitwiseAnd(Tensor x, Tensor y) => Integer<BitwiseAnd>(x, y);

    /// <summary>Bits set in either of each pair of integers.</summary>
    public static Tensor BitwiseOr(Tensor x, Tensor y) => Integer<BitwiseOr>(x, y);

    /// <summary>Bits set in one of each pair of integers only.</summary>
    public static Tensor BitwiseXor(Tensor x, Tensor y) => Integer<BitwiseXor>(x, y);

    /// <summary>The bits of each integer moved up.</summary>
    public static Tensor LeftShift(Tensor x, Tensor y) => Integer<LeftShift>(x, y);

    /// <summary>The bits of each integer moved down; the sign stays.</summary>
    public static Tensor RightShift(Tensor x, Tensor y) => Integer<RightShift>(x, y);

    /// <summary>Whether both of each pair of elements are true.</summary>
    public static Tensor LogicalAnd(Tensor x1, Tensor x2) => Integer<BitwiseAnd>(Cast(x1, DType.Bool), Cast(x2, DType.Bool));

    /// <summary>Whether one of each pair of elements is true.</summary>
    public static Tensor LogicalOr(Tensor x1, Tensor x2) => Integer<BitwiseOr>(Cast(x1, DType.Bool), Cast(x2, DType.Bool));

    /// <summary>Whether exactly one of each pair of elements is true.</summary>
    public static Tensor LogicalXor(Tensor x1, Tensor x2) => Integer<BitwiseXor>(Cast(x1, DType.Bool), Cast(x2, DType.Bool));

    static Tensor Matching<T>(Tensor a, Tensor b, bool both) where T : Binary, new()
    {
        (a, b) = Promote(a, b);
        return a.DType.IsComplex() ? OfParts(a, p => Instance<T>.Op.On(p, ViewAsReal(b)), both) : Instance<T>.Op.On(a, b);
    }

    /// <summary>Whether the elements of each pair are equal.</summary>
    public static Tensor Equal(Tensor x1, Tensor x2) => Matching<Equal>(x1, x2, both: true);

    /// <summary>Whether the elements of each pair differ.</summary>
    public static Tensor NotEqual(Tensor x1, Tensor x2) => Matching<NotEqual>(x1, x2, both: false);

    /// <summary>Whether each element is less than the other.</summary>
    public static Tensor Less(Tensor x1, Tensor x2) => Binary<Less>(x1, x2);

    /// <summary>Whether each element is at most the other.</summary>
    public static Tensor LessEqual(Tensor x1, Tensor x2) => Binary<LessEqual>(x1, x2);

    /// <summary>Whether each element is greater than the other.</summary>
    public static Tensor Greater(Tensor x1, Tensor x2) => Binary<Greater>(x1, x2);

    /// <summary>Whether each element is at least the other.</summary>
    public static Tensor GreaterEqual(Tensor x1, Tensor x2) => Binary<GreaterEqual>(x1, x2);

    /// <summary>The elements of <paramref name="x1"/> where the condition is true, else those of <paramref name="x2"/>.</summary>
    public static Tensor Where(Tensor condition, Tensor x1, Tensor x2)
    {
        (x1, x2) = Promote(x1, x2);
        return new Select().On(Cast(condition, DType.Bool), x1, x2);
    }
}
