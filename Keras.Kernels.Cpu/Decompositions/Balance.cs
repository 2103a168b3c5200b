namespace Keras.Kernels.Cpu;

/// <summary>What makes the eigenvalues of a matrix easier to find: rows and columns exchanged alike, so that eigenvalues that can be read off stand
/// at the ends, and scaled by powers of 2, so that each row is about as long as its column (Parlett and Reinsch, 1969).</summary>
internal unsafe struct Balance
{
    // Far from where products of two elements overflow.
    const double MostScale = 1e60;

    readonly double* _rows, _scales;
    readonly int* _partners;
    readonly int _n, _stride;

    internal Balance(ref Deal deal, double* rows, int n, int stride)
    {
        _rows = rows;
        (_n, _stride) = (n, stride);
        _scales = deal.Take<double>(n);
        _partners = deal.Take<int>(n);
    }

    /// <summary>The part that is left to do; outside of it the matrix is a triangle.</summary>
    internal int First { get; private set; }

    internal int Last { get; private set; }

    readonly double* Row(int i) => _rows + ((long)i * _stride);

    internal void Run()
    {
        (First, Last) = (0, _n - 1);
        for (var i = 0; i < _n; i++) (_scales[i], _partners[i]) = (1, i);
        while (SplitRow()) { }
        while (SplitColumn()) { }
        while (Scale()) { }
    }

    bool SplitRow()
    {
        var found = false;
        for (var i = Last; i >= 0 && Last > 0; i--)
        {
            if (!IsAlone(Row(i), 1, i, 0, Last)) continue;
            Exchange(i, Last);
            Last--;
            found = true;
        }
        return found;
    }

    bool SplitColumn()
    {
        var found = false;
        for (var j = First; j <= Last && First < Last; j++)
        {
            if (!IsAlone(_rows + j, _stride, j, First, Last)) continue;
            Exchange(j, First);
            First++;
            found = true;
        }
        return found;
    }

    static bool IsAlone(double* line, long step, int at, int first, int last)
    {
        for (var k = first; k <= last; k++)
            if (k != at && line[k * step] != 0) return false;
        return true;
    }

    readonly void Exchange(int i, int to)
    {
        _partners[to] = i;
        if (i == to) return;
        for (var row = 0; row <= Last; row++) (Row(row)[i], Row(row)[to]) = (Row(row)[to], Row(row)[i]);
        for (var column = First; column < _n; column++) (Row(i)[column], Row(to)[column]) = (Row(to)[column], Row(i)[column]);
    }

    readonly bool Scale()
    {
        const double Gain = 0.95;
        var again = false;
        for (var i = First; i <= Last; i++)
        {
            double row = 0, column = 0, scale = 1;
            for (var k = First; k <= Last; k++)
            {
                row += Row(i)[k] * Row(i)[k];
                column += Row(k)[i] * Row(k)[i];
            }
            (row, column) = (Math.Sqrt(row), Math.Sqrt(column));
            if (row == 0 || column == 0) continue;
            var before = row + column;
            for (; column < row / 2 && scale * _scales[i] < MostScale; scale *= 2) (column, row) = (column * 2, row / 2);
            for (; column / 2 >= row && scale * _scales[i] > 1 / MostScale; scale /= 2) (column, row) = (column / 2, row * 2);
            if (row + column >= Gain * before) continue;
            _scales[i] *= scale;
            for (var k = First; k < _n; k++) Row(i)[k] /= scale;
            for (var k = 0; k <= Last; k++) Row(k)[i] *= scale;
            again = true;
        }
        return again;
    }

    /// <summary>The vectors of the balanced matrix, as rows of memory, become those of the first one.</summary>
    internal readonly void Undo(double* vectors)
    {
        for (var v = 0; v < _n; v++)
        {
            var vector = vectors + ((long)v * _stride);
            for (var i = First; i <= Last; i++) vector[i] *= _scales[i];
            for (var i = First - 1; i >= 0; i--) (vector[i], vector[_partners[i]]) = (vector[_partners[i]], vector[i]);
            for (var i = Last + 1; i < _n; i++) (vector[i], vector[_partners[i]]) = (vector[_partners[i]], vector[i]);
        }
    }
}
