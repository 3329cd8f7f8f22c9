using System.Runtime.Intrinsics.X86;
using Iced.Intel;

namespace VirtEngine.Tests.Software.Native;

/// <summary>
/// Where AMD's processors answer otherwise than Intel's. Guests are told that theirs is Intel's (<c>PortableProfile</c>), so that on AMD's
/// these answers bind nobody.
/// </summary>
internal static unsafe class AmdProcessor
{
    private const uint PageFault = 14;

    // CPUID leaf 0, EBX: "Auth" of "AuthenticAMD", and "Hygo" of "HygonGenuine", which is the same design.
    private const int Auth = 0x68747541, Hygo = 0x6F677948;

    // In the image of FXSAVE (AMD APM vol. 2, 11.4.4): MXCSR, MXCSR_MASK, and in both MM, the misaligned exception mask, which Intel's do not have.
    private const int Mxcsr = 24, MxcsrMask = 28;
    private const uint MisalignedMask = 1 << 17;

    /// <summary>Whether the processor of this computer is one.</summary>
    internal static bool IsHere { get; } = X86Base.IsSupported && X86Base.CpuId(0, 0).Ebx is Auth or Hygo;

    /// <summary>Why a code means something else there; null if it does not.</summary>
    internal static string? WhyNot(Code code) => code is Code.Reservednop_rm16_r16_0F0D or Code.Reservednop_rm32_r32_0F0D or Code.Reservednop_rm64_r64_0F0D
        ? "PREFETCH on AMD's processors, which has no register to read" : null;

    /// <summary>Why a case's results cannot be compared at all; null if they can.</summary>
    internal static string? Results(in Instruction instruction, in NativeCase input, in NativeResult expected)
    {
        if (IsMisalignedMasked(expected)) return "AMD's processors take bit 17 of MXCSR, which is reserved on Intel's";
        if (expected.Trap != PageFault) return null;
        if (instruction.Code == Code.Movsxd_r16_rm16) return "AMD's processors read four bytes for MOVSXD to a word register";
        if (instruction.Mnemonic is Mnemonic.Cmpsb or Mnemonic.Cmpsw or Mnemonic.Cmpsd or Mnemonic.Cmpsq
            or Mnemonic.Scasb or Mnemonic.Scasw or Mnemonic.Scasd or Mnemonic.Scasq && expected.Registers[1] != input.Registers[1])
            return "AMD's processors keep the flags of the last repetition, Intel's those from before the first (SDM vol. 2, REP)";
        return instruction.Mnemonic is Mnemonic.Fst or Mnemonic.Fist or Mnemonic.Fistp or Mnemonic.Fisttp && IsSomethingUnmasked(input)
            ? "AMD's processors find the missing page before they look at what is stored" : null;
    }

    /// <summary>Takes from a result what Intel's processors do not have.</summary>
    internal static void MakeIntel(in Instruction instruction, in NativeCase input, ref NativeResult result)
    {
        if (result.Trap != NativeResult.NoTrap || instruction.Mnemonic is not (Mnemonic.Fxsave or Mnemonic.Fxsave64)) return;
        fixed (byte* page = result.Page)
        {
            *(uint*)(page + (Operand.AddressOf(instruction, input) - NativeCase.Data) + MxcsrMask) &= ~MisalignedMask;
        }
    }

    private static bool IsMisalignedMasked(in NativeResult result)
    {
        fixed (byte* fx = result.Fx)
        {
            return (*(uint*)(fx + Mxcsr) & MisalignedMask) != 0;
        }
    }

    private static bool IsSomethingUnmasked(in NativeCase input) => (input.Fx[0] & 0x3F) != 0x3F;
}
