namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    static readonly (Shape X, Shape Indices, int Axis)[] Taken =
        [([37], [5], 0), ([5], [100], 0), ([4, 3], [2, 3], 0), ([4, 3, 5], [], 1), ([4, 3, 5], [0], 2), ([2, 3, 4], [7], -1), ([300, 70], [500], 0)];

    static int Resolve(int index, int count) => index < 0 ? index + count : index;

    /// <summary>For each element of the result of a take, in order, where it comes from.</summary>
    static (Shape Result, List<int> Places) Sources(Shape x, Nd indices, int axis)
    {
        axis = Resolve(axis, x.Rank);
        var places = new List<int>();
        var shape = x.Slice(0, axis).Append(indices.Shape).Append(x.Slice(axis + 1, x.Rank - axis - 1));
        var like = new Nd(x, []);
        Nd.Make(shape, i =>
        {
            var at = (int)indices[i.AsSpan(axis, indices.Shape.Rank)];
            places.Add(like.Offset([.. i[..axis], Resolve(at, x[axis]), .. i[(axis + indices.Shape.Rank)..]]));
            return 0;
        });
        return (shape, places);
    }

    static (Shape Result, List<int> Places) SourcesAlong(Shape x, Nd indices, int axis)
    {
        var places = new List<int>();
        var like = new Nd(x, []);
        Nd.Make(indices.Shape, i =>
        {
            var at = i.ToArray();
            at[axis] = Resolve((int)indices[i], x[axis]);
            places.Add(like.Offset(at));
            return 0;
        });
        return (indices.Shape, places);
    }

    static Nd Added(Shape whole, List<int> places, Nd values)
    {
        var sum = new Nd(whole, new double[whole.Size]);
        for (var i = 0; i < places.Count; i++) sum.Values[places[i]] += values.Values[i];
        return sum;
    }

    static Nd Read(Nd x, (Shape Result, List<int> Places) sources) => new(sources.Result, [.. sources.Places.Select(p => x.Values[p])]);

    static Arg Indices(Shape shape, int count, DType dtype) => A(shape, Whole(-count, count - 1), dtype);

    static IEnumerable<OpRow> Indexings()
    {
        foreach (var integer in (DType[])[DType.Int32, DType.Int64])
            foreach (var (x, indices, axis) in Taken)
            {
                var at = Resolve(axis, x.Rank);
                var (label, index) = ($"{indices} of {x} along {axis} by {integer.Name()}", Indices(indices, x[at], integer));
                yield return new(typeof(Take), v => Ops.Take(v[0], v[1], axis), One(v => Read(v[0], Sources(x, v[1], axis))), DTypeRules.All, [[A(x, Range(-90, 90)), index]])
                {
                    Label = label,
                    Faults = x.Rank > 1 ? [] : [
                        new(() => Ops.Take(Ops.Ones([3]), Tensor.Of([0, 3], [2]), 0), "[Take] an index is out of range. Expected: -3 to 2. Received: 3 at position 1."),
                        new(() => Ops.Take(Ops.Ones([3]), Tensor.Of([-4], [1]), 0), "[Take] an index is out of range. Expected: -3 to 2. Received: -4 at position 0."),
                        new(() => new Take(0).On(Ops.Ones([3]), Ops.Ones([1])), "[Take] indices are integers. Expected: an integer dtype. Received: float32."),
                    ],
                };
                yield return new(typeof(TakeGradient), v => new TakeGradient(at, x).On(v), One(v => Added(x, Sources(x, v[0], axis).Places, v[1])), DTypeRules.Floats,
                    [[index, A(Sources(x, Nd.Make(indices, _ => 0), axis).Result, Range(-2, 2))]])
                {
                    Label = label,
                    Steps = Summed,
                    Scale = Scale.Terms,
                };
            }
        foreach (var (x, indices, axis) in ((Shape, Shape, int)[])[([37], [5], 0), ([4, 3], [2, 3], 0), ([4, 3, 5], [4, 7, 5], 1), ([4, 3], [4, 0], 1), ([300, 70], [300, 90], 1)])
        {
            var index = Indices(indices, x[axis], DType.Int32);
            yield return new(typeof(TakeAlong), v => Ops.TakeAlongAxis(v[0], v[1], axis), One(v => Read(v[0], SourcesAlong(x, v[1], axis))), DTypeRules.All,
                [[A(x, Range(-90, 90)), index]])
            {
                Label = $"{indices} of {x} along {axis}",
                Faults = x.Rank > 1 ? [] : [
                    new(() => Ops.TakeAlongAxis(Ops.Ones([3]), Tensor.Of([3], [1]), 0), "[TakeAlong] an index is out of range. Expected: -3 to 2. Received: 3 at position 0."),
                    new(() => Ops.TakeAlongAxis(Ops.Ones([2, 3]), Tensor.Of([3], [1]), 0), "[take_along_axis] x and indices have different ranks. Expected: (2, 3). Received: (1,)."),
                ],
            };
            yield return new(typeof(TakeAlongGradient), v => new TakeAlongGradient(axis, x).On(v), One(v => Added(x, SourcesAlong(x, v[0], axis).Places, v[1])),
                DTypeRules.Floats, [[index, A(indices, Range(-2, 2))]])
            {
                Label = $"{indices} of {x} along {axis}",
                Steps = Summed,
                Scale = Scale.Terms,
            };
        }
        foreach (var (axis, shapes) in ((int, Shape[])[])[(0, [[37], [0], [4, 3], [300, 70]]), (1, [[4, 3], [2, 37, 3], [3, 0], [500, 70]])])
            foreach (var reverse in (bool[])[false, true])
                yield return new(typeof(Cumsum), x => reverse ? new Cumsum(axis, true).On(x) : Ops.Cumsum(x[0], axis), One(x => Running(x[0], axis, reverse)), DTypeRules.Numbers,
                    [.. shapes.Select(s => (Arg[])[A(s, Range(-2, 2))])])
                {
                    Label = $"along {axis}{(reverse ? " backwards" : "")}",
                    // One element after the other: n terms may cost n / 2 steps, of which the square root is usual.
                    Steps = 16,
                    Scale = Scale.Terms,
                };
    }

    static Nd Running(Nd x, int axis, bool reverse) => Nd.Make(x.Shape, i =>
    {
        var at = i.ToArray();
        return Nd.Sum((reverse ? Enumerable.Range(i[axis], x.Shape[axis] - i[axis]) : Enumerable.Range(0, i[axis] + 1)).Select(k =>
        {
            at[axis] = k;
            return x[at];
        }));
    });
}
