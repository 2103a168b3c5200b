namespace Keras;

/// <summary>In which dtype a layer computes and keeps its variables: a dtype's name for both, or <c>mixed_float16</c> and
/// <c>mixed_bfloat16</c>, which compute in half precision on float32 variables.</summary>
public sealed class DTypePolicy
{
    static DTypePolicy? _global;

    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is no dtype and no mixed policy.</exception>
    public DTypePolicy(string name)
    {
        Name = name;
        (ComputeDType, VariableDType) = name switch
        {
            "mixed_float16" => (DType.Float16, DType.Float32),
            "mixed_bfloat16" => (DType.BFloat16, DType.Float32),
            _ when DTypes.TryParse(name, out var dtype) => (dtype, dtype),
            _ => throw Errors.Argument("DTypePolicy", "unknown name", "a dtype, mixed_float16 or mixed_bfloat16", $"\"{name}\""),
        };
    }

    /// <summary>Keras's name.</summary>
    public string Name { get; }

    /// <summary>The dtype that inputs and variables are cast to in a call.</summary>
    public DType ComputeDType { get; }

    /// <summary>The dtype of the variables.</summary>
    public DType VariableDType { get; }

    /// <summary>The policy of layers that are given none. Default <see cref="Config.Floatx"/>.</summary>
    public static DTypePolicy Global
    {
        get => _global ?? new DTypePolicy(Config.Floatx.Name());
        set => _global = value;
    }

#pragma warning disable CA2225 // The constructor is the named twin.
    /// <summary>Reads Keras's name.</summary>
    public static implicit operator DTypePolicy(string name) => new(name);

    /// <summary>One dtype for both.</summary>
    public static implicit operator DTypePolicy(DType dtype) => new(dtype.Name());
#pragma warning restore CA2225

    /// <summary>Keras's name.</summary>
    public override string ToString() => Name;
}
