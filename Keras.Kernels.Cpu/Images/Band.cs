using System.Numerics;

namespace Keras.Kernels.Cpu.Images;

/// <summary>The taps of an axis where kernels find them: arrays that do not move.</summary>
internal sealed unsafe class Band<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly Pinned<int> _starts, _ends, _runs;
    readonly Pinned<T> _weights;

    internal Band(Taps taps)
    {
        (_starts, _ends, _weights) = (new(taps.Starts), new(taps.Ends), new(taps.Weights.Count));
        for (var i = 0; i < taps.Weights.Count; i++) Weights[i] = T.CreateTruncating(taps.Weights[i]);
        Count = taps.Count;
        Longest = Enumerable.Range(0, Count).Max(i => (int?)(taps.Ends[i] - taps.Begin(i))) ?? 0;
        _runs = new(Enumerable.Range(1, Count).Where(i => i == Count || !Continues(taps, i)).ToArray());
    }

    static bool Continues(Taps taps, int i)
    {
        var (before, begin, end) = (taps.Begin(i - 1), taps.Begin(i), taps.Ends[i]);
        if (taps.Starts[i] != taps.Starts[i - 1] + 1 || end - begin != begin - before) return false;
        for (var w = begin; w < end; w++)
            if (taps.Weights[w] != taps.Weights[w - begin + before]) return false;
        return true;
    }

    internal int Count { get; }

    /// <summary>The most weights that an element has.</summary>
    internal int Longest { get; }

    /// <summary>Where the runs of elements with the same weights end, each beginning one further than the one before.</summary>
    internal int* Runs => _runs.At;

    internal int RunCount => (int)_runs.Count;

    internal int* Starts => _starts.At;

    internal int* Ends => _ends.At;

    internal T* Weights => _weights.At;

    /// <summary>Whether each element is the one in its place.</summary>
    internal bool IsIdentity(int from) => Count == from && Longest == 1 && _weights.Count == Count
        && !_weights.Span.ContainsAnyExcept(T.One) && _starts.Span.SequenceEqual(Enumerable.Range(0, from).ToArray());
}

/// <summary>The taps of pixels of few channels, an entry for each number of a row: for each tap, the place of its number and its weight. Shorter lists
/// are filled up with weights of 0, whose places lie within the row too.</summary>
internal sealed unsafe class Spread<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly Pinned<int> _places;
    readonly Pinned<T> _weights;

    internal Spread(Taps taps, int longest, int from, int channels)
    {
        Length = taps.Count * channels;
        (_places, _weights) = (new(Length), new(Length * (long)longest));
        for (var i = 0; i < taps.Count; i++)
        {
            var (begin, first) = (taps.Begin(i), Math.Max(0, Math.Min(taps.Starts[i], from - longest)));
            for (var c = 0; c < channels; c++)
            {
                Places[(i * channels) + c] = (first * channels) + c;
                for (var w = begin; w < taps.Ends[i]; w++)
                    Weights[((taps.Starts[i] + w - begin - first) * Length) + (i * channels) + c] = T.CreateTruncating(taps.Weights[w]);
            }
        }
    }

    internal int Length { get; }

    internal int* Places => _places.At;

    /// <summary>The weights, tap by tap.</summary>
    internal T* Weights => _weights.At;
}
