namespace VirtEngine.Tests.Software.Native;

/// <summary>Values at which instructions change their mind, mixed with random ones.</summary>
internal static unsafe class Interesting
{
    private static readonly ulong[] Integers =
    [
        0, 1, 2, 7, 8, 15, 16, 31, 32, 63, 64, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000,
        0xFFFF_FFFF, 0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, ulong.MaxValue, ulong.MaxValue - 1,
        0x5555_5555_5555_5555, 0x0102_0408_1020_4080,
    ];

    private static readonly uint[] Singles =
    [
        0, 0x8000_0000, 0x3F80_0000, 0xBF80_0000, 0x3F00_0000, 0x4000_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0xFFC0_1234,
        0x7F80_0001, 0xFFA0_0000, 1, 0x8000_0001, 0x007F_FFFF, 0x0080_0000, 0x8080_0000, 0x7F7F_FFFF, 0xFF7F_FFFF, 0x4F00_0000,
        0xCF00_0000, 0x5F00_0000, 0x3FC0_0000, 0x4020_0000, 0x4B00_0001, 0x2000_0000, 0x1F80_0000, 0x6000_0000, 0x3F80_0001,
    ];

    private static readonly ulong[] Doubles =
    [
        0, 0x8000_0000_0000_0000, 0x3FF0_0000_0000_0000, 0xBFF0_0000_0000_0000, 0x3FE0_0000_0000_0000, 0x4000_0000_0000_0000,
        0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0xFFF8_0000_0000_1234, 0x7FF0_0000_0000_0001,
        0xFFF4_0000_0000_0000, 1, 0x8000_0000_0000_0001, 0x000F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000, 0x8010_0000_0000_0000,
        0x7FEF_FFFF_FFFF_FFFF, 0xFFEF_FFFF_FFFF_FFFF, 0x41E0_0000_0000_0000, 0xC1E0_0000_0000_0000, 0x43E0_0000_0000_0000,
        0xC3E0_0000_0000_0000, 0x3FF8_0000_0000_0000, 0x4004_0000_0000_0000, 0x4330_0000_0000_0001, 0x47EF_FFFF_FFFF_FFFF,
        0x3690_0000_0000_0000, 0x380F_FFFF_FFFF_FFFF, 0x2000_0000_0000_0000, 0x5FF0_0000_0000_0000, 0x3FF0_0000_0000_0001,
    ];

    /// <summary>Sign and exponent, significand.</summary>
    private static readonly (ushort Exponent, ulong Significand)[] Extended =
    [
        (0, 0), (0x8000, 0), (0x3FFF, 1ul << 63), (0xBFFF, 1ul << 63), (0x4000, 3ul << 62), (0x3FFE, 1ul << 63),
        (0x7FFF, 1ul << 63), (0xFFFF, 1ul << 63), (0x7FFF, 3ul << 62), (0xFFFF, 3ul << 62), (0x7FFF, (1ul << 63) | 1),
        (0xFFFF, (1ul << 63) | 0x1234), (0x7FFF, 0), (0x7FFF, 5), (0, 1), (0x8000, 1), (0, 1ul << 63), (0, ulong.MaxValue),
        (1, 1ul << 63), (0x3FFF, 1), (0x4010, 0x7FFF_FFFF_FFFF_FFFF), (0x7FFE, ulong.MaxValue), (0xFFFE, ulong.MaxValue),
        (0x401E, 1ul << 63), (0xC01E, 1ul << 63), (0x403E, 1ul << 63), (0x403D, ulong.MaxValue), (0x4000, 0xC90F_DAA2_2168_C235),
        (0x3FFF, 0xC000_0000_0000_0000), (0x400E, 1ul << 63), (0x403B, 0xDE0B_6B3A_763F_FFFE),
    ];

    internal static ulong Integer(ref CaseRandom random) => random.Below(3) switch
    {
        0 => random.Pick<ulong>(Integers),
        1 => random.Next() >> random.Below(64),
        _ => random.Next(),
    };

    internal static uint Single(ref CaseRandom random) => random.Below(4) switch
    {
        0 or 1 => random.Pick<uint>(Singles),
        2 => (uint)random.Next(),
        // Near 1, so that sums and products neither vanish nor overflow.
        _ => ((uint)random.Next() & 0x807F_FFFF) | (uint)(0x70 + random.Below(32)) << 23,
    };

    internal static ulong Double(ref CaseRandom random) => random.Below(4) switch
    {
        0 or 1 => random.Pick<ulong>(Doubles),
        2 => random.Next(),
        _ => (random.Next() & 0x800F_FFFF_FFFF_FFFF) | (ulong)(0x3E0 + random.Below(64)) << 52,
    };

    /// <summary>Ten bytes of an x87 register.</summary>
    internal static void WriteExtended(ref CaseRandom random, byte* at)
    {
        var (exponent, significand) = random.Below(4) switch
        {
            0 or 1 => random.Pick<(ushort, ulong)>(Extended),
            2 => ((ushort)random.Next(), random.Next() | 1ul << 63),
            _ => ((ushort)(0x3FF0 + random.Below(32) | random.Below(2) << 15), random.Next() | 1ul << 63),
        };
        *(ulong*)at = significand;
        *(ushort*)(at + 8) = exponent;
    }

    /// <summary>Sixteen bytes that suit any kind of operand.</summary>
    internal static void WriteVector(ref CaseRandom random, byte* at)
    {
        var words = (ulong*)at;
        switch (random.Below(4))
        {
            case 0:
                for (int i = 0; i < 4; i++) ((uint*)at)[i] = Single(ref random);
                break;
            case 1:
                for (int i = 0; i < 2; i++) words[i] = Double(ref random);
                break;
            case 2:
                for (int i = 0; i < 2; i++) words[i] = Integer(ref random);
                break;
            default:
                words[1] = random.Next();
                WriteExtended(ref random, at);
                break;
        }
    }
}
