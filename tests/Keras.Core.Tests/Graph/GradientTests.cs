using System.Diagnostics;

namespace Keras.Core.Tests.Graph;

public class GradientTests
{
    static Tensor Of(params double[] values) => Tensor.Of(values, [values.Length]);

    [Test]
    public void A_tensor_used_twice_gathers_both_gradients()
    {
        var x = Of(2, 3);
        var y = x * x + Ops.Exp(x) * x;
        var expected = new[] { 2.0, 3.0 }.Select(v => (2 * v) + (Math.Exp(v) * (1 + v))).ToArray();
        Assert.That(Gradients.Of(y, [x])[0].ToArray<double>(), Is.EqualTo(expected).Within(1e-12));
    }

    [Test]
    public void Broadcasting_and_promotion_are_undone()
    {
        Tensor row = Ops.Ones([3]), column = Ops.Ones([2, 1]), scalar = Ops.ConvertToTensor(2.0), half = Ops.Ones([3], DType.Float16);
        var y = row * column * scalar + half;
        var gradients = Gradients.Of(y, [row, column, scalar, half]);
        Assert.That(gradients.Select(g => g.Shape), Is.EqualTo(new[] { row.Shape, column.Shape, scalar.Shape, half.Shape }));
        Assert.That(gradients[3].DType, Is.EqualTo(DType.Float16));
        Assert.That(gradients.Select(g => g.ToDoubles()[0]), Is.EqualTo(new[] { 4.0, 6.0, 6.0, 2.0 }));
    }

    [Test]
    public void Stopped_gradients_and_unreached_tensors_are_zeros()
    {
        Tensor x = Of(3), other = Of(1, 2);
        var y = Ops.StopGradient(x) * x;
        var gradients = Gradients.Of(y, [x, other]);
        Assert.That(gradients[0].ToArray<double>(), Is.EqualTo(new[] { 3.0 }));
        Assert.That(gradients[1].ToArray<double>(), Is.EqualTo(new[] { 0.0, 0.0 }));
        Assert.That(Gradients.OrNull(y, [x, other])[1], Is.Null);
    }

    [Test]
    public void A_rule_of_ones_own_replaces_the_gradient()
    {
        var x = Of(3);
        var y = Ops.CustomGradient(x * x, [x], g => [g * 100]);
        Assert.That(y.ToArray<double>(), Is.EqualTo(new[] { 9.0 }));
        Assert.That(Gradients.Of(y * 2.0, [x])[0].ToArray<double>(), Is.EqualTo(new[] { 200.0 }));
        var wrong = Ops.CustomGradient(x * x, [x], g => [g, g]);
        Assert.That(() => Gradients.Of(wrong, [x]), Throws.ArgumentException.With.Message.EqualTo(
            "[CustomGradient] the rule gives a wrong number of gradients. Expected: 1. Received: 2."));
    }

    [Test]
    public void A_rule_may_give_no_gradient()
    {
        Tensor x = Of(3), w = Of(2);
        var y = Ops.CustomGradient(x * w, [x, w], g => [null, g]);
        Assert.That(Gradients.Of(y, [x, w]).Select(g => g.Item()), Is.EqualTo(new[] { 0.0, 1.0 }));
    }

    [Test]
    public void Higher_orders_work()
    {
        var x = Of(2);
        var y = x * x * x * x;
        var first = Gradients.Of(y, [x])[0];
        var second = Gradients.Of(first, [x])[0];
        var third = Gradients.Of(second, [x])[0];
        Assert.That(new[] { first, second, third }.Select(t => t.Item()), Is.EqualTo(new[] { 32.0, 48.0, 48.0 }).Within(1e-12));
    }

    [Test]
    public void Fused_ops_have_a_second_gradient()
    {
        var x = Of(0.3, -0.2, 0.9);
        var first = Gradients.Of(Ops.Sum(Ops.Square(Ops.Softmax(x))), [x])[0];
        var second = Gradients.Of(Ops.Sum(first * Of(1, 2, 3)), [x])[0];
        const double Step = 1e-5;
        for (var i = 0; i < 3; i++)
        {
            double At(double offset)
            {
                var moved = x.ToArray<double>();
                moved[i] += offset;
                var p = Of(moved);
                return Ops.Sum(Gradients.Of(Ops.Sum(Ops.Square(Ops.Softmax(p))), [p])[0] * Of(1, 2, 3)).Item();
            }
            Assert.That(second.ToArray<double>()[i], Is.EqualTo((At(Step) - At(-Step)) / (2 * Step)).Within(1e-8));
        }
    }

    [Test]
    public void A_seed_weights_the_result()
    {
        var x = Of(1, 2);
        Assert.That(Gradients.Of(x * x, [x], Of(10, 100))[0].ToArray<double>(), Is.EqualTo(new[] { 20.0, 400.0 }));
        Assert.That(() => Gradients.Of(x * x, [x], Of(1, 2, 3)), Throws.ArgumentException.With.Message.EqualTo(
            "[Gradients] the seed has another shape than the result. Expected: (2,). Received: (3,)."));
    }

    [Test]
    public void Tapes_and_functions_give_the_same()
    {
        var w = new Variable(Of(1, 2));
        var (value, gradients) = Gradients.ValueAndGrad(() => Ops.Sum(Ops.Square((Tensor)w)), [w]);
        Assert.That(value.Item(), Is.EqualTo(5));
        Assert.That(gradients[0].ToArray<double>(), Is.EqualTo(new[] { 2.0, 4.0 }));
        var tape = new GradientTape();
        Assert.That(tape.Gradient(Ops.Sum(Ops.Square(w.Value)), [w])[0].ToArray<double>(), Is.EqualTo(new[] { 2.0, 4.0 }));
        var x = Of(3);
        var (product, parts) = Gradients.ValueAndGrad(xs => xs[0] * xs[1], x, x);
        Assert.That(product.Item(), Is.EqualTo(9));
        Assert.That(parts.Select(p => p.Item()), Is.EqualTo(new[] { 3.0, 3.0 }), "a tensor given twice counts as two arguments");
    }

    [Test]
    public void An_integer_result_has_no_gradients()
    {
        var x = Tensor.Of<int>([1, 2], [2]);
        Assert.That(() => Gradients.Of(x * x, [x]), Throws.ArgumentException.With.Message.StartsWith("[Gradients] only a floating result has gradients."));
        var y = Of(1.5);
        Assert.That(Gradients.Of(Ops.Cast(Ops.Cast(y, DType.Int32), DType.Float64), [y])[0].Item(), Is.Zero);
    }

    [Test]
    public void The_result_may_be_the_target()
    {
        var x = Of(1, 2);
        Assert.That(Gradients.Of(x, [x])[0].ToArray<double>(), Is.EqualTo(new[] { 1.0, 1.0 }));
    }

    [Test]
    public void A_variable_that_was_assigned_since_has_no_part_in_an_older_result()
    {
        var w = new Variable(Of(3));
        var y = w.Value * w.Value;
        var read = w.Read();
        w.Assign(Of(5));
        Assert.That(Gradients.Of(y, [read])[0].Item(), Is.EqualTo(6));
        Assert.That(Gradients.Of(y, [w])[0].Item(), Is.Zero);
    }

    [Test, Category("Slow")]
    public void A_graph_of_a_hundred_thousand_nodes_has_a_gradient()
    {
        var watch = Stopwatch.StartNew();
        var x = Of(1);
        var y = x;
        for (var i = 0; i < 100_000; i++) y = i % 2 == 0 ? y * 1.00001 : Ops.Sin(y);
        var gradient = Gradients.Of(y, [x])[0];
        Assert.That(double.IsFinite(y.Item()));
        Assert.That(gradient.Item(), Is.GreaterThan(0).And.LessThan(1));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(60)));
    }
}
