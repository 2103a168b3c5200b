// Prints what is in files of models and weights: dotnet run --project examples/Inspect -- model.keras old.h5
return Inspect.Inspection.Run(args, Console.Out, Console.Error);
