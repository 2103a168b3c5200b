using System.Text.Json.Nodes;
using Keras.Layers;
using Keras.Metrics;

namespace Keras.Core.Tests.Training;

public class ConfusionMetricTests
{
    static readonly Tensor Truth = Tensor.Of(new[] { 0, 0, 1, 1, 1, 0 });
    static readonly Tensor Scores = Tensor.Of(new float[] { 0.1f, 0.6f, 0.35f, 0.8f, 0.9f, 0.2f });

    static IEnumerable<Metric> All() =>
    [
        new AUC(), new AUC(curve: "PR"), new AUC(curve: "prgain", summationMethod: "majoring"), new AUC(thresholds: [0.7, 0.3]), new AUC(fromLogits: true),
        new Precision(), new Precision([0.7, 0.2]), new Recall(0.3), new TruePositives(), new FalsePositives([0.2, 0.4, 0.9]),
        new TrueNegatives(), new FalseNegatives(), new SensitivityAtSpecificity(0.5), new SpecificityAtSensitivity(0.5, 1), new PrecisionAtRecall(0.5),
        new RecallAtPrecision(0.8, classId: null), new BinaryIoU(), new BinaryIoU([1], 0.3), new MeanIoU(2), new IoU(2, [1], sparseYPred: true),
    ];

    [TestCaseSource(nameof(All))]
    public void An_update_in_two_parts_is_that_of_all_eager_and_compiled(Metric metric)
    {
        metric.UpdateState(Truth, Scores);
        var expected = metric.Result().ToDoubles();
        var step = new CompiledFunction(a =>
        {
            metric.UpdateState(a[0], a[1]);
            return [metric.Result()];
        });
        metric.ResetState();
        var (first, second) = (new TensorIndex[] { TensorIndex.Slice(0, 3) }, new TensorIndex[] { TensorIndex.Slice(3, 6) });
        step.Invoke(Ops.GetItem(Truth, first), Ops.GetItem(Scores, first));
        Assert.That(step.Invoke(Ops.GetItem(Truth, second), Ops.GetItem(Scores, second))[0].ToDoubles(), Is.EqualTo(expected).Within(1e-6));
        metric.ResetState();
        Assert.That(metric.Variables.SelectMany(v => v.Value.ToDoubles()), Is.All.Zero);
    }

    [Test]
    public void The_state_is_that_of_Keras()
    {
        static string[] Paths(Metric metric) => [.. metric.Variables.Select(v => $"{v.Path} {v.Shape}")];
        Assert.Multiple(() =>
        {
            Assert.That(Paths(new AUC(numThresholds: 5, name: "a")), Is.EqualTo(new[] { "a/true_positives (5,)", "a/false_positives (5,)", "a/true_negatives (5,)", "a/false_negatives (5,)" }));
            Assert.That(Paths(new Precision(name: "p")), Is.EqualTo(new[] { "p/true_positives (1,)", "p/false_positives (1,)" }));
            Assert.That(Paths(new Recall(name: "r")), Is.EqualTo(new[] { "r/true_positives (1,)", "r/false_negatives (1,)" }));
            Assert.That(Paths(new TrueNegatives(name: "t")), Is.EqualTo(new[] { "t/accumulator (1,)" }));
            Assert.That(Paths(new MeanIoU(3, "m")), Is.EqualTo(new[] { "m/total_confusion_matrix (3, 3)" }));
        });
    }

    [Test]
    public void A_prediction_is_not_above_a_threshold_that_it_equals()
    {
        var metric = new Metrics.TruePositives([0, 0.5, 1]);
        metric.UpdateState(Tensor.Of(new[] { 1, 1, 1, 1 }), Tensor.Of(new float[] { 0, 0.5f, 0.75f, 1 }));
        Assert.That(metric.Result().ToDoubles(), Is.EqualTo(new double[] { 3, 2, 0 }));
    }

    [Test]
    public void Thresholds_need_no_order()
    {
        var (rising, falling) = (new Recall([0.2, 0.5, 0.85]), new Recall([0.85, 0.5, 0.2]));
        rising.UpdateState(Truth, Scores);
        falling.UpdateState(Truth, Scores);
        Assert.That(falling.Result().ToDoubles().Reverse(), Is.EqualTo(rising.Result().ToDoubles()));
    }

    [Test]
    public void Weights_of_F_scores_may_have_any_fitting_shape()
    {
        var (t, p) = (Tensor.Of(new[,] { { 1, 1 }, { 1, 0 } }), Tensor.Of(new[,] { { 0.2f, 0.6f }, { 0.2f, 0.6f } }));
        var metric = new FBetaScore(threshold: 0.5);
        Assert.That(metric.Apply(t, p, 0.5).ToDoubles(), Is.EqualTo(new[] { 0, 2.0 / 3 }).Within(1e-5));
        Assert.That(metric.Apply(t, p, Tensor.Of(new[,] { { 0.5f, 0.2f }, { 0.3f, 0.8f } })).ToDoubles(), Is.EqualTo(new[] { 0, 1.0 / 3 }).Within(1e-5));
    }

    [Test]
    public void F_scores_are_those_of_all_batches_together()
    {
        var metric = new F1Score("micro", 0.5);
        metric.UpdateState(Tensor.Of(new[,] { { 1, 1, 1 } }), Tensor.Of(new float[,] { { 1, 1, 1 } }));
        metric.UpdateState(Tensor.Of(new[,] { { 0, 1, 0 } }), Tensor.Of(new float[,] { { 1, 0, 0 } }));
        Assert.That(metric.Result().Item(), Is.EqualTo(0.75).Within(1e-5));
    }

    [Test]
    public void R2_counts_samples_not_elements()
    {
        var (t, p) = (Random.Normal([4, 3], seed: 1), Random.Normal([4, 3], seed: 2));
        var plain = new R2Score().Apply(t, p).Item();
        Assert.That(new R2Score(numRegressors: 1).Apply(t, p).Item(), Is.EqualTo(1 - ((1 - plain) * 3 / 2)).Within(1e-4));
    }

    [Test]
    public void Labels_are_counted_apart_from_the_first_update_on()
    {
        var metric = new AUC(multiLabel: true);
        Assert.That(metric.Result().Item(), Is.Zero);
        var step = new CompiledFunction(a =>
        {
            metric.UpdateState(a[0], a[1]);
            return [metric.Result()];
        });
        var (t, p) = (Tensor.Of(new[,] { { 0, 1 }, { 1, 0 } }), Tensor.Of(new[,] { { 0.1f, 0.2f }, { 0.9f, 0.7f } }));
        Assert.That(step.Invoke(t, p)[0].Item(), Is.EqualTo(0.5).Within(1e-5));
        Assert.That(metric.Variables[0].Shape, Is.EqualTo(Keras.Shape.Of(200, 2)));
        metric.ResetState();
        Assert.That(step.Invoke(t, p)[0].Item(), Is.EqualTo(0.5).Within(1e-5));
    }

    [Test]
    public void A_model_logs_them_by_their_names()
    {
        var model = new Sequential([new Input(3), new Dense(1, "sigmoid")]);
        model.Compile("sgd", "binary_crossentropy", metrics: ["auc", "precision", "recall", "true_positives", new BinaryIoU(name: "iou")], weightedMetrics: ["AUC"]);
        var history = model.Fit(Random.Normal([32, 3], seed: 1), Ops.Reshape(Ops.Arange(32) % 2, [32, 1]), batchSize: 8, epochs: 2, verbose: 0);
        Assert.That(history.Values.Keys, Is.SupersetOf(new[] { "auc", "precision", "recall", "true_positives", "iou" }));
        Assert.That(history["auc"], Is.All.InRange(0.0, 1.0));
    }

    static IEnumerable<TestCaseData> Configs() =>
    [
        new TestCaseData(new AUC(5, "PR", "minoring", "a", multiLabel: true, numLabels: 2), """{"num_thresholds":5,"curve":"PR","summation_method":"minoring","name":"a","dtype":"float32","multi_label":true,"num_labels":2,"label_weights":null,"from_logits":false}"""),
        new TestCaseData(new AUC(thresholds: [0.25, 0.75], name: "a"), """{"num_thresholds":4,"curve":"ROC","summation_method":"interpolation","name":"a","dtype":"float32","thresholds":[0.25,0.75],"multi_label":false,"num_labels":null,"label_weights":null,"from_logits":false}"""),
        new TestCaseData(new Precision(0.7, 2, 1, "p"), """{"thresholds":0.7,"top_k":2,"class_id":1,"name":"p","dtype":"float32"}"""),
        new TestCaseData(new FBetaScore(beta: 2), """{"average":null,"beta":2,"threshold":null,"name":"fbeta_score","dtype":"float32"}"""),
        new TestCaseData(new F1Score("macro", 0.5), """{"average":"macro","threshold":0.5,"name":"f1_score","dtype":"float32"}"""),
        new TestCaseData(new R2Score(ClassAggregation.None), """{"class_aggregation":null,"num_regressors":0,"name":"r2_score","dtype":"float32"}"""),
        new TestCaseData(new IoU(3, [0, 2], "i"), """{"num_classes":3,"target_class_ids":[0,2],"name":"i","dtype":"int32","ignore_class":null,"sparse_y_true":true,"sparse_y_pred":true,"axis":-1}"""),
        new TestCaseData(new RecallAtPrecision(0.5, name: "r"), """{"precision":0.5,"num_thresholds":200,"class_id":null,"name":"r","dtype":"float32"}"""),
    ];

    [TestCaseSource(nameof(Configs))]
    public void Configs_have_the_keys_of_Keras_and_come_back(Metric metric, string expected)
    {
        var config = ObjectConfig.Of(metric);
        Assert.That(JsonNode.DeepEquals(config, JsonNode.Parse(expected)), config.ToJsonString());
        Assert.That(ObjectConfig.Of(ObjectConfig.Construct(metric.GetType(), JsonNode.Parse(config.ToJsonString())!.AsObject())).ToJsonString(), Is.EqualTo(config.ToJsonString()));
    }

    static IEnumerable<Func<object>> Impossible() =>
    [
        () => new AUC(1), () => new AUC(numLabels: 2), () => new AUC(curve: "x"), () => new Precision(1.5), () => new Precision(topK: 0),
        () => new Recall(Array.Empty<double>()), () => new PrecisionAtRecall(2), () => new RecallAtPrecision(0.5, 0), () => new IoU(2, [2]),
        () => new MeanIoU(0), () => new FBetaScore(beta: 0), () => new F1Score(threshold: 0), () => new R2Score(numRegressors: -1),
        () => new Recall(classId: 2).Apply(Tensor.Of(new[,] { { 0, 1 } }), Tensor.Of(new[,] { { 0f, 1f } })),
        () => new Recall(classId: 0).Apply(Truth, Scores),
        () => new Precision().Apply(Truth, Tensor.Of(new float[] { 1, 2 })),
        () => new Precision().Apply(Truth, Scores, Tensor.Of(new float[] { 1, 2 })),
        () => new AUC(multiLabel: true).Apply(Truth, Scores),
    ];

    [TestCaseSource(nameof(Impossible))]
    public void What_cannot_be_is_refused_at_once(Func<object> use) =>
        Assert.That(() => use(), Throws.InstanceOf<ArgumentException>().With.Message.Contains("Expected"));
}
