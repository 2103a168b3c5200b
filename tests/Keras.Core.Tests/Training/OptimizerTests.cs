using Keras.Optimizers;
using Keras.Optimizers.Schedules;

namespace Keras.Core.Tests.Training;

public class OptimizerTests
{
    static Variable Weight(params float[] values) => new(Tensor.Of(values, Shape.Of(values.Length)), name: "kernel") { Path = "mlp/dense/kernel" };

    static Tensor Gradient(params float[] values) => Tensor.Of(values, Shape.Of(values.Length));

    [Test]
    public void Plain_gradient_descent()
    {
        var w = Weight(1, 2);
        new SGD(0.5).Apply([Gradient(1, -1)], [w]);
        Assert.That(w.Value.ToDoubles(), Is.EqualTo(new[] { 0.5, 2.5 }));
    }

    [Test]
    public void Variables_have_the_order_and_paths_of_Keras()
    {
        var adam = new Adam(amsgrad: true, useEma: true, gradientAccumulationSteps: 2, name: "adam");
        adam.Build([Weight(1)]);
        Assert.That(adam.Variables.Select(v => v.Path), Is.EqualTo(new[]
        {
            "adam/iteration", "adam/learning_rate", "adam/mlp_dense_kernel_average", "adam/mlp_dense_kernel_gradient_accumulator",
            "adam/mlp_dense_kernel_momentum", "adam/mlp_dense_kernel_velocity", "adam/mlp_dense_kernel_velocity_hat",
        }));
        Assert.That(adam.Iterations.DType, Is.EqualTo(DType.Int32));
    }

    [TestCase("adam"), TestCase("sgd"), TestCase("rmsprop"), TestCase("nadam"), TestCase("adagrad"), TestCase("lion"), TestCase("adamw")]
    public void A_compiled_step_is_the_eager_step(string name)
    {
        Variable[] eager = [Weight(1, 2, 3), Weight(4)], compiled = [Weight(1, 2, 3), Weight(4)];
        Optimizer first = name, second = name;
        second.Build(compiled);
        var step = new CompiledFunction(a =>
        {
            second.Apply([.. a]);
            return [];
        });
        for (var i = 0; i < 4; i++)
        {
            Tensor[] gradients = [Gradient(0.1f * i, -0.2f, 1), Gradient(0.3f)];
            first.Apply(gradients, eager);
            step.Invoke(gradients);
        }
        Assert.That(second.Iterations.Value.Item(), Is.EqualTo(4));
        for (var i = 0; i < 2; i++)
            Assert.That(compiled[i].Value.ToDoubles(), Is.EqualTo(eager[i].Value.ToDoubles()).Within(1e-6));
    }

    [Test]
    public void An_assigned_learning_rate_holds_in_a_compiled_step()
    {
        var w = Weight(1);
        var sgd = new SGD(0.1);
        sgd.Build([w]);
        var step = new CompiledFunction(a =>
        {
            sgd.Apply([a[0]]);
            return [];
        });
        step.Invoke(Gradient(1));
        sgd.LearningRate.Assign(0.5);
        step.Invoke(Gradient(1));
        Assert.That(w.Value.Item(), Is.EqualTo(0.4).Within(1e-6));
    }

    [Test]
    public void A_schedule_goes_by_the_steps_before()
    {
        var w = Weight(0);
        var sgd = new SGD(new PiecewiseConstantDecay([0], [1, 10]), name: "sgd");
        sgd.Apply([Gradient(1)], [w]);
        sgd.Apply([Gradient(1)], [w]);
        Assert.That(w.Value.Item(), Is.EqualTo(-11));
        Assert.That(sgd.Variables.Select(v => v.Path), Is.EqualTo(new[] { "sgd/iteration" }));
        Assert.That(() => sgd.LearningRate, Throws.InvalidOperationException.With.Message.Contains("schedule"));
    }

    [Test]
    public void Limits_of_gradients()
    {
        Assert.That(Step(new SGD(1, clipvalue: 1), 3, -4), Is.EqualTo(new double[] { -1, 1 }));
        Assert.That(Step(new SGD(1, clipnorm: 1), 3, -4), Is.EqualTo(new[] { -0.6, 0.8 }).Within(1e-6));
        Assert.That(Step(new SGD(1, globalClipnorm: 1), 3, -4), Is.EqualTo(new[] { -0.6, 0.8 }).Within(1e-6));
        Assert.That(Step(new SGD(1, globalClipnorm: 10), 3, -4), Is.EqualTo(new double[] { -3, 4 }).Within(1e-6));
        Assert.That(Step(new SGD(1, lossScaleFactor: 2), 3, -4), Is.EqualTo(new[] { -1.5, 2 }));
        static double[] Step(Optimizer optimizer, params float[] gradient)
        {
            var w = Weight(0, 0);
            optimizer.Apply([Gradient(gradient)], [w]);
            return w.Value.ToDoubles();
        }
    }

    [Test]
    public void Accumulated_gradients_update_at_every_kth_step_by_their_mean()
    {
        var w = Weight(0);
        var sgd = new SGD(1, gradientAccumulationSteps: 2);
        sgd.Apply([Gradient(1)], [w]);
        Assert.That(w.Value.Item(), Is.Zero);
        sgd.Apply([Gradient(3)], [w]);
        Assert.That(w.Value.Item(), Is.EqualTo(-2));
        sgd.Apply([Gradient(3)], [w]);
        Assert.That(w.Value.Item(), Is.EqualTo(-2));
    }

    [Test]
    public void Weight_decay_is_taken_off_before_the_update_unless_the_variable_is_kept_out()
    {
        Variable decayed = Weight(1), bias = new(Gradient(1), name: "bias");
        var sgd = new SGD(0.5, weightDecay: 0.1);
        sgd.Build([decayed, bias]);
        sgd.ExcludeFromWeightDecay(varNames: ["bias"]);
        sgd.Apply([Gradient(0), Gradient(0)]);
        Assert.That(decayed.Value.Item(), Is.EqualTo(0.95).Within(1e-6));
        Assert.That(bias.Value.Item(), Is.EqualTo(1));
    }

    [Test]
    public void Averages_start_as_the_variables_and_take_their_place_at_the_end()
    {
        var w = Weight(0);
        var sgd = new SGD(1, useEma: true, emaMomentum: 0.5);
        sgd.Apply([Gradient(1)], [w]);
        sgd.Apply([Gradient(2)], [w]);
        Assert.That(w.Value.Item(), Is.EqualTo(-3));
        sgd.FinalizeVariableValues();
        Assert.That(w.Value.Item(), Is.EqualTo(-2));
    }

    [Test]
    public void A_variable_without_gradient_stays()
    {
        Variable a = Weight(1), b = Weight(1);
        new Adam(0.1).Apply([null, Gradient(1)], [a, b]);
        Assert.That(a.Value.Item(), Is.EqualTo(1));
        Assert.That(b.Value.Item(), Is.EqualTo(0.9).Within(1e-5));
    }

    [Test]
    public void Errors_say_what_is_wrong()
    {
        var w = Weight(1);
        Assert.That(() => new SGD().Apply([null], [w]), Throws.ArgumentException.With.Message.Contains("no gradient"));
        Assert.That(() => new SGD().Apply([Gradient(1, 2)], [w]), Throws.ArgumentException.With.Message.Contains("mlp/dense/kernel"));
        Assert.That(() => new SGD().Apply([Gradient(1)]), Throws.InvalidOperationException.With.Message.Contains("Build"));
        Assert.That(() => new SGD(clipnorm: 1, clipvalue: 1), Throws.ArgumentException.With.Message.Contains("clipvalue"));
        Assert.That(() => (Optimizer)"sdg", Throws.ArgumentException.With.Message.Contains("rmsprop"));
        var built = new SGD();
        built.Build([w]);
        Assert.That(() => built.Apply([Gradient(1)], [Weight(2)]), Throws.ArgumentException.With.Message.Contains("Build"));
    }

    [TestCase("adam", typeof(Adam)), TestCase("rmsprop", typeof(RMSprop)), TestCase("SGD", typeof(SGD)), TestCase("AdamW", typeof(AdamW))]
    public void Names_of_Keras(string name, Type expected) => Assert.That((Optimizer)name, Is.TypeOf(expected));

    [Test]
    public void Warmup_then_cosine()
    {
        var schedule = new CosineDecay(0, 10, warmupTarget: 1, warmupSteps: 10);
        var rates = new[] { 0, 5, 10, 15, 20, 30 }.Select(s => schedule.Apply(s).Item());
        Assert.That(rates, Is.EqualTo(new[] { 0, 0.5, 1, 0.5, 0, 0 }).Within(1e-6));
    }
}
