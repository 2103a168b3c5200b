namespace Keras;

/// <summary>The functions of <c>keras.losses</c>: one loss for each sample, without weights and reduction. Unless said otherwise they take
/// targets and predictions of one shape (batch, …, n) and give (batch, …). Targets are cast to the dtype of the predictions.</summary>
public static partial class LossFunctions
{
    /// <summary>The mean of the squared differences.</summary>
    public static Tensor MeanSquaredError(Tensor yTrue, Tensor yPred)
    {
        var (t, p) = Weighting.Align("mean_squared_error", yTrue, yPred);
        return Ops.Mean(Ops.Square(t - p), -1);
    }

    /// <summary>The mean of the absolute differences.</summary>
    public static Tensor MeanAbsoluteError(Tensor yTrue, Tensor yPred)
    {
        var (t, p) = Weighting.Align("mean_absolute_error", yTrue, yPred);
        return Ops.Mean(Ops.Absolute(t - p), -1);
    }

    /// <summary>100 times the mean of the differences relative to the targets; a target of 0 counts as epsilon.</summary>
    public static Tensor MeanAbsolutePercentageError(Tensor yTrue, Tensor yPred)
    {
        var (t, p) = Weighting.Align("mean_absolute_percentage_error", yTrue, Ops.AsFloating(yPred));
        return Ops.Mean(Ops.Absolute((t - p) / Ops.Maximum(Ops.Absolute(t), Config.Epsilon)), -1) * 100;
    }

    /// <summary>The mean of the squared differences of log(1 + x); values below epsilon count as epsilon.</summary>
    public static Tensor MeanSquaredLogarithmicError(Tensor yTrue, Tensor yPred)
    {
        var (t, p) = Weighting.Align("mean_squared_logarithmic_error", yTrue, Ops.AsFloating(yPred));
        return Ops.Mean(Ops.Square(Logarithm(p) - Logarithm(t)), -1);
        static Tensor Logarithm(Tensor x) => Ops.Log(Ops.Maximum(x, Config.Epsilon) + 1);
    }

    /// <summary>The mean of e² / 2 for differences up to delta, and of delta |e| - delta² / 2 beyond.</summary>
    public static Tensor Huber(Tensor yTrue, Tensor yPred, double delta = 1)
    {
        var (t, p) = Weighting.Align("huber", yTrue, Ops.AsFloating(yPred));
        var error = p - t;
        var size = Ops.Absolute(error);
        return Ops.Mean(Ops.Where(size <= delta, Ops.Square(error) * 0.5, size * delta - 0.5 * delta * delta), -1);
    }

    /// <summary>The mean of the logarithms of the hyperbolic cosine of the differences.</summary>
    public static Tensor LogCosh(Tensor yTrue, Tensor yPred)
    {
        var (t, p) = Weighting.Align("log_cosh", yTrue, Ops.AsFloating(yPred));
        var error = p - t;
        return Ops.Mean(error + Ops.Softplus(error * -2) - Math.Log(2), -1);
    }

    /// <summary>The negative cosine of the angle between targets and predictions along an axis: -1 for the same direction. A zero vector gives 0.</summary>
    public static Tensor CosineSimilarity(Tensor yTrue, Tensor yPred, int axis = -1) => -Cosine(yTrue, yPred, axis);

    internal static Tensor Cosine(Tensor yTrue, Tensor yPred, int axis)
    {
        var (t, p) = Weighting.Align("cosine_similarity", yTrue, Ops.AsFloating(yPred));
        return Ops.Sum(Unit(t, axis) * Unit(p, axis), axis);
    }

    static Tensor Unit(Tensor x, int axis)
    {
        var square = Ops.Sum(Ops.Square(x), axis, keepdims: true);
        // The limit applies before the root, so that the gradient at a zero vector is a number.
        return x * Ops.Rsqrt(Ops.Maximum(square, Config.Epsilon * Config.Epsilon));
    }

    /// <summary>The mean of p - t log(p).</summary>
    public static Tensor Poisson(Tensor yTrue, Tensor yPred)
    {
        var (t, p) = Weighting.Align("poisson", yTrue, Ops.AsFloating(yPred));
        return Ops.Mean(p - t * Ops.Log(p + Config.Epsilon), -1);
    }

    /// <summary>The mean of max(1 - t p, 0). Targets are -1 and 1; if all of them are 0 or 1, 0 stands for -1.</summary>
    public static Tensor Hinge(Tensor yTrue, Tensor yPred) => Ops.Mean(Margin("hinge", yTrue, yPred), -1);

    /// <summary>The mean of max(1 - t p, 0)². Targets are -1 and 1; if all of them are 0 or 1, 0 stands for -1.</summary>
    public static Tensor SquaredHinge(Tensor yTrue, Tensor yPred) => Ops.Mean(Ops.Square(Margin("squared_hinge", yTrue, yPred)), -1);

    static Tensor Margin(string who, Tensor yTrue, Tensor yPred)
    {
        var (t, p) = Weighting.Align(who, yTrue, Ops.AsFloating(yPred));
        var binary = Ops.All(Ops.LogicalOr(Ops.Equal(t, 0), Ops.Equal(t, 1)));
        return Ops.Maximum(1 - Ops.Where(binary, t * 2 - 1, t) * p, 0);
    }

    /// <summary>max(0, 1 + the largest prediction of a wrong class - that of the right one), for one-hot targets.</summary>
    public static Tensor CategoricalHinge(Tensor yTrue, Tensor yPred)
    {
        var (t, p) = Weighting.Align("categorical_hinge", yTrue, Ops.AsFloating(yPred));
        return Ops.Maximum(Ops.Max((1 - t) * p, -1) - Ops.Sum(t * p, -1) + 1, 0);
    }

    /// <summary>1 - twice the overlap divided by the sizes, over some axes; over all where none is named.</summary>
    public static Tensor Dice(Tensor yTrue, Tensor yPred, Axes? axis = null)
    {
        var (t, p) = Weighting.Align("dice", yTrue, Ops.AsFloating(yPred));
        return 1 - Ops.Sum(t * p, axis) * 2 / (Ops.Sum(t, axis) + Ops.Sum(p, axis) + Config.Epsilon);
    }

    /// <summary>1 - the overlap divided by it plus alpha false positives plus beta false negatives, over some axes; over all where none is named.</summary>
    public static Tensor Tversky(Tensor yTrue, Tensor yPred, double alpha = 0.5, double beta = 0.5, Axes? axis = null)
    {
        var (t, p) = Weighting.Align("tversky", yTrue, Ops.AsFloating(yPred));
        var overlap = Ops.Sum(t * p, axis);
        var (positives, negatives) = (Ops.Sum((1 - t) * p, axis), Ops.Sum(t * (1 - p), axis));
        return 1 - overlap / (overlap + positives * alpha + negatives * beta + Config.Epsilon);
    }
}
