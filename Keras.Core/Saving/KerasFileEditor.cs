namespace Keras;

/// <summary>Looks at the weights in a file, changes which there are, and saves them, as for a model whose layers have become others since. Objects go
/// by their paths in the file, <c>layers/dense_2</c>, or by the last part where it is the only one of its kind; a model's own weights, which are in no
/// layer, by <c>vars</c>. Arrays are read when they are saved or asked for: the file stays open until the editor is disposed. For one thread at a time.</summary>
/// <example><code>
/// using var editor = new KerasFileEditor("old.weights.h5");
/// editor.Summary();
/// editor.DeleteObject("layers/dense_2");
/// editor.AddObject("layers/einsum_dense", new Dictionary&lt;string, Tensor&gt; { ["0"] = kernel, ["1"] = bias });
/// editor.ResaveWeights("new.weights.h5");
/// </code></example>
public sealed class KerasFileEditor : IDisposable
{
    const int MostShown = 8;

    readonly LoadLimits _limits;
    FileStream _file;
    Stream _weights;
    ZipParts? _parts;
    WeightsObject _root;

    /// <summary>Opens a file.</summary>
    /// <param name="filepath">A <c>.keras</c> or <c>.weights.h5</c> file. What it is, its content says.</param>
    /// <param name="limits">What the file may ask for. Default <see cref="LoadLimits.Default"/>.</param>
    /// <exception cref="ModelFileException">The file is damaged, of another kind, or larger than the limits allow.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public KerasFileEditor(string filepath, LoadLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(filepath);
        (Filepath, _limits) = (Path.GetFullPath(filepath), limits ?? LoadLimits.Default);
        (_file, _parts, _weights, _root) = Open();
    }

    /// <summary>The opened file's full path.</summary>
    public string Filepath { get; }

    string Who => $"KerasFileEditor \"{Path.GetFileName(Filepath)}\"";

    (FileStream File, ZipParts? Parts, Stream Weights, WeightsObject Root) Open()
    {
        var file = InputFile.Open(Filepath);
        try
        {
            var kind = ModelFile.KindOf(file);
            if (kind is not (FileKind.Zip or FileKind.Hdf5)) throw ModelFile.Unknown(file, ModelFile.ModelKinds);
            var parts = kind == FileKind.Zip ? new ZipParts(file, _limits) : null;
            var weights = parts?.OpenWeights() ?? file;
            return (file, parts, weights, Read(weights));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    WeightsObject Read(Stream weights)
    {
        var group = Hdf5File.Open(weights, _limits).Root;
        if (LegacyWeights.Find(group) is not null)
            throw new ModelFileException("HDF5", null, "weights in the layout of before Keras 3 cannot be edited", ".keras or .weights.h5", "an old .h5 file", "Load the model, and save it as .keras.");
        var root = WeightsObject.Of(group);
        Int128 bytes = 0;
        foreach (var part in root.All())
            foreach (var (_, array) in part.Arrays) bytes += array.Type.Bytes;
        // Arrays may share their bytes in a file; honest ones do not.
        var most = LoadScope.Allowed(weights.Length);
        return bytes <= most ? root : throw new ModelFileException("HDF5", null, "the arrays are larger than the file", $"at most {most} bytes", bytes);
    }

    /// <summary>Prints the objects, and the shapes of their weights.</summary>
    /// <param name="output">Where to. Default the console.</param>
    public void Summary(TextWriter? output = null)
    {
        output ??= Console.Out;
        output.Write("Weights structure\n");
        Print(output, _root, "  ", isFirst: true);
    }

    static void Print(TextWriter output, WeightsObject item, string prefix, bool isFirst)
    {
        var parts = item.Parts.Where(p => p.Value.HoldsArrays).ToArray();
        var left = item.Arrays.Count + parts.Length;
        foreach (var (name, array) in item.Arrays) Line($"{ModelFileException.Show(name)}: shape={array.Type.Shape}, dtype={array.Type.DType.Name()}");
        foreach (var (name, part) in parts)
        {
            Line(ModelFileException.Show(name) + (part.Name is { } own ? $" ('{ModelFileException.Show(own)}')" : ""));
            Print(output, part, prefix + (left == 0 ? "    " : "│   "), isFirst: false);
        }

        void Line(string text)
        {
            left--;
            output.Write($"{prefix}{(isFirst ? ">" : left == 0 ? "└─" : "├─")} {text}\n");
            isFirst = false;
        }
    }

    /// <summary>Tells whether a model could load the file, and prints what does not fit. Of an object that one of both lacks, nothing within is counted.</summary>
    /// <param name="referenceModel">The model, built; the state of its optimizer is compared too.</param>
    /// <param name="output">Where to. Default the console.</param>
    /// <exception cref="InvalidOperationException">The model is not built.</exception>
    public KerasFileComparison Compare(Model referenceModel, TextWriter? output = null)
    {
        ArgumentNullException.ThrowIfNull(referenceModel);
        if (!referenceModel.Built) throw Errors.Invalid(referenceModel.Who, "the model has no weights yet", "a built model", "an unbuilt one");
        return new WeightsComparison(output ?? Console.Out).Run(_root, WeightsObject.Of(new WeightsSnapshot(referenceModel)));
    }

    /// <summary>A weight of an object.</summary>
    /// <param name="objectName">The object's path or name.</param>
    /// <param name="weightName">The weight's name, such as <c>0</c>.</param>
    /// <exception cref="ArgumentException">There is no such object or weight, or several objects have the name.</exception>
    /// <exception cref="ModelFileException">The weight is damaged.</exception>
    public Tensor GetWeight(string objectName, string weightName) => Weight(objectName, weightName).Arrays[weightName].ToTensor();

    /// <summary>Gives an object another name; its path but for the last part stays.</summary>
    /// <param name="objectName">The object's path or name.</param>
    /// <param name="newName">The new last part of the path.</param>
    /// <exception cref="ArgumentException">There is no such object, several have the name, or the new name is taken or cannot be one.</exception>
    public void RenameObject(string objectName, string newName)
    {
        var (parent, key) = Find(objectName);
        CheckNew(parent, newName);
        var at = parent.Parts.IndexOf(key);
        var item = parent.Parts[key];
        parent.Parts.RemoveAt(at);
        parent.Parts.Insert(at, newName, item);
    }

    /// <summary>Takes an object out, with its weights and all within it.</summary>
    /// <param name="objectName">The object's path or name.</param>
    /// <exception cref="ArgumentException">There is no such object, or several have the name.</exception>
    public void DeleteObject(string objectName)
    {
        var (parent, key) = Find(objectName);
        parent.Parts.Remove(key);
    }

    /// <summary>Adds an object.</summary>
    /// <param name="objectPath">The whole path; all of it but the last part is there already.</param>
    /// <param name="weights">The weights by name: <c>0</c>, <c>1</c>, … in their order.</param>
    /// <exception cref="ArgumentException">There is no such place, the path is taken, or a name cannot be one.</exception>
    public void AddObject(string objectPath, IReadOnlyDictionary<string, Tensor> weights)
    {
        ArgumentException.ThrowIfNullOrEmpty(objectPath);
        var cut = objectPath.LastIndexOf('/');
        var parent = cut < 0 ? _root : (_root.Find(objectPath[..cut]) ?? throw Unknown(objectPath[..cut])).Found;
        var name = objectPath[(cut + 1)..];
        CheckNew(parent, name);
        var made = new WeightsObject();
        Put(made, weights);
        parent.Parts[name] = made;
    }

    /// <summary>Takes a weight out of an object.</summary>
    /// <param name="objectName">The object's path or name.</param>
    /// <param name="weightName">The weight's name, such as <c>0</c>.</param>
    /// <exception cref="ArgumentException">There is no such object or weight, or several objects have the name.</exception>
    public void DeleteWeight(string objectName, string weightName) => Weight(objectName, weightName).Arrays.Remove(weightName);

    /// <summary>Gives an object weights; those that it has by these names are replaced.</summary>
    /// <param name="objectName">The object's path or name.</param>
    /// <param name="weights">The weights by name: <c>0</c>, <c>1</c>, … in their order.</param>
    /// <exception cref="ArgumentException">There is no such object, several have the name, or a weight's name cannot be one.</exception>
    public void AddWeights(string objectName, IReadOnlyDictionary<string, Tensor> weights) => Put(Object(objectName), weights);

    /// <summary>Saves the weights. Until all is written, and where anything fails, the path keeps what it holds; it may be that of the opened file,
    /// which is then opened anew.</summary>
    /// <param name="filepath">A path that ends with <c>.weights.h5</c>.</param>
    /// <exception cref="ArgumentException">The ending is another one.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="ModelFileException">A weight of the opened file is damaged.</exception>
    public void ResaveWeights(string filepath)
    {
        WeightsFile.CheckEnding(filepath, WeightsFile.Ending);
        Write(filepath, Weights.WriteTo);
    }

    /// <summary>Saves the weights as <see cref="ResaveWeights"/>, or, where a <c>.keras</c> file was opened, as one with its other parts unchanged.</summary>
    /// <param name="filepath">A path that ends with <c>.weights.h5</c> or <c>.keras</c>.</param>
    /// <exception cref="ArgumentException">The ending is another one, or a file of weights alone was opened.</exception>
    /// <inheritdoc cref="ResaveWeights"/>
    public void Save(string filepath)
    {
        ArgumentException.ThrowIfNullOrEmpty(filepath);
        if (_parts is not { } parts || !filepath.EndsWith(".keras", StringComparison.Ordinal))
        {
            ResaveWeights(filepath);
            return;
        }
        var weights = Weights;
        Write(filepath, to =>
        {
            var archive = new ZipArchiveWriter(to);
            parts.CopyTo(archive, except: ModelParts.Weights);
            archive.Add(ModelParts.Weights, weights.WriteTo, DateTime.Now, weights.Bytes);
            archive.Finish();
        });
    }

    internal WeightsSnapshot Weights => new(_root.All());

    void Write(string filepath, Action<Stream> write)
    {
        var isOwn = InputFile.Followed(Path.GetFullPath(filepath)) == InputFile.Followed(Filepath);
        AtomicFile.Write(filepath, to =>
        {
            write(to);
            // Not every system replaces a file that is open.
            if (isOwn) Dispose();
        });
        if (isOwn) (_file, _parts, _weights, _root) = Open();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _weights.Dispose();
        _file.Dispose();
    }

    (WeightsObject Parent, string Key) Find(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var path = name;
        if (!name.Contains('/', StringComparison.Ordinal))
        {
            string[] all = [.. _root.Named(name).Take(MostShown)];
            if (all.Length > 1) throw Errors.Argument(Who, "several objects have this name", $"one of the paths {string.Join(", ", all.Select(ModelFileException.Show))}", $"\"{name}\"");
            path = all.FirstOrDefault() ?? throw Unknown(name);
        }
        return _root.Find(path) is { Parent: var parent } ? (parent, path[(path.LastIndexOf('/') + 1)..]) : throw Unknown(name);
    }

    ArgumentException Unknown(string name) => Errors.Argument(Who, "there is no such object", "the path or the name of one", $"\"{name}\"", "Summary shows them.");

    WeightsObject Object(string name)
    {
        if (name == Hdf5Weights.Variables && !_root.Parts.ContainsKey(name)) return _root;
        var (parent, key) = Find(name);
        return parent.Parts[key];
    }

    /// <summary>The object that has a weight.</summary>
    WeightsObject Weight(string objectName, string weightName)
    {
        ArgumentNullException.ThrowIfNull(weightName);
        var item = Object(objectName);
        return item.Arrays.ContainsKey(weightName) ? item : throw Errors.Argument(Who, $"object \"{objectName}\" has no such weight",
            item.Arrays.Count == 0 ? "none" : string.Join(", ", item.Arrays.Keys.Take(MostShown).Select(ModelFileException.Show)), $"\"{weightName}\"");
    }

    void CheckNew(WeightsObject parent, string name)
    {
        CheckName(name);
        if (parent.Parts.ContainsKey(name)) throw Errors.Argument(Who, "there is such an object already", "a new name", $"\"{name}\"");
    }

    void CheckName(string name)
    {
        if (name is null or "" or "." or ".." or Hdf5Weights.Variables || name.Length > 1000 || name.AsSpan().IndexOfAny("/\\\0") >= 0)
            throw Errors.Argument(Who, "this cannot be the name of an object or a weight", $"1 to 1000 characters without slashes, and not . or .. or {Hdf5Weights.Variables}", name is { Length: > 100 } ? $"{name.Length} characters" : $"\"{name}\"");
    }

    /// <summary>Checks all weights, then takes them.</summary>
    void Put(WeightsObject item, IReadOnlyDictionary<string, Tensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        foreach (var (name, value) in weights)
        {
            CheckName(name);
            if (value is null) throw Errors.Argument(Who, $"weight \"{name}\" has no value", "a tensor", "null");
        }
        var arrays = weights.Select(w => (w.Key, Data: w.Value.EvaluateToKeep(), w.Value.Type)).ToArray();
        foreach (var (name, data, type) in arrays) item.Arrays[name] = new StoredArray(type, () => data);
    }
}
