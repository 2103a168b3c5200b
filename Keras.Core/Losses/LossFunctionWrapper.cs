using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Keras.Losses;

/// <summary>A function of targets and predictions that gives the losses: one of <see cref="LossFunctions"/> by Keras's name, or one of one's own.</summary>
public sealed class LossFunction
{
    static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> Known = Find();

    readonly Func<Tensor, Tensor, Tensor> _function;

    LossFunction(string name, Func<Tensor, Tensor, Tensor> function) => (Name, _function) = (name, function);

    /// <summary>Keras's name, or that of the method in snake case.</summary>
    public string Name { get; }

    /// <summary>Whether it is a function of one's own, which a config cannot name.</summary>
    internal bool IsCustom => !Known.ContainsKey(Name);

    /// <summary>Wraps a function of one's own.</summary>
    public static LossFunction Of(Func<Tensor, Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var method = function.Method.Name;
        return new(method.Contains('<', StringComparison.Ordinal) ? "loss" : Naming.Snake(method), function);
    }

    /// <summary>The losses.</summary>
    public Tensor Apply(Tensor yTrue, Tensor yPred) => _function(yTrue, yPred);

    /// <summary>Reads Keras's name, such as <c>"mean_squared_error"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the known ones are listed.</exception>
    public static implicit operator LossFunction(string name) => new(name, Known.TryGetValue(name, out var function) ? function
        : throw Errors.Argument("loss", "unknown function", string.Join(", ", Known.Keys.Order(StringComparer.Ordinal)), $"\"{name}\""));

    // The functions of the class LossFunctions are the known names: the list is not written twice.
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The class is kept whole by ILLink.Descriptors.xml.")]
    static Dictionary<string, Func<Tensor, Tensor, Tensor>> Find() => typeof(LossFunctions).GetMethods(BindingFlags.Public | BindingFlags.Static)
        .Where(m => m.GetParameters().Skip(2).All(p => p.HasDefaultValue))
        .ToDictionary(m => Naming.Snake(m.Name), m => (Func<Tensor, Tensor, Tensor>)((t, p) => Invoke(m, t, p)), StringComparer.Ordinal);

    static Tensor Invoke(MethodInfo method, Tensor yTrue, Tensor yPred)
    {
        object?[] arguments = [yTrue, yPred, .. method.GetParameters().Skip(2).Select(p => p.DefaultValue)];
        return (Tensor)method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }

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
