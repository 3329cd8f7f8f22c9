using Iced.Intel;
using VirtEngine.Hypervisors.Software.Instructions;

namespace VirtEngine.Hypervisors.Software.Decoding;

/// <content>Control transfer instructions (Intel SDM vol. 1, 5.1.7). All of them end their block.</content>
internal static unsafe partial class Translator
{
    private static Handler TranslateControl(in Instruction i, Op* op, int bits, ref bool endsBlock)
    {
        Handler handler = TranslateControl(i, op, bits);
        endsBlock |= handler != null;
        return handler;
    }

    private static Handler TranslateControl(in Instruction i, Op* op, int bits)
    {
        switch (i.FlowControl)
        {
            case FlowControl.UnconditionalBranch when i.Op0Kind is OpKind.FarBranch16 or OpKind.FarBranch32:
                SetFarTarget(i, op);
                return i.Op0Kind == OpKind.FarBranch16 ? &ControlTransfer<Width16>.JumpFar : &ControlTransfer<Width32>.JumpFar;
            case FlowControl.UnconditionalBranch:
                op->Immediate = i.NearBranchTarget;
                return BySize(TargetBytes(i), &ControlTransfer<Width16>.Jump, &ControlTransfer<Width32>.Jump, &ControlTransfer<Width64>.Jump);
            case FlowControl.ConditionalBranch when i.ConditionCode == ConditionCode.None || i.Mnemonic is Mnemonic.Loope or Mnemonic.Loopne:
                op->Immediate = i.NearBranchTarget;
                op->Destination = i.Mnemonic switch { Mnemonic.Loopne => 0, Mnemonic.Loope => 1, Mnemonic.Loop => 2, _ => 3 };
                op->Address = CounterSize(i);
                return BySize(TargetBytes(i), &ControlTransfer<Width16>.Loop, &ControlTransfer<Width32>.Loop, &ControlTransfer<Width64>.Loop);
            case FlowControl.ConditionalBranch:
                op->Immediate = i.NearBranchTarget;
                op->Destination = (byte)ConditionOf(i);
                return BySize(TargetBytes(i), &ControlTransfer<Width16>.JumpConditional, &ControlTransfer<Width32>.JumpConditional,
                    &ControlTransfer<Width64>.JumpConditional);
            case FlowControl.Call when i.Op0Kind is OpKind.FarBranch16 or OpKind.FarBranch32:
                SetFarTarget(i, op);
                return i.Op0Kind == OpKind.FarBranch16 ? &ControlTransfer<Width16>.CallFar : &ControlTransfer<Width32>.CallFar;
            case FlowControl.Call when i.Mnemonic == Mnemonic.Call:
                op->Immediate = i.NearBranchTarget;
                return BySize(TargetBytes(i), &ControlTransfer<Width16>.Call, &ControlTransfer<Width32>.Call, &ControlTransfer<Width64>.Call);
            case FlowControl.IndirectBranch when i.IsJmpFarIndirect:
                op->Source = 1;
                return BySize(FarOffsetBytes(i), &ControlTransfer<Width16>.JumpFar, &ControlTransfer<Width32>.JumpFar, &ControlTransfer<Width64>.JumpFar);
            case FlowControl.IndirectBranch:
                ReadsOnly(op);
                if (IsMemory(i, 0))
                    return BySize(SizeOf(i, 0), &ControlTransfer<Width16>.JumpMemory, &ControlTransfer<Width32>.JumpMemory, &ControlTransfer<Width64>.JumpMemory);
                SetSource(i, op, 0);
                return BySize(SizeOf(i, 0), &ControlTransfer<Width16>.JumpRegister, &ControlTransfer<Width32>.JumpRegister, &ControlTransfer<Width64>.JumpRegister);
            case FlowControl.IndirectCall when i.IsCallFarIndirect:
                op->Source = 1;
                ReadsOnly(op);
                return BySize(FarOffsetBytes(i), &ControlTransfer<Width16>.CallFar, &ControlTransfer<Width32>.CallFar, &ControlTransfer<Width64>.CallFar);
            case FlowControl.IndirectCall:
                ReadsOnly(op);
                if (IsMemory(i, 0))
                    return BySize(SizeOf(i, 0), &ControlTransfer<Width16>.CallMemory, &ControlTransfer<Width32>.CallMemory, &ControlTransfer<Width64>.CallMemory);
                SetSource(i, op, 0);
                return BySize(SizeOf(i, 0), &ControlTransfer<Width16>.CallRegister, &ControlTransfer<Width32>.CallRegister, &ControlTransfer<Width64>.CallRegister);
            case FlowControl.Return:
                return TranslateReturn(i, op);
            case FlowControl.Interrupt:
                op->Immediate = i.Mnemonic switch
                {
                    Mnemonic.Int => i.Immediate8,
                    Mnemonic.Int3 => ExceptionVector.Breakpoint,
                    _ => ExceptionVector.Overflow,
                };
                if (i.Mnemonic == Mnemonic.Int1) return &Miscellaneous.DebugInterrupt;
                return i.Mnemonic == Mnemonic.Into ? &Miscellaneous.InterruptOnOverflow : &Miscellaneous.Interrupt;
            case FlowControl.Exception:
                return &Miscellaneous.InvalidOpcode;
        }
        return null;
    }

    private static Handler TranslateReturn(in Instruction i, Op* op)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Ret:
                op->Immediate = i.OpCount == 1 ? i.Immediate16 : 0u;
                return BySize(i.Code switch { Code.Retnw or Code.Retnw_imm16 => 2, Code.Retnd or Code.Retnd_imm16 => 4, _ => 8 },
                    &ControlTransfer<Width16>.Return, &ControlTransfer<Width32>.Return, &ControlTransfer<Width64>.Return);
            case Mnemonic.Retf:
                op->Immediate = i.OpCount == 1 ? i.Immediate16 : 0u;
                return BySize(i.Code switch { Code.Retfw or Code.Retfw_imm16 => 2, Code.Retfd or Code.Retfd_imm16 => 4, _ => 8 },
                    &ControlTransfer<Width16>.ReturnFar, &ControlTransfer<Width32>.ReturnFar, &ControlTransfer<Width64>.ReturnFar);
            case Mnemonic.Iret: return &ControlTransfer<Width16>.InterruptReturn;
            case Mnemonic.Iretd: return &ControlTransfer<Width32>.InterruptReturn;
            case Mnemonic.Iretq: return &ControlTransfer<Width64>.InterruptReturn;
            case Mnemonic.Sysret: op->Size = 4; return &SystemInstructions.Sysret;
            case Mnemonic.Sysretq: op->Size = 8; return &SystemInstructions.Sysret;
            case Mnemonic.Sysexit: op->Size = 4; return &SystemInstructions.Sysexit;
            case Mnemonic.Sysexitq: op->Size = 8; return &SystemInstructions.Sysexit;
            default: return &Miscellaneous.InvalidOpcode;
        }
    }

    private static void ReadsOnly(Op* op) => op->LengthAndPrefixes &= unchecked((byte)~(int)OpPrefixes.Writes);

    private static void SetFarTarget(in Instruction i, Op* op)
    {
        uint offset = i.Op0Kind == OpKind.FarBranch16 ? i.FarBranch16 : i.FarBranch32;
        op->Immediate = offset | (ulong)i.FarBranchSelector << 48;
    }

    private static int TargetBytes(in Instruction i) => i.Op0Kind switch
    {
        OpKind.NearBranch16 => 2,
        OpKind.NearBranch32 => 4,
        _ => 8,
    };

    private static int FarOffsetBytes(in Instruction i) => i.Code switch
    {
        Code.Jmp_m1616 or Code.Call_m1616 => 2,
        Code.Jmp_m1632 or Code.Call_m1632 => 4,
        _ => 8,
    };

    // LOOP and JCXZ count in CX, ECX or RCX, as the address size says.
    private static byte CounterSize(in Instruction i) => i.Code switch
    {
        Code.Jrcxz_rel8_16 or Code.Jrcxz_rel8_64 or Code.Loop_rel8_16_RCX or Code.Loop_rel8_64_RCX or Code.Loope_rel8_16_RCX
            or Code.Loope_rel8_64_RCX or Code.Loopne_rel8_16_RCX or Code.Loopne_rel8_64_RCX => 0,
        Code.Jecxz_rel8_16 or Code.Jecxz_rel8_32 or Code.Jecxz_rel8_64 or Code.Loop_rel8_16_ECX or Code.Loop_rel8_32_ECX or Code.Loop_rel8_64_ECX
            or Code.Loope_rel8_16_ECX or Code.Loope_rel8_32_ECX or Code.Loope_rel8_64_ECX or Code.Loopne_rel8_16_ECX
            or Code.Loopne_rel8_32_ECX or Code.Loopne_rel8_64_ECX => AddressKind.Bits32,
        _ => AddressKind.Bits16,
    };
}
