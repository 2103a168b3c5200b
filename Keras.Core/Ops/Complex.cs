namespace Keras;

/// <summary>The complex conjugate of complex numbers.</summary>
sealed record Conj : Unary { protected override Tensor Vjp(Tensor x, Tensor y, Tensor g) => Ops.Conj(g); }

// A complex tensor is, without a copy, a real one with a last axis of pairs. What has no kernel of its own is composed from reals by that view.
// The gradient of a real loss for a complex tensor is ∂/∂re + i·∂/∂im, as in TensorFlow and PyTorch (JAX's is its conjugate): for a
// holomorphic f it is the arriving one times the conjugate of f′.
public static partial class Ops
{
    /// <summary>Floats and complex numbers as they are, integers and truth values as the default floating dtype.</summary>
    static Tensor AsInexact(Tensor x) => x.DType.IsComplex() ? x : AsFloating(x);

    static Tensor Inexact<T>(Tensor x) where T : Unary, new() => Instance<T>.Op.On(AsInexact(x));

    /// <summary>A tensor for a function that complex numbers have not.</summary>
    /// <exception cref="NotSupportedException">It is complex.</exception>
    static Tensor NotComplex(Tensor x, string who) => !x.DType.IsComplex() ? x
        : throw Errors.Unsupported(who, "complex numbers are not supported here", "a real dtype", x.DType.Name(), "Real, Imag and Absolute give real numbers of them.");

    /// <summary>Pairs of real numbers in the last axis as complex numbers.</summary>
    /// <param name="x">Shape (…, 2): real before imaginary parts. Integers and half-width floats count as the default floating dtype or float32.</param>
    /// <returns>Shape (…): complex128 for float64, else complex64.</returns>
    /// <exception cref="ArgumentException">The last dimension is not 2.</exception>
    /// <exception cref="NotSupportedException">The numbers are complex already.</exception>
    public static Tensor ViewAsComplex(Tensor x)
    {
        if (x.Rank == 0 || x.Shape[-1] is not (2 or Shape.Unknown))
            throw Errors.Argument("view_as_complex", "the last axis does not hold pairs", "a last dimension of 2", x.Shape);
        x = Wide(NotComplex(x, "view_as_complex"));
        return Squeeze(new View(x.DType.ToComplex()).On(x), -1);
    }

    /// <summary>Complex numbers as pairs of real ones in a new last axis.</summary>
    /// <param name="x">Any shape; the imaginary parts of real numbers are 0.</param>
    /// <returns>Shape (…, 2): real before imaginary parts, float64 for complex128 and float64, else float32.</returns>
    public static Tensor ViewAsReal(Tensor x)
    {
        x = Cast(x, AsInexact(x).DType.ToComplex());
        return new View(x.DType.ToReal()).On(ExpandDims(x, -1));
    }

    static Tensor FromParts(Tensor real, Tensor imaginary) => ViewAsComplex(Stack([real, imaginary], -1));

    /// <summary>The complex numbers of a length and an angle each: abs·(cos angle + i·sin angle).</summary>
    /// <param name="abs">Lengths; integers count as floating.</param>
    /// <param name="angle">Angles in radians, of a shape that broadcasts with the lengths.</param>
    /// <returns>complex128 for float64, else complex64.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static Tensor Polar(Tensor abs, Tensor angle)
    {
        (abs, angle) = Promote(abs, angle);
        (abs, angle) = (Wide(abs), Wide(angle));
        return FromParts(abs * Cos(angle), abs * Sin(angle));
    }

    /// <summary>The complex conjugates: the imaginary parts with the opposite sign. Real numbers stay.</summary>
    public static Tensor Conj(Tensor x) => x.DType.IsComplex() ? Instance<Conj>.Op.On(x) : x;

    /// <inheritdoc cref="Conj"/>
    public static Tensor Conjugate(Tensor x) => Conj(x);

    /// <summary>The real part of each element. Real numbers stay.</summary>
    public static Tensor Real(Tensor x) => x.DType.IsComplex() ? PartOf(x, 0) : x;

    /// <summary>The imaginary part of each element: zeros for real numbers.</summary>
    public static Tensor Imag(Tensor x) => x.DType.IsComplex() ? PartOf(x, 1) : ZerosLike(x);

    static Tensor PartOf(Tensor x, int part) => Squeeze(Narrow(ViewAsReal(x), x.Rank, part, 1), -1);

    /// <summary>Whether each element is a real number: has the imaginary part 0.</summary>
    public static Tensor Isreal(Tensor x) => x.DType.IsComplex() ? Equal(Imag(x), 0) : OnesLike(x, DType.Bool);

    /// <summary>The angle of each number in the complex plane, in radians, from -π to π: 0 or π for real numbers.</summary>
    public static Tensor Angle(Tensor x)
    {
        if (x.DType.IsComplex()) return Arctan2(Imag(x), Real(x));
        // Constant wherever it is smooth, so no gradient flows.
        x = StopGradient(AsFloating(x));
        return Arctan2(ZerosLike(x), x);
    }

    /// <summary>The lengths of complex numbers, of the gradient 0 at 0.</summary>
    static Tensor Modulus(Tensor x)
    {
        var y = Hypot(Real(x), Imag(x));
        return CustomGradient(y, [x], g => [g * DivideNoNan(x, Modulus(x))]);
    }

    /// <summary>A real number whose gradient for y is a given one: the inner product, of all parts as real numbers.</summary>
    internal static Tensor Paired(Tensor y, Tensor gradient) => Sum(y.DType.IsComplex() ? Real(y * Conj(gradient)) : y * gradient);

    /// <summary>Whether a test holds for either part, or for both.</summary>
    static Tensor OfParts(Tensor x, Func<Tensor, Tensor> test, bool both)
    {
        var parts = test(ViewAsReal(x));
        return both ? All(parts, -1) : Any(parts, -1);
    }

    /// <summary>The cast from or to complex numbers: a real number has the imaginary part 0, and an imaginary part is dropped.</summary>
    internal static Tensor CastComplex(Tensor x, DType dtype)
    {
        if (!dtype.IsComplex()) return dtype == DType.Bool ? OfParts(x, p => NotEqual(p, 0), both: false) : Cast(Real(x), dtype);
        if (x.DType.IsComplex()) return ViewAsComplex(Cast(ViewAsReal(x), dtype.ToReal()));
        x = Cast(x, dtype.ToReal());
        return FromParts(x, ZerosLike(x));
    }

    internal static Tensor ExpComplex(Tensor x)
    {
        var (length, angle) = (Exp(Real(x)), Imag(x));
        // An infinite length times the sine of 0 would be NaN.
        return FromParts(length * Cos(angle), Where(Equal(angle, 0), angle, length * Sin(angle)));
    }

    internal static Tensor LogComplex(Tensor x) => FromParts(Log(Hypot(Real(x), Imag(x))), Angle(x));

    /// <summary>The root whose real part is not negative; its imaginary part has the sign of x's.</summary>
    internal static Tensor SqrtComplex(Tensor x)
    {
        var (a, b) = (Real(x), Imag(x));
        var (left, below) = (Less(a, 0), Signbit(b));
        // The larger part first, by a sum without cancellation; the other is what gives b.
        var larger = Sqrt(Hypot(a, b) * 0.5 + Where(left, -a, a) * 0.5);
        var other = DivideNoNan(Where(below, -b, b) * 0.5, larger);
        var imaginary = Where(left, larger, other);
        return FromParts(Where(left, other, larger), Where(below, -imaginary, imaginary));
    }

    /// <summary>The product of complex matrices as one of real ones of twice the depth and width.</summary>
    internal static Tensor MatMulComplex(Tensor a, Tensor b)
    {
        // A row of A is (re, im, …) as it lies in memory. Under each re stands the row of B, under each im that of i·B.
        var pairs = ViewAsReal(b);
        var turned = Flip(pairs, -1) * Cast(Tensor.Of([-1f, 1f], [2]), pairs.DType);
        var batch = b.Shape.Slice(0, b.Rank - 2);
        var doubled = Reshape(Stack([pairs, turned], -3), batch.Append(Shape.Of(2 * b.Shape[-2], 2 * b.Shape[-1])));
        return new View(a.DType).On(new MatMul().On(new View(pairs.DType).On(a), doubled));
    }
}
