namespace Keras;

/// <summary>Runs one op on memory.</summary>
unsafe delegate void KernelBody(in KernelCall call);

/// <summary>A kernel made ready for inputs of certain types: shapes and strides are resolved, only addresses are missing.</summary>
sealed class Kernel(KernelBody body, long scratch = 0, params (int Input, int Output)[] inPlace)
{
    /// <summary>No kernel at all: the result is the first input's memory, under another shape.</summary>
    internal static readonly Kernel View = new((in KernelCall _) => { });

    internal KernelBody Body { get; } = body;

    /// <summary>Bytes of memory that the kernel wants for itself while it runs.</summary>
    internal long Scratch { get; } = scratch;

    /// <summary>Which inputs' memory may become which outputs'.</summary>
    internal (int Input, int Output)[] InPlace { get; } = inPlace;
}

/// <summary>The addresses of one call of a kernel.</summary>
readonly unsafe ref struct KernelCall(nint* addresses, ReadOnlySpan<int> inputs, ReadOnlySpan<int> outputs, int scratch)
{
    readonly ReadOnlySpan<int> _inputs = inputs, _outputs = outputs;

    internal int Inputs => _inputs.Length;

    internal int Outputs => _outputs.Length;

    internal T* Input<T>(int index) where T : unmanaged => (T*)addresses[_inputs[index]];

    internal T* Output<T>(int index = 0) where T : unmanaged => (T*)addresses[_outputs[index]];

    internal byte* Scratch => scratch < 0 ? null : (byte*)addresses[scratch];
}
