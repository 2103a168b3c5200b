using System.Globalization;
using System.IO.Compression;
using Keras;
using Keras.Layers;

// 1,797 handwritten digits, 8 x 8 pixels of 0 to 16. The last fifth is held out.
var (images, labels) = Load(Path.Combine(AppContext.BaseDirectory, "Data", "digits.csv.gz"));
var (trainX, trainY, testX, testY) = HoldOut(images, labels, share: 5);

Utils.SetRandomSeed(7);
var model = new Sequential(
[
    new Input(8, 8, 1),
    new Rescaling(1.0 / 16),
    new Conv2D(32, 3, padding: "same", activation: "relu"),
    new Conv2D(32, 3, padding: "same", activation: "relu"),
    new MaxPooling2D(2),
    new Conv2D(64, 3, padding: "same", activation: "relu"),
    new MaxPooling2D(2),
    new Flatten(),
    new Dropout(0.3),
    new Dense(10, activation: "softmax"),
], name: "digits");
model.Summary();
model.Compile(optimizer: "adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"]);
model.Fit(trainX, trainY, batchSize: 32, epochs: 20, validationSplit: 0.1);

var test = model.Evaluate(testX, testY, verbose: 0);
Console.WriteLine($"\nHeld-out fifth: {testY.Length} digits, accuracy {test["accuracy"]:P2}, loss {test["loss"]:F4}");

var guesses = Ops.Argmax(model.Predict(testX), axis: -1).ToArray<int>();
PrintConfusion(testY, guesses);
Draw(testX, testY, guesses, count: 6);

static (float[,,,] Images, int[] Labels) Load(string path)
{
    using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
    var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    var (images, labels) = (new float[lines.Length, 8, 8, 1], new int[lines.Length]);
    for (var i = 0; i < lines.Length; i++)
    {
        var values = lines[i].Split(',');
        for (var p = 0; p < 64; p++) images[i, p / 8, p % 8, 0] = float.Parse(values[p], CultureInfo.InvariantCulture);
        labels[i] = int.Parse(values[64], CultureInfo.InvariantCulture);
    }
    return (images, labels);
}

// Every fifth digit goes to the test part, so that both parts hold every writer.
static (float[,,,] TrainX, int[] TrainY, float[,,,] TestX, int[] TestY) HoldOut(float[,,,] images, int[] labels, int share)
{
    int[] train = [.. Enumerable.Range(0, labels.Length).Where(i => i % share != 0)], test = [.. Enumerable.Range(0, labels.Length).Where(i => i % share == 0)];
    return (Rows(images, train), [.. train.Select(i => labels[i])], Rows(images, test), [.. test.Select(i => labels[i])]);
}

static float[,,,] Rows(float[,,,] images, int[] rows)
{
    var picked = new float[rows.Length, 8, 8, 1];
    for (var i = 0; i < rows.Length; i++)
        for (var p = 0; p < 64; p++) picked[i, p / 8, p % 8, 0] = images[rows[i], p / 8, p % 8, 0];
    return picked;
}

static void PrintConfusion(int[] labels, int[] guesses)
{
    var counts = new int[10, 10];
    for (var i = 0; i < labels.Length; i++) counts[labels[i], guesses[i]]++;
    Console.WriteLine("\nConfusion (rows: the digit, columns: the prediction)");
    Console.WriteLine("    " + string.Concat(Enumerable.Range(0, 10).Select(d => $"{d,4}")));
    for (var row = 0; row < 10; row++)
        Console.WriteLine($"{row,4}" + string.Concat(Enumerable.Range(0, 10).Select(d => $"{(counts[row, d] == 0 ? "." : counts[row, d]),4}")));
}

// The first digits that were mistaken, then right ones.
static void Draw(float[,,,] images, int[] labels, int[] guesses, int count)
{
    var shown = Enumerable.Range(0, labels.Length).OrderBy(i => labels[i] == guesses[i]).ThenBy(i => i).Take(count).ToArray();
    Console.WriteLine();
    for (var row = 0; row < 8; row++)
        Console.WriteLine(string.Join("   ", shown.Select(i => string.Concat(Enumerable.Range(0, 8).Select(column => Shade(images[i, row, column, 0]))))));
    Console.WriteLine(string.Join("   ", shown.Select(i => $"is {labels[i]}, seen as {guesses[i]}".PadRight(16))));
}

static string Shade(float ink) => new(" .:-=+*#%@"[(int)(ink / 16 * 9)], 2);
