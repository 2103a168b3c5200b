using Keras.Core.Tests.Files;
using Keras.Layers;

namespace Keras.Core.Tests.Saving;

public class WeightExchangeTests
{
    static readonly string[] Names = ["first/kernel", "first/bias", "norm/gamma", "norm/beta", "norm/moving_mean", "norm/moving_variance", "last/kernel"];

    static Sequential Chain(int inputs = 3) => new([new Input(inputs), new Dense(4, name: "first"), new BatchNormalization(name: "norm"), new Dense(2, useBias: false, name: "last")]);

    static Model Functional()
    {
        var x = Layer.Input(3);
        var y = new Dense(2, useBias: false, name: "last").Apply(new BatchNormalization(name: "norm").Apply(new Dense(4, name: "first").Apply(x)));
        return new Model(x, y);
    }

    static double[][] Values(Layer layer) => [.. layer.GetWeights().Select(w => w.ToDoubles())];

    [Test]
    public void Weights_have_their_paths_below_the_layer_as_names()
    {
        var (chain, functional) = (Chain(), Functional());
        Assert.Multiple(() =>
        {
            Assert.That(chain.GetNamedWeights().Keys, Is.EquivalentTo(Names));
            Assert.That(functional.GetNamedWeights().Keys, Is.EquivalentTo(Names));
            Assert.That(chain.GetLayer("first").GetNamedWeights().Keys, Is.EqualTo(new[] { "kernel", "bias" }));
            Assert.That(chain.GetNamedWeights(n => "model." + n.Replace('/', '.')).Keys, Does.Contain("model.first.kernel"));
        });
    }

    [Test]
    public void Weights_go_from_one_model_to_another_of_other_kind()
    {
        var (from, to) = (Chain(), Functional());
        var named = from.GetNamedWeights();
        Assert.That(to.SetNamedWeights(named).IsComplete, Is.True);
        Assert.That(Values(to), Is.EqualTo(Values(from)));
        var x = Ops.Ones([2, 3]);
        Assert.That(to.Predict(x).ToDoubles(), Is.EqualTo(from.Predict(x).ToDoubles()));

        // What was read is a snapshot.
        var before = named["first/kernel"].ToDoubles();
        from.Weights[0].Assign(Ops.Zeros([3, 4]));
        Assert.That(named["first/kernel"].ToDoubles(), Is.EqualTo(before));
        Assert.That(Values(to)[0], Is.EqualTo(before));
    }

    [Test]
    public void Files_bring_weights_back_under_other_names_too()
    {
        using var folder = Samples.Folder();
        var (from, to) = (Chain(), Chain());
        from.SaveSafetensors(folder["a.safetensors"], metadata: new Dictionary<string, string> { ["format"] = "keras" });
        to.LoadSafetensors(folder["a.safetensors"]);
        Assert.That(Values(to), Is.EqualTo(Values(from)));

        static string Rename(string name) => "encoder." + name.Replace('/', '.');
        from.SaveSafetensors(folder["b.safetensors"], Rename);
        to = Chain();
        Samples.Refused(() => to.LoadSafetensors(folder["b.safetensors"]), "encoder.");
        to.LoadSafetensors(folder["b.safetensors"], Rename);
        Assert.That(Values(to), Is.EqualTo(Values(from)));

        NumPy.SaveNpz(folder["c.npz"], from.GetNamedWeights());
        to = Chain();
        to.SetNamedWeights(NumPy.LoadNpz(folder["c.npz"]));
        Assert.That(Values(to), Is.EqualTo(Values(from)));
    }

    [Test]
    public void Floating_dtypes_are_cast()
    {
        using var folder = Samples.Folder();
        var (from, to) = (Chain(), Chain());
        Safetensors.Save(folder["a.safetensors"], from.GetNamedWeights().ToDictionary(w => w.Key, w => Ops.Cast(w.Value, DType.BFloat16)));
        to.LoadSafetensors(folder["a.safetensors"]);
        Assert.That(to.Weights.Select(w => w.DType), Is.All.EqualTo(DType.Float32));
        Assert.That(Values(to)[0], Is.EqualTo(Values(from)[0]).Within(0.01));
    }

    [Test]
    public void Missing_and_unexpected_names_are_told()
    {
        using var folder = Samples.Folder();
        var from = Chain().GetNamedWeights();
        var to = Chain();
        var old = Values(to);
        from.Remove("last/kernel");
        from["head/kernel"] = from["head/bias"] = Ops.Zeros([1]);
        Safetensors.Save(folder["a.safetensors"], from);
        foreach (var (load, type) in new (Action, Type)[] { (() => to.SetNamedWeights(from), typeof(ArgumentException)), (() => to.LoadSafetensors(folder["a.safetensors"]), typeof(ModelFileException)) })
        {
            var error = Assert.Throws(type, () => load())!;
            Assert.That(error.Message, Does.Contain("missing: last/kernel; unexpected: head/").And.Contain(to.Name));
            Assert.That(Values(to), Is.EqualTo(old));
        }
        var report = to.LoadSafetensors(folder["a.safetensors"], strict: false);
        Assert.Multiple(() =>
        {
            Assert.That(report.IsComplete, Is.False);
            Assert.That(report.Missing, Is.EqualTo(new[] { "last/kernel" }));
            Assert.That(report.Unexpected, Is.EquivalentTo(new[] { "head/kernel", "head/bias" }));
            Assert.That(to.Weights[0].Read().ToDoubles(), Is.EqualTo(from["first/kernel"].ToDoubles()));
            Assert.That(to.GetNamedWeights()["last/kernel"].ToDoubles(), Is.Not.EqualTo(Chain().GetNamedWeights()["last/kernel"].ToDoubles()));
        });
    }

    [Test]
    public void Another_shape_or_dtype_is_an_error_and_nothing_changes()
    {
        using var folder = Samples.Folder();
        var to = Chain();
        var old = Values(to);
        Chain(inputs: 5).SaveSafetensors(folder["a.safetensors"]);
        foreach (var strict in (bool[])[true, false])
            Assert.That(Samples.Refused(() => to.LoadSafetensors(folder["a.safetensors"], strict: strict), "shape is another").Path, Is.EqualTo("first/kernel"));
        Assert.That(() => to.SetNamedWeights(Chain(inputs: 5).GetNamedWeights()), Throws.ArgumentException.With.Message.Contains("first/kernel").And.Message.Contains("Expected: (3, 4). Received: (5, 4)"));
        foreach (var dtype in (DType[])[DType.Int32, DType.Complex64])
        {
            var others = Chain().GetNamedWeights();
            others["norm/gamma"] = Ops.Cast(others["norm/gamma"], dtype);
            Safetensors.Save(folder["b.safetensors"], others);
            Samples.Refused(() => to.LoadSafetensors(folder["b.safetensors"]), "dtype does not fit");
        }
        Assert.That(Values(to), Is.EqualTo(old));
    }

    /// <summary>A broken file is noticed before the first weight changes, wherever it is broken.</summary>
    [Test]
    public void A_file_that_ends_early_changes_nothing()
    {
        using var folder = Samples.Folder();
        var to = Chain();
        var old = Values(to);
        Chain().SaveSafetensors(folder["a.safetensors"]);
        var bytes = File.ReadAllBytes(folder["a.safetensors"]);
        for (var length = 1; length < bytes.Length; length += 7)
        {
            File.WriteAllBytes(folder["b.safetensors"], bytes[..length]);
            Assert.That(() => to.LoadSafetensors(folder["b.safetensors"]), Throws.TypeOf<ModelFileException>());
        }
        Assert.That(Values(to), Is.EqualTo(old));
    }

    [Test]
    public void Names_must_be_unique_and_weights_made()
    {
        Assert.That(() => Chain().GetNamedWeights(_ => "x"), Throws.ArgumentException.With.Message.Contains("one name"));
        Assert.That(() => new Dense(3).GetNamedWeights(), Throws.InvalidOperationException.With.Message.Contains("no weights yet"));
        Assert.That(() => new Dense(3).SetNamedWeights(new Dictionary<string, Tensor>()), Throws.InvalidOperationException);
    }
}
