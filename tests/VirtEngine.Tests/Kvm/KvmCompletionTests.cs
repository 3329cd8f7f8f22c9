using Iced.Intel;
using VirtEngine.Conformance.Guests;
using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Kvm;
using VirtEngine.Hypervisors.Software;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Tests.Kvm;

/// <summary>Instructions that the host's KVM cannot emulate are completed; where it can run them itself, the same must come of them.</summary>
public sealed class KvmCompletionTests
{
    private const uint Data = 0x9000;
    private const ulong ArithmeticFlags = 0x8D5;

    private static readonly KvmHypervisor Alone = new() { TakesWhatIsOffered = true, CompletesInstructions = false };
    private static readonly KvmHypervisor Helped = new() { TakesWhatIsOffered = true };

    private static readonly Dictionary<string, Action<Assembler>> Programs = new()
    {
        ["CMPXCHG16B that finds what it expects"] = a =>
        {
            a.mov(rax, 0x1111);
            a.xor(edx, edx);
            a.mov(__qword_ptr[rdi], rax);
            a.mov(__qword_ptr[rdi + 8], rdx);
            a.mov(rbx, 0x2222);
            a.mov(rcx, 0x3333);
            a.@lock.cmpxchg16b(__xmmword_ptr[rdi]);
        },
        ["CMPXCHG16B that does not"] = a =>
        {
            a.mov(__qword_ptr[rdi], rsp);
            a.mov(__qword_ptr[rdi + 8], rdi);
            a.xor(eax, eax);
            a.xor(edx, edx);
            a.@lock.cmpxchg16b(__xmmword_ptr[rdi]);
        },
        ["counts of bits and checksums"] = a =>
        {
            a.mov(rsi, 0x0123_4567_89AB_CDEF);
            a.popcnt(rax, rsi);
            a.xor(ebx, ebx);
            a.crc32(ebx, esi);
            a.popcnt(rcx, __qword_ptr[rdi + 0x100]);
        },
        ["SSE over memory"] = a =>
        {
            a.movq(xmm1, rdi);
            a.pshufd(xmm2, xmm1, 0x44);
            a.paddd(xmm2, xmm1);
            a.movdqu(__xmmword_ptr[rdi + 1], xmm2);
            a.cvtsi2sd(xmm3, edi);
            a.sqrtsd(xmm4, xmm3);
            a.movsd(__qword_ptr[rdi + 32], xmm4);
        },
        ["x87 and MXCSR"] = a =>
        {
            a.fninit();
            a.fldpi();
            a.fld1();
            a.faddp(st1, st0);
            a.fstp(__tbyte_ptr[rdi]);
            a.mov(__dword_ptr[rdi + 16], 0x1F80 | 0x6000);
            a.ldmxcsr(__dword_ptr[rdi + 16]);
            a.stmxcsr(__dword_ptr[rdi + 20]);
        },
        ["rights and limits of segments"] = a =>
        {
            a.mov(ecx, TrapGuest.UserData);
            a.lar(eax, ecx);
            a.lsl(ebx, ecx);
        },
        ["a call through the debugger's gate and back"] = a =>
        {
            a.int3();
            a.inc(r12);
        },
    };

    public static TheoryData<string> Names => [.. Programs.Keys];

    [KvmTheory]
    [MemberData(nameof(Names))]
    public void Guest_finds_what_it_finds_on_the_software_CPU(string name)
    {
        var (state, memory) = Run(Helped, Programs[name]);
        var (expected, expectedMemory) = Run(new SoftwareHypervisor(), Programs[name]);

        Assert.Equal(expected.Registers, state.Registers);
        Assert.Equal(expected.Flags & ArithmeticFlags, state.Flags & ArithmeticFlags);
        Assert.Equal(expected.FxSave[160..416], state.FxSave[160..416]);     // XMM0 to XMM15
        Assert.Equal(expectedMemory, memory);
    }

    private static (ProcessorState State, byte[] Memory) Run(IHypervisor hypervisor, Action<Assembler> program)
    {
        using var guest = new TrapGuest(hypervisor);
        guest.Load(a => a.iretq(), at: TrapGuest.Code + 0x800);
        guest.SetGate(3, TrapGuest.Code + 0x800);
        guest.Tiny.Memory.Write(Data, [.. Enumerable.Range(0, 512).Select(i => (byte)(i * 37))]);
        guest.Change(state =>
        {
            Array.Clear(state.Registers);
            (state.Registers[4], state.Registers[7], state.Flags) = (TinyGuest.StackTop, Data, 2);
            state.Cr4 |= 0x600;
        });
        var end = guest.RunToEnd(a =>
        {
            program(a);
            a.@out(0xF4, al);
            a.hlt();
        });
        var memory = new byte[512];
        Assert.True(guest.Tiny.Memory.TryRead(Data, memory));
        return (end, memory);
    }

    [KvmWithoutHardwareFact]
    public void Probe_judges_KVM_without_the_help_that_machines_get()
    {
        using var alone = new KvmProbeGuest(Alone);
        using var helped = new KvmProbeGuest(Helped);
        var fails = KvmProbeGuest.Instructions.Where(one => alone.Run(one.Code) is not null).Select(one => one.Name).ToList();
        Assert.NotEmpty(fails);
        Assert.All(KvmProbeGuest.Instructions, one => Assert.True(helped.Run(one.Code) is null, one.Name));
        Assert.Contains("cannot run a kernel", new KvmHypervisor().Probe().Reason, StringComparison.Ordinal);
    }

    [KvmWithoutHardwareFact]
    public void What_the_emulator_cannot_do_either_ends_the_run_with_both_reasons()
    {
        using var guest = new TrapGuest(Helped);
        guest.Load(a => a.vpaddd(xmm0, xmm1, xmm2));
        guest.Continue(TrapGuest.Code);
        var exit = guest.Processor.Run();
        Assert.Equal((ExitReason.Failed, TrapGuest.Code), (exit.Reason, exit.InstructionPointer));
        Assert.StartsWith("KVM cannot emulate the instruction that begins C5F1FEC2", exit.Detail, StringComparison.Ordinal);
        Assert.EndsWith("own emulator complete it: it works on what only the hypervisor has", exit.Detail, StringComparison.Ordinal);
    }

    [KvmWithoutHardwareFact]
    public void Completed_instructions_allocate_nothing()
    {
        using var guest = new TrapGuest(Helped);
        guest.Load(a =>
        {
            var again = a.CreateLabel();
            a.mov(ecx, 300);
            a.Label(ref again);
            a.popcnt(rax, __qword_ptr[rdi]);
            a.paddd(xmm0, xmm1);
            a.dec(ecx);
            a.jnz(again);
            a.@out(0xF4, al);
            a.hlt();
        });
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)     // the first ones make what they need, and the compiler works
        {
            guest.Continue(TrapGuest.Code);
            long before = GC.GetAllocatedBytesForCurrentThread();
            var exit = guest.Processor.Run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(exit.Reason == ExitReason.Canceled, exit.Detail);
        }
        Assert.Equal(0, least);
    }

    [KvmWithoutHardwareFact]
    public void Fault_that_comes_again_and_again_is_given_up()
    {
        using var guest = new TrapGuest(Helped);
        const ulong absent = 0x4000_0000, handler = TrapGuest.Code + 0x800;
        guest.Load(a => { a.add(rsp, 8); a.iretq(); }, at: handler);
        guest.SetGate(14, handler);
        guest.Change(state => state.Registers[7] = absent);
        guest.Load(a => a.popcnt(rax, __qword_ptr[rdi]));
        guest.Continue(TrapGuest.Code);
        var exit = guest.Tiny.Run();
        Assert.Equal((ExitReason.Failed, TrapGuest.Code), (exit.Reason, exit.InstructionPointer));
        Assert.Contains("exception 14", exit.Detail, StringComparison.Ordinal);
    }
}
