using System.Reflection;
using Keras.Layers;
using Keras.Tests;

namespace Keras.Kernels.Tests.Hostile;

/// <summary>Lists of no tensors where one is needed: of every function that takes a list, and of the layers that join what they are given.</summary>
[NonParallelizable]
sealed class EmptyListTests
{
    static bool IsList(ParameterInfo p) => p.ParameterType.IsAssignableFrom(typeof(Tensor[])) && p.ParameterType != typeof(object) && p.ParameterType.IsGenericType;

    // Lists that may be empty: dimensions of a scalar, operands of a function of none, no grids of no vectors.
    static readonly string[] MayBeEmpty = ["Reshape.newshape", "Switch.operands", "Meshgrid.x", "CustomGradient.inputs", "Scan.init", "Scan.xs", "ForiLoop.initVal", "WhileLoop.loopVars"];

    static IEnumerable<TestCaseData> All => Callable.With(IsList);

    static IEnumerable<TestCaseData> Lists => All.Where(c => !MayBeEmpty.Contains($"{c.Arguments[0]}.{((ParameterInfo)c.Arguments[1]!).Name}"));

    [TestCaseSource(nameof(Lists)), Hostile("K07")]
    public void Empty_lists_are_refused(Callable call, ParameterInfo p)
    {
        Refusal.Compute(call.Call());
        Assert.Multiple(() =>
        {
            Assert.That(Refusal.Fault(() => Refusal.Compute(call.Call(p, Array.Empty<Tensor>()))), Is.Null, "empty");
        });
    }

    [TestCaseSource(nameof(All)), Hostile("K07")]
    public void Lists_that_are_null_are_refused(Callable call, ParameterInfo p)
    {
        Refusal.Compute(call.Call());
        Assert.That(() => call.Call(p, null), Throws.InstanceOf<ArgumentException>());
    }

    [Test, Hostile("K07")]
    public void Lists_that_may_be_empty_are_computed() => Assert.Multiple(() =>
    {
        Assert.That(Ops.Reshape(Ops.Ones([1]), (IReadOnlyList<Tensor?>)[]).Shape, Is.EqualTo(Shape.Scalar));
        Assert.That(Ops.Meshgrid([]), Is.Empty);
        Assert.That(Gradients.Of(Ops.CustomGradient(Ops.Ones([]), [], _ => []), [Ops.Ones([2])])[0].ToDoubles(), Is.EqualTo(new[] { 0.0, 0 }));
        Assert.That(Ops.ForiLoop(0, 3, (_, xs) => xs, []), Is.Empty);
        Assert.That(Ops.Scan((c, _) => (c, []), [Ops.Ones([2])], [], length: 3).Carry[0].ToDoubles(), Is.EqualTo(new[] { 1.0, 1 }));
        Assert.That(Ops.Scan((_, x) => ([], x), [], [Ops.Ones([2])]).Ys[0].ToDoubles(), Is.EqualTo(new[] { 1.0, 1 }));
        Refusal.AtOnce(() => Ops.Scan((_, _) => ([], []), [], []));
        Assert.That(Ops.Switch(0, [_ => Ops.Ones([2])]).ToDoubles(), Is.EqualTo(new[] { 1.0, 1 }));
    });

    static IEnumerable<Type> Merging => typeof(Layer).Assembly.GetTypes().Where(t => t.IsPublic && !t.IsAbstract && (t.IsSubclassOf(typeof(Merge)) || t == typeof(Dot)));

    static Layer Make(Type type)
    {
        var constructor = type.GetConstructors().Single();
        return (Layer)constructor.Invoke(BindingFlags.OptionalParamBinding | BindingFlags.DoNotWrapExceptions, null, [.. constructor.GetParameters().Select(p => p.HasDefaultValue ? Type.Missing : Callable.To(p.ParameterType, 1))], null);
    }

    [TestCaseSource(nameof(Merging)), Hostile("K07")]
    public void Layers_refuse_to_join_nothing(Type type)
    {
        Refusal.Compute(Make(type).Apply([Ops.Ones([2, 3]), Ops.Ones([2, 3])]));
        Assert.Multiple(() =>
        {
            Refusal.AtOnce(() => Make(type).Apply((Tensor[])[]));
            Refusal.AtOnce(() => Make(type).Apply(Nest.List()));
        });
    }
}
