using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VirtEngine.Hypervisors.Kvm.Interop;
using VirtTools.Tests;

namespace VirtEngine.Tests.Kvm;

/// <summary>Structures, requests and capabilities are those of the kernel's headers: a C program that the host's compiler makes tells them.</summary>
public sealed class KvmLayoutTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private static readonly (string Structure, int Size)[] Sizes =
    [
        ("struct kvm_regs", Unsafe.SizeOf<KvmRegs>()), ("struct kvm_segment", Unsafe.SizeOf<KvmSegment>()), ("struct kvm_dtable", Unsafe.SizeOf<KvmDtable>()),
        ("struct kvm_sregs", Unsafe.SizeOf<KvmSregs>()), ("struct kvm_device_attr", Unsafe.SizeOf<KvmDeviceAttribute>()), ("struct kvm_msr_entry", Unsafe.SizeOf<KvmMsrEntry>()),
        ("struct kvm_vcpu_events", Unsafe.SizeOf<KvmVcpuEvents>()), ("struct kvm_debugregs", Unsafe.SizeOf<KvmDebugRegs>()), ("struct kvm_msi", Unsafe.SizeOf<KvmMsi>()),
        ("struct kvm_userspace_memory_region", Unsafe.SizeOf<KvmUserspaceMemoryRegion>()), ("struct kvm_cpuid_entry2", Unsafe.SizeOf<KvmCpuidEntry>()),
        ("struct kvm_enable_cap", Unsafe.SizeOf<KvmEnableCap>()), ("struct kvm_irq_routing_entry", Unsafe.SizeOf<KvmIrqRoutingMsi>()),
        ("struct kvm_dirty_log", Unsafe.SizeOf<KvmDirtyLogQuery>()), ("struct kvm_xcrs", Unsafe.SizeOf<KvmXcrs>()), ("struct kvm_clock_data", Unsafe.SizeOf<KvmClockData>()),
        ("struct kvm_dirty_gfn", Unsafe.SizeOf<KvmDirtyGfn>()), ("struct kvm_stats_header", Unsafe.SizeOf<KvmStatsHeader>()),
        ("struct kvm_stats_desc", Unsafe.SizeOf<KvmStatsDescriptor>()), ("struct kvm_xsave", Hypervisors.Kvm.KvmProcessorState.XSaveSize),
        ("struct kvm_ioeventfd", Unsafe.SizeOf<KvmIoEventFd>()),
        ("struct kvm_lapic_state", Hypervisors.Kvm.KvmProcessorState.LocalApicSize),
    ];

    private static readonly (string Structure, string Member, Type Type, string Field)[] Members =
    [
        ("struct kvm_regs", "rsi", typeof(KvmRegs), "Rsi"), ("struct kvm_regs", "rip", typeof(KvmRegs), "Rip"), ("struct kvm_regs", "rflags", typeof(KvmRegs), "Rflags"),
        ("struct kvm_segment", "selector", typeof(KvmSegment), "Selector"), ("struct kvm_segment", "type", typeof(KvmSegment), "Type"),
        ("struct kvm_segment", "db", typeof(KvmSegment), "Db"), ("struct kvm_segment", "avl", typeof(KvmSegment), "Avl"),
        ("struct kvm_segment", "unusable", typeof(KvmSegment), "Unusable"),
        ("struct kvm_sregs", "es", typeof(KvmSregs), "Es"), ("struct kvm_sregs", "tr", typeof(KvmSregs), "Tr"), ("struct kvm_sregs", "gdt", typeof(KvmSregs), "Gdt"),
        ("struct kvm_sregs", "cr8", typeof(KvmSregs), "Cr8"), ("struct kvm_sregs", "efer", typeof(KvmSregs), "Efer"),
        ("struct kvm_sregs", "apic_base", typeof(KvmSregs), "ApicBase"), ("struct kvm_sregs", "interrupt_bitmap", typeof(KvmSregs), "InterruptBitmap"),
        ("struct kvm_device_attr", "attr", typeof(KvmDeviceAttribute), "Attribute"), ("struct kvm_device_attr", "addr", typeof(KvmDeviceAttribute), "Address"),
        ("struct kvm_vcpu_events", "interrupt.injected", typeof(KvmVcpuEvents), "InterruptInjected"),
        ("struct kvm_vcpu_events", "interrupt.shadow", typeof(KvmVcpuEvents), "InterruptShadow"),
        ("struct kvm_vcpu_events", "nmi.masked", typeof(KvmVcpuEvents), "NmiMasked"), ("struct kvm_vcpu_events", "flags", typeof(KvmVcpuEvents), "Flags"),
        ("struct kvm_vcpu_events", "exception_payload", typeof(KvmVcpuEvents), "ExceptionPayload"),
        ("struct kvm_xcrs", "xcrs[0].value", typeof(KvmXcrs), "Value"), ("struct kvm_clock_data", "host_tsc", typeof(KvmClockData), "HostTsc"),
        ("struct kvm_debugregs", "dr7", typeof(KvmDebugRegs), "Dr7"),
        ("struct kvm_dirty_log", "dirty_bitmap", typeof(KvmDirtyLogQuery), "DirtyBitmap"),
        ("struct kvm_dirty_gfn", "slot", typeof(KvmDirtyGfn), "Slot"), ("struct kvm_dirty_gfn", "offset", typeof(KvmDirtyGfn), "Offset"),
        ("struct kvm_stats_header", "name_size", typeof(KvmStatsHeader), "NameSize"), ("struct kvm_stats_header", "num_desc", typeof(KvmStatsHeader), "DescriptorCount"),
        ("struct kvm_stats_header", "desc_offset", typeof(KvmStatsHeader), "DescriptorOffset"), ("struct kvm_stats_header", "data_offset", typeof(KvmStatsHeader), "DataOffset"),
        ("struct kvm_stats_desc", "size", typeof(KvmStatsDescriptor), "Size"), ("struct kvm_stats_desc", "offset", typeof(KvmStatsDescriptor), "Offset"),
        ("struct kvm_stats_desc", "bucket_size", typeof(KvmStatsDescriptor), "BucketSize"),
        ("struct kvm_msi", "data", typeof(KvmMsi), "Data"), ("struct kvm_msi", "devid", typeof(KvmMsi), "DeviceId"),
        ("struct kvm_userspace_memory_region", "userspace_addr", typeof(KvmUserspaceMemoryRegion), "UserspaceAddress"),
        ("struct kvm_cpuid_entry2", "eax", typeof(KvmCpuidEntry), "Eax"), ("struct kvm_enable_cap", "args", typeof(KvmEnableCap), "Args"),
        ("struct kvm_irq_routing_entry", "type", typeof(KvmIrqRoutingMsi), "Type"), ("struct kvm_irq_routing_entry", "u.msi.address_lo", typeof(KvmIrqRoutingMsi), "AddressLow"),
        ("struct kvm_irq_routing_entry", "u.msi.data", typeof(KvmIrqRoutingMsi), "Data"),
        ("struct kvm_ioeventfd", "datamatch", typeof(KvmIoEventFd), "DataMatch"), ("struct kvm_ioeventfd", "addr", typeof(KvmIoEventFd), "Address"),
        ("struct kvm_ioeventfd", "len", typeof(KvmIoEventFd), "Length"), ("struct kvm_ioeventfd", "fd", typeof(KvmIoEventFd), "Descriptor"),
        ("struct kvm_ioeventfd", "flags", typeof(KvmIoEventFd), "Flags"),
        ("struct kvm_run", "immediate_exit", typeof(KvmRun), "ImmediateExit"), ("struct kvm_run", "exit_reason", typeof(KvmRun), "ExitReason"),
        ("struct kvm_run", "ready_for_interrupt_injection", typeof(KvmRun), "ReadyForInterruptInjection"), ("struct kvm_run", "hw", typeof(KvmRun), "HardwareReason"),
        ("struct kvm_run", "io", typeof(KvmRun), "Io"), ("struct kvm_run", "mmio", typeof(KvmRun), "Mmio"), ("struct kvm_run", "msr", typeof(KvmRun), "Msr"),
        ("struct kvm_run", "internal", typeof(KvmRun), "InternalError"), ("struct kvm_run", "eoi.vector", typeof(KvmRun), "EndOfInterruptVector"),
        ("((struct kvm_run*)0)->io", "data_offset", typeof(KvmRunIo), "DataOffset"), ("((struct kvm_run*)0)->io", "count", typeof(KvmRunIo), "Count"),
        ("((struct kvm_run*)0)->mmio", "len", typeof(KvmRunMmio), "Length"), ("((struct kvm_run*)0)->mmio", "is_write", typeof(KvmRunMmio), "IsWrite"),
        ("((struct kvm_run*)0)->msr", "reason", typeof(KvmRunMsr), "Reason"), ("((struct kvm_run*)0)->msr", "data", typeof(KvmRunMsr), "Data"),
        ("((struct kvm_run*)0)->emulation_failure", "flags", typeof(KvmRunInternalError), "Flags"),
        ("((struct kvm_run*)0)->emulation_failure", "insn_bytes", typeof(KvmRunInternalError), "InstructionBytes"),
    ];

    [LinuxFact]
    public void Layouts_and_numbers_are_those_of_the_kernels_headers()
    {
        var expected = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (structure, size) in Sizes) expected[$"sizeof({structure})"] = size;
        foreach (var (structure, member, type, field) in Members) expected[$"offsetof(__typeof__({structure}), {member})"] = (long)Marshal.OffsetOf(type, field);
        foreach (var request in Enum.GetValues<KvmRequest>()) expected[request.ToString()] = (uint)request;
        foreach (var capability in Enum.GetValues<KvmCapability>()) expected[capability.ToString()] = (int)capability;
        expected["KVM_IOEVENTFD_FLAG_DEASSIGN"] = KvmIoEventFd.Deassign;
        foreach (var (name, reason) in ((string, KvmExitReason)[])
            [("IO", KvmExitReason.Io), ("MMIO", KvmExitReason.Mmio), ("IRQ_WINDOW_OPEN", KvmExitReason.InterruptWindowOpen), ("SHUTDOWN", KvmExitReason.Shutdown),
             ("FAIL_ENTRY", KvmExitReason.FailEntry), ("INTR", KvmExitReason.Interrupted), ("INTERNAL_ERROR", KvmExitReason.InternalError),
             ("IOAPIC_EOI", KvmExitReason.IoApicEndOfInterrupt), ("X86_RDMSR", KvmExitReason.ReadMsr), ("X86_WRMSR", KvmExitReason.WriteMsr),
             ("DIRTY_RING_FULL", KvmExitReason.DirtyRingFull)])
            expected[$"KVM_EXIT_{name}"] = (uint)reason;
        foreach (var (name, value) in ((string, long)[])
            [("KVM_DIRTY_GFN_F_DIRTY", KvmDirtyGfn.Dirty), ("KVM_DIRTY_GFN_F_RESET", KvmDirtyGfn.Reset), ("KVM_DIRTY_LOG_PAGE_OFFSET", KvmDirtyGfn.PageOffset),
             ("KVM_MP_STATE_HALTED", Hypervisors.Kvm.KvmProcessorState.MpHalted), ("KVM_INTERNAL_ERROR_EMULATION", KvmRunInternalError.Emulation)])
            expected[name] = value;

        Assert.Equal([], expected.Except(Ask(expected.Keys)).Select(one => $"{one.Key} is not {one.Value}"));
    }

    private SortedDictionary<string, long> Ask(IEnumerable<string> expressions)
    {
        var source = _directory["layout.c"];
        File.WriteAllText(source,
            $$"""
            #include <linux/kvm.h>
            #include <stddef.h>
            #include <stdio.h>
            int main(void) {
            {{string.Join('\n', expressions.Select(one => $"  printf(\"%ld\\t%s\\n\", (long)({one}), \"{one}\");"))}}
            }
            """);
        Run("gcc", "-w", "-o", _directory["layout"], source);
        var answer = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in Run(_directory["layout"]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split('\t');
            answer[parts[1]] = long.Parse(parts[0], CultureInfo.InvariantCulture);
        }
        return answer;
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }
}
