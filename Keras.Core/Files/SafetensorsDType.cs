namespace Keras;

/// <summary>How safetensors files write dtypes.</summary>
static class SafetensorsDType
{
    /// <summary>In the order in which writers lay tensors: wide elements first, so that all are aligned.</summary>
    static readonly (DType DType, string Name)[] Names =
    [
        (DType.UInt64, "U64"),
        (DType.Int64, "I64"),
        (DType.Float64, "F64"),
        (DType.Complex64, "C64"),
        (DType.Float32, "F32"),
        (DType.UInt32, "U32"),
        (DType.Int32, "I32"),
        (DType.BFloat16, "BF16"),
        (DType.Float16, "F16"),
        (DType.UInt16, "U16"),
        (DType.Int16, "I16"),
        (DType.Float8E4M3FN, "F8_E4M3"),
        (DType.Float8E5M2, "F8_E5M2"),
        (DType.Int8, "I8"),
        (DType.UInt8, "U8"),
        (DType.Bool, "BOOL"),
    ];

    internal static string Known => string.Join(", ", Names.Select(n => n.Name));

    internal static DType? Parse(string name)
    {
        var found = Array.FindIndex(Names, n => n.Name == name);
        return found < 0 ? null : Names[found].DType;
    }

    /// <summary>The name, and the place among the others; <c>null</c> where the format has none.</summary>
    internal static (string Name, int Order)? Of(DType dtype)
    {
        var found = Array.FindIndex(Names, n => n.DType == dtype);
        return found < 0 ? null : (Names[found].Name, found);
    }
}
