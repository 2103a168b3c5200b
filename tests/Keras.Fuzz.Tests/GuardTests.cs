using System.Runtime.InteropServices;

namespace Keras.Fuzz.Tests;

/// <summary>The guards see what they are there for.</summary>
[NonParallelizable]
sealed unsafe class GuardTests
{
    static readonly TensorType Four = new(DType.Float32, [4]);

    static IEnumerable<TestCaseData> Faults =>
    [
        new TestCaseData((KernelBody)((in KernelCall call) => call.Output<float>()[4] = 1), "writes beside its output"),
        new TestCaseData((KernelBody)((in KernelCall call) => call.Output<float>()[-1] = 1), "writes beside its output"),
        new TestCaseData((KernelBody)((in KernelCall call) => call.Input<float>(0)[4] = 1), "writes beside its input"),
        new TestCaseData((KernelBody)((in KernelCall call) => call.Input<float>(0)[0] += 1), "writes into its input"),
        new TestCaseData((KernelBody)((in KernelCall call) => call.Output<float>()[0] = call.Input<float>(0)[4]), "reads what was never written"),
        new TestCaseData((KernelBody)((in KernelCall call) => call.Output<float>()[0] = *(float*)call.Scratch), "reads what was never written"),
        new TestCaseData((KernelBody)((in KernelCall _) => { }), "reads what was never written"),
    ];

    [TestCaseSource(nameof(Faults))]
    public void A_kernel_that_touches_other_memory_is_seen(KernelBody fault, string message)
    {
        var device = new GuardedDevice(new Faulty(fault));
        Assert.That(() => Run(device), Throws.InstanceOf<GuardException>().With.Message.Contains(message));
    }

    [Test]
    public void A_kernel_that_keeps_to_its_memory_is_let_alone() =>
        Assert.That(Run(new GuardedDevice(new Faulty((in KernelCall call) =>
        {
            for (var i = 0; i < 4; i++) call.Output<float>()[i] = -call.Input<float>(0)[i];
        }))), Is.EqualTo(new[] { -1f, -2, -3, -4 }));

    static float[] Run(GuardedDevice device)
    {
        var input = new Placeholder(Four, "x").On();
        var plan = Planner.Build(device, [input], [new Negative().On(input)], []);
        var result = new HostData(Four.Bytes);
        CompiledFunction.Invoke(plan, [Tensor.Of([1f, 2, 3, 4], [4])], [result]);
        return result.As<float>().ToArray();
    }

    /// <summary>A device of one kernel.</summary>
    sealed class Faulty(KernelBody body) : Device("faulty")
    {
        internal override Kernel? Prepare(Op op, ReadOnlySpan<TensorType> inputs, TensorType output) => new(body, scratch: 64);

        private protected override nint AllocateCore(long bytes) => (nint)NativeMemory.AlignedAlloc((nuint)bytes, 64);

        private protected override void FreeCore(nint address) => NativeMemory.AlignedFree((void*)address);
    }
}
