using System.Globalization;
using System.Text;

namespace Keras;

/// <summary>Shows how far a loop has come and the values it has reached, as <c>keras.utils.Progbar</c> does. On a terminal one line is written over
/// again and again; elsewhere only the last state appears, as plain text.</summary>
public sealed class ProgressBar
{
    readonly int _width;
    readonly int _verbose;
    readonly double _interval;
    readonly string _unit;
    readonly HashSet<string>? _stateful;
    readonly TextWriter _output;
    readonly TimeProvider _time;
    readonly bool _terminal;
    readonly long _start;
    readonly List<string> _order = [];
    readonly Dictionary<string, (double Sum, double Count)> _values = new(StringComparer.Ordinal);
    int _seen;
    double? _lastUpdate;
    double? _afterFirst;
    int _written;

    /// <summary>Starts the clock.</summary>
    /// <param name="target">How many steps there are; <c>null</c> where it is not known.</param>
    /// <param name="width">How many cells the bar has. Default 20.</param>
    /// <param name="verbose">0 nothing, 1 the bar, 2 one line at the end. Default 1.</param>
    /// <param name="interval">The least time between two updates, in seconds. Default 0.05.</param>
    /// <param name="statefulMetrics">Values that are shown as given; others are averaged over the steps. Default none.</param>
    /// <param name="unitName">What a step is called. Default <c>step</c>.</param>
    /// <param name="averages">Whether values are averaged at all. Default true.</param>
    /// <param name="output">Where to write. Default the console.</param>
    /// <param name="time">The clock. Default the system's.</param>
    /// <param name="terminal">Whether the output is a terminal. Default whether the console's is not redirected.</param>
    public ProgressBar(int? target, int width = 20, int verbose = 1, double interval = 0.05, IEnumerable<string>? statefulMetrics = null,
        string unitName = "step", bool averages = true, TextWriter? output = null, TimeProvider? time = null, bool? terminal = null)
    {
        (Target, _width, _verbose, _interval, _unit) = (target, width, verbose, interval, unitName);
        _stateful = averages ? [.. statefulMetrics ?? []] : null;
        _output = output ?? Console.Out;
        _time = time ?? TimeProvider.System;
        _terminal = terminal ?? (output is null && !Console.IsOutputRedirected);
        _start = _time.GetTimestamp();
    }

    /// <summary>How many steps there are; <c>null</c> while it is not known.</summary>
    public int? Target { get; set; }

    /// <summary>Moves on by some steps.</summary>
    public void Add(int steps, IEnumerable<KeyValuePair<string, double>>? values = null) => Update(_seen + steps, values);

    /// <summary>Shows the state after a number of steps.</summary>
    /// <param name="current">How many steps were made.</param>
    /// <param name="values">Names and values to show.</param>
    /// <param name="finalize">Whether this is the last update. Default whether all steps were made.</param>
    public void Update(int current, IEnumerable<KeyValuePair<string, double>>? values = null, bool? finalize = null)
    {
        var last = finalize ?? current >= Target;
        foreach (var (name, value) in values ?? []) Take(name, value, current, last);
        _seen = current;
        var now = _time.GetElapsedTime(_start).TotalSeconds;
        var perStep = StepTime(current, now);
        switch (_verbose)
        {
            case 1 when last || (_terminal && !(now - _lastUpdate < _interval)):
                Write(current, now, perStep, last);
                break;
            case 2 when last && Target > 0:
                _output.Write($"{Count(current)} - {Rounded(now)}s -{PerUnit(perStep)}{Values(v => v > 1e-3)}\n");
                break;
            default:
                return;
        }
        _output.Flush();
        _lastUpdate = now;
    }

    void Take(string name, double value, int current, bool last)
    {
        if (!_order.Contains(name)) _order.Add(name);
        if (last || _stateful is null || _stateful.Contains(name))
        {
            _values[name] = (value, 1);
            return;
        }
        var steps = Math.Max(current - _seen, 1);
        var (sum, count) = _values.GetValueOrDefault(name);
        _values[name] = (sum + value * steps, count + steps);
    }

    /// <summary>The first step is left out of the mean where there are more: it includes compilation.</summary>
    double StepTime(int current, double now)
    {
        if (current <= 0) return 0;
        var time = _afterFirst is { } first && current > 1 ? (now - first) / (current - 1) : now / current;
        if (current == 1) _afterFirst = now;
        return time;
    }

    void Write(int current, double now, double perStep, bool last)
    {
        var bar = new Line(_terminal);
        var known = Target > 0;
        if (known) AddBar(bar, current);
        else bar.Plain($"{current,7}/Unknown");
        bar.Plain(" ").Styled("1", known && !last ? Remaining(perStep * (Target!.Value - current)) : $"{Rounded(now)}s");
        bar.Plain(PerUnit(perStep)).Plain(Values(v => Math.Abs(v) > 1e-3));
        var start = _terminal ? new string('\b', _written) + "\r" : "";
        var rest = _terminal ? new string(' ', Math.Max(0, _written - bar.Width)) : "";
        _output.Write($"{start}{bar}{rest}{(last ? "\n" : "")}");
        _written = bar.Width;
    }

    void AddBar(Line bar, int current)
    {
        var cells = Math.Clamp((int)((double)_width * current / Target!.Value), 0, _width);
        bar.Styled("1", Count(current)).Plain(" ");
        if (cells > 0) bar.Styled("32", new string('━', cells));
        bar.Styled("37", new string('━', _width - cells));
    }

    string Count(int current) => $"{current.ToString(CultureInfo.InvariantCulture).PadLeft(Target!.Value.ToString(CultureInfo.InvariantCulture).Length)}/{Target}";

    static string Remaining(double seconds)
    {
        var whole = (long)seconds;
        return seconds > 3600 ? $"{whole / 3600}:{whole % 3600 / 60:00}:{whole % 60:00}"
            : seconds > 60 ? $"{whole / 60}:{whole % 60:00}"
            : $"{whole}s";
    }

    string PerUnit(double seconds) => seconds is >= 1 or 0 ? $" {Rounded(seconds)}s/{_unit}"
        : seconds >= 1e-3 ? $" {Rounded(seconds * 1e3)}ms/{_unit}"
        : $" {Rounded(seconds * 1e6)}us/{_unit}";

    static string Rounded(double value) => Math.Round(value, MidpointRounding.ToEven).ToString("F0", CultureInfo.InvariantCulture);

    string Values(Func<double, bool> isLarge)
    {
        var text = new StringBuilder();
        foreach (var name in _order)
        {
            var (sum, count) = _values[name];
            var value = sum / Math.Max(1, count);
            text.Append(" - ").Append(name).Append(": ").Append(Number(value, isLarge(value)));
        }
        return text.ToString();
    }

    static string Number(double value, bool large) => double.IsNaN(value) ? "nan"
        : double.IsInfinity(value) ? (value > 0 ? "inf" : "-inf")
        : value.ToString(large ? "0.0000" : "0.0000e+00", CultureInfo.InvariantCulture);

    /// <summary>A line of text and how wide it looks: the codes of a terminal's styles take no room.</summary>
    sealed class Line(bool styled)
    {
        readonly StringBuilder _text = new();

        internal int Width { get; private set; }

        internal Line Plain(string text)
        {
            _text.Append(text);
            Width += text.Length;
            return this;
        }

        internal Line Styled(string code, string text)
        {
            if (styled) _text.Append("\e[").Append(code).Append('m');
            Plain(text);
            if (styled) _text.Append("\e[0m");
            return this;
        }

        public override string ToString() => _text.ToString();
    }
}
