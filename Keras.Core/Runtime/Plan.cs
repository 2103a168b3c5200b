namespace Keras;

/// <summary>What a memory slot of a plan is.</summary>
enum SlotKind { Arena, Argument, Variable, Constant, Result }

/// <summary>One kernel call of a plan; inputs, outputs and scratch are slots.</summary>
sealed record Step(Op Op, Kernel Kernel, int[] Inputs, int[] Outputs, int Scratch);

/// <summary>A graph made ready to run: kernel calls in order over slots of memory. Immutable, shared by any number of
/// concurrent runs, each of which has a workspace of its own.</summary>
sealed unsafe class Plan
{
    readonly Step[] _steps;
    readonly Slot[] _slots;
    readonly Variable[] _variables;
    readonly bool[] _overwritten;
    readonly Workspace?[] _idle = new Workspace?[Environment.ProcessorCount * 2];

    internal Plan(Device device, Step[] steps, Slot[] slots, long arenaBytes, Variable[] variables, bool[] overwritten, TensorType[] results)
    {
        (Device, _steps, _slots, ArenaBytes, _variables, _overwritten) = (device, steps, slots, arenaBytes, variables, overwritten);
        Results = results;
    }

    internal Device Device { get; }

    internal long ArenaBytes { get; }

    /// <summary>The types of the results, in the order in which they were asked for.</summary>
    internal TensorType[] Results { get; }

    internal IReadOnlyList<Step> Steps => _steps;

    internal Workspace Rent()
    {
        for (var i = 0; i < _idle.Length; i++)
            if (_idle[i] is not null && Interlocked.Exchange(ref _idle[i], null) is { } idle) return idle;
        return new Workspace(Device, _slots, ArenaBytes);
    }

    internal void Return(Workspace workspace, bool keep)
    {
        workspace.Release();
        for (var i = 0; keep && i < _idle.Length; i++)
            if (_idle[i] is null && Interlocked.CompareExchange(ref _idle[i], workspace, null) is null) return;
        workspace.Dispose();
    }

    /// <summary>Runs all kernels. Arguments and results have been set on the workspace. Updated variables change in place,
    /// after everything that can fail on bad data.</summary>
    /// <exception cref="OperationCanceledException">The token was set before the run: within one it is not looked at, so that
    /// no variable is updated without the others.</exception>
    internal void Run(Workspace workspace, CancellationToken cancellation = default)
    {
        for (var i = 0; i < _variables.Length; i++)
            workspace.Set(SlotKind.Variable, i, _overwritten[i] ? _variables[i].BeforeOverwrite() : _variables[i].Storage);
        cancellation.ThrowIfCancellationRequested();
        var addresses = workspace.Addresses;
        foreach (var step in _steps)
            step.Kernel.Body(new KernelCall(addresses, step.Inputs, step.Outputs, step.Scratch));
    }
}

/// <summary>A place of memory in a plan. <see cref="Offset"/> is that in the arena; <see cref="Index"/> that of the argument,
/// variable or result.</summary>
readonly record struct Slot(SlotKind Kind, int Index, long Offset, HostData? Data);

/// <summary>The memory of one run of a plan.</summary>
sealed unsafe class Workspace : IDisposable
{
    readonly Device _device;
    readonly HostData?[] _held;
    readonly int[] _argumentSlots, _variableSlots, _resultSlots;
    readonly long _bytes;
    nint _block;

    internal Workspace(Device device, Slot[] slots, long arenaBytes)
    {
        _device = device;
        _bytes = arenaBytes + ((long)slots.Length * sizeof(nint));
        _held = new HostData?[slots.Length];
        (_argumentSlots, _variableSlots, _resultSlots) = (Slots(slots, SlotKind.Argument), Slots(slots, SlotKind.Variable), Slots(slots, SlotKind.Result));
        _block = device.Arenas.Rent("workspace", _bytes);
        Addresses = (nint*)(_block + arenaBytes);
        for (var i = 0; i < slots.Length; i++)
        {
            Addresses[i] = slots[i].Kind switch
            {
                SlotKind.Arena => _block + (nint)slots[i].Offset,
                SlotKind.Constant => slots[i].Data!.Address,
                _ => 0,
            };
        }
    }

    ~Workspace() => Free();

    /// <summary>The address of each slot.</summary>
    internal nint* Addresses { get; }

    /// <summary>The slot of each argument, variable or result; -1 where an argument is not used.</summary>
    static int[] Slots(Slot[] slots, SlotKind kind)
    {
        var count = 0;
        foreach (var slot in slots)
            if (slot.Kind == kind) count = Math.Max(count, slot.Index + 1);
        var found = new int[count];
        Array.Fill(found, -1);
        for (var i = 0; i < slots.Length; i++)
            if (slots[i].Kind == kind) found[slots[i].Index] = i;
        return found;
    }

    /// <summary>Gives an argument, a variable or a result its memory; the caller keeps the memory alive and in place.</summary>
    internal void Set(SlotKind kind, int index, nint address)
    {
        if (Find(kind, index) is var slot and >= 0) Addresses[slot] = address;
    }

    /// <summary>Gives an argument, a variable or a result its memory and holds it for the run.</summary>
    internal void Set(SlotKind kind, int index, HostData data)
    {
        if (Find(kind, index) is not (var slot and >= 0)) return;
        _held[slot] = data;
        Addresses[slot] = data.Address;
    }

    int Find(SlotKind kind, int index)
    {
        var slots = kind switch { SlotKind.Argument => _argumentSlots, SlotKind.Variable => _variableSlots, _ => _resultSlots };
        return index < slots.Length ? slots[index] : -1;
    }

    internal void Release() => Array.Clear(_held);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    void Free()
    {
        if (Interlocked.Exchange(ref _block, 0) is var block and not 0) _device.Arenas.Return(block, _bytes);
    }
}
