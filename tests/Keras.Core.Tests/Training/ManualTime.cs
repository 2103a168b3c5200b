namespace Keras.Core.Tests.Training;

/// <summary>A clock that stands still until it is moved.</summary>
sealed class ManualTime : TimeProvider
{
    long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public void Advance(double seconds) => _now += (long)Math.Round(seconds * TimeSpan.TicksPerSecond);
}
