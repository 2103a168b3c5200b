namespace Keras;

/// <summary>How much a model file may ask for. A file that asks for more is refused with a <see cref="ModelFileException"/>
/// before anything is allocated.</summary>
public sealed class LoadLimits
{
    /// <summary>The limits that hold where none are given.</summary>
    public static LoadLimits Default { get; } = new();

    /// <summary>The most bytes that one array may have. Default: the memory that the process may use.</summary>
    public long MaxBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The most bytes that the text of one attribute or entry may have (a model's configuration is one). Default: 64 MiB.</summary>
    public long MaxTextBytes { get; init; } = 64L << 20;

    /// <summary>The most objects (groups, arrays, entries) that a file may have. Default: a million.</summary>
    public int MaxEntries { get; init; } = 1_000_000;

    /// <summary>How deep groups may be nested. Default: 64.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>How many times larger than the whole file one array of more than 64 MiB may be: what compression makes of honest
    /// weights, and not of a bomb. Default: 256.</summary>
    public int MaxRatio { get; init; } = 256;

    /// <summary>The most members that a zip archive may have. Default: 10,000.</summary>
    public int MaxMembers { get; init; } = 10_000;

    /// <summary>The most bytes that all compressed members of an archive may become together, where four times the file are less.
    /// Default: 256 MiB.</summary>
    public long MaxInflatedBytes { get; init; } = 256L << 20;

    /// <summary>How deep arrays and objects of a JSON text may be nested. Default: 512.</summary>
    public int MaxJsonDepth { get; init; } = 512;

    /// <summary>The most names, values and brackets that a JSON text may have. Default: 2 million.</summary>
    public int MaxJsonTokens { get; init; } = 2_000_000;

    /// <summary>The most bytes that the header of a safetensors file may have. Default: 100,000,000.</summary>
    public long MaxHeaderBytes { get; init; } = SafetensorsHeader.LongestHeader;

    /// <summary>Whether there is a warning where weights of a model are not finite: NaN or infinite. They load all the same, as in Keras. Default false:
    /// it takes a look at every number.</summary>
    public bool WarnsOfNonFinite { get; init; }
}
