using System.Text;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Looks through a file for <see cref="ModelFileInfo"/>: each part by itself, so that what is damaged does not hide the rest.</summary>
sealed class ModelFileReader(string path, LoadLimits limits)
{
    const string ArrayEnding = ".npy", SafetensorsEnding = ".safetensors";
    const int MostProblems = 100;

    bool _isModel;

    readonly ModelFileInfo _info = new(Path.GetFileName(Path.TrimEndingDirectorySeparator(path)));

    /// <summary>A part of a model in a file or a folder.</summary>
    sealed record Part(string Name, long Bytes, Func<Stream> Open);

    internal ModelFileInfo Read(bool tryLoad)
    {
        Try(() =>
        {
            if (Directory.Exists(path))
            {
                ReadFolder();
                return;
            }
            using var stream = InputFile.Open(path);
            _info.FileBytes = stream.Length;
            Read(stream);
        });
        if (tryLoad && _isModel) Try(Load);
        return _info;
    }

    /// <summary>Reads something; why that cannot be becomes one of the problems.</summary>
    void Try(Action read)
    {
        try
        {
            read();
        }
        catch (ModelFileException e)
        {
            var problems = _info.ProblemList;
            if (problems.Count < MostProblems && !problems.Contains(e.Message)) problems.Add(problems.Count == MostProblems - 1 ? "There are more of them." : e.Message);
        }
    }

    void Load()
    {
        _info.CanBeLoaded = false;
        Saving.LoadModel(path, limits: limits);
        _info.CanBeLoaded = true;
    }

    void Read(Stream stream)
    {
        switch (ModelFile.KindOf(stream))
        {
            case FileKind.Zip: ReadZip(stream); break;
            case FileKind.Npy: ReadArray(stream); break;
            case FileKind.Safetensors: ReadSafetensors("safetensors", () => Safetensors.Open(stream, limits)); break;
            case FileKind.Json: ReadJson(stream); break;
            case FileKind.Hdf5: ReadHdf5(stream); break;
            default: throw ModelFile.Unknown(stream, "a zip archive, HDF5, safetensors, NumPy's format or JSON");
        }
    }

    void ReadFolder()
    {
        _info.Format = "folder";
        if (!File.Exists(Path.Combine(path, ModelParts.Config)))
            throw new ModelFileException(_info.FileName, null, "the folder holds no model", ModelParts.Config, File.Exists(Path.Combine(path, "saved_model.pb")) ? "a SavedModel of TensorFlow" : "none",
                "Save the model in Keras as .keras.");
        _info.Format = "Keras model as a folder";
        // Links could lead anywhere.
        var all = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = limits.MaxDepth, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        var files = new DirectoryInfo(path).EnumerateFiles("*", all).Take(limits.MaxMembers)
            .Select(f => new Part(Path.GetRelativePath(path, f.FullName).Replace(Path.DirectorySeparatorChar, '/'), f.Length, () => InputFile.Open(f.FullName)))
            .OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        _info.FileBytes = files.Sum(f => f.Bytes);
        ReadModel(files);
    }

    void ReadZip(Stream stream)
    {
        _info.Format = "zip archive";
        var zip = new ZipArchiveReader(stream, limits);
        var members = zip.Members.Where(m => !m.Name.EndsWith('/')).Select(m => new Part(m.Name, m.Bytes, () => zip.OpenSeekable(m))).ToList();
        if (members.Exists(m => m.Name == ModelParts.Config))
        {
            _info.Format = "Keras model (.keras)";
            ReadModel(members);
        }
        else if (members.Count > 0 && members.TrueForAll(m => m.Name.EndsWith(ArrayEnding, StringComparison.Ordinal))) ReadArrays(zip);
        else
        {
            _info.OtherList.AddRange(members.Select(m => (m.Name, m.Bytes)));
            throw new ModelFileException("zip", null, "this is neither a saved model nor arrays", $"{ModelParts.Config}, or names that end with {ArrayEnding}", $"{members.Count} other members");
        }
    }

    void ReadModel(List<Part> parts)
    {
        _isModel = true;
        Part? Find(string name) => parts.Find(p => p.Name == name);
        Try(() =>
        {
            if (Find(ModelParts.Metadata) is not { } metadata) return;
            var said = ReadJson(metadata) as JsonObject;
            (_info.KerasVersion, _info.DateSaved) = (JsonRead.TextOrNull(said?["keras_version"]), JsonRead.TextOrNull(said?["date_saved"]));
        });
        Try(() => ReadConfig(ReadJson(Find(ModelParts.Config) ?? throw new ModelFileException("Keras", null, "a part is missing", ModelParts.Config, "none")), ModelParts.Config));
        Try(() =>
        {
            var weights = Find(ModelParts.Weights) ?? throw new ModelFileException("Keras", null, "there are no weights that can be read", ModelParts.Weights,
                Find(ModelParts.OldWeights) is null ? "none" : $"{ModelParts.OldWeights}, which holds Python objects", "Save the model in Keras as .keras again.");
            using var content = weights.Open();
            ReadArrays(Hdf5File.Open(content, limits).Root);
        });
        _info.OtherList.AddRange(parts.Where(p => p.Name is not (ModelParts.Metadata or ModelParts.Config or ModelParts.Weights)).Select(p => (p.Name, p.Bytes)));
    }

    JsonNode? ReadJson(Part part)
    {
        CheckText(part.Name, part.Bytes);
        using var stream = part.Open();
        return ReadJson(stream, part.Name);
    }

    JsonNode? ReadJson(Stream stream, string name)
    {
        CheckText(name, stream.Length);
        var text = new byte[stream.Length];
        return PythonJson.Read(text.AsSpan(0, stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false)), name, limits);
    }

    void CheckText(string name, long bytes)
    {
        if (bytes > limits.MaxTextBytes) throw new ModelFileException("JSON", name, "the text is too long", $"at most {limits.MaxTextBytes} bytes", $"{bytes} bytes");
    }

    void ReadConfig(JsonNode? config, string name)
    {
        _info.Layers = ModelFileLayers.Of(config);
        if (_info.Layers.Count == 0) throw new ModelFileException("JSON", name, "this is no model's configuration", "an object with class_name and config", JsonRead.Short(config));
        ReadCompiled((config as JsonObject)?["compile_config"]);
    }

    void ReadCompiled(JsonNode? config)
    {
        var optimizer = (config as JsonObject)?["optimizer"] ?? (config as JsonObject)?["optimizer_config"];
        _info.Optimizer = JsonRead.TextOrNull((optimizer as JsonObject)?["class_name"]) ?? JsonRead.TextOrNull(optimizer);
    }

    void ReadArrays(ZipArchiveReader zip)
    {
        _info.Format = "NumPy archive (.npz)";
        foreach (var member in zip.Members)
            Try(() =>
            {
                using var content = zip.Open(member);
                Add(member.Name[..^ArrayEnding.Length], NpyHeader.Read(content, member.Name, null, limits).Type);
            });
    }

    void ReadArray(Stream stream)
    {
        _info.Format = "NumPy array (.npy)";
        var type = NpyHeader.Read(stream, null, null, limits).Type;
        Add(Path.GetFileNameWithoutExtension(path), type);
        if (stream.Length - stream.Position != type.Bytes)
            throw new ModelFileException(NpyHeader.Format, null, "the data are not as long as the array", $"{type.Bytes} bytes", $"{stream.Length - stream.Position} bytes");
    }

    void Add(string name, TensorType type) => _info.ArrayList.Add(new ModelFileArray(name, type.DType, type.Shape, type.Bytes));

    void ReadSafetensors(string format, Func<SafetensorsFile> open)
    {
        _info.Format = format;
        using var file = open();
        foreach (var name in file.Names) Add(name, file.TypeOf(name));
    }

    void ReadJson(Stream stream)
    {
        _info.Format = "JSON";
        var root = ReadJson(stream, _info.FileName);
        if ((root as JsonObject)?[ShardedWeights.MapKey] is JsonObject map)
        {
            ReadShards(map);
            return;
        }
        ReadConfig(root, _info.FileName);
        _info.Format = "Keras model without weights (JSON)";
        (_info.KerasVersion, _info.Backend) = (JsonRead.TextOrNull(root!["keras_version"]), JsonRead.TextOrNull(root["backend"]));
    }

    void ReadShards(JsonObject map)
    {
        var shards = map.SelectMany(m => m.Value is JsonArray list ? list.Select(JsonRead.TextOrNull) : [JsonRead.TextOrNull(m.Value)]).Distinct().ToList();
        if (shards.Exists(s => s?.EndsWith(SafetensorsEnding, StringComparison.Ordinal) == true))
        {
            ReadSafetensors("list of safetensors files", () => Safetensors.Open(path, limits));
            return;
        }
        _info.Format = "Keras weights in several files (.weights.json)";
        if (shards.Count > limits.MaxMembers) throw new ModelFileException("JSON", null, "there are too many shards", $"at most {limits.MaxMembers}", shards.Count);
        foreach (var shard in shards) Try(() => ReadShard(shard ?? ""));
    }

    void ReadShard(string name)
    {
        using var stream = ShardedWeights.OpenShard(Path.GetDirectoryName(Path.GetFullPath(path))!, name);
        _info.OtherList.Add((name, stream.Length));
        ReadArrays(Hdf5File.Open(stream, limits).Root);
    }

    void ReadHdf5(Stream stream)
    {
        _info.Format = "HDF5 file";
        var root = Hdf5File.Open(stream, limits).Root;
        var old = root.TryGroup(LegacyWeights.Group) ?? root;
        Try(() => _info.KerasVersion = root.TryText(LegacyModel.Version) ?? old.TryText(LegacyModel.Version));
        Try(() => _info.Backend = root.TryText(LegacyModel.Backend) ?? old.TryText(LegacyModel.Backend));
        Try(() => ReadText(root, LegacyModel.Config, ReadConfig));
        Try(() => ReadText(root, LegacyModel.Training, (config, _) => ReadCompiled(config)));
        ReadArrays(root);
        _isModel = root.AttributeNames.Contains(LegacyModel.Config);
        if (_isModel) _info.Format = "Keras model in the old format (.h5)";
        else if (LegacyWeights.IsLayers(old)) _info.Format = "Keras weights in the old format (.h5)";
        else if (_info.ArrayList.Exists(a => $"/{a.Path}".Contains($"/{Hdf5Weights.Variables}/", StringComparison.Ordinal))) _info.Format = "Keras weights (.weights.h5)";
    }

    void ReadText(Hdf5Group root, string attribute, Action<JsonNode?, string> read)
    {
        if (root.TryText(attribute) is { } text) read(PythonJson.Read(text, attribute, limits), attribute);
    }

    /// <summary>All arrays at and below a group.</summary>
    void ReadArrays(Hdf5Group group)
    {
        // Files order names as texts.
        var names = group.Names.All(n => n.All(char.IsAsciiDigit)) ? group.Names.OrderBy(n => n.Length) : group.Names.AsEnumerable();
        foreach (var name in names)
            Try(() =>
            {
                if (group.TryGroup(name) is { } inner) ReadArrays(inner);
                else if (group.TryDataset(name) is { } dataset) Add(dataset);
            });
    }

    void Add(Hdf5Dataset dataset)
    {
        DType? dtype = null;
        if (!dataset.IsText) Try(() => dtype = dataset.DType);
        _info.ArrayList.Add(new ModelFileArray(dataset.Path.TrimStart('/'), dtype, dataset.Shape, dataset.Bytes));
    }
}
