using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>Recorded random numbers of JAX: integers bit by bit, floats within the recorded tolerance.</summary>
static class RandomRun
{
    public static IEnumerable<GoldenCase> Read() => GoldenFolder.ReadJson("random.json").Elements.Select((fields, i) =>
        new GoldenCase("random", Text(fields, "target"), $"{Text(fields, "target")}-{i}", fields.As<GoldenValue.Dict>()));

    public static void Run(GoldenCase golden)
    {
        var expected = golden["result"].As<GoldenValue.Tensor>();
        var received = Draw(golden, GoldenTensors.Shape(expected.Shape));
        if (expected.DType != received.DType.Name()) throw new DifferenceException($"dtype. Expected: {expected.DType}. Received: {received.DType.Name()}.");
        var tolerance = golden.Find("tolerance") is GoldenValue.Real real ? real.Value : 0;
        var (wanted, given) = (expected.ToDoubles(), received.ToDoubles());
        for (var i = 0; i < wanted.Length; i++)
            if (!new Tolerance(tolerance, tolerance).Allows(wanted[i], given[i]))
                throw new DifferenceException($"element {i}. Expected: {wanted[i]:G9}. Received: {given[i]:G9}.");
    }

    static Tensor Draw(GoldenCase golden, Shape shape) => golden.Name switch
    {
        "bits" => new RandomBits(shape).On(KeyTensor(golden)),
        "split" => Pairs(Threefry.Split(Key(golden), shape[0])),
        "fold_in" => Ops.Squeeze(Pairs([Threefry.FoldIn(Key(golden), (uint)Number(golden, "data"))]), 0),
        "uniform" => new RandomUniform(new TensorType(DType.Float32, shape), Number(golden, "minval"), Number(golden, "maxval")).On(KeyTensor(golden)),
        "normal" => new RandomNormal(new TensorType(DType.Float32, shape)).On(KeyTensor(golden)),
        "bernoulli" => new RandomBernoulli(shape, Number(golden, "p")).On(KeyTensor(golden)),
        _ => Initialize(golden, shape),
    };

    static Tensor Initialize(GoldenCase golden, Shape shape)
    {
        var type = typeof(Initializer).Assembly.GetExportedTypes().FirstOrDefault(t => t.Name == golden.Name && t.IsAssignableTo(typeof(Initializer)))
            ?? throw new MissingException($"Initializers.{golden.Name}");
        return ((Initializer)ObjectConfig.Construct(type, p => p.Name == "seed" ? Binder.Convert(golden["seed"], p.ParameterType) : null)).Apply(shape);
    }

    static (uint, uint) Key(GoldenCase golden) => ((uint)GoldenTensors.Number(golden["key"].Elements[0]), (uint)GoldenTensors.Number(golden["key"].Elements[1]));

    static Tensor KeyTensor(GoldenCase golden) => Ops.Squeeze(Pairs([Key(golden)]), 0);

    static Tensor Pairs((uint K0, uint K1)[] keys) => Tensor.Of([.. keys.SelectMany(k => new[] { k.K0, k.K1 })], [keys.Length, 2]);

    static double Number(GoldenCase golden, string field) => GoldenTensors.Number(golden[field]);

    static string Text(GoldenValue fields, string field) => fields.Find(field)!.As<GoldenValue.Text>().Value;
}
