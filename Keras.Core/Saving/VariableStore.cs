namespace Keras;

/// <summary>What a weights file keeps for one layer or optimizer: arrays by name. The weights of a layer are named by their numbers.</summary>
public sealed class VariableStore
{
    readonly OrderedDictionary<string, StoredArray> _arrays = [];
    readonly List<(Variable Variable, StoredArray Array)> _loads = [];
    readonly string _path;

    /// <summary>An empty store, to be written to.</summary>
    /// <param name="path">Where in the file it stands.</param>
    internal VariableStore(string path) => _path = path;

    /// <summary>The names of the arrays.</summary>
    public IReadOnlyCollection<string> Names => _arrays.Keys;

    /// <summary>The arrays with their names, in order.</summary>
    internal IEnumerable<(string Name, StoredArray Array)> Arrays => _arrays.Select(a => (a.Key, a.Value));

    /// <summary>Which variables take which arrays.</summary>
    internal IReadOnlyList<(Variable Variable, StoredArray Array)> Loads => _loads;

    /// <summary>An array, read when it is asked for.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">There is no array of this name.</exception>
    public Tensor this[string name]
    {
        get => Find(name).ToTensor();
        set
        {
            ArgumentNullException.ThrowIfNull(name);
            ArgumentNullException.ThrowIfNull(value);
            Add(name, new StoredArray(value.Type, value.EvaluateToKeep));
        }
    }

    /// <summary>Whether there is an array of a name.</summary>
    public bool Contains(string name) => _arrays.ContainsKey(name);

    /// <summary>Makes a variable take an array's values when all of the file has proved to fit.</summary>
    /// <param name="name">The array's name.</param>
    /// <param name="variable">The variable; the values are cast to its dtype.</param>
    /// <exception cref="ArgumentException">There is no array of this name, its shape is another one, or it is complex and the weight is not.</exception>
    public void Load(string name, Variable variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var array = Find(name);
        if (array.Type.Shape != variable.Shape) throw Errors.Argument(_path, $"the shape of \"{name}\" is not that of {variable.Path}", variable.Shape, array.Type.Shape);
        if (!StoredArray.CanBecome(array.Type.DType, variable.DType)) throw Errors.Argument(_path, $"the numbers of \"{name}\" cannot be those of {variable.Path}", variable.DType.Name(), array.Type.DType.Name());
        _loads.Add((variable, array));
    }

    internal void Add(string name, StoredArray array) => _arrays[name] = array;

    StoredArray Find(string name) => _arrays.TryGetValue(name, out var array) ? array
        : throw Errors.Argument(_path, "there is no such array", _arrays.Count == 0 ? "none" : string.Join(", ", _arrays.Keys), $"\"{name}\"");
}

/// <summary>An array in a file or for one, whose bytes are made when they are wanted.</summary>
/// <param name="Type">Its dtype and shape.</param>
/// <param name="Read">Gives the bytes.</param>
sealed record StoredArray(TensorType Type, Func<HostData> Read)
{
    /// <summary>Reads the values into memory of their size, where they need not be made elsewhere.</summary>
    internal Action<HostData>? ReadInto { get; init; }

    internal Tensor ToTensor() => Tensor.Literal(Type, Read());

    /// <summary>Whether a cast keeps what the numbers mean: half of each complex one would be lost.</summary>
    internal static bool CanBecome(DType stored, DType wanted) => !stored.IsComplex() || wanted.IsComplex();
}
