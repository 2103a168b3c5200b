namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    static readonly (int Batch, int Steps, int Units)[] Recurrences = [(2, 3, 5), (1, 1, 1), (3, 4, 2), (0, 2, 3), (2, 0, 3), (35, 3, 17), (130, 5, 33)];

    static IEnumerable<OpRow> Recurrents() =>
        from kind in Enum.GetValues<RecurrentKind>()
        from reverse in (bool[])[false, true]
        from masked in (bool[])[false, true]
        from row in Recurrents(kind, reverse, masked)
        select row;

    static IEnumerable<OpRow> Recurrents(RecurrentKind kind, bool reverse, bool masked)
    {
        var label = $"{kind}{(reverse ? ", backwards" : "")}{(masked ? ", masked" : "")}";
        var saving = new RecurrentSequence(kind, reverse, masked, Saves: true);
        var plain = saving with { Saves = false };
        OpRow Row(RecurrentOp op, string more, Func<Tensor[], Tensor> call, Func<Nd[], Nd[]> reference) => new(op.GetType(), call, reference, DTypeRules.Wide,
            [.. Recurrences.Select(s => Enum.GetValues<RecurrentInput>().Where(op.Has).Select(i => Given(op, i, s)).ToArray())])
        {
            Label = label + more,
            // Each step sums anew what the steps before rounded.
            Steps = 4 * Summed,
            Scale = Scale.Largest,
        };
        Tensor Visible(RecurrentSequence op, Tensor[] x)
        {
            var node = op.On(x);
            return new Pack().On([.. Enumerable.Range(0, op.GatesPart).Select(i => new Part(i).On(node))]);
        }
        yield return Row(saving, ", with what its gradient needs", x => saving.On(x), x => new RecurrentReference(saving, x).Forward());
        yield return Row(saving, ", saved", x => Visible(saving, x), x => new RecurrentReference(plain, x).Forward());
        yield return Row(plain, "", x => plain.On(x), x => new RecurrentReference(plain, x).Forward());
        yield return Row(plain, ", the last state alone", x => new Part(1).On(plain.On(x)), x => [new RecurrentReference(plain, x).Forward()[1]]);
        var backward = new RecurrentSequenceGradient(kind, reverse, masked, true, true, saving.HasMemory);
        yield return Row(backward, "", x => backward.On(x), x => new RecurrentReference(backward, x).Backward());
        if (masked) yield break;
        var last = new RecurrentSequenceGradient(kind, reverse, masked, false, true, false);
        yield return Row(last, ", of the last state", x => last.On(x), x => new RecurrentReference(last, x).Backward());
    }

    static Arg Given(RecurrentOp op, RecurrentInput input, (int Batch, int Steps, int Units) size)
    {
        var (batch, steps, units) = size;
        return input switch
        {
            RecurrentInput.Projected => A([batch, steps, op.Gates * units], Range(-2, 2)),
            RecurrentInput.Gates => A([batch, steps, op.Gates * units], Range(0.1, 0.9)),
            RecurrentInput.Kernel => A([units, op.Gates * units], Range(-0.5, 0.5)),
            RecurrentInput.Bias => A([op.Gates * units], Range(-1, 1)),
            RecurrentInput.Mask => A([batch, steps], Truths, DType.Bool),
            RecurrentInput.Inner or RecurrentInput.Sequence or RecurrentInput.SequenceGradient => A([batch, steps, units], Range(-0.9, 0.9)),
            _ => A([batch, units], Range(-0.9, 0.9)),
        };
    }
}

/// <summary>Cells over sequences, one number after another.</summary>
sealed class RecurrentReference(RecurrentOp op, Nd[] inputs)
{
    readonly int _batch = Of(op, inputs, RecurrentInput.State)!.Shape[0], _units = Of(op, inputs, RecurrentInput.State)!.Shape[1], _steps = inputs[0].Shape[1];
    readonly double[,] _kernel = Dense.Of(Of(op, inputs, RecurrentInput.Kernel)!).Single();

    static Nd? Of(RecurrentOp op, Nd[] inputs, RecurrentInput input) => op.Has(input) ? inputs[op.Place(input)] : null;

    Nd? In(RecurrentInput input) => Of(op, inputs, input);

    int At(int step) => op.Reverse ? _steps - 1 - step : step;

    bool Counts(int sample, int step) => !op.Masked || In(RecurrentInput.Mask)![sample, At(step)] != 0;

    static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    static double Slope(double y) => y * (1 - y);

    static Nd New(params int[] shape) => new(shape, new double[shape.Aggregate(1, (a, b) => a * b)]);

    static double[] Row(Nd x, params int[] place)
    {
        var width = x.Shape[-1];
        return [.. Enumerable.Range(0, width).Select(i => x[[.. place, i]])];
    }

    static void Put(Nd x, double[] values, params int[] place) => values.CopyTo(x.Values, x.Offset([.. place, 0]));

    double Product(double[] h, int column) => Enumerable.Range(0, _units).Sum(i => h[i] * _kernel[i, column]);

    double Transposed(double[] g, int row, int from, int to) => Enumerable.Range(from, to - from).Sum(k => g[k] * _kernel[row, k]);

    internal Nd[] Forward()
    {
        int width = op.Gates * _units, u = _units;
        Nd sequence = New(_batch, _steps, u), state = New(_batch, u), memory = New(_batch, u), gates = New(_batch, _steps, width), inner = New(_batch, _steps, u);
        for (var b = 0; b < _batch; b++)
        {
            var (h, c) = (Row(In(RecurrentInput.State)!, b), op.HasMemory ? Row(In(RecurrentInput.Memory)!, b) : null);
            for (var s = 0; s < _steps; s++)
            {
                if (Counts(b, s))
                {
                    var (a, extra) = Activations(Row(inputs[0], b, At(s)), h);
                    Put(gates, a, b, At(s));
                    if (op.HasMemory) c = extra = [.. Enumerable.Range(0, u).Select(j => (a[u + j] * c![j]) + (a[j] * a[(2 * u) + j]))];
                    h = [.. Enumerable.Range(0, u).Select(j => op.Kind switch
                    {
                        RecurrentKind.Simple => a[j],
                        RecurrentKind.Lstm => a[(3 * u) + j] * Math.Tanh(c![j]),
                        _ => (a[j] * h[j]) + ((1 - a[j]) * a[(2 * u) + j]),
                    })];
                    Put(inner, extra, b, At(s));
                }
                else if (op.HasMemory)
                {
                    Put(inner, c!, b, At(s));
                }
                Put(sequence, h, b, s);
            }
            Put(state, h, b);
            if (op.HasMemory) Put(memory, c!, b);
        }
        var saves = ((RecurrentSequence)op).Saves;
        Nd?[] results = [sequence, state, op.HasMemory ? memory : null, saves && op.HasGates ? gates : null, saves && op.HasInner ? inner : null];
        return [.. results.OfType<Nd>()];
    }

    (double[] Gates, double[] Inner) Activations(double[] z, double[] h)
    {
        var u = _units;
        var p = Enumerable.Range(0, z.Length).Select(k => Product(h, k) + (In(RecurrentInput.Bias)?.Values[k] ?? 0)).ToArray();
        var late = p[^u..];
        double[] Gated(int count) => [.. Enumerable.Range(0, count * u).Select(k => Sigmoid(z[k] + p[k]))];
        switch (op.Kind)
        {
            case RecurrentKind.Simple:
                return ([.. z.Zip(p, (a, b) => Math.Tanh(a + b))], new double[u]);
            case RecurrentKind.Lstm:
                return ([.. z.Select((a, k) => k / u == 2 ? Math.Tanh(a + p[k]) : Sigmoid(a + p[k]))], new double[u]);
            case RecurrentKind.Gru:
                var gates = Gated(2);
                return ([.. gates, .. late.Select((v, j) => Math.Tanh(z[(2 * u) + j] + (gates[u + j] * v)))], late);
            default:
                var first = Gated(2);
                var reset = h.Select((v, j) => v * first[u + j]).ToArray();
                return ([.. first, .. Enumerable.Range(0, u).Select(j => Math.Tanh(z[(2 * u) + j] + Product(reset, (2 * u) + j)))], new double[u]);
        }
    }

    internal Nd[] Backward()
    {
        int width = op.Gates * _units, u = _units;
        Nd projected = New(_batch, _steps, width), state = New(_batch, u), memory = New(_batch, u), kernel = New(u, width), reset = New(_batch, _steps, u);
        double[] Start(RecurrentInput input, int b) => In(input) is { } x ? Row(x, b) : new double[u];
        for (var b = 0; b < _batch; b++)
        {
            var (dh, dc) = (Start(RecurrentInput.StateGradient, b), Start(RecurrentInput.MemoryGradient, b));
            for (var s = _steps - 1; s >= 0; s--)
            {
                if (In(RecurrentInput.SequenceGradient) is { } arriving) dh = [.. dh.Zip(Row(arriving, b, s), (x, y) => x + y)];
                if (!Counts(b, s)) continue;
                var before = s == 0 ? Row(In(RecurrentInput.State)!, b) : Row(In(RecurrentInput.Sequence)!, b, s - 1);
                var (dz, products, direct, sources) = Slopes(b, s, before, dh, ref dc);
                Put(projected, dz, b, At(s));
                Put(reset, products[^u..], b, At(s));
                for (var i = 0; i < u; i++)
                    for (var k = 0; k < width; k++) kernel.Values[(i * width) + k] += sources(k)[i] * products[k];
                dh = direct;
            }
            Put(state, dh, b);
            Put(memory, dc, b);
        }
        Nd?[] results = [projected, state, op.HasMemory ? memory : null, kernel, op.HasBias ? reset : null];
        return [.. results.OfType<Nd>()];
    }

    (double[] Dz, double[] Products, double[] State, Func<int, double[]> Sources) Slopes(int b, int s, double[] before, double[] dh, ref double[] dc)
    {
        var u = _units;
        var all = Enumerable.Range(0, u).ToArray();
        if (op.Kind == RecurrentKind.Simple)
        {
            var after = Row(In(RecurrentInput.Sequence)!, b, s);
            double[] d = [.. all.Select(j => dh[j] * (1 - (after[j] * after[j])))];
            return (d, d, [.. all.Select(i => Transposed(d, i, 0, u))], _ => before);
        }
        var g = Row(In(RecurrentInput.Gates)!, b, At(s));
        double[] Gate(int index) => g[(index * u)..((index + 1) * u)];
        if (op.Kind == RecurrentKind.Lstm)
        {
            var c = Row(In(RecurrentInput.Inner)!, b, At(s));
            var earlier = s == 0 ? Row(In(RecurrentInput.Memory)!, b) : Row(In(RecurrentInput.Inner)!, b, At(s - 1));
            var (input, forget, candidate, output, total) = (Gate(0), Gate(1), Gate(2), Gate(3), dc);
            total = [.. all.Select(j => total[j] + (dh[j] * output[j] * (1 - Math.Pow(Math.Tanh(c[j]), 2))))];
            double[] four =
            [
                .. all.Select(j => total[j] * candidate[j] * Slope(input[j])), .. all.Select(j => total[j] * earlier[j] * Slope(forget[j])),
                .. all.Select(j => total[j] * input[j] * (1 - (candidate[j] * candidate[j]))), .. all.Select(j => dh[j] * Math.Tanh(c[j]) * Slope(output[j])),
            ];
            dc = [.. all.Select(j => total[j] * forget[j])];
            return (four, four, [.. all.Select(i => Transposed(four, i, 0, 4 * u))], _ => before);
        }
        var (update, reset, next) = (Gate(0), Gate(1), Gate(2));
        double[] dn = [.. all.Select(j => dh[j] * (1 - update[j]) * (1 - (next[j] * next[j])))], du = [.. all.Select(j => dh[j] * (before[j] - next[j]) * Slope(update[j]))];
        if (op.Kind == RecurrentKind.Gru)
        {
            var inner = Row(In(RecurrentInput.Inner)!, b, At(s));
            double[] dr = [.. all.Select(j => dn[j] * inner[j] * Slope(reset[j]))], products = [.. du, .. dr, .. all.Select(j => dn[j] * reset[j])];
            return ([.. du, .. dr, .. dn], products, [.. all.Select(i => (dh[i] * update[i]) + Transposed(products, i, 0, 3 * u))], _ => before);
        }
        double[] late = [.. new double[2 * u], .. dn], recalled = [.. all.Select(i => Transposed(late, i, 2 * u, 3 * u))];
        double[] three = [.. du, .. all.Select(j => recalled[j] * before[j] * Slope(reset[j])), .. dn], after1 = [.. all.Select(i => before[i] * reset[i])];
        return (three, three, [.. all.Select(i => (dh[i] * update[i]) + (recalled[i] * reset[i]) + Transposed(three, i, 0, 2 * u))], k => k < 2 * u ? before : after1);
    }
}
