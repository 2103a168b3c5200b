namespace Keras.Core.Tests.Graph;

public class GraphTests
{
    static Tensor Unset(string name, params int[] dims) => new Placeholder(new TensorType(DType.Float32, Shape.Of(dims)), name).On();

    [Test]
    public void A_graph_prints_a_line_for_each_node()
    {
        var x = Unset("x", 2, 3);
        var y = Unset("y", 3);
        var text = Graphs.Print(Ops.Relu(x + y) * x);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(5));
        Assert.Multiple(() =>
        {
            Assert.That(lines[0], Is.EqualTo("%0 = x: float32 (2, 3)"));
            Assert.That(lines[1], Is.EqualTo("%1 = y: float32 (3,)"));
            Assert.That(lines[2], Does.StartWith("%2 = Add").And.EndsWith("(%0, %1): float32 (2, 3)"));
            Assert.That(lines[3], Does.StartWith("%3 = Relu").And.EndsWith("(%2): float32 (2, 3)"));
            Assert.That(lines[4], Does.StartWith("%4 = Multiply").And.EndsWith("(%3, %0): float32 (2, 3)"));
        });
    }

    [Test]
    public void Printed_graphs_name_unknown_dimensions_and_literals()
    {
        var text = Graphs.Print(Layer.Input(4) * 2);
        Assert.That(text, Does.Contain("float32 (None, 4)").And.Contain("Constant"));
    }

    [Test]
    public void Ops_are_equal_by_their_attributes()
    {
        var x = Ops.Zeros([2, 3]);
        Tensor flat = Ops.Reshape(x, [6]), again = Ops.Reshape(x, [6]), two = 2.0, alsoTwo = 2.0, first = Unset("a", 1), second = Unset("a", 1);
        Assert.Multiple(() =>
        {
            Assert.That(Ops.Sum(x, (0, 1)).Op, Is.EqualTo(Ops.Sum(x, new[] { 0, 1 }).Op));
            Assert.That(Ops.Sum(x, 0).Op, Is.Not.EqualTo(Ops.Sum(x, 1).Op));
            Assert.That(Ops.Transpose(x).Op, Is.EqualTo(Ops.Transpose(x, (1, 0)).Op));
            Assert.That(flat.Op, Is.EqualTo(again.Op));
            Assert.That(flat.Op.GetHashCode(), Is.EqualTo(again.Op.GetHashCode()));
            Assert.That(two.Op, Is.EqualTo(alsoTwo.Op));
            Assert.That(((Tensor)2.0).Op, Is.Not.EqualTo(((Tensor)3.0).Op));
            Assert.That(first.Op, Is.Not.EqualTo(second.Op), "placeholders are objects");
        });
    }

    [Test]
    public void The_order_has_inputs_first_and_each_node_once()
    {
        var x = Unset("x", 2);
        var a = x + 1;
        var b = a * a;
        var order = Graphs.Order([b, a]);
        Assert.That(order, Is.Unique);
        foreach (var node in order)
            foreach (var input in node.Inputs.ToArray())
                Assert.That(order.IndexOf(input), Is.LessThan(order.IndexOf(node)));
    }

    [Test]
    public void Substitution_rebuilds_only_what_changed()
    {
        Tensor x = Unset("x", 2), y = Unset("y", 2), kept = Ops.Exp(y), root = Ops.Sin(x) + kept;
        var replaced = Graphs.Substitute([root], new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [x] = y })[0];
        Assert.That(replaced.Inputs[1], Is.SameAs(kept));
        Assert.That(replaced.Inputs[0].Inputs[0], Is.SameAs(y));
    }

    [Test]
    public void Shapes_and_dtypes_are_wrong_where_the_op_is_called()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Ops.Matmul(Ops.Zeros([2, 3]), Ops.Zeros([4, 5])), Throws.ArgumentException.With.Message.EqualTo(
                "[MatMul] the inner dimensions differ. Expected: the last of the first equal to the last but one of the second. Received: (2, 3) and (4, 5)."));
            Assert.That(() => Tensor.Of<float>([1, 2, 3], [2]), Throws.ArgumentException.With.Message.EqualTo(
                "[Tensor] the number of values does not fit the shape. Expected: (2,). Received: 3 values."));
            Assert.That(() => Ops.Ones([2]).ToArray<int>(), Throws.ArgumentException.With.Message.EqualTo(
                "[Tensor] the element type is another one. Expected: Single. Received: Int32. Ops.Cast changes the dtype."));
            Assert.That(() => Ops.Ones([2]).Item(), Throws.ArgumentException.With.Message.EqualTo(
                "[Tensor] there is not exactly one element. Expected: a tensor of size 1. Received: (2,)."));
            Assert.That(() => Ops.Ones([2]).CopyTo(new float[1].AsSpan()), Throws.ArgumentException);
        });
    }

    [Test]
    public void A_tensor_that_needs_an_input_has_no_value()
    {
        var x = new Keras.Layers.Input(Shape.Of(3), name: "pixels").Output;
        Assert.That(() => (x * 2).ToArray<float>(), Throws.InvalidOperationException.With.Message.StartsWith(
            "[Input \"pixels\"] an Input has no value of its own. Expected: a tensor of values. Received: "));
        Assert.That(() => Ops.Sum(Ops.ZerosLike(x) + Ops.Ones([3])).Item<float>(), Throws.InvalidOperationException.With.Message.Contains("pixels"));
    }

    [Test]
    public void Arrays_of_any_rank_become_tensors()
    {
        var x = Tensor.Of(new[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        Assert.That(x.Shape, Is.EqualTo(Shape.Of(2, 3)));
        Assert.That(Ops.Transpose(x).ToArray<int>(), Is.EqualTo(new[] { 1, 4, 2, 5, 3, 6 }));
        Assert.That(() => Tensor.Of(new[] { "a" }), Throws.ArgumentException.With.Message.Contains("cannot be an element"));
        Assert.That(Tensor.Of(new float[0, 3]).Shape, Is.EqualTo(Shape.Of(0, 3)));
    }

    [Test]
    public void Text_shows_what_is_known()
    {
        var x = Tensor.Of<float>([1.5f, -2], [2]);
        Assert.That(x.ToString(), Is.EqualTo("Constant: float32 (2,) [1.5, -2]"));
        Assert.That((x + x).ToString(), Is.EqualTo("Add: float32 (2,)"), "printing an unevaluated node computes nothing");
    }

    [Test]
    public void A_tensor_computes_once_though_many_threads_ask()
    {
        var x = Ops.Sum(Ops.Exp(Tensor.Of(Enumerable.Range(0, 1000).Select(i => i / 1000f).ToArray(), [1000])));
        var values = new float[16];
        var threads = Enumerable.Range(0, 16).Select(i => new Thread(() => values[i] = x.Item<float>())).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.That(values, Is.All.EqualTo(values[0]));
        Assert.That(x.Value, Is.Not.Null);
    }

    [Test]
    public void Nests_flatten_and_pack_in_the_order_of_keys()
    {
        Tensor a = Ops.Zeros([1]), b = Ops.Zeros([2]), c = Ops.Zeros([3]);
        var nest = Nest.Dictionary([new("z", a), new("b", new Tensor[] { b, c })]);
        Assert.That(nest.Flatten(), Is.EqualTo(new[] { b, c, a }));
        Assert.That(nest.ToString(), Is.EqualTo("{b: [(2,), (3,)], z: (1,)}"));
        Assert.That(nest.Map(t => t + 1).Keys, Is.EqualTo(new[] { "b", "z" }));
        Assert.That(() => nest.Tensor, Throws.InvalidOperationException);
    }
}
