using System.Text.Json.Nodes;

namespace Keras;

/// <summary>The learning rate of an optimizer at each of its steps. A number converts implicitly to a rate that stays until it is assigned.
/// See https://keras.io/api/optimizers/learning_rate_schedules/.</summary>
public abstract class LearningRateSchedule
{
    /// <summary>The learning rate.</summary>
    /// <param name="step">How many steps were made before, an integer scalar.</param>
    /// <returns>A scalar of <see cref="Config.Floatx"/>.</returns>
    public abstract Tensor Apply(Tensor step);

    /// <summary>The arguments that make the same schedule again, by Keras's keys.</summary>
    public virtual JsonObject GetConfig() => ObjectConfig.Of(this);

    /// <summary>The schedule as Keras writes it: <c>{"module", "class_name", "config", "registered_name"}</c>.</summary>
    public JsonObject Serialize() => Serialization.Write(this);

    /// <summary>Makes a schedule of what <see cref="Serialize"/> gives.</summary>
    /// <param name="config">As Keras writes it.</param>
    /// <param name="customObjects">Classes and functions of one's own by name. Default the registered ones.</param>
    /// <exception cref="ArgumentException">The class is unknown, or its config does not fit.</exception>
    public static LearningRateSchedule Deserialize(JsonNode config, CustomObjects? customObjects = null) => Serialization.Open<LearningRateSchedule>(config, customObjects);

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
