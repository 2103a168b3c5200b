using System.Collections.Concurrent;
using System.Text;

namespace Keras;

/// <summary>The two rules that turn Keras's names into ours and back, and the automatic names of layers.</summary>
static class Naming
{
    static readonly ConcurrentDictionary<string, int> Counts = new();

    /// <summary>Keras's snake case of a class name: <c>Conv2D</c> to <c>conv2d</c>, <c>MaxPooling2D</c> to <c>max_pooling2d</c>.</summary>
    internal static string Snake(string name)
    {
        // As keras/src/utils/naming.py: a break before a capital that begins a word, and one between a small letter or digit and a capital.
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            var wordStart = i > 0 && char.IsAsciiLetterUpper(c) && i + 1 < name.Length && char.IsAsciiLetterLower(name[i + 1]);
            var afterSmall = i > 0 && char.IsAsciiLetterUpper(c) && char.IsAsciiLetterLower(name[i - 1]);
            if (wordStart || afterSmall) text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString().Replace("__", "_", StringComparison.Ordinal);
    }

    /// <summary><c>kernel_initializer</c> to <c>KernelInitializer</c>.</summary>
    internal static string Pascal(string snake) => string.Concat(snake.Split('_').Select(w => w.Length == 0 ? "" : char.ToUpperInvariant(w[0]) + w[1..]));

    /// <summary>A field's name as that of an attribute in Python: <c>_firstLayer</c> and the field behind <c>FirstLayer</c> to <c>first_layer</c>.</summary>
    internal static string Attribute(string field)
    {
        // The fields that the compiler makes for properties and primary constructors stand in angle brackets.
        if (field.StartsWith('<') && field.IndexOf('>', StringComparison.Ordinal) is var end and > 1) field = field[1..end];
        return field.TrimStart('_') is { Length: > 0 } name ? Snake(name) : field;
    }

    /// <summary><c>kernelInitializer</c> and <c>beta1</c> to <c>kernel_initializer</c> and <c>beta_1</c>, as arguments are written in configs.</summary>
    internal static string ConfigKey(string camel)
    {
        var text = new StringBuilder();
        foreach (var c in camel)
        {
            if (char.IsAsciiLetterUpper(c) || (char.IsAsciiDigit(c) && IsNumbered(text.ToString()))) text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }

    // The optimizers' arguments: beta_1, adam_beta_2, epsilon_1; but l1.
    static bool IsNumbered(string word) => word.EndsWith("beta", StringComparison.Ordinal) || word.EndsWith("epsilon", StringComparison.Ordinal);

    /// <summary>A name that no other object made in this process has: the snake case, then <c>_1</c>, <c>_2</c>, …</summary>
    internal static string Automatic(string className)
    {
        var name = Snake(className);
        var count = Counts.AddOrUpdate(name, 0, (_, n) => n + 1);
        return count == 0 ? name : $"{name}_{count}";
    }

    internal static void Reset() => Counts.Clear();
}
