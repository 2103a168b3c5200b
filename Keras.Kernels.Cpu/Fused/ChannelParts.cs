using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Keras.Kernels.Cpu;

/// <summary>Reads a parameter held once a channel, for a vector of elements that starts at channel c.</summary>
internal unsafe interface IChannelRead
{
    Vector512<T> Get<T, TChunk>(T* p, long c, TChunk chunk)
        where T : unmanaged
        where TChunk : struct, IChunk;
}

/// <summary>Channels last: neighbours are other channels.</summary>
internal readonly unsafe struct NeighbourRead : IChannelRead
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Get<T, TChunk>(T* p, long c, TChunk chunk)
        where T : unmanaged
        where TChunk : struct, IChunk => chunk.Load(p + c, Vector512<T>.Zero);
}

/// <summary>Channels not last: neighbours are of the same channel.</summary>
internal readonly unsafe struct BroadcastRead : IChannelRead
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Get<T, TChunk>(T* p, long c, TChunk chunk)
        where T : unmanaged
        where TChunk : struct, IChunk => Vector512.Create(p[c]);
}

/// <summary>What is added up over a channel; absent elements of a chunk must give 0.</summary>
internal interface IChannelTerm<T>
    where T : unmanaged
{
    Vector512<T> Term<TChunk, TRead>(long i, long c, TChunk chunk, TRead read)
        where TChunk : struct, IChunk
        where TRead : struct, IChannelRead;
}

internal interface IChannelMap<T>
    where T : unmanaged
{
    void Step<TChunk, TRead>(long i, long c, TChunk chunk, TRead read)
        where TChunk : struct, IChunk
        where TRead : struct, IChannelRead;
}

/// <summary>An array (outer, channels, inner) cut into parts of about 16384 elements that hold all channels.</summary>
internal readonly unsafe struct ChannelParts
{
    private const long PartSize = 16384;
    private const long LeastPiece = 1024;
    private const long MostGroups = 1024;

    private readonly long _outer;
    private readonly long _channels;
    private readonly long _inner;
    private readonly long _piece;
    private readonly long _pieces;
    private readonly long _group;

    internal ChannelParts(long outer, long channels, long inner)
    {
        // A single channel is one contiguous run, which the inner axis handles best.
        (_outer, _channels, _inner) = channels == 1 ? (1, 1, outer * inner) : (outer, channels, inner);
        var width = Math.Max(1, _channels);
        _piece = Math.Max(1, Math.Min(_inner, Math.Max(LeastPiece, PartSize / width)));
        _pieces = (_inner + _piece - 1) / _piece;
        _group = Math.Max(Math.Max(1, PartSize / (width * _piece)), (_outer + MostGroups - 1) / MostGroups);
        Count = (int)((_outer + _group - 1) / _group * _pieces);
    }

    internal int Count { get; }

    internal long Channels => _channels;

    /// <summary>Elements a channel has.</summary>
    internal long PerChannel => _outer * _inner;

    /// <summary>Elements a channel has in a part.</summary>
    internal long PerChannelOf(int part)
    {
        var (first, last, start, end) = Bounds(part);
        return (last - first) * (end - start);
    }

    /// <summary>sums[c] = the sum of the term over the part's elements of channel c.</summary>
    internal void Sum<T, TTerm>(int part, TTerm term, T* sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, IChannelTerm<T>
    {
        if (_inner == 1)
            SumColumns(part, term, sums);
        else
            SumSegments(part, term, sums);
    }

    internal void Map<T, TMap>(int part, TMap map)
        where T : unmanaged
        where TMap : struct, IChannelMap<T>
    {
        if (_inner == 1)
            MapRows<T, TMap>(part, map);
        else
            MapSegments<T, TMap>(part, map);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SumColumns<T, TTerm>(int part, TTerm term, T* sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, IChannelTerm<T>
    {
        var (first, last, _, _) = Bounds(part);
        Sweep.Map<T, ColumnStep<T, TTerm>>(new(term, sums, first, last, _channels), 0, _channels);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SumSegments<T, TTerm>(int part, TTerm term, T* sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, IChannelTerm<T>
    {
        var (first, last, start, end) = Bounds(part);
        for (var c = 0L; c < _channels; c++)
        {
            var total = Vector512<T>.Zero;
            for (var o = first; o < last; o++)
            {
                var row = ((o * _channels) + c) * _inner;
                total = Sweep.Fold(new SegmentStep<T, TTerm>(term, c), total, row + start, row + end);
            }
            sums[c] = LaneMath.Sum(total);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MapRows<T, TMap>(int part, TMap map)
        where T : unmanaged
        where TMap : struct, IChannelMap<T>
    {
        var (first, last, _, _) = Bounds(part);
        for (var o = first; o < last; o++)
            Sweep.Map<T, RowStep<T, TMap>>(new(map, o * _channels), 0, _channels);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MapSegments<T, TMap>(int part, TMap map)
        where T : unmanaged
        where TMap : struct, IChannelMap<T>
    {
        var (first, last, start, end) = Bounds(part);
        for (var o = first; o < last; o++)
        {
            for (var c = 0L; c < _channels; c++)
            {
                var row = ((o * _channels) + c) * _inner;
                Sweep.Map<T, RunStep<T, TMap>>(new(map, c), row + start, row + end);
            }
        }
    }

    private (long First, long Last, long Start, long End) Bounds(int part)
    {
        var (group, piece) = Math.DivRem(part, _pieces);
        return (group * _group, Math.Min(_outer, (group + 1) * _group),
            piece * _piece, Math.Min(_inner, (piece + 1) * _piece));
    }

    // Four accumulators, since one addition waits for the one before.
    private readonly struct ColumnStep<T, TTerm>(TTerm term, T* sums, long first, long last, long stride) : IMapStep<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, IChannelTerm<T>
    {
        private readonly TTerm _term = term;
        private readonly T* _sums = sums;
        private readonly long _first = first;
        private readonly long _last = last;
        private readonly long _stride = stride;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long c, TChunk chunk) where TChunk : struct, IChunk
        {
            var (term, stride, read) = (_term, _stride, default(NeighbourRead));
            Vector512<T> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            var i = (_first * stride) + c;
            var row = _first;
            for (; row + 4 <= _last; row += 4)
            {
                sum0 += term.Term(i, c, chunk, read);
                sum1 += term.Term(i + stride, c, chunk, read);
                sum2 += term.Term(i + (2 * stride), c, chunk, read);
                sum3 += term.Term(i + (3 * stride), c, chunk, read);
                i += 4 * stride;
            }
            for (; row < _last; row++, i += stride)
                sum0 += term.Term(i, c, chunk, read);
            chunk.Store(_sums + c, sum0 + sum1 + (sum2 + sum3));
        }
    }

    private readonly struct SegmentStep<T, TTerm>(TTerm term, long c) : IFoldStep<T>
        where T : unmanaged
        where TTerm : struct, IChannelTerm<T>
    {
        private readonly TTerm _term = term;
        private readonly long _c = c;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<T> Step<TChunk>(Vector512<T> total, long i, TChunk chunk) where TChunk : struct, IChunk =>
            total + _term.Term(i, _c, chunk, default(BroadcastRead));
    }

    private readonly struct RowStep<T, TMap>(TMap map, long row) : IMapStep<T>
        where T : unmanaged
        where TMap : struct, IChannelMap<T>
    {
        private readonly TMap _map = map;
        private readonly long _row = row;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long c, TChunk chunk) where TChunk : struct, IChunk =>
            _map.Step(_row + c, c, chunk, default(NeighbourRead));
    }

    private readonly struct RunStep<T, TMap>(TMap map, long c) : IMapStep<T>
        where T : unmanaged
        where TMap : struct, IChannelMap<T>
    {
        private readonly TMap _map = map;
        private readonly long _c = c;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TChunk>(long i, TChunk chunk) where TChunk : struct, IChunk =>
            _map.Step(i, _c, chunk, default(BroadcastRead));
    }
}
