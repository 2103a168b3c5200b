using System.Globalization;
using Keras;

// Opens a model, predicts for inputs from 0 to 1, trains a step as the file says, saves the model and opens it again.
var model = Saving.LoadModel(args[0]);
var shape = model.Inputs.Tensor.Shape;
var x = Ops.Reshape(Ops.Linspace(0, 1, (int)shape.Slice(1, shape.Rank - 1).Size * 2), [2, .. shape.Dims[1..]]);
var before = model.Predict(x);
Console.WriteLine(string.Join(' ', before.ToDoubles().Select(v => v.ToString("R", CultureInfo.InvariantCulture))));
model.TrainOnBatch(x, Ops.Zeros([2], DType.Int32));
model.Save(args[1]);
Console.WriteLine(Saving.LoadModel(args[1]).Predict(x).ToDoubles().SequenceEqual(model.Predict(x).ToDoubles()) ? "equal" : "different");
