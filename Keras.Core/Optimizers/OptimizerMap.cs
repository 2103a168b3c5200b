using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Keras.Optimizers;

/// <summary>Which optimizer is for which variable. See https://keras.io/api/optimizers/optimizer_map/.</summary>
public sealed class OptimizerMap
{
    static readonly TimeSpan MostTime = TimeSpan.FromSeconds(1);

    readonly OrderedDictionary<string, Optimizer> _map = [];

    /// <summary>Makes a map.</summary>
    /// <param name="defaultOptimizer">What updates the variables that no key means.</param>
    /// <param name="optimizerMap">Optimizers by the paths of variables, or by regular expressions for whole paths, such as <c>encoder/.*</c>. Default none.</param>
    /// <exception cref="ArgumentException">An optimizer is one that leaves variables to others.</exception>
    public OptimizerMap(Optimizer defaultOptimizer, IReadOnlyDictionary<string, Optimizer>? optimizerMap = null)
    {
        DefaultOptimizer = Checked(defaultOptimizer, "the default");
        foreach (var (key, optimizer) in optimizerMap ?? new Dictionary<string, Optimizer>()) this[key] = optimizer;
    }

    /// <summary>What updates the variables that no key means.</summary>
    public Optimizer DefaultOptimizer { get; }

    /// <summary>The optimizers by their keys, in the order in which they came.</summary>
    public IReadOnlyDictionary<string, Optimizer> Map => _map;

    /// <summary>The optimizer of a path: that of the key which is the path, else that of the one key which matches all of it, else the default. Setting it
    /// sets that of a key.</summary>
    /// <param name="key">The path of a variable; where it is set, a path or a regular expression.</param>
    /// <exception cref="ArgumentException">Several keys match, a key is no regular expression or one that takes too long, or an optimizer is one that leaves
    /// variables to others.</exception>
    public Optimizer this[string key]
    {
        get => _map.TryGetValue(key, out var exact) ? exact : Matching(key);
        set
        {
            ArgumentNullException.ThrowIfNull(key);
            _map[key] = Checked(value, $"\"{ModelFileException.Show(key)}\"");
        }
    }

    /// <summary>The different optimizers, the default last.</summary>
    internal IEnumerable<Optimizer> Optimizers => _map.Values.Where(o => o != DefaultOptimizer).Distinct().Append(DefaultOptimizer);

    static Optimizer Checked(Optimizer optimizer, string key)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return optimizer.Inner.Count == 0 && optimizer is not MultiOptimizer ? optimizer
            : throw Errors.Argument("OptimizerMap", $"the optimizer of {key} leaves variables to others", "one that updates them", optimizer);
    }

    Optimizer Matching(string path)
    {
        var keys = _map.Keys.Where(k => IsMatch(k, path)).ToArray();
        return keys.Length switch
        {
            0 => DefaultOptimizer,
            1 => _map[keys[0]],
            _ => throw Errors.Argument("OptimizerMap", $"several keys match \"{ModelFileException.Show(path)}\"", "one",
                string.Join(", ", keys.Select(k => $"\"{ModelFileException.Show(k)}\""))),
        };
    }

    static bool IsMatch(string key, string path)
    {
        try
        {
            return Regex.IsMatch(path, $@"\A(?:{key})\z", RegexOptions.CultureInvariant, MostTime);
        }
        catch (Exception e) when (e is RegexParseException or RegexMatchTimeoutException)
        {
            throw Errors.Argument("OptimizerMap", "a key cannot be matched", "a path, or a simple regular expression", $"\"{ModelFileException.Show(key)}\"");
        }
    }

    /// <summary>The map as Keras writes it.</summary>
    internal JsonObject Write()
    {
        var (module, name, registered) = KnownTypes.NameOf(typeof(OptimizerMap));
        return new()
        {
            ["module"] = module,
            ["class_name"] = name,
            ["config"] = new JsonObject { ["default_optimizer"] = Serialization.Write(DefaultOptimizer), ["optimizer_map"] = ValueKind.WriteAny(new Dictionary<string, Optimizer>(_map)) },
            ["registered_name"] = registered,
        };
    }

    internal static OptimizerMap Read(JsonNode form)
    {
        var node = JsonRead.Object(form);
        if (JsonRead.TextOrNull(node["class_name"]) is var name and not nameof(OptimizerMap))
            throw Errors.Argument("optimizer_map", "it is of another class", nameof(OptimizerMap), JsonRead.Short(name));
        return (OptimizerMap)ObjectConfig.Construct(typeof(OptimizerMap), JsonRead.Object(node["config"] ?? throw new FormatException()));
    }
}
