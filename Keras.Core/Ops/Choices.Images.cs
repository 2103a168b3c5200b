namespace Keras;

/// <summary>How a value between pixels is found. Converts from Keras's strings; the default is bilinear.</summary>
public readonly record struct Interpolation
{
    readonly string? _name;

    Interpolation(string name) => _name = name;

    /// <summary>The nearest pixel.</summary>
    public static Interpolation Nearest { get; } = new("nearest");

    /// <summary>On the line between two neighbours, along each axis.</summary>
    public static Interpolation Bilinear { get; }

    /// <summary>On a cubic curve through four neighbours, along each axis.</summary>
    public static Interpolation Bicubic { get; } = new("bicubic");

    /// <summary>By Lanczos's windowed sinc of radius 3.</summary>
    public static Interpolation Lanczos3 { get; } = new("lanczos3");

    /// <summary>By Lanczos's windowed sinc of radius 5.</summary>
    public static Interpolation Lanczos5 { get; } = new("lanczos5");

    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator Interpolation(string name) =>
        Choice.Check("interpolation", name, "nearest", "bilinear", "bicubic", "lanczos3", "lanczos5") is var known && known == "bilinear" ? Bilinear : new(known);

    /// <summary>The interpolation itself, where points lie anywhere and two neighbours are looked at.</summary>
    internal Interpolation OfPoints(string who) => this == Nearest || this == Bilinear ? this
        : throw Errors.Argument(who, "the interpolation does not serve points that lie anywhere", "\"nearest\" or \"bilinear\"", $"\"{this}\"");

    /// <summary>Keras's name.</summary>
    public override string ToString() => _name ?? "bilinear";
}

/// <summary>What stands outside of an image. Converts from Keras's strings; the default is constant.</summary>
public readonly record struct FillMode
{
    readonly string? _name;

    FillMode(string name) => _name = name;

    /// <summary>One value: <c>k k k k | a b c d | k k k k</c>.</summary>
    public static FillMode Constant { get; }

    /// <summary>The nearest pixel: <c>a a a a | a b c d | d d d d</c>.</summary>
    public static FillMode Nearest { get; } = new("nearest");

    /// <summary>The image again: <c>a b c d | a b c d | a b c d</c>.</summary>
    public static FillMode Wrap { get; } = new("wrap");

    /// <summary>The image mirrored about the centre of its last pixel: <c>d c b | a b c d | c b a</c>.</summary>
    public static FillMode Mirror { get; } = new("mirror");

    /// <summary>The image mirrored about its edge: <c>d c b a | a b c d | d c b a</c>.</summary>
    public static FillMode Reflect { get; } = new("reflect");

    /// <summary>Reads Keras's name.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static implicit operator FillMode(string name) =>
        Choice.Check("fill_mode", name, "constant", "nearest", "wrap", "mirror", "reflect") is var known && known == "constant" ? Constant : new(known);

    /// <summary>Keras's name.</summary>
    public override string ToString() => _name ?? "constant";
}
