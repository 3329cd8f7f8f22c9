using VirtEngine.Hypervisors;

namespace VirtEngine.Boot;

/// <summary>The state in which the boot processor enters a loaded kernel. Guest memory holds everything that it points to.</summary>
public sealed record BootState
{
    private const ushort CodeSelector = 0x10; // __BOOT_CS
    private const ushort DataSelector = 0x18; // __BOOT_DS
    private const ushort TaskSelector = 0x20;

    /// <summary>How the kernel is entered; never <see cref="BootProtocol.Automatic"/>.</summary>
    public required BootProtocol Protocol { get; init; }

    /// <summary>RIP.</summary>
    public required ulong InstructionPointer { get; init; }

    /// <summary>RBX: hvm_start_info for PVH.</summary>
    public ulong Rbx { get; init; }

    /// <summary>RSI: boot_params for the 64-bit protocol.</summary>
    public ulong Rsi { get; init; }

    /// <summary>CR0.</summary>
    public required ulong Cr0 { get; init; }

    /// <summary>CR3: the identity page tables, or 0.</summary>
    public ulong Cr3 { get; init; }

    /// <summary>CR4.</summary>
    public ulong Cr4 { get; init; }

    /// <summary>IA32_EFER.</summary>
    public ulong Efer { get; init; }

    /// <summary>GDTR.</summary>
    public required TableState GlobalDescriptorTable { get; init; }

    /// <summary>CS.</summary>
    public required SegmentState Code { get; init; }

    /// <summary>DS, ES, SS, FS and GS.</summary>
    public SegmentState Data { get; } = new(DataSelector, 0, 0xFFFF_FFFF, 0xC093);

    /// <summary>TR.</summary>
    public SegmentState Task { get; } = new(TaskSelector, 0, 0x67, 0x8B);

    /// <summary>The release that the kernel names (<c>6.1.0-56-cloud-amd64 …</c>), empty if it names none.</summary>
    public string KernelVersion { get; init; } = "";

    /// <summary>Why a slower way was taken than <see cref="BootProtocol.Automatic"/> prefers, or null.</summary>
    public string? Remark { get; init; }

    /// <summary>32-bit protected mode, flat, paging off (Xen, docs/misc/pvh.pandoc, "Initial state").</summary>
    internal static BootState Pvh(ulong entry) => new()
    {
        Protocol = BootProtocol.Pvh,
        InstructionPointer = entry,
        Rbx = BootLayout.StartInfo,
        Cr0 = 0x11, // PE; ET reads as one
        Code = new SegmentState(CodeSelector, 0, 0xFFFF_FFFF, 0xC09B),
        GlobalDescriptorTable = new TableState(BootLayout.Gdt, 0x2F),
    };

    /// <summary>Long mode over identity page tables (Documentation/arch/x86/boot.rst, "64-bit Boot Protocol").</summary>
    internal static BootState Linux64(ulong entry) => new()
    {
        Protocol = BootProtocol.Linux64,
        InstructionPointer = entry,
        Rsi = BootLayout.BootParams,
        Cr0 = 0x8000_0011, // PG, ET, PE
        Cr3 = BootLayout.PageTables,
        Cr4 = 0x20,        // PAE
        Efer = 0x500,      // LMA, LME
        Code = new SegmentState(CodeSelector, 0, 0xFFFF_FFFF, 0xA09B),
        GlobalDescriptorTable = new TableState(BootLayout.Gdt, 0x2F),
    };

    /// <summary>Sets what differs from a processor fresh out of reset; the rest of <paramref name="state"/> is left as it is.</summary>
    /// <param name="state">The boot processor, from <see cref="ProcessorState.Reset"/>.</param>
    public void ApplyTo(ProcessorState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Registers.AsSpan().Clear();
        state.Registers[3] = Rbx;
        state.Registers[6] = Rsi;
        state.InstructionPointer = InstructionPointer;
        state.Flags = 2;
        state.Cr0 = Cr0;
        state.Cr3 = Cr3;
        state.Cr4 = Cr4;
        state.Efer = Efer;
        Array.Fill(state.Segments, Data);
        state.Segments[1] = Code;
        state.TaskRegister = Task;
        state.GlobalDescriptorTable = GlobalDescriptorTable;
        state.Activity = ProcessorActivity.Running;
    }
}
