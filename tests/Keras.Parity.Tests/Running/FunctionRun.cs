using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>Recorded calls of functions: ops, activations, losses, utilities.</summary>
static class FunctionRun
{
    public static void Run(GoldenCase golden)
    {
        var arguments = golden["arguments"].As<GoldenValue.Dict>();
        // What a tensor tells of itself is a property: shape(x) is x.Shape.
        if (golden.Area == "ops" && arguments.Items.Count == 1 && typeof(Tensor).GetProperty(Naming.Pascal(golden.Name), []) is { } property)
        {
            new GoldenComparison(false).Check("result", golden["result"], property.GetValue(GoldenTensors.Tensor(arguments.Items.Values.Single())));
            return;
        }
        var overloads = Targets.Functions(golden.Area, golden.Name);
        if (golden.Find("raises") is { } exception)
        {
            Refuse(exception.As<GoldenValue.Text>().Value, () => Evaluate(Binder.Call(overloads, null, arguments.Items)));
            return;
        }
        try
        {
            Check(arguments.Items);
        }
        // The recording does not tell the data format that was configured: images may have had their channels first.
        catch (Exception e) when (e is DifferenceException or ArgumentException && TakesFormat(arguments.Items))
        {
            Check(new Dictionary<string, GoldenValue>(arguments.Items) { ["data_format"] = new GoldenValue.Text("channels_first") });
        }

        bool TakesFormat(IReadOnlyDictionary<string, GoldenValue> given) =>
            given.GetValueOrDefault("data_format") is null or GoldenValue.Null && overloads.Any(o => o.GetParameters().Any(p => p.ParameterType == typeof(DataFormat)));

        void Check(IReadOnlyDictionary<string, GoldenValue> given)
        {
            var (comparison, received) = (new GoldenComparison(GoldenTensors.HasWide(arguments)), Binder.Call(overloads, null, given));
            if (!Factorization.Check(golden.Name, given, golden["result"], received, comparison)) comparison.Check("result", golden["result"], received);
        }
    }

    /// <summary>The call must fail with an error that is meant for the caller: at once or, where values decide, when they are asked for.
    /// A value that the signature does not take is refused by the compiler.</summary>
    static void Refuse(string exception, Action call)
    {
        try
        {
            call();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException or MissingException { IsRefusal: true })
        {
            return;
        }
        throw new DifferenceException($"result. Expected: an error ({exception}). Received: none.");
    }

    static void Evaluate(object? result)
    {
        if (result is Tensor tensor) tensor.ToDoubles();
        else if (result is System.Runtime.CompilerServices.ITuple tuple)
            for (var i = 0; i < tuple.Length; i++) Evaluate(tuple[i]);
        else if (result is IEnumerable<Tensor> tensors)
            foreach (var item in tensors) Evaluate(item);
    }
}
