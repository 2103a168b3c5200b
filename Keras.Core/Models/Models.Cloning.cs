namespace Keras;

public static partial class Models
{
    /// <summary>A model of new layers like those of another one, with weights of their own. Layers that occur several times do so in the copy too, and names are kept.</summary>
    /// <param name="model">A functional or sequential model. A subclassed one is made anew by the arguments of its constructor.</param>
    /// <param name="inputTensors">Symbolic tensors that the copy begins with, in the structure of the model's inputs. Default new ones.</param>
    /// <param name="cloneFunction">What makes a layer of a layer. Default a new one of the same arguments. Giving the layer back shares it.</param>
    /// <param name="callFunction">What applies a new layer to its inputs; for functional models. Default as the layer was applied before.</param>
    /// <param name="recursive">Whether functional and sequential models within are cloned by both functions too, layer by layer; else
    /// <paramref name="cloneFunction"/> is asked for the models themselves. Default false.</param>
    /// <exception cref="ArgumentException">The tensors do not fit, or the functions are not for a model of this kind.</exception>
    public static Model CloneModel(Model model, Nest? inputTensors = null, Func<Layer, Layer>? cloneFunction = null, Func<Layer, Nest, Nest>? callFunction = null,
        bool recursive = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model is Sequential && callFunction is not null)
            throw Errors.Argument(model.Who, "a sequential model lists its layers, and calls none of them while it is cloned", "no callFunction", "one", "cloneFunction may give other layers.");
        return new Cloner(cloneFunction, callFunction, recursive).Clone(model, inputTensors);
    }

    /// <summary>Clones a model and, where that is wanted, those within. A layer that several of them share has one copy.</summary>
    sealed class Cloner(Func<Layer, Layer>? cloneFunction, Func<Layer, Nest, Nest>? callFunction, bool recursive)
    {
        readonly Dictionary<Layer, Layer> _copies = [];

        internal Model Clone(Model model, Nest? inputTensors = null)
        {
            if (model is Sequential sequential)
            {
                var first = inputTensors is not null ? Begin(inputTensors) : model.Graph is { } known ? Begin(known.NewInputs()) : null;
                return new Sequential([.. first is null ? Array.Empty<Layer>() : [first], .. sequential.Layers.Select(Copy)], model.Trainable, model.Name);
            }
            if (model.Graph is { } graph) return Clone(model, graph, inputTensors is null ? graph.NewInputs() : graph.Inputs.Pack(graph.Arrange(inputTensors).Flatten()));
            if (inputTensors is not null || cloneFunction is not null || callFunction is not null)
                throw Errors.Argument(model.Who, "a subclassed model is cloned by the arguments of its constructor alone", "no tensors and functions", "one of them");
            return (Model)ObjectConfig.Copy(model);
        }

        Model Clone(Model model, FunctionalGraph graph, Nest inputs)
        {
            var outputs = graph.Run(inputs, (call, given) => Copy(call.Layer) is var layer && layer is not Operation && callFunction is not null ? callFunction(layer, given)
                : layer.ApplyWith(call.Options, given, call.Training));
            return model.GetType() == typeof(Model) || !Model.IsFunctional(model.GetType()) ? new Model(inputs, outputs, model.Name, model.Trainable)
                : (Model)ObjectConfig.CopyArguments(model, new() { ["inputs"] = inputs, ["outputs"] = outputs });
        }

        Layer Copy(Layer layer) => _copies.TryGetValue(layer, out var copy) ? copy : _copies[layer] = layer switch
        {
            Operation => layer,
            Sequential or Model { Graph: not null } when recursive => Clone((Model)layer),
            _ when cloneFunction is null => (Layer)ObjectConfig.Copy(layer),
            _ => cloneFunction(layer) ?? throw Errors.Argument("clone_model", $"cloneFunction made nothing of {layer.Who}", "a layer", "null"),
        };

        static Keras.Layers.Input Begin(Nest inputs) => inputs.Flatten() is [var input] ? input.History?.Layer as Keras.Layers.Input ?? Keras.Layers.Input.Like(input)
            : throw Errors.Argument("clone_model", "a sequential model has one input", "one tensor", inputs);
    }
}
