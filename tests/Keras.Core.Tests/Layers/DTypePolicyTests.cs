using System.Text.Json.Nodes;
using Keras.Layers;

namespace Keras.Core.Tests.Layers;

/// <summary>Policies are read and written as Keras writes them; those that no layer has yet are refused when a layer is used.</summary>
sealed class DTypePolicyTests
{
    static readonly DTypePolicy[] Policies =
    [
        "float32", "mixed_bfloat16", new FloatDTypePolicy("float16"), "int8_from_float32", "int4_from_mixed_bfloat16", new Int4DTypePolicy("int4/128", "float32"),
        new QuantizedFloat8DTypePolicy("float8", "mixed_bfloat16", 512), "gptq/4/128_from_float32", "awq/4/64_from_float32", "ternary_from_float32",
        new DTypePolicyMap("float16", new Dictionary<string, DTypePolicy> { ["block/dense"] = "int8_from_float16" }),
    ];

    [TestCaseSource(nameof(Policies))]
    public void A_policy_comes_back_from_its_config(DTypePolicy policy)
    {
        var read = DTypePolicy.Deserialize(policy.Serialize());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.GetType(), Is.EqualTo(policy.GetType()));
            Assert.That(read.Name, Is.EqualTo(policy.Name));
            Assert.That((read.ComputeDType, read.VariableDType), Is.EqualTo((policy.ComputeDType, policy.VariableDType)));
            Assert.That(read.Serialize().ToJsonString(), Is.EqualTo(policy.Serialize().ToJsonString()));
        }
    }

    [Test]
    public void Configs_are_what_Keras_writes()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(((DTypePolicy)"mixed_float16").Serialize().ToJsonString(),
                Is.EqualTo("""{"module":"keras","class_name":"DTypePolicy","config":{"name":"mixed_float16"},"registered_name":null}"""));
            Assert.That(((DTypePolicy)"int4/128_from_float32").Serialize().ToJsonString(),
                Is.EqualTo("""{"module":"keras.dtype_policies","class_name":"Int4DTypePolicy","config":{"mode":"int4/128","source_name":"float32"},"registered_name":null}"""));
            Assert.That(((DTypePolicy)"float8_from_mixed_bfloat16").Serialize()["config"]!.ToJsonString(),
                Is.EqualTo("""{"mode":"float8","source_name":"mixed_bfloat16","amax_history_length":1024}"""));
        }
    }

    [TestCase("int8_from_float32", DType.Float32, DType.Float32)]
    [TestCase("int8_from_mixed_bfloat16", DType.BFloat16, DType.Float32)]
    public void A_quantized_policy_has_the_dtypes_of_its_source(string name, DType compute, DType variable) =>
        Assert.That((((DTypePolicy)name).ComputeDType, ((DTypePolicy)name).VariableDType), Is.EqualTo((compute, variable)));

    [Test]
    public void No_name_means_the_default_float() => Assert.That(new DTypePolicy().Name, Is.EqualTo("float32"));

    [TestCase("int3_from_float32", "[QuantizedDTypePolicy] unknown mode. Expected: int8, float8, int4, gptq, awq, ternary. Received: int3.")]
    [TestCase("gptq/4_from_float32", "[GPTQDTypePolicy] the mode is not of this policy. Expected: gptq/bits/group size. Received: gptq/4.")]
    [TestCase("int8_from_int99", "[DTypePolicy] unknown name. Expected: a dtype, mixed_float16 or mixed_bfloat16. Received: \"int99\".")]
    public void An_unknown_policy_is_refused(string name, string message) =>
        Assert.That(() => (DTypePolicy)name, Throws.ArgumentException.With.Message.EqualTo(message));

    [Test]
    public void A_layer_says_that_it_cannot_be_quantized_when_it_is_used()
    {
        var layer = new Dense(2, name: "head", dtype: "int8_from_float32");
        Assert.That(() => layer.Build(Shape.Of(1, 3)), Throws.TypeOf<NotSupportedException>().With.Message.EqualTo(
            "[Dense \"head\"] quantization is not supported yet. Expected: a dtype, mixed_float16 or mixed_bfloat16. Received: dtype policy int8_from_float32."));
        Assert.That(() => new Dropout(0.5, dtype: new DTypePolicyMap()).Apply(Ops.Ones([1, 3])), Throws.TypeOf<NotSupportedException>().With.Message.Contains("a map of policies is not supported yet"));
    }

    static readonly Layer[] Adapted =
    [
        new Dense(2, loraRank: 4), new EinsumDense("ab,bc->ac", [2], loraRank: 4, loraAlpha: 8), new Embedding(5, 2, loraRank: 4), new Conv1D(2, 3, loraRank: 4),
        new Conv2D(2, 3, loraRank: 4, loraAlpha: 8), new Conv3D(2, 3, loraRank: 4),
    ];

    [TestCaseSource(nameof(Adapted))]
    public void Low_rank_adaptation_is_kept_in_the_config_and_refused_when_built(Layer layer)
    {
        var config = layer.GetConfig();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((int?)config["lora_rank"], Is.EqualTo(4));
            Assert.That((double?)config["lora_alpha"], Is.EqualTo(layer is EinsumDense or Conv2D ? 8 : 4));
            Assert.That(Layer.Deserialize(layer.Serialize()).GetConfig().ToJsonString(), Is.EqualTo(config.ToJsonString()));
            Assert.That(() => layer.Build(Shape.Of([1, .. Enumerable.Repeat(3, layer switch { Conv1D => 2, Conv2D => 3, Conv3D => 4, _ => 1 })])), Throws.TypeOf<NotSupportedException>().With.Message.EndsWith(
                "low-rank adaptation is not supported yet. Expected: no loraRank. Received: loraRank 4."));
        }
    }

    [Test]
    public void A_config_of_quantization_is_kept_and_changes_nothing_without_a_policy()
    {
        var config = JsonNode.Parse("""{"module":"keras.quantizers","class_name":"Int8QuantizationConfig","config":{"weight_quantizer":null},"registered_name":null}""")!.AsObject();
        var layer = new Dense(2, kernelInitializer: "ones", quantizationConfig: new QuantizationConfig(config));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(layer.GetConfig()["quantization_config"]!.ToJsonString(), Is.EqualTo(config.ToJsonString()));
            Assert.That(layer.Apply(Ops.Ones([1, 3])).ToArray<float>(), Is.EqualTo(new float[] { 3, 3 }));
            Assert.That(() => new QuantizationConfig([]), Throws.ArgumentException.With.Message.StartsWith("[QuantizationConfig] the config names no class"));
        }
    }
}
