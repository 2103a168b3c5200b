using System.Text.RegularExpressions;

namespace Keras;

/// <summary>One side of a pattern: for each dimension the axes that it is made of, outermost first.</summary>
static partial class RearrangePattern
{
    internal const string Ellipsis = "…";

    [GeneratedRegex(@"\G\s*(?:(?<group>\()\s*(?<axis>[^\s()]+\s*)*\)|(?<axis>[^\s()]+))\s*")]
    private static partial Regex Dimension { get; }

    /// <summary>Reads a side; an ellipsis stands for as many axes as are given.</summary>
    internal static string[][] Read(string side, int ellipsis, string pattern)
    {
        var dimensions = new List<string[]>();
        var at = 0;
        for (; at < side.Length && Dimension.Match(side, at) is { Success: true } match; at += match.Length)
        {
            var axes = match.Groups["axis"].Captures.Select(c => c.Value.Trim()).SelectMany(a => Named(a, ellipsis, pattern)).ToArray();
            if (match.Groups["group"].Success) dimensions.Add(axes);
            else dimensions.AddRange(axes.Select(a => a == "1" ? [] : (string[])[a]));
        }
        return string.IsNullOrWhiteSpace(side[at..]) ? [.. dimensions] : throw Wrong("a parenthesis is not closed, or nested", pattern);
    }

    static IEnumerable<string> Named(string axis, int ellipsis, string pattern) =>
        axis == "..." ? Enumerable.Range(0, ellipsis).Select(i => $"{Ellipsis}{i}")
        : axis == "1" || axis.All(c => char.IsLetterOrDigit(c) || c == '_') && !char.IsDigit(axis[0]) ? [axis]
        : throw Wrong($"\"{axis}\" is not an axis", pattern);

    internal static ArgumentException Wrong(string what, string pattern) =>
        Errors.Argument("rearrange", what, "names, 1, ... and groups in parentheses, as in \"b (h w) c -> (b h) w c\"", $"\"{pattern}\"");
}

/// <summary>A tensor whose dimensions are split, put in another order and joined as a pattern says.</summary>
sealed record Rearrange(string Pattern, string Lengths) : Fused
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var (left, right) = Sides(inputs[0].Shape);
        var sizes = Sizes(left, inputs[0].Shape);
        return inputs[0].As(Joined(right, sizes));
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (left, right) = Sides(inputs[0].Shape);
        var sizes = Sizes(left, inputs[0].Shape);
        string[] from = [.. left.SelectMany(d => d)], to = [.. right.SelectMany(d => d)];
        var split = Ops.Reshape(inputs[0], Shape.Of([.. from.Select(a => sizes[a])]));
        return Ops.Reshape(Ops.Transpose(split, to.Select(a => Array.IndexOf(from, a)).ToArray()), Joined(right, sizes));
    }

    static Shape Joined(string[][] dimensions, Dictionary<string, int> sizes) => Shape.Of([.. dimensions.Select(d =>
        d.Any(a => sizes[a] == Shape.Unknown) ? Shape.Unknown : d.Aggregate(1, (product, a) => Shape.Dim((long)product * sizes[a])))]);

    (string[][] Left, string[][] Right) Sides(Shape shape)
    {
        var sides = Pattern.Split("->");
        if (sides.Length != 2) throw RearrangePattern.Wrong("there are not two sides", Pattern);
        var without = RearrangePattern.Read(sides[0], 0, Pattern).Length;
        var ellipsis = sides[0].Contains("...", StringComparison.Ordinal) ? Math.Max(0, shape.Rank - without) : 0;
        string[][] left = RearrangePattern.Read(sides[0], ellipsis, Pattern), right = RearrangePattern.Read(sides[1], ellipsis, Pattern);
        if (left.Length != shape.Rank)
            throw Errors.Argument("rearrange", "the left side does not fit the tensor", $"{left.Length} dimensions for \"{Pattern}\"", shape);
        string[] from = [.. left.SelectMany(d => d).Where(a => a != "1")], to = [.. right.SelectMany(d => d).Where(a => a != "1")];
        if (from.Distinct().Count() != from.Length || !from.Order(StringComparer.Ordinal).SequenceEqual(to.Order(StringComparer.Ordinal)))
            throw RearrangePattern.Wrong("both sides do not have the same axes, each once", Pattern);
        return (Without1(left), Without1(right));
    }

    static string[][] Without1(string[][] side) => [.. side.Select(d => d.Where(a => a != "1").ToArray())];

    Dictionary<string, int> Sizes(string[][] left, Shape shape)
    {
        var sizes = Lengths.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('='))
            .ToDictionary(l => l[0], l => int.Parse(l[1], System.Globalization.CultureInfo.InvariantCulture));
        if (sizes.Keys.Except(left.SelectMany(d => d)).FirstOrDefault() is { } unknown)
            throw Errors.Argument("rearrange", $"the pattern has no axis \"{unknown}\"", "an axis of the left side", $"\"{Pattern}\"");
        for (var i = 0; i < left.Length; i++) Complete(left[i], shape[i], sizes);
        return sizes;
    }

    /// <summary>Finds the one size that is left open in a group, and checks the group.</summary>
    void Complete(string[] group, int size, Dictionary<string, int> sizes)
    {
        var open = group.Where(a => !sizes.ContainsKey(a)).ToArray();
        var product = group.Except(open).Aggregate(1, (p, a) => Shape.Dim((long)p * sizes[a]));
        if (open.Length > 1)
            throw Errors.Argument("rearrange", "more than one size of a group is open", $"the sizes of all but one of {string.Join(", ", open)}", $"\"{Pattern}\"");
        var fits = size == Shape.Unknown || (open.Length == 0 ? product == size : product > 0 ? size % product == 0 : size == 0);
        if (!fits) throw Errors.Argument("rearrange", $"a dimension does not fall into ({string.Join(' ', group)})", open.Length == 0 ? product : $"a multiple of {product}", size);
        if (open.Length == 1) sizes[open[0]] = size == Shape.Unknown ? size : product > 0 ? size / product : 0;
    }
}

public static partial class Ops
{
    /// <summary>A tensor whose dimensions are split, put in another order and joined as a pattern says: einops' <c>rearrange</c>.</summary>
    /// <param name="tensor">A tensor.</param>
    /// <param name="pattern">Two sides with the same axes, as in <c>b (h w) c -> (b h) w c</c>. <c>1</c> and <c>()</c> are dimensions of 1,
    /// <c>...</c> those that are not named.</param>
    /// <param name="axesLengths">The sizes of axes; in each group on the left one may be left open.</param>
    /// <exception cref="ArgumentException">The pattern is not one, or does not fit the tensor.</exception>
    public static Tensor Rearrange(Tensor tensor, string pattern, params IReadOnlyList<(string Name, int Length)> axesLengths)
    {
        ArgumentNullException.ThrowIfNull(axesLengths);
        ArgumentNullException.ThrowIfNull(pattern);
        if (axesLengths.FirstOrDefault(l => l.Length < 0 || l.Name.AsSpan().IndexOfAny(" =") >= 0) is { Name: not null } wrong)
            throw Errors.Argument("rearrange", "a size is negative or has no name", "0 or more", wrong);
        if (axesLengths.DistinctBy(l => l.Name).Count() != axesLengths.Count)
            throw Errors.Argument("rearrange", "a size is given twice", "one for each axis", string.Join(", ", axesLengths));
        return Now(new Rearrange(pattern, string.Join(' ', axesLengths.Select(l => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{l.Name}={l.Length}")))), tensor);
    }
}
