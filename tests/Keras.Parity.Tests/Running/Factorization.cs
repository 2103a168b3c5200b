using System.Runtime.CompilerServices;
using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>Factorizations that leave vectors open: the sign of each, and any basis where values are equal or vectors fill up a space. The recorded
/// vectors are one choice. Another one is as good if the values are the recorded ones, the vectors are orthonormal, and together they give the argument.</summary>
static class Factorization
{
    static readonly Dictionary<string, (int Values, Action<Tensor, Tensor[]> Holds)> Open = new()
    {
        ["svd"] = (1, (x, parts) =>
        {
            var (u, s, vh) = (parts[0], parts[1], parts[2]);
            var k = Ops.Arange(s.Shape[-1]);
            Orthonormal("u", u);
            Orthonormal("vh", Ops.Swapaxes(vh, -1, -2));
            Equal("u · diag(s) · vh", Ops.Matmul(Ops.Take(u, k, -1) * Ops.ExpandDims(s, -2), Ops.Take(vh, k, -2)), x);
        }
        ),
        ["eigh"] = (0, (x, parts) =>
        {
            var (w, v) = (parts[0], parts[1]);
            Orthonormal("v", v);
            Equal("v · diag(w) · vᵀ", Ops.Matmul(v * Ops.ExpandDims(w, -2), Ops.Swapaxes(v, -1, -2)), x);
        }
        ),
        ["eig"] = (0, (x, parts) =>
        {
            var (w, v) = (parts[0], parts[1]);
            var lengths = Ops.Norm(Ops.Absolute(v), axis: -2);
            Equal("|v|", lengths, Ops.OnesLike(lengths));
            foreach (var part in (Func<Tensor, Tensor>[])[Ops.Real, Ops.Imag])
                Equal("v · diag(w)", part(v * Ops.ExpandDims(w, -2)), part(Ops.Matmul(Ops.Cast(x, v.DType), v)));
        }
        ),
    };

    /// <summary>Checks a result that leaves vectors open; tells whether it is one.</summary>
    public static bool Check(string name, IReadOnlyDictionary<string, GoldenValue> arguments, GoldenValue expected, object? received, GoldenComparison comparison)
    {
        if (!Open.TryGetValue(name, out var open) || expected is not GoldenValue.Tuple || arguments.GetValueOrDefault("x") is not GoldenValue.Tensor x || received is not ITuple tuple) return false;
        var parts = Enumerable.Range(0, tuple.Length).Select(i => (Tensor)tuple[i]!).ToArray();
        if (parts.Length != expected.Elements.Count) return false;
        for (var i = 0; i < parts.Length; i++)
        {
            var recorded = expected.Elements[i].As<GoldenValue.Tensor>();
            if (i == open.Values) comparison.CheckTensor($"result[{i}]", recorded, parts[i]);
            else comparison.CheckType($"result[{i}]", recorded, parts[i]);
        }
        open.Holds(GoldenTensors.Tensor(x), parts);
        return true;
    }

    static void Orthonormal(string what, Tensor columns)
    {
        var product = Ops.Matmul(Ops.Swapaxes(Ops.Cast(columns, DType.Float64), -1, -2), Ops.Cast(columns, DType.Float64));
        Equal($"{what}ᵀ · {what}", Ops.Cast(product, columns.DType), Ops.BroadcastTo(Ops.Identity(columns.Shape[-1], columns.DType), product.Shape));
    }

    static void Equal(string what, Tensor given, Tensor wanted)
    {
        var tolerance = Tolerance.Of(given.DType.Name());
        foreach (var (expected, received) in wanted.ToDoubles().Zip(given.ToDoubles()))
            if (!tolerance.Allows(expected, received)) throw new DifferenceException($"{what}. Expected: {expected:G9}. Received: {received:G9}.");
    }
}
