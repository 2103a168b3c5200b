using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Keras.Fuzz.Tests;

/// <summary>Runs one call as its mode says. What it throws tells whether it was refused properly.</summary>
static partial class Check
{
    [GeneratedRegex(@"^\[.+?\] .+\. Expected: .*\. Received: .*", RegexOptions.Singleline)]
    private static partial Regex Form { get; }

    internal static void Run(Call call)
    {
        switch (call.Mode)
        {
            case Mode.Twice:
                Same(Bytes(call.Target.Invoke(call.Arguments)), Bytes(call.Target.Invoke(Again(call))), "a second call gives other bits");
                break;
            case Mode.Gradient:
                Differentiate(call);
                break;
            case Mode.Symbolic:
                RunSymbolically(call, (results, _) => results);
                break;
            case Mode.SymbolicGradient:
                RunSymbolically(call, (results, inputs) => Sum(results) is { } sum && inputs.Count > 0 ? [sum, .. Gradients.Of(sum, inputs)] : results);
                break;
            case Mode.Compiled:
                Compile(call);
                break;
            default:
                Bytes(call.Target.Invoke(call.Arguments));
                break;
        }
    }

    /// <summary>The same arguments once more, generators of seeds being back at their beginning.</summary>
    static object?[] Again(Call call) => new Call(call.Seed, call.Index).Arguments;

    static void Differentiate(Call call)
    {
        var xs = Leaves(call.Arguments).Where(x => x.DType.IsFloating()).Distinct().ToList();
        var results = call.Target.Invoke(call.Arguments);
        if (Sum(results) is not { } sum || xs.Count == 0)
        {
            Bytes(results);
            return;
        }
        var gradients = Gradients.Of(sum, xs);
        Evaluator.Evaluate([sum, .. gradients]);
        for (var i = 0; i < xs.Count; i++)
            if (gradients[i].Type != xs[i].Type) throw new InvariantException($"a gradient is {gradients[i].Type}, not {xs[i].Type}");
    }

    // Of a function of very many results the first ones do.
    static Tensor? Sum(List<Tensor> results) =>
        results.Take(100).Where(r => r.DType.IsFloating()).Select(r => Ops.Sum(Ops.Cast(r, DType.Float64))).Aggregate((Tensor?)null, (sum, part) => sum is null ? part : sum + part);

    static void RunSymbolically(Call call, Func<List<Tensor>, List<Tensor>, List<Tensor>> more)
    {
        var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        Tensor Open(Tensor x)
        {
            var shape = x.Shape;
            for (var i = 0; i < shape.Rank; i++)
                if (call.Dice.Chance(0.4)) shape = shape.With(i, Shape.Unknown);
            var input = new Placeholder(new TensorType(x.DType, shape), "x", IsInput: true).On();
            map[input] = x.IsWeak ? Ops.Cast(x, x.DType) : x;
            return input;
        }
        var results = call.Target.Invoke([.. call.Arguments.Select(a => Replace(a, Open))]);
        var inferred = more(results, [.. map.Keys.Where(x => x.DType.IsFloating())]);
        var computed = Graphs.Substitute([.. inferred], map);
        Evaluator.Evaluate(computed);
        for (var i = 0; i < inferred.Count; i++)
            if (inferred[i].DType != computed[i].DType || !computed[i].Shape.Matches(inferred[i].Shape))
                throw new InvariantException($"result {i} was inferred to be {inferred[i].Type} and is {computed[i].Type}");
    }

    static void Compile(Call call)
    {
        var inputs = Leaves(call.Arguments).ToArray();
        var function = new CompiledFunction(xs =>
        {
            var next = 0;
            return call.Target.Invoke([.. call.Arguments.Select(a => Replace(a, _ => xs[next++]))]);
        });
        var first = Bytes(function.Invoke(inputs));
        if (Array.Exists(call.Arguments, a => a is Seed)) return;
        Same(first, Bytes(function.Invoke(inputs)), "a second run of the compiled function gives other bits");
    }

    static IEnumerable<Tensor> Leaves(IEnumerable<object?> arguments) => arguments.SelectMany(a => a switch
    {
        Tensor x => [x],
        IEnumerable<Tensor?> list => list.OfType<Tensor>(),
        _ => [],
    });

    static object? Replace(object? argument, Func<Tensor, Tensor> by) => argument switch
    {
        Tensor x => by(x),
        Tensor?[] list => list.Select(x => x is null ? null : by(x)).ToArray(),
        _ => argument,
    };

    static byte[][] Bytes(IReadOnlyList<Tensor> results)
    {
        Evaluator.Evaluate([.. results]);
        return [.. results.Select(r => r.Evaluate().Span.ToArray())];
    }

    static void Same(byte[][] first, byte[][] second, string what)
    {
        if (first.Length != second.Length || !first.Zip(second).All(p => p.First.AsSpan().SequenceEqual(p.Second))) throw new InvariantException(what);
    }

    /// <summary>Whether an exception is one of ours that says what was wrong.</summary>
    internal static bool IsProper(Exception e, Call call) => e switch
    {
        DeviceOutOfMemoryException => true,
        ArgumentNullException missing => Array.Exists(call.Target.Parameters, p => p.Name == missing.ParamName),
        ArgumentException or NotSupportedException or InvalidOperationException => Form.IsMatch(e.Message),
        _ => false,
    };

    /// <summary>What failures of one kind have in common: the exception, and where in the product it came from.</summary>
    internal static string Kind(Exception e)
    {
        var frames = new StackTrace(e).GetFrames().Select(f => f.GetMethod()).Where(m => m?.DeclaringType is { } type
            && type.Assembly.GetName().Name is "Keras.Core" or "Keras.Kernels.Cpu" && type.Name is not "Errors").Select(m => $"{m!.DeclaringType!.Name}.{m.Name}");
        return $"{e.GetType().Name} in {string.Join(" < ", frames.Take(3))}";
    }
}

/// <summary>A result is not what it must be.</summary>
sealed class InvariantException(string message) : Exception(message);
