using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Keras.Fuzz.Tests;

/// <summary>How a call is run beyond its value.</summary>
enum Mode { Value, Twice, Gradient, Symbolic, SymbolicGradient, Compiled }

/// <summary>One call: a function and its arguments, drawn from a seed and an index.</summary>
sealed class Call
{
    const int Shown = 24;

    internal Call(long seed, long index)
    {
        var dice = new Dice(seed, index);
        Target = Target.All[dice.Below(Target.All.Count)];
        Mode = dice.Pick(Mode.Value, Mode.Value, Mode.Value, Mode.Value, Mode.Twice, Mode.Gradient, Mode.Gradient, Mode.Symbolic, Mode.SymbolicGradient, Mode.Compiled);
        Arguments = new Arguments(dice).Draw(Target);
        Dice = dice;
        (Seed, Index) = (seed, index);
    }

    internal long Seed { get; }

    internal long Index { get; }

    internal Target Target { get; }

    internal Mode Mode { get; }

    internal object?[] Arguments { get; }

    internal Dice Dice { get; }

    /// <summary>The call as it would be written, shapes, dtypes and values included.</summary>
    public override string ToString() => $"#{Seed}:{Index} {Mode} {Target.Name}({string.Join(", ", Target.Parameters.Select((p, i) => $"{p.Name}: {Text(Arguments[i])}"))})";

    static string Text(object? value) => value switch
    {
        null => "null",
        Tensor tensor => Text(tensor),
        string text => $"\"{(text.Length > Shown ? text[..Shown] + "…" : text)}\"",
        bool truth => truth ? "true" : "false",
        Delegate function => Functions.Text(function),
        Shape or Axes or TensorIndex => $"[{value.ToString()!.Trim('(', ')')}]",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        ITuple tuple => $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Text(tuple[i])))})",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Text))}]",
        _ => value.ToString() ?? "",
    };

    static string Text(Tensor tensor)
    {
        if (tensor.DType.IsComplex()) return $"{tensor.DType.Name()} {tensor.Shape}, {Text(Ops.Real(tensor))} + {Text(Ops.Imag(tensor))} i";
        var values = tensor.ToDoubles();
        var shown = string.Join(", ", values.Take(Shown).Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
        return $"{tensor.DType.Name()}{(tensor.IsWeak ? " weak" : "")} {tensor.Shape} [{shown}{(values.Length > Shown ? ", …" : "")}]";
    }
}
