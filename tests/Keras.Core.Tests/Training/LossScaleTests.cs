using System.Text.Json.Nodes;
using Keras.Layers;
using Keras.Optimizers;

namespace Keras.Core.Tests.Training;

using Saving = Keras.Saving;

public class LossScaleTests
{
    static Variable Weight(params float[] values) => new(Tensor.Of(values, Shape.Of(values.Length)), name: "kernel") { Path = "dense/kernel" };

    static Tensor Gradient(params float[] values) => Tensor.Of(values, Shape.Of(values.Length));

    static readonly float[,] X = { { 1, 2 }, { 3, 1 }, { -1, 2 }, { 0, -2 } };

    static readonly float[,] Y = { { 500 }, { 700 }, { 100 }, { -400 } };

    /// <summary>A sequential model whose own policy is another one than the global one, as files have it.</summary>
    static Sequential Half(string policy = "mixed_float16")
    {
        var config = new Sequential([new Input(2), new Dense(3, dtype: policy), new Dense(1, dtype: policy)], name: "half").Serialize();
        config["config"]!["dtype"] = ((DTypePolicy)policy).Serialize();
        return (Sequential)Layer.Deserialize(config);
    }

    static double[][] Values(Model model) => [.. model.Weights.Select(w => w.Value.ToDoubles())];

    static LossScaleOptimizer Scaled(Model model) => (LossScaleOptimizer)model.Optimizer!;

    [Test]
    public void Gradients_of_the_scaled_loss_make_the_steps_of_the_loss([Values] bool built)
    {
        var w = Weight(1, 2, 3, 4);
        var optimizer = new LossScaleOptimizer(new SGD(0.5));
        if (built) optimizer.Build([w]);
        var scale = (float)optimizer.ScaleLoss(1f).Item();
        Assert.That(scale, Is.EqualTo(32768));
        optimizer.Apply([Gradient(scale, 6 * scale, 7 * scale, 2 * scale)], built ? null : [w]);
        Assert.That(w.Value.ToDoubles(), Is.EqualTo(new[] { 0.5, -1, -0.5, 3 }));
    }

    [Test]
    public void The_scale_falls_with_each_overflow_and_rises_after_finite_steps([Values] bool compiled)
    {
        var w = Weight(1, 2);
        var optimizer = new LossScaleOptimizer(new SGD(0.5, momentum: 0.5), initialScale: 8, dynamicGrowthSteps: 2, name: "scaled");
        optimizer.Build([w]);
        var step = new CompiledFunction(a =>
        {
            optimizer.Apply([.. a]);
            return [];
        });
        // Gradients as they come of the scaled loss, and the weight, the scale, the counter and the steps after them. Velocities of the first element: -1, -1.5, -1.75.
        (float A, float B, double W, double Scale, double Counter, double Steps)[] run =
        [
            (16, 8, 0, 8, 1, 1),
            (16, 8, -1.5, 16, 0, 2),
            (float.PositiveInfinity, 1, -1.5, 8, 0, 2),
            (1, float.NaN, -1.5, 4, 0, 2),
            (8, 4, -3.25, 4, 1, 3),
            (float.NegativeInfinity, float.NaN, -3.25, 2, 0, 3),
        ];
        foreach (var (a, b, weight, scale, counter, steps) in run)
        {
            if (compiled) step.Invoke(Gradient(a, b));
            else optimizer.Apply([Gradient(a, b)]);
            Assert.Multiple(() =>
            {
                Assert.That(w.Value.ToDoubles()[0], Is.EqualTo(weight));
                Assert.That(w.Value.ToDoubles()[1], Is.EqualTo((weight - 1) / 2 + 2));
                Assert.That(optimizer.DynamicScale!.Value.Item(), Is.EqualTo(scale));
                Assert.That(optimizer.StepCounter!.Value.Item(), Is.EqualTo(counter));
                Assert.That(optimizer.Iterations.Value.Item(), Is.EqualTo(steps));
            });
        }
    }

    [Test]
    public void Variables_are_its_own_and_then_those_of_the_inner_optimizer()
    {
        var optimizer = new LossScaleOptimizer(new Adam(name: "adam"), name: "scaled");
        optimizer.Build([Weight(1)]);
        Assert.That(optimizer.Variables.Select(v => v.Path), Is.EqualTo(new[]
        {
            "scaled/iteration", "scaled/learning_rate", "scaled/step_counter", "scaled/dynamic_scale",
            "adam/iteration", "adam/learning_rate", "adam/dense_kernel_momentum", "adam/dense_kernel_velocity",
        }));
        Assert.That((optimizer.Variables[1].Value.Item(), optimizer.StepCounter!.DType, optimizer.DynamicScale!.DType), Is.EqualTo((0d, DType.Int32, DType.Float32)));
    }

    [Test]
    public void The_learning_rate_and_averages_are_those_of_the_inner_optimizer()
    {
        var w = Weight(0);
        var optimizer = new LossScaleOptimizer(new SGD(1, useEma: true, emaMomentum: 0.5, lossScaleFactor: 4), initialScale: 1);
        Assert.That(optimizer.InnerOptimizer.LossScaleFactor, Is.Null);
        optimizer.Apply([Gradient(1)], [w]);
        optimizer.LearningRate.Assign(2);
        Assert.That(optimizer.CurrentLearningRate.Item(), Is.EqualTo(2));
        optimizer.Apply([Gradient(1)], [w]);
        Assert.That(w.Value.Item(), Is.EqualTo(-3));
        optimizer.FinalizeVariableValues();
        Assert.That(w.Value.Item(), Is.EqualTo(-2));
        Assert.That(new LossScaleOptimizer(new SGD(new Keras.Optimizers.Schedules.PolynomialDecay(1, 10))).Schedule, Is.Not.Null);
    }

    [Test]
    public void A_scale_stays_a_number()
    {
        var w = Weight(0);
        var high = new LossScaleOptimizer(new SGD(1), 1e38, 1);
        var low = new LossScaleOptimizer(new SGD(1), 2e-38);
        for (var i = 0; i < 3; i++)
        {
            high.Apply([Gradient(1)], [w]);
            low.Apply([Gradient(float.NaN)], [w]);
        }
        Assert.That((high.DynamicScale!.Value.Item(), low.DynamicScale!.Value.Item()), Is.EqualTo((Math.Pow(2, 127), Math.Pow(2, -126))));
    }

    [Test]
    public void Variables_kept_out_of_weight_decay_are_so_within([Values] bool before)
    {
        Variable kernel = Weight(1), bias = new(Gradient(1), name: "bias");
        var optimizer = new LossScaleOptimizer(MultiOptimizer.Of(_ => new SGD(0.5, weightDecay: 0.5)), 1);
        if (before) optimizer.ExcludeFromWeightDecay([bias]);
        optimizer.Build([kernel, bias]);
        if (!before) optimizer.ExcludeFromWeightDecay(varNames: ["bias"]);
        optimizer.Apply([Gradient(0), Gradient(0)]);
        Assert.That((kernel.Value.Item(), bias.Value.Item()), Is.EqualTo((0.75, 1d)));
    }

    [Test]
    public void Small_gradients_survive_half_precision()
    {
        // 1e-8 is 0 in float16; scaled by 32768 it is not.
        static double Moved(bool scaled)
        {
            var w = Weight(0);
            Optimizer optimizer = new SGD(1e8);
            if (scaled) optimizer = new LossScaleOptimizer(optimizer);
            optimizer.Build([w]);
            var loss = Ops.Sum(Ops.Cast(Ops.Cast(w.Read(), DType.Float16) * Ops.Cast(1f, DType.Float16), DType.Float32)) * 1e-8f;
            optimizer.Apply([Gradients.Of(optimizer.ScaleLoss(loss), [w.Read()])[0]]);
            return w.Value.Item();
        }
        Assert.That((Moved(false), Moved(true)), Is.EqualTo((0d, -1d)).Using<(double, double)>((a, b) => a.Item1 == b.Item1 && Math.Abs(a.Item2 - b.Item2) < 1e-2));
    }

    [Test]
    public void A_model_in_half_precision_skips_what_overflows_and_then_trains([Values] bool eagerly)
    {
        var model = Half();
        model.Compile(new Adam(0.5), "mse", runEagerly: eagerly);
        var before = Values(model);
        model.TrainOnBatch(X, Y);
        Assert.That(Values(model), Is.EqualTo(before), "a gradient of 1000 times 32768 is infinite in float16");
        Assert.That(Scaled(model).DynamicScale!.Value.Item(), Is.EqualTo(16384));
        Assert.That(Scaled(model).Iterations.Value.Item(), Is.Zero);
        var history = model.Fit(X, Y, epochs: 200, batchSize: 4, verbose: 0);
        Assert.That(history["loss"][^1], Is.LessThan(history["loss"][0] / 2));
        Assert.That(Scaled(model).DynamicScale!.Value.Item(), Is.LessThan(1024));
        Assert.That(Values(model), Is.Not.EqualTo(before));
    }

    [Test]
    public void Compile_wraps_the_optimizer_of_a_half_precision_model_unless_told_not_to()
    {
        var adam = new Adam();
        var model = Half();
        model.Compile(adam, "mse");
        Assert.That(Scaled(model).InnerOptimizer, Is.SameAs(adam));
        Assert.That(Scaled(model).Name, Is.EqualTo("loss_scale_optimizer"));
        Assert.That((string?)model.GetCompileConfig()!["optimizer"]!["class_name"], Is.EqualTo("Adam"));
        model.Compile(adam, "mse", autoScaleLoss: false);
        Assert.That(model.Optimizer, Is.SameAs(adam));
        var own = new LossScaleOptimizer(adam, 4);
        model.Compile(own, "mse");
        Assert.That(model.Optimizer, Is.SameAs(own));
        Assert.That((string?)model.GetCompileConfig()!["optimizer"]!["class_name"], Is.EqualTo("LossScaleOptimizer"));
        foreach (var policy in (string[])["float32", "mixed_bfloat16", "float16"])
        {
            var other = Half(policy);
            other.Compile(adam, "mse");
            Assert.That(other.Optimizer, Is.SameAs(adam), policy);
        }
    }

    [Test]
    public void Training_goes_on_after_a_file([Values("m.keras", "m.h5", "folder")] string name, [Values] bool given)
    {
        using var folder = new Files.TemporaryFolder();
        var first = Half();
        first.Compile(given ? new LossScaleOptimizer(new Adam(0.5), 512, 3) : new Adam(0.5), "mse");
        first.Fit(X, Y, epochs: 9, verbose: 0);
        first.Save(folder[name], zipped: name != "folder");
        var second = Saving.LoadModel(folder[name]);
        Assert.That(Scaled(second).DynamicScale!.Value.Item(), Is.EqualTo(Scaled(first).DynamicScale!.Value.Item()).And.Not.EqualTo(32768));
        Assert.That(Scaled(second).DynamicGrowthSteps, Is.EqualTo(given ? 3 : 2000));
        Assert.That(Scaled(second).StepCounter!.Value.Item(), Is.EqualTo(Scaled(first).StepCounter!.Value.Item()));
        first.Fit(X, Y, epochs: 3, verbose: 0);
        second.Fit(X, Y, epochs: 3, verbose: 0);
        Assert.That(Values(second), Is.EqualTo(Values(first)));
    }

    [Test]
    public void Weights_files_hold_the_variables_twice_as_in_Keras()
    {
        var first = Half();
        first.Compile(new Adam(0.5), "mse");
        first.Fit(X, Y, epochs: 9, verbose: 0);
        using var stream = new MemoryStream();
        first.SaveWeights(stream);
        stream.Position = 0;
        var weights = new Hdf5Weights(Hdf5File.Open(stream, LoadLimits.Default));
        Assert.That(weights.Get("optimizer").Names, Has.Count.EqualTo(4 + 2 + 8));
        Assert.That(weights.Get("optimizer/inner_optimizer").Names, Has.Count.EqualTo(2 + 8));
        Assert.That(weights.Get("optimizer")["4"].Item(), Is.EqualTo(Scaled(first).Iterations.Value.Item()));
        var second = Half();
        second.Compile(new Adam(0.5), "mse");
        stream.Position = 0;
        second.LoadWeights(stream);
        Assert.That(Scaled(second).Variables.Select(v => v.Value.ToDoubles()), Is.EqualTo(Scaled(first).Variables.Select(v => v.Value.ToDoubles())));
    }

    [Test]
    public void A_functional_model_whose_file_tells_no_policy_scales_its_loss_as_before()
    {
        var input = new Input(2).Output;
        var functional = new Model(input, new Dense(1, dtype: "mixed_float16").Apply(input));
        functional.Compile(new LossScaleOptimizer(new Adam(0.5), name: "loss_scale_optimizer"), "mse");
        functional.Fit(X, Y, epochs: 5, verbose: 0);
        var file = Changed(functional, compiled => compiled["optimizer"] = compiled["optimizer"]!["config"]!["inner_optimizer"]!.DeepClone());
        var model = Saving.LoadModel(file);
        Assert.That(model.Optimizer!.Variables.Select(v => v.Value.ToDoubles()), Is.EqualTo(functional.Optimizer!.Variables.Select(v => v.Value.ToDoubles())));
        Assert.That((string?)model.GetCompileConfig()!["optimizer"]!["class_name"], Is.EqualTo("Adam"));
    }

    static byte[] Changed(Model model, Action<JsonObject> change)
    {
        using var stream = new MemoryStream();
        model.Save(stream);
        var zip = new ZipArchiveReader(new MemoryStream(stream.ToArray()));
        using var changed = new MemoryStream();
        var archive = new ZipArchiveWriter(changed);
        foreach (var member in zip.Members)
        {
            var content = zip.ReadAll(member);
            if (member.Name == "config.json")
            {
                var config = JsonNode.Parse(content)!.AsObject();
                change(config["compile_config"]!.AsObject());
                content = System.Text.Encoding.UTF8.GetBytes(config.ToJsonString());
            }
            archive.Add(member.Name, content);
        }
        archive.Finish();
        return changed.ToArray();
    }

    [Test]
    public void Configs_come_back_also_those_with_arguments_of_all_optimizers()
    {
        var config = new LossScaleOptimizer(new SGD(0.5, momentum: 0.25), 16, 5, "scaled").Serialize();
        Assert.That(config["config"]!.AsObject().Select(p => p.Key), Is.EquivalentTo(new[] { "name", "inner_optimizer", "initial_scale", "dynamic_growth_steps" }));
        Assert.That((string?)config["module"], Is.EqualTo("keras.optimizers"));
        foreach (var key in (string[])["weight_decay", "clipnorm", "loss_scale_factor"]) config["config"]![key] = null;
        (config["config"]!["use_ema"], config["config"]!["ema_momentum"]) = (false, 0.99);
        var read = (LossScaleOptimizer)Optimizer.Deserialize(config);
        Assert.That((read.InitialScale, read.DynamicGrowthSteps, read.Name, ((SGD)read.InnerOptimizer).Momentum), Is.EqualTo((16d, 5, "scaled", 0.25)));
    }

    [Test]
    public void Errors_say_what_is_wrong()
    {
        Assert.That(() => new LossScaleOptimizer(new LossScaleOptimizer("sgd")), Throws.ArgumentException.With.Message.Contains("already"));
        foreach (var scale in (double[])[0, -1, double.NaN, double.PositiveInfinity, 1e39])
            Assert.That(() => new LossScaleOptimizer("sgd", scale), Throws.ArgumentException.With.Message.Contains("initial_scale"));
        Assert.That(() => new LossScaleOptimizer("sgd", dynamicGrowthSteps: 0), Throws.ArgumentException.With.Message.Contains("dynamic_growth_steps"));
        Assert.That(() => (Optimizer)"loss_scale_optimizer", Throws.ArgumentException.With.Message.Contains("inner_optimizer"));
    }
}
