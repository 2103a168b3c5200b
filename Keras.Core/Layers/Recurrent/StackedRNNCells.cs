namespace Keras.Layers;

/// <summary>Cells one behind the other as one cell, as <c>keras.layers.StackedRNNCells</c>: each step goes through all of them. The states are
/// those of all cells in order.</summary>
public sealed class StackedRNNCells : RNNCell
{
    /// <summary>Stacks cells.</summary>
    /// <param name="cells">The cells, the first one takes the input.</param>
    /// <inheritdoc cref="Layer(string?, DTypePolicy?, bool, Regularizer?)" path="/param"/>
    /// <exception cref="ArgumentException">There is no cell.</exception>
    public StackedRNNCells(IReadOnlyList<RNNCell> cells, string? name = null, DTypePolicy? dtype = null, bool trainable = true) : base(name, dtype, trainable)
    {
        ArgumentNullException.ThrowIfNull(cells);
        Cells = cells.Count > 0 ? Track<RNNCell>([.. cells], "cells") : throw Errors.Argument(Who, "there are no cells", "1 or more", 0);
    }

    /// <summary>The cells.</summary>
    public IReadOnlyList<RNNCell> Cells { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> StateSize => [.. Cells.SelectMany(c => c.StateSize)];

    /// <inheritdoc/>
    public override Shape OutputSize => Cells[^1].OutputSize;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> GetInitialState(int batchSize) => [.. Cells.SelectMany(c => c.GetInitialState(batchSize))];

    /// <inheritdoc/>
    protected override void BuildWeights(Shape inputShape)
    {
        foreach (var cell in Cells)
        {
            cell.Build(inputShape);
            inputShape = Shape.Of(inputShape[0]).Append(cell.OutputSize);
        }
    }

    /// <inheritdoc/>
    protected override (Tensor Output, IReadOnlyList<Tensor> States) Call(Tensor x, IReadOnlyList<Tensor> states, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Step(x, states, null, context);
    }

    private protected override (Tensor Output, IReadOnlyList<Tensor> States) Step(Tensor x, IReadOnlyList<Tensor> states, Nest? drawn, CallContext context)
    {
        var next = new List<Tensor>();
        for (var i = 0; i < Cells.Count; i++)
        {
            (x, var own) = Cells[i].Advance(x, [.. states.Skip(next.Count).Take(Cells[i].StateSize.Count)], drawn?.Items[i], context.Training);
            next.AddRange(own);
        }
        return (x, next);
    }

    internal override bool IsList => true;

    internal override Nest Draw(TensorType x, IReadOnlyList<TensorType> states)
    {
        var (drawn, next) = (new List<Nest>(), 0);
        foreach (var cell in Cells)
        {
            drawn.Add(cell.Draw(x, [.. states.Skip(next).Take(cell.StateSize.Count)]));
            next += cell.StateSize.Count;
            x = x.As(Shape.Of(x.Shape[0]).Append(cell.OutputSize));
        }
        return drawn;
    }

    internal override IEnumerable<Nest> Arrange(IReadOnlyList<Tensor> states)
    {
        var next = 0;
        foreach (var cell in Cells)
        {
            Nest[] own = [.. cell.Arrange([.. states.Skip(next).Take(cell.StateSize.Count)])];
            next += cell.StateSize.Count;
            yield return cell.IsList ? Nest.List(own) : own[0];
        }
    }
}
