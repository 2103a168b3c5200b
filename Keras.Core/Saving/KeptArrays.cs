namespace Keras;

/// <summary>Arrays of a file that nothing here takes up, such as those of an optimizer that is unknown: they are saved again as they were.</summary>
/// <param name="Parts">The arrays by the paths of their objects.</param>
sealed record KeptArrays(IReadOnlyList<(string Path, IReadOnlyList<(string Name, StoredArray Array)> Arrays)> Parts)
{
    /// <summary>Reads all arrays at and below a path.</summary>
    /// <param name="weights">Where they are.</param>
    /// <param name="path">The path.</param>
    /// <param name="most">The most bytes that they may have.</param>
    /// <exception cref="ModelFileException">They have more.</exception>
    internal static KeptArrays Read(Hdf5Weights weights, string path, long most)
    {
        var found = weights.Below(path).Select(o => (o.Path, Arrays: o.Store.Arrays.ToArray())).ToArray();
        Int128 bytes = 0;
        foreach (var (_, array) in found.SelectMany(o => o.Arrays)) bytes += array.Type.Bytes;
        if (bytes > most) throw new ModelFileException("HDF5", $"/{path}", "the arrays are larger than the file", $"at most {most} bytes", bytes);
        return new KeptArrays([.. found.Select(o => (o.Path, (IReadOnlyList<(string, StoredArray)>)[.. o.Arrays.Select(a => (a.Name, Held(a.Array)))]))]);
    }

    static StoredArray Held(StoredArray array)
    {
        var data = array.Read();
        return array with { Read = () => data };
    }
}
