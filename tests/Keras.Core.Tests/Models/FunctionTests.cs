namespace Keras.Core.Tests.Models;

public class FunctionTests
{
    [Test]
    public void A_function_repeats_what_was_computed()
    {
        Tensor x = Layer.Input(3), y = Layer.Input(3);
        var function = new Function(Nest.List(x, y), new Dictionary<string, Tensor> { ["sum"] = x + y, ["twice"] = new Keras.Layers.Rescaling(2).Apply(x) }, "f");
        var results = function.Apply(Nest.List(Ops.Ones([2, 3]), Ops.Ones([2, 3]) * 4));
        Assert.That((function.Name, results.Keys), Is.EqualTo(("f", new[] { "sum", "twice" })));
        Assert.That(results.Items.Select(i => i.Tensor.ToDoubles()), Is.EqualTo(new[] { Enumerable.Repeat(5.0, 6).ToArray(), Enumerable.Repeat(2.0, 6).ToArray() }));
    }

    [Test]
    public void A_function_of_one_tensor_takes_symbolic_ones()
    {
        var x = Layer.Input(3);
        var function = new Function(x, Ops.Sum(x, -1));
        Assert.That(function.Apply(Layer.Input(3)).Shape, Is.EqualTo(Shape.Create([null])));
        Assert.That(function.Apply(Ops.Ones([2, 3])).ToDoubles(), Is.EqualTo(new[] { 3.0, 3.0 }));
    }

    [Test]
    public void Outputs_need_the_inputs_that_they_were_made_of()
    {
        Tensor x = Layer.Input(3), y = Layer.Input(3);
        Assert.That(() => new Function(x, x + y, "f"), Throws.ArgumentException.With.Message.StartsWith("[Function \"f\"] the outputs need an Input"));
        Assert.That(() => new Function(x, x, "f").Apply(Nest.List(x, y)), Throws.ArgumentException.With.Message.StartsWith("[Function \"f\"] the number of inputs is wrong. Expected: 1. Received: 2."));
    }
}
