using Iced.Intel;
using VirtEngine.Hypervisors.Software;
using VirtEngine.Hypervisors.Software.Vector;
using VirtEngine.Tests.Software.Native;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Tests.Software.Vector;

/// <summary>When the x87, MMX and SSE units are not there for the guest: what user code on the processor cannot be made to show.</summary>
public sealed unsafe class VectorAccessTests : IDisposable
{
    private const uint InvalidOpcode = 6, DeviceNotAvailable = 7, FloatingPoint = 16, SimdFloatingPoint = 19;
    private readonly CpuUnderTest _processor = new();
    private readonly NativeCase[] _input = new NativeCase[1];
    private readonly NativeResult[] _output = new NativeResult[1];

    public VectorAccessTests() => X87Environment.Initialize(Fx);

    public void Dispose() => _processor.Dispose();

    public enum Unit { X87, Wait, Mmx, Sse, NoState }

    [Theory]
    [InlineData(Unit.X87, DeviceNotAvailable, DeviceNotAvailable, NativeResult.NoTrap)]
    [InlineData(Unit.Wait, NativeResult.NoTrap, DeviceNotAvailable, NativeResult.NoTrap)]
    [InlineData(Unit.Mmx, InvalidOpcode, DeviceNotAvailable, NativeResult.NoTrap)]
    [InlineData(Unit.Sse, InvalidOpcode, DeviceNotAvailable, InvalidOpcode)]
    [InlineData(Unit.NoState, NativeResult.NoTrap, NativeResult.NoTrap, NativeResult.NoTrap)]
    public void Control_registers_decide(Unit unit, uint emulated, uint switched, uint withoutFxsave)
    {
        CpuState* s = _processor.Cpu.State;
        ulong cr0 = s->Cr0, cr4 = s->Cr4;
        Assert.Equal(NativeResult.NoTrap, Trap(unit));
        s->Cr0 = cr0 | ControlBits.Cr0Em;
        Assert.Equal(emulated, Trap(unit));
        s->Cr0 = cr0 | ControlBits.Cr0Ts;
        Assert.Equal(switched, Trap(unit));
        s->Cr0 = cr0;
        s->Cr4 = cr4 & ~ControlBits.Cr4OsFxsr;
        Assert.Equal(withoutFxsave, Trap(unit));
    }

    [Fact]
    public void Wait_ignores_a_task_switch_without_monitoring()
    {
        _processor.Cpu.State->Cr0 = (_processor.Cpu.State->Cr0 | ControlBits.Cr0Ts) & ~ControlBits.Cr0Mp;
        Assert.Equal(NativeResult.NoTrap, Trap(Unit.Wait));
        Assert.Equal(DeviceNotAvailable, Trap(Unit.X87));
    }

    [Fact]
    public void Simd_exception_is_an_invalid_opcode_where_the_system_knows_none()
    {
        FxImage.MxcsrOf(Fx) = 0x1F80 & ~0x200u; // division by zero unmasked
        ((float*)FxImage.XmmOf(Fx, 0))[0] = 1;
        Assert.Equal(SimdFloatingPoint, Trap(a => a.divss(xmm0, xmm1)));
        _processor.Cpu.State->Cr4 &= ~ControlBits.Cr4OsXmmExcept;
        Assert.Equal(InvalidOpcode, Trap(a => a.divss(xmm0, xmm1)));
    }

    /// <summary>A guest can restore any image. What the status word claims is not believed, or the host's FPU would trap.</summary>
    [Theory]
    [InlineData(0x037F, 0x8080, NativeResult.NoTrap)]
    [InlineData(0x0300, 0x003F, FloatingPoint)]
    public void Contradictory_status_word_stays_the_guests_affair(int control, int status, uint trap)
    {
        FxImage.Control(Fx) = (ushort)control;
        FxImage.Status(Fx) = (ushort)status;
        Assert.Equal(trap, Trap(Unit.X87));
    }

    [Fact]
    public void Last_instruction_and_operand_are_remembered()
    {
        Assert.Equal(NativeResult.NoTrap, Trap(a => a.fld(__dword_ptr[NativeCase.Data + 0x40])));
        fixed (byte* fx = _output[0].Fx)
        {
            Assert.Equal(NativeCase.Code, *(ulong*)(fx + FxImage.InstructionPointer));
            Assert.Equal(NativeCase.Data + 0x40, *(ulong*)(fx + FxImage.DataPointer));
        }
    }

    [Theory]
    [InlineData(true, true, 28, 0x0456_789Au, 0x0000_0000u)]
    [InlineData(true, false, 28, 0xFFFF_789Au, 0x0045_6000u)]
    [InlineData(false, true, 14, 0x789Au, 0u)]
    [InlineData(false, false, 14, 0x789Au, 0x6000u)]
    public void Environment_has_the_modes_format_and_comes_back(bool wide, bool isProtected, int size, uint pointer, uint next)
    {
        var image = stackalloc byte[28];
        *(ulong*)(Fx + FxImage.InstructionPointer) = 0x0456_789A;
        FxImage.Status(Fx) = 0x2800;
        FxImage.Valid(Fx) = 0x20;
        X87Environment.Store(Fx, image, wide, isProtected);
        Assert.Equal(size, X87Environment.Size(wide));
        Assert.Equal(pointer, wide ? ((uint*)image)[3] : ((ushort*)image)[3]);
        Assert.Equal(next, wide ? ((uint*)image)[4] : ((ushort*)image)[4]);
        X87Environment.Initialize(Fx);
        X87Environment.Load(Fx, image, wide, isProtected);
        Assert.Equal(0x2800, FxImage.Status(Fx));
        Assert.Equal(0x20, FxImage.Valid(Fx));
        ulong kept = isProtected ? (wide ? 0x0456_789Aul : 0x789A) : wide ? 0x0456_789Aul : 0x6_789A;
        Assert.Equal(kept, *(ulong*)(Fx + FxImage.InstructionPointer));
    }

    [Fact]
    public void Outside_64_bit_mode_eight_registers_are_saved()
    {
        var area = stackalloc byte[FxImage.Size];
        new Span<byte>(area, FxImage.Size).Fill(0xEE);
        FxImage.XmmOf(Fx, 7)[0] = 7;
        FxSaveArea.Store(Fx, area, is64Bit: false, widePointers: false);
        Assert.Equal(7, FxImage.XmmOf(area, 7)[0]);
        Assert.Equal(0xEE, FxImage.XmmOf(area, 8)[0]);
        FxImage.MxcsrOf(area) = 0x1_0000;
        Assert.False(FxSaveArea.TryLoad(Fx, area, is64Bit: false, widePointers: false));
    }

    private byte* Fx => _processor.Cpu.State->Fx;

    private uint Trap(Unit unit) => Trap(unit switch
    {
        Unit.X87 => a => a.fadd(st0, st0),
        Unit.Wait => a => a.wait(),
        Unit.Mmx => a => a.paddb(mm0, mm1),
        Unit.Sse => a => a.addps(xmm0, xmm1),
        _ => a => a.crc32(eax, ecx),
    });

    private uint Trap(Action<Assembler> write)
    {
        var assembler = new Assembler(64);
        write(assembler);
        using var bytes = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(bytes), NativeCase.Code);
        byte[] code = bytes.ToArray();
        fixed (NativeCase* to = _input)
        {
            code.CopyTo(new Span<byte>(to->Bytes, 16));
            to->CodeLength = code.Length;
            to->Flags = 2;
            Buffer.MemoryCopy(Fx, to->Fx, FxImage.Size, FxImage.Size);
        }
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(code), NativeCase.Code);
        _processor.Run(decoder.Decode(), _input[0], ref _output[0]);
        return _output[0].Trap;
    }
}
