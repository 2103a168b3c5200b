namespace Keras;

/// <summary>Keys that Keras writes to a class's config although they follow from the others, so that reading passes over them.</summary>
[AttributeUsage(AttributeTargets.Class)]
sealed class AlsoInConfigAttribute(params string[] keys) : Attribute
{
    internal IReadOnlyList<string> Keys => keys;
}
