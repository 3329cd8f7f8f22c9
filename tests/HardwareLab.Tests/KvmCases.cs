namespace HardwareLabTests;

/// <summary>Run in the lab: its /dev/kvm is that of a processor with virtualization, which the host's need not be.</summary>
public static unsafe class KvmCases
{
    public static void The_interface_is_version_12() => Assert.Equal(12, Kvm.Call(Kvm.Open(), Kvm.GetApiVersion));

    public static void The_processor_has_svm() => Assert.True(File.ReadAllText("/proc/cpuinfo").Contains(" svm ", StringComparison.Ordinal), "no svm in /proc/cpuinfo");

    public static void A_guest_in_real_mode_writes_to_a_port_and_halts()
    {
        // mov dx, 0x3f8; mov al, 'V'; out dx, al; hlt
        var run = Start([0xBA, 0xF8, 0x03, 0xB0, (byte)'V', 0xEE, 0xF4], out int processor);
        Kvm.Call(processor, Kvm.Run);
        Assert.Equal(Kvm.ExitIo, *(uint*)(run + Kvm.ExitReason));
        Assert.Equal(1, run[Kvm.IoDirection]);
        Assert.Equal(0x3F8, *(ushort*)(run + Kvm.IoPort));
        Assert.Equal((byte)'V', run[*(ulong*)(run + Kvm.IoDataOffset)]);
        Kvm.Call(processor, Kvm.Run);
        Assert.Equal(Kvm.ExitHlt, *(uint*)(run + Kvm.ExitReason));
    }

    public static void A_write_outside_memory_is_an_exit_with_its_address()
    {
        // mov ax, 0x3000; mov ds, ax; mov byte [8], 1; hlt
        var run = Start([0xB8, 0x00, 0x30, 0x8E, 0xD8, 0xC6, 0x06, 0x08, 0x00, 0x01, 0xF4], out int processor);
        Kvm.Call(processor, Kvm.Run);
        Assert.Equal(Kvm.ExitMmio, *(uint*)(run + Kvm.ExitReason));
        Assert.Equal(0x3_0008ul, *(ulong*)(run + Kvm.MmioAddress));
    }

    /// <summary>What a KVM that emulates ring 0 cannot do.</summary>
    public static void Ring_0_executes_what_an_emulator_does_not_know()
    {
        // xor ax, ax; mov ds, ax; int3 by way of vector 3 at 0:12; there: popcnt bx, bx; movd xmm0, eax (CR4.OSFXSR is clear: #UD by vector 6); there: hlt
        byte[] code = [0x31, 0xC0, 0x8E, 0xD8, 0xC7, 0x06, 12, 0, 0x20, 0x10, 0xC7, 0x06, 14, 0, 0, 0, 0xC7, 0x06, 24, 0, 0x30, 0x10, 0xC7, 0x06, 26, 0, 0, 0, 0xBC, 0, 0x20, 0xCC];
        var all = new byte[0x31];
        code.CopyTo(all, 0);
        ((byte[])[0xF3, 0x0F, 0xB8, 0xDB, 0x66, 0x0F, 0x6E, 0xC0]).CopyTo(all, 0x20);
        all[0x30] = 0xF4;
        var run = Start(all, out int processor);
        Kvm.Call(processor, Kvm.Run);
        Assert.Equal(Kvm.ExitHlt, *(uint*)(run + Kvm.ExitReason));
    }

    /// <summary>A processor in real mode with 64 KiB of memory from 0 on, before code at 0x1000.</summary>
    private static byte* Start(ReadOnlySpan<byte> code, out int processor)
    {
        int kvm = Kvm.Open(), machine = Kvm.Call(kvm, Kvm.CreateVm);
        const int size = 0x1_0000, start = 0x1000;
        byte* memory = Kvm.Map(-1, size);
        code.CopyTo(new Span<byte>(memory + start, size - start));
        var region = new Kvm.MemoryRegion { Size = size, HostAddress = (ulong)memory };
        Kvm.Call(machine, Kvm.SetUserMemoryRegion, (nint)(&region));
        processor = Kvm.Call(machine, Kvm.CreateVcpu);
        byte* run = Kvm.Map(processor, Kvm.Call(kvm, Kvm.GetVcpuMmapSize));
        byte* segments = stackalloc byte[Kvm.SregsSize];
        Kvm.Call(processor, Kvm.GetSregs, (nint)segments);
        *(ulong*)(segments + Kvm.CsBase) = 0;
        *(ushort*)(segments + Kvm.CsSelector) = 0;
        Kvm.Call(processor, Kvm.SetSregs, (nint)segments);
        var registers = new Kvm.Regs { Rip = start, Rflags = 2 };
        Kvm.Call(processor, Kvm.SetRegs, (nint)(&registers));
        return run;
    }
}
