using VirtEngine.Conformance.Guests;
using VirtEngine.Hypervisors;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Conformance;

/// <summary>A processor's state, out and in.</summary>
public class StateTests<TBackend> : IDisposable where TBackend : IBackend
{
    private static readonly uint[] Writable = [0x174, 0x175, 0x176, 0xC000_0081, 0xC000_0082, 0xC000_0083, 0xC000_0084, 0xC000_0102, 0xC000_0103, 0x277, 0x2FF, 0x200, 0x201];

    private readonly TinyGuest _guest = new(TBackend.Hypervisor);

    public void Dispose()
    {
        _guest.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Everything_that_is_put_in_comes_out_again()
    {
        _guest.EnterLongMode();
        var state = _guest.Processor.GetState();
        for (int i = 0; i < 16; i++) state.Registers[i] = 0x0101_0101_0101_0101ul * (ulong)(i + 1);
        state.InstructionPointer = 0xFFFF_8000_1234_5678;
        state.Flags = 0x2_46 | 0xCD5 & 0x8D5;
        state.Segments[4] = new SegmentState(0x10, 0x7FFF_1234_5678, uint.MaxValue, 0xC093);
        state.Segments[5] = new SegmentState(0x10, 0xFFFF_8881_2345_6780, uint.MaxValue, 0xC093);
        state.LocalDescriptorTable = new SegmentState(0x40, 0x1234_5000, 0xFF, 0x82);
        state.TaskRegister = new SegmentState(0x50, 0xFFFF_FE00_0000_3000, 0x2087, 0x8B);
        state.GlobalDescriptorTable = new TableState(0xFFFF_FE00_0000_1000, 0x7F);
        state.InterruptDescriptorTable = new TableState(0xFFFF_FE00_0000_0000, 0xFFF);
        state.Cr2 = 0xDEAD_BEEF_F00D;
        for (int i = 0; i < 4; i++) state.DebugRegisters[i] = 0x1000ul * (ulong)(i + 1);
        new Random(7).NextBytes(state.FxSave.AsSpan(160, 256));
        for (int i = 0; i < 8; i++) new Random(i).NextBytes(state.FxSave.AsSpan(32 + 16 * i, 10));
        BitConverter.TryWriteBytes(state.FxSave.AsSpan(0), (ushort)0x27F);
        BitConverter.TryWriteBytes(state.FxSave.AsSpan(2), (ushort)0x3800);
        state.FxSave[4] = 0x81;
        BitConverter.TryWriteBytes(state.FxSave.AsSpan(24), 0x9FC0u);
        state.Msrs[0x174] = 0x10;
        state.Msrs[0x175] = 0xFFFF_FE00_0000_2000;
        state.Msrs[0x176] = 0xFFFF_8000_0000_1000;
        state.Msrs[0xC000_0081] = 0x0023_0010_0000_0000;
        state.Msrs[0xC000_0082] = 0xFFFF_8000_0000_2000;
        state.Msrs[0xC000_0083] = 0xFFFF_8000_0000_3000;
        state.Msrs[0xC000_0084] = 0x4_7700;
        state.Msrs[0xC000_0102] = 0xFFFF_8000_0000_4000;
        state.Msrs[0xC000_0103] = 3;
        state.Msrs[0x277] = 0x0407_0506_0007_0106;
        state.Msrs[0x2FF] = 0xC06;
        state.Msrs[0x200] = 0xC000_0000;
        state.Msrs[0x201] = 0xFF_C000_0800;
        state.NmiPending = true;
        state.NmiBlocked = true;

        _guest.Processor.SetState(state);
        AssertSame(state, _guest.Processor.GetState());
    }

    [Fact]
    public void State_taken_in_the_middle_of_a_computation_goes_on_in_another_partition()
    {
        const uint rounds = 3_000_000;
        _guest.Load(64, a =>
        {
            var again = a.CreateLabel();
            a.mov(ecx, rounds);
            a.cvtsi2sd(xmm1, ecx);
            a.fld1();
            a.Label(ref again);
            a.add(rax, rcx);
            a.paddq(xmm0, xmm1);
            a.dec(ecx);
            a.jnz(again);
            a.@out(0xF4, al);
            a.hlt();
        });
        _guest.EnterLongMode();
        _guest.Run();
        var whole = _guest.Processor.GetState();

        _guest.EnterLongMode();
        var state = _guest.Processor.GetState();
        var owner = _guest;
        for (int i = 0; i < 3; i++)
        {
            using var other = new TinyGuest(TBackend.Hypervisor);
            byte[] ram = new byte[1 << 20];
            Assert.True(owner.Memory.TryRead(0, ram));
            other.Memory.Write(0, ram);
            other.Processor.SetState(state);
            using var kick = new Timer(_ => other.Processor.Kick(), null, 1, Timeout.Infinite);
            Assert.Equal(ExitReason.Canceled, other.Processor.Run().Reason);
            state = other.Processor.GetState();
        }
        _guest.Processor.SetState(state);
        // On a busy host all kicks may come before the first instruction, when ECX is still 0.
        bool ended = (uint)state.Registers[1] == 0 && state.Registers[0] != 0;
        if (!ended) _guest.Run();
        var moved = _guest.Processor.GetState();
        Assert.Equal(whole.Registers[0], moved.Registers[0]);
        Assert.Equal(whole.FxSave.AsSpan(160, 32).ToArray(), moved.FxSave.AsSpan(160, 32).ToArray());
        Assert.Equal(whole.FxSave.AsSpan(32, 10).ToArray(), moved.FxSave.AsSpan(32, 10).ToArray());
    }

    private static void AssertSame(ProcessorState expected, ProcessorState actual)
    {
        Assert.Equal(expected.Registers, actual.Registers);
        Assert.Equal((expected.InstructionPointer, expected.Flags), (actual.InstructionPointer, actual.Flags));
        for (int i = 0; i < 6; i++) Assert.Equal((i, expected.Segments[i]), (i, actual.Segments[i]));
        Assert.Equal((expected.LocalDescriptorTable, expected.TaskRegister), (actual.LocalDescriptorTable, actual.TaskRegister));
        Assert.Equal((expected.GlobalDescriptorTable, expected.InterruptDescriptorTable), (actual.GlobalDescriptorTable, actual.InterruptDescriptorTable));
        Assert.Equal(
            (expected.Cr0, expected.Cr2, expected.Cr3, expected.Cr4, expected.Cr8, expected.Efer), (actual.Cr0, actual.Cr2, actual.Cr3, actual.Cr4, actual.Cr8, actual.Efer));
        Assert.Equal(expected.DebugRegisters, actual.DebugRegisters);
        Assert.Equal(Convert.ToHexString(expected.FxSave, 0, 6), Convert.ToHexString(actual.FxSave, 0, 6));
        Assert.Equal(Convert.ToHexString(expected.FxSave, 24, 4), Convert.ToHexString(actual.FxSave, 24, 4));
        for (int i = 0; i < 8; i++) Assert.Equal(Convert.ToHexString(expected.FxSave, 32 + 16 * i, 10), Convert.ToHexString(actual.FxSave, 32 + 16 * i, 10));
        Assert.Equal(Convert.ToHexString(expected.FxSave, 160, 256), Convert.ToHexString(actual.FxSave, 160, 256));
        foreach (uint register in Writable) Assert.Equal((register, expected.Msrs[register]), (register, actual.Msrs[register]));
        Assert.Equal(
            (expected.Activity, expected.InterruptShadow, expected.NmiBlocked, expected.NmiPending),
            (actual.Activity, actual.InterruptShadow, actual.NmiBlocked, actual.NmiPending));
    }
}
