using Keras.Kernels.Cpu;

namespace Keras.Kernels.Tests.Table;

/// <summary>No op without a row, a kernel, and a gradient or a reason.</summary>
sealed class CompletenessTests
{
    static readonly CpuDevice Device = new();

    static IEnumerable<Type> Ops => typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract).OrderBy(t => t.Name);

    static IEnumerable<Type> Tabled => Ops.Where(t => OpTable.Rows.Any(r => r.Op == t));

    [Test]
    public void Every_op_has_a_row() =>
        Assert.That(Ops.Where(t => !OpTable.WithoutRow.Contains(t)).Except(Tabled).Select(t => t.Name), Is.Empty);

    [Test]
    public void No_op_is_excused_without_need() =>
        Assert.That(OpTable.WithoutRow.Intersect(Tabled).Concat(OpTable.WithoutRow.Where(t => !Ops.Contains(t))), Is.Empty);

    [TestCaseSource(nameof(Tabled))]
    public void Every_op_has_a_kernel_or_a_decomposition(Type op)
    {
        foreach (var row in OpTable.Rows.Where(r => r.Op == op))
            foreach (var dtype in row.DTypes.Where(d => d is not (DType.Float16 or DType.BFloat16)))
                foreach (var node in Nodes(row, dtype))
                {
                    var types = node.Inputs.ToArray().Select(i => i.Type).ToArray();
                    Assert.That(Device.Prepare(node.Op, types, node.Type) is not null || node.Op.Decompose(node.Inputs) is not null, Is.True, () => $"{row} {dtype.Name()}");
                }
    }

    [TestCaseSource(nameof(Tabled))]
    public void Every_op_has_a_gradient_or_a_reason(Type op)
    {
        var differentiable = OpTable.Rows.Any(r => r.Op == op && r.Order > 0);
        var reason = OpTable.NotDifferentiable.Keys.Any(k => k == op || op.IsSubclassOf(k));
        Assert.That(differentiable, Is.Not.EqualTo(reason), "either tested gradients or a place on the list");
    }

    static IEnumerable<Tensor> Nodes(OpRow row, DType dtype)
    {
        var args = row.Cases[0];
        var inputs = OpRow.Draw(args, dtype);
        return Graphs.Order([row.Call([.. inputs.Select((x, i) => x.Tensor(args[i].In(dtype)))])]).Where(n => n.Op.GetType() == row.Op);
    }
}
