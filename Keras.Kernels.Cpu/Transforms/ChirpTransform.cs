using System.Numerics;

namespace Keras.Kernels.Cpu.Transforms;

/// <summary>Any length, as a convolution with a chirp (Bluestein's way): three transforms of a length that is easily factored, one of which is the chirp's own.</summary>
internal sealed unsafe class ChirpTransform<T> : RowTransform<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly RowTransform<T> _inner;
    // Real parts, then imaginary parts: of the chirp, and of the spectrum of its conjugate.
    readonly Pinned<T> _chirp, _spectrum;

    internal ChirpTransform(int length) : base(length)
    {
        var room = Factorization.Roomy(checked((2 * length) - 1), Vector<T>.Count);
        _inner = TransformCache<T>.Of(room);
        (_chirp, _spectrum) = (new(2L * length), new(2L * room));
        // In double precision whatever T is.
        var exact = TransformCache<double>.Of(room);
        Pinned<double> wave = new(2L * room), result = new(2L * room), scratch = new(exact.Scratch);
        new Span<double>(wave.At, 2 * room).Clear();
        for (var i = 0; i < length; i++)
        {
            var (re, im) = Roots.Of((long)i * i % (2L * length), 2L * length);
            (_chirp.At[i], _chirp.At[length + i]) = (T.CreateChecked(re), T.CreateChecked(im));
            (wave.At[i], wave.At[room + i]) = (re, -im);
            if (i > 0) (wave.At[room - i], wave.At[(2 * room) - i]) = (re, -im);
        }
        exact.Run(1, new(wave.At, wave.At + room, room), new(result.At, result.At + room, room), scratch.At);
        for (var i = 0; i < 2 * room; i++) _spectrum.At[i] = T.CreateChecked(result.At[i] / room);
        GC.KeepAlive((wave, result, scratch));
    }

    int Room => _inner.Length;

    internal override long Bytes => _chirp.Bytes + _spectrum.Bytes + _inner.Bytes;

    internal override long Scratch => (4L * Room) + _inner.Scratch;

    internal override void Run(int rows, Columns<T> from, Columns<T> to, T* scratch)
    {
        long room = Room;
        Columns<T> wave = new(scratch, scratch + room, Room), spectrum = new(scratch + (2 * room), scratch + (3 * room), Room);
        Columns<T> chirp = new(_chirp.At, _chirp.At + Length, Length), response = new(_spectrum.At, _spectrum.At + room, Room);
        Multiply(Length, from, chirp, wave);
        new Span<T>(wave.Re + Length, Room - Length).Clear();
        new Span<T>(wave.Im + Length, Room - Length).Clear();
        _inner.Run(1, wave, spectrum, scratch + (4 * room));
        Multiply(Room, spectrum, response, wave);
        _inner.Run(1, wave.Swapped, spectrum.Swapped, scratch + (4 * room));
        Multiply(Length, spectrum, chirp, to);
    }

    static void Multiply(int count, Columns<T> a, Columns<T> b, Columns<T> product)
    {
        var i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            (Pair<T>.Load(a.Re + i, a.Im + i) * Pair<T>.Load(b.Re + i, b.Im + i)).Store(product.Re + i, product.Im + i);
        for (; i < count; i++)
        {
            var (re, im) = (a.Re[i], a.Im[i]);
            (product.Re[i], product.Im[i]) = ((re * b.Re[i]) - (im * b.Im[i]), (re * b.Im[i]) + (im * b.Re[i]));
        }
    }
}
