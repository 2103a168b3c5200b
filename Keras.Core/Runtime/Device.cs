namespace Keras;

/// <summary>Where graphs run: memory, and a table of kernels. The contract of a backend.</summary>
public abstract class Device
{
    static readonly Lazy<Device> Found = new(FindDefault);
    static Device? _default;

    long _live, _peak;

    internal Device(string name)
    {
        Name = name;
        Arenas = new ArenaPool(this);
    }

    /// <summary>The name, such as <c>cpu</c>.</summary>
    public string Name { get; }

    /// <summary>The device that evaluates tensors and runs models. Default the CPU of <c>Keras.Kernels.Cpu</c>.</summary>
    /// <exception cref="InvalidOperationException">No backend is there.</exception>
    public static Device Default
    {
        get => Volatile.Read(ref _default) ?? Found.Value;
        set => Volatile.Write(ref _default, value ?? throw new ArgumentNullException(nameof(value)));
    }

    /// <summary>The bytes that runs hold at the moment, and the most that they ever held.</summary>
    public (long Live, long Peak) MemoryInfo => (Interlocked.Read(ref _live), Interlocked.Read(ref _peak));

    static readonly long Available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The most bytes that one run or one value may take; more is refused before it is touched. Default what the process may use,
    /// its container's limit counted. No more than that is handed out in all.</summary>
    public static long MemoryLimit { get; set; } = Available;

    internal ArenaPool Arenas { get; }

    /// <summary>The kernel for an op on inputs of these types, or <c>null</c> where there is none and the op's decomposition
    /// is to be run. Called when a plan is made; everything that depends on types alone is decided here.</summary>
    internal abstract Kernel? Prepare(Op op, ReadOnlySpan<TensorType> inputs, TensorType output);

    /// <summary>64-byte aligned memory.</summary>
    /// <exception cref="DeviceOutOfMemoryException">There is not enough.</exception>
    internal nint Allocate(string who, long bytes)
    {
        try
        {
            if (bytes > MemoryLimit || bytes > Available - Interlocked.Read(ref _live)) throw new DeviceOutOfMemoryException(who, bytes);
            var address = AllocateCore(bytes);
            var live = Interlocked.Add(ref _live, bytes);
            for (var peak = _peak; live > peak; peak = _peak) Interlocked.CompareExchange(ref _peak, live, peak);
            return address;
        }
        catch (OutOfMemoryException e)
        {
            throw new DeviceOutOfMemoryException(who, bytes, e);
        }
    }

    internal void Free(nint address, long bytes)
    {
        FreeCore(address);
        Interlocked.Add(ref _live, -bytes);
    }

    private protected abstract nint AllocateCore(long bytes);

    private protected abstract void FreeCore(nint address);

    static Device FindDefault()
    {
        // The one place that knows the backend's name; a literal, so that trimming keeps the type.
        var type = Type.GetType("Keras.Kernels.Cpu.CpuDevice, Keras.Kernels.Cpu");
        return type is null
            ? throw Errors.Invalid("Device", "there is no backend", "a reference to Keras.Kernels.Cpu, or Device.Default set", "none")
            : (Device)Activator.CreateInstance(type)!;
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>A device has not the memory that was asked for. The model stays usable; a smaller batch may fit.</summary>
public sealed class DeviceOutOfMemoryException : Exception
{
    /// <summary>Says who asked for how much.</summary>
    public DeviceOutOfMemoryException(string who, long bytes, Exception? inner = null)
        : base(Errors.Message(who, "the device is out of memory", $"{bytes:N0} bytes", "none", "A smaller batch needs less."), inner)
    {
        Who = who;
        Bytes = bytes;
    }

    /// <summary>The op or tensor that asked.</summary>
    public string Who { get; }

    /// <summary>How many bytes were asked for.</summary>
    public long Bytes { get; }
}
