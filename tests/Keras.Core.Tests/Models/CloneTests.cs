using Keras.Layers;

namespace Keras.Core.Tests.Models;

/// <summary>What <c>clone_model</c> does with functions of the caller's.</summary>
sealed class CloneTests
{
    public sealed class Own(Nest inputs, Nest outputs, int version, string? name = null, bool trainable = true) : Model(inputs, outputs, name, trainable)
    {
        public int Version => version;
    }

    static Model Functional(string name, params Layer[] layers)
    {
        var x = Layer.Input(3);
        return new Model(x, layers.Aggregate(x, (y, layer) => layer.Apply(y)), name);
    }

    static Nest AndDropout(Layer layer, Nest inputs) => layer is Dense ? new Dropout(0.5).Apply(layer.Apply(inputs)) : layer.Apply(inputs);

    static Type[] Types(Model model) => [.. model.Layers.Where(l => l is not Input).Select(l => l.GetType())];

    [Test]
    public void Layers_are_inserted_behind_others()
    {
        var model = Functional("m", new Dense(2), new ReLU(), new Dense(1));
        var clone = Keras.Models.CloneModel(model, cloneFunction: l => l, callFunction: AndDropout);
        Assert.That(Types(clone), Is.EqualTo(new[] { typeof(Dense), typeof(Dropout), typeof(ReLU), typeof(Dense), typeof(Dropout) }));
        Assert.That(clone.Weights, Is.EqualTo(model.Weights));
        Assert.That(clone.Predict(Ops.Ones([2, 3])).ToDoubles(), Is.EqualTo(model.Predict(Ops.Ones([2, 3])).ToDoubles()));
    }

    [Test]
    public void The_functions_are_for_models_within_where_that_is_wanted([Values] bool recursive)
    {
        var model = Functional("outer", Functional("inner", new Dense(3)), new Sequential([new Input(3), new Dense(3), new ReLU()]), new Dense(1));
        var clone = Keras.Models.CloneModel(model, callFunction: AndDropout, recursive: recursive);
        Assert.That(Types(clone), Is.EqualTo(new[] { typeof(Model), typeof(Sequential), typeof(Dense), typeof(Dropout) }));
        var (inner, sequential) = ((Model)clone.Layers.First(l => l is Model), (Sequential)clone.Layers.First(l => l is Sequential));
        Assert.That(Types(inner), Is.EqualTo(recursive ? new[] { typeof(Dense), typeof(Dropout) } : [typeof(Dense)]));
        Assert.That(Types(sequential), Is.EqualTo(new[] { typeof(Dense), typeof(ReLU) }));
        Assert.That(clone.Weights.Intersect(model.Weights), Is.Empty);
        clone.SetWeights(model.GetWeights());
        Assert.That(clone.Predict(Ops.Ones([2, 3])).ToDoubles(), Is.EqualTo(model.Predict(Ops.Ones([2, 3])).ToDoubles()));
    }

    [Test]
    public void A_layer_that_models_share_has_one_copy()
    {
        var shared = new Dense(3);
        var model = Functional("outer", Functional("inner", shared), shared, Functional("deep", Functional("deeper", shared)));
        var (asked, clone) = (0, (Model?)null);
        clone = Keras.Models.CloneModel(model, cloneFunction: layer =>
        {
            asked++;
            return new Dense(3, name: layer.Name);
        }, recursive: true);
        Assert.That(asked, Is.EqualTo(1));
        Assert.That(clone.Weights, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_class_of_inputs_and_outputs_stays()
    {
        var x = Layer.Input(3);
        var clone = Keras.Models.CloneModel(new Own(x, new Dense(1).Apply(x), 3, "mine", trainable: false));
        Assert.That(clone, Is.TypeOf<Own>());
        Assert.That((clone.Name, clone.Trainable, ((Own)clone).Version), Is.EqualTo(("mine", false, 3)));
    }

    [Test]
    public void What_has_no_meaning_is_refused()
    {
        var sequential = new Sequential([new Input(3), new Dense(1)]);
        Assert.That(() => Keras.Models.CloneModel(sequential, callFunction: AndDropout), Throws.ArgumentException.With.Message.Contains("calls none of them"));
        Assert.That(() => Keras.Models.CloneModel(sequential, cloneFunction: _ => null!), Throws.ArgumentException.With.Message.Contains("cloneFunction made nothing of Dense"));
        Assert.That(() => Keras.Models.CloneModel(sequential, new[] { Layer.Input(3), Layer.Input(3) }), Throws.ArgumentException.With.Message.Contains("one input"));
        Assert.That(() => Keras.Models.CloneModel(Functional("m", new Dense(1)), Ops.Ones([2, 3])), Throws.ArgumentException);
    }
}
