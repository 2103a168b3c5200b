namespace Keras;

public partial class Model
{
    /// <summary>A model of new layers like those of another one, with weights of their own. Layers that occur several times do so in the copy too, and names are kept.</summary>
    /// <param name="model">A functional or sequential model. A subclassed one is made anew by the arguments of its constructor.</param>
    /// <param name="inputTensors">Symbolic tensors that the copy begins with, in the structure of the model's inputs. Default new ones.</param>
    /// <param name="cloneFunction">What makes a layer of a layer. Default a new one of the same arguments. Giving the layer back shares it.</param>
    /// <param name="callFunction">What applies a new layer. Default as the layer was applied before.</param>
    /// <param name="recursive">Whether <paramref name="cloneFunction"/> is for the layers of models within, not for these models. Default false.</param>
    /// <exception cref="ArgumentException">The tensors do not fit, or a subclassed model is to be cloned by a function.</exception>
    public static Model CloneModel(Model model, Nest? inputTensors = null, Func<Layer, Layer>? cloneFunction = null, Func<Layer, Nest, Nest>? callFunction = null,
        bool recursive = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        var copies = new Dictionary<Layer, Layer>();
        if (model is Sequential sequential)
        {
            Keras.Layers.Input? first = inputTensors is not null ? Begin(inputTensors) : model.Graph is { } known ? Begin(known.NewInputs()) : null;
            return new Sequential([.. first is null ? Array.Empty<Layer>() : [first], .. sequential.Layers.Select(Copy)], model.Trainable, model.Name);
        }
        if (model.Graph is { } graph)
        {
            var inputs = inputTensors is null ? graph.NewInputs() : graph.Inputs.Pack(graph.Arrange(inputTensors).Flatten());
            var outputs = graph.Run(inputs, (call, given) => Copy(call.Layer) is var layer && callFunction is not null ? callFunction(layer, given)
                : layer.ApplyWith(call.Options, given, call.Training));
            return new Model(inputs, outputs, model.Name, model.Trainable);
        }
        if (inputTensors is not null || cloneFunction is not null || callFunction is not null)
            throw Errors.Argument(model.Who, "a subclassed model is cloned by the arguments of its constructor alone", "no tensors and functions", "one of them");
        return (Model)ObjectConfig.Copy(model);

        Layer Copy(Layer layer) => copies.TryGetValue(layer, out var copy) ? copy : copies[layer] =
            layer is Operation ? layer : layer is Model inner && (cloneFunction is null || recursive) ? CloneModel(inner, null, cloneFunction, callFunction, recursive)
            : cloneFunction is not null ? cloneFunction(layer) : (Layer)ObjectConfig.Copy(layer);

        static Keras.Layers.Input Begin(Nest inputs) => inputs.Flatten() is [var input] ? input.History?.Layer as Keras.Layers.Input ?? Keras.Layers.Input.Like(input)
            : throw Errors.Argument("clone_model", "a sequential model has one input", "one tensor", inputs);
    }
}
