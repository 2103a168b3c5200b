using Keras.Losses;

namespace Keras.Core.Tests.Training;

public class LossTests
{
    static readonly Tensor True = Tensor.Of(new float[,] { { 1, 2 }, { 3, 5 } });
    static readonly Tensor Pred = Tensor.Of(new float[,] { { 3, 3 }, { 6, 9 } });

    // The losses of the two samples are 2.5 and 12.5.
    [TestCase("sum_over_batch_size", 7.5, 1.25)]
    [TestCase("mean", 7.5, 1.25)]
    [TestCase("sum", 15, 2.5)]
    [TestCase("mean_with_sample_weight", 7.5, 2.5)]
    public void Reductions_with_and_without_weights(string reduction, double plain, double weighted)
    {
        var loss = new MeanSquaredError(reduction);
        Assert.Multiple(() =>
        {
            Assert.That(loss.Apply(True, Pred).Item(), Is.EqualTo(plain).Within(1e-6));
            Assert.That(loss.Apply(True, Pred, Tensor.Of(new float[] { 1, 0 })).Item(), Is.EqualTo(weighted).Within(1e-6));
        });
    }

    [Test]
    public void No_reduction_keeps_the_losses() =>
        Assert.That(new MeanSquaredError("none").Apply(True, Pred).ToDoubles(), Is.EqualTo(new[] { 2.5, 12.5 }).Within(1e-6));

    [Test]
    public void A_mask_makes_the_mean_that_of_the_kept_steps()
    {
        var p = Ops.Reshape(Pred, Shape.Of(1, 2, 2));
        p.Mask = Tensor.Of(new[,] { { false, true } });
        Assert.That(new MeanSquaredError().Apply(Ops.Reshape(True, Shape.Of(1, 2, 2)), p).Item(), Is.EqualTo(12.5).Within(1e-5));
    }

    [Test]
    public void A_mask_that_keeps_nothing_gives_zero()
    {
        var p = Ops.Reshape(Pred, Shape.Of(1, 2, 2));
        p.Mask = Tensor.Of(new[,] { { false, false } });
        Assert.That(new MeanSquaredError().Apply(Ops.Reshape(True, Shape.Of(1, 2, 2)), p).Item(), Is.Zero);
    }

    [TestCase("mean")]
    [TestCase("sum")]
    public void No_samples_give_zero(string reduction)
    {
        var none = Ops.Zeros(Shape.Of(0, 2));
        Assert.That(new MeanSquaredError(reduction).Apply(none, none).Item(), Is.Zero);
    }

    [Test]
    public void Weights_of_zero_give_zero() =>
        Assert.That(new MeanSquaredError("mean_with_sample_weight").Apply(True, Pred, Tensor.Of(new float[] { 0, 0 })).Item(), Is.Zero);

    [Test]
    public void A_missing_last_axis_of_one_is_added()
    {
        var loss = new MeanAbsoluteError().Apply(Tensor.Of(new float[] { 1, 2 }), Tensor.Of(new float[,] { { 2 }, { 4 } }));
        Assert.That(loss.Item(), Is.EqualTo(1.5));
    }

    [Test]
    public void Different_shapes_are_an_error_that_names_loss_and_shapes() => Assert.That(
        () => new MeanSquaredError().Apply(True, Ops.Zeros(Shape.Of(2, 3))),
        Throws.ArgumentException.With.Message.Contains("mean_squared_error").And.Message.Contains("(2, 2)").And.Message.Contains("(2, 3)"));

    [Test]
    public void Weights_that_do_not_fit_are_an_error() => Assert.That(
        () => new MeanSquaredError().Apply(True, Pred, Tensor.Of(new float[] { 1, 2, 3 })),
        Throws.ArgumentException.With.Message.Contains("mean_squared_error"));

    [Test]
    public void An_unknown_name_lists_the_known_ones() => Assert.That(
        () => (Loss)"means",
        Throws.ArgumentException.With.Message.Contains("mean_squared_error").And.Message.Contains("\"means\""));

    [TestCase("mse", typeof(MeanSquaredError))]
    [TestCase("MSE", typeof(MeanSquaredError))]
    [TestCase("kl_divergence", typeof(KLDivergence))]
    [TestCase("SparseCategoricalCrossentropy", typeof(SparseCategoricalCrossentropy))]
    public void Names_of_Keras(string name, Type expected) => Assert.That((Loss)name, Is.TypeOf(expected));

    [Test]
    public void Class_numbers_stay_integers_on_the_way_to_the_fused_op()
    {
        var logits = Tensor.Of(new float[,] { { 1, 2, 3 }, { 3, 1, 2 } });
        var loss = new SparseCategoricalCrossentropy(fromLogits: true, reduction: "none").Apply(Tensor.Of(new long[] { 2, 0 }), logits);
        Assert.Multiple(() =>
        {
            Assert.That(loss.Op, Is.TypeOf<SparseCrossentropy>());
            Assert.That(loss.ToDoubles(), Is.EqualTo(new[] { 0.4076059, 0.4076059 }).Within(1e-6));
        });
    }

    [Test]
    public void Ignored_classes_leave_no_trace_in_mean_and_gradient()
    {
        var p = Tensor.Of(new[,] { { 0.2f, 0.8f }, { 0f, 0f } });
        var loss = new SparseCategoricalCrossentropy(ignoreClass: -1).Apply(Tensor.Of(new[] { 1, -1 }), p);
        Assert.Multiple(() =>
        {
            Assert.That(loss.Item(), Is.EqualTo(-Math.Log(0.8)).Within(1e-6));
            Assert.That(Gradients.Of(loss, [p])[0].ToDoubles()[2..], Is.EqualTo(new double[] { 0, 0 }));
        });
    }

    [Test]
    public void A_function_makes_a_loss()
    {
        var loss = Loss.Of((t, p) => Ops.Max(Ops.Absolute(t - p), -1), "worst");
        Assert.Multiple(() =>
        {
            Assert.That(loss.Name, Is.EqualTo("worst"));
            Assert.That(loss.Apply(True, Pred).Item(), Is.EqualTo(3));
        });
    }

    [Test]
    public void The_dtype_is_that_of_the_result() =>
        Assert.That(new MeanSquaredError(dtype: DType.Float64).Apply(True, Pred).DType, Is.EqualTo(DType.Float64));
}
