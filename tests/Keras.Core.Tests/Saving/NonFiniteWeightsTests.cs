using Keras.Core.Tests.Files;
using Keras.Tests;

namespace Keras.Core.Tests.Saving;

public class NonFiniteWeightsTests
{
    [Test, Hostile("G04"), NonParallelizable]
    public void A_warning_tells_of_weights_that_are_no_numbers_where_it_is_wanted([Values("m.keras", "m.h5", "m.weights.h5", "m.weights.json")] string name, [Values] bool isFinite)
    {
        using var folder = new TemporaryFolder();
        var model = WeightsFileTests.Small();
        if (!isFinite) model.Layers[0].Weights[1].Assign(Tensor.Of([float.NaN, 1, 2], [3]));
        if (name.Contains("weights", StringComparison.Ordinal)) model.SaveWeights(folder[name], maxShardSize: name.EndsWith("json", StringComparison.Ordinal) ? 1 : null);
        else model.Save(folder[name]);
        var limits = new LoadLimits { WarnsOfNonFinite = true };
        var (errors, before) = (new StringWriter(), Console.Error);
        Console.SetError(errors);
        try
        {
            WeightsFileTests.Small().LoadWeights(folder[name]);
            Assert.That(errors.ToString(), Is.Empty);
            if (name is "m.keras" or "m.h5") Keras.Saving.LoadModel(folder[name], limits: limits);
            else WeightsFileTests.Small().LoadWeights(folder[name], limits: limits);
        }
        finally
        {
            Console.SetError(before);
        }
        Assert.That(errors.ToString(), isFinite ? Is.Empty : Does.Match("^\\[Sequential \"[^\"]+\"\\] 1 of its weights are not finite everywhere\\. The first one: [^ ]+/bias\\.\r?\n$"));
    }
}
