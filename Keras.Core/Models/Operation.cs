using System.Text.Json.Nodes;

namespace Keras;

/// <summary>A function as a node of a functional model that a file holds: called again when the model is, and written as it was read.</summary>
sealed class Operation : Layer
{
    readonly JsonObject _form;
    readonly JsonObject _config;

    /// <summary>A node.</summary>
    /// <param name="form">As Keras writes it: module, class and config.</param>
    /// <param name="name">Its name in the model.</param>
    internal Operation(JsonObject form, string name) : base(name)
    {
        _config = form["config"] as JsonObject ?? [];
        _form = new JsonObject(form.Where(p => p.Key is not "name" and not "inbound_nodes").Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));
        ClassName = KerasFunctions.Check(form);
    }

    /// <summary>The class of the function in Keras.</summary>
    internal string ClassName { get; }

    internal JsonObject Form => (JsonObject)_form.DeepClone();

    protected override bool CastsInputs => false;

    protected override Nest Call(Nest inputs, CallContext context)
    {
        var given = (GivenArguments)context.Options!;
        return KerasFunctions.Invoke(ClassName, Name, _form, _config, given, inputs.Flatten());
    }
}

/// <summary>The arguments of a call as a file holds them, with the numbers of tensors in the places of tensors.</summary>
sealed record GivenArguments(JsonArray Positional, JsonObject Named);
