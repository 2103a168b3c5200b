namespace Keras.Core.Tests.Training;

public class DataUtilsTests
{
    static readonly int[][] Sequences = [[1], [], [1, 2, 3]];

    [Test]
    public void Sequences_get_one_length()
    {
        Assert.That(Utils.PadSequences(Sequences).ToDoubles(), Is.EqualTo(new double[] { 0, 0, 1, 0, 0, 0, 1, 2, 3 }));
        Assert.That(Utils.PadSequences(Sequences, 2, padding: "post", truncating: "post", value: 9).ToDoubles(), Is.EqualTo(new double[] { 1, 9, 9, 9, 1, 2 }));
        Assert.That(Utils.PadSequences(Array.Empty<int[]>()).Shape, Is.EqualTo(Keras.Shape.Of(0, 0)));
        Assert.That(Utils.PadSequences(Sequences, 0).Shape, Is.EqualTo(Keras.Shape.Of(3, 0)));
    }

    [Test]
    public void Sequences_keep_their_numbers()
    {
        const long Large = (1L << 53) + 1;
        Tensor[] sequences = [Tensor.Of([Large], [1]), Tensor.Of([1L, Large, -Large], [3])];
        Assert.That(Utils.PadSequences(sequences, 2, DType.Int64, value: 7).ToArray<long>(), Is.EqualTo(new[] { 7, Large, Large, -Large }));
        Assert.That(Utils.PadSequences([Tensor.Of(new[,] { { 1.5f, 2 } }), Tensor.Of(new[,] { { 3f, 4 }, { 5, 6 } })], dtype: DType.Float32, padding: "post", value: -1)
            .ToDoubles(), Is.EqualTo(new[] { 1.5, 2, -1, -1, 3, 4, 5, 6 }));
    }

    [Test]
    public void A_loss_of_ones_own_is_not_saved_as_one_of_Keras()
    {
        var own = new Losses.LossFunctionWrapper(Losses.LossFunction.Of(MySquares.MeanSquaredError));
        Assert.That(own.Fn.Name, Is.EqualTo("mean_squared_error"));
        Assert.That(() => ObjectConfig.Of(own), Throws.InstanceOf<NotSupportedException>());
    }

    static class MySquares
    {
        internal static Tensor MeanSquaredError(Tensor yTrue, Tensor yPred) => yPred - yTrue;
    }

    [Test]
    public void What_cannot_be_is_refused()
    {
        Assert.That(() => Utils.PadSequences(Sequences, int.MaxValue), Throws.InstanceOf<DeviceOutOfMemoryException>());
        Assert.That(() => Utils.ToCategorical(Tensor.Of(new[] { long.MaxValue - 1 })), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new Initializers.STFT().Apply([1 << 20, 1, 1 << 20]), Throws.InstanceOf<DeviceOutOfMemoryException>());
        Assert.That(() => new Initializers.Orthogonal().Apply([1 << 20, 1 << 20, 1]), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => LossFunctions.Huber(Tensor.Of([1.0], [1]), Tensor.Of([System.Numerics.Complex.One], [1])), Throws.InstanceOf<NotSupportedException>());
        Assert.That(() => Utils.PadSequences(Sequences, -1), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => Utils.PadSequences(Sequences, padding: "both"), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => Utils.PadSequences([Tensor.Of(new[,] { { 1, 2 } }), Tensor.Of(new[,] { { 1 } })]), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => Utils.ToCategorical(Tensor.Of(new[] { 1 }), 0), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void A_loss_of_a_named_function_comes_back_from_its_config()
    {
        var config = ObjectConfig.Of(new Losses.LossFunctionWrapper("mean_absolute_error", "sum", "mae"));
        Assert.That(config.ToJsonString(), Is.EqualTo("""{"fn":{"module":"builtins","class_name":"function","config":"mean_absolute_error","registered_name":"function"},"reduction":"sum","name":"mae"}"""));
        var loss = (Loss)ObjectConfig.Construct(typeof(Losses.LossFunctionWrapper), System.Text.Json.Nodes.JsonNode.Parse(config.ToJsonString())!.AsObject());
        Assert.That(loss.Apply(Tensor.Of(new float[,] { { 1 }, { 3 } }), Tensor.Of(new float[,] { { 2 }, { 5 } })).Item(), Is.EqualTo(3));
    }

    [Test]
    public void New_kinds_of_steps_make_a_loss_smaller([Values("adafactor", "muon", "schedulefreeadamw")] string name, [Range(1, 3)] int seed)
    {
        Utils.SetRandomSeed(seed);
        var model = new Sequential([new Keras.Layers.Input(4), new Keras.Layers.Dense(8, "tanh"), new Keras.Layers.Dense(1)]);
        Optimizer optimizer = name;
        optimizer.LearningRate.Assign(0.05);
        model.Compile(optimizer, "mse");
        var x = Random.Normal([64, 4], seed: 1);
        var losses = model.Fit(x, Ops.Sum(x, 1, keepdims: true), batchSize: 16, epochs: 20, verbose: 0)["loss"];
        Assert.That(losses[^1], Is.LessThan(losses[0] / 2));
    }
}
