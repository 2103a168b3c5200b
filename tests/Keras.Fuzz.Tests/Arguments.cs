using System.Reflection;
using OwnFunctions = System.Collections.Generic.IReadOnlyDictionary<string, System.Func<Keras.Tensor, Keras.Tensor>>;

namespace Keras.Fuzz.Tests;

/// <summary>Random arguments for one call, by the types of the parameters and a little by their names.</summary>
sealed class Arguments(Dice dice)
{
    static readonly int[] Hostile =
    [
        -1, 0, 1, 2, 7, 31, 32, 63, 64, 100, 1000, 65536, 1 << 20, 1 << 24, 1 << 30, int.MaxValue, int.MaxValue - 1, int.MinValue, int.MinValue + 1, -2, -3, -1000,
    ];

    static readonly double[] HostileNumbers =
    [
        double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, 1, -1, 2, 1e308, -1e308, double.Epsilon, 1e-10, 1e10, int.MaxValue, 1e19, 0.999999,
    ];

    // What Keras's strings are, over all functions: a wrong one of another function is the likeliest fault of a user.
    static readonly string[] Words =
    [
        "linear", "lower", "higher", "midpoint", "nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "constant", "reflect", "symmetric", "edge", "wrap", "empty", "mean",
        "maximum", "minimum", "xy", "ij", "fro", "nuc", "left", "right", "same", "valid", "causal", "full", "channels_last", "channels_first", "reduced", "complete", "r", "raw",
        "greedy", "beam_search", "(),()->()", "(n)->()", "(n),(n)->(n)", "a b -> b a", "a b c -> (a b) c", "(a b) -> a b", "... -> ...", "ij,jk->ik", "ij->ji", "ii->i", "i,i->",
        "...ij,...jk->...ik", "ab,ab->a", "abc->", "i,j->ij", "bij,bjk", "forward", "backward", "ortho", "hann", "hamming", "sum", "none", "relu", "softmax", "own",
    ];

    static readonly string[] Rubbish = ["", " ", "\0", "->", ",", "...", "a->", "->a", "((", "))", "a b", "é→ü", "1", "-1", "nan", "ij,,->", "i->i->i", "(a", "NEAREST", new('x', 2000)];

    readonly Tensors _tensors = new(dice);
    // Most calls are such that something is computed.
    readonly double _hostility = dice.Chance(0.6) ? 0.01 : 0.25;

    internal static bool Knows(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? Knows(inner)
        : Element(type) is { } element ? Knows(element)
        : type.IsEnum || type == typeof(object) || IsTuple(type) && Array.TrueForAll(type.GetGenericArguments(), Knows) || FromString(type) is not null || Functions.Has(type)
        || Array.IndexOf((Type[])[typeof(Tensor), typeof(int), typeof(long), typeof(double), typeof(float), typeof(bool), typeof(string), typeof(Shape), typeof(Axes),
            typeof(Seed), typeof(TensorIndex), typeof(OwnFunctions)], type) >= 0;

    internal object?[] Draw(Target target)
    {
        var arguments = target.Parameters.Select(Draw).ToArray();
        new Forms(dice, _tensors).Apply(target.Name[(target.Name.IndexOf('.') + 1)..], target.Parameters, arguments);
        return arguments;
    }

    object? Draw(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (parameter.HasDefaultValue && !IsCount(parameter.Name!) && dice.Chance(0.4)) return Default(parameter);
        if (Nullable.GetUnderlyingType(type) is { } inner) return !IsCount(parameter.Name!) && dice.Chance(0.2) ? null : Draw(inner, parameter.Name!);
        return Draw(type, parameter.Name!);
    }

    object? Default(ParameterInfo parameter)
    {
        var (type, value) = (parameter.ParameterType, parameter.DefaultValue);
        // The seed of the whole process would make calls depend on each other.
        if (type == typeof(Seed)) return DrawSeed();
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return value is not null && plain.IsEnum ? Enum.ToObject(plain, value) : value ?? (Nullable.GetUnderlyingType(type) is null && type.IsValueType ? Activator.CreateInstance(type) : null);
    }

    object? Draw(Type type, string name)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return Draw(inner, name);
        if (type == typeof(Tensor)) return _tensors.Draw(name);
        if (type == typeof(int)) return DrawInt(name);
        if (type == typeof(long)) return dice.Chance(_hostility) ? dice.Pick(long.MinValue, long.MaxValue, 0, 1L << 40) : (long)DrawInt(name);
        if (type == typeof(double)) return DrawDouble();
        if (type == typeof(float)) return (float)DrawDouble();
        if (type == typeof(bool)) return dice.Chance(0.5);
        if (type == typeof(string)) return DrawString();
        if (type == typeof(Shape)) return DrawShape();
        if (type == typeof(Axes)) return DrawAxes(name);
        if (type == typeof(DType)) return dice.Chance(_hostility / 4) ? (DType)dice.Pick(-1, Enum.GetValues<DType>().Length, 99, int.MaxValue) : _tensors.AnyType();
        if (type == typeof(Seed)) return DrawSeed();
        if (type == typeof(TensorIndex)) return DrawIndex();
        if (type == typeof(object)) return dice.Chance(0.5) ? _tensors.Draw(name) : "text";
        if (type == typeof(OwnFunctions)) return new Dictionary<string, Func<Tensor, Tensor>> { ["own"] = (Func<Tensor, Tensor>)Functions.Pick(typeof(Func<Tensor, Tensor>), dice) };
        if (type.IsEnum) return Enum.ToObject(type, dice.Within(0, Enum.GetValues(type).Length));
        if (Element(type) is { } element) return DrawList(element, name);
        if (IsTuple(type)) return Activator.CreateInstance(type, [.. type.GetGenericArguments().Select(t => Draw(t, name))]);
        if (type.GetMethod("op_Implicit", [typeof(Tensor)]) is { } wrapping && dice.Chance(0.4)) return wrapping.Invoke(null, [_tensors.Draw(name)]);
        if (FromString(type) is { } conversion) return DrawChoice(type, conversion);
        return Functions.Pick(type, dice);
    }

    Seed DrawSeed() => dice.Chance(0.8) ? (Seed)dice.Pick(0, 1, -1, 42, int.MaxValue, int.MinValue) : (Seed)new SeedGenerator(dice.Below(1000));

    int DrawInt(string name)
    {
        var rank = _tensors.First.Rank;
        if (IsAxis(name)) return dice.Chance(_hostility) ? dice.Pick<int>(Hostile) : dice.Chance(0.05) ? dice.Pick(rank, -rank - 1) : rank == 0 ? dice.Within(-1, 0) : dice.Within(-rank, rank - 1);
        if (IsCount(name)) return dice.Within(-1, 6);
        return dice.Chance(_hostility) ? dice.Pick<int>(Hostile)
            : dice.Chance(0.2) && rank > 0 ? _tensors.First[dice.Below(rank)]
            : dice.Pick(0, 1, 1, 2, 2, 3, 4, 5, -1, -2);
    }

    /// <summary>Whether it says how often a loop runs, which takes as long as the caller wants it to.</summary>
    internal static bool IsCount(string name) => name is "maximumIterations" or "lower" or "upper" or "length";

    static bool IsAxis(string name) => name.Contains("axis", StringComparison.OrdinalIgnoreCase) || name.Contains("axes", StringComparison.OrdinalIgnoreCase)
        || name is "source" or "destination";

    double DrawDouble() => dice.Chance(_hostility) ? dice.Pick<double>(HostileNumbers) : dice.Pick(0, 0.5, 1, 2, -1, 0.2, 10, dice.Unit(), dice.Unit() * 100);

    string DrawString() => dice.Chance(Math.Max(0.1, _hostility)) ? dice.Pick<string>(Rubbish) : dice.Pick<string>(Words);

    Shape DrawShape()
    {
        var first = _tensors.First;
        switch (dice.Below(6))
        {
            case 0: return _tensors.Free();
            case 1 when first.Rank > 0: return first.With(dice.Below(first.Rank), Shape.Unknown);
            case 2: return Shape.Of(Shape.Unknown);
            case 3: return Shape.Of([dice.Within(1, 3), .. first.Dims]);
            case 4 when first.IsKnown: return Shape.Of((int)first.Size);
        }
        if (first.Rank == 0 || !dice.Chance(_hostility)) return first;
        var dims = first.Dims.ToArray();
        for (var i = 0; i < dims.Length; i++)
            if (dice.Chance(0.5)) dims[i] = Math.Max(-1, dice.Pick<int>(Hostile));
        return dims;
    }

    Axes DrawAxes(string name)
    {
        var rank = _tensors.First.Rank;
        if (dice.Chance(0.5) && !IsAxis(name)) return DrawInt(name);
        var count = dice.Chance(0.1) ? dice.Below(7) : IsAxis(name) ? dice.Within(0, Math.Min(rank, 3)) : dice.Pick(1, 2, rank, Math.Max(0, rank - 2));
        var values = new int[count];
        for (var i = 0; i < count; i++) values[i] = DrawInt(name);
        if (IsAxis(name) && dice.Chance(0.7)) values = [.. values.Distinct()];
        if (IsAxis(name) && rank > 1 && count == rank && dice.Chance(0.7)) values = Permutation(rank);
        return values;
    }

    int[] Permutation(int count)
    {
        var values = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var k = dice.Below(i + 1);
            (values[i], values[k]) = (values[k], values[i]);
        }
        return values;
    }

    TensorIndex DrawIndex() => dice.Below(8) switch
    {
        0 => TensorIndex.Ellipsis,
        1 => TensorIndex.NewAxis,
        2 => new Index(dice.Within(1, 4), fromEnd: true),
        3 => new Range(dice.Below(3), new Index(dice.Below(3), fromEnd: true)),
        4 => TensorIndex.Slice(dice.Chance(0.5) ? null : DrawInt("start"), dice.Chance(0.5) ? null : DrawInt("stop"), DrawInt("step") is var step && step == 0 ? 1 : step),
        5 => DrawInt("place"),
        _ => TensorIndex.Slice(),
    };

    Array DrawList(Type element, string name)
    {
        var rank = _tensors.First.Rank;
        var count = element == typeof(Tensor) ? dice.Pick(0, 1, 2, 2, 3) : dice.Chance(0.7) ? rank : dice.Below(4);
        var list = Array.CreateInstance(element, count);
        for (var i = 0; i < count; i++) list.SetValue(Draw(element, name), i);
        return list;
    }

    /// <summary>A choice by its name: the first word from a random one on that names one.</summary>
    object? DrawChoice(Type type, MethodInfo conversion)
    {
        var first = dice.Below(Words.Length);
        for (var i = 0; i < Words.Length; i++)
        {
            try
            {
                return conversion.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [Words[(first + i) % Words.Length]], null);
            }
            catch (ArgumentException)
            {
                // A word of another choice.
            }
        }
        return type.IsValueType ? Activator.CreateInstance(type) : null;
    }

    static Type? Element(Type type) => type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    static bool IsTuple(Type type) => type.IsValueType && type.IsAssignableTo(typeof(System.Runtime.CompilerServices.ITuple));

    static MethodInfo? FromString(Type type) => type.GetMethod("op_Implicit", [typeof(string)]);
}
