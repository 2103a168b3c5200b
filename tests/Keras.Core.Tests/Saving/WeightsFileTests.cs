using System.Text.Json.Nodes;
using Keras.Core.Tests.Files;
using Keras.Layers;

namespace Keras.Core.Tests.Saving;

public class WeightsFileTests
{
    internal static Sequential Small() => new([new Input(4), new Dense(3, activation: "relu"), new BatchNormalization(), new RepeatVector(2), new LSTM(3), new Dense(2)]);

    internal static Sequential Trained(string optimizer = "adam", int epochs = 2)
    {
        var model = Small();
        model.Compile(optimizer, "mse");
        Train(model, epochs);
        return model;
    }

    internal static void Train(Model model, int epochs = 2) =>
        model.Fit(Keras.Random.Normal([8, 4], seed: 1), Keras.Random.Normal([8, 2], seed: 2), epochs: epochs, verbose: 0, shuffle: false);

    internal static double[][] Values(Model model) => [.. model.Weights.Concat(model.Optimizer?.Variables ?? []).Select(w => w.Value.ToDoubles())];

    static byte[] Bytes(Model model)
    {
        using var stream = new MemoryStream();
        model.SaveWeights(stream);
        return stream.ToArray();
    }

    static void Load(Model model, byte[] file, bool skipMismatch = false) => model.LoadWeights(new MemoryStream(file), skipMismatch);

    /// <summary>A file of the same content, but for what is changed in it.</summary>
    static byte[] Changed(byte[] file, Func<string, string?>? path = null, Func<string, (DType DType, Shape Shape, byte[] Data), (DType, Shape, byte[])>? array = null) =>
        Hdf5Files.Write(root =>
        {
            var stack = new Stack<Hdf5Group>([Hdf5Files.Open(file).Root]);
            while (stack.TryPop(out var group))
            {
                foreach (var dataset in group.Datasets)
                {
                    if ((path is null ? dataset.Path : path(dataset.Path)) is not { } to) continue;
                    var (dtype, shape, data) = (dataset.DType, dataset.Shape, Hdf5Files.Read(dataset));
                    if (array is not null) (dtype, shape, data) = array(dataset.Path, (dtype, shape, data));
                    root.Dataset(to[1..], dtype, shape, data);
                }
                foreach (var inner in group.Groups) stack.Push(inner);
            }
        });

    [Test]
    public void A_run_goes_on_from_a_file_bit_by_bit([Values("adam", "sgd", "rmsprop", "adamax", "ftrl", "lion", "adafactor")] string optimizer)
    {
        using var folder = new TemporaryFolder();
        var first = Trained(optimizer);
        first.SaveWeights(folder["a.weights.h5"]);
        var second = Small();
        second.Compile(optimizer, "mse");
        second.LoadWeights(folder["a.weights.h5"]);
        Assert.That(Values(second), Is.EqualTo(Values(first)));
        Train(first);
        Train(second);
        Assert.That(Values(second), Is.EqualTo(Values(first)));
        Assert.That(folder.Names, Is.EqualTo(new[] { "a.weights.h5" }));
    }

    [Test]
    public void A_saved_file_has_the_groups_and_attributes_of_Keras()
    {
        var root = Hdf5Files.Open(Bytes(Trained("sgd"))).Root;
        Assert.That(root.Names, Is.EqualTo(new[] { "layers", "optimizer", "vars" }));
        Assert.That(root.TryGroup("layers")!.Names, Is.EqualTo(new[] { "batch_normalization", "dense", "dense_1", "lstm", "repeat_vector" }));
        Assert.That(root.TryGroup("layers/lstm/cell/vars")!.Names, Is.EqualTo(new[] { "0", "1", "2" }));
        Assert.That(root.TryGroup("layers/repeat_vector/vars")!.Names, Is.Empty);
        Assert.That(root.TryGroup("layers/dense/vars")!.TryText("name"), Does.StartWith("dense"));
        Assert.That(root.TryGroup("optimizer/vars")!.TryText("name"), Does.StartWith("sgd"));
        Assert.That(root.TryDataset("optimizer/vars/0")!.DType, Is.EqualTo(DType.Int32));
    }

    [Test]
    public void The_snapshot_is_of_the_moment()
    {
        var model = Trained();
        var expected = Bytes(model);
        var snapshot = new WeightsSnapshot(model);
        Train(model);
        using var stream = new MemoryStream();
        snapshot.WriteTo(stream);
        Assert.That(stream.ToArray(), Is.EqualTo(expected));
        Assert.That(Bytes(model), Is.Not.EqualTo(expected));
    }

    [Test]
    public void A_file_of_before_the_first_step_leaves_the_slots_at_their_start()
    {
        var first = Small();
        first.Compile("adam", "mse");
        var second = Trained();
        var slots = second.Optimizer!.Variables[2].Value.ToDoubles();
        Load(second, Bytes(first));
        Assert.That(second.Optimizer.Iterations.Value.Item(), Is.Zero);
        Assert.That(second.Optimizer.Variables[2].Value.ToDoubles(), Is.EqualTo(slots));
    }

    [Test]
    public void Streams_that_cannot_seek_are_read_too_and_others_from_where_they_stand()
    {
        var (first, second, third) = (Small(), Small(), Small());
        var file = Bytes(first);
        using var piped = new System.IO.Compression.GZipStream(Zipped(file), System.IO.Compression.CompressionMode.Decompress);
        second.LoadWeights(piped);
        Assert.That(Values(second), Is.EqualTo(Values(first)));
        using var within = new MemoryStream([1, 2, 3, .. file]) { Position = 3 };
        third.LoadWeights(within);
        Assert.That(Values(third), Is.EqualTo(Values(first)));
        Assert.That(within.CanRead);
    }

    static MemoryStream Zipped(byte[] file)
    {
        var stream = new MemoryStream();
        using (var zip = new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true)) zip.Write(file);
        stream.Position = 0;
        return stream;
    }

    [TestCase("layers/", "_layer_checkpoint_dependencies/", TestName = "Keras 2.13")]
    [TestCase("/", "\\", TestName = "Keras 2.15 on Windows")]
    public void Dialects_are_read(string from, string to)
    {
        var (first, second) = (Small(), Small());
        Load(second, Changed(Bytes(first), p => p.IndexOf("/vars", StringComparison.Ordinal) is > 0 and var end
            ? "/" + p[1..end].Replace(from, to, StringComparison.Ordinal) + p[end..] : p));
        Assert.That(Values(second), Is.EqualTo(Values(first)));
    }

    [Test]
    public void Attention_of_older_files_is_found_by_private_names()
    {
        Model Attention()
        {
            var x = Layer.Input(3, 4);
            return new Model(x, new MultiHeadAttention(2, 2).Apply([x, x]));
        }
        var (first, second) = (Attention(), Attention());
        Load(second, Changed(Bytes(first), p => p.Replace("attention/", "attention/_", StringComparison.Ordinal)));
        Assert.That(Values(second), Is.EqualTo(Values(first)));
    }

    [Test]
    public void Arrays_are_cast_to_the_dtype_of_the_weight()
    {
        var (first, second) = (Small(), Small());
        Load(second, Changed(Bytes(first), array: (_, a) => a.DType != DType.Float32 ? a
            : (DType.Float64, a.Shape, System.Runtime.InteropServices.MemoryMarshal.AsBytes<double>(
                [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(a.Data).ToArray().Select(f => (double)f)]).ToArray())));
        Assert.That(Values(second), Is.EqualTo(Values(first)));
    }

    static IEnumerable<TestCaseData> Misfits()
    {
        static TestCaseData Case(string name, string at, string message, Func<string, string?>? path = null,
            Func<string, (DType DType, Shape Shape, byte[] Data), (DType, Shape, byte[])>? array = null) => new TestCaseData(path, array, at, message).SetName($"Misfit: {name}");
        yield return Case("an array less", "/layers/dense", "Expected: 2. Received: 1", p => p == "/layers/dense/vars/1" ? null : p);
        yield return Case("a layer less", "/layers/lstm/cell", "Expected: 3. Received: 0", p => p.Contains("lstm", StringComparison.Ordinal) ? null : p);
        yield return Case("an array of another name", "/layers/dense", "\"1\"", p => p == "/layers/dense/vars/1" ? "/layers/dense/vars/2" : p);
        yield return Case("two arrays exchanged", "/layers/dense", "shape", p => p == "/layers/dense/vars/1" ? "/layers/dense/vars/0" : p == "/layers/dense/vars/0" ? "/layers/dense/vars/1" : p);
        yield return Case("a transposed kernel", "/layers/dense", "(4, 3)", null, (p, a) => p == "/layers/dense/vars/0" ? (a.DType, Shape.Of(3, 4), a.Data) : a);
        yield return Case("a flat kernel", "/layers/dense", "(12,)", null, (p, a) => p == "/layers/dense/vars/0" ? (a.DType, Shape.Of(12), a.Data) : a);
        yield return Case("two layers", "/layers/dense", "1 more objects do not fit", p => p.Contains("lstm", StringComparison.Ordinal) || p == "/layers/dense/vars/1" ? null : p);
    }

    [TestCaseSource(nameof(Misfits))]
    public void What_does_not_fit_changes_nothing(Func<string, string?>? path, Func<string, (DType, Shape, byte[]), (DType, Shape, byte[])>? array, string at, string message)
    {
        var model = Trained();
        var before = Values(model);
        var file = Changed(Bytes(Trained()), path, array);
        Assert.That(() => Load(model, file), Throws.TypeOf<ModelFileException>().With.Message.Contains(message).And.Property("Path").EqualTo(at));
        Assert.That(Values(model), Is.EqualTo(before));
        Assert.That(() => Load(model, file, skipMismatch: true), Throws.Nothing);
    }

    [Test]
    public void A_cut_file_changes_nothing()
    {
        var model = Trained();
        var (before, file) = (Values(model), Bytes(Trained()));
        foreach (var length in new[] { 0, 1, 7, 95, 500, file.Length / 2, file.Length - 1 })
        {
            Assert.That(() => Load(model, file[..length]), Throws.TypeOf<ModelFileException>(), $"{length}");
            Assert.That(Values(model), Is.EqualTo(before));
        }
    }

    [Test]
    public void Weights_that_are_no_numbers_load()
    {
        var model = Small();
        Load(model, Changed(Bytes(model), array: (p, a) => p == "/layers/dense/vars/1" ? (a.DType, a.Shape, (byte[])[.. BitConverter.GetBytes(float.NaN), .. BitConverter.GetBytes(float.PositiveInfinity), 0, 0, 0, 0]) : a));
        Assert.That(model.Layers[0].Weights[1].Value.ToDoubles(), Is.EqualTo(new[] { double.NaN, double.PositiveInfinity, 0 }));
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void A_number_of_steps_below_0_is_refused(int steps)
    {
        var file = Changed(Bytes(Trained()), array: (p, a) => p == "/optimizer/vars/0" ? (a.DType, a.Shape, BitConverter.GetBytes(steps)) : a);
        Assert.That(() => Load(Trained(), file), Throws.TypeOf<ModelFileException>().With.Message.Contains("number of steps"));
    }

    [Test]
    public void A_number_of_steps_beyond_any_is_refused()
    {
        var file = Changed(Bytes(Trained()), array: (p, a) => p == "/optimizer/vars/0" ? (DType.UInt64, a.Shape, BitConverter.GetBytes(1UL << 63)) : a);
        Assert.That(() => Load(Trained(), file), Throws.TypeOf<ModelFileException>().With.Message.Contains("number of steps"));
    }

    [Test]
    public void The_state_of_another_optimizer_is_passed_over_with_the_weights_loaded()
    {
        var (model, other) = (Trained("adam"), Trained("sgd"));
        var slots = model.Optimizer!.Variables[3].Value.ToDoubles();
        var file = Changed(Bytes(other), p => p.EndsWith("optimizer/vars/1", StringComparison.Ordinal) ? "/optimizer/vars/5" : p);
        Load(model, Changed(Bytes(Trained("rmsprop"))));
        Assert.That(model.Optimizer.Variables[3].Value.ToDoubles(), Is.EqualTo(slots));
        Assert.That(() => Load(model, file), Throws.TypeOf<ModelFileException>().With.Property("Path").EqualTo("/optimizer"));
    }

    [Test]
    public void A_model_without_weights_says_so() =>
        Assert.That(() => Load(new Sequential([new Dense(2)]), Bytes(Small())), Throws.InvalidOperationException.With.Message.Contains("no weights yet"));

    [Test]
    public void Names_of_files_are_held_to_and_kept_files_kept()
    {
        using var folder = new TemporaryFolder();
        var model = Small();
        Assert.That(() => model.SaveWeights(folder["a.h5"]), Throws.ArgumentException.With.Message.Contains(".weights.h5"));
        Assert.That(() => model.SaveWeights(folder["a.weights.h5"], maxShardSize: 1), Throws.ArgumentException.With.Message.Contains(".weights.json"));
        model.SaveWeights(folder["a.weights.h5"]);
        Assert.That(() => model.SaveWeights(folder["a.weights.h5"], overwrite: false), Throws.TypeOf<IOException>().With.Message.Contains("there already"));
        Assert.That(() => model.LoadWeights(folder["b.weights.h5"]), Throws.TypeOf<FileNotFoundException>());
        Assert.That(() => model.LoadWeights(folder["a.weights.h5"], byName: true), Throws.ArgumentException.With.Message.Contains("by_name"));
        File.WriteAllText(folder["c.weights.h5"], "no such thing");
        Assert.That(() => model.LoadWeights(folder["c.weights.h5"]), Throws.TypeOf<ModelFileException>().With.Message.Contains("unknown kind"));
    }

    [Test]
    public async Task The_asynchronous_forms_do_the_same()
    {
        using var folder = new TemporaryFolder();
        var (first, second) = (Trained(), Trained());
        var expected = Values(first);
        var saving = first.SaveWeightsAsync(folder["a.weights.h5"]);
        Train(first);
        await saving;
        await second.LoadWeightsAsync(folder["a.weights.h5"]);
        Assert.That(Values(second), Is.EqualTo(expected));
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        Assert.That(async () => await second.LoadWeightsAsync(folder["a.weights.h5"], cancellationToken: cancel.Token), Throws.InstanceOf<OperationCanceledException>());
    }
}
