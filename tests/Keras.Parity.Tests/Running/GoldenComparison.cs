using System.Collections;
using System.Runtime.CompilerServices;
using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>How far a number may be off: |expected − received| ≤ absolute + relative · |expected|. NaN equals NaN.</summary>
readonly record struct Tolerance(double Relative, double Absolute)
{
    /// <summary>For what a whole training run in float32 leads to.</summary>
    public static Tolerance Training { get; } = new(1e-4, 1e-5);

    /// <summary>The one rule: integers and truth values are exact, floats by what their dtype can hold after a few roundings.</summary>
    public static Tolerance Of(string dtype) => dtype switch
    {
        "float32" or "complex64" => new(2e-5, 2e-6),
        "float64" or "complex128" => new(1e-8, 1e-10),
        "float16" => new(4e-3, 4e-3),
        "bfloat16" => new(3e-2, 3e-2),
        _ => default,
    };

    public bool Allows(double expected, double received) => expected.Equals(received)
        || Math.Abs(expected - received) <= Absolute + Relative * Math.Abs(expected);
}

/// <summary>A result differs from the recorded one.</summary>
sealed class DifferenceException(string message) : Exception(message);

/// <summary>How much of a recorded call is compared.</summary>
enum Depth
{
    All,
    /// <summary>Everything but gradients.</summary>
    Results,
    /// <summary>Structure, dtypes and shapes of the results.</summary>
    Types,
}

/// <summary>Compares results with recorded ones: structure, dtype, shape, values.</summary>
/// <param name="wide">Whether some argument is 64-bit. Keras on the recording backend gives 32-bit results where this library keeps 64-bit
/// ones, as NumPy does; that is accepted where the 64 bits were asked for, and nowhere else.</param>
/// <param name="through">A dtype that the results were computed in on the way: see <see cref="CheckValues"/>.</param>
/// <param name="depth">How much is compared.</param>
sealed class GoldenComparison(bool wide, string through = "float64", Depth depth = Depth.All)
{
    /// <summary>Compares a result of any kind, with everything that it holds.</summary>
    public void Check(string what, GoldenValue expected, object? received)
    {
        switch (expected)
        {
            case GoldenValue.Null when received is null: return;
            case GoldenValue.Tensor array when Single(received) is { } tensor: CheckTensor(what, array, tensor); return;
            // Several results that the recording backend put into one array: both unpack alike.
            case GoldenValue.Tensor { Shape.Length: > 0 } array when received is Tensor[]: CheckList(what, GoldenTensors.Rows(array), received); return;
            case GoldenValue.Tensor { Shape.Length: 0 } array when received is IConvertible: CheckNumber(what, array.ToDoubles()[0], received); return;
            case GoldenValue.Tensor array when received is Array values:
                // .NET has no arrays of no dimensions.
                var elements = Tensor.Of(values);
                CheckTensor(what, array, array.Shape.Length == 0 && elements.Shape == [1] ? Ops.Reshape(elements, Shape.Scalar) : elements);
                return;
            // A whole number that is known at once, where Keras tells the type of a scalar to come.
            case GoldenValue.Symbolic { Shape.Count: 0 } scalar when received is int or long && GoldenTensors.DType(scalar.DType).IsInteger(): return;
            case GoldenValue.Symbolic symbolic when Single(received) is { } tensor: CheckType(what, symbolic, tensor); return;
            // What was asked for, in the form that .NET has for any number of results.
            case GoldenValue.Symbolic symbolic when received is Tensor[] and [var only]: CheckType(what, symbolic, only); return;
            case GoldenValue.List or GoldenValue.Tuple: CheckList(what, expected.Elements, received); return;
            case GoldenValue.Dict dict when received is Nest { Keys: { } keys } nest: CheckDictionary(what, dict, keys, nest); return;
            case GoldenValue.Integer or GoldenValue.Real or GoldenValue.Bool when received is IConvertible or Tensor:
                CheckNumber(what, GoldenTensors.Number(expected), received is Tensor t ? t.Item() : received);
                return;
        }
        throw Differs(what, Describe(expected), Describe(received));
    }

    /// <summary>Compares dtype, shape and values.</summary>
    public void CheckTensor(string what, GoldenValue.Tensor expected, Tensor received)
    {
        CheckType(what, expected, received);
        if (depth != Depth.Types) CheckValues(what, expected, received, through);
    }

    /// <summary>Compares dtype and shape alone.</summary>
    public void CheckType(string what, GoldenValue.Tensor expected, Tensor received)
    {
        if (!SameDType(expected.DType, received.DType.Name()) || GoldenTensors.Shape(expected.Shape) != received.Shape) throw Differs(what, expected, received.Type);
    }

    /// <summary>Compares shape and values, for what has a dtype by another rule than results have.</summary>
    /// <param name="what">The part of the case.</param>
    /// <param name="expected">The recorded values.</param>
    /// <param name="received">Ours.</param>
    /// <param name="through">A dtype that they were computed in on the way; the coarsest one decides how far they may be off.</param>
    /// <param name="other">Another tolerance than that of the dtypes.</param>
    public static void CheckValues(string what, GoldenValue.Tensor expected, Tensor received, string through = "float64", Tolerance? other = null)
    {
        if (GoldenTensors.Shape(expected.Shape) != received.Shape) throw Differs(what, expected, received.Type);
        var tolerance = other ?? Tolerance.Of(Coarser(through, Coarser(expected.DType, received.DType.Name())));
        var (wanted, given) = (expected.ToDoubles(), (received.DType.IsComplex() ? Ops.ViewAsReal(received) : received).ToDoubles());
        var wrong = Enumerable.Range(0, wanted.Length).Where(i => !tolerance.Allows(wanted[i], given[i])).ToArray();
        if (wrong.Length == 0) return;
        var worst = wrong.MaxBy(i => double.IsNaN(wanted[i] - given[i]) ? double.PositiveInfinity : Math.Abs(wanted[i] - given[i]));
        throw Differs($"{what}: {wrong.Length} of {wanted.Length} values of {expected}; element {worst}", wanted[worst].ToString("G9"), given[worst].ToString("G9"));
    }

    static DifferenceException Differs(string what, object expected, object received) => new($"{what}. Expected: {expected}. Received: {received}.");

    // Exact dtypes stay exact.
    static string Coarser(string a, string b) => Tolerance.Of(b).Relative is var relative && relative > 0 && relative < Tolerance.Of(a).Relative ? a : b;

    bool SameDType(string expected, string received) => expected == received || (wide && (expected, received) is
        ("float32", "float64") or ("int32", "int64") or ("uint32", "uint64") or ("complex64", "complex128"));

    void CheckType(string what, GoldenValue.Symbolic expected, Tensor received)
    {
        var shape = GoldenTensors.Shape(expected.Shape);
        if (!SameDType(expected.DType, received.DType.Name()) || shape != received.Shape)
            throw Differs(what, $"{expected.DType} {shape}", received.Type);
    }

    void CheckList(string what, IReadOnlyList<GoldenValue> expected, object? received)
    {
        var items = Items(received) ?? throw Differs(what, $"{expected.Count} results", Describe(received));
        if (items.Count != expected.Count) throw Differs(what, $"{expected.Count} results", $"{items.Count} results");
        for (var i = 0; i < items.Count; i++) Check($"{what}[{i}]", expected[i], items[i]);
    }

    void CheckDictionary(string what, GoldenValue.Dict expected, IReadOnlyList<string> keys, Nest received)
    {
        var wanted = expected.Items.Keys.Order(StringComparer.Ordinal).ToArray();
        if (!wanted.SequenceEqual(keys)) throw Differs(what, string.Join(", ", wanted), string.Join(", ", keys));
        for (var i = 0; i < wanted.Length; i++) Check($"{what}[{wanted[i]}]", expected.Items[wanted[i]], received.Items[i]);
    }

    static void CheckNumber(string what, double expected, object received)
    {
        var number = Convert.ToDouble(received);
        if (!Tolerance.Of("float32").Allows(expected, number)) throw Differs(what, expected, number);
    }

    static Tensor? Single(object? received) => received switch
    {
        Tensor tensor => tensor,
        Variable variable => variable.Value,
        Nest { IsTensor: true } nest => nest.Tensor,
        _ => null,
    };

    static List<object?>? Items(object? received) => received switch
    {
        Nest { IsTensor: false } nest => [.. nest.Items],
        Shape shape => [.. shape.Dims.ToArray().Select(d => d == Shape.Unknown ? null : (object)d)],
        Tensor { Rank: 1 } tensor => [.. tensor.ToDoubles().Cast<object>()],
        ITuple tuple => [.. Enumerable.Range(0, tuple.Length).Select(i => tuple[i])],
        string => null,
        IEnumerable items => [.. items.Cast<object?>()],
        _ => null,
    };

    static string Describe(object? value) => value switch
    {
        null => "nothing",
        GoldenValue.List or GoldenValue.Tuple => $"{((GoldenValue)value).Elements.Count} results",
        Tensor tensor => tensor.Type.ToString(),
        _ => value.ToString() ?? "nothing",
    };
}
