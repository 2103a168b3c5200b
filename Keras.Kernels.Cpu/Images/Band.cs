using System.Numerics;

namespace Keras.Kernels.Cpu.Images;

/// <summary>The taps of an axis where kernels find them: arrays that do not move.</summary>
internal sealed unsafe class Band<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly int[] _starts, _ends;
    readonly T[] _weights;

    internal Band(Taps taps)
    {
        (_starts, _ends) = (Pinned.Copy(taps.Starts), Pinned.Copy(taps.Ends));
        _weights = Pinned.New<T>(taps.Weights.Count);
        for (var i = 0; i < taps.Weights.Count; i++) _weights[i] = T.CreateTruncating(taps.Weights[i]);
        Count = taps.Count;
        Longest = Enumerable.Range(0, Count).Max(i => (int?)(taps.Ends[i] - taps.Begin(i))) ?? 0;
        var runs = Enumerable.Range(1, Count).Where(i => i == Count || !Continues(taps, i)).ToArray();
        Runs = (Pinned.Copy(runs), runs.Length);
    }

    /// <summary>Where the runs of elements with the same weights end, each beginning one further than the one before; and how many runs there are.</summary>
    internal (int[] Ends, int Count) Runs { get; }

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

    internal int* Starts => Pinned.Address(_starts);

    internal int* Ends => Pinned.Address(_ends);

    internal T* Weights => Pinned.Address(_weights);

    /// <summary>Whether each element is the one in its place.</summary>
    internal bool IsIdentity(int from) => Count == from && Longest == 1 && _weights.Length == Count
        && Array.TrueForAll(_weights, w => w == T.One) && _starts.AsSpan().SequenceEqual(Enumerable.Range(0, from).ToArray());
}

/// <summary>The taps of pixels of few channels, an entry for each number of a row: for each tap, the place of its number and its weight. Shorter lists
/// are filled up with weights of 0, whose places lie within the row too.</summary>
internal sealed unsafe class Spread<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly int[] _places;
    readonly T[] _weights;

    internal Spread(Taps taps, int from, int channels)
    {
        Length = taps.Count * channels;
        Longest = Enumerable.Range(0, taps.Count).Max(i => (int?)(taps.Ends[i] - taps.Begin(i))) ?? 0;
        _places = Pinned.New<int>(Length);
        _weights = Pinned.New<T>(Length * Longest);
        for (var i = 0; i < taps.Count; i++)
        {
            var (begin, first) = (taps.Begin(i), Math.Max(0, Math.Min(taps.Starts[i], from - Longest)));
            for (var c = 0; c < channels; c++)
            {
                _places[(i * channels) + c] = (first * channels) + c;
                for (var w = begin; w < taps.Ends[i]; w++)
                    _weights[((taps.Starts[i] + w - begin - first) * Length) + (i * channels) + c] = T.CreateTruncating(taps.Weights[w]);
            }
        }
    }

    internal int Length { get; }

    internal int Longest { get; }

    internal int* Places => Pinned.Address(_places);

    /// <summary>The weights, tap by tap.</summary>
    internal T* Weights => Pinned.Address(_weights);
}

/// <summary>Arrays that do not move, for tables that a kernel keeps.</summary>
internal static unsafe class Pinned
{
    internal static T[] New<T>(int length) where T : unmanaged => GC.AllocateArray<T>(Math.Max(1, length), pinned: true);

    internal static T[] Copy<T>(T[] values) where T : unmanaged
    {
        var copy = New<T>(values.Length);
        values.CopyTo(copy, 0);
        return copy;
    }

    internal static T* Address<T>(T[] pinned) where T : unmanaged =>
        (T*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(pinned));
}
