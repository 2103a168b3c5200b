using System.Text.Json.Nodes;

namespace Keras.Core.Tests.Models;

using Keras.Layers;

/// <summary>Models that may be called without some of their inputs.</summary>
sealed class OptionalInputTests
{
    sealed class Shift : Layer
    {
        readonly Dense _dense = new(2, kernelInitializer: "ones");

        public Shift() => InputSpec = [new InputSpec(Ndim: 2, Name: "x"), new InputSpec(Ndim: 2, Name: "by", Optional: true)];

        protected override Nest Call(Nest inputs, CallContext context)
        {
            var x = _dense.Apply(inputs.Items[0].Tensor);
            Assert.That(context.Masks, Has.Count.EqualTo(2));
            return inputs.Items[1].IsNone ? x : x + inputs.Items[1].Tensor;
        }
    }

    static Tensor Named(string name, int size, bool optional = false) => new Input(Shape.Of(size), name: name, optional: optional).Output;

    static Model Make(bool dictionary)
    {
        Tensor x = Named("x", 3), by = Named("by", 2, optional: true);
        return new Model(dictionary ? new Dictionary<string, Tensor> { ["x"] = x, ["by"] = by } : new[] { x, by }, new Shift().Apply((Nest)new[] { x, by }).Tensor);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_model_is_called_with_and_without_an_optional_input(bool dictionary)
    {
        var model = Make(dictionary);
        Tensor x = Ops.Ones([2, 3]), by = Ops.Full([2, 2], 10);
        Nest with = new Dictionary<string, Tensor> { ["x"] = x, ["by"] = by }, without = new Dictionary<string, Tensor> { ["x"] = x };
        Nest none = Nest.Dictionary([new("x", x), new("by", Nest.None)]);
        for (var round = 0; round < 2; round++)
        {
            Assert.That(model.Predict(with).ToDoubles(), Has.All.EqualTo(13));
            Assert.That(model.Predict(without, batchSize: 1).ToDoubles(), Has.All.EqualTo(3));
            Assert.That(model.Predict(none).ToDoubles(), Has.All.EqualTo(3));
            Assert.That(model.Apply(without).Tensor.ToDoubles(), Has.All.EqualTo(3));
        }
        if (!dictionary) Assert.That(model.Predict(Nest.List(x, Nest.None)).ToDoubles(), Has.All.EqualTo(3));
        model.Compile("sgd", "mse");
        Assert.That(model.Evaluate(without, Ops.Full([2, 2], 3), verbose: 0)["loss"], Is.Zero);
        Assert.That(model.Fit(with, Ops.Full([2, 2], 13), verbose: 0)["loss"][0], Is.Zero);
        Assert.That(model.Fit(without, Ops.Ones([2, 2]), verbose: 0)["loss"][0], Is.EqualTo(4));
    }

    [Test]
    public void A_model_with_an_optional_input_is_a_layer_of_models_and_cloned()
    {
        var inner = Make(false);
        var a = Named("a", 3);
        var outer = new Model(a, inner.Apply(Nest.List(a, Nest.None)).Tensor);
        Assert.That(outer.Predict(Ops.Ones([1, 3])).ToDoubles(), Has.All.EqualTo(3));
        Assert.That(Keras.Models.CloneModel(inner).Predict(Nest.List(Ops.Ones([1, 3]), Nest.None)).ToDoubles(), Has.All.EqualTo(3));
    }

    [Test]
    public void What_is_not_optional_has_to_be_there()
    {
        var model = Make(false);
        Tensor x = Ops.Ones([2, 3]), by = Ops.Ones([2, 2]);
        Assert.That(() => model.Predict(Nest.List(Nest.None, by)), Throws.ArgumentException.With.Message.Contains("an input is missing. Expected: \"x\". Received: None"));
        Assert.That(() => model.Predict(new Dictionary<string, Tensor> { ["by"] = by }), Throws.ArgumentException.With.Message.Contains("the names of the inputs differ"));
        Assert.That(() => model.Predict(x), Throws.ArgumentException.With.Message.Contains("the number of inputs is wrong"));
        Assert.That(() => new Shift().Apply(Nest.List(Nest.None, by)), Throws.ArgumentException.With.Message.Contains("an input is missing. Expected: \"x\""));
        Assert.That(() => new Shift().Apply(Nest.List(x, Ops.Ones([2]))), Throws.ArgumentException.With.Message.Contains("wrong rank"));
        Assert.That(new Shift().Apply(Nest.List(x, Nest.None)).Tensor.Shape, Is.EqualTo(Shape.Of(2, 2)));
        Assert.That(() => new Dense(1).Apply(Nest.None), Throws.ArgumentException.With.Message.Contains("there are no inputs"));
        Assert.That(() => new Keras.Layers.Add().Apply(Nest.List(x, Nest.None)), Throws.ArgumentException.With.Message.StartsWith("[Add "));
        Tensor a = Named("a", 3), b = Named("b", 3, optional: true);
        var sum = new Model(new[] { a, b }, a + b, name: "sum");
        Assert.That(() => sum.Apply(Nest.List(x, Nest.None)), Throws.ArgumentException.With.Message.StartsWith("[Model \"sum\"] an optional input goes to Add, which needs it. Expected: \"b\". Received: none."));
        Assert.That(sum.Predict(new[] { x, x }).ToDoubles(), Has.All.EqualTo(2));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Optional_comes_back_from_the_config(bool optional)
    {
        var node = new Input(Shape.Of(3), name: "x", optional: optional).Serialize();
        Assert.That((bool?)node["config"]!["optional"], Is.EqualTo(optional));
        Assert.That(((Input)Layer.Deserialize(JsonNode.Parse(node.ToJsonString())!)).Optional, Is.EqualTo(optional));
    }
}
