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
    readonly Dictionary<Op, int> _arguments = [];

    Planner(Device device, Tensor[] arguments)
    {
        _device = device;
        for (var i = 0; i < arguments.Length; i++) _arguments[arguments[i].Op] = i;
    }

    /// <param name="device">Where the plan runs.</param>
    /// <param name="arguments">The placeholders, in the order in which they will be set.</param>
    /// <param name="results">What to compute.</param>
    /// <param name="updates">What to assign at the end.</param>
    internal static Plan Build(Device device, Tensor[] arguments, Tensor[] results, IReadOnlyList<(Variable Variable, Tensor Value)> updates)
    {
        var roots = Lowering.Lower(device, [.. results, .. updates.Select(u => u.Value)]);
        var planner = new Planner(device, arguments);
        foreach (var node in Graphs.Order(roots)) planner.Place(node);
        for (var i = 0; i < results.Length; i++)
        {
            // A kernel would write beside the memory of the result.
            if (roots[i].Type != results[i].Type) throw new InvalidOperationException($"{results[i].Op.Name} of {results[i].Type} is lowered to {roots[i].Type}.");
            planner.Result(i, roots[i]);
        }
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
            Placeholder => [New(SlotKind.Argument, _arguments.TryGetValue(node.Op, out var index) ? index : throw Evaluator.HasNoValue(node))],
            VariableRead read => [VariableSlot(read.Variable)],
            Part part => [_slotsOf[node.Inputs[0]][part.Index]],
            _ => Compute(node),
        };
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
        var kernel = (node.Op is Control control ? ControlKernels.Prepare(_device, control, types) : _device.Prepare(node.Op, types, node.Type))
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

    /// <summary>Gives each arena slot an offset: as the steps go by, the smallest gap that is large enough, and back when its last reader is done.</summary>
    long Arrange()
    {
        var born = new List<Draft>?[_steps.Count];
        var dying = new List<Draft>?[_steps.Count];
        foreach (var slot in _slots)
        {
            if (slot.Kind != SlotKind.Arena || slot.Same >= 0 || slot.First < 0) continue;
            (born[slot.First] ??= []).Add(slot);
            (dying[slot.Last] ??= []).Add(slot);
        }
        var arena = new ArenaLayout();
        for (var step = 0; step < _steps.Count; step++)
        {
            foreach (var slot in born[step] ?? []) slot.Offset = arena.Take(slot.Aligned);
            foreach (var slot in dying[step] ?? []) arena.Give(slot.Offset, slot.Aligned);
        }
        return arena.Size;
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

/// <summary>Offsets in memory that is still to be allocated: gaps are reused, neighbouring ones are joined.</summary>
sealed class ArenaLayout
{
    const long MaxSize = 1L << 60;

    // By offset; what lies behind Size is free without end.
    readonly SortedList<long, long> _gaps = [];

    internal long Size { get; private set; }

    long End { get; set; }

    internal long Take(long size)
    {
        var best = -1;
        for (var i = 0; i < _gaps.Count; i++)
            if (_gaps.Values[i] >= size && (best < 0 || _gaps.Values[i] < _gaps.Values[best])) best = i;
        var offset = best < 0 ? End : _gaps.Keys[best];
        if (best < 0) End = size <= MaxSize - End ? End + size : throw new DeviceOutOfMemoryException("workspace", size);
        else
        {
            var left = _gaps.Values[best] - size;
            _gaps.RemoveAt(best);
            if (left > 0) _gaps.Add(offset + size, left);
        }
        Size = Math.Max(Size, End);
        return offset;
    }

    internal void Give(long offset, long size)
    {
        var at = 0;
        while (at < _gaps.Count && _gaps.Keys[at] < offset) at++;
        if (at < _gaps.Count && _gaps.Keys[at] == offset + size)
        {
            size += _gaps.Values[at];
            _gaps.RemoveAt(at);
        }
        if (at > 0 && _gaps.Keys[at - 1] + _gaps.Values[at - 1] == offset)
        {
            offset = _gaps.Keys[at - 1];
            size += _gaps.Values[at - 1];
            _gaps.RemoveAt(at - 1);
        }
        if (offset + size == End) End = offset;
        else _gaps.Add(offset, size);
    }
}
