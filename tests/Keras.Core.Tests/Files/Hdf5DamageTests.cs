using Keras.Tests;

namespace Keras.Core.Tests.Files;

/// <summary>Files that were sound before a bit, the end or the stream broke.</summary>
sealed class Hdf5DamageTests
{
    // A weights file as Keras writes it, and one in which all structure has checksums.
    const string Plain = "weights-NormalModel-c87944cc2804.weights.h5", Latest = "h5py-3.7-latest-small.h5", Chunked = "h5py-3.7-chunks.h5";

    static byte[] Sample(string name) => name == Plain ? File.ReadAllBytes(Path.Combine(Samples.Goldens, "saved", name)) : Hdf5Files.Sample(name);

    // Steps without a factor of 2 meet every bit of a byte.
    [TestCase(Plain, 11)]
    [TestCase(Latest, 11)]
    public void FlippedBitsAreHarmless(string name, int step) => Flip(name, step);

    [Hostile("F02")]
    [TestCase(Plain), TestCase(Latest), Category("Slow")]
    public void AnyFlippedBitIsHarmless(string name) => Flip(name, 1);

    static void Flip(string name, int step)
    {
        var file = Sample(name);
        var error = Hdf5Hostile.Try(new MemoryStream(file, writable: false), out var whole);
        Assert.That(error, Is.Null);
        for (var bit = 0; bit < 8 * file.Length; bit += step)
        {
            file[bit / 8] ^= (byte)(1 << bit % 8);
            error = Hdf5Hostile.Try(new MemoryStream(file, writable: false), out var found);
            // Data may change, but with checksums nothing else does.
            if (name == Latest && error is null && !found.SequenceEqual(whole)) Assert.Fail($"bit {bit}: {string.Join(", ", found.Except(whole))}");
            file[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    [TestCase(Latest, 23, 35)]
    [TestCase(Chunked, 301, 60)]
    public void FlippedBitsBehindChecksumsAreHarmless(string name, int step, int blocks) => FlipSealed(name, step, blocks);

    [TestCase(Latest, 1, 35), TestCase(Chunked, 21, 60), Category("Slow")]
    public void AnyFlippedBitBehindChecksumsIsHarmless(string name, int step, int blocks) => FlipSealed(name, step, blocks);

    static void FlipSealed(string name, int step, int blocks)
    {
        var sound = Sample(name);
        var seals = new Hdf5Seals(sound);
        Assert.That(seals.Count, Is.GreaterThan(blocks));
        for (var bit = 0; bit < 8 * sound.Length; bit += step)
        {
            var file = (byte[])sound.Clone();
            file[bit / 8] ^= (byte)(1 << bit % 8);
            seals.Renew(file, bit / 8);
            Hdf5Hostile.Try(new MemoryStream(file, writable: false), out _);
        }
    }

    [Hostile("F03")]
    [TestCase(Plain)]
    [TestCase(Latest)]
    public void FilesThatEndTooEarlyAreRefused(string name)
    {
        var file = Sample(name);
        for (var length = 0; length < file.Length; length++)
            if (Hdf5Hostile.Try(new MemoryStream(file, 0, length, writable: false), out _) is null) Assert.Fail($"{length} of {file.Length} bytes");
    }

    [TestCase(Plain)]
    [TestCase(Latest)]
    public void FilesMayShrinkWhileTheyAreRead(string name)
    {
        var file = Sample(name);
        for (var reads = 0; ; reads++)
        {
            using var stream = new TroubledStream(file) { Reads = reads };
            var error = Hdf5Hostile.Try(stream, out _);
            if (!stream.HasEnded) break;
            Assert.That(error?.Message, Does.Contain("the file ends too early"));
        }
    }

    /// <summary>A stream may give less than it is asked for.</summary>
    [TestCase(Plain)]
    [TestCase(Latest)]
    public void StreamsMayGiveOneByteAtATime(string name)
    {
        var file = Sample(name);
        Assert.That(Hdf5Hostile.Try(new MemoryStream(file), out var whole), Is.Null);
        using var drip = new TroubledStream(file) { Most = 1 };
        var error = Hdf5Hostile.Try(drip, out var found);
        Assert.That((error, found), Is.EqualTo(((ModelFileException?)null, whole)));
    }

    /// <summary>All weights that Keras wrote, as far as they are recorded, are read.</summary>
    [Test]
    public void FilesOfKerasAreRead()
    {
        foreach (var path in Samples.Saved("*.h5"))
        {
            using var file = File.OpenRead(path);
            Assert.That(Hdf5Hostile.Try(file, out var found), Is.Null, path);
            Assert.That(found, Is.Not.Empty, path);
        }
    }

    /// <summary>Of weights that are damaged a model takes all or none.</summary>
    [TestCase(101, 7)]
    [TestCase(1, 1, Category = "Slow")]
    public void DamagedWeightsAreLoadedOrChangeNothing(int bits, int lengths)
    {
        var (saved, model) = (Dense(), Dense());
        using var stream = new MemoryStream();
        saved.SaveWeights(stream);
        var (file, before) = (stream.ToArray(), Values(model));
        Load(file);
        Assert.That(Values(model), Is.EqualTo(Values(saved)));
        for (var bit = 0; bit < 8 * file.Length; bit += bits)
        {
            var damaged = (byte[])file.Clone();
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            Load(damaged);
        }
        for (var length = 0; length < file.Length; length += lengths)
            if (Load(file[..length]) is null) Assert.Fail($"{length} of {file.Length} bytes");

        static Sequential Dense() => new([new Keras.Layers.Input(3), new Keras.Layers.Dense(2), new Keras.Layers.BatchNormalization()]);

        static double[][] Values(Model model) => [.. model.Weights.Select(w => w.Value.ToDoubles())];

        ModelFileException? Load(byte[] bytes)
        {
            foreach (var (weight, value) in model.Weights.Zip(before)) weight.Assign(Ops.Reshape(Tensor.Of(value), weight.Shape));
            try
            {
                model.LoadWeights(new MemoryStream(bytes));
                return null;
            }
            catch (ModelFileException e)
            {
                if (!Values(model).SelectMany(v => v).SequenceEqual(before.SelectMany(v => v))) Assert.Fail($"the model has changed: {e.Message}");
                return e;
            }
        }
    }

    /// <summary>Malformed files that are published somewhere, such as those of the HDF Group: also what is sound beside what is not is read, and through every door.</summary>
    [Hostile("F01")]
    [Test]
    public void PublishedFilesAreHarmless()
    {
        var folder = Environment.GetEnvironmentVariable("KERAS_HDF5_FILES");
        if (folder is null) Assert.Ignore("Set KERAS_HDF5_FILES to a folder of malformed files.");
        var (read, refused) = (0, 0);
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var file = File.OpenRead(path);
            if (Hdf5Hostile.Try(file, out _) is null) read++;
            else refused++;
            Soon.Does(() => Hdf5Files.ReadEach(file), Samples.TimeAllowed);
            Samples.Refused(() => Keras.Saving.LoadModel(path));
            var model = new Sequential([new Keras.Layers.Input(3), new Keras.Layers.Dense(2)]);
            Samples.Refused(() => model.LoadWeights(path));
            try
            {
                ModelFileInfo.Read(path);
            }
            catch (ModelFileException)
            {
            }
        }
        TestContext.Out.WriteLine($"{read} read, {refused} refused");
        Assert.That(read + refused, Is.Positive);
    }

    /// <summary>Gives at most some bytes a read, and none after some reads.</summary>
    sealed class TroubledStream(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        internal int Most { get; init; } = int.MaxValue;

        internal int Reads { get; set; } = int.MaxValue;

        internal bool HasEnded { get; private set; }

        // Spans are read through this too.
        public override int Read(byte[] buffer, int offset, int count)
        {
            HasEnded |= Reads-- <= 0;
            return HasEnded ? 0 : base.Read(buffer, offset, Math.Min(Most, count));
        }
    }
}
