using System.Runtime.CompilerServices;

namespace Keras;

/// <summary>Turns a graph as users build it into one that a device runs: equal nodes become one, constants are folded,
/// ops without a kernel are decomposed, then neighbours are fused. What no root needs was never visited.</summary>
sealed class Lowering
{
    const long MaxFoldedBytes = 1 << 20;

    readonly Device _device;
    readonly Dictionary<NodeKey, Tensor> _unique = [];

    Lowering(Device device) => _device = device;

    internal static Tensor[] Lower(Device device, ReadOnlySpan<Tensor> roots)
    {
        var lowering = new Lowering(device);
        var lowered = Graphs.Map(roots, lowering.Rebuild, node => node.Value is not null);
        return Graphs.Map(Fusion.Apply(lowered), (node, inputs) => lowering.Unique(node.Op, inputs, node.Type));
    }

    Tensor Rebuild(Tensor node, Tensor[] inputs)
    {
        if (node.Value is { } value) return Unique(new Constant(node.Type, value), [], node.Type);
        switch (node.Op)
        {
            case Leaf: return Unique(node.Op, [], node.Type);
            case Reshape { Kept.Count: > 0 }: return Rebuild(new Tensor(new Reshape(node.Type.Shape), inputs, node.Type), inputs);
            case Identity or StopGradient or CustomGradient: return inputs[0];
            case Part part when inputs[0].Op is Pack: return inputs[0].Inputs[part.Index];
            case Reshape or BroadcastTo or Cast or Transpose { IsNothing: true } when inputs[0].Type == node.Type: return inputs[0];
            case Reshape when inputs[0].Op is Reshape: return Rebuild(node, inputs[0].Inputs.ToArray());
            case Part or Pack or Control: return Unique(node.Op, inputs, node.Type);
        }
        var types = new TensorType[inputs.Length];
        for (var i = 0; i < types.Length; i++) types[i] = inputs[i].Type;
        if (_device.Prepare(node.Op, types, node.Type) is null && (Widen(node, inputs) ?? node.Op.Decompose(inputs)) is { } simpler)
            return Graphs.Map([simpler.Type == node.Type ? simpler : throw OtherType(node, simpler)],
                (n, ins) => inputs.Contains(n) ? n : Rebuild(n, ins), inputs.Contains)[0];
        return CanFold(node, inputs)
            ? Tensor.Literal(node.Type, Evaluator.EvaluateOutsideOfTrace(new Tensor(node.Op, inputs, node.Type)))
            : Unique(node.Op, inputs, node.Type);
    }

    // A kernel would write beside what was planned for the op.
    static InvalidOperationException OtherType(Tensor node, Tensor simpler) => new($"{node.Op.Name} of {node.Type} decomposes into {simpler.Type}.");

    /// <summary>An op that has no kernel for half precision or less, computed in single precision and rounded.</summary>
    static Tensor? Widen(Tensor node, Tensor[] inputs)
    {
        if (node.Type.IsTuple || !Array.Exists(inputs, IsHalf)) return null;
        return Ops.Cast(node.Op.On([.. inputs.Select(i => IsHalf(i) ? Ops.Cast(i, DType.Float32) : i)]), node.DType);
    }

    static bool IsHalf(Tensor x) => x.DType is DType.Float16 or DType.BFloat16 || x.DType.IsFloat8();

    static bool CanFold(Tensor node, Tensor[] inputs) => inputs.Length > 0 && !node.Type.IsTuple && node.Op.IsPure
        && Array.TrueForAll(inputs, i => i.Op is Constant) && node.Type.Bytes <= MaxFoldedBytes;

    Tensor Unique(Op op, Tensor[] inputs, TensorType type)
    {
        if (!op.IsPure) return new Tensor(op, inputs, type);
        var key = new NodeKey(op, inputs);
        if (!_unique.TryGetValue(key, out var node)) _unique[key] = node = new Tensor(op, inputs, type);
        return node;
    }

    readonly struct NodeKey(Op op, Tensor[] inputs) : IEquatable<NodeKey>
    {
        readonly Op _op = op;
        readonly Tensor[] _inputs = inputs;

        public bool Equals(NodeKey other)
        {
            if (_inputs.Length != other._inputs.Length || !_op.Equals(other._op)) return false;
            for (var i = 0; i < _inputs.Length; i++)
                if (!ReferenceEquals(_inputs[i], other._inputs[i])) return false;
            return true;
        }

        public override bool Equals(object? obj) => obj is NodeKey other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(_op);
            foreach (var input in _inputs) hash.Add(RuntimeHelpers.GetHashCode(input));
            return hash.ToHashCode();
        }
    }
}
