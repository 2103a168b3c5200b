namespace Keras.Kernels.Cpu;

/// <summary>The order of what a decomposition found.</summary>
internal static unsafe class Order
{
    /// <summary>Places by rising keys. Next to the decomposition its time is nothing, and iterations leave keys nearly in order.</summary>
    internal static void Rising(int* order, double* keys, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var place = i;
            for (; place > 0 && keys[order[place - 1]] > keys[i]; place--) order[place] = order[place - 1];
            order[place] = i;
        }
    }
}
