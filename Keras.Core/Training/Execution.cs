namespace Keras;

/// <summary>How the steps of a model are run.</summary>
/// <param name="Eagerly">Whether each step calls the layers, in place of replaying a plan.</param>
/// <param name="Steps">How many steps are one execution, of which callbacks are told.</param>
/// <param name="Jit">What Keras was told of its compiler.</param>
sealed record Execution(bool Eagerly, int Steps, bool? Jit)
{
    internal static Execution Default { get; } = new(Eagerly: false, Steps: 1, Jit: null);

    /// <summary>The first step of the next execution, or their number.</summary>
    internal int Next(int first, int count) => (int)Math.Min((long)first + Steps, count);

    /// <summary>The number that callbacks are told at an execution's end: as in Keras also where the data end before.</summary>
    internal int Last(int first) => (int)Math.Min((long)first + Steps - 1, int.MaxValue);
}
