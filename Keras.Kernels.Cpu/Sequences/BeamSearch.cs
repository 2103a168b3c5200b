using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keras.Kernels.Cpu.Sequences;

/// <summary>The sizes of a search.</summary>
internal readonly record struct BeamSizes(long Batch, long Steps, int Classes, int Width, int Paths, int Blank)
{
    private long Nodes => 1 + (Steps * Width);

    /// <summary>Bytes of memory for one sequence.</summary>
    internal long ForOne => checked((Nodes * Unsafe.SizeOf<Prefix>()) + (2L * Width * Unsafe.SizeOf<Candidate>()) + (2L * Width * sizeof(ulong))
        + ((Width + (long)Classes) * sizeof(int)) + 8) & ~7L;
}

/// <summary>
/// The likeliest readings of each sequence. A beam is a prefix with the logarithms of two probabilities: that it ends in its last label, and that a
/// blank stands behind it.
/// </summary>
internal readonly unsafe struct BeamSearch<T>(BeamSizes sizes, T* scores, int* steps, int* paths, T* totals) : IBlocks
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly BeamSizes _sizes = sizes;
    private readonly T* _scores = scores;
    private readonly int* _steps = steps;
    private readonly int* _paths = paths;
    private readonly T* _totals = totals;

    public void Run(int block)
    {
        var beams = new Beams(_sizes, Scratch.Get<byte>(ScratchUse.Rows, _sizes.ForOne));
        var count = Math.Clamp(_steps[block], 0, _sizes.Steps);
        for (long t = 0; t < count; t++)
            beams.Step(new Row<T>(_scores + (((block * _sizes.Steps) + t) * _sizes.Classes)), t == 0);
        beams.Finish();
        for (var p = 0; p < _sizes.Paths; p++)
        {
            var path = new Span<int>(_paths + (((p * _sizes.Batch) + block) * _sizes.Steps), checked((int)_sizes.Steps));
            path.Fill(-1);
            _totals[(block * (long)_sizes.Paths) + p] = beams.Next(path) is { } total ? T.CreateTruncating(total) : T.NegativeInfinity;
        }
    }
}

/// <summary>One row of scores, in double precision.</summary>
internal readonly unsafe struct Row<T>(T* scores)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal double this[int index] => double.CreateTruncating(scores[index]);
}

/// <summary>The beams of one sequence.</summary>
internal unsafe struct Beams
{
    private readonly int _classes;
    private readonly int _blank;
    private readonly ulong* _hashes;
    private readonly ulong* _parentHashes;
    private readonly int* _parents;
    private readonly int* _existing;
    private Candidate* _beams;
    private Best _next;
    private Prefixes _prefixes;
    private int _count;

    internal Beams(in BeamSizes sizes, byte* memory)
    {
        (_classes, _blank) = (sizes.Classes, sizes.Blank);
        _beams = (Candidate*)memory;
        var next = _beams + sizes.Width;
        _hashes = (ulong*)(next + sizes.Width);
        _parentHashes = _hashes + sizes.Width;
        var nodes = (Prefix*)(_parentHashes + sizes.Width);
        _parents = (int*)(nodes + 1 + (sizes.Steps * sizes.Width));
        _existing = _parents + sizes.Width;
        new Span<int>(_existing, _classes).Clear();
        Prefixes.Begin(nodes);
        _prefixes = new(nodes);
        _next = new(next, sizes.Width);
        *_beams = new() { Label = Candidate.Itself, Emit = double.NegativeInfinity };
        _count = 1;
    }

    /// <summary>The next beams, from the scores of the classes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Step<T>(Row<T> row, bool isFirst)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        FindParents();
        _next.Clear(isFirst ? _blank : null);
        Stay(row);
        Extend(row);
        // The candidates become beams: the new ones get nodes.
        var taken = _next.Items;
        _count = _next.Count;
        _next = new(_beams, _next.Width);
        _beams = taken;
        for (var i = 0; i < _count; i++)
        {
            _beams[i].Node = _prefixes.Node(_beams[i]);
            _beams[i].Label = Candidate.Itself;
        }
    }

    /// <summary>Puts the beams in order.</summary>
    internal void Finish()
    {
        _next.Clear(null);
        for (var i = 0; i < _count; i++)
            Offer(_beams[i]);
        _next.Sort(_prefixes);
        _count = 0;
    }

    /// <summary>The score of the next beam, whose labels are written; <c>null</c> if there are no more.</summary>
    internal double? Next(Span<int> labels)
    {
        if (_count == _next.Count)
            return null;
        var beam = _next.Items[_count++];
        for (var node = beam.Node; _prefixes[node].Depth > 0; node = _prefixes[node].Parent)
            labels[_prefixes[node].Depth - 1] = _prefixes[node].Label;
        return beam.Total;
    }

    // The beam, if any, that is a beam without its last label.
    private readonly void FindParents()
    {
        for (var i = 0; i < _count; i++)
        {
            ref var prefix = ref _prefixes[_beams[i].Node];
            _hashes[i] = prefix.Hash;
            _parentHashes[i] = prefix.Depth == 0 ? 0 : _prefixes[prefix.Parent].Hash;
        }
        for (var i = 0; i < _count; i++)
            _parents[i] = _prefixes[_beams[i].Node].Depth == 0 ? -1 : Find(_parentHashes[i], _prefixes[_beams[i].Node].Parent);
    }

    private readonly int Find(ulong hash, int node)
    {
        for (var from = 0; from < _count; from++)
        {
            var at = new ReadOnlySpan<ulong>(_hashes + from, _count - from).IndexOf(hash);
            if (at < 0)
                return -1;
            from += at;
            if (_prefixes.Same(_beams[from].Node, node))
                return from;
        }
        return -1;
    }

    // The same prefix again: by a blank, by its last label once more, or because a shorter beam gets that label.
    private void Stay<T>(Row<T> row)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < _count; i++)
        {
            var beam = _beams[i];
            var label = _prefixes[beam.Node].Label;
            var emit = label < 0 ? double.NegativeInfinity : beam.Emit + row[label];
            if (_parents[i] is var parent and >= 0)
                emit = Sum(emit, Extended(_beams[parent], label) + row[label]);
            var mask = beam.Total + row[_blank];
            Offer(beam with { Emit = emit, Mask = mask, Total = Sum(emit, mask) });
        }
    }

    private void Extend<T>(Row<T> row)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // The beams of each parent, so that they are not offered again: classes marked by the parent's number.
        for (var i = 0; i < _count; i++)
        {
            var beam = _beams[i];
            for (var j = 0; j < _count; j++)
                if (_parents[j] == i)
                    _existing[_prefixes[_beams[j].Node].Label] = i + 1;
            for (var c = 0; c < _classes; c++)
                if (c != _blank && _existing[c] != i + 1)
                {
                    var emit = Extended(beam, c) + row[c];
                    Offer(new() { Node = beam.Node, Label = c, Emit = emit, Mask = double.NegativeInfinity, Total = emit });
                }
        }
        new Span<int>(_existing, _classes).Clear();
    }

    // A label like the last one needs a blank between them.
    private readonly double Extended(in Candidate beam, int label) => label == _prefixes[beam.Node].Label ? beam.Mask : beam.Total;

    private void Offer(in Candidate candidate)
    {
        if (candidate.Total != double.NegativeInfinity)
            _next.Offer(candidate, _prefixes);
    }

    private static double Sum(double a, double b)
    {
        var max = Math.Max(a, b);
        return double.IsNegativeInfinity(max) ? max : max + Math.Log(Math.Exp(a - max) + Math.Exp(b - max));
    }
}
