namespace Keras.Kernels.Cpu;

/// <summary>Rotations and 2×2 problems in closed form, with the signs that LAPACK gives them.</summary>
internal static class Planes
{
    const double Epsilon = 1.1102230246251565e-16;

    /// <summary>The rotation that turns (f, g) into (r, 0).</summary>
    internal static (double Cos, double Sin, double R) Rotation(double f, double g)
    {
        if (g == 0) return (1, 0, f);
        if (f == 0) return (0, Math.Sign(g), Math.Abs(g));
        var length = double.CopySign(Length(f, g), f);
        return (Math.Abs(f) / Math.Abs(length), g / length, length);
    }

    static double Length(double f, double g)
    {
        var square = (f * f) + (g * g);
        return square is > 1e-290 and < 1e290 ? Math.Sqrt(square) : double.Hypot(f, g);
    }

    /// <summary>The lesser singular value of the triangle (f, g; 0, h).</summary>
    internal static double LeastSingular(double f, double g, double h)
    {
        var (fa, ga, ha) = (Math.Abs(f), Math.Abs(g), Math.Abs(h));
        var (least, most) = (Math.Min(fa, ha), Math.Max(fa, ha));
        if (least == 0) return 0;
        var (sum, difference) = (1 + (least / most), (most - least) / most);
        if (ga < most)
        {
            var square = ga / most * (ga / most);
            return least * (2 / (Math.Sqrt((sum * sum) + square) + Math.Sqrt((difference * difference) + square)));
        }
        var ratio = most / ga;
        if (ratio == 0) return least * most / ga;
        var c = 1 / (Math.Sqrt(1 + (sum * ratio * (sum * ratio))) + Math.Sqrt(1 + (difference * ratio * (difference * ratio))));
        return 2 * (least * c * ratio);
    }

    internal readonly record struct Singular(double Least, double Most, double SinRight, double CosRight, double SinLeft, double CosLeft);

    /// <summary>The singular values of the triangle (f, g; 0, h), signed, and the rotations that make it diagonal.</summary>
    internal static Singular SingularPair(double f, double g, double h)
    {
        var swap = Math.Abs(h) > Math.Abs(f);
        var (ft, ht) = swap ? (h, f) : (f, h);
        var (fa, ha, ga) = (Math.Abs(ft), Math.Abs(ht), Math.Abs(g));
        var (greatest, small, least, most) = (swap ? 3 : 1, true, ha, fa);
        double cl = 1, cr = 1, sl = 0, sr = 0;
        if (ga != 0)
        {
            if (ga > fa)
            {
                greatest = 2;
                if (fa / ga < Epsilon)
                {
                    (small, most, least) = (false, ga, ha > 1 ? fa / (ga / ha) : fa / ga * ha);
                    (cl, sl, sr, cr) = (1, ht / g, 1, ft / g);
                }
            }
            if (small)
            {
                var d = fa - ha;
                var l = d == fa ? 1 : d / fa;
                var (m, t) = (g / ft, 2 - l);
                var mm = m * m;
                var s = Math.Sqrt((t * t) + mm);
                var r = l == 0 ? Math.Abs(m) : Math.Sqrt((l * l) + mm);
                var a = 0.5 * (s + r);
                (least, most) = (ha / a, fa * a);
                t = mm != 0 ? ((m / (s + t)) + (m / (r + l))) * (1 + a)
                    : l == 0 ? double.CopySign(2, ft) * double.CopySign(1, g)
                    : (g / double.CopySign(d, ft)) + (m / t);
                l = Math.Sqrt((t * t) + 4);
                (cr, sr) = (2 / l, t / l);
                (cl, sl) = ((cr + (sr * m)) / a, ht / ft * sr / a);
            }
        }
        if (swap) (cl, sl, cr, sr) = (sr, cr, sl, cl);
        var sign = greatest switch
        {
            1 => double.CopySign(1, cr) * double.CopySign(1, cl) * double.CopySign(1, f),
            2 => double.CopySign(1, sr) * double.CopySign(1, cl) * double.CopySign(1, g),
            _ => double.CopySign(1, sr) * double.CopySign(1, sl) * double.CopySign(1, h),
        };
        return new(double.CopySign(least, sign * double.CopySign(1, f) * double.CopySign(1, h)), double.CopySign(most, sign), sr, cr, sl, cl);
    }

    /// <summary>The eigenvalues of the symmetric (a, b; b, c), the one of greater magnitude first, and its eigenvector.</summary>
    internal static (double First, double Second, double Cos, double Sin) EigenPair(double a, double b, double c)
    {
        var (sum, difference, twice) = (a + c, a - c, b + b);
        var (more, less) = Math.Abs(a) > Math.Abs(c) ? (a, c) : (c, a);
        var root = double.Hypot(difference, twice);
        var first = sum < 0 ? 0.5 * (sum - root) : 0.5 * (sum + root);
        var second = sum == 0 ? -0.5 * root : (more / first * less) - (b / first * b);
        var (sign1, sign2) = (sum < 0 ? -1 : 1, difference >= 0 ? 1 : -1);
        var cs = difference + (sign2 * root);
        double cos = 1, sin = 0;
        if (Math.Abs(cs) > Math.Abs(twice))
        {
            var ct = -twice / cs;
            sin = 1 / Math.Sqrt(1 + (ct * ct));
            cos = ct * sin;
        }
        else if (twice != 0)
        {
            var tn = -cs / twice;
            cos = 1 / Math.Sqrt(1 + (tn * tn));
            sin = tn * cos;
        }
        return sign1 == sign2 ? (first, second, -sin, cos) : (first, second, cos, sin);
    }

    /// <summary>A 2×2 block of a real Schur form, and the rotation of its rows and columns that gave it.</summary>
    internal readonly record struct Block(double A, double B, double C, double D, double Cos, double Sin)
    {
        /// <summary>The imaginary part of the first eigenvalue.</summary>
        internal double Imaginary => C == 0 ? 0 : Math.Sqrt(Math.Abs(B)) * Math.Sqrt(Math.Abs(C));

        // Another turn, of which only the diagonal and the upper element are open.
        internal Block Turned(double a, double b, double d, double cos, double sin) =>
            new(a, b, 0, d, (Cos * cos) - (Sin * sin), (Cos * sin) + (Sin * cos));
    }

    /// <summary>(a, b; c, d) turned until it is an upper triangle or, where the eigenvalues are complex, has equal elements on the diagonal.</summary>
    internal static Block Standard(double a, double b, double c, double d)
    {
        if (c == 0) return new(a, b, c, d, 1, 0);
        if (b == 0) return new(d, -c, 0, a, 0, 1);
        if (a == d && double.IsNegative(b) != double.IsNegative(c)) return new(a, b, c, d, 1, 0);
        var half = 0.5 * (a - d);
        var most = Math.Max(Math.Abs(b), Math.Abs(c));
        var least = Math.CopySign(Math.Min(Math.Abs(b), Math.Abs(c)), double.IsNegative(b) == double.IsNegative(c) ? 1 : -1);
        var scale = Math.Max(Math.Abs(half), most);
        var square = (half / scale * half) + (most / scale * least);
        if (square < 8 * Epsilon) return NearlyEqual(a, b, c, d);
        var z = half + Math.CopySign(Math.Sqrt(scale) * Math.Sqrt(square), half);
        var length = Length(c, z);
        return new(d + z, b - c, 0, d - (most / z * least), z / length, c / length);
    }

    // The eigenvalues are complex, or equal but for rounding: the diagonal is made equal first.
    static Block NearlyEqual(double a, double b, double c, double d)
    {
        var (sum, difference) = (b + c, a - d);
        var length = Length(sum, difference);
        var cos = Math.Sqrt(0.5 * (1 + (Math.Abs(sum) / length)));
        var sin = -(0.5 * difference / (length * cos)) * Math.CopySign(1, sum);
        var (a1, b1, c1, d1) = ((a * cos) + (b * sin), (b * cos) - (a * sin), (c * cos) + (d * sin), (d * cos) - (c * sin));
        var middle = 0.5 * ((a1 * cos) + (c1 * sin) + (d1 * cos) - (b1 * sin));
        var block = new Block(middle, (b1 * cos) + (d1 * sin), (c1 * cos) - (a1 * sin), middle, cos, sin);
        if (block.C == 0) return block;
        if (block.B == 0) return block.Turned(middle, -block.C, middle, 0, 1);
        if (double.IsNegative(block.B) != double.IsNegative(block.C)) return block;
        var (above, below) = (Math.Sqrt(Math.Abs(block.B)), Math.Sqrt(Math.Abs(block.C)));
        var (apart, whole) = (Math.CopySign(above * below, block.C), Math.Sqrt(Math.Abs(block.B + block.C)));
        return block.Turned(middle + apart, block.B - block.C, middle - apart, above / whole, below / whole);
    }
}
