using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keras;

/// <summary>Reads what a model was compiled with.</summary>
/// <param name="outputs">The names of the model's outputs, where they are known.</param>
sealed class CompileReader(IReadOnlyList<string>? outputs)
{
    internal static PerOutput<Loss>? Loss(JsonNode? node) => node switch
    {
        null => null,
        JsonArray list => list.Select(One).ToArray(),
        JsonObject named when !named.ContainsKey("class_name") => named.Where(n => n.Value is not null).ToDictionary(n => n.Key, n => One(n.Value)!),
        _ => One(node)!,
    };

    static Loss? One(JsonNode? node) => node is null ? null : JsonRead.TextOrNull(node) is { } name ? name : Serialization.Read<Loss>(node);

    internal IReadOnlyList<double>? Weights(JsonNode? node) => node switch
    {
        null => null,
        JsonArray list => [.. list.Select(w => w is null ? 1 : JsonRead.Number(w))],
        JsonObject named => [.. (outputs ?? [.. named.Select(n => n.Key)]).Select(o => named[o] is { } weight ? JsonRead.Number(weight) : 1)],
        _ => [.. (outputs ?? [""]).Select(_ => JsonRead.Number(node))],
    };

    internal MetricLists? Metrics(JsonNode? node) => node switch
    {
        null => null,
        JsonArray list when list.Any(m => m is JsonArray) || (outputs?.Count > 1 && list.Count > 0) => list.Select(List).ToArray(),
        JsonObject named when !named.ContainsKey("class_name") => named.ToDictionary(n => n.Key, n => List(n.Value)),
        _ => MetricLists.Create(List(node)),
    };

    static Metric[] List(JsonNode? node) => node is null ? [] : node is JsonArray list ? [.. list.OfType<JsonNode>().Select(Metric)] : [Metric(node)];

    static Metric Metric(JsonNode node) => node.GetValueKind() == JsonValueKind.String ? JsonRead.Text(node) : Serialization.Read<Metric>(node);
}
