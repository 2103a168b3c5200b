using Keras.Metrics;

namespace Keras.Core.Tests.Training;

public class MetricTests
{
    [Test]
    public void A_mean_counts_each_sample_once_and_forgets_at_a_reset()
    {
        var mean = new Metrics.Mean();
        Assert.That(mean.Result().Item(), Is.Zero);
        mean.UpdateState(Tensor.Of(new float[] { 1, 3, 5 }));
        mean.UpdateState(Tensor.Of(new float[] { 7 }));
        Assert.That(mean.Result().Item(), Is.EqualTo(4));
        mean.ResetState();
        mean.UpdateState(Tensor.Of(new float[] { 1, 3, 5, 7 }), Tensor.Of(new float[] { 1, 1, 0, 0 }));
        Assert.That(mean.Result().Item(), Is.EqualTo(2));
    }

    [Test]
    public void The_state_has_Keras_paths() =>
        Assert.That(new BinaryAccuracy().Variables.Select(v => v.Path), Is.EqualTo(new[] { "binary_accuracy/total", "binary_accuracy/count" }));

    [Test]
    public void An_update_within_a_compiled_step_lasts()
    {
        var metric = new SparseCategoricalAccuracy();
        var step = new CompiledFunction(a =>
        {
            metric.UpdateState(a[0], a[1]);
            return [metric.Result()];
        });
        var p = Tensor.Of(new float[,] { { 0, 1 }, { 1, 0 }, { 0, 1 } });
        Assert.That(step.Invoke(Tensor.Of(new[] { 1, 1, 1 }), p)[0].Item(), Is.EqualTo(2.0 / 3).Within(1e-6));
        Assert.That(step.Invoke(Tensor.Of(new[] { 1, 0, 1 }), p)[0].Item(), Is.EqualTo(5.0 / 6).Within(1e-6));
        Assert.That(metric.Result().Item(), Is.EqualTo(5.0 / 6).Within(1e-6));
        metric.ResetState();
        Assert.That(metric.Result().Item(), Is.Zero);
    }

    [Test]
    public void A_mask_leaves_steps_out()
    {
        var p = Tensor.Of(new float[,] { { 0.9f, 0.1f } });
        p.Mask = Tensor.Of(new[,] { { true, false } });
        var metric = Metric.Of((t, q) => Ops.Cast(Ops.Equal(t, Ops.Round(q)), DType.Float32), "hits");
        metric.UpdateState(Tensor.Of(new float[,] { { 1, 1 } }), p);
        Assert.That(metric.Result().Item(), Is.EqualTo(1));
    }

    [TestCase("mse", typeof(MeanSquaredError), "mse")]
    [TestCase("binary_accuracy", typeof(BinaryAccuracy), "binary_accuracy")]
    [TestCase("MeanSquaredError", typeof(MeanSquaredError), "mean_squared_error")]
    public void Names_of_Keras(string name, Type expected, string logged)
    {
        Metric metric = name;
        Assert.That(metric, Is.TypeOf(expected));
        Assert.That(metric.Name, Is.EqualTo(logged));
    }

    [Test]
    public void An_unknown_name_lists_the_known_ones() =>
        Assert.That(() => (Metric)"nothing", Throws.ArgumentException.With.Message.Contains("root_mean_squared_error"));

    [Test]
    public void Targets_that_do_not_fit_are_an_error() => Assert.That(
        () => new SparseCategoricalAccuracy().UpdateState(Ops.Zeros(Shape.Of(3), DType.Int32), Ops.Zeros(Shape.Of(2, 4))),
        Throws.ArgumentException.With.Message.Contains("sparse_categorical_accuracy"));

    [Test]
    public void A_mean_takes_no_targets() => Assert.That(
        () => ((Metric)new Metrics.Mean()).UpdateState(1.0, 1.0), Throws.TypeOf<NotSupportedException>().With.Message.Contains("values"));

    [Test]
    public void Directions_tell_callbacks_what_is_better()
    {
        Assert.That(new Accuracy().HigherIsBetter, Is.True);
        Assert.That(new MeanAbsoluteError().HigherIsBetter, Is.False);
        Assert.That(new Metrics.Mean().HigherIsBetter, Is.Null);
    }
}
