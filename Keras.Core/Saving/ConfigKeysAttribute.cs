using System.Collections.Concurrent;
using System.Reflection;

namespace Keras;

/// <summary>When a key stands in a config.</summary>
enum Presence
{
    /// <summary>Always, <c>null</c> where there is nothing.</summary>
    Always,

    /// <summary>Only where there is something to write.</summary>
    WhereGiven,

    /// <summary>Never written, and passed over when read: it says nothing about what the object is.</summary>
    Never,

    /// <summary>Written by the class itself although it follows from the other keys, so reading passes over it.</summary>
    Derived,
}

/// <summary>Keys of a class's config that are not simply written and read as arguments of its constructor. Of a class and its bases the nearest
/// says it.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
sealed class ConfigKeysAttribute(Presence presence, params string[] keys) : Attribute
{
    static readonly ConcurrentDictionary<Type, string[]> Passed = new();

    internal Presence Presence => presence;

    internal IReadOnlyList<string> Keys => keys;

    /// <summary>When a key stands in the configs of a class.</summary>
    internal static Presence Of(Type type, string key)
    {
        for (var t = type; t is not null; t = t.BaseType)
            if (t.GetCustomAttributes<ConfigKeysAttribute>(inherit: false).FirstOrDefault(a => a.Keys.Contains(key)) is { } found) return found.Presence;
        return Presence.Always;
    }

    /// <summary>The keys that reading passes over.</summary>
    internal static IReadOnlyList<string> PassedOver(Type type) => Passed.GetOrAdd(type, static t => [.. t.GetCustomAttributes<ConfigKeysAttribute>(inherit: true)
        .Where(a => a.Presence is Presence.Never or Presence.Derived).SelectMany(a => a.Keys)]);
}
