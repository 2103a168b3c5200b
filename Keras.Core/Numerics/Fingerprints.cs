using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Keras;

/// <summary>The two hashes of texts that Keras's layers use, on their UTF-8 bytes.</summary>
static class Fingerprints
{
    /// <summary>The fingerprint of no feature, which others are joined to.</summary>
    internal const ulong Start = 0xDECAFCAFFE;

    internal const ulong Factor = 0xc6a4a7935bd1e995;

    /// <summary>The bin of a text: FarmHash64, or SipHash-2-4 where there is a key.</summary>
    internal static long Bin(string text, int bins, (ulong First, ulong Second)? key) => Bin(System.Text.Encoding.UTF8.GetBytes(text), bins, key);

    /// <summary>The bin of an integer's decimal digits.</summary>
    internal static long Bin(long number, int bins, (ulong First, ulong Second)? key)
    {
        Span<byte> digits = stackalloc byte[20];
        number.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        return Bin(digits[..length], bins, key);
    }

    static long Bin(ReadOnlySpan<byte> text, int bins, (ulong First, ulong Second)? key) =>
        (long)((key is { } k ? SipHash.Of(text, k) : FarmHash.Of(text)) % (ulong)bins);

    /// <summary>FarmHash64 of a text.</summary>
    internal static ulong Of(string text) => FarmHash.Of(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>One fingerprint of two, as TensorFlow joins those of crossed features.</summary>
    internal static ulong Join(ulong first, ulong second)
    {
        var joined = (first ^ Factor ^ (Shifted(second * Factor) * Factor)) * Factor;
        return Shifted(Shifted(joined) * Factor);
    }

    internal static ulong Shifted(ulong value) => value ^ (value >> 47);
}

/// <summary>FarmHash's <c>Fingerprint64</c>, which gives the same on every machine and never changes.</summary>
static class FarmHash
{
    const ulong K0 = 0xc3a5c85c97cb3127;
    const ulong K1 = 0xb492b66fbe98f273;
    const ulong K2 = 0x9ae16a3b2f90404f;
    const ulong Seed = 81;

    internal static ulong Of(ReadOnlySpan<byte> s) => s.Length switch
    {
        <= 16 => UpTo16(s),
        <= 32 => UpTo32(s),
        <= 64 => UpTo64(s),
        _ => Long(s),
    };

    static ulong UpTo16(ReadOnlySpan<byte> s)
    {
        var n = (ulong)s.Length;
        var mul = K2 + (n * 2);
        if (n >= 8)
        {
            ulong a = At(s, 0) + K2, b = At(s, s.Length - 8);
            return Mix((Turn(b, 37) * mul) + a, (Turn(a, 25) + b) * mul, mul);
        }
        if (n >= 4)
        {
            ulong first = BinaryPrimitives.ReadUInt32LittleEndian(s), last = BinaryPrimitives.ReadUInt32LittleEndian(s[^4..]);
            return Mix(n + (first << 3), last, mul);
        }
        if (n == 0) return K2;
        ulong y = s[0] + ((ulong)s[s.Length >> 1] << 8), z = n + ((ulong)s[^1] << 2);
        return Fingerprints.Shifted((y * K2) ^ (z * K0)) * K2;
    }

    static ulong UpTo32(ReadOnlySpan<byte> s)
    {
        var mul = K2 + ((ulong)s.Length * 2);
        ulong a = At(s, 0) * K1, b = At(s, 8), c = At(s, s.Length - 8) * mul, d = At(s, s.Length - 16) * K2;
        return Mix(Turn(a + b, 43) + Turn(c, 30) + d, a + Turn(b + K2, 18) + c, mul);
    }

    static ulong UpTo64(ReadOnlySpan<byte> s)
    {
        var mul = K2 + ((ulong)s.Length * 2);
        ulong a = At(s, 0) * K2, b = At(s, 8), c = At(s, s.Length - 8) * mul, d = At(s, s.Length - 16) * K2;
        var y = Turn(a + b, 43) + Turn(c, 30) + d;
        var z = Mix(y, a + Turn(b + K2, 18) + c, mul);
        ulong e = At(s, 16) * mul, f = At(s, 24), g = (y + At(s, s.Length - 32)) * mul, h = (z + At(s, s.Length - 24)) * mul;
        return Mix(Turn(e + f, 43) + Turn(g, 30) + h, e + Turn(f + a, 18) + g, mul);
    }

    static ulong Long(ReadOnlySpan<byte> s)
    {
        var y = unchecked((Seed * K1) + 113);
        var state = new State { X = unchecked(Seed * K2) + At(s, 0), Y = y, Z = Fingerprints.Shifted((y * K2) + 113) * K2 };
        var left = (s.Length - 1) & 63;
        var end = s.Length - 1 - left;
        for (var at = 0; at < end; at += 64) state.Take(s[at..], K1, 1);
        // The last block overlaps the one before, so that it is whole.
        var mul = K1 + ((state.Z & 0xff) << 1);
        state.W.Low += (ulong)left;
        state.V.Low += state.W.Low;
        state.W.Low += state.V.Low;
        state.Take(s[(end + left - 63)..], mul, 9);
        return Mix(Mix(state.V.Low, state.W.Low, mul) + (Fingerprints.Shifted(state.Y) * K0) + state.Z,
            Mix(state.V.High, state.W.High, mul) + state.X, mul);
    }

    static ulong Mix(ulong u, ulong v, ulong mul)
    {
        var a = Fingerprints.Shifted((u ^ v) * mul);
        return Fingerprints.Shifted((v ^ a) * mul) * mul;
    }

    static ulong At(ReadOnlySpan<byte> s, int index) => BinaryPrimitives.ReadUInt64LittleEndian(s[index..]);

    static ulong Turn(ulong value, int bits) => BitOperations.RotateRight(value, bits);

    /// <summary>What is carried from block to block of 64 bytes.</summary>
    struct State
    {
        internal ulong X, Y, Z;
        internal (ulong Low, ulong High) V, W;

        internal void Take(ReadOnlySpan<byte> s, ulong mul, ulong weight)
        {
            X = Turn(X + Y + V.Low + At(s, 8), 37) * mul;
            Y = Turn(Y + V.High + At(s, 48), 42) * mul;
            X ^= W.High * weight;
            Y += (V.Low * weight) + At(s, 40);
            Z = Turn(Z + W.Low, 33) * mul;
            V = Half(s, V.High * mul, X + W.Low);
            W = Half(s[32..], Z + W.High, Y + At(s, 16));
            (Z, X) = (X, Z);
        }

        static (ulong Low, ulong High) Half(ReadOnlySpan<byte> s, ulong a, ulong b)
        {
            a += At(s, 0);
            b = Turn(b + a + At(s, 24), 21);
            var c = a;
            a += At(s, 8) + At(s, 16);
            return (a + At(s, 24), b + Turn(a, 44) + c);
        }
    }
}

/// <summary>SipHash-2-4 (Aumasson and Bernstein, 2012).</summary>
static class SipHash
{
    internal static ulong Of(ReadOnlySpan<byte> s, (ulong First, ulong Second) key)
    {
        ulong a = key.First ^ 0x736f6d6570736575, b = key.Second ^ 0x646f72616e646f6d, c = key.First ^ 0x6c7967656e657261,
            d = key.Second ^ 0x7465646279746573;
        var last = (ulong)s.Length << 56;
        for (; s.Length >= 8; s = s[8..]) Take(BinaryPrimitives.ReadUInt64LittleEndian(s));
        for (var i = 0; i < s.Length; i++) last |= (ulong)s[i] << (8 * i);
        Take(last);
        c ^= 0xff;
        for (var i = 0; i < 4; i++) Round();
        return a ^ b ^ c ^ d;

        void Take(ulong word)
        {
            d ^= word;
            Round();
            Round();
            a ^= word;
        }

        void Round()
        {
            a += b;
            c += d;
            b = BitOperations.RotateLeft(b, 13) ^ a;
            d = BitOperations.RotateLeft(d, 16) ^ c;
            a = BitOperations.RotateLeft(a, 32) + d;
            c += b;
            b = BitOperations.RotateLeft(b, 17) ^ c;
            d = BitOperations.RotateLeft(d, 21) ^ a;
            c = BitOperations.RotateLeft(c, 32);
        }
    }
}
