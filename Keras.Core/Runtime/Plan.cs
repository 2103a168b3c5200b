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
        return new Workspace(Device, _slots, ArenaBytes, _variables.Length);
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
            workspace.SetVariable(i, _overwritten[i] ? _variables[i].BeforeOverwrite() : _variables[i].Storage);
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
    readonly Slot[] _slots;
    readonly HostData?[] _held;
    readonly int[] _variableSlots;
    readonly long _bytes;
    nint _block;

    internal Workspace(Device device, Slot[] slots, long arenaBytes, int variables)
    {
        (_device, _slots) = (device, slots);
        _bytes = arenaBytes + ((long)slots.Length * sizeof(nint));
        _held = new HostData?[slots.Length];
        _variableSlots = new int[variables];
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
            if (slots[i].Kind == SlotKind.Variable) _variableSlots[slots[i].Index] = i;
        }
    }

    ~Workspace() => Free();

    /// <summary>The address of each slot.</summary>
    internal nint* Addresses { get; }

    internal void SetVariable(int index, HostData data) => Hold(_variableSlots[index], data);

    /// <summary>Gives an argument or a result its memory; the caller keeps the memory alive and in place.</summary>
    internal void Set(SlotKind kind, int index, nint address)
    {
        for (var i = 0; i < _slots.Length; i++)
            if (_slots[i].Kind == kind && _slots[i].Index == index) Addresses[i] = address;
    }

    /// <summary>Gives an argument or a result its memory and holds it for the run.</summary>
    internal void Set(SlotKind kind, int index, HostData data)
    {
        for (var i = 0; i < _slots.Length; i++)
            if (_slots[i].Kind == kind && _slots[i].Index == index) Hold(i, data);
    }

    void Hold(int slot, HostData data)
    {
        _held[slot] = data;
        Addresses[slot] = data.Address;
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
