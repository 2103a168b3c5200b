namespace Keras.Kernels.Tests.Table;

/// <summary>What the tolerance is relative to.</summary>
enum Scale
{
    /// <summary>The expected element.</summary>
    Element,
    /// <summary>The reference on the inputs' magnitudes: for sums of products, whose terms may cancel.</summary>
    Terms,
    /// <summary>The largest expected element: for functions that subtract what they computed.</summary>
    Largest,
}

/// <summary>One op: how it is called, what it should give, and where it is tried.</summary>
/// <param name="Op">The op's record.</param>
/// <param name="Call">Makes the tensor; the op need not be the only one in it.</param>
/// <param name="Reference">The same in double precision, written plainly.</param>
/// <param name="DTypes">The dtypes of the inputs that name none.</param>
/// <param name="Cases">Inputs: shapes and domains.</param>
sealed record OpRow(Type Op, Func<Tensor[], Tensor> Call, Func<Nd[], Nd[]> Reference, DType[] DTypes, Arg[][] Cases)
{
    /// <summary>The error allowed, in steps of the dtype that is computed in. Half precision may add one rounding.</summary>
    public double Steps { get; init; } = 0.5;

    public Scale Scale { get; init; }

    /// <summary>How often it can be differentiated; 2 stands for any number.</summary>
    public int Order { get; init; } = 2;

    /// <summary>Inputs with NaN, infinities and zeros.</summary>
    public Nd[][] Specials { get; init; } = [];

    /// <summary>Whether the sign of a zero is part of the contract.</summary>
    public bool ZeroSign { get; init; } = true;

    /// <summary>Calls that must fail, and the message.</summary>
    public Fault[] Faults { get; init; } = [];

    public string Label { get; init; } = "";

    public override string ToString() => Label.Length == 0 ? Op.Name : $"{Op.Name} {Label}";

    internal static DType[] TypesOf(Arg[] args, DType dtype) => [.. args.Select(a => a.In(dtype))];

    /// <summary>The results of a node: itself, or its parts.</summary>
    internal static Tensor[] Results(Tensor node) => node.Type.IsTuple
        ? [.. Enumerable.Range(0, node.Type.Parts.Length).Select(i => new Part(i).On(node))]
        : [node];

    internal Tensor[] Run(Nd[] inputs, DType[] dtypes) => Results(Call([.. inputs.Select((x, i) => x.Tensor(dtypes[i]))]));

    /// <summary>The same draw for a case in every test.</summary>
    internal static Nd[] Draw(Arg[] args, DType dtype, int seed = 1)
    {
        var random = new System.Random(seed);
        return [.. args.Select(a => a.Draw(random, dtype))];
    }
}

/// <summary>A call that must fail with a message.</summary>
sealed record Fault(Func<Tensor> Call, string Message)
{
    public Type Exception { get; init; } = typeof(ArgumentException);
}
