using BenchmarkDotNet.Attributes;

using Peers;

namespace Keras.Bench;

/// <summary>One piece of work, by libtorch (the baseline) and by this project.</summary>
[MemoryDiagnoser]
public abstract class PeerBench
{
    Action _run = static () => { };

    [Params(1, 2)]
    public int Threads { get; set; }

    protected abstract Action TorchWork();

    protected abstract Action? KerasWork();

    [GlobalSetup(Target = nameof(Torch))]
    public void SetupTorch()
    {
        TorchPeers.SetThreads(Threads);
        _run = TorchWork();
    }

    [GlobalSetup(Target = nameof(Keras))]
    public void SetupKeras()
    {
        Ours.SetThreads(Threads);
        _run = KerasWork() ?? throw new NotSupportedException("This side is not written yet.");
    }

    [Benchmark(Baseline = true)]
    public void Torch() => _run();

    [Benchmark]
    public void Keras() => _run();
}

public class GemmBench : PeerBench
{
    [Params(64, 128, 256, 512, 1024, 2048)]
    public int Size { get; set; }

    protected override Action TorchWork() => TorchPeers.Gemm(Size);

    protected override Action? KerasWork() => Ours.Gemm(Size);
}

public class ConvBench : PeerBench
{
    public static IEnumerable<ConvShape> Shapes => ConvShape.All;

    [ParamsSource(nameof(Shapes))]
    public ConvShape Shape { get; set; }

    [Params(false, true)]
    public bool Backward { get; set; }

    protected override Action TorchWork() => Backward ? TorchPeers.ConvBackward(Shape) : TorchPeers.ConvForward(Shape);

    protected override Action? KerasWork() => Backward ? Ours.ConvBackward(Shape) : Ours.ConvForward(Shape);
}

public class MlpStepBench : PeerBench
{
    protected override Action TorchWork() => TorchPeers.MlpStep();

    protected override Action? KerasWork() => Ours.MlpStep();
}

public class ConvnetStepBench : PeerBench
{
    protected override Action TorchWork() => TorchPeers.ConvnetStep();

    protected override Action? KerasWork() => Ours.ConvnetStep();
}
