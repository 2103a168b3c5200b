namespace Keras;

/// <summary>(batch, depth, height, width, channels) to (batch, windows, height, width, taps · channels): the places of the depth that a window
/// sees stand side by side as channels, zeros for those beyond the ends.</summary>
sealed record Depths(Window Window) : Fused
{
    internal int Taps => Window.Size[0];

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        return inputs[0].As(x.With(1, Window.Output(0, x[1])).With(4, x[4] == Shape.Unknown ? x[4] : Shape.Dim((long)Taps * x[4])));
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs) => Ops.Concatenate([.. Slices(Window, inputs[0])], -1);

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [new DepthsGradient(Window, result.Inputs[0].Shape[1]).On(gradient)];

    /// <summary>What each tap sees: (batch, windows, height, width, channels).</summary>
    internal static IEnumerable<Tensor> Slices(Window window, Tensor x)
    {
        var (count, (low, high)) = (window.Output(0, x.Shape[1]), Ends(window, x.Shape[1]));
        if (low + high > 0) x = Ops.Pad(x, [(0, 0), (low, high), (0, 0), (0, 0), (0, 0)]);
        var sizes = x.Shape.With(1, count);
        return Enumerable.Range(0, window.Size[0]).Select(tap => tap == 0 && window.Strides[0] == 1 && sizes == x.Shape ? x : Slice(window, tap, sizes).On(x));
    }

    internal static Slice Slice(Window window, int tap, Shape sizes) => new([0, tap * window.Dilation[0], 0, 0, 0], [1, window.Strides[0], 1, 1, 1], sizes);

    // Of an input of unknown depth only the shape of the result is wanted.
    internal static (int Low, int High) Ends(Window window, int depth)
    {
        var (count, low) = (window.Output(0, depth), window.PadLow(0, depth));
        return count == Shape.Unknown ? (0, 0) : (low, Math.Max(0, ((count - 1) * window.Strides[0]) + window.Extent(0) - low - depth));
    }
}

/// <summary>The adjoint of <see cref="Depths"/> over some depth: what stands side by side is added where it was.</summary>
sealed record DepthsGradient(Window Window, int Depth) : Fused
{
    internal int Taps => Window.Size[0];

    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var g = inputs[0].Shape;
        if (g.Rank != 5 || !g.Matches(g.With(1, Window.Output(0, Depth))) || (g[4] != Shape.Unknown && g[4] % Taps != 0))
            throw Wrong("the gradient does not fit the windows", $"(batch, {Window.Output(0, Depth)}, height, width, a multiple of {Taps})", g);
        return inputs[0].As(g.With(1, Depth).With(4, g[4] == Shape.Unknown ? g[4] : g[4] / Taps));
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (g, (low, high)) = (inputs[0], Depths.Ends(Window, Depth));
        var (channels, part) = (g.Shape[4] / Taps, g.Shape.With(4, g.Shape[4] / Taps));
        var whole = part.With(1, low + Depth + high);
        return Ops.Narrow(Enumerable.Range(0, Taps).Select(Spread).Aggregate(Ops.Add), 1, low, Depth);

        Tensor Spread(int tap) => new SliceGradient(Depths.Slice(Window, tap, part), whole).On(Ops.Narrow(g, 4, tap * channels, channels));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) => [new Depths(Window).On(gradient)];
}
