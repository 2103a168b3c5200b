namespace Keras;

/// <summary>Makes a plan of a lowered graph: order, views, updates in place, lifetimes, arena offsets.</summary>
sealed class Planner
{
    const int Alignment = 64;

    readonly Device _device;
    readonly List<Draft> _slots = [];
    readonly List<Step> _steps = [];
    readonly Dictionary<Tensor, int[]> _slotsOf = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<Variable, int> _variables = [];
    readonly Tensor[] _arguments;

    Planner(Device device, Tensor[] arguments) => (_device, _arguments) = (device, arguments);

    /// <param name="device">Where the plan runs.</param>
    /// <param name="arguments">The placeholders, in the order in which they will be set.</param>
    /// <param name="results">What to compute.</param>
    /// <param name="updates">What to assign at the end.</param>
    internal static Plan Build(Device device, Tensor[] arguments, Tensor[] results, IReadOnlyList<(Variable Variable, Tensor Value)> updates)
    {
        var roots = Lowering.Lower(device, [.. results, .. updates.Select(u => u.Value)]);
        var planner = new Planner(device, arguments);
        foreach (var node in Graphs.Order(roots)) planner.Place(node);
        for (var i = 0; i < results.Length; i++) planner.Result(i, roots[i]);
        planner.Update([.. updates.Select((u, i) => (u.Variable, planner._slotsOf[roots[results.Length + i]][0]))]);
        planner.ShareInPlace();
        var bytes = planner.Arrange();
        return planner.Finish(bytes, [.. results.Select(r => r.Type)], updates);
    }

    void Place(Tensor node)
    {
        _slotsOf[node] = node.Op switch
        {
            Constant constant => [New(SlotKind.Constant, 0, constant.Data)],
            Placeholder => [New(SlotKind.Argument, ArgumentIndex(node))],
            VariableRead read => [VariableSlot(read.Variable)],
            Part part => [_slotsOf[node.Inputs[0]][part.Index]],
            _ => Compute(node),
        };
    }

    int ArgumentIndex(Tensor node)
    {
        var index = Array.FindIndex(_arguments, a => a.Op.Equals(node.Op));
        return index >= 0
            ? index
            : throw Errors.Invalid($"Input \"{node.Op.Name}\"", "an Input has no value of its own", "a tensor of values", node,
                "Call the model on data, or use Predict.");
    }

    int VariableSlot(Variable variable)
    {
        if (!_variables.TryGetValue(variable, out var slot))
            _variables[variable] = slot = New(SlotKind.Variable, _variables.Count);
        return slot;
    }

    int[] Compute(Tensor node)
    {
        var types = node.Inputs.ToArray().Select(i => i.Type).ToArray();
        var kernel = _device.Prepare(node.Op, types, node.Type)
            ?? throw Errors.Unsupported(node.Op.Name, $"the device \"{_device}\" has no kernel", "another dtype or device",
                string.Join(", ", types));
        var inputs = node.Inputs.ToArray().Select(i => _slotsOf[i][0]).ToArray();
        if (ReferenceEquals(kernel, Kernel.View)) return [inputs[0]];
        var parts = node.Type.IsTuple ? node.Type.Parts.ToArray() : [node.Type];
        var outputs = parts.Select(p => New(SlotKind.Arena, 0, bytes: p.Bytes)).ToArray();
        Add(node.Op, kernel, inputs, outputs);
        return outputs;
    }

    void Add(Op op, Kernel kernel, int[] inputs, int[] outputs)
    {
        var scratch = kernel.Scratch > 0 ? New(SlotKind.Arena, 0, bytes: kernel.Scratch) : -1;
        foreach (var slot in scratch < 0 ? [.. inputs, .. outputs] : (int[])[.. inputs, .. outputs, scratch])
            _slots[slot].Live(_steps.Count);
        _steps.Add(new Step(op, kernel, inputs, outputs, scratch));
    }

    int New(SlotKind kind, int index, HostData? data = null, long bytes = 0)
    {
        _slots.Add(new Draft { Kind = kind, Index = index, Data = data, Bytes = bytes });
        return _slots.Count - 1;
    }

    void Result(int index, Tensor root)
    {
        var slot = _slotsOf[root][0];
        if (_slots[slot].Kind == SlotKind.Arena)
            (_slots[slot].Kind, _slots[slot].Index) = (SlotKind.Result, index);
        else
            Copy(root.Type, slot, New(SlotKind.Result, index));
    }

    void Copy(TensorType type, int from, int to)
    {
        var kernel = _device.Prepare(new Copy(), [type], type)!;
        Add(new Copy(), kernel, [from], [to]);
    }

    /// <summary>Writes new values where the variables are: by the kernel that makes them where no one needs the old value
    /// any more, else by a copy at the end.</summary>
    void Update((Variable Variable, int Slot)[] updates)
    {
        var copies = new List<(Variable Variable, int From)>();
        var steps = _steps.Count;
        foreach (var (variable, slot) in updates)
        {
            var target = VariableSlot(variable);
            if (slot == target) continue;
            // Where another update takes this variable's old value, that one must be saved first.
            var wanted = updates.Any(u => u.Slot == target);
            if (!wanted && updates.Count(u => u.Slot == slot) == 1 && CanWriteInto(slot, target)) _slots[slot].Same = target;
            else copies.Add((variable, slot));
        }
        // A value that is itself a variable's old one is saved before the copies begin.
        for (var i = 0; i < copies.Count; i++)
        {
            if (_slots[copies[i].From].Kind != SlotKind.Variable) continue;
            var saved = New(SlotKind.Arena, 0, bytes: copies[i].Variable.Type.Bytes);
            Copy(copies[i].Variable.Type, copies[i].From, saved);
            copies[i] = (copies[i].Variable, saved);
        }
        foreach (var (variable, from) in copies) Copy(variable.Type, from, VariableSlot(variable));
    }

    bool CanWriteInto(int slot, int target)
    {
        if (_slots[slot].Kind != SlotKind.Arena || _slots[slot].First < 0) return false;
        var maker = _steps[_slots[slot].First];
        var output = Array.IndexOf(maker.Outputs, slot);
        return _slots[target].Last < _slots[slot].First
            || (_slots[target].Last == _slots[slot].First && MayShare(maker, target, output));
    }

    static bool MayShare(Step step, int input, int output)
    {
        for (var i = 0; i < step.Inputs.Length; i++)
            if (step.Inputs[i] == input && !step.Kernel.InPlace.Contains((i, output))) return false;
        return output >= 0;
    }

    void ShareInPlace()
    {
        for (var s = 0; s < _steps.Count; s++)
            foreach (var (input, output) in _steps[s].Kernel.InPlace)
                TryShare(_steps[s], s, input, output);
    }

    void TryShare(Step step, int index, int input, int output)
    {
        var (from, to) = (Root(step.Inputs[input]), step.Outputs[output]);
        if (_slots[to].Kind != SlotKind.Arena || _slots[to].Same >= 0 || _slots[from].Kind != SlotKind.Arena) return;
        if (_slots[from].Last != index || _slots[from].Bytes != _slots[to].Bytes) return;
        for (var i = 0; i < step.Inputs.Length; i++)
            if (Root(step.Inputs[i]) == from && !step.Kernel.InPlace.Contains((i, output))) return;
        _slots[to].Same = from;
        _slots[from].Last = _slots[to].Last;
    }

    int Root(int slot)
    {
        var root = slot;
        while (_slots[root].Same >= 0) root = _slots[root].Same;
        // Chains are shortened as they are walked: a long graph in place would else cost its length squared.
        while (_slots[slot].Same >= 0) (slot, _slots[slot].Same) = (_slots[slot].Same, root);
        return root;
    }

    /// <summary>Gives each arena slot an offset, the largest first, at the lowest place that is free while it lives.</summary>
    long Arrange()
    {
        var placed = new List<Draft>();
        long total = 0;
        foreach (var slot in _slots.Where(s => s.Kind == SlotKind.Arena && s.Same < 0 && s.First >= 0).OrderByDescending(s => s.Bytes))
        {
            long offset = 0;
            foreach (var other in placed.Where(o => o.First <= slot.Last && slot.First <= o.Last).OrderBy(o => o.Offset))
            {
                if (offset + slot.Aligned <= other.Offset) break;
                offset = Math.Max(offset, other.Offset + other.Aligned);
            }
            slot.Offset = offset;
            total = Math.Max(total, offset + slot.Aligned);
            placed.Add(slot);
        }
        return total;
    }

    Plan Finish(long arenaBytes, TensorType[] results, IReadOnlyList<(Variable Variable, Tensor Value)> updates)
    {
        var final = new Slot[_slots.Count];
        for (var i = 0; i < final.Length; i++)
        {
            // A slot that shares another's memory is named by no step any more.
            var slot = _slots[i];
            final[i] = slot.Same >= 0 ? default : new Slot(slot.Kind, slot.Index, slot.Offset, slot.Data);
        }
        var map = Enumerable.Range(0, final.Length).Select(Root).ToArray();
        var steps = _steps.Select(s => s with
        {
            Inputs = [.. s.Inputs.Select(i => map[i])],
            Outputs = [.. s.Outputs.Select(i => map[i])],
        });
        var variables = _variables.OrderBy(v => _slots[v.Value].Index).Select(v => v.Key).ToArray();
        var updated = updates.Select(u => u.Variable).ToHashSet();
        return new Plan(_device, [.. steps], final, arenaBytes, variables, [.. variables.Select(updated.Contains)], results);
    }

    sealed class Draft
    {
        internal SlotKind Kind;
        internal int Index, First = -1, Last = -1, Same = -1;
        internal long Bytes, Offset;
        internal HostData? Data;

        internal long Aligned => (Math.Max(Bytes, 1) + Alignment - 1) / Alignment * Alignment;

        internal void Live(int step)
        {
            if (First < 0) First = step;
            Last = step;
        }
    }
}
