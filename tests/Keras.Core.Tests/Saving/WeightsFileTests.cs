using System.Text.Json.Nodes;
using Keras.Core.Tests.Files;
using Keras.Layers;
using Keras.Tests;

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
    static byte[] Changed(byte[] file, Func<string, string?>? path = null, Func<string, (DType DType, Shape Shape, byte[] Data), (DType, Shape, byte[])>? array = null,
        params (string Path, DType DType, Shape Shape)[] more) =>
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
            foreach (var (to, dtype, shape) in more) root.Dataset(to, dtype, shape, new byte[shape.Size * dtype.Size()]);
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

    [Test, Hostile("G03")]
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

    [TestCaseSource(nameof(Misfits)), Hostile("G01", "G02")]
    public void What_does_not_fit_changes_nothing(Func<string, string?>? path, Func<string, (DType, Shape, byte[]), (DType, Shape, byte[])>? array, string at, string message)
    {
        var model = Trained();
        var before = Values(model);
        var file = Changed(Bytes(Trained()), path, array);
        Assert.That(() => Load(model, file), Throws.TypeOf<ModelFileException>().With.Message.Contains(message).And.Property("Path").EqualTo(at));
        Assert.That(Values(model), Is.EqualTo(before));
        Assert.That(() => Load(model, file, skipMismatch: true), Throws.Nothing);
    }

    [Test, Hostile("G01")]
    public void An_array_more_than_a_layer_has_is_refused([Values("2", "00", "x")] string name)
    {
        var model = Trained();
        var before = Values(model);
        var file = Changed(Bytes(Trained()), more: ($"layers/dense/vars/{name}", DType.Float32, [3]));
        var error = Samples.Refused(() => Load(model, file), "Expected: 2. Received: 3");
        Assert.That(error.Path, Is.EqualTo("/layers/dense"));
        Assert.That(Values(model), Is.EqualTo(before));
    }

    [Test, Hostile("G01")]
    public void The_order_in_which_a_file_has_its_arrays_means_nothing()
    {
        var (first, second) = (Trained(), Trained());
        List<(string Path, DType DType, Shape Shape, byte[] Data)> arrays = [];
        Changed(Bytes(first), array: (p, a) =>
        {
            arrays.Add((p, a.DType, a.Shape, a.Data));
            return a;
        });
        arrays.Reverse();
        Load(second, Hdf5Files.Write(root => arrays.ForEach(a => root.Dataset(a.Path[1..], a.DType, a.Shape, a.Data))));
        Assert.That(Values(second), Is.EqualTo(Values(first)));
    }

    static byte[] OfType(byte[] type, int size)
    {
        var builder = new Hdf5Builder();
        var at = builder.Header(Hdf5Builder.Space(2, 1), Hdf5Builder.Type(type), Hdf5Builder.Compact(new byte[2 * size]));
        foreach (var name in (string[])["0", "vars", "dense"]) at = builder.Header(Hdf5Builder.Empty, Hdf5Builder.Link(name, at));
        return builder.File(Hdf5Builder.Link("layers", at));
    }

    static IEnumerable<TestCaseData> Types()
    {
        foreach (var dtype in Enum.GetValues<DType>().Where(d => !RawArray.IsOpaque(d)))
            yield return new TestCaseData(Hdf5TypeCode.Of(dtype), dtype.Size(), dtype.IsComplex() ? "complex" : null).SetName($"Another type: {dtype.Name()}");
        yield return new TestCaseData((byte[])[0x13, 0, 0, 0, 4, 0, 0, 0], 4, "string of 4").SetName("Another type: text");
        yield return new TestCaseData((byte[])[0x15, 0, 0, 0, 4, 0, 0, 0], 4, "opaque").SetName("Another type: opaque");
        yield return new TestCaseData((byte[])[0x17, 0, 0, 0, 8, 0, 0, 0], 8, "reference").SetName("Another type: a reference");
    }

    [TestCaseSource(nameof(Types)), Hostile("G03")]
    public void Numbers_are_cast_and_other_elements_refused(byte[] type, int size, string? refused)
    {
        var model = new Sequential([new Input(2), new Dense(1, useBias: false)]);
        var before = Values(model);
        if (refused is null)
        {
            Load(model, OfType(type, size));
            Assert.That(Values(model)[0], Is.EqualTo(new double[2]));
            return;
        }
        var error = Samples.Refused(() => Load(model, OfType(type, size)), refused);
        Assert.That(error.Path, Does.StartWith("/layers/dense"));
        Assert.That(Values(model), Is.EqualTo(before));
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

    [Test, Hostile("G04")]
    public void Weights_that_are_no_numbers_load()
    {
        var model = Small();
        Load(model, Changed(Bytes(model), array: (p, a) => p == "/layers/dense/vars/1" ? (a.DType, a.Shape, (byte[])[.. BitConverter.GetBytes(float.NaN), .. BitConverter.GetBytes(float.PositiveInfinity), 0, 0, 0, 0]) : a));
        Assert.That(model.Layers[0].Weights[1].Value.ToDoubles(), Is.EqualTo(new[] { double.NaN, double.PositiveInfinity, 0 }));
    }

    [Test, Hostile("G04")]
    public void Every_kind_of_file_keeps_weights_that_are_no_numbers([Values("m.keras", "m.h5", "m.weights.h5", "m.weights.json")] string name)
    {
        using var folder = new TemporaryFolder();
        var (first, second) = (Small(), Small());
        double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        first.Layers[0].Weights[1].Assign(Tensor.Of([.. values.Select(v => (float)v)], [3]));
        if (name.Contains("weights", StringComparison.Ordinal)) first.SaveWeights(folder[name], maxShardSize: name.EndsWith("json", StringComparison.Ordinal) ? 1 : null);
        else first.Save(folder[name]);
        second.LoadWeights(folder[name]);
        Assert.That(Values(second), Is.EqualTo(Values(first)));
        Assert.That(second.Layers[0].Weights[1].Value.ToDoubles(), Is.EqualTo(values));
        if (name is "m.keras" or "m.h5") Assert.That(Values(Keras.Saving.LoadModel(folder[name])), Is.EqualTo(Values(first)));
    }

    [TestCase(-1)]
    [TestCase(int.MinValue)]
    [Hostile("G06")]
    public void A_number_of_steps_below_0_is_refused(int steps)
    {
        var file = Changed(Bytes(Trained()), array: (p, a) => p == "/optimizer/vars/0" ? (a.DType, a.Shape, BitConverter.GetBytes(steps)) : a);
        Assert.That(() => Load(Trained(), file), Throws.TypeOf<ModelFileException>().With.Message.Contains("number of steps"));
    }

    [TestCase(DType.Complex64), TestCase(DType.Float32), TestCase(DType.Bool), Hostile("G06")]
    public void A_number_of_steps_of_another_type_is_read_or_refused(DType dtype)
    {
        var (model, file) = (Trained(), Changed(Bytes(Trained()), array: (p, a) => p == "/optimizer/vars/0" ? (dtype, a.Shape, new byte[dtype.Size()]) : a));
        if (dtype == DType.Complex64)
        {
            Assert.That(Samples.Refused(() => Load(model, file), "complex").Path, Is.EqualTo("/optimizer"));
            return;
        }
        Load(model, file);
        Assert.That(model.Optimizer!.Iterations.Value.Item(), Is.Zero);
    }

    [Test, Hostile("G06")]
    public void A_number_of_steps_beyond_any_is_refused()
    {
        var file = Changed(Bytes(Trained()), array: (p, a) => p == "/optimizer/vars/0" ? (DType.UInt64, a.Shape, BitConverter.GetBytes(1UL << 63)) : a);
        Assert.That(() => Load(Trained(), file), Throws.TypeOf<ModelFileException>().With.Message.Contains("number of steps"));
    }

    [Test, Hostile("G06")]
    public void The_state_of_another_optimizer_is_passed_over_with_the_weights_loaded()
    {
        var (model, other) = (Trained("adam"), Trained("sgd"));
        var slots = model.Optimizer!.Variables[3].Value.ToDoubles();
        var file = Changed(Bytes(other), p => p.EndsWith("optimizer/vars/1", StringComparison.Ordinal) ? "/optimizer/vars/5" : p);
        Load(model, Changed(Bytes(Trained("rmsprop"))));
        Assert.That(model.Optimizer.Variables[3].Value.ToDoubles(), Is.EqualTo(slots));
        Assert.That(() => Load(model, file), Throws.TypeOf<ModelFileException>().With.Property("Path").EqualTo("/optimizer"));
    }

    /// <summary>Adam has 20 variables here. One less is taken for a file of before Keras 3, which had no learning rate among them.</summary>
    [TestCase(20, null, false), TestCase(19, "shape", true), TestCase(18, null, false), TestCase(21, null, false), TestCase(-20, "\"19\"", true), Hostile("G06")]
    public void Missing_and_further_slots_are_refused_or_passed_over(int count, string? message, bool isRefused)
    {
        var (model, other) = (Trained(), Trained(epochs: 3));
        var (before, slots) = (Values(model), model.Optimizer!.Variables.Count);
        static int Slot(string path) => path.StartsWith("/optimizer/vars/", StringComparison.Ordinal) ? int.Parse(path.AsSpan(16), null) : -1;
        var file = Changed(Bytes(other), p => Slot(p) >= Math.Abs(count) ? null : count < 0 && Slot(p) == slots - 1 ? "/optimizer/vars/x" : p,
            more: count > slots ? [($"optimizer/vars/{slots}", DType.Float32, Shape.Of(3))] : []);
        Assert.That(slots, Is.EqualTo(20));
        if (isRefused)
        {
            Assert.That(Samples.Refused(() => Load(model, file), message).Path, Is.EqualTo("/optimizer"));
            Assert.That(Values(model), Is.EqualTo(before));
            return;
        }
        Load(model, file);
        Assert.That(Values(model)[..^slots], Is.EqualTo(Values(other)[..^slots]));
        Assert.That(Values(model)[^slots..], Is.EqualTo(count == slots ? Values(other)[^slots..] : before[^slots..]));
    }

    static Sequential Dropping() => new([new Input(4), new Dropout(0.5, name: "dropout"), new Dense(3, name: "dense")]);

    /// <summary>No version of Keras keeps these states in files: what stands where one would be is none of a layer's weights.</summary>
    [TestCase(2), TestCase(5), TestCase(0), Hostile("G06")]
    public void States_of_random_generators_in_files_are_passed_over(int length)
    {
        var (model, other) = (Dropping(), Dropping());
        SeedGenerator generator = new(7);
        Load(model, Changed(Bytes(other), more: ("layers/dropout/seed_generator/vars/0", DType.UInt32, [length])));
        Assert.That(Values(model), Is.EqualTo(Values(other)));
        var file = Changed(Bytes(other), more: ("layers/dropout/vars/0", DType.UInt32, [length]));
        Assert.That(Samples.Refused(() => Load(model, file), "Expected: 0. Received: 1").Path, Is.EqualTo("/layers/dropout"));
        if (length == 2) generator.State.Assign(Ops.Zeros([length], DType.UInt32));
        else Assert.That(() => generator.State.Assign(Ops.Zeros([length], DType.UInt32)), Throws.ArgumentException.With.Message.Contains("shape"));
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
