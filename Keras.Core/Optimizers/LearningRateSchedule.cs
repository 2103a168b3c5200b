namespace Keras;

/// <summary>The learning rate of an optimizer at each of its steps. A number converts implicitly to a rate that stays until it is assigned.
/// See https://keras.io/api/optimizers/learning_rate_schedules/.</summary>
public abstract class LearningRateSchedule
{
    /// <summary>The learning rate.</summary>
    /// <param name="step">How many steps were made before, an integer scalar.</param>
    /// <returns>A scalar of <see cref="Config.Floatx"/>.</returns>
    public abstract Tensor Apply(Tensor step);

#pragma warning disable CA2225 // The rate itself is the named twin.
    /// <summary>A rate that is the same at each step until it is assigned.</summary>
    public static implicit operator LearningRateSchedule(double rate) => new ConstantRate(rate);
#pragma warning restore CA2225

    private protected static int Positive(string who, string what, int value) => value > 0 ? value
        : throw Errors.Argument(who, $"{what} is not positive", "1 or more", value);
}

/// <summary>A learning rate that is one number.</summary>
sealed class ConstantRate(double rate) : LearningRateSchedule
{
    internal double Rate => rate;

    public override Tensor Apply(Tensor step) => Tensor.Scalar(rate, Config.Floatx);
}
