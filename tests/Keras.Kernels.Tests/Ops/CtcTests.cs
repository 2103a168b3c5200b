namespace Keras.Kernels.Tests.Table;

/// <summary>Connectionist temporal classification where it is easy to get wrong.</summary>
sealed class CtcTests
{
    [Test]
    public void A_target_too_long_for_its_sequence_costs_much_but_has_a_gradient()
    {
        var output = Ops.Reshape(Ops.Arange(12.0) * 0.1, [1, 3, 4]);
        var loss = Ops.CtcLoss(Tensor.Of([1, 1, 1], [1, 3]), output, Tensor.Of([3], [1]), Tensor.Of([3], [1]));
        Assert.Multiple(() =>
        {
            Assert.That(loss.ToDoubles()[0], Is.InRange(1e5 - 10, 1e5 + 100));
            Assert.That(Gradients.Of(loss, [output])[0].ToDoubles(), Is.All.InRange(-1.0, 1.0));
        });
    }

    [Test]
    public void Classes_that_are_ruled_out_give_no_NaN()
    {
        var output = Tensor.Of([0, 1, float.NegativeInfinity, 2, 0, float.NegativeInfinity], [1, 2, 3]);
        var loss = Ops.CtcLoss(Tensor.Of([1], [1, 1]), output, Tensor.Of([1], [1]), Tensor.Of([2], [1]));
        double p = Math.E / (1 + Math.E), q = 1 / (1 + Math.Exp(2));
        Assert.Multiple(() =>
        {
            Assert.That(loss.ToDoubles()[0], Is.EqualTo(-Math.Log((p * q) + (p * (1 - q)) + ((1 - p) * q))).Within(1e-6));
            Assert.That(Gradients.Of(loss, [output])[0].ToDoubles(), Has.None.NaN);
        });
    }

    [Test]
    public void The_loss_counts_labels_up_to_the_blanks_behind_them()
    {
        var output = Ops.Reshape(Ops.Sin(Ops.Arange(24.0)), [2, 4, 3]);
        var target = Tensor.Of([1, 2, 0, 2, 0, 0], [2, 3]);
        var losses = Ops.CtcLoss(target, output, Tensor.Of([2, 1], [2]), Tensor.Of([4, 4], [2]));
        Assert.That(new Losses.CTC(Reduce.None).Apply(target, output).ToDoubles(), Is.EqualTo(losses.ToDoubles()));
        Assert.That(((Loss)"ctc").Apply(target, output).Item(), Is.EqualTo(losses.ToDoubles().Average()).Within(1e-6));
    }

    [Test]
    public void NaN_stays_NaN()
    {
        var output = Tensor.Of([0, 1, float.NaN, 2, 0, 1], [1, 2, 3]);
        Assert.That(Ops.CtcLoss(Tensor.Of([1], [1, 1]), output, Tensor.Of([1], [1]), Tensor.Of([2], [1])).ToDoubles()[0], Is.NaN);
    }

    [Test]
    public void Long_sequences_keep_their_digits()
    {
        var random = new System.Random(3);
        var values = Enumerable.Range(0, 5000 * 4).Select(_ => (float)random.NextDouble() * 4).ToArray();
        Tensor[] Both(DType dtype)
        {
            var output = Ops.Cast(Tensor.Of(values, [1, 5000, 4]), dtype);
            var loss = Ops.CtcLoss(Tensor.Of(Enumerable.Range(0, 900).Select(i => 1 + (i % 3)).ToArray(), [1, 900]), output, Tensor.Of([900], [1]), Tensor.Of([5000], [1]));
            return [loss, Gradients.Of(loss, [output])[0]];
        }
        var (single, precise) = (Both(DType.Float32), Both(DType.Float64));
        Assert.Multiple(() =>
        {
            Assert.That(single[0].ToDoubles()[0], Is.EqualTo(precise[0].ToDoubles()[0]).Within(1e-4).Percent);
            Assert.That(single[1].ToDoubles().Zip(precise[1].ToDoubles(), (a, b) => Math.Abs(a - b)).Max(), Is.LessThan(1e-3));
        });
    }

    [Test]
    public void Narrow_searches_keep_the_best_beginnings([Values(1, 2, 3, 7)] int width, [Values(0, 2)] int blank)
    {
        var random = new System.Random(width);
        for (var repeat = 0; repeat < 20; repeat++)
        {
            var x = Nd.Make([1, 14, 4], _ => -3 * random.NextDouble());
            var (labels, scores) = Ops.CtcDecode(x.Tensor(DType.Float64), Tensor.Of([14], [1]), "beam_search", width, 1, maskIndex: blank);
            var (path, score) = Search(x.Rows(r => [.. r.Select(v => v - Math.Log(r.Sum(Math.Exp)))]), width, blank);
            Assert.That(labels.ToDoubles().TakeWhile(l => l >= 0), Is.EqualTo(path));
            Assert.That(scores.ToDoubles()[0], Is.EqualTo(score).Within(1e-12));
        }
    }

    /// <summary>The search as it is written down: a table from beginnings to the probabilities of their ends.</summary>
    static (int[] Labels, double Score) Search(Nd x, int width, int blank)
    {
        var beams = new Dictionary<string, (double Label, double Blank)> { [""] = (0, 1) };
        for (var t = 0; t < x.Shape[1]; t++)
        {
            var next = new Dictionary<string, (double Label, double Blank)>();
            void Add(string key, double label, double none)
            {
                var old = next.GetValueOrDefault(key);
                next[key] = (old.Label + label, old.Blank + none);
            }
            foreach (var (key, (label, none)) in beams)
                for (var c = 0; c < x.Shape[2]; c++)
                {
                    var p = Math.Exp(x[0, t, c]);
                    if (c == blank) Add(key, 0, (label + none) * p);
                    else if (key.EndsWith((char)('0' + c)))
                    {
                        Add(key, label * p, 0);
                        Add(key + c, none * p, 0);
                    }
                    else Add(key + c, (label + none) * p, 0);
                }
            beams = next.OrderByDescending(b => b.Value.Label + b.Value.Blank).Take(width).ToDictionary();
        }
        var best = beams.MaxBy(b => b.Value.Label + b.Value.Blank);
        return ([.. best.Key.Select(c => c - '0')], Math.Log(best.Value.Label + best.Value.Blank));
    }

    [Test]
    public void Of_equal_readings_the_smaller_class_and_the_longer_one_come_first()
    {
        var (labels, _) = Ops.CtcDecode(Ops.Zeros([1, 1, 3]), Tensor.Of([1], [1]), "beam_search", 3, 3, maskIndex: 2);
        Assert.That(labels.ToArray<int>(), Is.EqualTo(new[] { 0, 1, -1 }));
    }

    [Test]
    public void Readings_that_do_not_exist_are_empty_and_impossible()
    {
        var (labels, scores) = Ops.CtcDecode(Ops.Zeros([1, 1, 2]), Tensor.Of([1], [1]), "beam_search", 5, 4);
        Assert.That(labels.ToArray<int>(), Is.EqualTo(new[] { 1, -1, -1, -1 }));
        Assert.That(scores.ToDoubles()[2..], Is.All.EqualTo(double.NegativeInfinity));
    }

    [TestCase("greed", 1, 1, 0, "[ctc_decode] the strategy is unknown. Expected: greedy or beam_search. Received: greed.")]
    [TestCase("beam_search", 0, 1, 0, "[ctc_decode] a number of paths is too small. Expected: 1 or more. Received: 0.")]
    [TestCase("beam_search", 1, 1, 3, "[ctc_decode] the blank is no class. Expected: 0 to 2. Received: 3.")]
    public void Wrong_arguments_are_refused(string strategy, int width, int paths, int blank, string message) => Assert.That(
        () => Ops.CtcDecode(Ops.Ones([1, 2, 3]), Tensor.Of([1], [1]), strategy, width, paths, maskIndex: blank), Throws.ArgumentException.With.Message.EqualTo(message));
}
