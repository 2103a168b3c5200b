using System.Globalization;

namespace Keras.Kernels.Tests.Table;

using static Domains;

static partial class OpTable
{
    static IEnumerable<OpRow> Hashes() => [Digits(1000, null), Digits(7, (133, 137))];

    static OpRow Digits(int bins, (ulong First, ulong Second)? key) => new(typeof(HashDigits), x => new HashDigits(bins, key).On(x[0]),
        One(x => x[0].Map(v => Fingerprints.Bin(((long)v).ToString(CultureInfo.InvariantCulture), bins, key))), [DType.Int64],
        [[A([], Whole(-5, 5))], [A([0, 3], Whole(0, 1))], [A([3, 7], Whole(int.MinValue, int.MaxValue - 1))], [A([9000], Domains.Bits)]])
    {
        Label = key is null ? "farm" : "sip",
        Order = 0,
        Specials = [[Nd.Vector(0, long.MinValue, 1L << 62, -1)]],
        Faults = [new(() => new HashDigits(3, null).On(Ops.Ones([2])), "[HashDigits] integers are hashed. Expected: int64. Received: float32.")],
    };
}
