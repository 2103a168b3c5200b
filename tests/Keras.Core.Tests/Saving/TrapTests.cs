using System.Text.Json.Nodes;
using Keras.Layers;

namespace Keras.Core.Tests.Saving;

/// <summary>What other libraries got wrong in reading files, by small inputs. Names out of the file's attributes, the slope of hard_sigmoid, both names of functional
/// models and arrays larger than their file stand in LegacyFileTests, FunctionalConfigTests and Hdf5BombTests.</summary>
public class TrapTests
{
    [TestCase("DepthwiseConv2D", """{"name": "d", "kernel_size": [3, 3], "groups": 1}"""), TestCase("Conv2DTranspose", """{"name": "d", "filters": 2, "kernel_size": [3, 3], "groups": 1}""")]
    public void Convolutions_of_before_say_that_they_have_one_group(string name, string config)
    {
        JsonObject Node(int groups)
        {
            var node = new JsonObject { ["class_name"] = name, ["config"] = JsonNode.Parse(config) };
            node["config"]!["groups"] = groups;
            return node;
        }
        Assert.That(Layer.Deserialize(LegacyConfig.Upgrade(Node(1), "2.15.0")).GetType().Name, Is.EqualTo(name));
        Assert.That(() => Layer.Deserialize(LegacyConfig.Upgrade(Node(2), "2.15.0")), Throws.ArgumentException.With.Message.Contains("groups"));
    }

    [TestCase("3.16.0"), TestCase(null)]
    public void Recurrent_layers_may_say_how_they_compute(string? version)
    {
        var made = new GRU(3, kernelInitializer: new Initializers.Constant(0.01), recurrentInitializer: new Initializers.Constant(0.02), biasInitializer: new Initializers.Constant(0.03)).Serialize();
        made["config"]!["implementation"] = 0;
        var layer = Layer.Deserialize(version is null ? made : LegacyConfig.Upgrade(made, version));
        var rows = layer.Apply(Ops.Cast(Ops.Reshape(Ops.Arange(72), [3, 6, 4]), DType.Float32)).ToDoubles();
        Assert.That(rows, Is.EqualTo(new[] { 0.5217289, 0.6371659, 0.39384964 }.SelectMany(v => Enumerable.Repeat(v, 3))).Within(1e-6));
    }

    [Test]
    public void Orthogonal_matrices_have_the_name_of_before() =>
        Assert.That(((Dense)Layer.Deserialize(LegacyConfig.Upgrade((JsonObject)JsonNode.Parse("""
            {"class_name": "Dense", "config": {"name": "d", "units": 3, "kernel_initializer": {"class_name": "Orthogonal", "config": {"gain": 1.0, "seed": null}}}}
            """)!, "2.2.4"))).KernelInitializer, Is.TypeOf<Initializers.Orthogonal>());

    /// <summary>A stream that gives a byte for each call.</summary>
    sealed class Drip(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1)]);
    }

    [TestCase("m.keras"), TestCase("m.h5")]
    public void A_stream_may_give_less_than_it_is_asked_for(string name)
    {
        using var folder = Files.Samples.Folder();
        var model = WeightsFileTests.Small();
        model.Save(folder[name]);
        var again = Keras.Saving.LoadModel(new Drip(File.ReadAllBytes(folder[name])));
        Assert.That(again.GetWeights().Select(w => w.ToDoubles()), Is.EqualTo(model.GetWeights().Select(w => w.ToDoubles())));
    }
}
