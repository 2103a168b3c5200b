namespace Keras;

/// <summary>Connectionist temporal classification: what sums over all ways to spread labels over the steps of a sequence. Inputs are the logarithms
/// of probabilities (batch, steps, classes), labels (batch, n), how many of the labels count, and how many of the steps.</summary>
abstract record CtcOp(int Mask) : Fused
{
    // A way that is not allowed costs so much, not infinitely much, so that a target too long for its sequence has a gradient.
    internal const double Forbidden = -1e5;

    // Below every sum of the above; no infinity, whose differences are NaN.
    internal const double Never = -1e30;

    private protected void Check(ReadOnlySpan<TensorType> inputs)
    {
        var (x, labels) = (inputs[0].Shape, inputs[1].Shape);
        if (x.Rank != 3) throw Wrong("the predictions have a wrong number of dimensions", "(batch, steps, classes)", x);
        if (labels.Rank != 2) throw Wrong("the labels have a wrong number of dimensions", "(batch, labels)", labels);
        if (inputs[2].Shape.Rank != 1 || inputs[3].Shape.Rank != 1) throw Wrong("the lengths are not one for each sequence", "(batch,)", inputs[2].Shape.Rank != 1 ? inputs[2].Shape : inputs[3].Shape);
        foreach (var i in (ReadOnlySpan<int>)[1, 2, 3])
            if (!x.Slice(0, 1).Matches(inputs[i].Shape.Slice(0, 1))) throw Wrong("the batches are of different sizes", x, inputs[i].Shape);
        if (Mask < 0 || (x[-1] != Shape.Unknown && Mask >= x[-1])) throw Wrong("the blank is no class", $"0 to {x[-1] - 1}", Mask);
    }
}

/// <summary>-log of the probability that a sequence reads as its labels, for each sequence (Graves et al., 2006).</summary>
sealed record CtcLoss(int Mask) : CtcOp(Mask)
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Check(inputs);
        return inputs[0].As(inputs[0].Shape.Slice(0, 1));
    }

    protected internal override Tensor?[] Vjp(Tensor result, Tensor gradient) =>
        [new CtcLossGradient(Mask).On([.. result.Inputs, gradient]), null, null, null];

    // The states are the labels with a blank before, between and after them; a step stays, goes on by one, or skips the blank between unequal labels.
    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var (x, labels, count, steps) = (inputs[0], inputs[1], inputs[2], inputs[3]);
        int batch = x.Shape[0], states = (2 * labels.Shape[1]) + 1;
        var (used, penalty) = States(labels, count);
        var scores = Ops.TakeAlongAxis(x, Ops.BroadcastTo(Ops.ExpandDims(used, 1), [batch, x.Shape[1], states]), 2);
        var first = Ops.Where(Ops.Equal(Ops.Arange(states, dtype: DType.Int32), 0), 0, Tensor.Scalar(Forbidden, x.DType));
        var init = Ops.BroadcastTo(first, [batch, states]);
        var last = Ops.Scan((carry, rows) =>
        {
            var (a, t) = (carry[0], rows[1]);
            var skipped = Ops.Logaddexp(Ops.Logaddexp(a, After(a, 1)), After(a, 2) + penalty);
            return ([Ops.Where(Ops.ExpandDims(Ops.Less(t, steps), 1), skipped + rows[0], a)], []);
        }, [init], [Ops.Transpose(scores, [1, 0, 2]), Ops.Arange(x.Shape[1], dtype: DType.Int32)]).Carry[0];
        var end = Ops.ExpandDims(count * 2, 1);
        Tensor At(Tensor place) => Ops.Squeeze(Ops.TakeAlongAxis(last, place, 1), 1);
        var label = Ops.Where(Ops.Greater(count, 0), At(Ops.Maximum(end - 1, 0)), Tensor.Scalar(Never, x.DType));
        return -Ops.Logaddexp(At(end), label);

        Tensor After(Tensor a, int by) => states < by ? Ops.FullLike(a, Never)
            : Ops.Concatenate([Ops.Full([batch, by], Never, a.DType), Ops.Narrow(a, 1, 0, states - by)], 1);

        (Tensor Used, Tensor Penalty) States(Tensor labels, Tensor count)
        {
            var blank = Ops.FullLike(labels, Mask);
            var known = Ops.Where(Ops.Less(Ops.Arange(labels.Shape[1], dtype: DType.Int32), Ops.ExpandDims(count, 1)), labels, Mask);
            var one = Ops.Full([batch, 1], Mask, labels.DType);
            var used = Ops.Concatenate([Ops.Reshape(Ops.Stack([blank, known], 2), [batch, states - 1]), one], 1);
            var odd = Ops.Equal(Ops.Mod(Ops.Arange(states, dtype: DType.Int32), 2), 1);
            var same = states < 2 ? Ops.OnesLike(used, DType.Bool)
                : Ops.Equal(used, Ops.Concatenate([one, one, Ops.Narrow(used, 1, 0, states - 2)], 1));
            return (used, Ops.Where(odd, Ops.Where(same, Tensor.Scalar(Forbidden, x.DType), 0), Tensor.Scalar(Never, x.DType)));
        }
    }
}

/// <summary>The gradient of <see cref="CtcLoss"/> for the logarithms of probabilities, from its inputs and the gradient of the losses.</summary>
sealed record CtcLossGradient(int Mask) : CtcOp(Mask)
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Check(inputs);
        SameShape(inputs[0].As(inputs[0].Shape.Slice(0, 1)), inputs[4]);
        return inputs[0];
    }

    internal override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        var x = inputs[0].Renewed();
        var losses = new CtcLoss(Mask).Decompose([x, inputs[1], inputs[2], inputs[3]]);
        return Gradients.Of(Ops.Sum(losses * inputs[4]), [x])[0];
    }
}

/// <summary>The likeliest label sequences of predictions as logarithms of probabilities (batch, steps, classes), of which some steps count: (paths,
/// batch, steps) with -1 behind the labels, and the logarithms of their probabilities (batch, paths). At each step the best prefixes are kept.</summary>
sealed record CtcBeamSearch(int Width, int Paths, int Mask) : Op
{
    protected internal override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = inputs[0].Shape;
        if (!inputs[1].Shape.Matches(x.Slice(0, 1))) throw Wrong("there is not one length for each sequence", x.Slice(0, 1), inputs[1].Shape);
        if (x[-1] != Shape.Unknown && Mask >= x[-1]) throw Wrong("the blank is no class", $"0 to {x[-1] - 1}", Mask);
        return TensorType.Tuple(new TensorType(DType.Int32, Shape.Of(Paths, x[0], x[1])), inputs[0].As(Shape.Of(x[0], Paths)));
    }
}

public static partial class Ops
{
    /// <summary>The loss of connectionist temporal classification: -log of the probability that predictions read as the labels once repeated classes
    /// are merged and blanks left out (Graves et al., 2006).</summary>
    /// <param name="target">Class numbers, (batch, labels).</param>
    /// <param name="output">Logits, (batch, steps, classes).</param>
    /// <param name="targetLength">How many labels count, (batch,).</param>
    /// <param name="outputLength">How many steps count, (batch,).</param>
    /// <param name="maskIndex">The class that is the blank. Default 0.</param>
    /// <returns>(batch,), in float32 or wider. About 1e5 where the steps are too few for the labels.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; when it runs, a label is no class, or a length is out of range.</exception>
    public static Tensor CtcLoss(Tensor target, Tensor output, Tensor targetLength, Tensor outputLength, int maskIndex = 0)
    {
        if (output.Rank == 0) throw Errors.Argument("ctc_loss", "the predictions have a wrong number of dimensions", "(batch, steps, classes)", output.Shape);
        return new CtcLoss(maskIndex).On(LogSoftmax(Wide(output)), AsInt32(target), AsInt32(targetLength), AsInt32(outputLength));
    }

    /// <summary>Reads predictions of connectionist temporal classification as labels.</summary>
    /// <param name="inputs">Logits, (batch, steps, classes).</param>
    /// <param name="sequenceLengths">How many steps count, (batch,).</param>
    /// <param name="strategy"><c>"greedy"</c>, the likeliest class of each step, or <c>"beam_search"</c>, the likeliest labels. Default greedy.</param>
    /// <param name="beamWidth">How many beginnings the beam search keeps. Default 100.</param>
    /// <param name="topPaths">How many readings the beam search gives. Default 1.</param>
    /// <param name="mergeRepeated">Whether repeated classes count once for greedy. Default true; the beam search always merges them.</param>
    /// <param name="maskIndex">The class that is the blank. Default 0; <c>null</c> for the last.</param>
    /// <returns>The labels as int32, (paths, batch, steps), -1 behind the last; and scores. Greedy has one path, whose score (batch, 1) is the sum of the
    /// largest logits, negated; the beam search gives the logarithms of probabilities, (batch, paths).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, the blank is no class, the strategy is unknown, or a number of paths is below 1.</exception>
    public static (Tensor Decoded, Tensor Scores) CtcDecode(Tensor inputs, Tensor sequenceLengths, string strategy = "greedy", int beamWidth = 100, int topPaths = 1,
        bool mergeRepeated = true, int? maskIndex = 0)
    {
        const string Who = "ctc_decode";
        if (strategy is not ("greedy" or "beam_search")) throw Errors.Argument(Who, "the strategy is unknown", "greedy or beam_search", strategy);
        if (inputs.Rank != 3 || inputs.Shape[-1] == 0) throw Errors.Argument(Who, "the inputs have a wrong shape", "(batch, steps, classes)", inputs.Shape);
        if (sequenceLengths.Rank != 1 || !sequenceLengths.Shape.Matches(inputs.Shape.Slice(0, 1)))
            throw Errors.Argument(Who, "there is not one length for each sequence", inputs.Shape.Slice(0, 1), sequenceLengths.Shape);
        if (beamWidth < 1 || topPaths < 1) throw Errors.Argument(Who, "a number of paths is too small", "1 or more", Math.Min(beamWidth, topPaths));
        var classes = inputs.Shape[-1];
        if (maskIndex is null && classes == Shape.Unknown) throw Errors.Argument(Who, "the last class is not known", "a known number of classes", inputs.Shape);
        var mask = maskIndex ?? classes - 1;
        if (mask < 0 || (classes != Shape.Unknown && mask >= classes)) throw Errors.Argument(Who, "the blank is no class", $"0 to {classes - 1}", mask);
        var (x, lengths) = (Wide(inputs), AsInt32(sequenceLengths));
        if (strategy == "greedy") return Greedy(x, lengths, mergeRepeated, mask);
        var both = new CtcBeamSearch(beamWidth, topPaths, mask).On(LogSoftmax(x), lengths);
        return (new Part(0).On(both), new Part(1).On(both));
    }

    static (Tensor, Tensor) Greedy(Tensor x, Tensor lengths, bool merge, int mask)
    {
        var best = Cast(Argmax(x, -1), DType.Int32);
        var places = Positions(best, 1);
        var counts = Less(places, ExpandDims(lengths, 1));
        var label = LogicalAnd(counts, NotEqual(best, mask));
        if (merge)
        {
            // A class that is none stands before the first step.
            var before = Concatenate([FullLike(Narrow(best, 1, 0, best.Shape[1] == 0 ? 0 : 1), -1), best], 1)[.., ..^1];
            label = LogicalAnd(label, NotEqual(best, before));
        }
        var order = Argsort(Where(label, places, int.MaxValue), -1);
        var decoded = TakeAlongAxis(Where(label, best, -1), order, -1);
        return (ExpandDims(decoded, 0), -Sum(Where(counts, Max(x, -1), 0), 1, keepdims: true));
    }
}
