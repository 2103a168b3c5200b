using System.Diagnostics;
using System.Runtime.CompilerServices;
using Keras.Optimizers;

namespace Keras.Core.Tests.Runtime;

public class MemoryTests
{
    const long Most = 64L << 20;

    static (long Managed, long Native, long Private) Now()
    {
        // Aggressive: the collector gives back what it keeps ready, which swings by more than the limits on a busy machine.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return (GC.GetTotalMemory(true), Device.Default.MemoryInfo.Live, process.PrivateMemorySize64);
    }

    static void Flat(Action<int> body, int warmUp, int count, long most = Most)
    {
        for (var i = 0; i < warmUp; i++) body(i);
        var before = Now();
        for (var i = 0; i < count; i++) body(i);
        var after = Now();
        Assert.Multiple(() =>
        {
            Assert.That(after.Managed - before.Managed, Is.LessThan(Most), "managed");
            Assert.That(after.Native - before.Native, Is.LessThan(Most), "native");
            Assert.That(after.Private - before.Private, Is.LessThan(most), "process");
        });
    }

    [Test, Category("Slow")]
    public void A_loop_of_small_evaluated_ops_is_flat()
    {
        var w = Ops.ConvertToTensor(Tensor.Of(Enumerable.Range(0, 256).Select(i => i / 256f).ToArray(), [16, 16]));
        Flat(i => Ops.Sum(w * (double)i).Item<float>(), 1000, 100_000);
    }

    [Test, Category("Slow")]
    public void A_loop_of_large_values_is_flat()
    {
        var w = Tensor.Of(new float[1 << 18], [1 << 18]);
        // Two gigabytes pass through. What the process holds swings by the collector's budget for large arrays, about 100 MB.
        Flat(i => _ = Ops.Exp(w + (double)i).Evaluate().Bytes, 1000, 2000, most: 256L << 20);
    }

    [Test, Category("Slow")]
    public void A_loop_of_ops_that_no_one_evaluates_is_flat()
    {
        var w = Tensor.Of(new float[1024], [1024]);
        Flat(i => _ = Ops.Exp(w + (double)i), 1000, 100_000);
    }

    [Test, Category("Slow")]
    public void A_training_loop_of_ones_own_is_flat()
    {
        var random = new System.Random(0);
        var x = Tensor.Of([.. Enumerable.Range(0, 16 * 8).Select(_ => random.NextSingle())], [16, 8]);
        var y = Ops.Sum(x, 1, keepdims: true);
        var (w, b) = (new Variable(Ops.Zeros([8, 1])), new Variable(Ops.Zeros([1])));
        var optimizer = new SGD(0.05);
        var last = 0f;
        Flat(_ =>
        {
            var (loss, gradients) = Gradients.ValueAndGrad(() => Ops.Mean(Ops.Square(Ops.Matmul(x, w) + b - y)), [w, b]);
            optimizer.Apply(gradients, [w, b]);
            last = loss.Item<float>();
        }, 200, 10_000);
        Assert.That(last, Is.LessThan(1e-3f));
    }

    [Test, Category("Slow")]
    public void A_loop_that_assigns_its_own_updates_is_flat()
    {
        var w = new Variable(Ops.Ones([64, 64]));
        Flat(i => w.Assign(w.Value * 0.999 + 0.001 * i % 2), 200, 10_000);
        Assert.That(float.IsFinite(Ops.Sum(w.Value).Item<float>()));
    }

    [Test]
    public void Stopped_and_detached_tensors_release_what_they_were_made_of()
    {
        var (kept, origins) = Make();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.That(origins.Select(o => o.IsAlive), Is.All.False);
        Assert.That(kept.Select(k => k.Shape), Is.All.EqualTo(Shape.Of(100)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static (Tensor[] Kept, WeakReference[] Origins) Make()
    {
        var x = Tensor.Of(new float[100], [100]);
        var y = Ops.Exp(x + 1);
        var stopped = Ops.StopGradient(y);
        _ = stopped.ToArray<float>();
        return ([stopped, y.Detach()], [new(x), new(y)]);
    }

    [Test]
    public void A_tensor_keeps_its_inputs_for_gradients()
    {
        var (x, y) = MakeEvaluated();
        GC.Collect();
        Assert.That(Gradients.Of(y, [x])[0].ToArray<float>()[0], Is.EqualTo(MathF.E).Within(1e-5f));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static (Tensor, Tensor) MakeEvaluated()
    {
        var x = Tensor.Of(new float[3], [3]);
        var y = Ops.Exp(x + 1);
        _ = y.ToArray<float>();
        return (x, y);
    }

    [Test]
    public void A_result_that_is_too_large_is_a_typed_error_and_the_device_goes_on()
    {
        Assert.That(() => Ops.Zeros([65536, 32768]).Evaluate(), Throws.TypeOf<DeviceOutOfMemoryException>()
            .With.Message.Contains("8,589,934,592 bytes").And.Property("Bytes").EqualTo(1L << 33));
        Assert.That(Ops.Sum(Ops.Ones([3])).Item<float>(), Is.EqualTo(3));
    }

    [Test]
    public void An_intermediate_that_is_too_large_is_a_typed_error_and_the_device_goes_on()
    {
        var live = Device.Default.MemoryInfo.Live;
        var huge = Ops.Ones([1 << 20, 1 << 20, 1 << 10]);
        Assert.That(() => Ops.Sum(Ops.Exp(huge)).Item<float>(), Throws.TypeOf<DeviceOutOfMemoryException>().With.Message.StartsWith("[workspace] the device is out of memory."));
        Assert.That(Device.Default.MemoryInfo.Live, Is.LessThanOrEqualTo(live));
        Assert.That(Ops.Sum(Ops.Ones([3])).Item<float>(), Is.EqualTo(3));
    }

    [Test]
    public void A_size_beyond_all_numbers_is_a_typed_error()
    {
        Assert.That(() => Ops.Zeros([int.MaxValue, int.MaxValue, int.MaxValue]).Evaluate(),
            Throws.TypeOf<DeviceOutOfMemoryException>().Or.InstanceOf<ArgumentException>());
        Assert.That(Ops.Sum(Ops.Ones([3])).Item<float>(), Is.EqualTo(3));
    }

    [Test]
    public void Live_memory_is_counted()
    {
        var (live, peak) = Device.Default.MemoryInfo;
        Assert.That(peak, Is.GreaterThanOrEqualTo(live));
        Assert.That(live, Is.GreaterThanOrEqualTo(0));
    }
}
