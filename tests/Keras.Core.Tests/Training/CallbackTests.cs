using Keras.Callbacks;
using Keras.Optimizers;

namespace Keras.Core.Tests.Training;

public class CallbackTests
{
    static Logs Values(params (string Name, double Value)[] values)
    {
        var logs = new Logs();
        foreach (var (name, value) in values) logs.Set(name, value);
        return logs;
    }

    static CallbackList Listing(Callback callback) => new([callback], null!, new FitParameters(0, 2, null));

    [Test]
    public void Logs_keep_their_order_and_allocate_nothing_for_a_known_name()
    {
        var logs = Values(("loss", 1), ("accuracy", 0.5));
        logs.Set("loss", 2);
        Assert.That(logs.Keys, Is.EqualTo(new[] { "loss", "accuracy" }));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) logs.Set("accuracy", i);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(() => logs["nothing"], Throws.TypeOf<KeyNotFoundException>().With.Message.Contains("accuracy"));
    }

    [Test]
    public void The_history_has_all_epochs_and_its_names_in_order()
    {
        var history = new History();
        var callbacks = new CallbackList(null, null!, new FitParameters(0, 2, 3), history);
        callbacks.OnTrainBegin();
        callbacks.OnEpochEnd(0, Values(("loss", 2), ("accuracy", 0.5)));
        callbacks.OnEpochEnd(1, Values(("loss", 1), ("val_loss", 3), ("accuracy", 0.7)));
        Assert.That(history.Epoch, Is.EqualTo(new[] { 0, 1 }));
        Assert.That(history["loss"], Is.EqualTo(new double[] { 2, 1 }));
        Assert.That(history.Values.Keys, Is.EqualTo(new[] { "accuracy", "loss", "val_loss" }));
        Assert.That(history.Params.Steps, Is.EqualTo(3));
        Assert.That(() => history["nothing"], Throws.TypeOf<KeyNotFoundException>().With.Message.Contains("val_loss"));
    }

    [Test]
    public void Functions_are_called()
    {
        var seen = new List<string>();
        var callbacks = Listing(new LambdaCallback(
            onEpochBegin: (e, _) => seen.Add($"begin {e}"), onTrainBatchEnd: (b, l) => seen.Add($"batch {b} {l["loss"]}"), onTrainEnd: _ => seen.Add("end")));
        callbacks.OnTrainBegin();
        callbacks.OnEpochBegin(0, new Logs());
        callbacks.OnTrainBatchEnd(3, Values(("loss", 2)));
        callbacks.OnTrainEnd();
        Assert.That(seen, Is.EqualTo(new[] { "begin 0", "batch 3 2", "end" }));
    }

    [Test]
    public void Csv_lines_are_those_of_Keras()
    {
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.csv");
        try
        {
            using (var logger = new CSVLogger(file)) Run(logger, Values(("loss", 1), ("accuracy", 0.1)), Values(("loss", 0.00001), ("accuracy", 0.25), ("val_loss", 1.5)));
            using (var logger = new CSVLogger(file, append: true)) Run(logger, Values(("loss", 1e20), ("accuracy", double.NaN)));
            Assert.That(File.ReadAllText(file), Is.EqualTo(
                "epoch,accuracy,loss,val_accuracy,val_loss\r\n0,0.1,1.0,NA,NA\r\n1,0.25,1e-05,NA,1.5\r\n0,nan,1e+20,NA,NA\r\n"));
        }
        finally
        {
            File.Delete(file);
        }
        static void Run(CSVLogger logger, params Logs[] epochs)
        {
            logger.OnTrainBegin();
            for (var i = 0; i < epochs.Length; i++) logger.OnEpochEnd(i, epochs[i]);
            logger.OnTrainEnd();
        }
    }

    [Test]
    public void A_loss_that_is_no_number_can_be_an_error() => Assert.That(
        () => Listing(new TerminateOnNaN(raiseError: true)).OnTrainBatchEnd(4, Values(("loss", double.NaN))),
        Throws.InvalidOperationException.With.Message.Contains("batch 4"));

    [Test]
    public void Unknown_modes_and_useless_factors_are_errors()
    {
        Assert.That(() => new EarlyStopping(mode: "up"), Throws.ArgumentException.With.Message.Contains("\"max\""));
        Assert.That(() => new ReduceLROnPlateau(factor: 1), Throws.ArgumentException.With.Message.Contains("factor"));
    }

    sealed class Bare : Model
    {
    }

    static (Model Model, CallbackList Callbacks) Compiled(Callback callback)
    {
        var model = new Bare();
        model.Compile(optimizer: new SGD(0.1));
        var callbacks = new CallbackList([callback], model, new FitParameters(0, 100, null));
        callbacks.OnTrainBegin();
        return (model, callbacks);
    }

    // Worse than the best by epoch 2 and 3: with a patience of 2 that is enough.
    [TestCase(0, "loss", "auto", 0.0, 2)]
    [TestCase(2, "loss", "auto", 0.0, 3)]
    [TestCase(0, "loss", "auto", 0.6, 1)]
    [TestCase(0, "loss", "max", 0.0, 1)]
    public void Early_stopping(int patience, string monitor, string mode, double minDelta, int stopped)
    {
        var stopping = new EarlyStopping(monitor, minDelta, patience, mode: mode);
        var (model, callbacks) = Compiled(stopping);
        double[] losses = [2, 1.5, 1.7, 1.6, 1.8];
        for (var epoch = 0; epoch < losses.Length && !model.StopTraining; epoch++) callbacks.OnEpochEnd(epoch, Values(("loss", losses[epoch])));
        Assert.That(stopping.StoppedEpoch, Is.EqualTo(stopped));
    }

    [Test]
    public void Early_stopping_goes_on_while_the_baseline_is_not_beaten_only_for_its_patience()
    {
        var stopping = new EarlyStopping("loss", patience: 2, baseline: 1);
        var (model, callbacks) = Compiled(stopping);
        for (var epoch = 0; epoch < 5 && !model.StopTraining; epoch++) callbacks.OnEpochEnd(epoch, Values(("loss", 5)));
        Assert.That(stopping.StoppedEpoch, Is.EqualTo(1));
    }

    [Test]
    public void An_unknown_direction_is_an_error_that_names_the_modes()
    {
        var (_, callbacks) = Compiled(new EarlyStopping("beauty"));
        Assert.That(() => callbacks.OnEpochEnd(0, Values(("beauty", 1))), Throws.InvalidOperationException.With.Message.Contains("\"max\""));
    }

    [Test]
    public void The_rate_falls_on_a_plateau_rests_and_does_not_fall_below_its_least()
    {
        var (model, callbacks) = Compiled(new ReduceLROnPlateau("loss", factor: 0.5, patience: 2, cooldown: 1, minLr: 0.03));
        var rates = new List<double>();
        for (var epoch = 0; epoch < 9; epoch++)
        {
            callbacks.OnEpochEnd(epoch, Values(("loss", 1)));
            rates.Add(model.Optimizer!.LearningRate.Value.Item());
        }
        Assert.That(rates, Is.EqualTo(new[] { 0.1, 0.1, 0.05, 0.05, 0.03, 0.03, 0.03, 0.03, 0.03 }).Within(1e-7));
    }

    [Test]
    public void A_schedule_sets_and_logs_the_rate_of_each_epoch()
    {
        var (model, callbacks) = Compiled(new LearningRateScheduler((epoch, rate) => rate / (epoch + 1)));
        var logs = new Logs();
        callbacks.OnEpochBegin(1, logs);
        callbacks.OnEpochEnd(1, logs);
        Assert.That(model.Optimizer!.LearningRate.Value.Item(), Is.EqualTo(0.05).Within(1e-7));
        Assert.That(logs["learning_rate"], Is.EqualTo(0.05).Within(1e-7));
    }

    [Test]
    public void A_loss_that_is_no_number_stops_training()
    {
        var (model, callbacks) = Compiled(new TerminateOnNaN());
        callbacks.OnTrainBatchEnd(0, Values(("loss", 1)));
        Assert.That(model.StopTraining, Is.False);
        callbacks.OnTrainBatchEnd(1, Values(("loss", double.PositiveInfinity)));
        Assert.That(model.StopTraining, Is.True);
    }
}
