using System.Reflection;
using System.Runtime.CompilerServices;

namespace Keras.Fuzz.Tests;

/// <summary>A public function that is called with random arguments.</summary>
sealed class Target(MethodInfo method)
{
    static readonly Type[] Owners = [typeof(Ops), typeof(Random), typeof(Activations)];

    /// <summary>Every public function of the ops, of the random numbers and of the activations.</summary>
    internal static IReadOnlyList<Target> All { get; } = [.. Owners
        .SelectMany(o => o.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(m => !m.IsSpecialName && !m.IsDefined(typeof(CompilerGeneratedAttribute)))
        .Select(m => m.IsGenericMethodDefinition ? m.MakeGenericMethod([.. m.GetGenericArguments().Select(_ => typeof(Tensor))]) : m)
        .OrderBy(m => $"{m.DeclaringType!.Name}.{m}", StringComparer.Ordinal)
        .Select(m => new Target(m))];

    internal string Name { get; } = $"{method.DeclaringType!.Name}.{method.Name}";

    internal ParameterInfo[] Parameters { get; } = method.GetParameters();

    /// <summary>Calls the function and gives the tensors among its results, in order.</summary>
    internal List<Tensor> Invoke(object?[] arguments)
    {
        var results = new List<Tensor>();
        Collect(method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, (object?[])arguments.Clone(), null), results);
        return results;
    }

    static void Collect(object? value, List<Tensor> results)
    {
        switch (value)
        {
            case Tensor tensor:
                results.Add(tensor);
                break;
            case IEnumerable<Tensor?> tensors:
                foreach (var tensor in tensors) Collect(tensor, results);
                break;
            case ITuple tuple:
                for (var i = 0; i < tuple.Length; i++) Collect(tuple[i], results);
                break;
        }
    }
}
