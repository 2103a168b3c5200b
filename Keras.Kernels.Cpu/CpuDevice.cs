using System.Runtime.InteropServices;

namespace Keras.Kernels.Cpu;

using Keras.Kernels.Cpu.Elementwise;
using Keras.Kernels.Cpu.Reduction;

/// <summary>The processor: SIMD kernels in plain C#, on a thread pool of its own. The size of the pool comes from <c>KERAS_NUM_THREADS</c>, else
/// from the processors that the process may use; results have the same bits for every size.</summary>
public sealed unsafe class CpuDevice : Device
{
    delegate Kernel? Factory(Op op, TensorType[] inputs, TensorType output);

    readonly Dictionary<Type, Factory> _table = [];

    /// <summary>Makes the device. One is enough for a process; <see cref="Device.Default"/> makes it by itself.</summary>
    public CpuDevice() : base("cpu")
    {
        AddUnary();
        AddBinary();
        AddReductions();
        AddOrders();
        AddMovement();
        AddProducts();
        AddFactors();
        AddFused();
        AddSequences();
        AddComplex();
    }

    /// <summary>How many threads kernels run on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set below 1.</exception>
    public static int Threads
    {
        get => Parallel.Threads;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Parallel.Threads = value;
        }
    }

    void AddUnary()
    {
        Numbers<Keras.Negative, Negate>();
        Numbers<Keras.Abs, Abs>();
        Numbers<Keras.Sign, Sign>();
        Numbers<Keras.Square, Square>();
        Numbers<Keras.Relu, Relu>();
        Floats<Keras.Sqrt, Sqrt>();
        Floats<Keras.Rsqrt, Rsqrt>();
        Floats<Keras.Cbrt, Cbrt>();
        Floats<Keras.Reciprocal, Reciprocal>();
        Floats<Keras.Exp, Exp>();
        Floats<Keras.Expm1, Expm1>();
        Floats<Keras.Log, Log>();
        Floats<Keras.Log1p, Log1p>();
        Floats<Keras.Log2, Log2>();
        Floats<Keras.Log10, Log10>();
        Floats<Keras.Sin, Sin>();
        Floats<Keras.Cos, Cos>();
        Floats<Keras.Tan, Tan>();
        Floats<Keras.Arcsin, Asin>();
        Floats<Keras.Arccos, Acos>();
        Floats<Keras.Arctan, Atan>();
        Floats<Keras.Sinh, Sinh>();
        Floats<Keras.Cosh, Cosh>();
        Floats<Keras.Tanh, Tanh>();
        Floats<Keras.Arcsinh, Asinh>();
        Floats<Keras.Arccosh, Acosh>();
        Floats<Keras.Arctanh, Atanh>();
        Floats<Keras.Erf, Erf>();
        Floats<Keras.Erfinv, Erfinv>();
        Floats<Keras.Erfc, Erfc>();
        Floats<Keras.BesselI0, BesselI0>();
        Floats<Keras.BesselI1, BesselI1>();
        Floats<Keras.Digamma, Digamma>();
        Floats<Keras.Floor, Floor>();
        Floats<Keras.Ceil, Ceil>();
        Floats<Keras.Round, Round>();
        Floats<Keras.Trunc, Trunc>();
        Floats<Keras.Sigmoid, Sigmoid>();
        Floats<Keras.Softplus, Softplus>();
        Floats<Keras.LogSigmoid, LogSigmoid>();
        Tests<Keras.IsNan, IsNan>();
        Tests<Keras.IsInf, IsInf>();
        Tests<Keras.IsFinite, IsFinite>();
        Tests<Keras.LogicalNot, LogicalNot>();
        On<Keras.BitwiseNot>((_, i, o) => Types.Integers(o.DType, new UnaryMaker<BitwiseNot>(o.Shape.Size)));
        On<Keras.Cast>(ElementwiseTable.Cast);
        On<Keras.Copy>(ElementwiseTable.Copy);
    }

    void AddBinary()
    {
        Binary<Keras.Add, Add, BitwiseOr>();
        Binary<Keras.Subtract, Subtract, BitwiseXor>();
        Binary<Keras.Multiply, Multiply, BitwiseAnd>();
        Binary<Keras.Maximum, Maximum, BitwiseOr>();
        Binary<Keras.Minimum, Minimum, BitwiseAnd>();
        Binary<Keras.Divide, Divide>();
        Binary<Keras.FloorDivide, FloorDivide>();
        Binary<Keras.Mod, Mod>();
        Binary<Keras.Power, Power>();
        Binary<Keras.Arctan2, Atan2>();
        Binary<Keras.Logaddexp, LogAddExp>();
        Binary<Keras.Hypot, Hypot>();
        Binary<Keras.GammaCdf, GammaCdf>();
        Binary<Keras.GammaCdfByShape, GammaCdfByShape>();
        Binary<Keras.GammaDensity, GammaDensity>();
        Bits<Keras.BitwiseAnd, BitwiseAnd>();
        Bits<Keras.BitwiseOr, BitwiseOr>();
        Bits<Keras.BitwiseXor, BitwiseXor>();
        Bits<Keras.LeftShift, ShiftLeft>();
        Bits<Keras.RightShift, ShiftRight>();
        Bits<Keras.Gcd, Gcd>();
        Binary<Keras.ReluGradient, ReluGradientBody>();
        Comparison<Keras.Equal, Equal>();
        Comparison<Keras.NotEqual, NotEqual>();
        Comparison<Keras.Less, Less>();
        Comparison<Keras.LessEqual, LessEqual>();
        Comparison<Keras.Greater, Greater>();
        Comparison<Keras.GreaterEqual, GreaterEqual>();
        On<Keras.Select>(ElementwiseTable.Select);
    }

    void AddReductions()
    {
        Reduction<Keras.Sum, Sum>();
        Reduction<Keras.Mean, Sum>(mean: true);
        Reduction<Keras.Prod, Product>();
        Reduction<Keras.Max, Max>();
        Reduction<Keras.Min, Min>();
        Reduction<Keras.Any, Any>();
        Reduction<Keras.All, All>();
        On<Keras.ArgMax>((op, i, _) => Types.Any(i[0].DType, new ArgMaker<Max>(op.Axes[0], i[0].Shape)));
        On<Keras.ArgMin>((op, i, _) => Types.Any(i[0].DType, new ArgMaker<Min>(op.Axes[0], i[0].Shape)));
    }

    void AddOrders()
    {
        On<Keras.Sort>(OrderTable.Sort);
        On<Keras.Argsort>(OrderTable.Argsort);
        On<Keras.TopK>(OrderTable.TopK);
        On<Keras.SearchSorted>(OrderTable.SearchSorted);
        On<Keras.RowOrder>(OrderTable.RowOrder);
        On<Keras.NonzeroPlaces>(OrderTable.Nonzero);
        On<Keras.Bincount>(OrderTable.Bincount);
        On<Keras.HashDigits>(OrderTable.HashDigits);
    }

    void AddMovement()
    {
        On<Keras.Reshape>((_, _, _) => Kernel.View);
        On<Keras.Identity>((_, _, _) => Kernel.View);
        On<Keras.View>((_, _, _) => Kernel.View);
        On<Keras.Transpose>(MovementTable.Transpose);
        On<Keras.BroadcastTo>(MovementTable.BroadcastTo);
        On<Keras.Slice>(MovementTable.Slice);
        On<Keras.SliceGradient>(MovementTable.SliceGradient);
        On<Keras.Pad>(MovementTable.Pad);
        On<Keras.Triangle>(MovementTable.Triangle);
        On<Keras.Concatenate>(MovementTable.Concatenate);
        On<Keras.Take>(IndexTable.Take);
        On<Keras.TakeGradient>(IndexTable.TakeGradient);
        On<Keras.ScatterRows>(IndexTable.ScatterRows);
        On<Keras.TakeAlong>(IndexTable.TakeAlong);
        On<Keras.TakeAlongGradient>(IndexTable.TakeAlongGradient);
        On<Keras.Cumsum>((op, _, o) => Types.Numbers(o.DType, new IndexTable.CumulateMaker<Sum>(op.Axis, o.Shape, op.Reverse)));
        On<Keras.Cumprod>((op, _, o) => Types.Numbers(o.DType, new IndexTable.CumulateMaker<Product>(op.Axis, o.Shape, reverse: false)));
        On<Keras.Iota>((_, _, o) => Types.Numbers(o.DType, new IotaMaker(o.Shape.Size)));
    }

    void AddProducts()
    {
        On<Keras.MatMul>(MatMulTable.Prepare);
        On<Keras.Svd>((op, i, _) => Types.Wide(i[0].DType, new DecompositionTable.SvdMaker(op, i[0].Shape)));
        On<Keras.Eigh>((_, i, _) => Types.Wide(i[0].DType, new DecompositionTable.EighMaker(i[0].Shape)));
        On<Keras.Eig>((_, i, _) => Types.Wide(i[0].DType, new DecompositionTable.EigMaker(i[0].Shape)));
        On<Keras.Qr>((op, i, _) => Types.Wide(i[0].DType, new DecompositionTable.QrMaker(op, i[0].Shape)));
        On<Keras.Convolution>(ConvolutionTable.Forward);
        On<Keras.ConvolutionInputGradient>(ConvolutionTable.InputGradient);
        On<Keras.ConvolutionFilterGradient>(ConvolutionTable.FilterGradient);
        On<Keras.Depths>((op, i, o) => Types.Any(o.DType, new VolumeTable.DepthsMaker(op, i[0].Shape)));
        On<Keras.DepthsGradient>((op, _, o) => Types.Wide(o.DType, new VolumeTable.GradientMaker(op, o.Shape)));
        On<Keras.Frames>((op, i, o) => Types.Any(o.DType, new TransformTable.FramesMaker(op, i[0].Shape)));
        On<Keras.Overlapped>((op, i, o) => Types.Wide(o.DType, new TransformTable.OverlappedMaker(op, i[0].Shape, o.Shape)));
        On<Keras.Fourier>((_, i, _) => Types.Wide(i[0].DType, new TransformTable.ComplexMaker(i[0].Shape)));
        On<Keras.RealFourier>((_, i, _) => Types.Wide(i[0].DType, new TransformTable.RealMaker(i[0].Shape)));
        On<Keras.RealFourierInverse>((_, _, o) => Types.Wide(o.DType, new TransformTable.RealBackMaker(o.Shape)));
        On<Keras.MaxPool>((op, i, o) => Types.Wide(o.DType, new PoolingTable.MaxMaker(PoolingTable.Shape(op.Window, i[0].Shape))));
        On<Keras.MaxPoolGradient>((op, i, o) => Types.Wide(o.DType, new PoolingTable.MaxGradientMaker(PoolingTable.Shape(op.Window, i[0].Shape))));
        On<Keras.MaxPoolPick>((op, i, o) => Types.Wide(o.DType, new PoolingTable.MaxPickMaker(PoolingTable.Shape(op.Window, i[0].Shape))));
        On<Keras.AveragePool>((op, i, o) => Types.Wide(o.DType, new PoolingTable.AverageMaker(PoolingTable.Shape(op.Window, i[0].Shape))));
        On<Keras.SamplePoints>(ImageTable.Sample);
        On<Keras.ResampleImages>(ImageTable.Resample);
        On<Keras.ResampleImagesGradient>(ImageTable.ResampleGradient);
        On<Keras.AveragePoolGradient>((op, _, o) => Types.Wide(o.DType, new PoolingTable.AverageGradientMaker(PoolingTable.Shape(op.Window, o.Shape))));
    }

    void AddFactors()
    {
        On<Keras.Cholesky>((op, _, o) => Types.Wide(o.DType, new FactorTable.CholeskyMaker(op, o.Shape)));
        On<Keras.LuFactor>((_, i, _) => Types.Wide(i[0].DType, new FactorTable.LuMaker(i[0].Shape)));
        On<Keras.TriangularSolve>((op, i, o) => Types.Wide(o.DType, new FactorTable.TriangularMaker(op, i, o.Shape)));
    }

    void AddFused()
    {
        On<Keras.Softmax>((_, i, o) => Types.Wide(o.DType, new SoftmaxTable.Forward(o.Shape, log: false)));
        On<Keras.LogSoftmax>((_, i, o) => Types.Wide(o.DType, new SoftmaxTable.Forward(o.Shape, log: true)));
        On<Keras.SoftmaxGradient>((_, i, o) => Types.Wide(o.DType, new SoftmaxTable.Backward(o.Shape, log: false)));
        On<Keras.LogSoftmaxGradient>((_, i, o) => Types.Wide(o.DType, new SoftmaxTable.Backward(o.Shape, log: true)));
        On<Keras.PickLabel>((op, i, o) => Types.Wide(o.DType, new SoftmaxTable.Labelled(op, i)));
        On<Keras.SparseCrossentropy>((op, i, o) => Types.Wide(o.DType, new SoftmaxTable.Labelled(op, i)));
        On<Keras.SparseCrossentropyGradient>((op, i, o) => Types.Wide(o.DType, new SoftmaxTable.Labelled(op, i)));
        On<Keras.SoftCrossentropy>((_, i, o) => Types.Wide(o.DType, new SoftmaxTable.Soft(i[0].Shape, gradient: false)));
        On<Keras.SoftCrossentropyGradient>((_, i, o) => Types.Wide(o.DType, new SoftmaxTable.Soft(i[0].Shape, gradient: true)));
        On<Keras.SigmoidCrossentropy>((_, _, o) => Types.Wide(o.DType, new SoftmaxTable.Sigmoid(o.Shape.Size)));
        On<Keras.BatchNormalize>((op, i, _) => Types.Wide(i[0].DType, new BatchNormTable.Forward(op, i[0].Shape)));
        On<Keras.BatchNormalizeGradient>((op, i, _) => Types.Wide(i[0].DType, new BatchNormTable.Backward(op, i[0].Shape)));
        On<Keras.LogSumExp>((_, i, o) => Types.Wide(o.DType, new SoftmaxTable.Total(i[0].Shape)));
        On<Keras.Gelu>((op, _, o) => op.Approximate ? Types.Floats(o.DType, new UnaryMaker<GeluByTanh>(o.Shape.Size)) : Types.Floats(o.DType, new UnaryMaker<GeluByErf>(o.Shape.Size)));
        On<Keras.GeluGradient>((op, i, o) => op.Approximate
            ? Types.Floats(o.DType, new BinaryMaker<ByChainRule<GeluByTanh>>(i[0], i[1], o)) : Types.Floats(o.DType, new BinaryMaker<ByChainRule<GeluByErf>>(i[0], i[1], o)));
        On<Keras.RowNormalize>((op, i, _) => Types.Wide(i[0].DType, new RowNormTable.Forward(op, i)));
        On<Keras.RowNormalizeGradient>((op, i, _) => Types.Wide(i[0].DType, new RowNormTable.Backward(op, i)));
        On<Keras.Attend>((op, i, _) => op.Cap is null ? Types.Wide(i[0].DType, new AttentionTable.Forward(op, i)) : null);
        On<Keras.AttendGradient>((op, i, _) => op.Forward.Cap is null ? Types.Wide(i[0].DType, new AttentionTable.Backward(op, i)) : null);
        On<Keras.RandomBits>(RandomTable.Bits);
        On<Keras.RandomBernoulli>(RandomTable.Bernoulli);
        On<Keras.RandomUniform>((op, _, o) => Types.Wide(o.DType, new RandomTable.Numbers(op)));
        On<Keras.RandomNormal>((op, _, o) => Types.Wide(o.DType, new RandomTable.Numbers(op)));
        On<Keras.RandomTruncatedNormal>((op, _, o) => Types.Wide(o.DType, new RandomTable.Numbers(op)));
        On<Keras.RandomGamma>((op, i, o) => Types.Wide(o.DType, new RandomTable.Draws(op, i)));
        On<Keras.RandomBinomial>((op, i, o) => Types.Wide(o.DType, new RandomTable.Draws(op, i)));
        On<Keras.DropoutScale>((op, _, o) => Types.Wide(o.DType, new RandomTable.Dropout(op.Rate, o.Shape.Size)));
        On<Keras.SgdUpdate>((op, i, _) => Types.Wide(i[0].DType, new OptimizerTable(op, i[0].Shape.Size)));
        On<Keras.MomentumUpdate>((op, i, _) => Types.Wide(i[0].DType, new OptimizerTable(op, i[0].Shape.Size)));
        On<Keras.AdamUpdate>((op, i, _) => Types.Wide(i[0].DType, new OptimizerTable(op, i[0].Shape.Size)));
    }

    void AddSequences()
    {
        On<Keras.RecurrentSequence>((op, i, _) => Types.Wide(i[0].DType, new RecurrentTable.Forward(op, i)));
        On<Keras.RecurrentSequenceGradient>((op, i, _) => Types.Wide(i[0].DType, new RecurrentTable.Backward(op, i)));
        On<Keras.CtcLoss>((op, i, o) => Types.Wide(o.DType, new SequenceTable.Ctc(op, i)));
        On<Keras.CtcLossGradient>((op, i, o) => Types.Wide(o.DType, new SequenceTable.Ctc(op, i)));
        On<Keras.CtcBeamSearch>((op, i, _) => Types.Wide(i[0].DType, new SequenceTable.Beam(op, i[0].Shape)));
    }

    void AddComplex()
    {
        Pairs<Keras.Negative>();
        Pairs<Keras.Add>();
        Pairs<Keras.Subtract>();
        Pairs<Keras.Sum>();
        Pairs<Keras.Mean>();
        Pairs<Keras.Cumsum>();
        Pairs<Keras.TakeGradient>();
        Pairs<Keras.Multiply, MultiplyPairs>();
        Pairs<Keras.Divide, DividePairs>();
        On<Keras.Conj>((_, _, o) => Types.Floats(Types.Pairs(o).DType, new UnaryMaker<Conjugate>(Types.Pairs(o).Shape.Size)));
    }

    // Ops that do to a complex number what they do to two reals.
    void Pairs<TOp>() where TOp : Op
    {
        var make = _table[typeof(TOp)];
        _table[typeof(TOp)] = (op, i, o) => make(op, [.. i.Select(Types.Pairs)], Types.Pairs(o));
    }

    void Pairs<TOp, TBody>() where TOp : Op where TBody : IBinary
    {
        var make = _table[typeof(TOp)];
        _table[typeof(TOp)] = (op, i, o) => !o.DType.IsComplex() ? make(op, i, o)
            : Types.Floats(o.DType.ToReal(), new BinaryMaker<TBody>(Types.Pairs(i[0]), Types.Pairs(i[1]), Types.Pairs(o)));
    }

    void On<TOp>(Func<TOp, TensorType[], TensorType, Kernel?> make) where TOp : Op => _table[typeof(TOp)] = (op, i, o) => make((TOp)op, i, o);

    void Numbers<TOp, TBody>() where TOp : Op where TBody : IUnary =>
        On<TOp>((_, _, o) => Types.Numbers(o.DType, new UnaryMaker<TBody>(o.Shape.Size)));

    void Floats<TOp, TBody>() where TOp : Op where TBody : IUnary =>
        On<TOp>((_, _, o) => Types.Floats(o.DType, new UnaryMaker<TBody>(o.Shape.Size)));

    void Tests<TOp, TBody>() where TOp : Op where TBody : IUnary =>
        On<TOp>((_, i, o) => Types.Any(i[0].DType, new PredicateMaker<TBody>(o.Shape.Size)));

    void Binary<TOp, TBody>() where TOp : Op where TBody : IBinary =>
        On<TOp>((_, i, o) => Types.Numbers(o.DType, new BinaryMaker<TBody>(i[0], i[1], o)));

    // Truth values have a body of their own: their bytes stay 0 or 1.
    void Binary<TOp, TBody, TBool>() where TOp : Op where TBody : IBinary where TBool : IBinary =>
        On<TOp>((_, i, o) => o.DType == DType.Bool
            ? new BinaryMaker<TBool>(i[0], i[1], o).Make<byte>()
            : Types.Numbers(o.DType, new BinaryMaker<TBody>(i[0], i[1], o)));

    void Bits<TOp, TBody>() where TOp : Whole where TBody : IBinary =>
        On<TOp>((_, i, o) => o.DType == DType.Bool
            ? new BinaryMaker<TBody>(i[0], i[1], o).Make<byte>()
            : Types.Integers(o.DType, new BinaryMaker<TBody>(i[0], i[1], o)));

    void Comparison<TOp, TBody>() where TOp : Op where TBody : IBinary =>
        On<TOp>((_, i, o) => i[0].DType == DType.Bool
            ? new ComparisonMaker<TBody>(i[0], i[1], o).Make<byte>()
            : Types.Numbers(i[0].DType, new ComparisonMaker<TBody>(i[0], i[1], o)));

    void Reduction<TOp, TBody>(bool mean = false) where TOp : Keras.Reduction where TBody : IReduction =>
        On<TOp>((op, i, _) => Types.Any(i[0].DType, new ReductionMaker<TBody>(op.Axes, i[0].Shape, mean)));

    internal override Kernel? Prepare(Op op, ReadOnlySpan<TensorType> inputs, TensorType output) =>
        !_table.TryGetValue(op.GetType(), out var make) ? null
        : IsEmpty(output) && op is not Indexing ? Nothing
        : make(op, inputs.ToArray(), output);

    // Where there is nothing to compute no kernel need think of sizes of 0; indices are looked at all the same.
    static readonly Kernel Nothing = new((in KernelCall _) => { });

    static bool IsEmpty(TensorType output)
    {
        foreach (var part in output.Parts)
            if (!IsEmpty(part)) return false;
        return output.IsTuple || output.Shape.Size == 0;
    }

    private protected override nint AllocateCore(long bytes) => (nint)NativeMemory.AlignedAlloc((nuint)bytes, 64);

    private protected override void FreeCore(nint address) => NativeMemory.AlignedFree((void*)address);
}
