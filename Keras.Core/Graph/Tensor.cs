using System.Runtime.InteropServices;

namespace Keras;

/// <summary>A node of the graph: an op on other tensors, with a dtype and a shape. Immutable, and evaluated only when its
/// value is asked for; from then on the value is kept. Safe to use from several threads.</summary>
public sealed partial class Tensor
{
    Tensor[] _inputs;
    volatile HostData? _value;

    internal Tensor(Op op, Tensor[] inputs, TensorType type)
    {
        (Op, _inputs, Type) = (op, inputs, type);
        IsOpen = op is Placeholder;
        IsSymbolic = op is Placeholder { IsInput: true };
        foreach (var input in inputs) (IsOpen, IsSymbolic) = (IsOpen | input.IsOpen, IsSymbolic | input.IsSymbolic);
        SubgraphTracer.Created(this);
    }

    internal Op Op { get; }

    internal ReadOnlySpan<Tensor> Inputs => _inputs;

    internal TensorType Type { get; }

    /// <summary>The element type.</summary>
    public DType DType => Type.DType;

    /// <summary>The shape; dimensions of a tensor that depends on an <c>Input</c> may be unknown.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>The number of dimensions.</summary>
    public int Rank => Type.Shape.Rank;

    /// <summary>Which steps of a sequence count, as Keras attaches it to a tensor; <c>null</c> for all.</summary>
    public Tensor? Mask { get; set; }

    /// <summary>Whether it depends on a placeholder, so that it has no value.</summary>
    internal bool IsOpen { get; }

    /// <summary>Whether it depends on an <c>Input</c>, so that a functional model may be made of it.</summary>
    internal bool IsSymbolic { get; }

    /// <summary>A literal takes the dtype of what it meets.</summary>
    internal bool IsWeak { get; private init; }

    /// <summary>The call of a layer that made this tensor, where one did.</summary>
    internal LayerCall? History { get; set; }

    /// <summary>The value, where it is known already.</summary>
    internal HostData? Value
    {
        get => _value ?? (Op as Constant)?.Data;
        set
        {
            _value = value;
            // No gradient flows on from here, so what this was made of may be collected.
            if (Op is StopGradient) _inputs = [];
        }
    }

    /// <summary>Makes a tensor of the values, row-major.</summary>
    /// <exception cref="ArgumentException">The number of values is not that of the shape.</exception>
    public static Tensor Of<T>(ReadOnlySpan<T> values, Shape shape) where T : unmanaged
    {
        if (!shape.IsKnown || shape.Size != values.Length)
            throw Errors.Argument("Tensor", "the number of values does not fit the shape", shape, $"{values.Length} values");
        return Literal(new TensorType(DTypes.Of<T>(), shape), HostData.Of(values));
    }

    /// <summary>Makes a tensor of the values, row-major.</summary>
    /// <exception cref="ArgumentException">The number of values is not that of the shape.</exception>
    public static Tensor Of<T>(T[] values, Shape shape) where T : unmanaged => Of((ReadOnlySpan<T>)values, shape);

    /// <summary>Makes a tensor of a .NET array of any rank; its dimensions become the shape.</summary>
    /// <exception cref="ArgumentException">The element type is not one of a dtype.</exception>
    public static Tensor Of(Array values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var dtype = DTypes.Of(values.GetType().GetElementType()!);
        var dims = new int[values.Rank];
        for (var i = 0; i < dims.Length; i++) dims[i] = values.GetLength(i);
        var type = new TensorType(dtype, Shape.Of(dims));
        var data = new HostData(type.Bytes);
        ref var first = ref MemoryMarshal.GetArrayDataReference(values);
        MemoryMarshal.CreateReadOnlySpan(ref first, (int)type.Bytes).CopyTo(data.Span);
        return Literal(type, data);
    }

    internal static Tensor Literal(TensorType type, HostData data) => new(new Constant(type, data), [], type);

    internal static Tensor Weak<T>(T value) where T : unmanaged
    {
        var type = new TensorType(DTypes.Of<T>(), Shape.Scalar);
        return new(new Constant(type, HostData.Of<T>([value])), [], type) { IsWeak = true };
    }

    /// <summary>One value as a tensor of this dtype and no dimensions.</summary>
    internal static Tensor Scalar(double value, DType dtype)
    {
        var data = new HostData(dtype.Size());
        Elements.Write(dtype, data.Span, 0, value);
        return Literal(new TensorType(dtype, Shape.Scalar), data);
    }

    /// <summary>The tensor itself, or the same node once more as a new one.</summary>
    internal Tensor Renewed() => new Identity().On(this);

    /// <summary>The values, row-major. Computes them if this is the first time that they are asked for.</summary>
    /// <typeparam name="T">The .NET type of the dtype, such as <c>float</c> for float32.</typeparam>
    /// <exception cref="ArgumentException">The dtype is another one.</exception>
    /// <exception cref="InvalidOperationException">The tensor depends on an <c>Input</c>, which has no value.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        CheckElement<T>();
        return Evaluate().As<T>().ToArray();
    }

    /// <summary>Copies the values, row-major, to a span.</summary>
    /// <exception cref="ArgumentException">The dtype is another one, or the span is too short.</exception>
    /// <exception cref="InvalidOperationException">The tensor depends on an <c>Input</c>, which has no value.</exception>
    public void CopyTo<T>(Span<T> destination) where T : unmanaged
    {
        CheckElement<T>();
        var values = Evaluate().As<T>();
        if (destination.Length < values.Length)
            throw Errors.Argument("Tensor", "the destination is too short", $"{values.Length} elements", destination.Length);
        values.CopyTo(destination);
    }

    /// <summary>The values converted to double, row-major.</summary>
    /// <exception cref="ArgumentException">They are complex numbers.</exception>
    /// <exception cref="InvalidOperationException">The tensor depends on an <c>Input</c>, which has no value.</exception>
    public double[] ToDoubles()
    {
        var data = Evaluate();
        var values = new double[Shape.Size];
        for (var i = 0; i < values.Length; i++) values[i] = Elements.Read(DType, data.Span, i);
        return values;
    }

    /// <summary>The value of a tensor of one element.</summary>
    /// <exception cref="ArgumentException">There is not exactly one element, or the dtype is another one.</exception>
    /// <exception cref="InvalidOperationException">The tensor depends on an <c>Input</c>, which has no value.</exception>
    public T Item<T>() where T : unmanaged
    {
        CheckElement<T>();
        CheckSingle();
        return Evaluate().As<T>()[0];
    }

    /// <summary>The value of a tensor of one element, converted to double.</summary>
    /// <exception cref="ArgumentException">There is not exactly one element, or it is a complex number.</exception>
    /// <exception cref="InvalidOperationException">The tensor depends on an <c>Input</c>, which has no value.</exception>
    public double Item()
    {
        CheckSingle();
        return Elements.Read(DType, Evaluate().Span, 0);
    }

    /// <summary>The value without its history: no gradient flows through it, and what it was made of can be collected.</summary>
    /// <exception cref="InvalidOperationException">The tensor depends on an <c>Input</c>, which has no value.</exception>
    public Tensor Detach() => Literal(Type, EvaluateToKeep());

    /// <summary>The value for someone who holds it beyond this tensor's life: a variable must not overwrite it then.</summary>
    internal HostData EvaluateToKeep()
    {
        if (Op is VariableRead read) read.Variable.Share();
        return Evaluate();
    }

    internal HostData Evaluate() => Value ?? Evaluator.Evaluate(this);

    void CheckElement<T>() where T : unmanaged
    {
        if (DTypes.Of<T>() != DType)
            throw Errors.Argument("Tensor", "the element type is another one", DType.ClrType().Name, typeof(T).Name,
                "Ops.Cast changes the dtype.");
    }

    void CheckSingle()
    {
        if (!Shape.IsKnown || Shape.Size != 1)
            throw Errors.Argument("Tensor", "there is not exactly one element", "a tensor of size 1", Shape);
    }

    /// <summary>Op, dtype and shape, and the values where they are known and few.</summary>
    public override string ToString()
    {
        var text = $"{Op.Name}: {Type}";
        if (Value is not { } data || Type.IsTuple) return text;
        var count = Math.Min(Shape.Size, 8);
        var values = Enumerable.Range(0, (int)count).Select(i => Elements.Text(DType, data.Span, i));
        return $"{text} [{string.Join(", ", values)}{(count < Shape.Size ? ", …" : "")}]";
    }
}
