namespace Keras.Tests;

/// <summary>Says which hostile inputs of <c>catalogue.tsv</c> a test makes.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = false)]
sealed class HostileAttribute(params string[] entries) : Attribute
{
    internal IReadOnlyList<string> Entries { get; } = entries;
}
