using System.Text.Json.Nodes;

namespace Keras.Layers;

/// <summary>A function as a layer, as <c>keras.layers.Lambda</c>. A function with weights is better a class of its own, derived from
/// <see cref="Layer"/>.</summary>
[ConfigKeys(Presence.WhereGiven, "output_shape")]
public sealed class Lambda : Layer
{
    /// <summary>A layer of a function of one tensor.</summary>
    /// <param name="function">From the input to the output.</param>
    /// <param name="outputShape">The shape of the output without the batch, which is then checked. Default what the function gives.</param>
    /// <param name="mask">The mask of the output. Default none.</param>
    /// <param name="name">Default the class name in snake case, with a number where it is taken.</param>
    public Lambda(Func<Tensor, Tensor> function, Shape? outputShape = null, Tensor? mask = null, string? name = null)
        : this((LambdaFunction)function, outputShape, mask, name, null)
    {
    }

    /// <summary>A layer of a function of a structure of tensors.</summary>
    /// <inheritdoc cref="Lambda(Func{Tensor, Tensor}, Shape?, Tensor?, string?)" path="/param"/>
    public Lambda(Func<Nest, Nest> function, Shape? outputShape = null, Tensor? mask = null, string? name = null)
        : this((LambdaFunction)function, outputShape, mask, name, null)
    {
    }

    /// <summary>A layer of a function that may have a name.</summary>
    /// <param name="function">From the input to the output. Only one that is registered by a name can be saved, see
    /// <see cref="LambdaFunction.Register(string, Func{Tensor, Tensor})"/>.</param>
    /// <param name="outputShape">The shape of the output without the batch, which is then checked. Default what the function gives.</param>
    /// <param name="mask">The mask of the output. Default none.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    public Lambda(LambdaFunction function, Shape? outputShape = null, Tensor? mask = null, string? name = null, DTypePolicy? dtype = null,
        bool trainable = true, Regularizer? activityRegularizer = null) : base(name, dtype, trainable, activityRegularizer)
    {
        ArgumentNullException.ThrowIfNull(function);
        (Function, OutputShape, Mask) = (function, outputShape, mask);
        SupportsMasking = mask is not null;
    }

    /// <summary>The function.</summary>
    public LambdaFunction Function { get; }

    /// <summary>The shape of the output without the batch, where given.</summary>
    public Shape? OutputShape { get; }

    /// <summary>The mask of the output, if any.</summary>
    public Tensor? Mask { get; }

    /// <inheritdoc/>
    protected override Nest Call(Nest inputs, CallContext context)
    {
        var outputs = Function.Apply(inputs);
        if (OutputShape is { } shape && outputs.IsTensor && (outputs.Tensor.Rank == 0 || !outputs.Tensor.Shape.Slice(1, outputs.Tensor.Rank - 1).Matches(shape)))
            throw Errors.Argument(Who, "the function gives another shape", $"output_shape {shape} behind the batch", outputs);
        return outputs;
    }

    /// <inheritdoc/>
    protected override Tensor? ComputeMask(Nest inputs, CallContext context) => Mask;

    // Nothing is known of the function.
    internal override bool IsBySample => false;

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        var config = base.GetConfig();
        // Keras writes the mask as a tensor where there is one, and always arguments, which functions here have none of.
        config.Remove("mask");
        if (Mask is not null) config["mask"] = ValueKinds.Typed(Mask, "__tensor__");
        config["arguments"] = new JsonObject();
        return config;
    }
}

/// <summary>The function of a <see cref="Lambda"/>: C#'s functions convert to it.</summary>
public sealed class LambdaFunction
{
    readonly Func<Nest, Nest> _function;
    readonly string? _name;

    LambdaFunction(Func<Nest, Nest> function, string? name = null) => (_function, _name) = (function, name);

    /// <summary>Gives a function a name, by which a <see cref="Lambda"/> with it is saved and loaded. Files hold no code, here only the name.</summary>
    /// <param name="name">The name, in Python's files that of the function. A later function takes it over.</param>
    /// <param name="function">The function.</param>
    /// <returns>The function, for a layer.</returns>
    public static LambdaFunction Register(string name, Func<Tensor, Tensor> function) => Register(name, OfOne(function));

    /// <inheritdoc cref="Register(string, Func{Tensor, Tensor})"/>
    public static LambdaFunction Register(string name, Func<Nest, Nest> function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        Saving.RegisterKerasSerializable(name, function);
        return new(function, name);
    }

    static Func<Nest, Nest> OfOne(Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return inputs => function(inputs.Tensor);
    }

    internal static LambdaFunction Registered(string name) => Saving.GetRegisteredObject(name) switch
    {
        Func<Nest, Nest> function => new(function, name),
        Func<Tensor, Tensor> function => new(OfOne(function), name),
        _ => throw Errors.Argument("Lambda", "the function is not known", "a function that LambdaFunction.Register was given", $"\"{name}\"",
            "Code in files is not run: write the function in C# and register it by this name."),
    };

    /// <summary>The result for some inputs.</summary>
    public Nest Apply(Nest inputs) => _function(inputs);

    internal JsonObject Serialize() => _name is null
        ? throw Errors.Unsupported("Lambda", "a function without a name cannot be saved", "one from LambdaFunction.Register", "a function")
        : Saving.WriteFunction(_name);

#pragma warning disable CA2225 // Register is the named twin.
    /// <summary>A function of one tensor, without a name.</summary>
    public static implicit operator LambdaFunction(Func<Tensor, Tensor> function) => new(OfOne(function));

    /// <summary>A function of a structure of tensors, without a name.</summary>
    public static implicit operator LambdaFunction(Func<Nest, Nest> function) => new(function);
#pragma warning restore CA2225
}
