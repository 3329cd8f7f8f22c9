using Iced.Intel;

namespace VirtEngine.Tests.Software.Native;

/// <summary>What the manual leaves undefined, so that this processor's answer binds nobody.</summary>
internal static unsafe class Undefined
{
    private const uint GeneralProtection = 13, PageFault = 14, SimdFloatingPoint = 19;

    private const ulong Overflow = 0x800;

    private static readonly (RflagsBits Named, ulong Bit)[] Bits =
    [
        (RflagsBits.CF, 1), (RflagsBits.PF, 4), (RflagsBits.AF, 0x10), (RflagsBits.ZF, 0x40), (RflagsBits.SF, 0x80), (RflagsBits.DF, 0x400),
        (RflagsBits.OF, Overflow),
    ];

    /// <summary>The flags of RFLAGS that have no defined value after an instruction.</summary>
    internal static ulong Flags(in Instruction instruction)
    {
        RflagsBits undefined = instruction.RflagsUndefined;
        ulong mask = 0;
        foreach (var (named, bit) in Bits) if ((undefined & named) != 0) mask |= bit;
        // Defined after one bit alone; whether 9 bits of a byte and its carry are none is not said.
        if (instruction.Mnemonic is Mnemonic.Rcl or Mnemonic.Rcr && instruction.Op1Kind == OpKind.Immediate8 && (instruction.Immediate8 & 31) > 1) mask |= Overflow;
        return mask;
    }

    /// <summary>
    /// Flags of MXCSR that are not compared: PE after an unmasked overflow or underflow. The processor sets it only if the result would be
    /// inexact with an unlimited exponent too, which a run with masked exceptions cannot tell. A dot product stops at the first of its
    /// multiplications and additions that raises one, so that none of its flags can be known.
    /// </summary>
    internal static uint Mxcsr(in Instruction instruction, in NativeResult expected)
    {
        const uint overflowAndUnderflow = 0x18, inexact = 0x20, allFlags = 0x3F;
        if (expected.Trap != SimdFloatingPoint) return 0;
        if (instruction.Mnemonic is Mnemonic.Dpps or Mnemonic.Dppd) return allFlags;
        fixed (byte* fx = expected.Fx)
        {
            uint mxcsr = *(uint*)(fx + 24);
            return (mxcsr & ~(mxcsr >> 7) & overflowAndUnderflow) != 0 ? inexact : 0;
        }
    }

    /// <summary>Why a case's results cannot be compared at all; null if they can.</summary>
    internal static string? Results(in Instruction instruction, in NativeCase input, in NativeResult expected)
    {
        if (expected.Trap is PageFault or GeneralProtection && (instruction.Mnemonic == Mnemonic.Maskmovq
            || (instruction.Op0Kind == OpKind.Memory && instruction.Op1Kind == OpKind.Register && instruction.Op1Register.IsMM()))) return "a store from an MMX register that faults has already set TOP to 0";
        if (expected.Trap is PageFault && instruction.Mnemonic is Mnemonic.Fstp or Mnemonic.Fbstp or Mnemonic.Fnsave or Mnemonic.Fnstenv
            or Mnemonic.Fxsave or Mnemonic.Fxsave64) return "a long store that faults on its second page may have written to the first";
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Shld or Mnemonic.Shrd when OperandSize(instruction) == 2:
                ulong count = (instruction.Op2Kind == OpKind.Immediate8 ? instruction.Immediate8 : input.Registers[1]) & 31;
                return count > 16 ? "a double shift by more than the operand's size" : null;
            case Mnemonic.Bt when instruction.Op0Kind == OpKind.Memory && instruction.Op1Kind == OpKind.Register && ReadsCode(instruction, input):
                return "the bytes behind the instruction are the runner's own";
            default:
                return instruction.IsStringInstruction && (instruction.HasRepPrefix || instruction.HasRepnePrefix) && IsNarrow(instruction)
                    && ((uint)input.Registers[1] == 0 || (expected.Trap is PageFault or GeneralProtection && expected.Registers[1] == input.Registers[1]))
                    ? "the upper halves of RSI and RDI after no whole repetition with 32-bit addresses" : null;
        }
    }

    /// <summary>Whether a bit test, whose bit may be 256 MiB from its operand and farther, reads in the page of the code.</summary>
    private static bool ReadsCode(in Instruction instruction, in NativeCase input)
    {
        int size = OperandSize(instruction);
        var registers = new ulong[16];
        for (int i = 0; i < registers.Length; i++) registers[i] = input.Registers[i];
        ulong address = instruction.GetVirtualAddress(0, 0, (register, _, _) =>
            register.IsSegmentRegister() ? 0 : register.GetFullRegister() == Register.RIP ? 0 : registers[register.GetFullRegister() - Register.RAX]);
        ulong offset = registers[instruction.Op1Register.GetFullRegister() - Register.RAX];
        long bit = size switch { 2 => (short)offset, 4 => (int)offset, _ => (long)offset };
        ulong first = address + (ulong)((bit >> (size == 2 ? 4 : size == 4 ? 5 : 6)) * size);
        return (first ^ NativeCase.Code) < 0x1000 || (first + (ulong)size - 1 ^ NativeCase.Code) < 0x1000;
    }

    private static bool IsNarrow(in Instruction instruction)
    {
        for (int i = 0; i < instruction.OpCount; i++)
            if (instruction.GetOpKind(i) is OpKind.MemorySegESI or OpKind.MemorySegEDI or OpKind.MemoryESEDI) return true;
        return false;
    }

    private static int OperandSize(in Instruction instruction) =>
        instruction.Op0Kind == OpKind.Memory ? instruction.MemorySize.GetSize() : instruction.Op0Register.GetSize();
}
