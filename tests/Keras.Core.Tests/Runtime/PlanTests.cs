using System.Runtime.InteropServices;
using Keras.Kernels.Cpu;

namespace Keras.Core.Tests.Runtime;

public class PlanTests
{
    static Tensor Unset(params int[] dims) => new Placeholder(new TensorType(DType.Float32, Shape.Of(dims)), "x").On();

    static Plan Plan(Tensor[] arguments, params Tensor[] results) => Planner.Build(Device.Default, arguments, results, []);

    static string[] Names(Plan plan) => [.. plan.Steps.Select(s => s.Op.Name)];

    [Test]
    public void Equal_nodes_are_one()
    {
        var x = Unset(4);
        var plan = Plan([x], Ops.Sum(Ops.Exp(x)) * Ops.Max(Ops.Exp(x)));
        Assert.That(Names(plan).Count(n => n == "Exp"), Is.EqualTo(1));
        Assert.That(plan.Steps, Has.Count.EqualTo(4));
    }

    [Test]
    public void Constants_are_folded()
    {
        var x = Unset(4);
        var constant = Ops.Exp(Ops.Full([4], 2.0)) * 3;
        Assert.That(Names(Plan([x], x + constant)), Is.EqualTo(new[] { "Add" }));
    }

    [Test]
    public void What_no_result_needs_is_left_out()
    {
        var x = Unset(4);
        _ = Ops.Exp(x);
        var (result, updates) = Trace.Run(() =>
        {
            _ = Ops.Log(x) * 5;
            return Ops.Sin(x);
        });
        Assert.That(updates, Is.Empty);
        Assert.That(Names(Plan([x], result)), Is.EqualTo(new[] { "Sin" }));
    }

    [Test]
    public void Casts_reshapes_and_transposes_that_do_nothing_are_left_out()
    {
        var x = Unset(2, 3);
        var y = Ops.Reshape(Ops.Reshape(Ops.Transpose(Ops.Cast(x, DType.Float32), (0, 1)), [6]), [2, 3]);
        Assert.That(Names(Plan([x], Ops.Exp(Ops.StopGradient(y)))), Is.EqualTo(new[] { "Exp" }));
    }

    [Test]
    public void Random_numbers_are_drawn_anew_each_time()
    {
        var step = new CompiledFunction(_ => [Random.Uniform([4]), Random.Uniform([4])]);
        var first = step.Invoke();
        var second = step.Invoke();
        Assert.That(first[0].ToArray<float>(), Is.Not.EqualTo(first[1].ToArray<float>()));
        Assert.That(first[0].ToArray<float>(), Is.Not.EqualTo(second[0].ToArray<float>()));
    }

    [Test]
    public void Elementwise_steps_write_where_they_read_but_never_into_an_argument()
    {
        var x = Unset(1000);
        var plan = Plan([x], Ops.Exp(Ops.Sin(Ops.Cos(x))));
        Assert.That(plan.Steps, Has.Count.EqualTo(3));
        Assert.That(plan.Steps[1].Outputs, Is.EqualTo(plan.Steps[1].Inputs));
        Assert.That(plan.Steps[0].Outputs, Is.Not.EqualTo(plan.Steps[0].Inputs));
        var argument = Tensor.Of<float>([.. Enumerable.Repeat(1f, 1000)], [1000]);
        new CompiledFunction(a => [Ops.Exp(Ops.Sin(a[0]))]).Invoke(argument);
        Assert.That(argument.ToArray<float>(), Is.All.EqualTo(1f));
    }

    [Test]
    public void A_value_that_is_wanted_again_is_not_overwritten()
    {
        var x = Tensor.Of<float>([0.5f, 1, 2], [3]);
        var step = new CompiledFunction(a =>
        {
            var once = Ops.Exp(a[0]);
            var twice = Ops.Sin(once);
            return [twice + once, Ops.Cos(twice) * twice, once];
        });
        var got = step.Invoke(x).Select(t => t.ToArray<float>()).ToArray();
        for (var i = 0; i < 3; i++)
        {
            var once = MathF.Exp(x.ToArray<float>()[i]);
            var twice = MathF.Sin(once);
            Assert.That(new[] { got[0][i], got[1][i], got[2][i] }, Is.EqualTo(new[] { twice + once, MathF.Cos(twice) * twice, once }).Within(1e-5f));
        }
    }

    [Test]
    public void Memory_is_used_again()
    {
        const int Size = 64;
        var (x, w) = (Unset(Size, Size), Unset(Size, Size));
        var y = x;
        for (var i = 0; i < 20; i++) y = Ops.Matmul(y, w);
        var plan = Plan([x, w], y);
        long one = Size * Size * sizeof(float), sum = 19 * one;
        Assert.That(plan.ArenaBytes, Is.LessThanOrEqualTo((2 * one) + plan.Steps.Max(s => s.Kernel.Scratch) + 4096));
        Assert.That(plan.ArenaBytes, Is.LessThan(sum));
    }

    [Test]
    public void Bias_and_activation_join_the_product()
    {
        var (x, w, b) = (Unset(8, 5), Unset(5, 3), Unset(3));
        var plan = Plan([x, w, b], Ops.Relu(Ops.Matmul(x, w) + b));
        Assert.That(plan.Steps, Has.Count.EqualTo(1));
        Assert.That(plan.Steps[0].Op, Is.EqualTo(new MatMul(HasBias: true, Activation: Epilogue.Relu)));
    }

    [Test]
    public void Bias_and_activation_join_the_convolution()
    {
        var (x, k, b) = (Unset(2, 6, 6, 3), Unset(3, 3, 3, 4), Unset(4));
        Assert.That(Plan([x, k, b], Ops.Relu(Ops.Conv(x, k) + b)).Steps, Has.Count.EqualTo(1));
    }

    [Test]
    public void Transposes_are_read_by_the_product()
    {
        var (x, w) = (Unset(5, 8), Unset(3, 5));
        var plan = Plan([x, w], Ops.Matmul(Ops.Transpose(x), Ops.Transpose(w)));
        Assert.That(plan.Steps.Select(s => s.Op), Is.EqualTo(new[] { new MatMul(TransposeA: true, TransposeB: true) }));
    }

    [Test]
    public void A_product_that_is_wanted_itself_is_not_fused_away()
    {
        var (x, w, b) = (Unset(8, 5), Unset(5, 3), Unset(3));
        var product = Ops.Matmul(x, w);
        var plan = Plan([x, w, b], Ops.Relu(product + b), product);
        Assert.That(plan.Steps, Has.Count.EqualTo(3));
    }

    [Test]
    public void Fused_steps_equal_their_parts()
    {
        var random = new System.Random(3);
        Tensor Draw(params int[] dims) => Tensor.Of([.. Enumerable.Range(0, (int)Shape.Of(dims).Size).Select(_ => random.NextSingle() - 0.5f)], Shape.Of(dims));
        Tensor x = Draw(7, 5), w = Draw(9, 5), b = Draw(9);
        var fused = Ops.Relu(Ops.Matmul(x, Ops.Transpose(w)) + b).ToArray<float>();
        var product = Ops.Matmul(x, Tensor.Of(Ops.Transpose(w).ToArray<float>(), [5, 9])).ToArray<float>();
        var sum = (Tensor.Of(product, [7, 9]) + b).ToArray<float>();
        Assert.That(fused, Is.EqualTo(sum.Select(v => Math.Max(v, 0))).Within(1e-6f));
    }

    [Test]
    public void A_device_without_a_kernel_runs_the_parts()
    {
        var cpu = Device.Default;
        var x = Tensor.Of<float>([1, 2, 3, 0, -1, 5], [2, 3]);
        var labels = Tensor.Of<int>([2, 0], [2]);
        Tensor[] Compute()
        {
            Tensor[] results = [Ops.Softmax(x), Ops.LogSoftmax(x), Ops.SparseCategoricalCrossentropy(labels, x, fromLogits: true)];
            return [.. results, .. results.Select(r => Gradients.Of(Ops.Sum(Ops.Square(r)), [x])[0])];
        }
        var expected = Compute().Select(t => t.ToArray<float>()).ToArray();
        try
        {
            Device.Default = new WithoutFusedKernels((CpuDevice)cpu);
            var unset = Unset(2, 3);
            Assert.That(Plan([unset], Ops.Softmax(unset)).Steps.Count, Is.GreaterThan(2));
            var got = Compute().Select(t => t.ToArray<float>()).ToArray();
            for (var i = 0; i < got.Length; i++) Assert.That(got[i], Is.EqualTo(expected[i]).Within(1e-5f), $"result {i}");
        }
        finally
        {
            Device.Default = cpu;
        }
    }

    sealed unsafe class WithoutFusedKernels(CpuDevice cpu) : Device("plain")
    {
        internal override Kernel? Prepare(Op op, ReadOnlySpan<TensorType> inputs, TensorType output) =>
            op is Fused ? null : cpu.Prepare(op, inputs, output);

        private protected override nint AllocateCore(long bytes) => (nint)NativeMemory.AlignedAlloc((nuint)bytes, 64);

        private protected override void FreeCore(nint address) => NativeMemory.AlignedFree((void*)address);
    }
}
