using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Keras.Core.Tests;

namespace Keras.Kernels.Tests.Hostile;

/// <summary>What every call with a wrong argument is held to: an error of ours that names the function, soon, and without much memory.</summary>
static partial class Refusal
{
    const long MemoryAllowed = 64L << 20;

    static readonly TimeSpan TimeAllowed = TimeSpan.FromSeconds(1);

    [GeneratedRegex(@"^\[[^\[\]]+\] \S.*\. Expected: \S.*\. Received: \S.*", RegexOptions.Singleline)]
    private static partial Regex Form { get; }

    /// <summary>Holds a call to it: also where the fault is one of values, which are met when the results are computed.</summary>
    internal static void Expect(Func<object?> call, string? part = null) => Assert.That(Fault(() => Compute(call()), part), Is.Null);

    /// <summary>Holds a call to it that must be refused before anything is computed.</summary>
    internal static void AtOnce(Func<object?> call, string? part = null) => Assert.That(Fault(() => call(), part), Is.Null);

    /// <summary>What is wrong about how a call was refused; <c>null</c> for nothing.</summary>
    internal static string? Fault(Action call, string? part = null) => Soon.Does(() =>
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Exception? error = null;
        try
        {
            call();
        }
        catch (Exception e)
        {
            error = e;
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return error switch
        {
            null => "it is not refused",
            not (ArgumentException or DeviceOutOfMemoryException) => $"{error.GetType().Name}: {error.Message}",
            _ when !Form.IsMatch(error.Message) => $"the message has another form: {error.Message}",
            _ when error.Message.Length > 2000 => "the message is too long",
            _ when part is not null && !error.Message.Contains(part, StringComparison.Ordinal) => $"the message does not speak of {part}: {error.Message}",
            _ => allocated > MemoryAllowed ? $"{allocated >> 20} MB were allocated" : null,
        };
    }, TimeAllowed);

    /// <summary>Computes all tensors among the results of a call.</summary>
    internal static void Compute(object? results)
    {
        switch (results)
        {
            case Tensor tensor:
                tensor.Evaluate();
                break;
            case IEnumerable<Tensor?> tensors:
                foreach (var tensor in tensors) Compute(tensor);
                break;
            case ITuple tuple:
                for (var i = 0; i < tuple.Length; i++) Compute(tuple[i]);
                break;
        }
    }

    internal static TestCaseData Case(string name, Func<object?> call, params object?[] more) => new TestCaseData([call, .. more]).SetArgDisplayNames(name);
}
