using System.Runtime.InteropServices;

namespace Keras.Fuzz.Tests;

/// <summary>A device of the CPU, each of whose kernels runs twice on copies of its memory with guards around them. What is written beside an array, into an
/// input, or not at all into an output, and what is read beside an array, shows in the guards or as a difference of the two runs.</summary>
sealed unsafe class GuardedDevice(Device inner) : Device("guarded")
{
    const int Guard = 64;
    // NaN and -1, and a small number: what is read where nothing was written differs.
    static readonly byte[] Fills = [0xFF, 0x3C];

    [ThreadStatic] static Memory? _memory;

    internal override Kernel? Prepare(Op op, ReadOnlySpan<TensorType> inputs, TensorType output)
    {
        var kernel = inner.Prepare(op, inputs, output);
        if (kernel is null || ReferenceEquals(kernel, Kernel.View)) return kernel;
        var layout = new Layout(op.Name, kernel, [.. inputs.ToArray().Select(i => i.Bytes)],
            [.. (output.IsTuple ? output.Parts.ToArray() : [output]).Select(o => o.Bytes)]);
        return new Kernel((in KernelCall call) => layout.Run(call), kernel.Scratch, kernel.InPlace);
    }

    private protected override nint AllocateCore(long bytes) => (nint)NativeMemory.AlignedAlloc((nuint)bytes, Guard);

    private protected override void FreeCore(nint address) => NativeMemory.AlignedFree((void*)address);

    static long Room(long bytes) => ((bytes + Guard - 1) / Guard * Guard) + (2 * Guard);

    sealed class Layout(string op, Kernel kernel, long[] inputs, long[] outputs)
    {
        readonly int[] _inputSlots = [.. Enumerable.Range(0, inputs.Length)];
        readonly int[] _outputSlots = [.. Enumerable.Range(inputs.Length, outputs.Length)];
        readonly long[] _sizes = kernel.Scratch > 0 ? [.. inputs, .. outputs, kernel.Scratch] : [.. inputs, .. outputs];
        readonly long _results = outputs.Sum();

        internal void Run(in KernelCall call)
        {
            var memory = _memory ??= new Memory();
            var total = _results;
            foreach (var size in _sizes) total += Room(size);
            var block = memory.Rent(total);
            var first = block + (total - _results);
            var addresses = stackalloc nint[_sizes.Length];
            for (var round = 0; round < Fills.Length; round++)
            {
                Once(call, block, addresses, Fills[round]);
                var at = first;
                for (var i = 0; i < outputs.Length; at += outputs[i++])
                {
                    var made = new ReadOnlySpan<byte>((void*)addresses[inputs.Length + i], (int)outputs[i]);
                    if (round == 0) made.CopyTo(new Span<byte>(at, (int)outputs[i]));
                    else if (!made.SequenceEqual(new ReadOnlySpan<byte>(at, (int)outputs[i])))
                        throw new GuardException($"{op} reads what was never written: output {i} differs from run to run");
                }
            }
            for (var i = 0; i < outputs.Length; i++)
                Buffer.MemoryCopy((void*)addresses[inputs.Length + i], call.Output<byte>(i), outputs[i], outputs[i]);
        }

        void Once(in KernelCall call, byte* block, nint* addresses, byte fill)
        {
            for (var i = 0; i < _sizes.Length; i++)
            {
                new Span<byte>(block, (int)Room(_sizes[i])).Fill(fill);
                addresses[i] = (nint)(block + Guard);
                if (i < inputs.Length) Buffer.MemoryCopy(call.Input<byte>(i), block + Guard, inputs[i], inputs[i]);
                block += Room(_sizes[i]);
            }
            var shared = stackalloc bool[inputs.Length];
            for (var i = 0; i < inputs.Length; i++)
                for (var k = 0; k < outputs.Length; k++)
                    if (inputs[i] > 0 && call.Input<byte>(i) == call.Output<byte>(k))
                        (addresses[inputs.Length + k], shared[i]) = (addresses[i], true);
            // Inputs of one address are one array, so that both are overwritten where one is.
            for (var i = 0; i < inputs.Length; i++)
                for (var k = 0; k < i; k++)
                    if (shared[k] && call.Input<byte>(i) == call.Input<byte>(k)) (addresses[i], shared[i]) = (addresses[k], true);
            kernel.Body(new KernelCall(addresses, _inputSlots, _outputSlots, kernel.Scratch > 0 ? _sizes.Length - 1 : -1));
            for (var i = 0; i < _sizes.Length; i++) Check(i, (byte*)addresses[i], fill);
            for (var i = 0; i < inputs.Length; i++)
                if (!shared[i] && !new ReadOnlySpan<byte>((void*)addresses[i], (int)inputs[i]).SequenceEqual(new ReadOnlySpan<byte>(call.Input<byte>(i), (int)inputs[i])))
                    throw new GuardException($"{op} writes into its input {i}");
        }

        void Check(int slot, byte* start, byte fill)
        {
            var before = new ReadOnlySpan<byte>(start - Guard, Guard);
            var after = new ReadOnlySpan<byte>(start + _sizes[slot], (int)(Room(_sizes[slot]) - Guard - _sizes[slot]));
            if (before.ContainsAnyExcept(fill) || after.ContainsAnyExcept(fill))
                throw new GuardException($"{op} writes beside its {(slot < inputs.Length ? "input" : slot < inputs.Length + outputs.Length ? "output" : "scratch")} (slot {slot} of {_sizes[slot]} bytes)");
        }
    }

    /// <summary>Native memory of a thread, as large as was asked for once.</summary>
    sealed class Memory
    {
        byte* _start;
        long _bytes;

        internal byte* Rent(long bytes)
        {
            if (bytes <= _bytes) return _start;
            NativeMemory.AlignedFree(_start);
            _bytes = bytes * 2;
            return _start = (byte*)NativeMemory.AlignedAlloc((nuint)_bytes, Guard);
        }

        ~Memory() => NativeMemory.AlignedFree(_start);
    }
}

/// <summary>A kernel touched memory that is not its own.</summary>
sealed class GuardException(string message) : Exception(message);
