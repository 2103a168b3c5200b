namespace Keras.Core.Tests.Layers;

using Keras.Layers;

/// <summary>What does not fit is refused in the form of all errors, and leaves a layer as it was.</summary>
sealed class BadInputTests
{
    static IReadOnlyList<LayerRow> Rows => LayerTable.Rows;

    static Tensor Draw(Shape shape) => Ops.Reshape(Ops.Cos(Ops.Arange((int)shape.Size, dtype: DType.Float32)), shape);

    static Nest Pack(IEnumerable<Shape> shapes, Func<Shape, Tensor> of) => shapes.Select(of).ToArray() is { Length: 1 } one ? one[0] : shapes.Select(of).ToArray();

    static Tensor Symbol(Shape shape) => new Placeholder(new TensorType(DType.Float32, shape), "x").On();

    /// <summary>Calls the layer; whether it refused. Any other exception fails the test.</summary>
    static bool Refused(Layer layer, LayerRow row, Nest inputs, string what)
    {
        try
        {
            foreach (var y in layer.Apply(inputs, row.Training).Flatten())
                if (!y.IsOpen) y.Evaluate();
            return false;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException && e.Message.StartsWith('[')
            && e.Message.Contains(" Expected: ", StringComparison.Ordinal) && e.Message.Contains(" Received: ", StringComparison.Ordinal))
        {
            return true;
        }
        catch (Exception e)
        {
            throw new AssertionException($"{layer} {what} {inputs}: {e.GetType().Name}: {e.Message}", e);
        }
    }

    static void StillWorks(Layer layer, LayerRow row, string what)
    {
        var y = layer.Apply(Pack(row.Inputs, Draw), row.Training);
        Assert.That((y.IsTensor ? y : y.Items[0]).Tensor.Shape, Is.EqualTo(row.Output), what);
        Assert.That(layer.CountParams(), Is.EqualTo(row.Params), what);
    }

    [TestCaseSource(nameof(Rows))]
    public void An_unknown_dimension_is_inferred_or_refused(LayerRow row)
    {
        for (var axis = 0; axis < row.Inputs[0].Rank; axis++)
        {
            var layer = row.Make(null);
            if (!Refused(layer, row, Pack(row.Inputs, s => axis < s.Rank ? Symbol(s.With(axis, Shape.Unknown)) : Symbol(s)), $"axis {axis}")) continue;
            if (!layer.Built) Assert.That(layer.Weights, Has.Count.EqualTo(row.Make(null).Weights.Count), $"axis {axis}");
            StillWorks(layer, row, $"axis {axis}");
        }
    }

    static IEnumerable<(string, Shape)> Others(Shape shape)
    {
        yield return ("scalar", Shape.Scalar);
        yield return ("one dimension less", shape.Slice(1, shape.Rank - 1));
        yield return ("one dimension more", shape.Append([2]));
        yield return ("two dimensions more", shape.Append([1, 2]));
        for (var axis = 0; axis < shape.Rank; axis++)
            foreach (var size in new[] { 0, 1, shape[axis] + 1 })
                yield return ($"{size} at axis {axis}", shape.With(axis, size));
    }

    [TestCaseSource(nameof(Rows))]
    public void Inputs_of_other_shapes_are_computed_or_refused(LayerRow row)
    {
        var built = row.Make(null);
        StillWorks(built, row, "at first");
        for (var at = 0; at < row.Inputs.Length; at++)
            foreach (var (what, shape) in Others(row.Inputs[at]))
            {
                Shape[] shapes = [.. row.Inputs.Select((s, i) => i == at ? shape : s)];
                var fresh = row.Make(null);
                if (Refused(fresh, row, Pack(shapes, Draw), $"{what} of input {at}") && !fresh.Built) StillWorks(fresh, row, what);
                var before = built.GetWeights().Select(w => w.ToDoubles()).ToArray();
                if (Refused(built, row, Pack(shapes, Draw), $"built, {what} of input {at}"))
                    Assert.That(built.GetWeights().Select(w => w.ToDoubles()), Is.EqualTo(before), what);
            }
        StillWorks(built, row, "at last");
    }

    [TestCaseSource(nameof(Rows))]
    public void No_input_is_refused_and_one_more_computed_or_refused(LayerRow row)
    {
        var layer = row.Make(null);
        Assert.That(Refused(layer, row, Nest.List(), "no inputs"));
        Refused(layer, row, Nest.List(Enumerable.Repeat((Nest)Draw(row.Inputs[0]), row.Inputs.Length + 1)), "one input more");
        if (!layer.Built) StillWorks(layer, row, "then");
    }

    [TestCaseSource(nameof(Rows))]
    public void Masks_that_do_not_fit_are_passed_over_or_refused(LayerRow row)
    {
        var layer = row.Make(null);
        StillWorks(layer, row, "at first");
        var x = row.Inputs[0];
        Shape[] masks = [Shape.Scalar, [x[0] + 1], [0], x.Append([2]), .. x.Rank < 2 ? [] : new Shape[] { [x[0], x[1] + 1], [x[1], x[0]], [x[0], 1, 7] }];
        foreach (var mask in masks)
        {
            var inputs = Pack(row.Inputs, Draw);
            foreach (var input in inputs.Flatten()) input.Mask = Ops.Ones(mask, DType.Bool);
            Refused(layer, row, inputs, $"mask {mask}");
        }
        StillWorks(layer, row, "at last");
    }

    [TestCaseSource(nameof(Rows))]
    public void Other_dtypes_are_computed_or_refused(LayerRow row)
    {
        foreach (var dtype in new[] { DType.Bool, DType.UInt8, DType.Int64, DType.Float16, DType.Complex64 })
        {
            var layer = row.Make(null);
            if (Refused(layer, row, Pack(row.Inputs, s => Ops.Cast(Draw(s), dtype)), dtype.ToString()) && !layer.Built) StillWorks(layer, row, dtype.ToString());
        }
    }

    sealed class Sizeless : RNNCell
    {
        public override IReadOnlyList<Shape> StateSize => [];

        protected override (Tensor Output, IReadOnlyList<Tensor> States) Call(Tensor x, IReadOnlyList<Tensor> states, CallContext context) => (x, states);
    }

    sealed class Stretching : RNNCell
    {
        public override IReadOnlyList<Shape> StateSize => [[3]];

        protected override (Tensor Output, IReadOnlyList<Tensor> States) Call(Tensor x, IReadOnlyList<Tensor> states, CallContext context) =>
            (x, [Ops.Concatenate([states[0], states[0]], -1)]);
    }

    [Test]
    public void Cells_without_states_and_with_other_states_than_they_say()
    {
        Assert.That(new RNN(new Sizeless(), returnSequences: true).Apply(Ops.Ones([2, 3, 4])).Shape, Is.EqualTo(Shape.Of(2, 3, 4)));
        Assert.That(() => new Sizeless().OutputSize, Throws.InvalidOperationException.With.Message.StartsWith("[Sizeless "));
        Assert.That(() => new RNN(new RNNCell[] { new Sizeless(), new LSTMCell(2) }).Apply(Ops.Ones([2, 3, 4])), Throws.InvalidOperationException.With.Message.StartsWith("[Sizeless "));
        Assert.That(() => new RNN(new Stretching()).Apply(Ops.Ones([2, 3, 4])), Throws.ArgumentException.With.Message.Contains("StateSize"));
        Assert.That(() => new RNN(null!), Throws.ArgumentNullException);
        Assert.That(() => new RNN(Array.Empty<RNNCell>()), Throws.ArgumentException.With.Message.Contains("there are no cells"));
    }

    [Test]
    public void A_call_that_fails_leaves_no_layer_built_on_its_way()
    {
        var model = new Sequential([new Dense(4), new Dense(3), new Conv1D(2, 2)]);
        Assert.That(() => model.Apply(Ops.Ones([2, 5])), Throws.ArgumentException);
        Assert.That(model.Built || model.Layers.Any(l => l.Built), Is.False);
        Assert.That(model.Weights, Is.Empty);
        Assert.That(model.Apply(Ops.Ones([2, 5, 6])).Shape, Is.EqualTo(Shape.Of(2, 4, 2)));
        Assert.That(model.CountParams(), Is.EqualTo((6 * 4) + 4 + (4 * 3) + 3 + (2 * 3 * 2) + 2));
    }

    sealed class Failing(Layer inner) : Layer
    {
        protected override bool CastsInputs => false;

        protected override Nest Call(Nest inputs, CallContext context)
        {
            inner.Apply(inputs);
            throw new ArgumentException("[Failing] no");
        }
    }

    [TestCaseSource(nameof(Rows))]
    public void A_layer_that_a_failed_call_built_is_as_before(LayerRow row)
    {
        var (layer, fresh) = (row.Make(null), row.Make(null));
        Assert.That(() => new Failing(layer).Apply(Pack(row.Inputs, Draw), row.Training), Throws.ArgumentException.With.Message.EndsWith("] no"));
        Assert.That(layer.Built, Is.EqualTo(fresh.Built));
        Assert.That(layer.Weights, Has.Count.EqualTo(fresh.Weights.Count));
        Assert.That(layer.OwnVariables, Has.Count.EqualTo(fresh.OwnVariables.Count));
        StillWorks(layer, row, "then");
    }

    [Test]
    public void A_layer_that_does_not_fit_is_not_added()
    {
        var model = new Sequential([new Input(5), new Dense(4)]);
        Assert.That(() => model.Add(new Conv1D(2, 2)), Throws.ArgumentException);
        Assert.That(model.Layers, Has.Count.EqualTo(1));
        model.Add(new Dense(1));
        Assert.That(model.Predict(Ops.Ones([2, 5])).Shape, Is.EqualTo(Shape.Of(2, 1)));
    }

    [Test]
    public void Indices_out_of_range_are_refused()
    {
        var layer = new Embedding(3, 2);
        Assert.That(layer.Apply(Tensor.Of([-1], [1])).ToArray<float>(), Is.EqualTo(layer.Embeddings!.Value[2].ToArray<float>()), "counted from the end, as Take does");
        foreach (var index in new[] { 3, -4, int.MaxValue, int.MinValue })
            Assert.That(() => layer.Apply(Tensor.Of([0, index], [1, 2])).ToArray<float>(), Throws.InstanceOf<ArgumentException>().With.Message.Contains($"{index}"));
        Assert.That(() => new CategoryEncoding(0), Throws.ArgumentException);
        Assert.That(new CategoryEncoding(3, "one_hot").Apply(Tensor.Of([0, 3, -1], [3])).ToDoubles(), Is.EqualTo(new double[] { 1, 0, 0, 0, 0, 0, 0, 0, 0 }));
    }

    [Test]
    public void Vocabularies_with_a_token_twice_and_streams_of_nothing_are_refused_and_change_nothing()
    {
        Assert.That(() => new StringLookup(vocabulary: ["a", "b", "a"]), Throws.ArgumentException.With.Message.Contains("each token once. Received: a"));
        Assert.That(() => new IntegerLookup(vocabulary: [7, 7]), Throws.ArgumentException.With.Message.Contains("each token once. Received: 7"));
        Assert.That(() => new TextVectorization(vocabulary: ["a", "a"]), Throws.ArgumentException);
        var text = new TextVectorization();
        text.Adapt(["a b", "b"]);
        Action[] failing =
        [
            () => text.Adapt(Array.Empty<string[]>()), () => text.Adapt([""]), () => text.SetVocabulary(["x", "x"]), () => new IntegerLookup().Adapt(Array.Empty<Tensor>()),
            () => new StringLookup().Adapt(Array.Empty<string[]>()), () => new Normalization().Adapt(Array.Empty<Tensor>()), () => new Discretization(numBins: 3).Adapt(Array.Empty<Tensor>()),
            () => new Normalization().Adapt(Ops.Ones([0, 3])), () => new Discretization(numBins: 3).Adapt(Ops.Ones([0, 3])),
            () => new FeatureSpace(new Dictionary<string, Feature> { ["a"] = FeatureSpace.FloatNormalized() }).Adapt(Array.Empty<Dictionary<string, Column>>()),
        ];
        for (var i = 0; i < failing.Length; i++)
            Assert.That(failing[i], Throws.InstanceOf<ArgumentException>().Or.InstanceOf<InvalidOperationException>().With.Message.Match(@"^\[.* Expected: .* Received: "), $"{i}");
        Assert.That(text.GetVocabulary(), Is.EqualTo(new[] { "", "[UNK]", "b", "a" }));
        var normal = new Normalization();
        normal.Adapt(Tensor.Of([1f, 3], [2, 1]));
        Assert.That(() => normal.Adapt([Ops.Ones([2, 1]), Ops.Ones([2, 2])]), Throws.ArgumentException);
        Assert.That(normal.Apply(Tensor.Of([3f], [1, 1])).Item(), Is.EqualTo(1));
    }
}
