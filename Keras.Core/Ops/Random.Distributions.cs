namespace Keras;

/// <summary>A draw from a key and the parameters of a distribution: each a scalar, or one for each element.</summary>
abstract record Drawn(TensorType Type) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        foreach (var parameter in inputs[1..])
        {
            if (parameter.Shape.Rank > 0 && !parameter.Shape.Matches(Type.Shape)) throw Wrong("a parameter does not fit the shape", Type.Shape, parameter.Shape);
            if (parameter.DType != Type.DType) throw Wrong("a parameter has another dtype", Type.DType.Name(), parameter.DType.Name());
        }
        return Type;
    }
}

/// <summary>The gamma distribution of scale 1 and a shape parameter, drawn by rejection (Marsaglia and Tsang, 2000); or the logarithm of such a draw, which
/// does not vanish where the parameter is small. The key is a child of the given one.</summary>
sealed record RandomGamma(TensorType Type, bool Log = false, int? Child = null) : Drawn(Type);

/// <summary>How many of a number of trials succeed, by waiting times, or by rejection where many do (Hörmann, 1993).</summary>
sealed record RandomBinomial(TensorType Type) : Drawn(Type);

public static partial class Random
{
    /// <summary>Numbers of the gamma distribution of scale 1. They do not pass gradients on to the parameter.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="alpha">The parameter of the distribution, above 0: one for all, or of a shape that broadcasts. Below 0 it gives NaN.</param>
    /// <param name="dtype">A floating dtype. Default <see cref="Config.Floatx"/>.</param>
    /// <param name="seed">Default the global generator.</param>
    /// <exception cref="ArgumentException">The parameter does not broadcast to the shape, or the dtype is not a floating one.</exception>
    public static Tensor Gamma(Shape shape, Tensor alpha, DType? dtype = null, Seed? seed = null) =>
        From("gamma", t => new RandomGamma(t), shape, dtype, seed, alpha);

    /// <summary>Numbers of the beta distribution, within [0, 1]. They do not pass gradients on to the parameters.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="alpha">The first parameter, above 0: one for all, or of a shape that broadcasts.</param>
    /// <param name="beta">The second one, likewise.</param>
    /// <param name="dtype">A floating dtype. Default <see cref="Config.Floatx"/>.</param>
    /// <param name="seed">Default the global generator.</param>
    /// <exception cref="ArgumentException">A parameter does not broadcast to the shape, or the dtype is not a floating one.</exception>
    public static Tensor Beta(Shape shape, Tensor alpha, Tensor beta, DType? dtype = null, Seed? seed = null)
    {
        var type = Type("beta", shape, dtype);
        var wide = Wide(type);
        var key = Key(seed);
        Tensor Draw(Tensor parameter, int child) => new RandomGamma(wide, Log: true, child).On(key, Parameter("beta", parameter, wide));
        // A share of two gamma numbers, as logarithms: where both vanish their quotient does not.
        return Ops.Cast(Ops.Sigmoid(Draw(alpha, 0) - Draw(beta, 1)), type.DType);
    }

    /// <summary>How many of a number of independent trials succeed.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="counts">The numbers of trials, 0 or more: one for all, or of a shape that broadcasts. Below 0 they give NaN.</param>
    /// <param name="probabilities">The probability of success in each trial, likewise. Outside of [0, 1] it gives NaN.</param>
    /// <param name="dtype">A floating dtype. Default <see cref="Config.Floatx"/>.</param>
    /// <param name="seed">Default the global generator.</param>
    /// <exception cref="ArgumentException">A parameter does not broadcast to the shape, or the dtype is not a floating one.</exception>
    public static Tensor Binomial(Shape shape, Tensor counts, Tensor probabilities, DType? dtype = null, Seed? seed = null) =>
        From("binomial", t => new RandomBinomial(t), shape, dtype, seed, counts, probabilities);

    static Tensor From(string who, Func<TensorType, Op> op, Shape shape, DType? dtype, Seed? seed, params Tensor[] parameters)
    {
        var type = Type(who, shape, dtype);
        var wide = Wide(type);
        return Ops.Cast(op(wide).On([Key(seed), .. parameters.Select(p => Parameter(who, p, wide))]), type.DType);
    }

    static TensorType Wide(TensorType type) => type.DType.Size() < 4 ? type.As(DType.Float32) : type;

    static Tensor Parameter(string who, Tensor x, TensorType type)
    {
        ArgumentNullException.ThrowIfNull(x);
        x = Ops.Cast(x, type.DType);
        if (x.Rank == 0) return x;
        if (Shape.Broadcast(x.Shape, type.Shape, who) != type.Shape) throw Errors.Argument(who, "a parameter does not broadcast to the shape", type.Shape, x.Shape);
        return Ops.BroadcastTo(x, type.Shape);
    }
}
