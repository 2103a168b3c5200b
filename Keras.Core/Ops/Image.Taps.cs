namespace Keras;

/// <summary>How an axis of images is made anew.</summary>
abstract record Resampling
{
    /// <summary>The most pixels of an axis that are made: each has weights of its own.</summary>
    internal const int MaxLength = 1 << 24;

    /// <summary>The new length; unknown where it follows from an unknown one.</summary>
    internal abstract int Length(int from, Func<string, object, ArgumentException> wrong);

    internal abstract Taps Taps(int from);

    /// <summary>Whether each new element is a copy of an old one.</summary>
    internal virtual bool Copies => false;
}

/// <summary>A new length.</summary>
sealed record ToSize(int Size, Interpolation Method, bool Antialias) : Resampling
{
    internal override int Length(int from, Func<string, object, ArgumentException> wrong) =>
        from == 0 ? throw wrong("there are no pixels", "a height and width of 1 or more")
        : Size > MaxLength ? throw wrong("the size is too large", $"at most {MaxLength} pixels") : Size;

    internal override Taps Taps(int from) => Keras.Taps.Of(from, Size, Method, Antialias);

    internal override bool Copies => Method == Interpolation.Nearest;
}

enum Filter
{
    /// <summary>A bell of a standard deviation.</summary>
    Gaussian,
    /// <summary>-1, 0, 1.</summary>
    Difference,
    /// <summary>1, 2, 1.</summary>
    Smooth,
}

/// <summary>Each element with its neighbours under a filter; either with zeros outside, or where the filter fits only.</summary>
sealed record Filtered(Filter Filter, int Size, double Sigma, bool Same) : Resampling
{
    internal override int Length(int from, Func<string, object, ArgumentException> wrong) =>
        Size > MaxLength ? throw wrong("the filter is too large", $"at most {MaxLength} pixels") : Same || from == Shape.Unknown ? from
        : from >= Size ? from - Size + 1 : throw wrong("the filter is larger than the image", $"{Size} pixels or more");

    internal override Taps Taps(int from) => Keras.Taps.Of(from, Same ? from : from - Size + 1, Same ? (Size - 1) / 2 : 0, Weights());

    double[] Weights()
    {
        if (Filter != Filter.Gaussian) return Filter == Filter.Smooth ? [1, 2, 1] : [-1, 0, 1];
        HostData.Check("filter", (long)Size * sizeof(double));
        var weights = new double[Size];
        for (var i = 0; i < Size; i++) weights[i] = Math.Exp(-0.5 * Math.Pow((i - ((Size - 1) / 2.0)) / Sigma, 2));
        var sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }
}

/// <summary>What each element of a new axis is made of: the elements from a start on, each with a weight.</summary>
sealed class Taps
{
    // As cubic convolution is usually tuned without and with a filter against aliasing.
    const double Cubic = -0.75, FilteredCubic = -0.5;

    readonly List<double> _weights = [];

    Taps(int count)
    {
        HostData.Check("weights of pixels", 2L * count * sizeof(int));
        (Starts, Ends) = (new int[count], new int[count]);
    }

    /// <summary>The first element of each.</summary>
    internal int[] Starts { get; }

    /// <summary>Where the weights of each end; they begin where those before end.</summary>
    internal int[] Ends { get; }

    internal IReadOnlyList<double> Weights => _weights;

    internal int Count => Starts.Length;

    /// <summary>Where the weights of an element begin.</summary>
    internal int Begin(int at) => at == 0 ? 0 : Ends[at - 1];

    /// <summary>The taps that make <paramref name="to"/> elements of <paramref name="from"/>. Centres of elements lie at one half.</summary>
    internal static Taps Of(int from, int to, Interpolation method, bool antialias)
    {
        var taps = new Taps(to);
        for (var i = 0; i < to; i++)
        {
            // The centre as a whole number and a fraction, so that weights far from the first element are as exact as its own.
            var (place, unit) = ((((2L * i) + 1) * from) - to, 2L * to);
            var low = (int)Math.Floor((double)place / unit);
            var past = (double)(place - (low * unit)) / unit;
            if (method == Interpolation.Nearest) taps.Add(i, (int)(((2L * i) + 1) * from / unit), [1]);
            else if (antialias || method == Interpolation.Lanczos3 || method == Interpolation.Lanczos5)
                taps.AddWindow(i, from, low, past, method, antialias ? Math.Max((double)from / to, 1) : 1);
            else taps.AddNeighbours(i, from, low, past, method);
        }
        return taps;
    }

    /// <summary>The taps of a filter that begins some elements before each; those outside of the axis are left out.</summary>
    internal static Taps Of(int from, int to, int before, double[] filter)
    {
        var taps = new Taps(to);
        for (var i = 0; i < to; i++)
        {
            var first = Math.Max(0, i - before);
            taps.Add(i, first, filter.AsSpan(first - (i - before), Math.Max(0, Math.Min(from, i - before + filter.Length) - first)));
        }
        return taps;
    }

    /// <summary>The taps of the adjoint: what each of the elements came from gets back from each that was made of it.</summary>
    internal Taps Transposed(int from)
    {
        int[] first = new int[from], last = new int[from];
        Array.Fill(first, Count);
        Array.Fill(last, -1);
        ForEach((at, source, _) => (first[source], last[source]) = (Math.Min(first[source], at), Math.Max(last[source], at)));
        var rows = new double[from][];
        for (var i = 0; i < from; i++) rows[i] = new double[Math.Max(0, last[i] - first[i] + 1)];
        ForEach((at, source, weight) => rows[source][at - first[source]] += weight);
        var taps = new Taps(from);
        for (var i = 0; i < from; i++) taps.Add(i, first[i], rows[i]);
        return taps;
    }

    void ForEach(Action<int, int, double> visit)
    {
        for (var at = 0; at < Count; at++)
            for (var w = Begin(at); w < Ends[at]; w++) visit(at, Starts[at] + w - Begin(at), _weights[w]);
    }

    // Two or four neighbours, those outside taken from the edge.
    void AddNeighbours(int at, int from, int low, double past, Interpolation method)
    {
        var (before, behind) = method == Interpolation.Bicubic ? (-1, 2) : (0, 1);
        var first = Math.Clamp(low + before, 0, from - 1);
        var weights = new double[Math.Clamp(low + behind, 0, from - 1) - first + 1];
        for (var i = before; i <= behind; i++)
        {
            var distance = Math.Abs(i - past);
            weights[Math.Clamp(low + i, 0, from - 1) - first] += method == Interpolation.Bicubic ? CubicAt(distance, Cubic) : 1 - distance;
        }
        Add(at, first, weights);
    }

    // All elements under the window, with weights of sum 1.
    void AddWindow(int at, int from, int low, double past, Interpolation method, double stretch)
    {
        var radius = stretch * (method == Interpolation.Bilinear ? 1 : method == Interpolation.Bicubic ? 2 : method == Interpolation.Lanczos3 ? 3 : 5);
        var first = (int)Math.Max(0, low + Math.Ceiling(past - radius));
        var weights = new double[(int)Math.Min(from - 1, low + Math.Floor(past + radius)) - first + 1];
        for (var i = 0; i < weights.Length; i++) weights[i] = At(Math.Abs(first + i - low - past) / stretch, method);
        var sum = weights.Sum();
        Add(at, first, Array.ConvertAll(weights, w => w / sum));
    }

    static double At(double distance, Interpolation method) =>
        method == Interpolation.Bilinear ? Math.Max(0, 1 - distance)
        : method == Interpolation.Bicubic ? CubicAt(distance, FilteredCubic)
        : Lanczos(distance, method == Interpolation.Lanczos3 ? 3 : 5);

    // In factors: sums would cancel at their roots.
    static double CubicAt(double x, double a) => x < 1 ? (1 - x) * (1 + x - ((a + 2) * x * x)) : x < 2 ? a * (x - 1) * (x - 2) * (x - 2) : 0;

    static double Lanczos(double x, int radius) => x < 1e-9 ? 1 : x > radius ? 0
        : radius * Math.Sin(Math.PI * x) * Math.Sin(Math.PI * x / radius) / (Math.PI * Math.PI * x * x);

    // Weights of 0 at the ends are left out.
    void Add(int at, int first, ReadOnlySpan<double> weights)
    {
        var (begin, end) = (0, weights.Length);
        while (end > begin && weights[end - 1] == 0) end--;
        while (begin < end && weights[begin] == 0) begin++;
        Starts[at] = first + begin;
        _weights.AddRange(weights[begin..end]);
        Ends[at] = _weights.Count;
    }
}
