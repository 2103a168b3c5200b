namespace Keras;

/// <summary>Runs a model forward. Plans and weights are shared by all threads; each run has a workspace of its own.</summary>
sealed class Predictor
{
    readonly Model _model;
    volatile StructureEntry[] _structures = [];
    volatile SpanEntry[] _spans = [];

    internal Predictor(Model model) => _model = model;

    internal Nest Run(ArrayData data, int verbose, IEnumerable<Callback>? callbacks, CancellationToken cancellation)
    {
        _model.Graph?.CheckBatches(data);
        var (function, outputs) = For(data.X);
        var list = new CallbackList(callbacks, _model, new FitParameters(verbose, 1, data.Steps), progress: verbose == 0 ? null : new Callbacks.ProgbarLogger());
        HostData[]? whole = null;
        TensorType[] types = [];
        list.OnPredictBegin();
        var (execution, count) = (_model.Execution, Math.Max(1, data.Steps));
        for (int first = 0, end; first < count; first = end)
        {
            end = execution.Next(first, count);
            list.OnPredictBatchBegin(first, new Logs());
            for (var step = first; step < end; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                var batch = data.Batch(step);
                var results = execution.Eagerly ? _model.Apply(data.X.Pack(ArrayData.Kept(batch)), training: false).Flatten() : Replay(function, batch, cancellation);
                types = [.. results.Select(r => r.Type.As(r.Shape.With(0, data.Samples)))];
                whole ??= [.. types.Select(t => new HostData(t.Bytes))];
                for (var i = 0; i < whole.Length; i++) Put(results[i].Evaluate(), whole[i], types[i], step * data.BatchSize);
            }
            list.OnPredictBatchEnd(execution.Last(first), new Logs());
        }
        list.OnPredictEnd();
        return outputs.Pack([.. types.Select((t, i) => Tensor.Literal(t, whole![i]))]);
    }

    static Tensor[] Replay(CompiledFunction function, ReadOnlySpan<Tensor> batch, CancellationToken cancellation)
    {
        var plan = function.PlanFor(batch);
        var results = plan.Results.Select(r => Tensor.Literal(r, new HostData(r.Bytes))).ToArray();
        CompiledFunction.Invoke(plan, batch, Array.ConvertAll(results, r => r.Value!), cancellation);
        return results;
    }

    /// <summary>The function for inputs of this structure, and the structure of its outputs.</summary>
    StructureEntry For(Nest x)
    {
        var structure = x.Structure;
        foreach (var known in _structures)
            if (known.Structure == structure) return known;
        // The structure is kept without the data.
        var symbols = x.Map(t => new Placeholder(t.Type.As(t.Shape.With(0, Shape.Unknown)), "x").On());
        var outputs = _model.Apply(symbols, training: false);
        var function = new CompiledFunction(batch => _model.Apply(symbols.Pack(batch), training: false).Flatten());
        var entry = new StructureEntry(function, outputs, structure);
        _structures = [.. _structures, entry];
        return entry;
    }

    static void Put(HostData part, HostData whole, TensorType type, int first)
    {
        if (part.Bytes == 0) return;
        var row = whole.Bytes / type.Shape[0];
        part.Span.CopyTo(whole.Span[(int)(first * row)..]);
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
        if (!_model.Inputs.IsTensor || !_model.Outputs.IsTensor)
            throw Errors.Invalid(_model.Who, "spans hold one input and one output", "a model with one of each", $"inputs {_model.Inputs}, outputs {_model.Outputs}");
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

    sealed record StructureEntry(CompiledFunction Function, Nest Outputs, string Structure)
    {
        internal void Deconstruct(out CompiledFunction function, out Nest outputs) => (function, outputs) = (Function, Outputs);
    }

    sealed record SpanEntry(Type In, Type Out, int InputLength, int OutputLength, Plan Plan);
}
