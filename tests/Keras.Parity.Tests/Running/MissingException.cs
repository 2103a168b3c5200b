using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>The library has no such class, function or argument: the case is counted, it does not fail.</summary>
public sealed class MissingException(string reason) : Exception(reason)
{
    /// <summary>Whether the function is there and its signature does not take the value.</summary>
    public bool IsRefusal { get; private init; }

    public static MissingException Refused(string expected, GoldenValue received) =>
        new($"Expected: {expected}. Received: {Kind(received)}.") { IsRefusal = true };

    static string Kind(GoldenValue value) => value switch
    {
        GoldenValue.List or GoldenValue.Tuple => $"[{string.Join(", ", value.Elements.Select(Kind).Distinct())}]",
        GoldenValue.Text text => $"\"{text.Value}\"",
        GoldenValue.Tensor or GoldenValue.Integer or GoldenValue.Real or GoldenValue.Bool => value.ToString()!,
        _ => value.GetType().Name,
    };
}
