namespace Keras.Metrics;

/// <summary>The base of metrics of intersection over union, which gather how often each class is taken for each other one.</summary>
public abstract class ConfusionMatrixMetric : Metric
{
    readonly Variable _total;

    private protected ConfusionMatrixMetric(int numClasses, IReadOnlyList<int>? targets, string? name, DType? dtype, int? ignoreClass, bool sparseTrue,
        bool sparsePred, int axis) : base(name, dtype ?? DType.Int32)
    {
        if (numClasses <= 0) throw Errors.Argument(Name, "there must be classes", "num_classes > 0", numClasses);
        TargetClassIds = targets ?? [.. Enumerable.Range(0, numClasses)];
        foreach (var target in TargetClassIds)
            if (target < 0 || target >= numClasses) throw Errors.Argument(Name, "a target class is out of range", $"0 to {numClasses - 1}", target);
        (NumClasses, IgnoreClass, SparseYTrue, SparseYPred, Axis) = (numClasses, ignoreClass, sparseTrue, sparsePred, axis);
        _total = AddVariable([numClasses, numClasses], "total_confusion_matrix");
    }

    /// <summary>How many classes there are.</summary>
    public int NumClasses { get; }

    /// <summary>Which classes the mean is taken over.</summary>
    public IReadOnlyList<int> TargetClassIds { get; }

    /// <summary>Targets of this class count nowhere. Default none.</summary>
    public int? IgnoreClass { get; }

    /// <summary>Whether targets are class numbers, not one-hot.</summary>
    public bool SparseYTrue { get; }

    /// <summary>Whether predictions are class numbers, not scores of each class.</summary>
    public bool SparseYPred { get; }

    /// <summary>The axis of the classes. Default the last.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        var weight = Weighting.WithMask(sampleWeight, yPred.Mask, Dtype);
        var t = Ops.AsInt32(SparseYTrue ? yTrue : Ops.Argmax(yTrue, Axis));
        var p = Ops.AsInt32(SparseYPred ? yPred : Ops.Argmax(yPred, Axis));
        (t, p) = Weighting.SameRank(t, p);
        if (!t.Shape.Matches(p.Shape)) throw Errors.Argument(Name, "targets and predictions have different shapes", p.Shape, t.Shape);
        var known = Ops.LogicalAnd(IsClass(t), IsClass(p));
        if (IgnoreClass is { } ignored) known = Ops.LogicalAnd(known, Ops.NotEqual(t, ignored));
        // Segments with a negative number count nowhere.
        var cell = Ops.Where(known, (t * NumClasses) + p, -1);
        var counts = Ops.SegmentSum(Ops.Ravel(Ops.Cast(Spread.Over(Name, weight, p), Dtype)), Ops.Ravel(cell), NumClasses * NumClasses);
        _total.Assign(_total.Read() + Ops.Reshape(counts, [NumClasses, NumClasses]));
    }

    Tensor IsClass(Tensor x) => Ops.LogicalAnd(Ops.GreaterEqual(x, 0), Ops.Less(x, NumClasses));

    /// <summary>The mean over the target classes that occur, a scalar; 0 where none does.</summary>
    public override Tensor Result()
    {
        var matrix = Ops.Cast(_total.Read(), Dtype.IsFloating() ? Dtype : Config.Floatx);
        var right = Ops.Diagonal(matrix);
        var union = Ops.Sum(matrix, 0) + Ops.Sum(matrix, 1) - right;
        if (TargetClassIds.Count < NumClasses || !TargetClassIds.SequenceEqual(Enumerable.Range(0, NumClasses)))
        {
            var chosen = Tensor.Of(TargetClassIds.ToArray(), [TargetClassIds.Count]);
            (right, union) = (Ops.Take(right, chosen, 0), Ops.Take(union, chosen, 0));
        }
        var occurring = Ops.Sum(Ops.Cast(Ops.Greater(union, 0), union.DType));
        return Weighting.DivideNoNan(Ops.Sum(right / (union + Config.Epsilon)), occurring);
    }
}

/// <summary>The overlap of predicted and true places of a class over both together, as the mean over some classes.</summary>
/// <param name="numClasses">How many classes there are.</param>
/// <param name="targetClassIds">Which classes the mean is taken over.</param>
/// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
/// <param name="dtype">The dtype of the state. Default int32, which takes whole weights alone.</param>
/// <param name="ignoreClass">Targets of this class count nowhere. Default none.</param>
/// <param name="sparseYTrue">Whether targets are class numbers, not one-hot. Default true.</param>
/// <param name="sparseYPred">Whether predictions are class numbers, not scores of each class. Default true.</param>
/// <param name="axis">The axis of the classes. Default the last.</param>
/// <exception cref="ArgumentException">There are no classes, or a target class is none of them.</exception>
public sealed class IoU(int numClasses, IReadOnlyList<int> targetClassIds, string? name = null, DType? dtype = null,
    int? ignoreClass = null, bool sparseYTrue = true, bool sparseYPred = true, int axis = -1)
    : ConfusionMatrixMetric(numClasses, targetClassIds, name, dtype, ignoreClass, sparseYTrue, sparseYPred, axis);

/// <summary>The overlap of predicted and true places of a class over both together, as the mean over all classes.</summary>
/// <param name="numClasses">How many classes there are.</param>
/// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
/// <param name="dtype">The dtype of the state. Default int32, which takes whole weights alone.</param>
/// <param name="ignoreClass">Targets of this class count nowhere. Default none.</param>
/// <param name="sparseYTrue">Whether targets are class numbers, not one-hot. Default true.</param>
/// <param name="sparseYPred">Whether predictions are class numbers, not scores of each class. Default true.</param>
/// <param name="axis">The axis of the classes. Default the last.</param>
/// <exception cref="ArgumentException">There are no classes, or a target class is none of them.</exception>
public sealed class MeanIoU(int numClasses, string? name = null, DType? dtype = null,
    int? ignoreClass = null, bool sparseYTrue = true, bool sparseYPred = true, int axis = -1)
    : ConfusionMatrixMetric(numClasses, null, name, dtype, ignoreClass, sparseYTrue, sparseYPred, axis);

/// <summary>The overlap of predicted and true places of a class over both together, as the mean over some classes; for one-hot targets.</summary>
/// <param name="numClasses">How many classes there are.</param>
/// <param name="targetClassIds">Which classes the mean is taken over.</param>
/// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
/// <param name="dtype">The dtype of the state. Default int32, which takes whole weights alone.</param>
/// <param name="ignoreClass">Targets of this class count nowhere. Default none.</param>
/// <param name="sparseYPred">Whether predictions are class numbers, not scores of each class. Default false.</param>
/// <param name="axis">The axis of the classes. Default the last.</param>
/// <exception cref="ArgumentException">There are no classes, or a target class is none of them.</exception>
public sealed class OneHotIoU(int numClasses, IReadOnlyList<int> targetClassIds, string? name = null,
    DType? dtype = null, int? ignoreClass = null, bool sparseYPred = false, int axis = -1)
    : ConfusionMatrixMetric(numClasses, targetClassIds, name, dtype, ignoreClass, false, sparseYPred, axis);

/// <summary>The overlap of predicted and true places of a class over both together, as the mean over all classes; for one-hot targets.</summary>
/// <param name="numClasses">How many classes there are.</param>
/// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
/// <param name="dtype">The dtype of the state. Default int32, which takes whole weights alone.</param>
/// <param name="ignoreClass">Targets of this class count nowhere. Default none.</param>
/// <param name="sparseYPred">Whether predictions are class numbers, not scores of each class. Default false.</param>
/// <param name="axis">The axis of the classes. Default the last.</param>
/// <exception cref="ArgumentException">There are no classes, or a target class is none of them.</exception>
public sealed class OneHotMeanIoU(int numClasses, string? name = null, DType? dtype = null,
    int? ignoreClass = null, bool sparseYPred = false, int axis = -1)
    : ConfusionMatrixMetric(numClasses, null, name, dtype, ignoreClass, false, sparseYPred, axis);

/// <summary>The overlap of predicted and true places of a class over both together, for yes (1) and no (0).</summary>
/// <param name="targetClassIds">Which of the two the mean is taken over. Default both.</param>
/// <param name="threshold">From it on a prediction is a yes. Default 0.5.</param>
/// <param name="name">The name in logs. Default the snake case of the class, made unique.</param>
/// <param name="dtype">The dtype of the state. Default int32, which takes whole weights alone.</param>
/// <exception cref="ArgumentException">There are no classes, or a target class is none of them.</exception>
public sealed class BinaryIoU(IReadOnlyList<int>? targetClassIds = null, double threshold = 0.5, string? name = null, DType? dtype = null)
    : ConfusionMatrixMetric(2, targetClassIds, name, dtype, null, true, true, -1)
{
    /// <summary>From it on a prediction is a yes. Default 0.5.</summary>
    public double Threshold { get; } = threshold;

    /// <inheritdoc/>
    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        var yes = Ops.GreaterEqual(Ops.AsFloating(yPred), Threshold);
        yes.Mask = yPred.Mask;
        base.UpdateState(yTrue, yes, sampleWeight);
    }
}
