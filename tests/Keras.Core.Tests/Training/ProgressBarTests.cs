using Keras.Callbacks;

namespace Keras.Core.Tests.Training;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ProgressBarTests : IDisposable
{
    readonly StringWriter _text = new();
    readonly ManualTime _time = new();

    public void Dispose() => _text.Dispose();

    ProgressBar Bar(int? target, int verbose = 1, bool terminal = true, bool averages = false) =>
        new(target, verbose: verbose, averages: averages, output: _text, time: _time, terminal: terminal);

    static KeyValuePair<string, double>[] Values(params (string Name, double Value)[] values) =>
        [.. values.Select(v => KeyValuePair.Create(v.Name, v.Value))];

    string Taken()
    {
        var text = _text.ToString();
        _text.GetStringBuilder().Clear();
        return text;
    }

    [Test]
    public void A_terminal_line_is_that_of_Keras()
    {
        var bar = Bar(10);
        _time.Advance(1);
        bar.Update(1, Values(("accuracy", 0.5), ("loss", 2)), finalize: false);
        Assert.That(Taken(), Is.EqualTo("\r\e[1m 1/10\e[0m \e[32m━━\e[0m\e[37m━━━━━━━━━━━━━━━━━━\e[0m \e[1m9s\e[0m 1s/step - accuracy: 0.5000 - loss: 2.0000"));
    }

    [Test]
    public void The_next_line_goes_back_over_the_one_before_and_leaves_the_first_step_out_of_the_mean()
    {
        var bar = Bar(10);
        _time.Advance(1);
        bar.Update(1, Values(("loss", 2)), finalize: false);
        var width = " 1/10 ━━━━━━━━━━━━━━━━━━━━ 9s 1s/step - loss: 2.0000".Length;
        Taken();
        _time.Advance(0.4);
        bar.Update(5, Values(("loss", 0.00012345)), finalize: false);
        Assert.That(Taken(), Is.EqualTo(new string('\b', width) + "\r\e[1m 5/10\e[0m \e[32m━━━━━━━━━━\e[0m\e[37m━━━━━━━━━━\e[0m \e[1m0s\e[0m 100ms/step - loss: 1.2345e-04"));
    }

    [Test]
    public void A_shorter_line_wipes_the_rest_of_the_longer_one()
    {
        var bar = Bar(2);
        _time.Advance(1);
        bar.Update(1, Values(("loss", -0.0001)), finalize: false);
        Taken();
        _time.Advance(1);
        bar.Update(2, Values(("loss", 1)));
        Assert.That(Taken(), Does.EndWith("\e[1m2s\e[0m 1s/step - loss: 1.0000     \n"));
    }

    [Test]
    public void Updates_within_the_interval_are_left_out_but_the_last_one_is_not()
    {
        var bar = Bar(3);
        _time.Advance(1);
        bar.Update(1, finalize: false);
        Taken();
        _time.Advance(0.04);
        bar.Update(2, finalize: false);
        Assert.That(Taken(), Is.Empty);
        bar.Update(3);
        Assert.That(Taken(), Does.EndWith("\n"));
    }

    [Test]
    public void Outside_of_a_terminal_only_the_end_appears_as_plain_text()
    {
        var bar = Bar(12, terminal: false);
        for (var i = 1; i <= 12; i++)
        {
            _time.Advance(0.003);
            bar.Update(i, Values(("accuracy", 0.9123), ("loss", 0.2345)), finalize: false);
        }
        bar.Update(12, Values(("accuracy", 0.9123), ("loss", 0.2345)), finalize: true);
        Assert.That(Taken(), Is.EqualTo("12/12 ━━━━━━━━━━━━━━━━━━━━ 0s 3ms/step - accuracy: 0.9123 - loss: 0.2345\n"));
    }

    [Test]
    public void Semi_verbose_writes_one_line_and_negatives_as_exponents()
    {
        var bar = Bar(12, verbose: 2);
        _time.Advance(2.6);
        bar.Update(3, Values(("loss", 1)), finalize: false);
        bar.Update(12, Values(("loss", -1.5), ("mae", 0.25)), finalize: true);
        Assert.That(Taken(), Is.EqualTo("12/12 - 3s - 217ms/step - loss: -1.5000e+00 - mae: 0.2500\n"));
    }

    [Test]
    public void Silent_writes_nothing()
    {
        Bar(1, verbose: 0).Update(1);
        Assert.That(Taken(), Is.Empty);
    }

    [Test]
    public void An_unknown_number_of_steps_is_said()
    {
        var bar = Bar(null);
        _time.Advance(1);
        bar.Update(3, finalize: false);
        Assert.That(Taken(), Is.EqualTo("\r      3/Unknown \e[1m1s\e[0m 333ms/step"));
    }

    [TestCase(3725, "1:02:05")]
    [TestCase(125, "2:05")]
    [TestCase(59, "59s")]
    public void Remaining_time(double seconds, string expected)
    {
        var bar = Bar(2);
        _time.Advance(seconds);
        bar.Update(1, finalize: false);
        Assert.That(Taken(), Does.Contain($"\e[1m{expected}\e[0m"));
    }

    [Test]
    public void Values_are_averaged_over_the_steps_where_that_is_asked_for()
    {
        var bar = Bar(4, terminal: true, averages: true);
        _time.Advance(1);
        bar.Update(1, Values(("loss", 4)), finalize: false);
        Taken();
        _time.Advance(1);
        bar.Update(3, Values(("loss", 1)), finalize: false);
        Assert.That(Taken(), Does.EndWith("loss: 2.0000"));
    }

    [TestCase(double.NaN, "nan")]
    [TestCase(double.PositiveInfinity, "inf")]
    [TestCase(0, "0.0000e+00")]
    [TestCase(1234.56789, "1234.5679")]
    public void Numbers_are_written_as_Python_does(double value, string expected)
    {
        Bar(1).Update(1, Values(("loss", value)));
        Assert.That(Taken(), Does.EndWith($" - loss: {expected}\n"));
    }

    [Test]
    public void The_logger_heads_each_epoch_where_there_are_several()
    {
        var logger = new ProgbarLogger(_text, _time, terminal: false);
        var callbacks = new CallbackList([], null!, new FitParameters(1, 2, 2), progress: logger);
        var logs = new Logs();
        callbacks.OnTrainBegin();
        for (var epoch = 0; epoch < 2; epoch++)
        {
            callbacks.OnEpochBegin(epoch, logs);
            for (var batch = 0; batch < 2; batch++)
            {
                _time.Advance(1);
                logs.Set("loss", 1.5 - epoch);
                callbacks.OnTrainBatchEnd(batch, logs);
            }
            callbacks.OnEpochEnd(epoch, logs);
        }
        callbacks.OnTrainEnd();
        Assert.That(Taken(), Is.EqualTo("""
            Epoch 1/2
            2/2 ━━━━━━━━━━━━━━━━━━━━ 2s 1s/step - loss: 1.5000
            Epoch 2/2
            2/2 ━━━━━━━━━━━━━━━━━━━━ 2s 1s/step - loss: 0.5000

            """));
    }
}
