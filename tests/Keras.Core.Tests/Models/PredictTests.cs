using Keras.Kernels.Cpu;
using Keras.Layers;

namespace Keras.Core.Tests.Models;

public class PredictTests
{
    [Test]
    public void Both_forms_give_the_same_bits_for_all_batch_sizes()
    {
        var model = Digits.Model(normalized: true);
        var (x, _) = Digits.Take(33);
        var whole = model.Predict(x, batchSize: 33).ToArray<float>();
        Assert.That(model.Predict(x, batchSize: 5).ToArray<float>(), Is.EqualTo(whole).Within(1e-6f));
        var output = new float[330];
        model.Predict<float, float>(x.ToArray<float>(), output);
        Assert.That(output, Is.EqualTo(whole));
        Assert.That(model.Apply(x).ToArray<float>(), Is.EqualTo(whole).Within(1e-6f));
    }

    [Test]
    public void Many_threads_predict_the_same_bits_as_one()
    {
        var model = Digits.Model(normalized: true);
        var (x, _) = Digits.Take(48);
        var values = x.ToArray<float>();
        int[] sizes = [1, 7, 16, 48];
        var expected = sizes.Select(s => model.Predict(Part(values, s), batchSize: s).ToArray<float>()).ToArray();
        var wrong = 0;
        var errors = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        // A model of its own for the threads: they trace it together, too.
        var other = Digits.Model(normalized: true);
        other.SetWeights(model.GetWeights());
        var threads = Enumerable.Range(0, 32).Select(t => new Thread(() =>
        {
            try
            {
                for (var i = 0; i < 8; i++)
                {
                    var k = (t + i) % sizes.Length;
                    var size = sizes[k];
                    var got = new float[size * 10];
                    if ((t + i) % 3 == 0) got = other.Predict(Part(values, size), batchSize: size).ToArray<float>();
                    else other.Predict<float, float>(values.AsSpan(0, size * 64), got);
                    if (!got.AsSpan().SequenceEqual(expected[k])) Interlocked.Increment(ref wrong);
                }
            }
            catch (Exception e)
            {
                errors.Enqueue(e);
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.That(errors, Is.Empty);
        Assert.That(wrong, Is.Zero);
    }

    static Tensor Part(float[] values, int samples) => Tensor.Of(values[..(samples * 64)], [samples, 8, 8, 1]);

    [TestCase(1), TestCase(2)]
    public void Span_prediction_allocates_nothing(int threads)
    {
        var before = CpuDevice.Threads;
        try
        {
            CpuDevice.Threads = threads;
            var model = Digits.Model(normalized: true);
            var x = Digits.Take(8).X.ToArray<float>();
            var output = new float[80];
            for (var i = 0; i < 50; i++) model.Predict<float, float>(x, output);
            var start = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 50; i++) model.Predict<float, float>(x, output);
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - start, Is.Zero);
        }
        finally
        {
            CpuDevice.Threads = before;
        }
    }

    [Test]
    public void Span_prediction_sees_new_weights()
    {
        var model = new Sequential([new Input(1), new Dense(1, kernelInitializer: "ones")]);
        var output = new float[1];
        model.Predict<float, float>([2f], output);
        Assert.That(output[0], Is.EqualTo(2));
        model.SetWeights([Tensor.Of<float>([10], [1, 1]), Tensor.Of<float>([1], [1])]);
        model.Predict<float, float>([2f], output);
        Assert.That(output[0], Is.EqualTo(21));
        model.Add(new Rescaling(2));
        model.Predict<float, float>([2f], output);
        Assert.That(output[0], Is.EqualTo(42));
    }

    [Test]
    public void A_set_token_stops_a_prediction()
    {
        var model = new Sequential([new Input(1), new Dense(1)]);
        Assert.That(() => model.Predict(new float[4, 1], cancellationToken: new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(model.Predict(new float[4, 1]).Shape, Is.EqualTo(Shape.Of(4, 1)));
    }

    [Test, CancelAfter(120_000)]
    public void Prediction_while_another_thread_trains_gives_whole_outputs()
    {
        var model = new Sequential([new Input(4), new Dense(8, activation: "relu"), new Dense(3, activation: "softmax")]);
        model.Compile("sgd", "sparse_categorical_crossentropy");
        var x = new float[32, 4];
        var trainer = new Thread(() => model.Fit(x, new int[32], epochs: 50, verbose: 0));
        trainer.Start();
        var sums = new List<float>();
        var output = new float[3];
        while (trainer.IsAlive)
        {
            model.Predict<float, float>(new float[4], output);
            sums.Add(output.Sum());
        }
        trainer.Join();
        Assert.That(sums, Is.All.EqualTo(1f).Within(1e-5f));
    }
}
