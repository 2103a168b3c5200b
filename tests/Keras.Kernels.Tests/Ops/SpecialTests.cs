namespace Keras.Kernels.Tests.Table;

/// <summary>Special functions where they are hard to compute: values from an arithmetic of 40 digits.</summary>
sealed class SpecialTests
{
    [TestCase(0.001, 0.5, 0.99943993334352925, -0.560359400108)]
    [TestCase(30, 25, 0.18210391597745511, -0.0499548774258)]
    [TestCase(500, 480, 0.1862819731903246, -0.01207362906)]
    [TestCase(0.5, 12, 0.99999903664299136, -4.35746548657e-6)]
    [TestCase(0.1, 1.2, 0.98233884073472045, -0.194593316628)]
    [TestCase(1, 2, 0.86466471676338731, -0.22082542621)]
    [TestCase(10, 45, 0.9999999999258708, -1.17244999302e-10)]
    [TestCase(300, 400, 0.99999992492619164, -2.24220998453e-8)]
    [TestCase(5000, 5100, 0.92067111892238102, -0.00208226375238)]
    [TestCase(2e5, 2e5, 0.50029735402761854, -0.000892062429769)]
    [TestCase(2e5, 200_500, 0.86818422325472297, -0.000477386834602)]
    [TestCase(2e5, 199_000, 0.012576006291331174, -7.27971374594e-5)]
    [TestCase(1e6, 1_001_000, 0.84134478636834029, -0.000241930409524)]
    public void Gammainc_holds_for_large_and_small_shapes(double shape, double bound, double expected, double slope)
    {
        Tensor a = Tensor.Of([shape], [1]), x = Tensor.Of([bound], [1]);
        var y = Ops.Gammainc(a, x);
        Assert.Multiple(() =>
        {
            Assert.That(y.ToDoubles()[0], Is.EqualTo(expected).Within(1e-12 * expected));
            Assert.That(Gradients.Of(y, [a])[0].ToDoubles()[0], Is.EqualTo(slope).Within(1e-7 * Math.Abs(slope)));
        });
    }

    [Test]
    public void Gammainc_far_from_its_middle_is_0_or_1_and_flat()
    {
        Tensor a = Tensor.Of([1e-30, 3, 1e30, 1e30, 1e300], [5]), x = Tensor.Of([1e30, 1e300, 1, 2e30, 1e-300], [5]);
        var y = Ops.Gammainc(a, x);
        Assert.That(y.ToDoubles(), Is.EqualTo(new[] { 1.0, 1, 0, 1, 0 }));
        Assert.That(Gradients.Of(y, [a, x]).SelectMany(g => g.ToDoubles()), Is.All.EqualTo(0));
    }

    [Test]
    public void Gammainc_has_further_derivatives_for_the_bound_alone()
    {
        Tensor a = Tensor.Of([2.0], [1]), x = Tensor.Of([3.0], [1]);
        var first = Gradients.Of(Ops.Gammainc(a, x), [a, x]);
        // The density x exp(-x) falls by (1 - x) exp(-x).
        Assert.That(Gradients.Of(first[1], [x])[0].ToDoubles()[0], Is.EqualTo(-2 * Math.Exp(-3)).Within(1e-12));
        Assert.That(() => Gradients.Of(first[0], [a]), Throws.InstanceOf<NotSupportedException>().With.Message.EqualTo(
            "[GammaCdfByShape] there is no second gradient for the shape. Expected: one gradient for x1. Received: two."));
    }

    [TestCase(0.75, 0.28884436634648487)]
    [TestCase(3, 2.2090496998585441e-5)]
    [TestCase(6.25, 9.672204131876254e-19)]
    [TestCase(10, 2.0884875837625448e-45)]
    [TestCase(26, 5.6631924088561428e-296)]
    public void Erfc_keeps_its_places(double x, double expected) =>
        Assert.That(Ops.Erfc(Tensor.Of([x], [1])).ToDoubles()[0], Is.EqualTo(expected).Within(1e-15 * expected));

    [TestCase(-5, -1.43325785939596956e-6, -7.14694600179229463e-6)]
    [TestCase(-7, -8.95868780720084503e-12, -6.26632303146663184e-11)]
    [TestCase(-10, -7.61985302416052607e-23, -7.61840009646481409e-22)]
    public void Gelu_keeps_its_places(double at, double expected, double slope)
    {
        var x = Tensor.Of([at], [1]);
        var y = Ops.Gelu(x, approximate: false);
        Assert.Multiple(() =>
        {
            Assert.That(y.ToDoubles()[0], Is.EqualTo(expected).Within(1e-14 * -expected));
            Assert.That(Gradients.Of(y, [x])[0].ToDoubles()[0], Is.EqualTo(slope).Within(1e-14 * -slope));
        });
    }

    [Test]
    public void Bessel_functions_reach_far() => Assert.Multiple(() =>
    {
        Assert.That(Ops.I0(Tensor.Of([700.0], [1])).ToDoubles()[0], Is.EqualTo(1.5295933476718737e+302).Within(1e287));
        Assert.That(new BesselI1().On(Tensor.Of([-30.0], [1])).ToDoubles()[0], Is.EqualTo(-768532038938.957).Within(1e-2));
    });

    [Test]
    public void Bessel_functions_are_smooth_at_0()
    {
        var x = Tensor.Of([0.0], [1]);
        var first = Gradients.Of(Ops.I0(x), [x])[0];
        Assert.That((first.ToDoubles()[0], Gradients.Of(first, [x])[0].ToDoubles()[0]), Is.EqualTo((0.0, 0.5)));
    }
}
