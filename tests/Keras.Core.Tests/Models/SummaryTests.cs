using Keras.Layers;

namespace Keras.Core.Tests.Models;

public class SummaryTests
{
    [SetUp]
    public void Reset() => Utils.ClearSession();

    static string Summary(Model model)
    {
        var text = new StringWriter();
        model.Summary(output: text);
        return text.ToString();
    }

    [Test]
    public void A_chain_of_layers()
    {
        var model = new Sequential(
        [
            new Input(28, 28, 1), new Conv2D(32, 3, activation: "relu"), new MaxPooling2D(2), new BatchNormalization(), new Flatten(), new Dropout(0.5),
            new Dense(10, activation: "softmax"),
        ]);
        Assert.That(Summary(model), Is.EqualTo("""
            Model: "sequential"
            ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
            ┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
            ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
            │ conv2d (Conv2D)                 │ (None, 26, 26, 32)     │           320 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ max_pooling2d (MaxPooling2D)    │ (None, 13, 13, 32)     │             0 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ batch_normalization             │ (None, 13, 13, 32)     │           128 │
            │ (BatchNormalization)            │                        │               │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ flatten (Flatten)               │ (None, 5408)           │             0 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ dropout (Dropout)               │ (None, 5408)           │             0 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ dense (Dense)                   │ (None, 10)             │        54,090 │
            └─────────────────────────────────┴────────────────────────┴───────────────┘
             Total params: 54,538 (213.04 KB)
             Trainable params: 54,474 (212.79 KB)
             Non-trainable params: 64 (256.00 B)

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void A_graph_with_branches()
    {
        var x = Layer.Input(8, 8, 4);
        var h = new Conv2D(4, 3, padding: "same").Apply(x);
        var n = new BatchNormalization().Apply(h);
        var sum = new Keras.Layers.Add().Apply([n, x]);
        Assert.That(Summary(new Model(x, sum)), Is.EqualTo("""
            Model: "functional"
            ┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
            ┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
            ┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
            │ input_layer         │ (None, 8, 8, 4)   │          0 │ -                 │
            │ (InputLayer)        │                   │            │                   │
            ├─────────────────────┼───────────────────┼────────────┼───────────────────┤
            │ conv2d (Conv2D)     │ (None, 8, 8, 4)   │        148 │ input_layer[0][0] │
            ├─────────────────────┼───────────────────┼────────────┼───────────────────┤
            │ batch_normalization │ (None, 8, 8, 4)   │         16 │ conv2d[0][0]      │
            │ (BatchNormalizatio… │                   │            │                   │
            ├─────────────────────┼───────────────────┼────────────┼───────────────────┤
            │ add (Add)           │ (None, 8, 8, 4)   │          0 │ batch_normalizat… │
            │                     │                   │            │ input_layer[0][0] │
            └─────────────────────┴───────────────────┴────────────┴───────────────────┘
             Total params: 164 (656.00 B)
             Trainable params: 156 (624.00 B)
             Non-trainable params: 8 (32.00 B)

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void Calls_of_a_shared_layer_are_told_apart()
    {
        Tensor a = Layer.Input(3), b = Layer.Input(3);
        var shared = new Dense(2);
        var text = Summary(new Model(new[] { a, b }, new Keras.Layers.Add().Apply([shared.Apply(a), shared.Apply(b)])));
        Assert.That(text, Does.Contain("dense[0][0],").And.Contain("dense[1][0]"));
    }

    [Test]
    public void A_functional_chain_shows_its_input_and_a_trained_one_its_optimizer()
    {
        var x = Layer.Input(3);
        var model = new Model(x, new Dense(2).Apply(x));
        model.Compile("adam", "mse");
        model.TrainOnBatch(new float[1, 3], new float[1, 2]);
        Assert.That(Summary(model), Is.EqualTo("""
            Model: "functional"
            ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
            ┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
            ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
            │ input_layer (InputLayer)        │ (None, 3)              │             0 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ dense (Dense)                   │ (None, 2)              │             8 │
            └─────────────────────────────────┴────────────────────────┴───────────────┘
             Total params: 26 (104.00 B)
             Trainable params: 8 (32.00 B)
             Non-trainable params: 0 (0.00 B)
             Optimizer params: 18 (72.00 B)

            """.ReplaceLineEndings("\n")));
    }
}
