namespace Keras.Kernels.Tests.Table;

/// <summary>Compares results with references by the row's tolerance.</summary>
static class Comparison
{
    /// <summary>Why a result is not what it should be, or <c>null</c>.</summary>
    internal static string? Difference(OpRow row, Nd[] inputs, Tensor[] actual, bool zeroSign = false)
    {
        var expected = row.Reference(inputs);
        if (expected.Length != actual.Length) return $"{actual.Length} results, not {expected.Length}";
        var magnitudes = row.Scale switch
        {
            // Keys, indices and labels are no terms.
            Scale.Terms => row.Reference([.. inputs.Select((x, i) => row.Cases[0][i].DType is null ? x.Map(Math.Abs) : x)]),
            Scale.Largest => [.. expected.Select(e => Filled(e, e.Size == 0 ? 0 : e.Values.Max(Math.Abs)))],
            _ => expected,
        };
        for (var i = 0; i < expected.Length; i++)
            if (Difference(expected[i], magnitudes[i], actual[i], row.Steps, zeroSign) is { } difference)
                return expected.Length == 1 ? difference : $"result {i}: {difference}";
        return null;
    }

    static Nd Filled(Nd like, double value) => like.Map(_ => value);

    static string? Difference(Nd expected, Nd magnitude, Tensor actual, double steps, bool zeroSign)
    {
        if (actual.Shape != expected.Shape) return $"shape {actual.Shape}, not {expected.Shape}";
        if (actual.Evaluate().Bytes != actual.Type.Bytes) return $"{actual.Evaluate().Bytes} bytes, not {actual.Type.Bytes}";
        var values = actual.ToDoubles();
        for (var i = 0; i < values.Length; i++)
        {
            if (Fits(expected.Values[i], Math.Abs(magnitude.Values[i]), values[i], actual.DType, steps, zeroSign)) continue;
            return $"element {i} of {actual.Shape}: {values[i]:R}, not {expected.Values[i]:R}"
                + $" ({Math.Abs(values[i] - expected.Values[i]) / (Math.Abs(magnitude.Values[i]) * actual.DType.Step()):G3} steps off)";
        }
        return null;
    }

    static bool Fits(double expected, double magnitude, double actual, DType dtype, double steps, bool zeroSign)
    {
        var rounded = DTypeRules.Round(expected, dtype);
        if (!dtype.IsFloating()) return actual == rounded;
        if (zeroSign && rounded == 0 && actual == 0) return double.IsNegative(rounded) == double.IsNegative(actual);
        if (actual.Equals(rounded) || actual == rounded) return true;
        if (!double.IsFinite(expected) || double.IsNaN(actual)) return false;
        // Near the end of the range a last digit decides between the largest number and infinity.
        if (double.IsInfinity(actual)) return Math.Abs(expected) > dtype.Largest() * (1 - (steps * dtype.Step()));
        return Math.Abs(actual - expected) <= Allowed(Math.Abs(expected), magnitude, dtype, steps) + dtype.Least();
    }

    // Half precision is computed in single precision and rounded once.
    static double Allowed(double expected, double magnitude, DType dtype, double steps) => dtype is DType.Float16 or DType.BFloat16
        ? (0.5 * dtype.Step() * expected) + (steps * DType.Float32.Step() * magnitude)
        : steps * dtype.Step() * magnitude;
}
