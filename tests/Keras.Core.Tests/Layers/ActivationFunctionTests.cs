namespace Keras.Core.Tests.Layers;

public class ActivationFunctionTests
{
    [Test]
    public void Activations_are_read_and_written()
    {
        var own = ActivationFunction.Of(x => x * 3);
        Assert.Multiple(() =>
        {
            Assert.That(Activations.Get(null).Name, Is.EqualTo("linear"));
            Assert.That(Activations.Get("relu").Apply(Tensor.Of([-1f, 2f], [2])).ToDoubles(), Is.EqualTo(new double[] { 0, 2 }));
            Assert.That(Activations.Get(own), Is.SameAs(own));
            Assert.That((string)Activations.Serialize("log_softmax")!, Is.EqualTo("log_softmax"));
            Assert.That(Activations.Deserialize("gelu").Name, Is.EqualTo("gelu"));
            var written = System.Text.Json.Nodes.JsonNode.Parse("""{"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function"}""");
            Assert.That(Activations.Deserialize(written).Name, Is.EqualTo("relu"));
            Assert.That(Activations.Deserialize("triple", new Dictionary<string, Func<Tensor, Tensor>> { ["triple"] = x => x * 3 }).Apply(2).Item(), Is.EqualTo(6));
            Assert.That(() => Activations.Serialize(own), Throws.InstanceOf<NotSupportedException>().With.Message.StartsWith("[activation] a function without a name cannot be saved."));
            foreach (var name in new[] { "nothing", "get", "serialize", "deserialize" })
                Assert.That(() => Activations.Get(name), Throws.ArgumentException.With.Message.StartsWith("[activation] unknown name."), name);
        });
    }
}
