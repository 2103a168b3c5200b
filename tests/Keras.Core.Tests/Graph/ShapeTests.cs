namespace Keras.Core.Tests.Graph;

public class ShapeTests
{
    [Test]
    public void Shapes_print_as_in_Python()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Shape.Create([null, 28, 28, 1]).ToString(), Is.EqualTo("(None, 28, 28, 1)"));
            Assert.That(Shape.Of(3).ToString(), Is.EqualTo("(3,)"));
            Assert.That(Shape.Scalar.ToString(), Is.EqualTo("()"));
            Assert.That(Shape.Of(-1).ToString(), Is.EqualTo("(None,)"));
            Assert.That(Shape.Of(2, 0).ToString(), Is.EqualTo("(2, 0)"));
        });
    }

    [Test]
    public void Shapes_are_values()
    {
        Shape a = [null, 3], b = Shape.Of(Shape.Unknown, 3);
        Assert.Multiple(() =>
        {
            Assert.That(a == b);
            Assert.That(a.GetHashCode(), Is.EqualTo(b.GetHashCode()));
            Assert.That(a != Shape.Of(2, 3));
            Assert.That(default(Shape) == Shape.Of());
            Assert.That(a[-1], Is.EqualTo(3));
            Assert.That(a.With(0, 5), Is.EqualTo(Shape.Of(5, 3)));
            Assert.That(a, Is.EqualTo(Shape.Of(-1, 3)), "With makes a new shape");
            Assert.That(Shape.Of(1, 2).Append(Shape.Of(3)), Is.EqualTo(Shape.Of(1, 2, 3)));
            Assert.That(Shape.Of(1, 2, 3).Slice(1, 2), Is.EqualTo(Shape.Of(2, 3)));
        });
    }

    static object[][] Broadcasts() =>
    [
        [Shape.Of(2, 3), Shape.Of(3), Shape.Of(2, 3)],
        [Shape.Of(2, 1), Shape.Of(1, 3), Shape.Of(2, 3)],
        [Shape.Scalar, Shape.Of(4), Shape.Of(4)],
        [Shape.Of(-1, 3), Shape.Of(3), Shape.Of(-1, 3)],
        [Shape.Of(-1, 3), Shape.Of(1, 3), Shape.Of(-1, 3)],
        [Shape.Of(-1, 3), Shape.Of(7, 3), Shape.Of(7, 3)],
        [Shape.Of(-1), Shape.Of(-1), Shape.Of(-1)],
        [Shape.Of(0), Shape.Of(1), Shape.Of(0)],
    ];

    [TestCaseSource(nameof(Broadcasts))]
    public void Two_shapes_broadcast_together(Shape a, Shape b, Shape expected)
    {
        Assert.That(Shape.Broadcast(a, b, "add"), Is.EqualTo(expected));
        Assert.That(Shape.Broadcast(b, a, "add"), Is.EqualTo(expected));
    }

    [Test]
    public void Shapes_that_do_not_fit_are_named()
    {
        Assert.That(() => Ops.Zeros([2, 3]) + Ops.Zeros([2, 4]), Throws.ArgumentException.With.Message.EqualTo(
            "[Add] shapes cannot be broadcast together. Expected: equal dimensions, or 1. Received: (2, 3) and (2, 4)."));
        Assert.That(() => Shape.Broadcast(Shape.Of(0), Shape.Of(2), "add"), Throws.ArgumentException);
    }

    [Test]
    public void Sizes_are_known_or_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Shape.Of(2, 3, 4).Size, Is.EqualTo(24));
            Assert.That(Shape.Scalar.Size, Is.EqualTo(1));
            Assert.That(Shape.Of(5, 0).Size, Is.Zero);
            Assert.That(Shape.Of(-1, 2).IsKnown, Is.False);
            Assert.That(() => Shape.Of(-1, 2).Size, Throws.InvalidOperationException.With.Message.EqualTo(
                "[Shape] the number of elements is not known. Expected: known dimensions. Received: (None, 2)."));
            Assert.That(() => Shape.Of(-2), Throws.ArgumentException.With.Message.EqualTo(
                "[Shape] a dimension is negative. Expected: 0 or more, or unknown. Received: -2."));
        });
    }

    [Test]
    public void Unknown_dimensions_match_everything()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Shape.Of(-1, 3).Matches([4, 3]));
            Assert.That(Shape.Of(4, 3).Matches([null, 3]));
            Assert.That(Shape.Of(-1, 3).Matches([4, 2]), Is.False);
            Assert.That(Shape.Of(3).Matches([1, 3]), Is.False);
        });
    }

    [Test]
    public void Axes_are_values_and_made_of_numbers_tuples_and_lists()
    {
        Axes one = 2, pair = (1, 2), triple = (1, 2, 3), list = [1, 2];
        Assert.Multiple(() =>
        {
            Assert.That(pair == list);
            Assert.That(pair.GetHashCode(), Is.EqualTo(list.GetHashCode()));
            Assert.That(one != triple);
            Assert.That(one.Expand(3, "x", "strides"), Is.EqualTo((Axes)(2, 2, 2)));
            Assert.That(((Axes)new[] { -1, 0 }).Of(Shape.Of(4, 5, 6), "sum"), Is.EqualTo((Axes)(0, 2)));
            Assert.That(triple.ToString(), Is.EqualTo("(1, 2, 3)"));
            Assert.That(Axes.All(Shape.Of(4, 5)), Is.EqualTo((Axes)(0, 1)));
        });
    }

    [Test]
    public void Axes_that_do_not_fit_are_refused()
    {
        Axes twice = (0, -2);
        Assert.Multiple(() =>
        {
            Assert.That(() => twice.Of(Shape.Of(4, 5), "sum"), Throws.ArgumentException.With.Message.EqualTo(
                "[sum] an axis is named twice. Expected: each axis once. Received: (0, -2)."));
            Assert.That(() => ((Axes)2).Of(Shape.Of(4, 5), "sum"), Throws.ArgumentException.With.Message.EqualTo(
                "[sum] axis is out of range. Expected: between -2 and 1. Received: axis 2 for shape (4, 5)."));
            Assert.That(() => ((Axes)(1, 2)).Expand(3, "conv", "strides"), Throws.ArgumentException.With.Message.Contains("1 or 3"));
            Assert.That(() => ((Axes)0).Expand(2, "conv", "strides"), Throws.ArgumentException.With.Message.Contains("strides is too small"));
        });
    }
}
