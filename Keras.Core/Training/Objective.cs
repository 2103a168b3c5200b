namespace Keras;

/// <summary>What a model is compiled with: the losses and metrics of each output, by name.</summary>
sealed class Objective
{
    readonly string _who;
    readonly Loss?[] _losses;
    readonly double[] _weights;
    readonly IReadOnlyList<Metric>[] _metrics, _weightedMetrics;
    readonly Metrics.Mean[] _outputLosses;

    internal Objective(string who, IReadOnlyList<string> outputs, IReadOnlyList<Tensor> predictions, IReadOnlyList<Tensor> targets, PerOutput<Loss>? loss,
        IReadOnlyList<double>? weights, MetricLists? metrics, MetricLists? weightedMetrics)
    {
        _who = who;
        _losses = loss?.For(who, outputs) ?? new Loss?[outputs.Count];
        _weights = weights is null ? [.. outputs.Select(_ => 1.0)] : weights.Count == outputs.Count ? [.. weights]
            : throw Errors.Argument(who, "there must be one loss weight for each output", outputs.Count, weights.Count);
        Resolve(predictions, targets);
        _metrics = Resolve(metrics, outputs, predictions, targets);
        _weightedMetrics = Resolve(weightedMetrics, outputs, predictions, targets);
        _outputLosses = _losses.Count(l => l is not null) > 1 ? [.. outputs.Select(o => new Metrics.Mean($"{o}_loss"))] : [];
        Named = [.. Name(outputs), .. _outputLosses.Where((_, i) => _losses[i] is not null).Select(m => (m.Name, (Metric)m))];
    }

    /// <summary>Metrics by the names that logs have.</summary>
    internal IReadOnlyList<(string Name, Metric Metric)> Named { get; }

    bool HasTargets => _losses.Any(l => l is not null) || _metrics.Any(m => m.Count > 0) || _weightedMetrics.Any(m => m.Count > 0);

    void Resolve(IReadOnlyList<Tensor> predictions, IReadOnlyList<Tensor> targets)
    {
        for (var i = 0; i < _losses.Length && i < targets.Count; i++)
            if (_losses[i] is Losses.ByOutput) _losses[i] = Losses.ByOutput.Resolve(targets[i].Shape, predictions[i].Shape);
    }

    IReadOnlyList<Metric>[] Resolve(MetricLists? lists, IReadOnlyList<string> outputs, IReadOnlyList<Tensor> predictions, IReadOnlyList<Tensor> targets)
    {
        if (lists is null) return [.. outputs.Select(_ => (IReadOnlyList<Metric>)[])];
        return [.. lists.For(_who, outputs).Select((list, i) => (IReadOnlyList<Metric>)[.. list.Select(m =>
            m is Metrics.ByOutput late && i < targets.Count ? late.Resolve(targets[i].Shape, predictions[i].Shape) : m)])];
    }

    List<(string Name, Metric Metric)> Name(IReadOnlyList<string> outputs)
    {
        var named = new List<(string Name, Metric Metric)>();
        foreach (var (lists, prefix) in new[] { (_metrics, ""), (_weightedMetrics, "weighted_") })
            for (var i = 0; i < lists.Length; i++)
                foreach (var metric in lists[i])
                {
                    var output = outputs.Count > 1 ? $"{outputs[i]}_" : "";
                    var name = output + metric.Name;
                    if (named.Any(n => n.Name == name) && prefix.Length > 0) name = output + prefix + metric.Name;
                    var unique = name;
                    for (var k = 1; named.Any(n => n.Name == unique); k++) unique = $"{name}_{k}";
                    named.Add((unique, metric));
                }
        return named;
    }

    internal void CheckTargets(IReadOnlyList<Tensor> targets)
    {
        if (HasTargets && targets.Count != _losses.Length)
            throw Errors.Argument(_who, "the number of targets is wrong", _losses.Length, targets.Count);
    }

    /// <summary>The weighted sum of the losses of all outputs; <c>null</c> without losses.</summary>
    internal Tensor? Loss(IReadOnlyList<Tensor> targets, IReadOnlyList<Tensor> predictions, IReadOnlyList<Tensor> sampleWeights)
    {
        Tensor? total = null;
        for (var i = 0; i < _losses.Length; i++)
        {
            if (_losses[i] is not { } loss) continue;
            var value = loss.Apply(targets[i], predictions[i], WeightOf(sampleWeights, i));
            if (value.Rank > 0) value = Ops.Mean(value);
            if (_outputLosses.Length > 0) _outputLosses[i].UpdateState(value, Samples(predictions[i]));
            if (_weights[i] != 1) value *= _weights[i];
            total = total is null ? value : total + value;
        }
        return total;
    }

    static Tensor? WeightOf(IReadOnlyList<Tensor> weights, int output) => weights.Count == 0 ? null : weights[weights.Count == 1 ? 0 : output];

    internal static Tensor Samples(Tensor prediction) => (double)prediction.Shape[0];

    internal void UpdateMetrics(IReadOnlyList<Tensor> targets, IReadOnlyList<Tensor> predictions, IReadOnlyList<Tensor> sampleWeights)
    {
        for (var i = 0; i < predictions.Count; i++)
        {
            foreach (var metric in _metrics[i]) metric.UpdateState(targets[i], predictions[i]);
            foreach (var metric in _weightedMetrics[i]) metric.UpdateState(targets[i], predictions[i], WeightOf(sampleWeights, i));
        }
    }
}
