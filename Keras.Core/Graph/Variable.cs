namespace Keras;

/// <summary>A named tensor that can be assigned: a weight, a statistic, the state of an optimizer or of a random generator.
/// Reading it gives a snapshot: a tensor built before an <see cref="Assign"/> keeps the value that it saw.</summary>
public sealed class Variable
{
    static long _count;

    readonly Lock _gate = new();
    readonly WeakReference<Tensor?> _read = new(null);
    HostData _storage;
    long _version;
    bool _shared;

    /// <summary>Makes a variable that holds a value.</summary>
    /// <param name="value">The first value; its dtype and shape stay the variable's.</param>
    /// <param name="trainable">Whether optimizers update it. Default true.</param>
    /// <param name="name">The name. Default <c>variable</c> and a number.</param>
    /// <exception cref="InvalidOperationException">The value depends on an <c>Input</c>.</exception>
    public Variable(Tensor value, bool trainable = true, string? name = null)
        : this((value ?? throw new ArgumentNullException(nameof(value))).Type, HostData.Of<byte>(Evaluator.EvaluateOutsideOfTrace(value).Span), trainable, name)
    {
    }

    /// <summary>Makes a variable of memory that nobody else holds.</summary>
    internal Variable(TensorType type, HostData storage, bool trainable, string? name)
    {
        Id = Interlocked.Increment(ref _count);
        Name = name ?? $"variable_{Id}";
        Path = Name;
        Trainable = trainable;
        (Type, _storage) = (type, storage);
    }

    /// <summary>The last part of the path, such as <c>kernel</c>.</summary>
    public string Name { get; internal set; }

    /// <summary>The names of the owners and of the variable, such as <c>mlp/dense/kernel</c>.</summary>
    public string Path { get; internal set; }

    /// <summary>Whether optimizers update it.</summary>
    public bool Trainable { get; set; }

    /// <summary>The element type.</summary>
    public DType DType => Type.DType;

    /// <summary>The shape.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>The rule for its values after each optimizer step, if any.</summary>
    public Constraint? Constraint { get; set; }

    /// <summary>The penalty on its values that joins the loss, if any.</summary>
    public Regularizer? Regularizer { get; set; }

    /// <summary>Whether a layer that computes in another dtype reads it in that dtype.</summary>
    internal bool Autocast { get; set; } = true;

    internal long Id { get; }

    internal TensorType Type { get; }

    /// <summary>The memory that holds the value now.</summary>
    internal HostData Storage => Volatile.Read(ref _storage);

    /// <summary>The value as it is now, in the compute dtype of the layer that is being called.</summary>
    public Tensor Value => Autocast && Keras.Autocast.Current is { } dtype && DType.IsFloating() ? Ops.Cast(Read(), dtype) : Read();

    /// <summary>The value as it is now: within a traced step the last one assigned there, else a snapshot.</summary>
    internal Tensor Read() => Trace.Current is { } trace ? trace.Read(this) : Snapshot();

    Tensor Snapshot()
    {
        lock (_gate)
        {
            if (_read.TryGetTarget(out var read)) return read;
            read = new VariableRead(this, _version).On();
            // The snapshot shares the memory until a step overwrites it in place: see BeforeOverwrite.
            read.Value = _storage;
            _read.SetTarget(read);
            return read;
        }
    }

    /// <summary>Gives the variable a new value. Outside of a compiled step at once; inside, at the step's end.</summary>
    /// <param name="value">The new value; it is cast to the variable's dtype.</param>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    public void Assign(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Check(value);
        value = Ops.Cast(value, DType);
        if (Trace.Current is { } trace) trace.Assign(this, value);
        else Replace(value.EvaluateToKeep());
    }

    void Check(Tensor value)
    {
        if (!value.Shape.Matches(Shape))
            throw Errors.Argument($"Variable \"{Path}\"", "the shape of the new value is another one", Shape, value.Shape);
    }

    /// <summary>Assigns several variables in one run, so that what their values share is computed once. All or none.</summary>
    internal static void AssignAll(IReadOnlyList<(Variable Variable, Tensor Value)> updates)
    {
        foreach (var (variable, value) in updates) variable.Check(value);
        if (Trace.Current is null)
            Evaluator.Evaluate([.. updates.Select(u => u.Value)]);
        foreach (var (variable, value) in updates) variable.Assign(value);
    }

    internal void Replace(HostData data)
    {
        lock (_gate)
        {
            // The data may belong to a tensor that lives on; it is shared until a step writes in place.
            _storage = data;
            _version++;
            _read.SetTarget(null);
            _shared = true;
        }
    }

    /// <summary>Says that others than the snapshot hold the storage from now on.</summary>
    internal void Share()
    {
        lock (_gate) _shared = true;
    }

    /// <summary>Makes the storage this variable's own before a step writes into it: who saw the old value keeps it.</summary>
    internal HostData BeforeOverwrite()
    {
        lock (_gate)
        {
            if (_shared || _read.TryGetTarget(out _))
            {
                _storage = HostData.Of<byte>(_storage.Span);
                _read.SetTarget(null);
                _shared = false;
            }
            _version++;
            return _storage;
        }
    }

    /// <summary>Path, dtype, shape.</summary>
    public override string ToString() => $"{Path}: {Type}";
}
