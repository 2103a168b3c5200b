using Keras.Core.Tests.Files;
using Keras.Layers;

namespace Keras.Core.Tests.Saving;

public class LoadCostTests
{
    [Test, Category("Slow")]
    public void A_model_of_100_MB_takes_little_more_memory_than_its_file()
    {
        using var folder = new TemporaryFolder();
        var model = new Sequential([new Input(5000), new Dense(5000)]);
        model.Save(folder["m.keras"]);
        var size = new FileInfo(folder["m.keras"]).Length;
        Assert.That(size, Is.GreaterThan(100_000_000));
        // What any load needs once.
        Keras.Saving.LoadModel(folder["m.keras"]);
        var (managed, native) = (GC.GetAllocatedBytesForCurrentThread(), Device.Default.MemoryInfo.Live);
        var loaded = Keras.Saving.LoadModel(folder["m.keras"]);
        managed = GC.GetAllocatedBytesForCurrentThread() - managed;
        native = Device.Default.MemoryInfo.Live - native;
        TestContext.Out.WriteLine($"{managed >> 20} MiB managed, {native >> 20} MiB native, for {size >> 20} MiB");
        Assert.That(managed + Math.Max(0, native), Is.LessThan(1.2 * size));
        Assert.That(loaded.GetWeights()[0].Evaluate().Span.SequenceEqual(model.GetWeights()[0].Evaluate().Span));
    }
}
