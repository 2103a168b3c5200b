namespace Keras;

/// <summary>Kernels of ops that have graphs of their own: each graph has a plan, which runs on the addresses of the outer one.</summary>
static unsafe class ControlKernels
{
    const int Alignment = 64;

    internal static Kernel Prepare(Device device, Control op, TensorType[] inputs) => op switch
    {
        Cond cond => Branch(Inner(device, cond.Then, inputs[1..]), Inner(device, cond.Else, inputs[1..])),
        While loop => Repeat(loop, Inner(device, loop.Condition, inputs), Inner(device, loop.Body, inputs), inputs),
        Scan scan => Iterate(scan, Inner(device, scan.Body, scan.BodyTypes(inputs)), inputs),
        _ => throw Errors.Unsupported(op.Name, "no kernel", "Cond, While or Scan", op),
    };

    static Plan Inner(Device device, Subgraph graph, TensorType[] types)
    {
        var fitting = graph.For(types);
        return Planner.Build(device, fitting.Parameters, fitting.Results, []);
    }

    static Kernel Branch(Plan yes, Plan no) => new((in KernelCall call) =>
    {
        var plan = *call.Input<byte>(0) != 0 ? yes : no;
        using var run = new Inside(plan);
        for (var i = 1; i < call.Inputs; i++) run.Argument(i - 1, call.Input<byte>(i));
        for (var i = 0; i < call.Outputs; i++) run.Result(i, call.Output<byte>(i));
        run.Go();
    });

    static Kernel Repeat(While loop, Plan condition, Plan body, TensorType[] inputs)
    {
        var sizes = Sizes(inputs.AsSpan(0, loop.Variables));
        var (offsets, total) = Offsets(sizes);
        return new Kernel((in KernelCall call) =>
        {
            using var test = new Inside(condition);
            using var step = new Inside(body);
            byte more;
            test.Result(0, &more);
            for (var i = sizes.Length; i < call.Inputs; i++)
            {
                test.Argument(i, call.Input<byte>(i));
                step.Argument(i, call.Input<byte>(i));
            }
            for (var i = 0; i < sizes.Length; i++) Copy(call.Input<byte>(i), call.Output<byte>(i), sizes[i]);
            // The variables go back and forth between the outputs and the scratch.
            var inScratch = false;
            for (long n = 0; n < (loop.MaximumIterations ?? long.MaxValue); n++)
            {
                for (var i = 0; i < sizes.Length; i++)
                {
                    test.Argument(i, Carry(call, i, offsets, inScratch ? 1 : 0));
                    step.Argument(i, Carry(call, i, offsets, inScratch ? 1 : 0));
                    step.Result(i, Carry(call, i, offsets, inScratch ? 0 : 1));
                }
                test.Go();
                if (more == 0) break;
                step.Go();
                inScratch = !inScratch;
            }
            for (var i = 0; inScratch && i < sizes.Length; i++) Copy(call.Scratch + offsets[i], call.Output<byte>(i), sizes[i]);
        }, Math.Max(total, 1));
    }

    static Kernel Iterate(Scan scan, Plan body, TensorType[] inputs)
    {
        var steps = scan.Steps(inputs);
        var carries = Sizes(inputs.AsSpan(0, scan.Carries));
        var rows = Sizes(scan.BodyTypes(inputs).AsSpan(scan.Carries, scan.Sequences));
        var results = Sizes(body.Results.AsSpan(scan.Carries));
        var (offsets, total) = Offsets(carries);
        return new Kernel((in KernelCall call) =>
        {
            for (var i = 0; steps == 0 && i < carries.Length; i++) Copy(call.Input<byte>(i), call.Output<byte>(i), carries[i]);
            using var run = new Inside(body);
            for (var i = scan.Carries + scan.Sequences; i < call.Inputs; i++) run.Argument(i, call.Input<byte>(i));
            for (var i = 0; i < carries.Length; i++) run.Argument(i, call.Input<byte>(i));
            for (var n = 0; n < steps; n++)
            {
                long row = scan.Reverse ? steps - 1 - n : n;
                for (var i = 0; i < rows.Length; i++) run.Argument(scan.Carries + i, call.Input<byte>(scan.Carries + i) + (row * rows[i]));
                for (var i = 0; i < results.Length; i++) run.Result(scan.Carries + i, call.Output<byte>(scan.Carries + i) + (row * results[i]));
                // The last step writes to the outputs, the one before it to the scratch, and so on.
                for (var i = 0; i < carries.Length; i++) run.Result(i, Carry(call, i, offsets, steps - 1 - n));
                run.Go();
                for (var i = 0; i < carries.Length; i++) run.Argument(i, Carry(call, i, offsets, steps - 1 - n));
            }
        }, Math.Max(total, 1));
    }

    static byte* Carry(in KernelCall call, int index, long[] offsets, int left) => left % 2 == 0 ? call.Output<byte>(index) : call.Scratch + offsets[index];

    static void Copy(byte* from, byte* to, long bytes) => Buffer.MemoryCopy(from, to, bytes, bytes);

    static long[] Sizes(ReadOnlySpan<TensorType> types)
    {
        var sizes = new long[types.Length];
        for (var i = 0; i < sizes.Length; i++) sizes[i] = types[i].Bytes;
        return sizes;
    }

    static (long[] Offsets, long Total) Offsets(long[] sizes)
    {
        var (offsets, total) = (new long[sizes.Length], 0L);
        for (var i = 0; i < sizes.Length; i++)
        {
            offsets[i] = total;
            total += (sizes[i] + Alignment - 1) / Alignment * Alignment;
        }
        return (offsets, total);
    }

    /// <summary>A workspace for the runs of an inner plan within one call.</summary>
    readonly ref struct Inside(Plan plan)
    {
        readonly Workspace _workspace = plan.Rent();

        internal void Argument(int index, byte* address) => _workspace.Set(SlotKind.Argument, index, (nint)address);

        internal void Result(int index, byte* address) => _workspace.Set(SlotKind.Result, index, (nint)address);

        internal void Go() => plan.Run(_workspace);

        public void Dispose() => plan.Return(_workspace, keep: true);
    }
}
