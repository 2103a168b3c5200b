using Keras.Layers;
using Keras.Optimizers;

namespace Keras.Core.Tests.Training;

using Saving = Keras.Saving;

public class MultiOptimizerTests
{
    static Variable Weight(string path, params float[] values) => new(Tensor.Of(values, Shape.Of(values.Length)), name: path.Split('/')[^1]) { Path = path };

    static Tensor Gradient(params float[] values) => Tensor.Of(values, Shape.Of(values.Length));

    static readonly float[,] X = { { 1, 2 }, { 3, 1 }, { -1, 2 }, { 0, -2 } };

    static readonly float[,] Y = { { 5 }, { 7 }, { 1 }, { -4 } };

    static double[][] Values(Model model) => [.. model.Weights.Select(w => w.Value.ToDoubles())];

    static Model Chain(string name = "")
    {
        var input = new Input(2).Output;
        return new Model(input, new Dense(1, name: $"head{name}").Apply(new Dense(3, name: $"body{name}").Apply(input)));
    }

    [Test]
    public void A_path_is_looked_up_first_as_it_is_then_by_the_one_pattern_that_matches_all_of_it()
    {
        Optimizer sgd = "sgd", adam = "adam", rest = "rmsprop";
        var map = new OptimizerMap(rest, new Dictionary<string, Optimizer> { ["encoder/layer_0/dense"] = adam, ["decoder"] = adam }) { ["encoder/.*"] = sgd };
        Assert.Multiple(() =>
        {
            Assert.That(map["encoder/layer_0/dense"], Is.SameAs(adam));
            Assert.That(map["encoder/layer_0/query"], Is.SameAs(sgd));
            Assert.That(map["decoder"], Is.SameAs(adam));
            Assert.That(map["decoder/dense"], Is.SameAs(rest));
            Assert.That(map["my/encoder/dense"], Is.SameAs(rest));
            Assert.That(map.Map.Keys, Is.EqualTo(new[] { "encoder/layer_0/dense", "decoder", "encoder/.*" }));
        });
        map["encoder/l.*"] = adam;
        Assert.That(() => map["encoder/layer_0/query"], Throws.ArgumentException.With.Message.Contains("several keys"));
    }

    [Test]
    public void Each_variable_goes_to_its_optimizer([Values] bool compiled)
    {
        Variable[] all = [Weight("body/kernel", 1), Weight("head/kernel", 1), Weight("body/bias", 1)];
        var optimizer = new MultiOptimizer(new OptimizerMap(new SGD(1, momentum: 0.5, name: "rest")) { ["head/.*"] = new SGD(0.125, name: "slow") }, name: "multi");
        optimizer.Build(all);
        Assert.That(optimizer.Variables.Select(v => v.Path), Is.EqualTo(new[]
        {
            "multi/iteration", "multi/learning_rate", "slow/iteration", "slow/learning_rate",
            "rest/iteration", "rest/learning_rate", "rest/body_kernel_momentum", "rest/body_bias_momentum",
        }));
        var step = new CompiledFunction(a =>
        {
            optimizer.Apply([.. a]);
            return [];
        });
        for (var i = 0; i < 2; i++)
            if (compiled) step.Invoke(Gradient(1), Gradient(1), Gradient(2));
            else optimizer.Apply([Gradient(1), Gradient(1), Gradient(2)]);
        Assert.That(all.Select(v => v.Value.Item()), Is.EqualTo(new[] { -1.5, 0.75, -4 }));
        Assert.That(optimizer.Optimizers.Prepend(optimizer).Select(o => o.Iterations.Value.Item()), Is.All.EqualTo(2));
    }

    [Test]
    public void A_function_may_choose()
    {
        Variable[] all = [Weight("body/kernel", 1), Weight("head/kernel", 1)];
        Optimizer fast = new SGD(1), slow = new SGD(0.25);
        var optimizer = MultiOptimizer.Of(v => v.Path.StartsWith("head", StringComparison.Ordinal) ? slow : fast);
        optimizer.Apply([Gradient(1), Gradient(1)], all);
        Assert.That(all.Select(v => v.Value.Item()), Is.EqualTo(new[] { 0, 0.75 }));
        Assert.That(optimizer.Optimizers, Is.EqualTo(new[] { fast, slow }));
        Assert.That(() => optimizer.Serialize(), Throws.TypeOf<NotSupportedException>().With.Message.Contains("OptimizerMap"));
    }

    [Test]
    public void The_loss_is_scaled_once()
    {
        Variable[] all = [Weight("body/kernel", 1), Weight("head/kernel", 1)];
        var optimizer = new MultiOptimizer(new OptimizerMap(new SGD(1, lossScaleFactor: 8)) { ["head/.*"] = new SGD(0.5) }, lossScaleFactor: 4);
        var scale = (float)optimizer.ScaleLoss(1f).Item();
        Assert.That(scale, Is.EqualTo(4));
        optimizer.Apply([Gradient(scale), Gradient(scale)], all);
        Assert.That(all.Select(v => v.Value.Item()), Is.EqualTo(new[] { 0, 0.5 }));
        var scaled = new LossScaleOptimizer(optimizer, 2);
        scaled.Apply([Gradient(2), Gradient(2)], all);
        Assert.That(all.Select(v => v.Value.Item()), Is.EqualTo(new[] { -1, 0 }));
        scaled.Apply([Gradient(float.NaN), Gradient(2)]);
        Assert.That(all.Select(v => v.Value.Item()), Is.EqualTo(new[] { -1, 0 }));
        Assert.That(scaled.Iterations.Value.Item(), Is.EqualTo(2));
    }

    [Test]
    public void A_model_trains_and_goes_on_after_a_file()
    {
        var first = Chain("_a");
        first.Compile(new MultiOptimizer(new OptimizerMap(new Adam(0.1)) { [".*head_a/.*"] = new SGD(0.01, momentum: 0.9) }), "mse");
        var history = first.Fit(X, Y, epochs: 30, verbose: 0);
        Assert.That(history["loss"][^1], Is.LessThan(history["loss"][0] / 2));
        Assert.That(((MultiOptimizer)first.Optimizer!).Optimizers[0].Variables, Has.Count.EqualTo(2 + 2));
        using var stream = new MemoryStream();
        first.Save(stream);
        var second = Saving.LoadModel(stream.ToArray());
        Assert.That(second.Optimizer!.Variables.Select(v => v.Value.ToDoubles()), Is.EqualTo(first.Optimizer!.Variables.Select(v => v.Value.ToDoubles())));
        first.Fit(X, Y, epochs: 3, verbose: 0);
        second.Fit(X, Y, epochs: 3, verbose: 0);
        Assert.That(Values(second), Is.EqualTo(Values(first)));
        stream.SetLength(0);
        first.SaveWeights(stream);
        stream.Position = 0;
        var weights = new Hdf5Weights(Hdf5File.Open(stream, LoadLimits.Default));
        Assert.That(((string[])["optimizer", "optimizer/optimizers/sgd", "optimizer/optimizers/adam"]).Select(p => weights.Get(p).Names.Count), Is.EqualTo(new[] { 2 + 4 + 6, 4, 6 }));
    }

    [Test]
    public void Configs_come_back()
    {
        var config = new MultiOptimizer(new OptimizerMap(new SGD(0.5)) { ["a/.*"] = new Adam(0.25) }, 2, "multi").Serialize();
        Assert.That(config["config"]!.AsObject().Select(p => p.Key), Is.EquivalentTo(new[] { "optimizer_map", "loss_scale_factor", "name" }));
        Assert.That((string?)config["config"]!["optimizer_map"]!["class_name"], Is.EqualTo("OptimizerMap"));
        Assert.That(config["config"]!["optimizer_map"]!["config"]!.AsObject().Select(p => p.Key), Is.EqualTo(new[] { "default_optimizer", "optimizer_map" }));
        var read = (MultiOptimizer)Optimizer.Deserialize(config);
        Assert.That(read.Serialize().ToJsonString(), Is.EqualTo(config.ToJsonString()));
        Assert.That(read.OptimizerMap!["a/kernel"].LearningRate.Value.Item(), Is.EqualTo(0.25));
        config["config"]!["optimizer_map"]!["class_name"] = "Other";
        Assert.That(() => Optimizer.Deserialize(config), Throws.ArgumentException.With.Message.Contains("OptimizerMap"));
    }

    [Test]
    public void Errors_say_what_is_wrong()
    {
        var map = new OptimizerMap("sgd");
        Assert.That(() => new MultiOptimizer(map).LearningRate, Throws.InvalidOperationException.With.Message.Contains("several learning rates"));
        Assert.That(() => map["a"] = new MultiOptimizer(map), Throws.ArgumentException.With.Message.Contains("\"a\""));
        Assert.That(() => new OptimizerMap(new LossScaleOptimizer("sgd")), Throws.ArgumentException);
        map["("] = "sgd";
        Assert.That(() => map["a"], Throws.ArgumentException.With.Message.Contains("\"(\""));
        Assert.That(map["("], Is.TypeOf<SGD>());
        var slow = new OptimizerMap("sgd") { ["(a+)+b"] = "adam" };
        Assert.That(() => slow[new string('a', 60)], Throws.ArgumentException.With.Message.Contains("cannot be matched"));
        Assert.That(() => MultiOptimizer.Of(_ => null!).Build([Weight("a", 1)]), Throws.ArgumentException.With.Message.Contains("no optimizer"));
    }
}
