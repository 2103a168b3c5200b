namespace Keras.Fuzz.Tests;

/// <summary>Small functions for the arguments that are functions, by the types of their parameters and results.</summary>
static class Functions
{
    static readonly (string Text, Delegate Function)[] Known =
    [
        ("() => 1", new Func<Tensor>(() => Ops.Ones([2, 3]))),
        ("() => []", new Func<IReadOnlyList<Tensor>>(() => [])),
        ("() => [1]", new Func<IReadOnlyList<Tensor>>(() => [Ops.Ones([2])])),
        ("x => x", new Func<Tensor, Tensor>(x => x)),
        ("x => 2x", new Func<Tensor, Tensor>(x => x * 2)),
        ("x => tanh(x)", new Func<Tensor, Tensor>(Ops.Tanh)),
        ("x => sum(x)", new Func<Tensor, Tensor>(x => Ops.Sum(x))),
        ("x => x[0]", new Func<Tensor, Tensor>(x => x[0])),
        ("(x, y) => x + y", new Func<Tensor, Tensor, Tensor>((x, y) => x + y)),
        ("(x, y) => y", new Func<Tensor, Tensor, Tensor>((_, y) => y)),
        ("(x, y) => (y, x)", new Func<Tensor, Tensor, (Tensor, Tensor)>((x, y) => (y, x))),
        ("(x, y) => (x, x * y)", new Func<Tensor, Tensor, (Tensor, Tensor)>((x, y) => (x, x * y))),
        ("xs => sum", new Func<IReadOnlyList<Tensor>, Tensor>(xs => xs.Aggregate((Tensor)0, (a, b) => a + b))),
        ("xs => xs[0]", new Func<IReadOnlyList<Tensor>, Tensor>(xs => xs.Count > 0 ? xs[0] : 1)),
        ("xs => (xs[0], 1)", new Func<IReadOnlyList<Tensor>, (Tensor, Tensor)>(xs => (xs.Count > 0 ? xs[0] : 1.0, 1))),
        ("xs => xs", new Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>(xs => xs)),
        ("xs => []", new Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>(_ => [])),
        ("xs => 2 xs", new Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>(xs => [.. xs.Select(x => x * 2)])),
        ("(xs, ys) => xs", new Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>((xs, _) => xs)),
        ("(xs, ys) => xs + ys", new Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>((xs, ys) => [.. xs.Zip(ys, (x, y) => x + y)])),
        ("(xs, ys) => (xs, ys)", new Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, (IReadOnlyList<Tensor>, IReadOnlyList<Tensor>)>((xs, ys) => (xs, ys))),
        ("(xs, ys) => (xs, [])", new Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, (IReadOnlyList<Tensor>, IReadOnlyList<Tensor>)>((xs, _) => (xs, []))),
        ("(i, xs) => xs", new Func<Tensor, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>((_, xs) => xs)),
        ("(i, xs) => xs + i", new Func<Tensor, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>((i, xs) => [.. xs.Select(x => x + Ops.Cast(i, x.DType))])),
        ("x => 1", new Func<Tensor, Tensor>(_ => 1)),
        ("g => [g]", new Func<Tensor, Tensor?[]>(g => [g])),
        ("g => [null, g]", new Func<Tensor, Tensor?[]>(g => [null, g])),
    ];

    internal static bool Has(Type type) => Array.Exists(Known, k => k.Function.GetType() == type);

    internal static Delegate Pick(Type type, Dice dice)
    {
        var fitting = Array.FindAll(Known, k => k.Function.GetType() == type);
        return fitting[dice.Below(fitting.Length)].Function;
    }

    internal static string Text(Delegate function) => Array.Find(Known, k => ReferenceEquals(k.Function, function)).Text ?? "function";
}
