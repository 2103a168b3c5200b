namespace Keras;

/// <summary>Runs a model forward. Plans and weights are shared by all threads; each run has a workspace of its own.</summary>
sealed class Predictor
{
    readonly Model _model;
    readonly CompiledFunction _function;
    volatile Nest? _structure, _outputs;
    volatile SpanEntry[] _spans = [];

    internal Predictor(Model model)
    {
        _model = model;
        _function = new CompiledFunction(x => _model.Apply((_structure ?? x[0]).Pack(x), training: false).Flatten());
    }

    internal Nest Run(ArrayData data, int verbose, IEnumerable<Callback>? callbacks, CancellationToken cancellation)
    {
        Prepare(data.X);
        var list = new CallbackList(callbacks, _model, new FitParameters(verbose, 1, data.Steps), progress: verbose == 0 ? null : new Callbacks.ProgbarLogger());
        HostData[]? whole = null;
        TensorType[] types = [];
        list.OnPredictBegin();
        for (var step = 0; step < Math.Max(1, data.Steps); step++)
        {
            cancellation.ThrowIfCancellationRequested();
            list.OnPredictBatchBegin(step, new Logs());
            var batch = data.Batch(step);
            var plan = _function.PlanFor(batch);
            var results = plan.Results.Select(r => new HostData(r.Bytes)).ToArray();
            CompiledFunction.Invoke(plan, batch, results, cancellation);
            types = [.. plan.Results.Select(r => r.As(r.Shape.With(0, data.Samples)))];
            whole ??= [.. types.Select(t => new HostData(t.Bytes))];
            for (var i = 0; i < whole.Length; i++) Put(results[i], whole[i], types[i], step * data.BatchSize);
            list.OnPredictBatchEnd(step, new Logs());
        }
        list.OnPredictEnd();
        return _outputs!.Pack([.. types.Select((t, i) => Tensor.Literal(t, whole![i]))]);
    }

    static void Put(HostData part, HostData whole, TensorType type, int first)
    {
        if (part.Bytes == 0) return;
        var row = whole.Bytes / type.Shape[0];
        part.Span.CopyTo(whole.Span[(int)(first * row)..]);
    }

    void Prepare(Nest x)
    {
        if (_outputs is not null) return;
        _structure = x;
        _outputs = _model.Apply(x.Map(t => new Placeholder(t.Type.As(t.Shape.With(0, Shape.Unknown)), "x").On()), training: false);
    }

    internal unsafe void Run<TIn, TOut>(ReadOnlySpan<TIn> x, Span<TOut> destination) where TIn : unmanaged where TOut : unmanaged
    {
        var entry = Find<TIn, TOut>(x.Length) ?? Add<TIn, TOut>(x.Length);
        if (destination.Length < entry.OutputLength)
            throw Errors.Argument(_model.Who, "the destination is too short", $"{entry.OutputLength} elements", destination.Length);
        var workspace = entry.Plan.Rent();
        try
        {
            fixed (TIn* from = x)
            fixed (TOut* to = destination)
            {
                workspace.Set(SlotKind.Argument, 0, (nint)from);
                workspace.Set(SlotKind.Result, 0, (nint)to);
                entry.Plan.Run(workspace);
            }
        }
        finally
        {
            entry.Plan.Return(workspace, keep: true);
        }
    }

    SpanEntry? Find<TIn, TOut>(int length)
    {
        foreach (var entry in _spans)
            if (entry.InputLength == length && entry.In == typeof(TIn) && entry.Out == typeof(TOut)) return entry;
        return null;
    }

    SpanEntry Add<TIn, TOut>(int length) where TIn : unmanaged where TOut : unmanaged
    {
        var (input, output) = (_model.Inputs.Tensor.Type, _model.Outputs.Tensor.Type);
        if (input.DType != DTypes.Of<TIn>() || output.DType != DTypes.Of<TOut>())
            throw Errors.Argument(_model.Who, "the element types are not the model's", $"{input.DType.ClrType().Name} and {output.DType.ClrType().Name}",
                $"{typeof(TIn).Name} and {typeof(TOut).Name}");
        var sample = input.Shape.Slice(1, input.Shape.Rank - 1);
        if (!sample.IsKnown) throw Errors.Invalid(_model.Who, "the size of a sample is not known", "an Input with known dimensions", input.Shape);
        if (length == 0 || length % sample.Size != 0)
            throw Errors.Argument(_model.Who, "the input is not a whole number of samples", $"a multiple of {sample.Size} elements", length);
        Tensor x = new Placeholder(input.As(input.Shape.With(0, (int)(length / sample.Size))), "x").On();
        var plan = new CompiledFunction(xs => _model.Apply((Nest)xs[0], training: false).Flatten()).PlanFor([x]);
        var entry = new SpanEntry(typeof(TIn), typeof(TOut), length, (int)plan.Results[0].Shape.Size, plan);
        // A few batch sizes at most are remembered; the oldest gives way.
        _spans = [.. _spans.TakeLast(15), entry];
        return entry;
    }

    sealed record SpanEntry(Type In, Type Out, int InputLength, int OutputLength, Plan Plan);
}
