using System.Numerics;

namespace Keras.Kernels.Cpu;

using Keras.Kernels.Cpu.Sorting;

/// <summary>Makes a kernel for an element type and the unsigned integer of its size.</summary>
internal interface IKeyedMaker
{
    Kernel Make<T, TBits>() where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits>;
}

internal readonly unsafe struct Keyed<TMaker>(TMaker maker) : IMaker where TMaker : IKeyedMaker
{
    readonly TMaker _maker = maker;

    public Kernel Make<T>() where T : unmanaged => sizeof(T) switch
    {
        1 => _maker.Make<T, byte>(),
        2 => _maker.Make<T, ushort>(),
        4 => _maker.Make<T, uint>(),
        _ => _maker.Make<T, ulong>(),
    };
}

/// <summary>Makes a kernel that moves keys together with their places.</summary>
internal interface IPairedMaker
{
    Kernel Make<T, TBits, TItem, TPairs>()
        where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits>
        where TItem : unmanaged where TPairs : IPairs<TBits, TItem>;
}

internal readonly unsafe struct Paired<TMaker>(TMaker maker) : IKeyedMaker where TMaker : IPairedMaker
{
    readonly TMaker _maker = maker;

    public Kernel Make<T, TBits>() where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits> =>
        sizeof(TBits) == 8 ? _maker.Make<T, ulong, KeyAndPlace, WidePairs>() : _maker.Make<T, TBits, ulong, PackedPairs<TBits>>();
}

/// <summary>Kernels that sort, search and count.</summary>
internal static unsafe class OrderTable
{
    internal static Kernel? Sort(Keras.Sort op, TensorType[] inputs, TensorType output) => Make(inputs[0], new SortMaker(inputs[0].Shape));

    internal static Kernel? Argsort(Keras.Argsort op, TensorType[] inputs, TensorType output) => Make(inputs[0], new Paired<ArgsortMaker>(new(inputs[0].Shape)));

    internal static Kernel? TopK(Keras.TopK op, TensorType[] inputs, TensorType output) => Make(inputs[0], new Paired<TopKMaker>(new(inputs[0].Shape, op.K)));

    internal static Kernel? SearchSorted(Keras.SearchSorted op, TensorType[] inputs, TensorType output) =>
        Make(inputs[0], new SearchMaker(inputs[0].Shape.Size, inputs[1].Shape.Size, op));

    internal static Kernel? RowOrder(Keras.RowOrder op, TensorType[] inputs, TensorType output) =>
        Make(inputs[0], new RowOrderMaker(inputs[0].Shape[0], inputs[0].Shape[1]));

    internal static Kernel Nonzero(Keras.NonzeroPlaces op, TensorType[] inputs, TensorType output)
    {
        var n = inputs[0].Shape.Size;
        return new((in KernelCall call) =>
        {
            var found = NonzeroPlaces.Run(call.Input<byte>(0), call.Output<int>(), n, op.Count, (long*)call.Scratch);
            if (found != op.Count) throw Errors.Argument(op.Name, "the number of elements that are not 0 is another one", op.Count, found);
        }, NonzeroPlaces.Blocks(n) * sizeof(long));
    }

    internal static Kernel HashDigits(Keras.HashDigits op, TensorType[] inputs, TensorType output)
    {
        var n = output.Shape.Size;
        return new((in KernelCall call) => Parallel.For(DigitHashes.Blocks(n), new DigitHashes(call.Input<long>(0), call.Output<long>(), n, op.Bins, op.Key)));
    }

    internal static Kernel? Bincount(Keras.Bincount op, TensorType[] inputs, TensorType output) => inputs[0].DType switch
    {
        DType.Int32 => Bincount<int>(op, inputs[0].Shape),
        DType.Int64 => Bincount<long>(op, inputs[0].Shape),
        _ => null,
    };

    static Kernel Bincount<TIndex>(Keras.Bincount op, Shape shape) where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        var plan = new BinPlan(shape.Slice(0, shape.Rank - 1).Size, shape[-1], op.Length);
        return new((in KernelCall call) =>
        {
            var bad = Bins.Run(call.Input<TIndex>(0), call.Output<int>(), plan, (int*)call.Scratch);
            if (bad >= 0)
                throw Errors.Argument(op.Name, "an integer is out of range", $"0 to {op.Length - 1}", $"{call.Input<TIndex>(0)[bad]} at position {bad}");
        }, plan.Scratch);
    }

    static Kernel? Make<TMaker>(TensorType input, TMaker maker) where TMaker : IKeyedMaker => Types.Any(input.DType, new Keyed<TMaker>(maker));

    static long Rows(Shape shape) => shape.Slice(0, shape.Rank - 1).Size;

    readonly struct SortMaker(Shape shape) : IKeyedMaker
    {
        readonly Shape _shape = shape;

        public Kernel Make<T, TBits>() where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits>
        {
            var work = Sorter<T, TBits>.Plan(Rows(_shape), _shape[-1]);
            return new((in KernelCall call) => Sorter<T, TBits>.Run(call.Input<TBits>(0), call.Output<TBits>(), work, call.Scratch),
                Sorter<T, TBits>.Scratch(work), (0, 0));
        }
    }

    readonly struct ArgsortMaker(Shape shape) : IPairedMaker
    {
        readonly Shape _shape = shape;

        public Kernel Make<T, TBits, TItem, TPairs>()
            where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits>
            where TItem : unmanaged where TPairs : IPairs<TBits, TItem>
        {
            var work = Argsorter<T, TBits, TItem, TPairs>.Plan(Rows(_shape), _shape[-1]);
            return new((in KernelCall call) => Argsorter<T, TBits, TItem, TPairs>.Run(call.Input<TBits>(0), call.Output<int>(), work, call.Scratch),
                Argsorter<T, TBits, TItem, TPairs>.Scratch(work));
        }
    }

    readonly struct TopKMaker(Shape shape, int k) : IPairedMaker
    {
        readonly Shape _shape = shape;
        readonly int _k = k;

        public Kernel Make<T, TBits, TItem, TPairs>()
            where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits>
            where TItem : unmanaged where TPairs : IPairs<TBits, TItem>
        {
            var plan = new PickPlan(Argsorter<T, TBits, TItem, TPairs>.Plan(Rows(_shape), _shape[-1]), _k);
            return new((in KernelCall call) =>
                Picker<T, TBits, TItem, TPairs>.Run(call.Input<TBits>(0), call.Output<TBits>(0), call.Output<int>(1), plan, call.Scratch), plan.Scratch(sizeof(TItem)));
        }
    }

    readonly struct SearchMaker(long n, long count, Keras.SearchSorted op) : IKeyedMaker
    {
        readonly long _n = n, _count = count;
        readonly Keras.SearchSorted _op = op;

        public Kernel Make<T, TBits>() where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits>
        {
            var (n, count, right, scratch) = (_n, _count, _op.Right, BinarySearch<T, TBits>.Scratch(_n, _count));
            return _op.IndexType == DType.Int64
                ? new((in KernelCall call) => BinarySearch<T, TBits>.Run(call.Input<TBits>(0), call.Input<TBits>(1), call.Output<long>(), n, count, right, (TBits*)call.Scratch), scratch)
                : new((in KernelCall call) => BinarySearch<T, TBits>.Run(call.Input<TBits>(0), call.Input<TBits>(1), call.Output<int>(), n, count, right, (TBits*)call.Scratch), scratch);
        }
    }

    readonly struct RowOrderMaker(int rows, long columns) : IKeyedMaker
    {
        readonly int _rows = rows;
        readonly long _columns = columns;

        public Kernel Make<T, TBits>() where T : unmanaged where TBits : unmanaged, IBinaryInteger<TBits>, IUnsignedNumber<TBits>, IMinMaxValue<TBits>
        {
            var (rows, columns) = (_rows, _columns);
            return new((in KernelCall call) => RowOrder<T, TBits>.Run(call.Input<TBits>(0), call.Output<int>(), rows, columns, call.Scratch), RowOrder<T, TBits>.Scratch(rows, columns));
        }
    }
}
