namespace VirtEngine.Hypervisors;

/// <summary>
/// The architectural state of one processor between two instructions, the same for every backend. Model-specific registers that have no
/// field of their own are in <see cref="Msrs"/>.
/// </summary>
public sealed class ProcessorState
{
    /// <summary>RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8–R15: the order of their encoding.</summary>
    public ulong[] Registers { get; } = new ulong[16];

    /// <summary>RIP.</summary>
    public ulong InstructionPointer { get; set; }

    /// <summary>RFLAGS; bit 1 is always set.</summary>
    public ulong Flags { get; set; } = 2;

    /// <summary>ES, CS, SS, DS, FS, GS: the order of their encoding.</summary>
    public SegmentState[] Segments { get; } = new SegmentState[6];

    /// <summary>LDTR.</summary>
    public SegmentState LocalDescriptorTable { get; set; }

    /// <summary>TR.</summary>
    public SegmentState TaskRegister { get; set; }

    /// <summary>GDTR.</summary>
    public TableState GlobalDescriptorTable { get; set; }

    /// <summary>IDTR.</summary>
    public TableState InterruptDescriptorTable { get; set; }

    /// <summary>CR0.</summary>
    public ulong Cr0 { get; set; }

    /// <summary>CR2.</summary>
    public ulong Cr2 { get; set; }

    /// <summary>CR3.</summary>
    public ulong Cr3 { get; set; }

    /// <summary>CR4.</summary>
    public ulong Cr4 { get; set; }

    /// <summary>CR8, the task priority.</summary>
    public ulong Cr8 { get; set; }

    /// <summary>DR0–DR3, DR6, DR7.</summary>
    public ulong[] DebugRegisters { get; } = [0, 0, 0, 0, 0xFFFF_0FF0, 0x400];

    /// <summary>IA32_EFER.</summary>
    public ulong Efer { get; set; }

    /// <summary>x87, MXCSR and XMM0–XMM15 in the 64-bit FXSAVE layout (Intel SDM vol. 1, 10.5.1), 512 bytes.</summary>
    public byte[] FxSave { get; } = new byte[512];

    /// <summary>XCR0: which extended states the guest has turned on; bit 0 is always set.</summary>
    public ulong Xcr0 { get; set; } = 1;

    /// <summary>
    /// What lies behind <see cref="FxSave"/> in the XSAVE area of the standard form (Intel SDM vol. 1, 13.4): header and extended states, 3584
    /// bytes. Empty where the profile has no XSAVE.
    /// </summary>
    public byte[] ExtendedState { get; set; } = [];

    /// <summary>Other model-specific registers by number.</summary>
    public SortedDictionary<uint, ulong> Msrs { get; } = [];

    /// <summary>The local APIC's registers, as the 4 KiB page at its base shows them.</summary>
    public byte[] LocalApic { get; } = new byte[4096];

    /// <summary>What the processor is doing.</summary>
    public ProcessorActivity Activity { get; set; }

    /// <summary>Interrupts are held off for one more instruction (after STI or a load of SS).</summary>
    public bool InterruptShadow { get; set; }

    /// <summary>Non-maskable interrupts are held off until IRET.</summary>
    public bool NmiBlocked { get; set; }

    /// <summary>A non-maskable interrupt waits.</summary>
    public bool NmiPending { get; set; }

    /// <summary>Sets what a processor has after power-up or INIT (Intel SDM vol. 3, table 10-1).</summary>
    public static ProcessorState Reset()
    {
        var state = new ProcessorState { InstructionPointer = 0xFFF0, Cr0 = 0x6000_0010 };
        state.Registers[2] = 0x600;
        Array.Fill(state.Segments, new SegmentState(0, 0, 0xFFFF, 0x93));
        state.Segments[1] = new SegmentState(0xF000, 0xFFFF_0000, 0xFFFF, 0x9B);
        state.LocalDescriptorTable = new SegmentState(0, 0, 0xFFFF, 0x82);
        state.TaskRegister = new SegmentState(0, 0, 0xFFFF, 0x8B);
        state.GlobalDescriptorTable = state.InterruptDescriptorTable = new TableState(0, 0xFFFF);
        state.FxSave[0] = 0x7F; state.FxSave[1] = 0x03;   // FCW 037FH, as FNINIT leaves it
        state.FxSave[24] = 0x80; state.FxSave[25] = 0x1F; // MXCSR 1F80H
        state.FxSave[28] = 0xFF; state.FxSave[29] = 0xFF; // MXCSR_MASK
        return state;
    }
}
