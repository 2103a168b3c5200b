namespace Keras.Losses;

/// <summary>A function of targets and predictions that gives the losses: one of <see cref="LossFunctions"/> by Keras's name, or one of one's own.</summary>
public sealed class LossFunction
{
    static readonly Dictionary<string, Func<Tensor[], Tensor>> Known = KnownFunctions.Of(typeof(LossFunctions), 2), KnownMetrics = KnownFunctions.Of(typeof(MetricFunctions), 2);

    readonly Func<Tensor, Tensor, Tensor> _function;

    LossFunction(string name, Func<Tensor, Tensor, Tensor> function, bool isCustom) => (Name, _function, IsCustom) = (name, function, isCustom);

    /// <summary>Keras's name, or that of the method in snake case.</summary>
    public string Name { get; }

    /// <summary>Whether it is a function of one's own, which a config cannot name.</summary>
    internal bool IsCustom { get; }

    /// <summary>Wraps a function of one's own.</summary>
    public static LossFunction Of(Func<Tensor, Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var method = function.Method.Name;
        return new(method.Contains('<', StringComparison.Ordinal) ? "loss" : Naming.Snake(method), function, isCustom: true);
    }

    /// <summary>The losses.</summary>
    public Tensor Apply(Tensor yTrue, Tensor yPred) => _function(yTrue, yPred);

    /// <summary>Reads Keras's name, such as <c>"mean_squared_error"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static implicit operator LossFunction(string name) => Known.TryGetValue(name, out var function)
        ? Named(name, function)
        : throw Errors.Argument("loss", "unknown function", string.Join(", ", Known.Keys.Order(StringComparer.Ordinal)), $"\"{name}\"");

    /// <summary>A registered function of one's own, or one of Keras's.</summary>
    internal static LossFunction Read(string name) => Saving.GetRegisteredObject(name) is Func<Tensor, Tensor, Tensor> own ? new LossFunction(name, own, isCustom: true) : name;

    /// <summary>The form in a config.</summary>
    /// <exception cref="NotSupportedException">It is a function of one's own that is not registered.</exception>
    internal System.Text.Json.Nodes.JsonObject Write() => IsCustom ? Saving.WriteFunction(_function, "loss", Name) : Saving.WriteFunction(Name);

    /// <summary>The same of a metric: also the functions of <see cref="MetricFunctions"/>.</summary>
    internal static Func<Tensor, Tensor, Tensor> ReadMetric(string name) =>
        (KnownMetrics.TryGetValue(name, out var function) ? Named(name, function) : Read(name)).Apply;

    static LossFunction Named(string name, Func<Tensor[], Tensor> function) => new(name, (yTrue, yPred) => function([yTrue, yPred]), isCustom: false);

    internal static System.Text.Json.Nodes.JsonObject WriteMetric(Func<Tensor, Tensor, Tensor> function) => function.Target is LossFunction named ? Saving.WriteFunction(named.Name)
        : function.Method.DeclaringType is { } holder && (holder == typeof(LossFunctions) || holder == typeof(MetricFunctions)) ? Saving.WriteFunction(Naming.Snake(function.Method.Name))
        : Saving.WriteFunction(function, "metric");

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>The loss that a function of targets and predictions gives.</summary>
/// <param name="fn">From (targets, predictions) to the losses, one for each sample (and step).</param>
/// <param name="reduction">How the losses of a batch become one. Default the mean over all of them.</param>
/// <param name="name">The name in logs. Default that of the function.</param>
/// <param name="dtype">In which dtype it is computed. Default <see cref="Config.Floatx"/>.</param>
public class LossFunctionWrapper(LossFunction fn, Reduce reduction = default, string? name = null, DType? dtype = null)
    : Loss(name ?? Checked(fn).Name, reduction, dtype)
{
    /// <summary>The function.</summary>
    public LossFunction Fn { get; } = Checked(fn);

    static LossFunction Checked(LossFunction fn)
    {
        ArgumentNullException.ThrowIfNull(fn);
        return fn;
    }

    /// <inheritdoc/>
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => Fn.Apply(yTrue, yPred);
}
