using System.Numerics;

namespace Keras.Kernels.Cpu.Transforms;

/// <summary>Transforms by length, made once and shared while they are in use or among the last used.</summary>
internal static class TransformCache<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    const long MostBytes = 32L << 20;

    static readonly Lock _lock = new();
    // The last used stands last.
    static readonly List<RowTransform<T>> _kept = [];

    internal static RowTransform<T> Of(int length)
    {
        lock (_lock)
        {
            var at = _kept.FindIndex(t => t.Length == length);
            if (at >= 0)
            {
                var known = _kept[at];
                _kept.RemoveAt(at);
                _kept.Add(known);
                return known;
            }
        }
        // Outside of the lock: making one may ask for others.
        var made = RowTransform<T>.Make(length);
        lock (_lock)
        {
            if (made.Bytes <= MostBytes && _kept.TrueForAll(t => t.Length != length)) _kept.Add(made);
            while (_kept.Sum(t => t.Kept) > MostBytes) _kept.RemoveAt(0);
        }
        return made;
    }

    /// <summary>Bytes kept for later use.</summary>
    internal static long Kept
    {
        get
        {
            lock (_lock) return _kept.Sum(t => t.Kept);
        }
    }
}
