using System.Text;

namespace Keras;

/// <summary>Walks over graphs. Nothing here recurses: a graph may be as deep as a loop is long.</summary>
static class Graphs
{
    /// <summary>All nodes that the roots need, inputs before what uses them. <paramref name="stop"/> tells the nodes whose
    /// inputs are not wanted.</summary>
    internal static List<Tensor> Order(ReadOnlySpan<Tensor> roots, Func<Tensor, bool>? stop = null)
    {
        var order = new List<Tensor>();
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<(Tensor Node, int Next)>();
        foreach (var root in roots)
        {
            if (seen.Add(root)) stack.Push((root, 0));
            while (stack.TryPop(out var top))
            {
                var (node, next) = top;
                var inputs = stop?.Invoke(node) == true ? default : node.Inputs;
                while (next < inputs.Length && !seen.Add(inputs[next])) next++;
                if (next >= inputs.Length)
                {
                    order.Add(node);
                    continue;
                }
                stack.Push((node, next + 1));
                stack.Push((inputs[next], 0));
            }
        }
        return order;
    }

    /// <summary>Rebuilds a graph from its leaves up: <paramref name="rebuild"/> gets each node with its new inputs.</summary>
    internal static Tensor[] Map(ReadOnlySpan<Tensor> roots, Func<Tensor, Tensor[], Tensor> rebuild, Func<Tensor, bool>? stop = null)
    {
        var map = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var node in Order(roots, stop))
        {
            var inputs = stop?.Invoke(node) == true ? [] : new Tensor[node.Inputs.Length];
            for (var i = 0; i < inputs.Length; i++) inputs[i] = map[node.Inputs[i]];
            map[node] = rebuild(node, inputs);
        }
        var result = new Tensor[roots.Length];
        for (var i = 0; i < result.Length; i++) result[i] = map[roots[i]];
        return result;
    }

    /// <summary>The graph with some nodes replaced by others.</summary>
    internal static Tensor[] Substitute(ReadOnlySpan<Tensor> roots, IReadOnlyDictionary<Tensor, Tensor> replacements) =>
        Map(roots, (node, inputs) => replacements.TryGetValue(node, out var other) ? other
            : Same(node, inputs) ? node : node.Op.On(inputs), replacements.ContainsKey);

    static bool Same(Tensor node, Tensor[] inputs)
    {
        for (var i = 0; i < inputs.Length; i++)
            if (!ReferenceEquals(inputs[i], node.Inputs[i])) return false;
        return true;
    }

    /// <summary>One line a node: <c>%3 = Add(%1, %2): float32 (2, 3)</c>.</summary>
    internal static string Print(params ReadOnlySpan<Tensor> roots)
    {
        var text = new StringBuilder();
        var numbers = new Dictionary<Tensor, int>(ReferenceEqualityComparer.Instance);
        foreach (var node in Order(roots))
        {
            numbers[node] = numbers.Count;
            var inputs = node.Inputs.ToArray().Select(i => $"%{numbers[i]}");
            var call = node.Op is Leaf ? node.Op.Name : $"{node.Op}({string.Join(", ", inputs)})";
            text.Append('%').Append(numbers[node]).Append(" = ").Append(call).Append(": ").Append(node.Type).Append('\n');
        }
        return text.ToString();
    }
}
