namespace Keras.Losses;

/// <summary>What <c>"crossentropy"</c> means before the shapes of a model's output and targets are known.</summary>
sealed class ByOutput() : Loss("crossentropy")
{
    protected internal override Tensor Call(Tensor yTrue, Tensor yPred) => Resolve(yTrue.Shape, yPred.Shape).Call(yTrue, yPred);

    /// <summary>Binary for one output, sparse for class numbers, else categorical.</summary>
    internal static Loss Resolve(Shape target, Shape output) => Kind(target, output) switch
    {
        0 => new BinaryCrossentropy(),
        1 => new SparseCategoricalCrossentropy(),
        _ => new CategoricalCrossentropy(),
    };

    /// <summary>0 binary, 1 sparse, 2 categorical, as keras/src/trainers/compile_utils.py decides.</summary>
    internal static int Kind(Shape target, Shape output) => output.Rank == 0 || output[-1] == 1 ? 0
        : target.Rank < output.Rank || target[-1] == 1 ? 1 : 2;
}
