using Keras.Kernels.Tests.Table;
using Keras.Optimizers;
using Keras.Tests;

namespace Keras.Kernels.Tests.Hostile;

/// <summary>Gradients of another shape than what they are the gradients of: from users, and of every op that takes a gradient.</summary>
[NonParallelizable]
sealed class GradientShapeTests
{
    static Tensor Ones(params int[] shape) => Ops.Ones(Shape.Of(shape));

    static readonly Tensor X = Ones(2, 3), Y = Ones(2, 3, 4);

    static Variable Weight() => new(Ones(2, 3));

    static readonly Shape[] Others = [[], [1], [3], [3, 2], [2, 4], [1, 3], [2, 1], [0, 3], [2, 3, 1], [1, 2, 3], [1 << 30, 1 << 30]];

    // Calls by the gradient that they are given for something of shape (2, 3).
    static readonly (string Name, Func<Tensor, object?> Call)[] Given =
    [
        ("seed", g => Gradients.Of(X * X, [X], g)),
        ("seed for a variable", g => Weight() is var w ? Gradients.Of(w.Read() * 2, [w], g) : null),
        ("tape", g => new GradientTape().Gradient(X * X, [X], g)),
        ("tape for a variable", g => Weight() is var w ? new GradientTape().Gradient(w.Read() * 2, [w], g) : null),
        ("custom rule", g => Gradients.Of(Ops.CustomGradient(Ops.Sum(X), [X], _ => [g]), [X])),
        ("second of a custom rule", g => Gradients.Of(Ops.CustomGradient(Ops.Sum(X), [Y, X], _ => [Y, g]), [Y, X])),
        ("tangent", g => Ops.Jvp(xs => xs[0] * 2, [X], [g]).Tangent),
        ("tangent beside another", g => Ops.Jvp(xs => (Ops.Sum(xs[0]) + Ops.Sum(xs[1]), 1), [Y, X], [Y, g]).Tangent),
    ];

    static IEnumerable<TestCaseData> Calls => Given.Select(g => new TestCaseData(g.Call).SetArgDisplayNames(g.Name));

    [TestCaseSource(nameof(Calls)), Hostile("K04")]
    public void Gradients_of_another_shape_are_refused(Func<Tensor, object?> call)
    {
        Refusal.Compute(call(Ones(2, 3)));
        Assert.Multiple(() =>
        {
            foreach (var shape in Others) Assert.That(Refusal.Fault(() => call(Ops.Ones(shape))), Is.Null, $"{shape}");
        });
    }

    [Test, Hostile("K04")]
    public void Gradients_of_another_number_are_refused() => Assert.Multiple(() =>
    {
        Refusal.AtOnce(() => Gradients.Of(Ops.CustomGradient(Ops.Sum(X), [X], _ => []), [X]));
        Refusal.AtOnce(() => Gradients.Of(Ops.CustomGradient(Ops.Sum(X), [X], _ => [X, X]), [X]));
        Refusal.AtOnce(() => Ops.Jvp(xs => xs[0], [X], []).Tangent);
        Refusal.AtOnce(() => Ops.Jvp(xs => xs[0], [X], [X, X]).Tangent);
        Refusal.Compute(Gradients.Of(Ops.CustomGradient(Ops.Sum(X), [X], _ => [X]), [X]));
    });

    static IEnumerable<Type> OptimizerTypes => typeof(Optimizer).Assembly.GetTypes().Where(t => t.IsPublic && !t.IsAbstract && t.IsSubclassOf(typeof(Optimizer))).OrderBy(t => t.Name, StringComparer.Ordinal);

    static Optimizer Make(Type type)
    {
        var constructor = type.GetConstructors().MinBy(c => c.GetParameters().Count(p => !p.HasDefaultValue))!;
        return (Optimizer)constructor.Invoke(System.Reflection.BindingFlags.OptionalParamBinding | System.Reflection.BindingFlags.DoNotWrapExceptions, null,
            [.. constructor.GetParameters().Select(p => p.HasDefaultValue ? Type.Missing : p.ParameterType == typeof(OptimizerMap) ? new OptimizerMap(new SGD()) : (object)new SGD())], null);
    }

    [TestCaseSource(nameof(OptimizerTypes)), Hostile("K04")]
    public void Optimizers_refuse_gradients_of_another_shape(Type type)
    {
        var (optimizer, weight) = (Make(type), Weight());
        optimizer.Apply([Ones(2, 3)], [weight]);
        var before = weight.Read().ToDoubles();
        Assert.Multiple(() =>
        {
            foreach (var shape in Others) Assert.That(Refusal.Fault(() => optimizer.Apply([Ops.Ones(shape)], [weight])), Is.Null, $"{shape}");
            Assert.That(Refusal.Fault(() => optimizer.Apply([Ones(2, 3), Ones(2, 3)], [weight])), Is.Null);
            Assert.That(weight.Read().ToDoubles(), Is.EqualTo(before), "a refused step changes nothing");
            Assert.That(optimizer.Iterations.Read().Item(), Is.EqualTo(1));
        });
    }

    static IEnumerable<Type> GradientOps => OpTable.Rows.Select(r => r.Op).Where(t => t.Name.EndsWith("Gradient", StringComparison.Ordinal)).Distinct();

    // Dimensions that no other input and no attribute says: of each op the inputs and their axes.
    static readonly Dictionary<string, (int Input, int Axis)[]> Free = new()
    {
        ["ConvolutionInputGradient"] = [(0, 0)],
        ["DepthsGradient"] = [(0, 0), (0, 2), (0, 3)],
        ["ResampleImagesGradient"] = [(0, 0), (0, 3), (0, More)],
        ["SparseCrossentropyGradient"] = [(0, 0)],
        ["CtcLossGradient"] = [(0, 1), (0, 2), (1, 1)],
        // Sizes of which the step of the window leaves as many windows.
        ["MaxPoolGradient"] = [(0, 1), (0, 2)],
    };

    const int More = 99;

    static Shape[] Changed(Shape shape, int axis) => axis == More ? [shape.Append([2])] : shape[axis] == 0 ? [shape.With(axis, 1)] : [shape.With(axis, shape[axis] + 1), shape.With(axis, shape[axis] - 1)];

    /// <summary>An op that takes a gradient is the gradient of what it was made for, or it is not made.</summary>
    [TestCaseSource(nameof(GradientOps)), Hostile("K04")]
    public void Ops_refuse_gradients_of_another_shape(Type op)
    {
        var row = OpTable.Rows.First(r => r.Op == op);
        var drawn = OpRow.Draw(row.Cases[0], DType.Float32);
        var node = Graphs.Order([row.Call([.. drawn.Select((x, i) => x.Tensor(row.Cases[0][i].In(DType.Float32)))])]).First(n => n.Op.GetType() == op);
        Refusal.Compute(OpRow.Results(node));
        Assert.Multiple(() =>
        {
            foreach (var i in Enumerable.Range(0, node.Inputs.Length))
            {
                Tensor[] inputs = [.. node.Inputs];
                var shape = inputs[i].Shape;
                foreach (var other in Enumerable.Range(0, shape.Rank).Append(More).Where(axis => !Free.GetValueOrDefault(op.Name, []).Contains((i, axis))).SelectMany(axis => Changed(shape, axis)))
                {
                    inputs[i] = Ops.Cast(Ops.Zeros(other), node.Inputs[i].DType);
                    Assert.That(Refusal.Fault(() => node.Op.On(inputs)), Is.Null, $"input {i} of shape {other}, not {shape}");
                }
            }
        });
    }
}
