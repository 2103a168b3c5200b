namespace Keras;

/// <summary>Random numbers of a shape, from a key of two uint32: the same key gives the same numbers, on every device.</summary>
abstract record RandomOp(TensorType Type) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => Type;

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [null];
}

/// <summary>Even over [Min, Max).</summary>
sealed record RandomUniform(TensorType Type, double Min, double Max) : RandomOp(Type);

/// <summary>The standard normal distribution.</summary>
sealed record RandomNormal(TensorType Type) : RandomOp(Type);

/// <summary>The standard normal distribution between two bounds.</summary>
sealed record RandomTruncatedNormal(TensorType Type, double Min, double Max) : RandomOp(Type);

/// <summary>True with a probability.</summary>
sealed record RandomBernoulli(Shape Shape, double P) : RandomOp(new TensorType(DType.Bool, Shape));

/// <summary>Bits, as uint32.</summary>
sealed record RandomBits(Shape Shape) : RandomOp(new TensorType(DType.UInt32, Shape));

/// <summary>x / (1 - rate), or 0 where the key says so: with the same key the same places, so it is its own gradient.</summary>
sealed record DropoutScale(double Rate) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs) => inputs[0];

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [On(gradient, result.Inputs[1]), null];

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs) =>
        Ops.Where(new RandomBernoulli(inputs[0].Shape, 1 - Rate).On(inputs[1]), inputs[0] * (1 / (1 - Rate)), 0);
}

/// <summary>Random numbers, as <c>keras.random</c> has them, drawn by Threefry; floats have the bits of JAX. A seed is a number, which gives the same values at every
/// call, or a <see cref="SeedGenerator"/>, which gives new ones each time.</summary>
public static partial class Random
{
    /// <summary>Normally distributed numbers.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="mean">Their mean. Default 0.</param>
    /// <param name="stddev">Their standard deviation. Default 1.</param>
    /// <param name="dtype">A floating dtype. Default <see cref="Config.Floatx"/>.</param>
    /// <param name="seed">Default the global generator.</param>
    public static Tensor Normal(Shape shape, double mean = 0, double stddev = 1, DType? dtype = null, Seed? seed = null) =>
        Affine(t => new RandomNormal(t), Type("normal", shape, dtype), seed, stddev, mean);

    /// <summary>Numbers even over [<paramref name="minval"/>, <paramref name="maxval"/>).</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="minval">The lower bound. Default 0.</param>
    /// <param name="maxval">The upper bound. Default 1.</param>
    /// <param name="dtype">A floating dtype. Default <see cref="Config.Floatx"/>.</param>
    /// <param name="seed">Default the global generator.</param>
    public static Tensor Uniform(Shape shape, double minval = 0, double maxval = 1, DType? dtype = null, Seed? seed = null) =>
        Rounded(t => new RandomUniform(t, minval, maxval), Type("uniform", shape, dtype), seed);

    /// <summary>Normally distributed numbers within two standard deviations of the mean.</summary>
    /// <inheritdoc cref="Normal"/>
    public static Tensor TruncatedNormal(Shape shape, double mean = 0, double stddev = 1, DType? dtype = null, Seed? seed = null) =>
        Affine(t => new RandomTruncatedNormal(t, -2, 2), Type("truncated_normal", shape, dtype), seed, stddev, mean);

    /// <summary>Each element divided by 1 - rate, or 0 with probability <paramref name="rate"/>.</summary>
    /// <param name="inputs">A floating tensor.</param>
    /// <param name="rate">The probability, within [0, 1].</param>
    /// <param name="noiseShape">The shape of the draw; dimensions of 1 share it. Default the tensor's.</param>
    /// <param name="seed">Default the global generator.</param>
    /// <exception cref="ArgumentException">The rate is outside of [0, 1], or the inputs are not floating.</exception>
    public static Tensor Dropout(Tensor inputs, double rate, Shape? noiseShape = null, Seed? seed = null)
    {
        if (!(rate >= 0 && rate <= 1)) throw Errors.Argument("dropout", "the rate is no probability", "a number within [0, 1]", rate);
        if (!inputs.DType.IsFloating()) throw Errors.Argument("dropout", "the inputs are not floating", "a floating dtype", inputs);
        if (rate == 0) return inputs;
        if (rate == 1) return Ops.ZerosLike(inputs);
        if (noiseShape is null || noiseShape == inputs.Shape) return new DropoutScale(rate).On(inputs, Key(seed));
        var keep = new RandomBernoulli(noiseShape.Value, 1 - rate).On(Key(seed));
        return Ops.Where(keep, inputs * (1 / (1 - rate)), 0);
    }

    static TensorType Type(string who, Shape shape, DType? dtype)
    {
        var type = dtype ?? Config.Floatx;
        return type.IsFloating() ? new TensorType(type, shape) : throw Errors.Argument(who, "the dtype is not a floating one", "a floating dtype", type.Name());
    }

    // Half precision is drawn in single precision and rounded.
    static Tensor Rounded(Func<TensorType, Op> op, TensorType type, Seed? seed) =>
        Ops.Cast(op(Wide(type)).On(Key(seed)), type.DType);

    static Tensor Affine(Func<TensorType, Op> op, TensorType type, Seed? seed, double scale, double shift)
    {
        var x = Rounded(op, type, seed);
        if (scale != 1) x *= scale;
        return shift == 0 ? x : x + shift;
    }

    static Tensor Key(Seed? seed) => (seed ?? SeedGenerator.Global).Next();
}

/// <summary>Where random numbers come from: a number, or a generator that counts its uses.</summary>
public sealed class Seed
{
    readonly Func<Tensor> _next;

    Seed(Func<Tensor> next) => _next = next;

    internal Tensor Next() => _next();

    /// <summary>The same numbers at every call.</summary>
    public static implicit operator Seed(int seed) => new(() => Tensor.Of<uint>([(uint)seed, 0], [2]));

    /// <summary>New numbers at every call.</summary>
    public static implicit operator Seed(SeedGenerator generator) => new(generator.Next);
}

/// <summary>A source of seeds whose state is a variable: a number and how often it was asked.</summary>
public sealed class SeedGenerator
{
    static readonly Lock Gate = new();
    static System.Random _seeds = new();
    static SeedGenerator? _global;

    /// <summary>Begins at a seed.</summary>
    /// <param name="seed">Default one drawn at random; <see cref="SetRandomSeed"/> makes these draws repeatable.</param>
    /// <param name="name">Default <c>seed_generator</c>.</param>
    public SeedGenerator(int? seed = null, string? name = null)
    {
        InitialSeed = seed ?? DrawSeed();
        State = new Variable(Tensor.Of<uint>([(uint)InitialSeed, 0], [2]), trainable: false, name ?? "seed_generator_state") { Autocast = false };
    }

    /// <summary>The seed that the generator began with.</summary>
    public int InitialSeed { get; }

    /// <summary>Seed and count.</summary>
    public Variable State { get; }

    /// <summary>The generator that serves where no seed is named.</summary>
    public static SeedGenerator Global
    {
        get
        {
            lock (Gate) return _global ??= new SeedGenerator();
        }
    }

    /// <summary>Makes all that is drawn at random from now on repeatable: first weights, dropout, shuffles.</summary>
    public static void SetRandomSeed(int seed)
    {
        lock (Gate)
        {
            _seeds = new System.Random(seed);
            _global = null;
        }
    }

    /// <summary>A seed for something that was given none.</summary>
    internal static int DrawSeed()
    {
        lock (Gate) return _seeds.Next(1, 1_000_000_000);
    }

    /// <summary>The next key; the count goes up by one.</summary>
    public Tensor Next()
    {
        var state = State.Read();
        State.Assign(state + Tensor.Of<uint>([0, 1], [2]));
        return state;
    }
}
