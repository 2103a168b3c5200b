namespace Keras.Kernels.Cpu.Sequences;

/// <summary>The best candidates that were offered, as a heap with the worst on top.</summary>
internal unsafe struct Best(Candidate* items, int width)
{
    // At the first step ties go by the class alone, the blank among the others.
    private int? _blank;

    internal Candidate* Items { get; } = items;

    internal int Width { get; } = width;

    internal int Count { get; private set; }

    internal void Clear(int? blank) => (Count, _blank) = (0, blank);

    internal void Offer(in Candidate candidate, in Prefixes prefixes)
    {
        if (Count == Width)
        {
            if (!IsWorse(*Items, candidate, prefixes))
                return;
            Sink(candidate, prefixes);
            return;
        }
        var at = Count++;
        for (; at > 0 && IsWorse(candidate, Items[(at - 1) / 2], prefixes); at = (at - 1) / 2)
            Items[at] = Items[(at - 1) / 2];
        Items[at] = candidate;
    }

    /// <summary>The best first.</summary>
    internal void Sort(in Prefixes prefixes)
    {
        var count = Count;
        while (Count > 1)
        {
            var worst = *Items;
            var last = Items[--Count];
            Sink(last, prefixes);
            Items[Count] = worst;
        }
        Count = count;
    }

    // Puts a candidate in the place of the worst.
    private readonly void Sink(in Candidate candidate, in Prefixes prefixes)
    {
        var at = 0;
        for (var child = 1; child < Count; child = (2 * at) + 1)
        {
            if (child + 1 < Count && IsWorse(Items[child + 1], Items[child], prefixes))
                child++;
            if (!IsWorse(Items[child], candidate, prefixes))
                break;
            Items[at] = Items[child];
            at = child;
        }
        Items[at] = candidate;
    }

    private readonly bool IsWorse(in Candidate a, in Candidate b, in Prefixes prefixes)
    {
        if (a.Total != b.Total)
            return a.Total < b.Total;
        return _blank is { } blank ? Class(a, blank) > Class(b, blank) : prefixes.IsBefore(a, b);
    }

    private static int Class(in Candidate c, int blank) => c.Label == Candidate.Itself ? blank : c.Label;
}
