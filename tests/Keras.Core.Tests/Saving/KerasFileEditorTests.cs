using Keras.Core.Tests.Files;
using Keras.Layers;

namespace Keras.Core.Tests.Saving;

public class KerasFileEditorTests
{
    static Sequential Made(params int[] units)
    {
        var model = new Sequential([new Input(4), .. units.Select(u => new Dense(u))]);
        model.Compile("sgd", "mse");
        return model;
    }

    static Dictionary<string, Tensor> Weights(params Tensor[] values) => values.Select((v, i) => (v, i)).ToDictionary(v => $"{v.i}", v => v.v);

    static string Shown(KerasFileEditor editor)
    {
        using var output = new StringWriter();
        editor.Summary(output);
        return output.ToString();
    }

    static (KerasFileComparison Result, string Text) Compared(KerasFileEditor editor, Model model)
    {
        using var output = new StringWriter();
        return (editor.Compare(model, output), output.ToString());
    }

    /// <summary>The editor of a file of a model's weights.</summary>
    static KerasFileEditor Edit(TemporaryFolder folder, Model model)
    {
        model.SaveWeights(folder["m.weights.h5"]);
        return new KerasFileEditor(folder["m.weights.h5"]);
    }

    [Test]
    public void The_summary_shows_objects_and_weights()
    {
        using var folder = new TemporaryFolder();
        using var editor = Edit(folder, new Sequential([new Input(4), new Dense(3, name: "first"), new Dropout(0.5)]));
        Assert.That(Shown(editor), Is.EqualTo("Weights structure\n  > layers\n      └─ dense ('first')\n          ├─ 0: shape=(4, 3), dtype=float32\n          └─ 1: shape=(3,), dtype=float32\n"));
    }

    [Test]
    public void An_edited_file_fits_a_model_of_other_layers()
    {
        using var folder = new TemporaryFolder();
        var (old, other) = (Made(3, 2), Made(3, 5, 2));
        using var editor = Edit(folder, old);
        Assert.That(Compared(editor, other).Result.Status, Is.EqualTo("error"));
        var kernel = Keras.Random.Normal([3, 5], seed: 1);
        editor.RenameObject("layers/dense_1", "dense_2");
        editor.AddObject("layers/dense_1", Weights(kernel, Ops.Ones([5])));
        editor.DeleteWeight("dense_2", "0");
        editor.AddWeights("dense_2", Weights(Ops.Ones([5, 2])));
        editor.ResaveWeights(folder["n.weights.h5"]);
        Assert.That(() => other.LoadWeights(folder["m.weights.h5"]), Throws.TypeOf<ModelFileException>());
        other.LoadWeights(folder["n.weights.h5"]);
        double[][] expected = [.. old.GetWeights().Take(2).Concat([kernel, Ops.Ones([5]), Ops.Ones([5, 2]), old.GetWeights()[3]]).Select(w => w.ToDoubles())];
        Assert.That(other.GetWeights().Select(w => w.ToDoubles()), Is.EqualTo(expected));
        using var again = new KerasFileEditor(folder["n.weights.h5"]);
        Assert.That(Compared(again, other).Result, Is.EqualTo(new KerasFileComparison("success", 0, 8)));
        Assert.That(again.GetWeight("layers/dense_1", "0").ToDoubles(), Is.EqualTo(kernel.ToDoubles()));
    }

    [Test]
    public void A_keras_file_keeps_its_other_parts()
    {
        using var folder = new TemporaryFolder();
        var model = new Sequential([new Input([1], dtype: DType.Int32), new IntegerLookup(vocabulary: [4, 7]), new Rescaling(1), new Dense(2)]);
        model.Compile("adam", "mse");
        model.Save(folder["m.keras"]);
        using var editor = new KerasFileEditor(folder["m.keras"]);
        Assert.That(Compared(editor, model).Result.Status, Is.EqualTo("success"));
        editor.AddWeights("dense", new Dictionary<string, Tensor> { ["1"] = Tensor.Of<float>([3, 4], [2]) });
        editor.Save(folder["n.keras"]);
        editor.Save(folder["n.weights.h5"]);
        Assert.That(File.ReadAllBytes(folder["m.keras"]), Is.Not.EqualTo(File.ReadAllBytes(folder["n.keras"])));
        model.SetWeights([model.GetWeights()[0], Tensor.Of<float>([3, 4], [2])]);
        var x = Tensor.Of<int>([4, 7, 9], [3, 1]);
        var loaded = Keras.Saving.LoadModel(folder["n.keras"]);
        Assert.That(loaded.Predict(x).ToDoubles(), Is.EqualTo(model.Predict(x).ToDoubles()));
        Assert.That(loaded.Optimizer, Is.TypeOf<Optimizers.Adam>());
        loaded.LoadWeights(folder["n.weights.h5"]);
        Assert.That(loaded.Predict(x).ToDoubles(), Is.EqualTo(model.Predict(x).ToDoubles()));
    }

    [Test]
    public void The_opened_file_may_be_saved_over()
    {
        using var folder = new TemporaryFolder();
        var model = Made(3, 2);
        using (var editor = Edit(folder, model))
        {
            var kernel = editor.GetWeight("layers/dense", "0").ToDoubles();
            editor.DeleteObject("optimizer");
            editor.Save(folder["m.weights.h5"]);
            editor.AddWeights("dense_1", Weights(Ops.Zeros([3, 2])));
            editor.ResaveWeights(folder["m.weights.h5"]);
            Assert.That(editor.GetWeight("layers/dense", "0").ToDoubles(), Is.EqualTo(kernel));
        }
        Assert.That(folder.Names, Is.EqualTo(new[] { "m.weights.h5" }));
        model.LoadWeights(folder["m.weights.h5"]);
        Assert.That(model.GetWeights()[2].ToDoubles(), Has.All.Zero);
    }

    [Test]
    public void Unchanged_files_of_Keras_are_saved_as_they_are([ValueSource(nameof(Files))] string file)
    {
        using var folder = new TemporaryFolder();
        using var editor = new KerasFileEditor(file);
        editor.ResaveWeights(folder["a.weights.h5"]);
        using var again = new KerasFileEditor(folder["a.weights.h5"]);
        Assert.That(Shown(again), Is.EqualTo(Shown(editor)));
        Assert.That(Content(again), Is.EqualTo(Content(editor)));
        Assert.That(Content(again), Is.Not.Empty);

        static (string, string, byte[])[] Content(KerasFileEditor editor) =>
            [.. editor.Weights.Parts.SelectMany(p => p.Arrays.Select(a => ($"{p.Path}/{a.Name}/{p.Name}", a.Array.Type.ToString()!, a.Array.Read().Span.ToArray())))];
    }

    static IEnumerable<string> Files() => [.. Samples.Saved("*.weights.h5").Order(StringComparer.Ordinal).Take(6), .. Samples.Saved("*.keras").Order(StringComparer.Ordinal).Where((_, i) => i % 40 == 0)];

    [Test]
    public void What_does_not_fit_a_model_is_told()
    {
        using var folder = new TemporaryFolder();
        using var editor = Edit(folder, Made(3, 2));
        editor.DeleteWeight("layers/dense", "1");
        editor.AddObject("layers/lstm", Weights(Ops.Ones([2])));
        editor.AddWeights("dense_1", Weights(Ops.Ones([4, 2])));
        editor.AddWeights("dense_1", new Dictionary<string, Tensor> { ["2"] = Ops.Ones([1]) });
        var model = Made(3, 2, 1);
        var (result, text) = Compared(editor, model);
        Assert.That(result, Is.EqualTo(new KerasFileComparison("error", 5, 4)));
        Assert.That(text.Split('\n'), Is.EqualTo(new[]
        {
            "Weight /layers/dense/1 is not in the file",
            "Weight /layers/dense_1/0 has shape (4, 2) in the file, (3, 2) in the model",
            "Weight /layers/dense_1/2 is not in the model",
            "Object /layers/dense_2 is not in the file",
            "Object /layers/lstm is not in the model",
            "The file does not fit the model: 5 differences.",
            "",
        }));
        Assert.That(() => editor.Compare(new Sequential([new Dense(1)])), Throws.InvalidOperationException);
    }

    public sealed class Weighted(string? name = null) : Model(name)
    {
        readonly Dense _first = new(2), _second = new(2);
        Variable? _factor;

        protected override void BuildWeights(Shape inputShape) => _factor = AddWeight([2], initializer: "ones", name: "factor");

        protected override Tensor Call(Tensor x, CallContext context) => _second.Apply(_first.Apply(x)) * _factor!.Value;
    }

    [Test]
    public void A_models_own_weights_are_vars()
    {
        using var folder = new TemporaryFolder();
        var model = new Weighted();
        model.Apply(Ops.Ones([1, 3]));
        using var editor = Edit(folder, model);
        editor.AddWeights("vars", Weights(Ops.Full([2], 7)));
        editor.ResaveWeights(folder["n.weights.h5"]);
        model.LoadWeights(folder["n.weights.h5"]);
        Assert.That(editor.GetWeight("vars", "0").ToDoubles(), Is.EqualTo(new[] { 7, 7 }));
        Assert.That(model.Weights.Single(w => w.Shape.Rank == 1 && w.Path.Contains("factor", StringComparison.Ordinal)).Value.ToDoubles(), Is.EqualTo(new[] { 7, 7 }));
    }

    [Test]
    public void Layouts_of_before_are_those_of_today()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["old"], Hdf5Files.Write(root => root.Dataset("_layer_checkpoint_dependencies/dense/vars/0", DType.Float32, [2], new byte[8])));
        File.WriteAllBytes(folder["windows"], Hdf5Files.Write(root => root.Dataset("layers\\dense/vars/0", DType.Float32, [2], new byte[8])));
        foreach (var name in new[] { "old", "windows" })
        {
            using var editor = new KerasFileEditor(folder[name]);
            Assert.That(editor.GetWeight("layers/dense", "0").ToDoubles(), Is.EqualTo(new[] { 0, 0 }));
        }
    }

    [Test]
    public void Names_that_mean_nothing_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var editor = Edit(folder, new Sequential([new Input(4), new Dense(3)]));
        var before = Shown(editor);
        void Refused(Action action, string message) => Assert.That(action, Throws.ArgumentException.With.Message.Contains(message));
        Refused(() => editor.DeleteObject("lstm"), "there is no such object. Expected: the path or the name of one. Received: \"lstm\". Summary shows them.");
        Refused(() => editor.DeleteObject("layers/lstm"), "there is no such object");
        Refused(() => editor.DeleteObject("layers/"), "there is no such object");
        Refused(() => editor.DeleteObject(""), "");
        Refused(() => editor.AddObject("nowhere/lstm", Weights()), "there is no such object");
        Refused(() => editor.AddObject("layers/dense", Weights()), "there is such an object already. Expected: a new name. Received: \"dense\".");
        foreach (var name in new[] { "", ".", "..", "vars", "a/b", "a\\b", "a\0b", new string('a', 1001) }) Refused(() => editor.RenameObject("dense", name), "this cannot be the name");
        Refused(() => editor.AddObject("layers/vars", Weights()), "this cannot be the name");
        Refused(() => editor.RenameObject("layers/dense", "dense"), "there is such an object already");
        Refused(() => editor.DeleteWeight("dense", "2"), "object \"dense\" has no such weight. Expected: 0, 1. Received: \"2\".");
        Refused(() => editor.GetWeight("layers", "0"), "object \"layers\" has no such weight. Expected: none");
        Refused(() => editor.AddWeights("dense", new Dictionary<string, Tensor> { ["0"] = Ops.Ones([1]), ["a/b"] = Ops.Ones([1]) }), "this cannot be the name");
        Refused(() => editor.AddWeights("dense", new Dictionary<string, Tensor> { ["0"] = null! }), "weight \"0\" has no value");
        Assert.That(() => editor.AddWeights("dense", Weights(Layer.Input(2))), Throws.InvalidOperationException);
        Refused(() => editor.ResaveWeights(folder["n.h5"]), "the file name has another ending. Expected: .weights.h5");
        Refused(() => editor.Save(folder["n.keras"]), "the file name has another ending");
        editor.AddObject("layers/lstm", Weights());
        editor.AddObject("layers/lstm/dense", Weights(Ops.Ones([1])));
        Refused(() => editor.DeleteObject("dense"), "several objects have this name. Expected: one of the paths layers/dense, layers/lstm/dense.");
        editor.DeleteObject("layers/lstm/dense");
        Assert.That(Shown(editor), Is.EqualTo(before));
        Assert.That(folder.Names, Is.EqualTo(new[] { "m.weights.h5" }));
    }

    [Test]
    public void Other_files_are_refused()
    {
        using var folder = new TemporaryFolder();
        void Refused(string message) => Assert.That(() => new KerasFileEditor(folder["f"]), Throws.TypeOf<ModelFileException>().With.Message.Contains(message));
        Assert.That(() => new KerasFileEditor(folder["f"]), Throws.TypeOf<FileNotFoundException>());
        File.WriteAllText(folder["f"], "{}");
        Refused("unknown kind");
        Made(2).Save(folder["m.h5"]);
        File.Copy(folder["m.h5"], folder["f"], overwrite: true);
        Refused("before Keras 3 cannot be edited");
        File.WriteAllBytes(folder["f"], Hdf5Files.Write(root => root.Dataset("layers/dense/0", DType.Float32, [2], new byte[8])));
        Refused("the array belongs to no object");
        File.WriteAllBytes(folder["f"], Hdf5Files.Write(root => root.Group(string.Concat(Enumerable.Repeat("a\\", 70)))));
        Refused("the path has too many parts");
        Made(2).SaveWeights(folder["m.weights.h5"]);
        Assert.That(() => new KerasFileEditor(folder["m.weights.h5"], new LoadLimits { MaxBytes = 16 }), Throws.TypeOf<ModelFileException>());
    }
}
