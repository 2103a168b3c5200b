using Keras.Layers;

namespace Keras.Core.Tests.Models;

public class ModelTests
{
    [SetUp]
    public void Reset() => Utils.ClearSession();

    static float[] Values(Tensor tensor) => tensor.ToArray<float>();

    sealed class Mlp : Model
    {
        readonly Dense _first = new(4, activation: "relu");
        readonly List<Layer> _middle = [new Dense(4, activation: "tanh"), new BatchNormalization()];
        readonly Dense _last = new(2);

        protected override Tensor Call(Tensor x, CallContext context)
        {
            x = _first.Apply(x);
            foreach (var layer in _middle) x = layer.Apply(x);
            return _last.Apply(x);
        }
    }

    sealed class TwoTowers() : Model("towers")
    {
        readonly Dense _a = new(3), _b = new(3);

        protected override Nest Call(Nest inputs, CallContext context) =>
            new Dictionary<string, Tensor> { ["sum"] = _a.Apply(inputs.Items[0].Tensor) + _b.Apply(inputs.Items[1].Tensor) };
    }

    [Test]
    public void A_sequential_with_an_input_has_its_weights_at_once()
    {
        var model = new Sequential([new Input(3), new Dense(4), new Dense(2)], name: "mlp");
        Assert.Multiple(() =>
        {
            Assert.That(model.Built);
            Assert.That(model.CountParams(), Is.EqualTo(16 + 10));
            Assert.That(model.Layers.Select(l => l.Name), Is.EqualTo(new[] { "dense", "dense_1" }));
            Assert.That(model.Weights.Select(w => w.Path), Is.EqualTo(new[] { "mlp/dense/kernel", "mlp/dense/bias", "mlp/dense_1/kernel", "mlp/dense_1/bias" }));
            Assert.That(model.Outputs.Tensor.Shape, Is.EqualTo(Shape.Of(-1, 2)));
        });
    }

    [Test]
    public void A_sequential_without_an_input_is_built_by_its_first_call()
    {
        var model = new Sequential([new Dense(4), new Dense(2)], name: "mlp");
        Assert.That(model.Built, Is.False);
        Assert.That(model.Weights, Is.Empty);
        Assert.That(() => model.Inputs, Throws.InvalidOperationException.With.Message.Contains("[Sequential \"mlp\"]"));
        Assert.That(model.Apply(Ops.Ones([5, 3])).Shape, Is.EqualTo(Shape.Of(5, 2)));
        Assert.That(model.Weights.Select(w => w.Path), Is.EqualTo(new[] { "mlp/dense/kernel", "mlp/dense/bias", "mlp/dense_1/kernel", "mlp/dense_1/bias" }));
        Assert.That(model.Predict(new float[7, 3]).Shape, Is.EqualTo(Shape.Of(7, 2)), "another batch size");
        Assert.That(model.Outputs.Tensor.Shape, Is.EqualTo(Shape.Of(-1, 2)));
        model.Compile("sgd", "mse");
        model.Fit(new float[4, 3], new float[4, 2], verbose: 0);
    }

    [Test]
    public void Layers_are_added_and_taken_away()
    {
        var model = new Sequential([new Input(3)]);
        model.Add(new Dense(4, kernelInitializer: "ones"));
        var first = model.Weights[0];
        model.Add(new Dense(2));
        Assert.That(model.Predict(new float[1, 3]).Shape, Is.EqualTo(Shape.Of(1, 2)));
        var popped = model.Pop();
        Assert.That(popped.Name, Is.EqualTo("dense_1"));
        Assert.That(Values(model.Predict(new float[,] { { 1, 2, 3 } })), Is.EqualTo(new[] { 6f, 6f, 6f, 6f }));
        Assert.That(model.Weights[0], Is.SameAs(first), "the weights stay");
        Assert.That(model.CountParams(), Is.EqualTo(16));
        model.Add(new Rescaling(2));
        Assert.That(Values(model.Predict(new float[,] { { 1, 2, 3 } }))[0], Is.EqualTo(12));
    }

    [Test]
    public void An_open_sequential_may_grow_after_its_first_call()
    {
        var model = new Sequential([new Dense(4, name: "a")]);
        model.Apply(Ops.Ones([1, 3]));
        model.Add(new Dense(2, name: "b"));
        Assert.That(model.Predict(new float[1, 3]).Shape, Is.EqualTo(Shape.Of(1, 2)));
        Assert.That(model.CountParams(), Is.EqualTo(26));
        Assert.That(model.Outputs.Tensor.Shape, Is.EqualTo(Shape.Of(-1, 2)));
    }

    [Test]
    public void Misplaced_and_equally_named_layers_are_refused()
    {
        Assert.That(() => new Sequential([new Dense(1, name: "a"), new Dense(1, name: "a")], name: "s"), Throws.ArgumentException.With.Message.EqualTo(
            "[Sequential \"s\"] two layers have the same name. Expected: different names. Received: \"a\" twice."));
        Assert.That(() => new Sequential([new Dense(1), new Input(1)]), Throws.ArgumentException.With.Message.Contains("an Input stands first"));
        Assert.That(() => new Sequential().Pop(), Throws.InvalidOperationException);
        Assert.That(() => new Dense(1, name: "a/b"), Throws.ArgumentException);
    }

    [Test]
    public void Branches_shared_layers_and_ops_make_a_model()
    {
        Tensor a = Layer.Input(3), b = Layer.Input(3);
        var shared = new Dense(2, kernelInitializer: "ones", name: "shared");
        Tensor left = shared.Apply(a), right = shared.Apply(b * 2);
        var sum = Ops.Add(left, right);
        var model = new Model(new[] { a, b }, new[] { sum, new Keras.Layers.Concatenate().Apply([left, right]) }, name: "both");
        var (x, y) = (new float[,] { { 1, 2, 3 } }, new float[,] { { 10, 20, 30 } });
        var outputs = model.PredictAll(new Nest[] { x, y }).Flatten();
        Assert.That(Values(outputs[0]), Is.EqualTo(new[] { 126f, 126f }));
        Assert.That(Values(outputs[1]), Is.EqualTo(new[] { 6f, 6f, 120f, 120f }));
        Assert.That(model.CountParams(), Is.EqualTo(8));
        Assert.That(model.Weights.Select(w => w.Path), Is.EqualTo(new[] { "shared/kernel", "shared/bias" }));
    }

    [Test]
    public void A_model_between_inner_tensors_shares_the_weights()
    {
        var x = Layer.Input(3);
        var h = new Dense(4).Apply(x);
        var y = new Dense(1).Apply(h);
        Model whole = new(x, y), head = new(x, h), tail = new(h, y);
        Assert.That(head.Weights, Is.EqualTo(whole.Weights.Take(2)));
        var data = Ops.Ones([2, 3]);
        Assert.That(Values(tail.Apply(head.Apply(data))), Is.EqualTo(Values(whole.Apply(data))).Within(1e-6f));
    }

    [Test]
    public void Models_are_layers_of_models()
    {
        var inner = new Sequential([new Input(3), new Dense(4, activation: "relu")], name: "inner");
        var x = new Input(Shape.Of(3), name: "x").Output;
        var outer = new Model(x, new Dense(1, name: "head").Apply(inner.Apply(x)), name: "outer");
        Assert.That(outer.Layers.Select(l => l.Name), Is.EqualTo(new[] { "x", "inner", "head" }));
        Assert.That(outer.Weights.Select(w => w.Path), Is.EqualTo(new[] { "inner/dense/kernel", "inner/dense/bias", "head/kernel", "head/bias" }));
        outer.Compile("sgd", "mse");
        var before = inner.GetWeights().Select(w => w.ToDoubles()).ToArray();
        outer.Fit(new float[,] { { 1, 2, 3 }, { 3, 2, 1 } }, new float[,] { { 9 }, { 9 } }, verbose: 0);
        Assert.That(inner.GetWeights().Select(w => w.ToDoubles()), Is.Not.EqualTo(before));
        var stacked = new Sequential([outer, new Rescaling(2)]);
        Assert.That(Values(stacked.Apply(Ops.Ones([1, 3])))[0], Is.EqualTo(2 * Values(outer.Apply(Ops.Ones([1, 3])))[0]).Within(1e-5f));
    }

    [Test]
    public void A_subclassed_model_finds_layers_in_fields_and_lists()
    {
        var model = new Mlp();
        model.Apply(Ops.Ones([2, 3]));
        Assert.That(model.Name, Is.EqualTo("mlp"));
        Assert.That(model.Weights.Select(w => w.Path), Is.EqualTo(new[]
        {
            "mlp/dense/kernel", "mlp/dense/bias", "mlp/dense_1/kernel", "mlp/dense_1/bias", "mlp/batch_normalization/gamma", "mlp/batch_normalization/beta",
            "mlp/batch_normalization/moving_mean", "mlp/batch_normalization/moving_variance", "mlp/dense_2/kernel", "mlp/dense_2/bias",
        }));
        Assert.That(model.TrainableWeights, Has.Count.EqualTo(8));
        model.Compile("adam", "mse");
        var history = model.Fit(new float[8, 3], new float[8, 2], epochs: 2, verbose: 0);
        Assert.That(history["loss"], Has.Count.EqualTo(2));
        Assert.That(model.Predict(new float[5, 3], batchSize: 2).Shape, Is.EqualTo(Shape.Of(5, 2)));
    }

    [Test]
    public void A_subclassed_model_takes_lists_and_gives_dictionaries()
    {
        var model = new TwoTowers();
        Nest x = new Nest[] { new float[4, 3], new float[4, 5] };
        Assert.That(model.PredictAll(x).Keys, Is.EqualTo(new[] { "sum" }));
        model.Compile("sgd", new Dictionary<string, Loss> { ["sum"] = "mse" });
        Assert.That(model.Fit(x, Nest.Dictionary([new("sum", new float[4, 3])]), verbose: 0)["loss"], Has.Count.EqualTo(1));
    }

    [Test]
    public void Data_go_to_inputs_and_outputs_by_position_or_name()
    {
        Tensor a = new Input(Shape.Of(1), name: "a").Output, b = new Input(Shape.Of(1), name: "b").Output;
        var model = new Model(new[] { a, b }, new[] { new Dense(1, name: "u", kernelInitializer: "ones").Apply(a), new Dense(1, name: "v", kernelInitializer: "ones").Apply(b * 10) });
        var (x, y) = (new float[,] { { 1 }, { 2 } }, new float[,] { { 3 }, { 4 } });
        var byName = model.PredictAll(Nest.Dictionary([new("b", y), new("a", x)])).Flatten();
        Assert.That(Values(byName[0]), Is.EqualTo(new[] { 1f, 2f }));
        Assert.That(Values(byName[1]), Is.EqualTo(new[] { 30f, 40f }));
        model.Compile("sgd", new Dictionary<string, Loss> { ["u"] = "mse", ["v"] = "mae" }, lossWeights: [1, 0.5]);
        var logs = model.Evaluate(Nest.Dictionary([new("a", x), new("b", y)]), new Nest[] { new float[2, 1], new float[2, 1] }, verbose: 0);
        Assert.That(logs["u_loss"], Is.EqualTo(2.5).Within(1e-6));
        Assert.That(logs["v_loss"], Is.EqualTo(35).Within(1e-5));
        Assert.That(logs["loss"], Is.EqualTo(2.5 + 17.5).Within(1e-5));
        var named = model.Evaluate(new Nest[] { x, y }, Nest.Dictionary([new("v", new float[,] { { 30 }, { 40 } }), new("u", new float[2, 1])]), verbose: 0);
        Assert.That(named["v_loss"], Is.Zero.Within(1e-6));
        Assert.That(() => model.PredictAll(Nest.Dictionary([new("a", x), new("c", y)])), Throws.ArgumentException.With.Message.Contains("a, b"));
    }

    [Test]
    public void Data_by_name_go_to_the_input_of_that_name_also_after_data_by_position()
    {
        Tensor z = new Input(Shape.Of(1), name: "z").Output, a = new Input(Shape.Of(1), name: "a").Output;
        var model = new Model(new[] { z, a }, new Dense(1, kernelInitializer: "ones").Apply(z * 10 + a));
        var (one, two) = (new float[,] { { 1 } }, new float[,] { { 2 } });
        Nest listed = new Nest[] { one, two }, named = Nest.Dictionary([new("z", one), new("a", two)]);
        Assert.That(model.Predict(listed).Item(), Is.EqualTo(12));
        Assert.That(model.Predict(named).Item(), Is.EqualTo(12), "Predict");
        model.Compile("sgd", "mae");
        Assert.That(model.Evaluate(listed, new float[1, 1], verbose: 0)["loss"], Is.EqualTo(12).Within(1e-5));
        Assert.That(model.Evaluate(named, new float[1, 1], verbose: 0)["loss"], Is.EqualTo(12).Within(1e-5), "Evaluate");
    }

    [Test]
    public void Targets_by_name_go_to_the_output_of_that_name()
    {
        var x = Layer.Input(1);
        var model = new Model(x, new[] { new Rescaling(1, name: "z").Apply(x), new Rescaling(10, name: "y").Apply(x) });
        model.Compile("sgd", new Dictionary<string, Loss> { ["z"] = "mse", ["y"] = "mse" });
        var logs = model.Evaluate(new float[,] { { 1 } }, Nest.Dictionary([new("z", new float[,] { { 1 } }), new("y", new float[,] { { 10 } })]), verbose: 0);
        Assert.That(logs["loss"], Is.Zero);
    }

    [Test]
    public void Weights_are_got_and_set()
    {
        var model = new Sequential([new Input(2), new Dense(1)], name: "m");
        var before = model.GetWeights();
        model.SetWeights([Ops.Ones([2, 1]), Ops.Ones([1])]);
        Assert.That(Values(model.Predict(new float[,] { { 1, 2 } })), Is.EqualTo(new[] { 4f }));
        Assert.That(() => model.SetWeights([Ops.Zeros([2, 1])]), Throws.ArgumentException.With.Message.EqualTo(
            "[Sequential \"m\"] the number of weights differs. Expected: 2. Received: 1."));
        Assert.That(() => model.SetWeights([Ops.Zeros([2, 1]), Ops.Zeros([2])]), Throws.ArgumentException.With.Message.EqualTo(
            "[Sequential \"m\"] the shape of weight \"m/dense/bias\" differs. Expected: (1,). Received: (2,)."));
        Assert.That(Values(model.Predict(new float[,] { { 1, 2 } })), Is.EqualTo(new[] { 4f }), "unchanged by what failed");
        model.SetWeights(before);
        Assert.That(Values(model.GetWeights()[0]), Is.EqualTo(Values(before[0])));
    }

    [Test]
    public void Weights_that_were_got_stay_through_training()
    {
        var model = new Sequential([new Input(2), new Dense(1, kernelInitializer: "ones")]);
        model.Compile("sgd", "mse");
        var (x, y) = (new float[,] { { 1, 2 }, { 3, 4 } }, new float[2, 1]);
        model.TrainOnBatch(x, y);
        var kept = model.GetWeights();
        var values = kept.Select(Values).ToArray();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        model.Fit(x, y, epochs: 3, verbose: 0);
        Assert.That(kept.Select(Values), Is.EqualTo(values));
        model.SetWeights(kept);
        GC.Collect();
        model.Fit(x, y, epochs: 3, verbose: 0);
        Assert.That(kept.Select(Values), Is.EqualTo(values));
    }

    [Test]
    public void Frozen_layers_stay_as_they_are()
    {
        var model = new Sequential([new Input(3), new Dense(4, name: "frozen"), new BatchNormalization(name: "norm"), new Dense(1, name: "head")]);
        model.GetLayer("frozen").Trainable = false;
        model.GetLayer("norm").Trainable = false;
        model.Compile("adam", "mse");
        var before = model.GetWeights().Select(w => w.ToDoubles()).ToArray();
        model.Fit(new float[,] { { 1, 2, 3 }, { 4, 5, 7 } }, new float[,] { { 1 }, { 2 } }, epochs: 3, verbose: 0);
        var after = model.GetWeights().Select(w => w.ToDoubles()).ToArray();
        Assert.That(after.Take(6), Is.EqualTo(before.Take(6)));
        Assert.That(after[6], Is.Not.EqualTo(before[6]));
        Assert.That(model.TrainableWeights, Has.Count.EqualTo(2));
        Assert.That(model.NonTrainableWeights, Has.Count.EqualTo(6));
        model.Trainable = true;
        Assert.That(model.TrainableWeights, Has.Count.EqualTo(6), "setting the model's sets all layers'");
        model.Compile("adam", "mse");
        model.Fit(new float[,] { { 1, 2, 3 }, { 4, 5, 7 } }, new float[,] { { 1 }, { 2 } }, verbose: 0);
        Assert.That(model.GetWeights()[4].ToDoubles(), Is.Not.EqualTo(before[4]), "the moving mean");
    }

    [Test]
    public void A_frozen_inner_model_stays_as_it_is()
    {
        var inner = new Sequential([new Input(3), new Dense(4), new BatchNormalization()]);
        inner.Trainable = false;
        var model = new Sequential([new Input(3), inner, new Dense(1)]);
        model.Compile("sgd", "mse");
        var before = inner.GetWeights().Select(w => w.ToDoubles()).ToArray();
        model.Fit(new float[,] { { 1, 2, 3 }, { 4, 5, 7 } }, new float[,] { { 1 }, { 2 } }, epochs: 2, verbose: 0);
        Assert.That(inner.GetWeights().Select(w => w.ToDoubles()), Is.EqualTo(before));
    }

    [Test]
    public void Masks_pass_through_models()
    {
        var x = Layer.Input(3, 2);
        var model = new Model(x, new GlobalAveragePooling1D().Apply(new Dense(2, kernelInitializer: "ones", useBias: false).Apply(new Masking().Apply(x))));
        var data = new float[,,] { { { 1, 1 }, { 3, 3 }, { 0, 0 } } };
        Assert.That(Values(model.Predict(data)), Is.EqualTo(new[] { 4f, 4f }));
        var inner = new Sequential([new Input(3, 2), new Masking(), new Dense(2, kernelInitializer: "ones")]);
        var outer = new Sequential([new Input(3, 2), inner, new GlobalAveragePooling1D()]);
        Assert.That(Values(outer.Predict(data)), Is.EqualTo(new[] { 4f, 4f }));
        Assert.That(inner.Apply(Tensor.Of(data)).Mask!.ToArray<bool>(), Is.EqualTo(new[] { true, true, false }));
    }

    [Test]
    public void A_mask_counts_in_the_loss()
    {
        var model = new Sequential([new Input(2, 1), new Masking(), new Dense(1, kernelInitializer: "ones")]);
        model.Compile("sgd", "mse");
        var logs = model.Evaluate(new float[,,] { { { 2 }, { 0 } } }, new float[,,] { { { 0 }, { 100 } } }, verbose: 0);
        Assert.That(logs["loss"], Is.EqualTo(4).Within(1e-5));
    }

    [Test]
    public void Names_count_for_each_class_and_start_again()
    {
        Assert.That(new[] { new Dense(1).Name, new Dense(1).Name, new Conv2D(1, 1).Name, new MaxPooling2D().Name, new GlobalAveragePooling2D().Name, new ReLU().Name },
            Is.EqualTo(new[] { "dense", "dense_1", "conv2d", "max_pooling2d", "global_average_pooling2d", "re_lu" }));
        Assert.That(new Sequential().Name, Is.EqualTo("sequential"));
        var x = Layer.Input(1);
        Assert.That(x.History!.Layer.Name, Is.EqualTo("input_layer"));
        Assert.That(new Model(x, new Dense(1).Apply(x)).Name, Is.EqualTo("functional"));
        Utils.ClearSession();
        Assert.That(new Dense(1).Name, Is.EqualTo("dense"));
    }

    [Test]
    public void Inputs_of_a_rank_off_by_one_are_fitted()
    {
        var x = Layer.Input(1);
        var model = new Model(x, new Rescaling(2).Apply(x));
        Assert.That(Values(model.Predict(new float[] { 1, 2, 3 })), Is.EqualTo(new[] { 2f, 4f, 6f }));
        var y = new Input(Shape.Of(), name: "scalar").Output;
        Assert.That(Values(new Model(y, y * 3).Predict(new float[,] { { 1 }, { 2 } })), Is.EqualTo(new[] { 3f, 6f }));
    }

    [Test]
    public void Inputs_are_cast_to_the_dtype_of_the_model()
    {
        var model = new Sequential([new Input(2), new Dense(1, kernelInitializer: "ones")]);
        Assert.That(Values(model.Predict(new[,] { { 1, 2 } })), Is.EqualTo(new[] { 3f }));
        Assert.That(Values(model.Predict(new[,] { { 1.5, 2 } })), Is.EqualTo(new[] { 3.5f }));
    }

    [Test]
    public void An_axis_of_unknown_length_is_reversed_too()
    {
        var x = Layer.Input(2);
        var model = new Model(x, Ops.Flip(x));
        Assert.That(model.Predict(new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }).ToArray<float>(), Is.EqualTo(new float[] { 6, 5, 4, 3, 2, 1 }));
    }
}
