using Iced.Intel;
using VirtEngine.Hypervisors.Software.Instructions;

namespace VirtEngine.Hypervisors.Software.Decoding;

/// <content>System, flag, port and miscellaneous instructions.</content>
internal static unsafe partial class Translator
{
    private static Handler TranslateSystem(in Instruction i, Op* op, int bits, ref bool endsBlock)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Nop: return &Miscellaneous.NoOperation;
            // ENDBR, the prefetches and all other hints too (BlockBuilder.Options).
            case Mnemonic.Reservednop: return &Miscellaneous.NoOperation;
            case Mnemonic.Pause: return &Miscellaneous.Pause;
            case Mnemonic.Mfence or Mnemonic.Lfence or Mnemonic.Sfence: return &Miscellaneous.Fence;
            case Mnemonic.Clflush: return &Miscellaneous.FlushLine;
            case Mnemonic.Lahf: return &Miscellaneous.Lahf;
            case Mnemonic.Sahf: return &Miscellaneous.Sahf;
            case Mnemonic.Clc: return &Miscellaneous.ChangeCarry;
            case Mnemonic.Stc: op->Immediate = 1; return &Miscellaneous.ChangeCarry;
            case Mnemonic.Cmc: op->Immediate = 2; return &Miscellaneous.ChangeCarry;
            case Mnemonic.Cld: return &Miscellaneous.ChangeDirection;
            case Mnemonic.Std: op->Immediate = 1; return &Miscellaneous.ChangeDirection;
            case Mnemonic.Cli: return &Miscellaneous.Cli;
            case Mnemonic.Sti: endsBlock = true; return &Miscellaneous.Sti;
            case Mnemonic.Popf: endsBlock = true; return &DataTransfer<Width16>.PopFlags;
            case Mnemonic.Popfd: endsBlock = true; return &DataTransfer<Width32>.PopFlags;
            case Mnemonic.Popfq: endsBlock = true; return &DataTransfer<Width64>.PopFlags;
            case Mnemonic.In or Mnemonic.Out: return TranslatePort(i, op);
            case Mnemonic.Bound:
                SetDestination(i, op);
                return i.Op0Register.GetSize() == 2 ? &Miscellaneous.Bound16 : &Miscellaneous.Bound32;
            case Mnemonic.Lds: return FarLoad(i, op, SegmentRegister.Ds, ref endsBlock);
            case Mnemonic.Les: return FarLoad(i, op, SegmentRegister.Es, ref endsBlock);
            case Mnemonic.Lfs: return FarLoad(i, op, SegmentRegister.Fs, ref endsBlock);
            case Mnemonic.Lgs: return FarLoad(i, op, SegmentRegister.Gs, ref endsBlock);
            case Mnemonic.Lss: return FarLoad(i, op, SegmentRegister.Ss, ref endsBlock);
            case Mnemonic.Clts: return &SystemInstructions.Clts;
            case Mnemonic.Smsw: return WordOperand(i, op, &SystemInstructions.Smsw, destination: true);
            case Mnemonic.Lmsw: endsBlock = true; return WordOperand(i, op, &SystemInstructions.Lmsw, destination: false);
            case Mnemonic.Sldt: return WordOperand(i, op, &SystemInstructions.Sldt, destination: true);
            case Mnemonic.Str: return WordOperand(i, op, &SystemInstructions.Str, destination: true);
            case Mnemonic.Lldt: return WordOperand(i, op, &SystemInstructions.Lldt, destination: false);
            case Mnemonic.Ltr: return WordOperand(i, op, &SystemInstructions.Ltr, destination: false);
            case Mnemonic.Verr: return WordOperand(i, op, &SystemInstructions.VerifySegment, destination: false);
            case Mnemonic.Verw: op->Immediate = 1; return WordOperand(i, op, &SystemInstructions.VerifySegment, destination: false);
            case Mnemonic.Lar or Mnemonic.Lsl:
                SetDestination(i, op);
                op->Source = IsMemory(i, 1) ? Slot.Zero : SlotOf(i.Op1Register);
                op->Size = (byte)i.Op0Register.GetSize();
                op->Immediate = i.Mnemonic == Mnemonic.Lsl ? 1u : 0u;
                return &SystemInstructions.LoadAccessRights;
            case Mnemonic.Arpl:
                op->Destination = IsMemory(i, 0) ? Slot.Zero : SlotOf(i.Op0Register);
                SetSource(i, op);
                op->Size = 2;
                return &SystemInstructions.Arpl;
            case Mnemonic.Sgdt: op->Size = (byte)(bits == 64 ? 10 : 6); return &SystemInstructions.Sgdt;
            case Mnemonic.Sidt: op->Size = (byte)(bits == 64 ? 10 : 6); return &SystemInstructions.Sidt;
            case Mnemonic.Lgdt: op->Size = (byte)(i.Code == Code.Lgdt_m1632_16 ? 2 : 6); ReadsOnly(op); return &SystemInstructions.Lgdt;
            case Mnemonic.Lidt: op->Size = (byte)(i.Code == Code.Lidt_m1632_16 ? 2 : 6); ReadsOnly(op); return &SystemInstructions.Lidt;
            case Mnemonic.Invlpg: ReadsOnly(op); endsBlock = true; return &SystemInstructions.Invlpg;
            case Mnemonic.Invd or Mnemonic.Wbinvd: return &SystemInstructions.InvalidateCaches;
            case Mnemonic.Hlt: endsBlock = true; return &SystemInstructions.Hlt;
            case Mnemonic.Rdmsr: return &SystemInstructions.Rdmsr;
            case Mnemonic.Wrmsr: endsBlock = true; return &SystemInstructions.Wrmsr;
            case Mnemonic.Rdtsc: return &SystemInstructions.Rdtsc;
            case Mnemonic.Rdtscp: return &SystemInstructions.Rdtscp;
            case Mnemonic.Cpuid: endsBlock = true; return &SystemInstructions.Cpuid;
            case Mnemonic.Syscall: endsBlock = true; return &SystemInstructions.Syscall;
            case Mnemonic.Sysenter: endsBlock = true; return &SystemInstructions.Sysenter;
            case Mnemonic.Swapgs: return &SystemInstructions.Swapgs;
            case Mnemonic.Rdfsbase: return SegmentBase(i, op, SegmentRegister.Fs, read: true);
            case Mnemonic.Rdgsbase: return SegmentBase(i, op, SegmentRegister.Gs, read: true);
            case Mnemonic.Wrfsbase: return SegmentBase(i, op, SegmentRegister.Fs, read: false);
            case Mnemonic.Wrgsbase: return SegmentBase(i, op, SegmentRegister.Gs, read: false);
        }
        if (i.Mnemonic is >= Mnemonic.Seta and <= Mnemonic.Sets && i.ConditionCode != ConditionCode.None)
        {
            op->Immediate = (ulong)ConditionOf(i);
            if (IsMemory(i, 0)) return &Miscellaneous.SetMemory;
            SetDestination(i, op);
            return &Miscellaneous.SetRegister;
        }
        return null;
    }

    private static Handler TranslatePort(in Instruction i, Op* op)
    {
        bool input = i.Mnemonic == Mnemonic.In;
        int data = input ? 0 : 1, port = 1 - data;
        op->Size = (byte)i.GetOpRegister(data).GetSize();
        if (IsRegister(i, port)) op->Source = 1;
        else op->Immediate = i.Immediate8;
        return input ? &Miscellaneous.In : &Miscellaneous.Out;
    }

    private static Handler FarLoad(in Instruction i, Op* op, int segment, ref bool endsBlock)
    {
        SetDestination(i, op);
        op->Source = (byte)segment;
        op->Size = (byte)i.Op0Register.GetSize();
        endsBlock = true;
        return &SystemInstructions.LoadFarPointer;
    }

    // One operand, a register or 16 bits of memory; its slot is Zero where it is memory.
    private static Handler WordOperand(in Instruction i, Op* op, Handler handler, bool destination)
    {
        bool memory = IsMemory(i, 0);
        op->Size = memory ? (byte)2 : (byte)i.Op0Register.GetSize();
        byte slot = memory ? Slot.Zero : SlotOf(i.Op0Register);
        if (destination) op->Destination = slot;
        else { op->Source = slot; ReadsOnly(op); }
        return handler;
    }

    private static Handler SegmentBase(in Instruction i, Op* op, int segment, bool read)
    {
        op->Size = (byte)i.Op0Register.GetSize();
        if (read)
        {
            SetDestination(i, op);
            op->Source = (byte)segment;
            return &SystemInstructions.ReadSegmentBase;
        }
        SetSource(i, op, 0);
        op->Destination = (byte)segment;
        return &SystemInstructions.WriteSegmentBase;
    }
}
