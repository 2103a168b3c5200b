namespace Keras.Core.Tests.Hostile;

/// <summary>The messages of ONNX that the tests need, as small as they can be. The model is y = x w, unless something else is said.</summary>
static class Onnx
{
    internal const int Floats = 1, Integers = 7, Strings = 8, Bools = 9, Int4 = 22;

    internal static byte[] Model(OnnxBytes graph, long opset = 17, IEnumerable<OnnxBytes>? functions = null, IEnumerable<OnnxBytes>? imports = null, long version = 8) =>
        new OnnxBytes().Int(1, version).Text(2, "test").Message(7, graph).All(8, [Import("", opset), .. imports ?? []]).All(25, functions ?? []).ToArray();

    internal static OnnxBytes Import(string domain, long version) => new OnnxBytes().Text(1, domain).Int(2, version);

    internal static OnnxBytes GraphOf(IEnumerable<OnnxBytes> nodes, IEnumerable<OnnxBytes>? tensors = null, IEnumerable<OnnxBytes>? sparse = null, IEnumerable<OnnxBytes>? inputs = null, IEnumerable<OnnxBytes>? outputs = null) =>
        new OnnxBytes().All(1, nodes).Text(2, "g").All(5, tensors ?? []).All(11, inputs ?? [Value("x", 1, 2)]).All(12, outputs ?? [Value("y", 1, 2)]).All(15, sparse ?? []);

    /// <summary>The body of a branch, which has no inputs of its own.</summary>
    internal static OnnxBytes Body(IEnumerable<OnnxBytes> nodes, string output = "y", IEnumerable<OnnxBytes>? tensors = null) =>
        GraphOf(nodes, tensors, inputs: [], outputs: [Value(output, 1, 2)]);

    internal static OnnxBytes Value(string name, params long[] dims) => Value(name, Floats, dims);

    internal static OnnxBytes Value(string name, int dtype, long[] dims) =>
        new OnnxBytes().Text(1, name).Message(2, new OnnxBytes().Message(1, new OnnxBytes().Int(1, dtype).Message(2, new OnnxBytes().All(1, dims.Select(d => new OnnxBytes().Int(1, d))))));

    internal static OnnxBytes Node(string op, string[] inputs, string[] outputs, OnnxBytes[]? attributes = null, string domain = "") =>
        new OnnxBytes().Texts(1, inputs).Texts(2, outputs).Text(4, op).All(5, attributes ?? []).Text(7, domain);

    internal static OnnxBytes Product { get; } = Node("MatMul", ["x", "w"], ["y"]);

    /// <summary>A tensor but for its data: what a test adds behind it.</summary>
    internal static OnnxBytes Head(string name, long dtype, params IEnumerable<long> dims) => new OnnxBytes().Packed(1, dims).Int(2, dtype).Text(8, name);

    internal static OnnxBytes TensorOf(string name, long dtype, IEnumerable<long> dims, byte[] raw) => Head(name, dtype, dims).Bytes(9, raw);

    internal static OnnxBytes Weights(string name = "w") => TensorOf(name, Floats, [2, 2], new byte[16]);

    internal static OnnxBytes Numbers(string name, params long[] values) => TensorOf(name, Integers, [values.Length], [.. values.SelectMany(BitConverter.GetBytes)]);

    internal static OnnxBytes Scalar(string name, long value) => TensorOf(name, Integers, [], BitConverter.GetBytes(value));

    internal static OnnxBytes True(string name) => TensorOf(name, Bools, [], [1]);

    /// <summary>A tensor whose data lie in another file.</summary>
    internal static OnnxBytes External(string name, params (string Key, string Value)[] entries) => External(Head(name, Floats, 2, 2), entries);

    internal static OnnxBytes External(OnnxBytes head, params (string Key, string Value)[] entries) =>
        head.All(13, entries.Select(e => new OnnxBytes().Text(1, e.Key).Text(2, e.Value))).Int(14, 1);

    internal static OnnxBytes Sparse(OnnxBytes values, OnnxBytes indices, params long[] dims) => new OnnxBytes().Message(1, values).Message(2, indices).Packed(3, dims);

    internal static OnnxBytes Of(string name, long value) => new OnnxBytes().Text(1, name).Int(3, value).Int(20, 2);

    internal static OnnxBytes Of(string name, string value) => new OnnxBytes().Text(1, name).Text(4, value).Int(20, 3);

    internal static OnnxBytes OfTensor(string name, OnnxBytes value) => new OnnxBytes().Text(1, name).Message(5, value).Int(20, 4);

    internal static OnnxBytes OfGraph(string name, OnnxBytes value) => new OnnxBytes().Text(1, name).Message(6, value).Int(20, 5);

    /// <summary>A branch on c, of which both sides are one graph.</summary>
    internal static OnnxBytes If(OnnxBytes body, string output = "y") => Node("If", ["c"], [output], [OfGraph("then_branch", body), OfGraph("else_branch", body)]);

    internal const string Own = "own";

    /// <summary>A function of x that gives y.</summary>
    internal static OnnxBytes Function(string name, params IEnumerable<OnnxBytes> nodes) =>
        new OnnxBytes().Text(1, name).Text(4, "x").Text(5, "y").All(7, nodes).Message(9, Import("", 17)).Message(9, Import(Own, 1)).Text(10, Own);

    internal static OnnxBytes Call(string function, string input = "x", string output = "y") => Node(function, [input], [output], domain: Own);

    /// <summary>A model of functions of its own, of which the first is called.</summary>
    internal static byte[] OfFunctions(params (string Name, OnnxBytes[] Nodes)[] functions) =>
        Model(GraphOf([Call(functions[0].Name)]), functions: functions.Select(f => Function(f.Name, f.Nodes)), imports: [Import(Own, 1)]);

    /// <summary>A model of one matrix.</summary>
    internal static byte[] With(OnnxBytes weights, params OnnxBytes[] more) => Model(GraphOf([Product], [weights, .. more]));

    /// <summary>A model that only holds a tensor of any dtype.</summary>
    internal static byte[] Holding(OnnxBytes tensor, bool isNew = false) =>
        Model(GraphOf([Node("Identity", ["w"], ["z"]), Node("Relu", ["x"], ["y"])], [tensor]), isNew ? 21 : 17, version: isNew ? 10 : 8);

    /// <summary>A value of unknown sizes.</summary>
    internal static OnnxBytes Open(string name, int dtype = Floats, int rank = 2) =>
        new OnnxBytes().Text(1, name).Message(2, new OnnxBytes().Message(1, new OnnxBytes().Int(1, dtype).Message(2, new OnnxBytes().All(1, Enumerable.Repeat(new OnnxBytes(), rank)))));

    /// <summary>A model of an op of x and constants, with the attributes.</summary>
    internal static byte[] Op(string op, string[] inputs, OnnxBytes[] constants, OnnxBytes[]? attributes = null, long opset = 17, int dtype = Floats, int rank = 2) =>
        Model(GraphOf([Node(op, inputs, ["y"], attributes)], constants, outputs: [Open("y", dtype, rank)]), opset);
}
