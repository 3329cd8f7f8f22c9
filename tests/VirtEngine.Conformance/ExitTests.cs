using VirtEngine.Conformance.Guests;
using VirtEngine.Hypervisors;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Conformance;

/// <summary>What leaves the processor for the bus, and how it comes back.</summary>
public class ExitTests<TBackend> : IDisposable where TBackend : IBackend
{
    private readonly TinyGuest _guest = new(TBackend.Hypervisor);

    public void Dispose()
    {
        _guest.Dispose();
        GC.SuppressFinalize(this);
    }

    private ProcessorState RunToEnd(Action<Iced.Intel.Assembler> code)
    {
        _guest.RunToEnd(code);
        return _guest.Processor.GetState();
    }

    [Fact]
    public void Ports_are_written_and_read_in_their_sizes()
    {
        var state = RunToEnd(a =>
        {
            a.mov(eax, 0x1234_5678);
            a.@out(0x60, al);
            a.@out(0x62, ax);
            a.@out(0x64, eax);
            a.mov(rax, -1L);
            a.@in(al, 0x66);
            a.mov(rbx, rax);
            a.mov(rax, -1L);
            a.@in(ax, 0x67);
            a.mov(rcx, rax);
            a.mov(rax, -1L);
            a.@in(eax, 0x68);
        });
        Assert.Equal(["out 60 1 78", "out 62 2 5678", "out 64 4 12345678", "in 66 1", "in 67 2", "in 68 4"], _guest.Accesses);
        Assert.Equal((0xFFFF_FFFF_FFFF_FF66, 0xFFFF_FFFF_FFFF_6767, 0x6868_6868ul), (state.Registers[3], state.Registers[1], state.Registers[0]));
    }

    [Fact]
    public void Repeated_string_instructions_move_each_element()
    {
        _guest.Memory.Write(0x9000, [1, 2, 3, 4, 5, 6]);
        var state = RunToEnd(a =>
        {
            a.mov(dx, 0x60);
            a.mov(esi, 0x9000);
            a.mov(ecx, 3);
            a.cld();
            a.rep.outsw();
            a.mov(edi, 0x9100);
            a.mov(ecx, 2);
            a.rep.insd();
        });
        Assert.Equal(["out 60 2 201", "out 60 2 403", "out 60 2 605", "in 60 4", "in 60 4"], _guest.Accesses);
        byte[] read = new byte[9];
        Assert.True(_guest.Memory.TryRead(0x9100, read));
        Assert.Equal("606060606060606000", Convert.ToHexString(read));
        Assert.Equal((0x9006ul, 0x9108ul, 0ul), (state.Registers[6], state.Registers[7], state.Registers[1]));
    }

    [Fact]
    public void Device_memory_is_loaded_and_stored_in_its_sizes()
    {
        var state = RunToEnd(a =>
        {
            a.mov(edi, (uint)TinyGuest.Device);
            a.mov(rax, 0x1122_3344_5566_7788);
            a.mov(__byte_ptr[rdi], al);
            a.mov(__word_ptr[rdi + 2], ax);
            a.mov(__dword_ptr[rdi + 4], eax);
            a.mov(__qword_ptr[rdi + 8], rax);
            a.mov(__dword_ptr[rdi + 0x10], 0x55);
            a.movzx(ebx, __byte_ptr[rdi + 0x20]);
            a.movsx(rcx, __word_ptr[rdi + 0x22]);
            a.mov(edx, __dword_ptr[rdi + 0x24]);
            a.mov(rsi, __qword_ptr[rdi + 0x28]);
        });
        Assert.Equal(
            ["store 0 1 88", "store 2 2 7788", "store 4 4 55667788", "store 8 8 1122334455667788", "store 10 4 55", "load 20 1", "load 22 2", "load 24 4", "load 28 8"],
            _guest.Accesses);
        Assert.Equal((0x11ul, 0x2211ul, 0x4433_2211ul, 0x8877_6655_4433_2211), (state.Registers[3], state.Registers[1], state.Registers[2], state.Registers[6]));
    }

    [Fact]
    public void Arithmetic_on_device_memory_loads_and_stores_once()
    {
        var state = RunToEnd(a =>
        {
            a.mov(edi, (uint)TinyGuest.Device);
            a.add(__dword_ptr[rdi], 1);
            a.mov(eax, 0xFF);
            a.and(eax, __dword_ptr[rdi + 4]);
            a.mov(ecx, 7);
            a.xchg(__dword_ptr[rdi + 8], ecx);
        });
        Assert.Equal(["load 0 4", "store 0 4 44332212", "load 4 4", "load 8 4", "store 8 4 7"], _guest.Accesses);
        Assert.Equal((0x11ul, 0x4433_2211ul), (state.Registers[0], state.Registers[1]));
    }

    [Fact]
    public void Strings_are_copied_to_and_from_device_memory()
    {
        _guest.Memory.Write(0x9000, [1, 2, 3, 4, 5, 6, 7, 8]);
        RunToEnd(a =>
        {
            a.cld();
            a.mov(esi, 0x9000);
            a.mov(edi, (uint)TinyGuest.Device);
            a.mov(ecx, 2);
            a.rep.movsd();
            a.mov(esi, (uint)TinyGuest.Device);
            a.mov(edi, 0x9100);
            a.mov(ecx, 2);
            a.rep.movsd();
        });
        Assert.Equal(["store 0 4 4030201", "store 4 4 8070605", "load 0 4", "load 4 4"], _guest.Accesses);
        byte[] read = new byte[8];
        Assert.True(_guest.Memory.TryRead(0x9100, read));
        Assert.Equal("1122334411223344", Convert.ToHexString(read));
    }

    [Fact]
    public void Unclaimed_memory_reads_as_ones_and_swallows_writes()
    {
        var state = RunToEnd(a =>
        {
            a.mov(edi, (uint)(TinyGuest.Device + TinyGuest.DeviceSize));
            a.mov(__dword_ptr[rdi], eax);
            a.mov(rbx, __qword_ptr[rdi]);
        });
        Assert.Equal(ulong.MaxValue, state.Registers[3]);
        Assert.Empty(_guest.Accesses);
    }

    [Fact]
    public void Counters_tell_ports_and_device_memory_apart()
    {
        var before = _guest.Processor.Counters;
        RunToEnd(a =>
        {
            a.mov(edi, (uint)TinyGuest.Device);
            for (int i = 0; i < 5; i++) a.mov(__dword_ptr[rdi], eax);
            a.@out(0x60, al);
        });
        var after = _guest.Processor.Counters;
        Assert.Equal((2, 5), (after.PortAccesses - before.PortAccesses, after.MmioAccesses - before.MmioAccesses));
    }
}
