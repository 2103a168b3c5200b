using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>A model as it is at one moment, to be saved: training may go on while it is written.</summary>
sealed class ModelSnapshot
{
    /// <summary>The version of Keras whose format is written.</summary>
    internal const string KerasVersion = "3.16.0";

    readonly List<(string Name, byte[] Content)> _texts = [], _assets = [];
    readonly WeightsSnapshot _weights;

    /// <summary>Takes the model as it is.</summary>
    /// <exception cref="NotSupportedException">It holds something that no file can, such as a function without a name.</exception>
    internal ModelSnapshot(Model model, bool includeOptimizer = true)
    {
        var metadata = new JsonObject
        {
            ["keras_version"] = KerasVersion,
            ["date_saved"] = DateTime.Now.ToString("yyyy-MM-dd@HH:mm:ss", CultureInfo.InvariantCulture),
        };
        _texts.Add((ModelParts.Metadata, Utf8(metadata)));
        var config = Serialization.Write(model);
        if (!includeOptimizer) config.Remove("compile_config");
        _texts.Add((ModelParts.Config, Utf8(config)));
        _weights = new WeightsSnapshot(model, includeOptimizer);
        foreach (var (path, saved) in SavedObjects.Of(model))
        {
            if (saved is not Layer layer) continue;
            var files = new OrderedDictionary<string, byte[]>();
            layer.SaveAssets(files);
            _assets.AddRange(files.Select(f => ($"{ModelParts.Assets}{(path.Length == 0 ? "" : $"{path}/")}{f.Key}", f.Value)));
        }
    }

    static byte[] Utf8(JsonNode node) => Encoding.UTF8.GetBytes(PythonJson.Write(node));

    /// <summary>Writes a <c>.keras</c> archive.</summary>
    internal void WriteZip(Stream to)
    {
        var archive = new ZipArchiveWriter(to);
        foreach (var (name, content) in _texts.Concat(_assets)) archive.Add(name, content);
        archive.Add(ModelParts.Weights, _weights.WriteTo, DateTime.Now, _weights.Bytes);
        archive.Finish();
    }

    /// <summary>Writes the same as files of a folder.</summary>
    internal void WriteFolder(string folder)
    {
        var files = new List<(string, Action<Stream>)> { (Path.Combine(folder, ModelParts.Weights), _weights.WriteTo) };
        files.AddRange(_assets.Concat(_texts).Select(f => (Path.Combine(folder, f.Name.Replace('/', Path.DirectorySeparatorChar)), (Action<Stream>)(to => to.Write(f.Content)))));
        foreach (var (path, _) in files) Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(files);
    }
}
