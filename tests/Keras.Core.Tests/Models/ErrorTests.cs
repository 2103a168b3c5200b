using Keras.Layers;

namespace Keras.Core.Tests.Models;

public class ErrorTests
{
    static readonly float[,] X = new float[4, 3];
    static readonly int[] Y = [0, 1, 1, 0];

    static Sequential Classifier() => new([new Input(3), new Dense(2, activation: "softmax", name: "scores")], name: "classifier");

    static Sequential Compiled()
    {
        var model = Classifier();
        model.Compile("sgd", "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        return model;
    }

    static void StillTrains(Model model, Nest x, Nest y)
    {
        var before = model.GetWeights().Select(w => w.ToDoubles()).ToArray();
        Assert.That(double.IsFinite(model.TrainOnBatch(x, y)["loss"]));
        Assert.That(model.GetWeights().Select(w => w.ToDoubles()), Is.Not.EqualTo(before));
        model.Predict(x);
    }

    static float[,] Ones(int rows, int columns)
    {
        var x = new float[rows, columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) x[i, j] = 1 + i + j;
        return x;
    }

    [Test]
    public void A_wrong_number_of_features_is_named()
    {
        var model = Compiled();
        Assert.That(Complaint.Of<ArgumentException>(() => model.Fit(new float[4, 5], Y, verbose: 0)), Does.StartWith("[Sequential \"classifier\"] ")
            .And.Contain("input_layer").And.Contain("(None, 3)").And.Contain("5)"));
        Assert.That(Complaint.Of<ArgumentException>(() => model.Predict(new float[4, 5])), Does.Contain("classifier"));
        StillTrains(model, Ones(4, 3), Y);
        Assert.That(Complaint.Of<ArgumentException>(() => model.Fit(new float[4, 5], Y, verbose: 0)), Does.Contain("classifier"), "with a step known already");
        Assert.That(Complaint.Of<ArgumentException>(() => model.Predict(new float[4, 5])), Does.Contain("classifier"));
        StillTrains(model, Ones(4, 3), Y);
    }

    [Test]
    public void A_wrong_rank_is_named()
    {
        var layer = new Conv2D(2, 3, name: "conv2d_1");
        Assert.That(Complaint.Of<ArgumentException>(() => layer.Apply(Ops.Zeros([28, 28, 1]))), Is.EqualTo(
            "[Conv2D \"conv2d_1\"] the input has a wrong rank. Expected: 4 dimensions. Received: (28, 28, 1)."));
        Assert.That(layer.Apply(Ops.Zeros([1, 28, 28, 1])).Shape, Is.EqualTo(Shape.Of(1, 26, 26, 2)));
        var model = Compiled();
        Assert.That(Complaint.Of<ArgumentException>(() => model.Predict(new float[2, 3, 4, 5])), Does.StartWith("[Sequential \"classifier\"] "));
        StillTrains(model, Ones(4, 3), Y);
    }

    [Test]
    public void Channels_that_do_not_match_are_named()
    {
        var layer = new Conv2D(2, 3, name: "conv2d_1");
        layer.Build([null, 28, 28, 3]);
        Assert.That(Complaint.Of<ArgumentException>(() => layer.Apply(Ops.Zeros([1, 28, 28, 1]))), Does.StartWith("[Conv2D \"conv2d_1\"] ")
            .And.Contain("3").And.Contain("(1, 28, 28, 1)"));
        Assert.That(Complaint.Of<ArgumentException>(() => Ops.Conv(Ops.Zeros([1, 8, 8, 1]), Ops.Zeros([3, 3, 3, 8]))), Does.Contain("(1, 8, 8, 1)")
            .And.Contain("(3, 3, 3, 8)"));
        Assert.That(layer.Apply(Ops.Zeros([1, 28, 28, 3])).Shape, Is.EqualTo(Shape.Of(1, 26, 26, 2)));
    }

    [Test]
    public void A_kernel_larger_than_the_image_is_refused_where_it_is_called()
    {
        Assert.That(Complaint.Of<ArgumentException>(() => new Conv2D(2, 5, name: "wide").Apply(Ops.Zeros([1, 3, 3, 1]))), Does.StartWith("[Conv2D \"wide\"] "));
        Assert.That(Complaint.Of<ArgumentException>(() => new MaxPooling2D(5, name: "pool").Apply(Ops.Zeros([1, 3, 3, 1]))), Does.StartWith("[MaxPooling2D \"pool\"] "));
    }

    [TestCase(2), TestCase(-1)]
    public void A_label_out_of_range_is_named_and_no_weight_changes(int label)
    {
        var model = new Sequential([new Input(3), new Dense(4), new BatchNormalization(), new Dropout(0.5), new Dense(2, activation: "softmax")], name: "classifier");
        model.Compile("adam", "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        model.TrainOnBatch(Ones(4, 3), Y);
        var before = model.GetWeights().Select(w => w.ToDoubles()).ToArray();
        var optimizer = model.Optimizer!.Variables.Select(v => v.Value.ToDoubles()).ToArray();
        Assert.That(Complaint.Of<ArgumentException>(() => model.Fit(Ones(4, 3), new[] { 0, 1, label, 0 }, verbose: 0)), Does.Contain($"{label} at position ").And.Contain("0 to 1"));
        Assert.That(model.GetWeights().Select(w => w.ToDoubles()), Is.EqualTo(before));
        Assert.That(model.Optimizer!.Variables.Select(v => v.Value.ToDoubles()), Is.EqualTo(optimizer));
        StillTrains(model, Ones(4, 3), Y);
    }

    [Test]
    public void Different_numbers_of_samples_are_named()
    {
        var model = Compiled();
        Assert.That(Complaint.Of<ArgumentException>(() => model.Fit(X, new[] { 0, 1, 1 }, verbose: 0)), Is.EqualTo("[Sequential \"classifier\"] the numbers of samples "
            + "differ. Expected: the same first dimension in x, y and sample_weight. Received: x (4, 3), y (3,)."));
        Assert.That(Complaint.Of<ArgumentException>(() => model.Fit(X, Y, sampleWeight: new float[5], verbose: 0)), Does.Contain("sample_weight (5,)"));
        Assert.That(Complaint.Of<ArgumentException>(() => model.TrainOnBatch(X, new[] { 0, 1, 1 })), Does.Contain("classifier"));
        StillTrains(model, Ones(4, 3), Y);
    }

    [Test]
    public void No_samples_are_refused_in_training_and_fine_in_prediction()
    {
        var model = Compiled();
        Assert.That(Complaint.Of<ArgumentException>(() => model.Fit(new float[0, 3], Array.Empty<int>(), verbose: 0)), Is.EqualTo(
            "[Sequential \"classifier\"] there are no samples. Expected: 1 sample or more. Received: (0, 3)."));
        Assert.That(Complaint.Of<ArgumentException>(() => model.Evaluate(new float[0, 3], Array.Empty<int>(), verbose: 0)), Does.Contain("there are no samples"));
        Assert.That(model.Predict(new float[0, 3]).Shape, Is.EqualTo(Shape.Of(0, 2)));
        StillTrains(model, Ones(4, 3), Y);
    }

    [Test]
    public void Sizes_of_zero_are_refused_or_work()
    {
        Assert.That(Complaint.Of<ArgumentException>(() => new Dense(0)), Does.StartWith("[Dense \"").And.Contain("units is not positive"));
        Assert.That(Complaint.Of<ArgumentException>(() => new Conv2D(0, 3)), Does.StartWith("[Conv2D \""));
        Assert.That(Complaint.Of<ArgumentException>(() => new Conv2D(2, 0)), Does.StartWith("[Conv2D \""));
        Assert.That(Complaint.Of<ArgumentException>(() => Compiled().Fit(X, Y, batchSize: 0)), Does.Contain("the batch size is too small"));
        Assert.That(new Dense(2).Apply(Ops.Zeros([0, 3])).ToArray<float>(), Is.Empty);
        Assert.That(new Dense(2).Apply(Ops.Zeros([3, 0])).ToArray<float>(), Is.EqualTo(new float[6]));
    }

    [Test]
    public void A_tensor_that_depends_on_an_input_has_no_value()
    {
        var x = new Input(Shape.Of(3), name: "pixels").Output;
        var y = new Dense(2).Apply(x);
        Assert.That(Complaint.Of<InvalidOperationException>(() => y.ToArray<float>()), Does.StartWith("[Input \"pixels\"] an Input has no value of its own."));
    }

    [Test]
    public void Unknown_names_come_with_the_known_ones()
    {
        Assert.That(Complaint.Of<ArgumentException>(() => new Dense(1, activation: "reluu")), Does.Contain("\"reluu\"").And.Contain("relu, ").And.Contain("softmax"));
        Assert.That(Complaint.Of<ArgumentException>(() => Classifier().Compile("adamm", "mse")), Does.Contain("\"adamm\"").And.Contain("adam, ").And.Contain("sgd"));
        Assert.That(Complaint.Of<ArgumentException>(() => Classifier().Compile("adam", "mean")), Does.Contain("\"mean\"").And.Contain("mean_squared_error"));
        Assert.That(Complaint.Of<ArgumentException>(() => Classifier().Compile("adam", "mse", metrics: ["acuracy"])), Does.Contain("\"acuracy\"").And.Contain("mean_squared_error"));
        Assert.That(Complaint.Of<ArgumentException>(() => new Dense(1, kernelInitializer: "glorot")), Does.Contain("\"glorot\"").And.Contain("glorot_uniform"));
        Assert.That(Complaint.Of<ArgumentException>(() => new Conv2D(1, 1, padding: "sam")), Does.Contain("\"sam\"").And.Contain("same").And.Contain("valid"));
        Assert.That(Complaint.Of<ArgumentException>(() => new Dense(1, dtype: "float33")), Does.Contain("\"float33\""));
        Assert.That(Complaint.Of<ArgumentException>(() => Classifier().GetLayer("dense_99")), Is.EqualTo(
            "[Sequential \"classifier\"] there is no such layer. Expected: scores. Received: \"dense_99\"."));
    }

    [Test]
    public void What_needs_Compile_says_so()
    {
        var model = Classifier();
        foreach (Action action in new Action[] { () => model.Fit(X, Y), () => model.Evaluate(X, Y), () => model.TrainOnBatch(X, Y) })
            Assert.That(Complaint.Of<InvalidOperationException>(action), Is.EqualTo(
                "[Sequential \"classifier\"] the model is not compiled. Expected: a call of Compile before. Received: none."));
        model.Compile("sgd");
        Assert.That(Complaint.Of<InvalidOperationException>(() => model.Fit(X, Y, verbose: 0)), Does.StartWith("[Sequential \"classifier\"] there is nothing to minimize."));
        Assert.That(Complaint.Of<InvalidOperationException>(() => new Sequential([new Dense(1)], name: "open").Summary()), Does.StartWith("[Sequential \"open\"] "));
        Assert.That(Complaint.Of<InvalidOperationException>(() => new Sequential([new Dense(1)], name: "open").CountParams()), Does.StartWith("[Sequential \"open\"] "));
    }

    [Test]
    public void Missing_targets_are_named()
    {
        var model = Compiled();
        Assert.That(Complaint.Of<ArgumentException>(() => model.Fit(X, verbose: 0)), Is.EqualTo(
            "[Sequential \"classifier\"] the number of targets is wrong. Expected: 1. Received: 0."));
        StillTrains(model, Ones(4, 3), Y);
    }

    [Test]
    public void Targets_of_a_wrong_shape_are_named()
    {
        var model = Classifier();
        model.Compile("sgd", "categorical_crossentropy");
        Assert.That(Complaint.Of<ArgumentException>(() => model.Fit(X, new float[4, 3], verbose: 0)), Does.Contain("(4, 3)").And.Contain("(4, 2)"));
        StillTrains(model, Ones(4, 3), new float[,] { { 1, 0 }, { 0, 1 }, { 1, 0 }, { 0, 1 } });
    }

    [Test]
    public void Several_outputs_need_the_other_form_of_prediction()
    {
        var x = Layer.Input(3);
        var model = new Model(x, new[] { new Dense(1).Apply(x), new Dense(2).Apply(x) }, name: "two");
        Assert.That(Complaint.Of<InvalidOperationException>(() => model.Predict(X)), Does.StartWith("[Model \"two\"] ").Or.StartWith("[Functional \"two\"] "));
        Assert.That(model.PredictAll(X).Flatten().Select(t => t.Shape), Is.EqualTo(new[] { Shape.Of(4, 1), Shape.Of(4, 2) }));
        Assert.That(Complaint.Of<InvalidOperationException>(() => model.Predict<float, float>(new float[3], new float[3])), Does.Contain("\"two\""));
    }

    [Test]
    public void A_wrong_number_of_inputs_is_named_also_after_a_right_one()
    {
        var model = Compiled();
        Assert.That(Complaint.Of<ArgumentException>(() => model.Predict(new Nest[] { X, X })), Does.StartWith("[Sequential \"classifier\"] "));
        model.Predict(X);
        Assert.That(Complaint.Of<ArgumentException>(() => model.Predict(new Nest[] { X, X })), Does.StartWith("[Sequential \"classifier\"] "));
        Tensor a = Layer.Input(3), b = Layer.Input(3);
        var pair = new Model(new[] { a, b }, new Dense(1).Apply(a + b), name: "pair");
        pair.Predict(new Nest[] { X, X });
        Assert.That(Complaint.Of<ArgumentException>(() => pair.Predict(X)), Does.Contain("\"pair\""));
    }

    [Test]
    public void Span_prediction_refuses_what_does_not_fit()
    {
        var model = Classifier();
        Assert.That(Complaint.Of<ArgumentException>(() => model.Predict<float, float>(new float[4], new float[4])), Is.EqualTo(
            "[Sequential \"classifier\"] the input is not a whole number of samples. Expected: a multiple of 3 elements. Received: 4."));
        Assert.That(Complaint.Of<ArgumentException>(() => model.Predict<float, float>(new float[6], new float[3])), Is.EqualTo(
            "[Sequential \"classifier\"] the destination is too short. Expected: 4 elements. Received: 3."));
        Assert.That(Complaint.Of<ArgumentException>(() => model.Predict<double, float>(new double[3], new float[2])), Does.Contain("Double"));
        Assert.That(Complaint.Of<ArgumentException>(() => model.Predict<float, double>(new float[3], new double[2])), Does.Contain("Double"));
        var output = new float[2];
        model.Predict<float, float>(new float[3], output);
        Assert.That(output.Sum(), Is.EqualTo(1).Within(1e-6f));
    }

    [Test]
    public void A_model_needs_all_inputs_of_its_outputs()
    {
        var (a, b) = (Layer.Input(3), new Input(Shape.Of(3), name: "forgotten").Output);
        Assert.That(Complaint.Of<ArgumentException>(() => new Model(a, new Dense(1).Apply(a + b))), Does.Contain("\"forgotten\""));
        Assert.That(Complaint.Of<ArgumentException>(() => new Model(Ops.Zeros([1, 3]), new Dense(1).Apply(a))), Does.Contain("must come from an Input"));
    }

    [Test]
    public void Merging_shapes_that_differ_is_refused()
    {
        Assert.That(Complaint.Of<ArgumentException>(() => new Keras.Layers.Add(name: "sum").Apply([Ops.Zeros([2, 3]), Ops.Zeros([2, 4])])), Does.StartWith("[Add \"sum\"] ")
            .And.Contain("(2, 3)").And.Contain("(2, 4)"));
        Assert.That(Complaint.Of<ArgumentException>(() => new Keras.Layers.Concatenate(name: "join").Apply([Ops.Zeros([2, 3]), Ops.Zeros([5, 4])])), Does.StartWith("[Concatenate \"join\"] "));
    }
}
