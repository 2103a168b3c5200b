namespace Keras.Core.Tests.Layers;

using Keras.Layers;

/// <summary>What the recorded calls do not show: one kind of mask against another, scores, models, refusals.</summary>
sealed class AttentionTests
{
    static Tensor Draw(Shape shape, int seed) => Ops.Cast(LayerTests.Draw(shape, seed), DType.Float32);

    static void Same(Tensor a, Tensor b) =>
        Assert.That(a.ToDoubles(), Is.EqualTo(b.ToDoubles()).AsCollection.Using<double>((x, y) => Math.Abs(x - y) <= 1e-5 * (1 + Math.Abs(y)) ? 0 : 1));

    static Tensor Masked(Tensor x, params bool[] mask)
    {
        var renewed = x.Detach();
        renewed.Mask = Tensor.Of(mask, [x.Shape[0], x.Shape[1]]);
        return renewed;
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Scores_and_output_belong_together(int keyHeads)
    {
        var layer = new GroupQueryAttention(3, 2, keyHeads);
        var (x, y) = (Draw([2, 4, 6], 1), Draw([2, 5, 6], 2));
        var (output, scores) = layer.ApplyWithScores(x, y, useCausalMask: true);
        Assert.That(scores.Shape, Is.EqualTo(Shape.Of(2, 2, 4, 5)));
        Same(Ops.Sum(scores, -1), Ops.Ones([2, 2, 4]));
        Same(output, layer.Apply(x, y, useCausalMask: true));
    }

    [Test]
    public void A_failed_build_leaves_nothing_behind()
    {
        var layer = new MultiHeadAttention(2, 3);
        Assert.That(() => layer.Apply(Layer.Input(4, 6), Layer.Input(5, null)), Throws.ArgumentException);
        Assert.That(layer.Weights, Is.Empty);
        layer.Apply(Draw([2, 4, 6], 1), Draw([2, 5, 6], 2));
        Assert.That(layer.Weights, Has.Count.EqualTo(8));
        Assert.That(layer.CountParams(), Is.EqualTo((3 * ((6 * 6) + 6)) + ((6 * 6) + 6)));
    }

    [Test]
    public void A_call_of_attention_takes_no_names()
    {
        int Number() => int.Parse("0" + new Softmax().Name["softmax".Length..].TrimStart('_'), System.Globalization.CultureInfo.InvariantCulture);
        var layer = new MultiHeadAttention(2, 3);
        layer.ApplyWithScores(Draw([2, 4, 6], 1), Draw([2, 5, 6], 2));
        var before = Number();
        layer.ApplyWithScores(Draw([2, 4, 6], 1), Draw([2, 5, 6], 2));
        Assert.That(Number(), Is.EqualTo(before + 1));
    }

    [Test]
    public void A_mask_of_steps_is_a_mask_of_scores()
    {
        var layer = new MultiHeadAttention(2, 3);
        var (x, y) = (Draw([2, 3, 6], 1), Draw([2, 4, 6], 2));
        bool[] steps = [true, true, false, true, false, true, true, true];
        var mask = Ops.ExpandDims(Tensor.Of(steps, [2, 4]), 1);
        var expected = layer.Apply(x, y, attentionMask: mask);
        Same(layer.Apply(x, Masked(y, steps)), expected);
        Same(layer.Apply(x, y, Masked(y, steps)), expected);
        Same(layer.Apply([x, y, y, mask]), expected);
        Same(layer.ApplyWithScores(x, Masked(y, steps)).Output, expected);
    }

    [Test]
    public void A_causal_mask_and_a_window_are_masks_of_scores()
    {
        var (plain, window) = (new MultiHeadAttention(2, 3), new MultiHeadAttention(2, 3, slidingWindow: 2));
        var x = Draw([2, 5, 6], 1);
        plain.Apply(x, x);
        window.Apply(x, x);
        window.SetWeights(plain.GetWeights());
        var causal = Ops.Cast(Ops.Tri(5), DType.Bool);
        Same(plain.Apply(x, x, useCausalMask: true), plain.Apply(x, x, attentionMask: causal));
        Same(window.Apply(x, x, useCausalMask: true), plain.Apply(x, x, attentionMask: Ops.LogicalAnd(causal, Ops.Cast(Ops.Triu(Ops.Ones([5, 5]), -1), DType.Bool))));
    }

    [Test]
    public void The_output_has_the_mask_of_the_query()
    {
        var x = Masked(Draw([2, 3, 6], 1), true, true, false, true, false, false);
        var y = Draw([2, 4, 6], 2);
        var (output, scores) = new MultiHeadAttention(2, 3).ApplyWithScores(x, y);
        Assert.Multiple(() =>
        {
            Assert.That(output.Mask, Is.SameAs(x.Mask));
            Assert.That(scores.Mask?.Shape, Is.EqualTo(Shape.Of(2, 1, 3, 1)));
            Assert.That(new Attention().ApplyWithScores(x, y) is { Output.Mask: not null, Scores.Mask: null });
        });
    }

    [Test]
    public void A_model_calls_it_as_it_was_called()
    {
        var layer = new MultiHeadAttention(2, 3);
        var (input, mask) = (new Input(5, 6).Output, new Input([5, 5], dtype: DType.Bool).Output);
        var (output, scores) = layer.ApplyWithScores(input, input, attentionMask: mask, useCausalMask: true);
        var model = new Model(new[] { input, mask }, new[] { output, scores });
        var (x, seen) = (Draw([2, 5, 6], 1), Ops.Greater(Draw([2, 5, 5], 2), -0.5f));
        var results = model.Apply((Nest)new[] { x, seen });
        var (expected, weights) = layer.ApplyWithScores(x, x, attentionMask: seen, useCausalMask: true);
        Same(results.Items[0].Tensor, expected);
        Same(results.Items[1].Tensor, weights);
    }

    [Test]
    public void Unknown_lengths_are_known_later()
    {
        var layer = new MultiHeadAttention(2, 3, slidingWindow: 2);
        var input = new Input(new int?[] { null, 6 }).Output;
        var model = new Model(input, layer.Apply(input, input, useCausalMask: true));
        var x = Draw([2, 5, 6], 1);
        Same(model.Apply(x), layer.Apply(x, x, useCausalMask: true));
    }

    [Test]
    public void Wrong_calls_are_refused()
    {
        var (x, y) = (Draw([2, 3, 6], 1), Draw([2, 4, 6], 2));
        Assert.Multiple(() =>
        {
            Assert.That(() => new MultiHeadAttention(2, 3).Apply(x), Throws.ArgumentException.With.Message.Contains("list"));
            Assert.That(() => new Attention().Apply([x, y, y, y]), Throws.ArgumentException.With.Message.Contains("list"));
            Assert.That(() => new MultiHeadAttention(2, 3).Apply(x, y, x), Throws.ArgumentException.With.Message.Contains("key"));
            Assert.That(() => new MultiHeadAttention(2, 3, flashAttention: true).ApplyWithScores(x, y), Throws.ArgumentException.With.Message.Contains("scores"));
            Assert.That(() => new MultiHeadAttention(2, 3, dropout: 0.5, flashAttention: true), Throws.ArgumentException.With.Message.Contains("dropout"));
            Assert.That(() => new GroupQueryAttention(3, 4, 3), Throws.ArgumentException.With.Message.Contains("multiple"));
            Assert.That(() => new MultiHeadAttention(2, 3, attentionAxes: 2).Apply(x, y), Throws.ArgumentException.With.Message.Contains("attention_axes"));
        });
    }
}
