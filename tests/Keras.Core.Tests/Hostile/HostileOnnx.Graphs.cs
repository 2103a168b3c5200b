using static Keras.Core.Tests.Hostile.Onnx;

namespace Keras.Core.Tests.Hostile;

/// <summary>Files that are no protobuf, and graphs that are none or that never end.</summary>
static partial class HostileOnnx
{
    const long Many = 1_000_000_000_000;

    static IEnumerable<HostileOnnxFile> Wire()
    {
        var right = With(Weights());
        HostileOnnxFile Behind(string name, OnnxBytes bytes) => new("H07", name, [.. right, .. bytes.ToArray()], right);

        yield return Behind("varint of 11 bytes", new OnnxBytes().Tag(5, OnnxBytes.Number).Raw([.. Enumerable.Repeat((byte)0x80, 10), 1]));
        yield return Behind("varint that ends with the file", new OnnxBytes().Tag(5, OnnxBytes.Number).Raw(0x80));
        yield return Behind("tag of 11 bytes", new OnnxBytes().Raw([.. Enumerable.Repeat((byte)0x88, 10), 1]));
        yield return Behind("length past the end", new OnnxBytes().Tag(6, OnnxBytes.Length).Varint(100).Raw(1, 2, 3));
        yield return Behind("length of 2 GB", new OnnxBytes().Tag(6, OnnxBytes.Length).Varint(int.MaxValue));
        yield return Behind("length over 2 GB", new OnnxBytes().Tag(6, OnnxBytes.Length).Varint(1L << 31));
        yield return Behind("length of 2^63", new OnnxBytes().Tag(6, OnnxBytes.Length).Varint(long.MaxValue));
        yield return Behind("negative length", new OnnxBytes().Tag(6, OnnxBytes.Length).Varint(-1));
        yield return new("H07", "inner length past the outer end", new OnnxBytes().Int(1, 8).Message(7, new OnnxBytes().Tag(1, OnnxBytes.Length).Varint(1000)).ToArray(), right);
        yield return Behind("graph as a number", new OnnxBytes().Int(7, 1));
        yield return Behind("version as a text", new OnnxBytes().Text(1, "9"));
        yield return Behind("name as four bytes", new OnnxBytes().Float(2, 1));
        yield return Behind("name as eight bytes", new OnnxBytes().Tag(2, OnnxBytes.Eight).Raw(new byte[8]));
        yield return Behind("group", new OnnxBytes().Tag(7, OnnxBytes.Begin).Tag(7, OnnxBytes.End));
        yield return Behind("group without an end", new OnnxBytes().Tag(7, OnnxBytes.Begin));
        yield return Behind("end without a group", new OnnxBytes().Tag(7, OnnxBytes.End));
        yield return Behind("10,000 groups in each other", Enumerable.Range(0, 10_000).Aggregate(new OnnxBytes(), (all, _) => all.Tag(99, OnnxBytes.Begin)));
        yield return Behind("wire type 6", new OnnxBytes().Tag(5, 6).Varint(0));
        yield return Behind("wire type 7", new OnnxBytes().Tag(5, 7).Varint(0));
        yield return Behind("field 0", new OnnxBytes().Int(0, 1));
        yield return Behind("field over 2^29", new OnnxBytes().Varint(1L << 32).Varint(1));
        yield return new("H07", "cut short", right[..^1], right);
        yield return new("H07", "10,000 messages in each other", Deep(10_000 / 3), Deep(3));
        yield return new("H07", "packed and unpacked", With(new OnnxBytes().Packed(1, 2).Unpacked(1, 2).Int(2, Floats).Text(8, "w").Bytes(9, new byte[16])), null);
        yield return new("H07", "unknown fields", [.. right, .. new OnnxBytes().Int(1000, 1).Text(1001, "x").Float(1002, 1).Tag(1003, OnnxBytes.Eight).Raw(new byte[8]).ToArray()], null);
    }

    /// <summary>A graph in an attribute of a node in a graph, and so on: three messages a level.</summary>
    static byte[] Deep(int levels)
    {
        var core = Node("Relu", ["x"], ["y"]);
        var (heads, tails, length) = (new List<OnnxBytes>(), new OnnxBytes(), core.Count);
        var (ending, otherwise) = (new OnnxBytes().Text(2, "g").Message(12, Value("y", 1, 2)), new OnnxBytes().Message(5, OfGraph("else_branch", Body([core]))));
        for (var i = 0; i < levels; i++)
        {
            Around(new OnnxBytes(), 1, ending);
            Around(new OnnxBytes().Text(1, "then_branch"), 6, new OnnxBytes().Int(20, 5));
            Around(new OnnxBytes().Text(1, "c").Text(2, "y").Text(4, "If"), 5, otherwise);
        }
        var node = new OnnxBytes();
        foreach (var head in Enumerable.Reverse(heads)) node.Raw(head.ToArray());
        return Model(GraphOf([node.Raw(core.ToArray()).Raw(tails.ToArray())], [True("c")]));

        // The lengths of what lies inside are known first, so nothing is copied at each level.
        void Around(OnnxBytes head, int field, OnnxBytes tail)
        {
            heads.Add(head.Tag(field, OnnxBytes.Length).Varint(length));
            tails.Raw(tail.ToArray());
            length += head.Count + tail.Count;
        }
    }

    static OnnxBytes Scales => TensorOf("s", Floats, [2], [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(1f)]);

    static IEnumerable<HostileOnnxFile> Versions()
    {
        var right = With(Weights());
        var graph = GraphOf([Product], [Weights()]);
        foreach (var opset in (long[])[0, -1, 1L << 31, long.MaxValue, 9999]) yield return new("H08", $"opset {opset}", Model(graph, opset), right);
        yield return new("H08", "no opset", new OnnxBytes().Int(1, 8).Message(7, graph).ToArray(), right);
        yield return new("H08", "two opsets", Model(graph, imports: [Import("", 11)]), right);
        yield return new("H08", "unknown domain", Model(GraphOf([Node("MatMul", ["x", "w"], ["y"], domain: "com.unknown")], [Weights()]), imports: [Import("com.unknown", 1)]), right);
        yield return new("H08", "domain that is not imported", Model(GraphOf([Node("MatMul", ["x", "w"], ["y"], domain: "ai.onnx.ml")], [Weights()])), right);
        yield return new("H08", "unknown operator", Op("NoSuchOp", ["x"], []), Op("Relu", ["x"], []));
        yield return new("H08", "operator that came later", Op("Gelu", ["x"], [], opset: 13), Op("Gelu", ["x"], [], opset: 20));
        yield return new("H08", "operator that went before", Op("Upsample", ["x", "s"], [Scales], opset: 17), Op("Upsample", ["x", "s"], [Scales], opset: 9));
        yield return new("H08", "attribute of another type", Op("Softmax", ["x"], [], [Onnx.Of("axis", "1")]), Op("Softmax", ["x"], [], [Onnx.Of("axis", 1)]));
        yield return new("H08", "type of an attribute that it has not", Op("Softmax", ["x"], [], [new OnnxBytes().Text(1, "axis").Int(3, 1).Int(20, 3)]), Op("Softmax", ["x"], [], [Onnx.Of("axis", 1)]));
        yield return new("H08", "attribute twice", Op("Softmax", ["x"], [], [Onnx.Of("axis", 1), Onnx.Of("axis", 0)]), Op("Softmax", ["x"], [], [Onnx.Of("axis", 1)]));
        yield return new("H08", "unknown attribute", Op("Softmax", ["x"], [], [Onnx.Of("axes", 1)]), Op("Softmax", ["x"], [], [Onnx.Of("axis", 1)]));
        yield return new("H08", "missing input", Op("MatMul", ["x"], []), right);
        yield return new("H08", "empty input", Op("MatMul", ["x", ""], []), right);
        yield return new("H08", "too many inputs", Op("MatMul", ["x", "w", "w"], [Weights()]), right);
        foreach (var version in (long[])[0, -1, 1L << 31, 999]) yield return new("H08", $"version {version}", [.. right, .. new OnnxBytes().Int(1, version).ToArray()], right);
    }

    static IEnumerable<HostileOnnxFile> Functions()
    {
        var relu = Node("Relu", ["x"], ["y"]);
        var right = OfFunctions(("A", [relu]));
        yield return new("H09", "itself", OfFunctions(("A", [Call("A")])), right);
        yield return new("H09", "by another", OfFunctions(("A", [Call("B")]), ("B", [Call("A")])), OfFunctions(("A", [Call("B")]), ("B", [relu])));
        OnnxBytes[] Branch(OnnxBytes node) => [Node("Constant", [], ["c"], [OfTensor("value", True(""))]), If(Body([node]))];
        yield return new("H09", "in a branch", OfFunctions(("A", Branch(Call("A")))), OfFunctions(("A", Branch(relu))));
        yield return new("H09", "by another in a branch", OfFunctions(("A", [Call("B")]), ("B", Branch(Call("A")))), OfFunctions(("A", [Call("B")]), ("B", Branch(relu))));
        yield return new("H09", "2^30 calls", Doubling(30), Doubling(2));
        yield return new("H09", "a chain of 1,000", Chain(1000), Chain(10));
        yield return new("H09", "one name twice", OfFunctions(("A", [relu]), ("A", [Node("Neg", ["x"], ["y"])])), right);
        yield return new("H09", "none", Model(GraphOf([Call("A")]), imports: [Import(Own, 1)]), right);

        byte[] Doubling(int count) => OfFunctions([.. Enumerable.Range(0, count).Select(i => ($"F{i}", i == count - 1 ? (OnnxBytes[])[relu] : [Call($"F{i + 1}", "x", "h"), Call($"F{i + 1}", "h", "y")]))]);
        byte[] Chain(int count) => OfFunctions([.. Enumerable.Range(0, count).Select(i => ($"F{i}", (OnnxBytes[])[i == count - 1 ? relu : Call($"F{i + 1}")]))]);
    }

    static IEnumerable<HostileOnnxFile> Expansions()
    {
        static byte[] Nested(int depth)
        {
            var inner = Node("Relu", ["x"], ["y"]);
            // Each branch holds the next one once, so that the file stays small.
            for (var i = 0; i < depth; i++) inner = Node("If", ["c"], ["y"], [OfGraph("then_branch", Body([inner])), OfGraph("else_branch", Body([Node("Relu", ["x"], ["y"])]))]);
            return Model(GraphOf([inner], [True("c")]));
        }
        yield return new("H10", "20 branches in each other", Nested(20), Nested(1));
        yield return new("H10", "2^10 branches", Doubled(10), Doubled(1));
        yield return new("H10", "loop without end", Loop(Scalar("n", long.MaxValue)), Loop(Scalar("n", 3)));
        yield return new("H10", "loop without count and condition", Loop(null), Loop(Scalar("n", 3)));
        yield return new("H10", "scan of nothing", Scan(0), Scan(3));
        yield return new("H10", "range", Op("Range", ["a", "b", "d"], [Scalar("a", 0), Scalar("b", Many), Scalar("d", 1)], dtype: Integers, rank: 1), Op("Range", ["a", "b", "d"], [Scalar("a", 0), Scalar("b", 3), Scalar("d", 1)], dtype: Integers, rank: 1));
        yield return new("H10", "range of no step", Op("Range", ["a", "b", "d"], [Scalar("a", 0), Scalar("b", 3), Scalar("d", 0)], dtype: Integers, rank: 1), Op("Range", ["a", "b", "d"], [Scalar("a", 0), Scalar("b", 3), Scalar("d", 1)], dtype: Integers, rank: 1));
        foreach (var (name, op) in ((string, Func<long, byte[]>)[])[
            ("expand", n => Op("Expand", ["x", "s"], [Numbers("s", n, 1, 2)], rank: 3)), ("tile", n => Op("Tile", ["x", "s"], [Numbers("s", n, 1)])), ("constant of a shape", n => Op("ConstantOfShape", ["s"], [Numbers("s", n)], rank: 1)),
            ("pad", n => Op("Pad", ["x", "s"], [Numbers("s", 0, 0, n, 0)])), ("resize", n => Op("Resize", ["x", "", "", "s"], [Numbers("s", n, 2)]))])
            yield return new("H10", name, op(Many), op(3));
        yield return new("H10", "pad of less than nothing", Op("Pad", ["x", "s"], [Numbers("s", -5, 0, 0, 0)]), Op("Pad", ["x", "s"], [Numbers("s", 1, 0, 0, 0)]));
        yield return new("H10", "reshape of two unknown", Op("Reshape", ["x", "s"], [Numbers("s", -1, -1)]), Op("Reshape", ["x", "s"], [Numbers("s", -1, 1)]));
        yield return new("H10", "reshape of another count", Op("Reshape", ["x", "s"], [Numbers("s", 1L << 32, 1L << 32)]), Op("Reshape", ["x", "s"], [Numbers("s", 2, 1)]));

        static byte[] Doubled(int depth)
        {
            var inner = Node("Relu", ["x"], ["y"]);
            for (var i = 0; i < depth; i++) inner = If(Body([inner]));
            return Model(GraphOf([inner], [True("c")]));
        }

        static byte[] Loop(OnnxBytes? count)
        {
            var body = GraphOf([Node("Identity", ["again"], ["more"]), Node("Relu", ["h"], ["k"])], inputs: [Value("i", Integers, []), Value("again", Bools, []), Value("h", 1, 2)], outputs: [Value("more", Bools, []), Value("k", 1, 2)]);
            return Model(GraphOf([Node("Loop", [count is null ? "" : "n", "", "x"], ["y"], [OfGraph("body", body)])], count is null ? [] : [count]));
        }

        static byte[] Scan(long length)
        {
            var body = GraphOf([Node("Add", ["h", "r"], ["k"])], inputs: [Value("h", 2), Value("r", 2)], outputs: [Value("k", 2)]);
            return Model(GraphOf([Node("Scan", ["s", "rows"], ["y"], [OfGraph("body", body), Onnx.Of("num_scan_inputs", 1)])], [TensorOf("s", Floats, [2], new byte[8]), TensorOf("rows", Floats, [length, 2], new byte[8 * length])], outputs: [Value("y", 2)]));
        }
    }

    static IEnumerable<HostileOnnxFile> Wirings()
    {
        var right = With(Weights());
        byte[] Of(params OnnxBytes[] nodes) => Model(GraphOf(nodes, [Weights()]));
        static byte[] Largest(string values, string places) => Model(GraphOf([Node("TopK", ["x", "k"], [values, places])], [Numbers("k", 1)], outputs: [Open("y")]));
        yield return new("H11", "cycle of one", Of(Node("Relu", ["y"], ["y"])), Of(Node("Relu", ["x"], ["y"])));
        yield return new("H11", "cycle of two", Of(Node("Relu", ["h"], ["y"]), Node("Relu", ["y"], ["h"])), Of(Node("Relu", ["x"], ["h"]), Node("Relu", ["h"], ["y"])));
        yield return new("H11", "cycle through a branch", Model(GraphOf([If(Body([Node("Relu", ["y"], ["z"])], "z"))], [True("c")])), Model(GraphOf([If(Body([Node("Relu", ["x"], ["z"])], "z"))], [True("c")])));
        yield return new("H11", "one output of two nodes", Of(Node("Relu", ["x"], ["y"]), Node("Neg", ["x"], ["y"])), Of(Node("Relu", ["x"], ["y"]), Node("Neg", ["x"], ["z"])));
        yield return new("H11", "two outputs of one node", Largest("y", "y"), Largest("y", "z"));
        yield return new("H11", "an output that is an input", Of(Node("Relu", ["x"], ["x"]), Node("Relu", ["x"], ["y"])), Of(Node("Relu", ["x"], ["y"])));
        yield return new("H11", "input that is not there", Of(Node("Relu", ["nothing"], ["y"])), Of(Node("Relu", ["x"], ["y"])));
        yield return new("H11", "input that comes later", Of(Node("Relu", ["h"], ["y"]), Node("Relu", ["x"], ["h"])), Of(Node("Relu", ["x"], ["h"]), Node("Relu", ["h"], ["y"])));
        yield return new("H11", "tensor with the name of an input", Model(GraphOf([Product], [Weights(), TensorOf("x", Floats, [5], new byte[20])])), Model(GraphOf([Product], [Weights(), TensorOf("x", Floats, [1, 2], new byte[8])])));
        yield return new("H11", "two tensors of one name", With(Weights(), Weights()), right);
        yield return new("H11", "two inputs of one name", Model(GraphOf([Product], [Weights()], inputs: [Value("x", 1, 2), Value("x", 1, 2)])), right);
        yield return new("H11", "output that nothing makes", Model(GraphOf([Product], [Weights()], outputs: [Value("z", 1, 2)])), right);
        yield return new("H11", "no output", Model(GraphOf([Product], [Weights()], outputs: [])), right);
        yield return new("H11", "no nodes", Model(GraphOf([], [Weights()])), right);
        yield return new("H11", "no graph", new OnnxBytes().Int(1, 8).Message(8, Import("", 17)).ToArray(), right);
    }
}
