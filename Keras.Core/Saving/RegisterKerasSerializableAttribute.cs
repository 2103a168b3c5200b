namespace Keras;

/// <summary>Says under which name a class of one's own stands in files, <c>package&gt;name</c>, as <c>keras.saving.register_keras_serializable</c>.
/// For it to be found there, register it with <see cref="Saving.RegisterKerasSerializable{T}"/>, or pass it as a custom object.</summary>
/// <param name="package">Default <c>Custom</c>.</param>
/// <param name="name">Default the class name.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RegisterKerasSerializableAttribute(string package = "Custom", string? name = null) : Attribute
{
    /// <summary>The package.</summary>
    public string Package => package;

    /// <summary>The name, where given.</summary>
    public string? Name => name;
}
