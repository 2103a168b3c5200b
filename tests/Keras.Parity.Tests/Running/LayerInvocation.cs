using System.Reflection;
using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>A recorded call of a layer in this library's terms: one structure of inputs, the training flag, masks on tensors, and whatever
/// other arguments the layer's own Apply has.</summary>
sealed class LayerInvocation
{
    static readonly string[] InputNames = ["inputs", "query", "value", "key"];

    // A flag that changes what is returned has a method of its own here.
    const string Scores = "return_attention_scores";

    // Layers whose second positional argument is no input.
    static readonly Dictionary<string, string> SecondArguments = new() { ["GlobalAveragePooling1D"] = "mask" };

    readonly Layer _layer;
    readonly IReadOnlyDictionary<string, GoldenValue> _more;
    readonly bool? _training;

    LayerInvocation(Layer layer, Nest inputs, bool? training, IReadOnlyDictionary<string, GoldenValue> more) =>
        (_layer, Inputs, _training, _more) = (layer, inputs, training, more);

    public Nest Inputs { get; }

    /// <summary>The inputs that gradients are recorded for: all but the states that a call begins with.</summary>
    public required IReadOnlyList<Tensor> Watched { get; init; }

    public static LayerInvocation Of(Layer layer, GoldenCase golden, IReadOnlyDictionary<string, GoldenValue> kwargs)
    {
        var positional = golden["inputs"].Elements;
        if (positional.Count == 2 && SecondArguments.TryGetValue(golden.Name, out var second))
            (positional, kwargs) = ([positional[0]], kwargs.Append(KeyValuePair.Create(second, positional[1])).ToDictionary());
        var given = positional.Concat(InputNames.Where(kwargs.ContainsKey).Select(n => kwargs[n])).Where(v => v is not GoldenValue.Null).Select(GoldenTensors.Nest).ToArray();
        Nest[] all = [.. given, .. kwargs.GetValueOrDefault("initial_state") is { } state ? States(state).Select(GoldenTensors.Nest) : []];
        var inputs = all.Length == 1 ? all[0] : Nest.List(all);
        Mask(layer, inputs.Flatten(), golden.Find("input_masks")?.Elements ?? []);
        if (kwargs.GetValueOrDefault("mask") is { } mask and not GoldenValue.Null)
            Mask(layer, inputs.Flatten(), mask is GoldenValue.Tensor ? [mask] : mask.Elements);
        RestoreMasks(golden, kwargs, inputs.Flatten());
        var training = kwargs.GetValueOrDefault("training") is GoldenValue.Bool flag ? flag.Value : (bool?)null;
        string[] known = [.. InputNames, "training", "mask", "initial_state"];
        var more = kwargs.Where(k => !known.Contains(k.Key) && k.Value is not (GoldenValue.Null or GoldenValue.Bool { Value: false } or GoldenValue.Integer { Value: 0 })).ToDictionary();
        return new LayerInvocation(layer, inputs, training, more) { Watched = [.. inputs.Flatten().Take(given.Sum(g => g.Flatten().Count))] };
    }

    public Nest Placeholders() =>
        Inputs.Map(t => new Placeholder(t.DType.IsFloating() ? t.Type.As(_layer.Dtype.ComputeDType) : t.Type, "input").On());

    public Nest Apply()
    {
        if (_more.Count == 0) return _layer.Apply(Inputs, _training);
        foreach (var method in Targets.Methods(_layer, _more.ContainsKey(Scores) ? "ApplyWithScores" : "Apply").Where(m => m.DeclaringType != typeof(Layer)))
            if (Bind(method) is { } arguments) return Result(method.Invoke(_layer, BindingFlags.DoNotWrapExceptions, null, arguments, null));
        throw new MissingException($"{_layer.GetType().Name}.Apply has no argument {string.Join(", ", _more.Keys)}");
    }

    static IEnumerable<GoldenValue> States(GoldenValue state) => state is GoldenValue.Tensor ? [state] : state.Elements;

    // Keras casts every floating tensor of a call, masks too.
    static void Mask(Layer layer, IReadOnlyList<Tensor> inputs, IReadOnlyList<GoldenValue> masks)
    {
        for (var i = 0; i < masks.Count; i++)
            if (masks[i] is GoldenValue.Tensor mask)
                inputs[i].Mask = GoldenTensors.Tensor(mask) is var m && m.DType.IsFloating() ? Ops.Cast(m, layer.Dtype.ComputeDType) : GoldenTensors.Tensor(mask);
    }

    // Masks of tensors given by name are not recorded, but the output has that of the query. Where the value has one too, it is that of Keras's
    // test, by which other recorded calls make their attention_mask.
    static void RestoreMasks(GoldenCase golden, IReadOnlyDictionary<string, GoldenValue> kwargs, IReadOnlyList<Tensor> inputs)
    {
        if (!kwargs.ContainsKey("query") || golden.Find("output_masks")?.Elements is not [GoldenValue.Tensor query]) return;
        inputs[0].Mask = GoldenTensors.Tensor(query);
        if (kwargs.ContainsKey("use_causal_mask")) inputs[1].Mask = Tensor.Of([true, true, false, true, false, false, true, true, true], [3, 3]);
    }

    object?[]? Bind(MethodInfo method)
    {
        var parameters = method.GetParameters();
        var open = _more.Where(m => m.Key != Scores).ToDictionary(m => Naming.Pascal(m.Key).ToUpperInvariant(), m => m.Value);
        var values = parameters.Select(p => p.ParameterType == typeof(Nest) ? Inputs
            : p.Name == "training" ? _training
            : Array.IndexOf(InputNames, p.Name) is var place and > 0 ? Inputs.Flatten().ElementAtOrDefault(place - 1)
            : open.Remove(p.Name!.ToUpperInvariant(), out var value) ? Binder.Convert(value, p.ParameterType)
            : p.HasDefaultValue ? p.DefaultValue : null).ToArray();
        return open.Count == 0 ? values : null;
    }

    static Nest Result(object? result) => result switch
    {
        Nest nest => nest,
        Tensor tensor => tensor,
        System.Runtime.CompilerServices.ITuple tuple => Nest.List(Enumerable.Range(0, tuple.Length).Select(i => Result(tuple[i]))),
        _ => throw new MissingException("a result of a known kind"),
    };
}
