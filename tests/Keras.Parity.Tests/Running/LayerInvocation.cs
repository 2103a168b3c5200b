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
        RestoreMasks(golden, inputs.Flatten());
        var training = kwargs.GetValueOrDefault("training") is GoldenValue.Bool flag ? flag.Value : (bool?)null;
        string[] known = [.. InputNames, "training", "mask", "initial_state"];
        var more = kwargs.Where(k => !known.Contains(k.Key) && !IsOff(k.Key, k.Value)).ToDictionary();
        return new LayerInvocation(layer, inputs, training, more) { Watched = [.. inputs.Flatten().Take(given.Sum(g => g.Flatten().Count))] };
    }

    // One recorded call writes a flag as a number.
    static bool IsOff(string name, GoldenValue value) => value is GoldenValue.Null or GoldenValue.Bool { Value: false } || (name == "use_causal_mask" && value is GoldenValue.Integer { Value: 0 });

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

    // Masks of tensors given by name are not recorded. In these calls of one test the query has the mask that the output has; the value has that of
    // the test, by which its other calls make their attention_mask.
    static readonly Dictionary<string, bool> MaskedByName = new()
    {
        ["7d816fd76ff8"] = true,
        ["8ecc91e2ae3e"] = true,
        ["537f66c9deda"] = true,
        ["87406c3e990a"] = false,
        ["a66952a10f08"] = false,
    };

    static void RestoreMasks(GoldenCase golden, IReadOnlyList<Tensor> inputs)
    {
        if (!MaskedByName.TryGetValue(golden.Id, out var value)) return;
        inputs[0].Mask = GoldenTensors.Tensor(golden["output_masks"].Elements[0].As<GoldenValue.Tensor>());
        if (value) inputs[1].Mask = Tensor.Of([true, true, false, true, false, false, true, true, true], [3, 3]);
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
