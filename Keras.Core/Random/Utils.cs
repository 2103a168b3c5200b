namespace Keras;

/// <summary>Helpers, as <c>keras.utils</c> has them.</summary>
public static partial class Utils
{
    /// <summary>Makes all that is drawn at random from now on repeatable: first weights, dropout.</summary>
    public static void SetRandomSeed(int seed) => SeedGenerator.SetRandomSeed(seed);

    /// <summary>Lets automatic names count from the start again, as in a new process.</summary>
    public static void ClearSession() => Naming.Reset();
}
