using Keras;

// Prints what is in files of models and weights: dotnet run --project examples/Inspect -- model.keras old.h5
if (args.Length == 0)
{
    Console.Error.WriteLine("Which files? .keras or its unzipped folder, .h5, .weights.h5, .weights.json, .safetensors, .npy, .npz, or a model as .json");
    return 2;
}
var failures = 0;
foreach (var path in args)
    try
    {
        var info = ModelFileInfo.Read(path, tryLoad: true);
        Console.WriteLine(info);
        Console.WriteLine();
        if (info.Problems.Count > 0) failures++;
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(e.Message);
        failures++;
    }
return failures == 0 ? 0 : 1;
