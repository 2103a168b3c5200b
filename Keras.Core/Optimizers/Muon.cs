using System.Text.RegularExpressions;

namespace Keras.Optimizers;

/// <summary>Momentum made orthogonal for matrices; Adam for everything else. See https://kellerjordan.github.io/posts/muon/.</summary>
/// <param name="learningRate">A number or a schedule. Default 0.001.</param>
/// <param name="adamBeta1">Adam's share of the running mean of gradients that stays at each step. Default 0.9.</param>
/// <param name="adamBeta2">Adam's share of the running mean of squared gradients that stays at each step. Default 0.999.</param>
/// <param name="adamWeightDecay">The weight decay of what Adam trains. Default 0.004.</param>
/// <param name="epsilon">Keeps Adam's division away from zero. Default 1e-7.</param>
/// <param name="weightDecay">The share of each variable, times the learning rate, that is taken off before each update. Default 0.004.</param>
/// <param name="clipnorm">The largest norm of a variable's gradient. Default no limit.</param>
/// <param name="clipvalue">The largest absolute value of an element of a gradient. Default no limit.</param>
/// <param name="globalClipnorm">The largest norm of all gradients together. Default no limit.</param>
/// <param name="useEma">Whether running averages of the variables are kept. Default false.</param>
/// <param name="emaMomentum">The share of the average that stays at each step. Default 0.99.</param>
/// <param name="emaOverwriteFrequency">After how many steps the averages take the variables' place. Default at the end.</param>
/// <param name="lossScaleFactor">The factor that the loss was multiplied by. Default none.</param>
/// <param name="gradientAccumulationSteps">How many gradients are averaged for each update. Default 1.</param>
/// <param name="name">Default the snake case of the class, made unique.</param>
/// <param name="excludeLayers">Regular expressions; matrices in whose path one of them is found are for Adam. Default none.</param>
/// <param name="excludeEmbeddings">Whether embeddings are for Adam. Default true.</param>
/// <param name="muonA">The first coefficient of the polynomial that makes orthogonal. Default 3.4445.</param>
/// <param name="muonB">Its second coefficient. Default -4.775.</param>
/// <param name="muonC">Its third coefficient. Default 2.0315.</param>
/// <param name="adamLrRatio">Adam's learning rate as a share of Muon's. Default 1.</param>
/// <param name="momentum">The share of the momentum that stays at each step. Default 0.95.</param>
/// <param name="nsSteps">How often the polynomial is applied. Default 5.</param>
/// <param name="nesterov">Whether the gradient is taken ahead of the momentum. Default true.</param>
/// <param name="rmsRate">The root mean square of an update, times the learning rate; none for the update as it is. Default 0.2.</param>
public sealed class Muon(LearningRateSchedule? learningRate = null, double adamBeta1 = 0.9, double adamBeta2 = 0.999, double? adamWeightDecay = 0.004, double epsilon = 1e-7,
    double? weightDecay = 0.004, double? clipnorm = null, double? clipvalue = null,
    double? globalClipnorm = null, bool useEma = false, double emaMomentum = 0.99, int? emaOverwriteFrequency = null, double? lossScaleFactor = null,
    int? gradientAccumulationSteps = null, string? name = null,
    IReadOnlyList<string>? excludeLayers = null, bool excludeEmbeddings = true, double muonA = 3.4445, double muonB = -4.775,
    double muonC = 2.0315, double adamLrRatio = 1, double momentum = 0.95, int nsSteps = 5, bool nesterov = true, double? rmsRate = 0.2)
    : Optimizer(learningRate ?? 0.001, weightDecay, clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
        lossScaleFactor, gradientAccumulationSteps, name)
{
    /// <summary>Adam's share of the running mean of gradients that stays at each step. Default 0.9.</summary>
    public double AdamBeta1 { get; } = adamBeta1;

    /// <summary>Adam's share of the running mean of squared gradients that stays at each step. Default 0.999.</summary>
    public double AdamBeta2 { get; } = adamBeta2;

    /// <summary>The weight decay of what Adam trains. Default 0.004.</summary>
    public double? AdamWeightDecay { get; } = adamWeightDecay;

    /// <summary>Keeps Adam's division away from zero. Default 1e-7.</summary>
    public double Epsilon { get; } = epsilon;

    /// <summary>Regular expressions; matrices in whose path one of them is found are for Adam. Default none.</summary>
    public IReadOnlyList<string> ExcludeLayers { get; } = excludeLayers ?? [];

    /// <summary>Whether embeddings are for Adam. Default true.</summary>
    public bool ExcludeEmbeddings { get; } = excludeEmbeddings;

    /// <summary>The first coefficient of the polynomial that makes orthogonal. Default 3.4445.</summary>
    public double MuonA { get; } = muonA;

    /// <summary>Its second coefficient. Default -4.775.</summary>
    public double MuonB { get; } = muonB;

    /// <summary>Its third coefficient. Default 2.0315.</summary>
    public double MuonC { get; } = muonC;

    /// <summary>Adam's learning rate as a share of Muon's. Default 1.</summary>
    public double AdamLrRatio { get; } = adamLrRatio;

    /// <summary>The share of the momentum that stays at each step. Default 0.95.</summary>
    public double Momentum { get; } = momentum;

    /// <summary>How often the polynomial is applied. Default 5.</summary>
    public int NsSteps { get; } = nsSteps;

    /// <summary>Whether the gradient is taken ahead of the momentum. Default true.</summary>
    public bool Nesterov { get; } = nesterov;

    /// <summary>The root mean square of an update, times the learning rate; none for the update as it is. Default 0.2.</summary>
    public double? RmsRate { get; } = rmsRate;

    bool IsForAdam(Variable variable) => variable.Shape.Rank != 2
        || (ExcludeEmbeddings && variable.Path.Contains("embedding", StringComparison.OrdinalIgnoreCase))
        || ExcludeLayers.Any(e => Regex.IsMatch(variable.Path, e, RegexOptions.None, TimeSpan.FromSeconds(1)));

    private protected override double? DecayOf(Variable variable) => IsForAdam(variable) ? AdamWeightDecay : WeightDecay;

    /// <inheritdoc/>
    protected override void BuildSlots(IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        foreach (var variable in variables)
        {
            AddSlots([variable], ("momentum", 0));
            if (IsForAdam(variable)) AddSlots([variable], ("velocity", 0));
        }
    }

    /// <inheritdoc/>
    protected override Tensor Update(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(step);
        if (step.Current.ContainsKey("velocity")) return Adam(w, gradient, learningRate * AdamLrRatio, step);
        var m = step["momentum"] = (step["momentum"] * Momentum) + gradient;
        var update = learningRate * Orthogonal(Nesterov ? gradient + (m * Momentum) : m);
        return w - (RmsRate is { } rate ? update * (Math.Sqrt(Math.Max(w.Shape[0], w.Shape[1])) * rate) : update);
    }

    Tensor Adam(Tensor w, Tensor gradient, Tensor learningRate, OptimizerStep step)
    {
        var t = step.Number(w.DType);
        var m = step["momentum"] + ((gradient - step["momentum"]) * (1 - AdamBeta1));
        var v = step["velocity"] + ((Ops.Square(gradient) - step["velocity"]) * (1 - AdamBeta2));
        (step["momentum"], step["velocity"]) = (m, v);
        var size = learningRate * Ops.Sqrt(1 - Ops.Power(AdamBeta2, t)) / (1 - Ops.Power(AdamBeta1, t));
        return w - (m * size / (Ops.Sqrt(v) + Epsilon));
    }

    /// <summary>A matrix with singular values near 1 and the singular vectors of another one, by the iteration of Newton and Schulz.</summary>
    Tensor Orthogonal(Tensor x)
    {
        var isTall = x.Shape[0] > x.Shape[1];
        if (isTall) x = Ops.Transpose(x);
        x /= Ops.Sqrt(Ops.Sum(Ops.Square(x))) + 1e-7;
        for (var i = 0; i < NsSteps; i++)
        {
            var square = Ops.Matmul(x, Ops.Transpose(x));
            x = (x * MuonA) + Ops.Matmul((square * MuonB) + (Ops.Matmul(square, square) * MuonC), x);
        }
        return isTall ? Ops.Transpose(x) : x;
    }
}
