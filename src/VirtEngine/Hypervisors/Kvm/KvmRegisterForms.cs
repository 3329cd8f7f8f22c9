using System.Runtime.InteropServices;
using VirtEngine.Hypervisors.Kvm.Interop;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>Registers between KVM's structures and the neutral state. Allocates nothing.</summary>
internal static unsafe class KvmRegisterForms
{
    /// <summary>General registers, RIP and RFLAGS into the neutral state. KVM's order is the manual's by name, the neutral one by encoding.</summary>
    internal static void ToNeutral(in KvmRegs regs, ProcessorState state)
    {
        var r = state.Registers;
        (r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]) = (regs.Rax, regs.Rcx, regs.Rdx, regs.Rbx, regs.Rsp, regs.Rbp, regs.Rsi, regs.Rdi);
        (r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15]) = (regs.R8, regs.R9, regs.R10, regs.R11, regs.R12, regs.R13, regs.R14, regs.R15);
        (state.InstructionPointer, state.Flags) = (regs.Rip, regs.Rflags);
    }

    /// <summary>General registers, RIP and RFLAGS out of the neutral state.</summary>
    internal static KvmRegs ToRegs(ProcessorState state)
    {
        var r = state.Registers;
        return new()
        {
            Rax = r[0], Rcx = r[1], Rdx = r[2], Rbx = r[3], Rsp = r[4], Rbp = r[5], Rsi = r[6], Rdi = r[7],
            R8 = r[8], R9 = r[9], R10 = r[10], R11 = r[11], R12 = r[12], R13 = r[13], R14 = r[14], R15 = r[15],
            Rip = state.InstructionPointer, Rflags = state.Flags,
        };
    }

    /// <summary>Segments, tables and control registers into the neutral state, but for the local APIC's base.</summary>
    internal static void ToNeutral(in KvmSregs sregs, ProcessorState state)
    {
        var s = state.Segments;
        (s[0], s[1], s[2]) = (ToNeutral(sregs.Es), ToNeutral(sregs.Cs), ToNeutral(sregs.Ss));
        (s[3], s[4], s[5]) = (ToNeutral(sregs.Ds), ToNeutral(sregs.Fs), ToNeutral(sregs.Gs));
        state.LocalDescriptorTable = ToNeutral(sregs.Ldt);
        state.TaskRegister = ToNeutral(sregs.Tr);
        state.GlobalDescriptorTable = new(sregs.Gdt.Base, sregs.Gdt.Limit);
        state.InterruptDescriptorTable = new(sregs.Idt.Base, sregs.Idt.Limit);
        (state.Cr0, state.Cr2, state.Cr3, state.Cr4, state.Cr8, state.Efer) = (sregs.Cr0, sregs.Cr2, sregs.Cr3, sregs.Cr4, sregs.Cr8, sregs.Efer);
    }

    /// <summary>Segments, tables and control registers out of the neutral state; what it does not carry stays.</summary>
    internal static void ToSregs(ProcessorState state, ref KvmSregs sregs)
    {
        var s = state.Segments;
        (sregs.Es, sregs.Cs, sregs.Ss, sregs.Ds, sregs.Fs, sregs.Gs) = (ToKvm(s[0]), ToKvm(s[1]), ToKvm(s[2]), ToKvm(s[3]), ToKvm(s[4]), ToKvm(s[5]));
        sregs.Ldt = ToKvm(state.LocalDescriptorTable);
        sregs.Tr = ToKvm(state.TaskRegister);
        (sregs.Gdt.Base, sregs.Gdt.Limit) = (state.GlobalDescriptorTable.Base, state.GlobalDescriptorTable.Limit);
        (sregs.Idt.Base, sregs.Idt.Limit) = (state.InterruptDescriptorTable.Base, state.InterruptDescriptorTable.Limit);
        (sregs.Cr0, sregs.Cr2, sregs.Cr3, sregs.Cr4, sregs.Cr8, sregs.Efer) = (state.Cr0, state.Cr2, state.Cr3, state.Cr4, state.Cr8, state.Efer);
        MemoryMarshal.CreateSpan(ref sregs.InterruptBitmap[0], 4).Clear();
    }

    /// <summary>Debug registers into the neutral state.</summary>
    internal static void ToNeutral(in KvmDebugRegs debug, ProcessorState state)
    {
        for (int i = 0; i < 4; i++) state.DebugRegisters[i] = debug.Db[i];
        (state.DebugRegisters[4], state.DebugRegisters[5]) = (debug.Dr6, debug.Dr7);
    }

    /// <summary>Debug registers out of the neutral state.</summary>
    internal static KvmDebugRegs ToDebugRegs(ProcessorState state)
    {
        var debug = new KvmDebugRegs { Dr6 = state.DebugRegisters[4], Dr7 = state.DebugRegisters[5] };
        for (int i = 0; i < 4; i++) debug.Db[i] = state.DebugRegisters[i];
        return debug;
    }

    // The attributes are those of a descriptor's high word, bits 8 to 23 (Intel SDM vol. 3, 3.4.5).
    private static SegmentState ToNeutral(in KvmSegment segment) => new(segment.Selector, segment.Base, segment.Limit,
        (ushort)(segment.Type | segment.S << 4 | segment.Dpl << 5 | segment.Present << 7 | segment.Avl << 12 | segment.L << 13 | segment.Db << 14 | segment.G << 15));

    private static KvmSegment ToKvm(SegmentState segment)
    {
        int rights = segment.Attributes;
        byte Bit(int number) => (byte)(rights >> number & 1);
        return new()
        {
            Selector = segment.Selector, Base = segment.Base, Limit = segment.Limit, Type = (byte)(rights & 0xF), S = Bit(4),
            Dpl = (byte)(rights >> 5 & 3), Present = Bit(7), Avl = Bit(12), L = Bit(13), Db = Bit(14), G = Bit(15), Unusable = (byte)(1 - Bit(7)),
        };
    }
}
