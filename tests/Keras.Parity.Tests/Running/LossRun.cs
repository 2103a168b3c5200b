using Keras.Parity.Tests.Goldens;

namespace Keras.Parity.Tests.Running;

/// <summary>Recorded calls of losses: the result, and the gradient for the predictions.</summary>
static class LossRun
{
    public static void Run(GoldenCase golden, Depth depth)
    {
        // Keras does not write a loss's dtype; its result has it.
        var dtype = golden["result"].As<GoldenValue.Tensor>().DType;
        var loss = (Loss)Targets.Make(golden, dtype == "float32" ? null : dtype);
        var predictions = GoldenTensors.Tensor(golden["y_pred"]);
        if (golden.Find("y_pred_mask") is GoldenValue.Tensor mask) predictions.Mask = GoldenTensors.Tensor(mask);
        var weight = golden.Find("sample_weight") is { } w and not GoldenValue.Null ? GoldenTensors.Tensor(w) : null;
        var result = loss.Apply(GoldenTensors.Tensor(golden["y_true"]), predictions, weight);
        new GoldenComparison(wide: false, depth: depth).Check("result", golden["result"], result);
        if (depth == Depth.All && golden.Find("gradient") is GoldenValue.Tensor gradient)
            GoldenComparison.CheckValues("gradient", gradient, Gradients.Of(Probe.Loss([result]), [predictions])[0], dtype);
    }
}
