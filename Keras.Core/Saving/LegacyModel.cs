using System.Text;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Whole models in old <c>.h5</c> files.</summary>
sealed class LegacyModel
{
    internal const string Config = "model_config", Training = "training_config", Optimizer = "optimizer_weights", Version = "keras_version", Backend = "backend";

    readonly Hdf5Group _root;
    readonly LoadLimits _limits;
    readonly string? _version;

    LegacyModel(Hdf5File file, LoadLimits limits)
    {
        (_root, _limits) = (file.Root, limits);
        _version = _root.TryText(Version);
    }

    internal static Model Load(Hdf5File file, long storedBytes, bool compile, LoadLimits limits, CancellationToken cancellation) =>
        new LegacyModel(file, limits).Load(storedBytes, compile, cancellation);

    Model Load(long storedBytes, bool compile, CancellationToken cancellation)
    {
        var config = Text(Config) ?? throw _root.Bad("the file holds weights alone, no model", $"attribute {Config}", "none", "Model.LoadWeights takes them.");
        var weights = LegacyWeights.Find(_root) ?? throw _root.Bad("the file has no weights", "group model_weights", "none");
        var training = compile ? Text(Training) : null;
        return LoadScope.Run(LoadScope.Allowed(storedBytes), () =>
        {
            var model = ModelLoader.Build(LegacyConfig.Upgrade(config, _version), Config);
            // A model that knows no shape yet has nothing to take up.
            var loads = new List<(Variable Variable, StoredArray Array)>(model.Built || model.Weights.Count > 0 ? new LegacyWeights(weights).Match(model) : []);
            if (training is not null) loads.AddRange(Compile(model, training));
            return (model, (IEnumerable<Variable>)WeightsLoader.Read(loads, cancellation));
        });
    }

    JsonObject? Text(string attribute) => _root.TryText(attribute) is not { } text ? null
        : PythonJson.Read(text, attribute, _limits) as JsonObject ?? throw new ModelFileException("JSON", attribute, "this is no config", "an object", "something else");

    IReadOnlyList<(Variable Variable, StoredArray Array)> Compile(Model model, JsonObject training)
    {
        model.CompileFromConfig(LegacyConfig.UpgradeTraining(training, _version));
        return _root.TryGroup(Optimizer) is { } group && model.Optimizer is { } optimizer ? Slots(model, optimizer, group) : [];
    }

    static IReadOnlyList<(Variable Variable, StoredArray Array)> Slots(Model model, Optimizer optimizer, Hdf5Group group)
    {
        optimizer.Build(model.TrainableWeights);
        var store = new VariableStore(Optimizer);
        var named = LegacyWeights.Named(group).ToArray();
        foreach (var (i, (_, array)) in Ordered(named).Index()) store.Add(SavedObjects.Number(i), array);
        try
        {
            optimizer.LoadOwnVariables(store);
            return store.Loads;
        }
        catch (ArgumentException e)
        {
            Callbacks.Messages.Warn(model.Who, $"the optimizer starts anew: {e.Message}");
            return [];
        }
    }

    /// <summary>The slots variable by variable; between 2.3 and 2.10 they stood slot by slot, which their names tell.</summary>
    static IEnumerable<(string Name, StoredArray Array)> Ordered((string Name, StoredArray Array)[] named)
    {
        var slots = named.Skip(1).Select(n => n.Name.EndsWith("/m:0", StringComparison.Ordinal) ? 0 : n.Name.EndsWith("/v:0", StringComparison.Ordinal) ? 1 : 2).ToArray();
        var half = slots.Length / 2;
        var bySlot = slots.Length % 2 == 0 && half > 0 && slots[..half].All(s => s == 0) && slots[half..].All(s => s == 1);
        return bySlot ? named.Take(1).Concat(Enumerable.Range(0, half).SelectMany(i => new[] { named[1 + i], named[1 + half + i] })) : named;
    }
}
