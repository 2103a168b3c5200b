using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Keras;

/// <summary>The functions of a class that Keras names: so that no list is written twice.</summary>
static class KnownFunctions
{
    /// <summary>The public functions that give a tensor from so many, by Keras's names. Other parameters take their defaults.</summary>
    internal static Dictionary<string, Func<Tensor[], Tensor>> Of([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type type, int tensors) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(m => m.ReturnType == typeof(Tensor) && m.GetParameters().Skip(tensors).All(p => p.HasDefaultValue))
            .ToDictionary(m => Naming.Snake(m.Name), m => (Func<Tensor[], Tensor>)(x => Invoke(m, x)), StringComparer.Ordinal);

    static Tensor Invoke(MethodInfo method, Tensor[] tensors)
    {
        object?[] arguments = [.. tensors, .. method.GetParameters().Skip(tensors.Length).Select(p => p.DefaultValue)];
        return (Tensor)method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }
}
