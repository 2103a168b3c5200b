using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Keras;

/// <summary>Classes and functions of one's own by the names that configs and files give them: <c>new CustomObjects { { "MyDense", typeof(MyDense) } }</c>.
/// A function is a <see cref="Func{T, TResult}"/> of a tensor (activations), of two (losses and metrics), or of a <see cref="Nest"/> (<c>Lambda</c>).</summary>
public sealed class CustomObjects : IEnumerable<KeyValuePair<string, object>>
{
    const DynamicallyAccessedMemberTypes Kept = Saving.Kept;

    readonly Dictionary<string, object> _items = new(StringComparer.Ordinal);

    /// <summary>Adds a class.</summary>
    /// <param name="name">The class name in the config, or the registered name, <c>package&gt;name</c>.</param>
    /// <param name="type">A class that derives from <see cref="Layer"/>, <see cref="Loss"/>, <see cref="Metric"/>, … Its public constructor takes what its config holds.</param>
    /// <exception cref="ArgumentException">The class is none of those, abstract or generic.</exception>
    public void Add(string name, [DynamicallyAccessedMembers(Kept)] Type type)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _items[name] = KnownTypes.Checked(type);
    }

    /// <summary>Adds a function.</summary>
    /// <param name="name">The name in the config.</param>
    /// <param name="function">The function.</param>
    /// <exception cref="ArgumentException">It takes other arguments than the functions of configs.</exception>
    public void Add(string name, Delegate function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _items[name] = function is Func<Tensor, Tensor> or Func<Tensor, Tensor, Tensor> or Func<Nest, Nest> ? function
            : throw Errors.Argument("CustomObjects", "no config can hold such a function", "Func<Tensor, Tensor>, Func<Tensor, Tensor, Tensor> or Func<Nest, Nest>", function?.GetType().Name);
    }

    /// <summary>How many there are.</summary>
    public int Count => _items.Count;

    /// <summary>What a name means; <c>null</c> for an unknown one.</summary>
    internal object? Find(string name) => _items.GetValueOrDefault(name);

    /// <summary>The classes.</summary>
    internal IEnumerable<Type> Types => _items.Values.OfType<Type>();

    /// <summary>The name of a class or function; <c>null</c> for an unknown one.</summary>
    internal string? NameOf(object item) => _items.FirstOrDefault(i => i.Value.Equals(item)).Key;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>While it lives, configs and files that this thread reads may name more classes and functions, as
/// <c>keras.saving.CustomObjectScope</c>. Dispose it at the end of a <c>using</c>.</summary>
public sealed class CustomObjectScope : IDisposable
{
    [ThreadStatic] static CustomObjectScope? _current;

    readonly CustomObjectScope? _outer = _current;
    readonly CustomObjects _objects;

    /// <summary>Opens the scope.</summary>
    /// <param name="customObjects">The classes and functions by name. They come before those of outer scopes and registered ones.</param>
    public CustomObjectScope(CustomObjects customObjects)
    {
        ArgumentNullException.ThrowIfNull(customObjects);
        _objects = customObjects;
        _current = this;
    }

    /// <summary>Those of all open scopes, the innermost first.</summary>
    internal static IEnumerable<CustomObjects> Open
    {
        get
        {
            for (var scope = _current; scope is not null; scope = scope._outer) yield return scope._objects;
        }
    }

    /// <summary>Closes the scope.</summary>
    public void Dispose()
    {
        if (ReferenceEquals(_current, this)) _current = _outer;
    }
}
