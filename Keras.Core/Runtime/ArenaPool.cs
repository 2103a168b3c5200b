using System.Numerics;

namespace Keras;

/// <summary>Memory blocks of a device that are given back and handed out again, by powers of two.</summary>
sealed class ArenaPool(Device device)
{
    const long KeptBytes = 256L << 20;

    readonly Lock _gate = new();
    readonly Stack<nint>[] _free = [.. Enumerable.Range(0, 64).Select(_ => new Stack<nint>())];
    long _kept;

    static int Class(long bytes) => Math.Max(12, 64 - BitOperations.LeadingZeroCount((ulong)Math.Max(1, bytes - 1)));

    internal nint Rent(string who, long bytes)
    {
        var size = Class(bytes);
        lock (_gate)
        {
            if (_free[size].TryPop(out var address))
            {
                _kept -= 1L << size;
                return address;
            }
        }
        try
        {
            return device.Allocate(who, 1L << size);
        }
        catch (DeviceOutOfMemoryException)
        {
            Trim();
            return device.Allocate(who, 1L << size);
        }
    }

    internal void Return(nint address, long bytes)
    {
        var size = Class(bytes);
        lock (_gate)
        {
            if (_kept + (1L << size) <= KeptBytes)
            {
                _kept += 1L << size;
                _free[size].Push(address);
                return;
            }
        }
        device.Free(address, 1L << size);
    }

    void Trim()
    {
        lock (_gate)
        {
            for (var size = 0; size < _free.Length; size++)
                while (_free[size].TryPop(out var address)) device.Free(address, 1L << size);
            _kept = 0;
        }
    }
}
