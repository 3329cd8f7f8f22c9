using Iced.Intel;
using VirtEngine.Bus;
using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Software;
using VirtEngine.Memory;

namespace VirtEngine.Tests.Software.Native;

/// <summary>The software processor in 64-bit user mode, with the data and the code page where the native runner has them.</summary>
internal sealed unsafe class CpuUnderTest : IInstructionUnderTest, IDisposable
{
    private const ulong Tables = 0x1000, DataFrame = 0x1_0000, CodeFrame = 0x1_1000, CodePage = NativeCase.Code & ~0xFFFul;
    private const ulong PresentUser = 5, PresentWritableUser = 7;
    private const int MaxRounds = 10_000;

    // Fills the code page: it faults in user mode, which tells where the instruction ended.
    private const byte Halt = 0xF4;

    private readonly GuestMemory _memory = new(16 << 20);
    private readonly Cpu _cpu;
    private readonly byte* _data;
    private readonly byte* _code;

    internal CpuUnderTest()
    {
        var profile = new CpuProfile
        {
            Name = "test",
            TscHz = 1_000_000_000,
            ApicTimerHz = 1_000_000_000,
            Cpuid = [],
            ConstantMsrs = new Dictionary<uint, ulong>(),
        };
        _cpu = new Cpu(0, _memory, new Nothing(), new Nothing(), profile);
        _data = PointerTo(DataFrame);
        _code = PointerTo(CodeFrame);
        Map();
        _cpu.SetState(UserMode());
    }

    /// <summary>The processor, to change what cases do not hold.</summary>
    internal Cpu Cpu => _cpu;

    public void Run(in Instruction instruction, in NativeCase input, ref NativeResult output)
    {
        CpuState* s = _cpu.State;
        fixed (NativeCase* from = &input)
        {
            for (int i = 0; i < 16; i++) s->Registers[i] = from->Registers[i];
            Buffer.MemoryCopy(from->Page, _data, NativeCase.PageSize, NativeCase.PageSize);
            Buffer.MemoryCopy(from->Fx, s->Fx, 512, 512);
            byte* place = _code + (NativeCase.Code - CodePage);
            new Span<byte>(_code, NativeCase.PageSize).Fill(Halt);
            Buffer.MemoryCopy(from->Bytes, place, 16, from->CodeLength);
            _memory.NotifyWritten(CodeFrame, NativeCase.PageSize);
            _cpu.SetFlags(from->Flags);
        }
        s->Rip = NativeCase.Code;
        s->Pending = 0;
        int rounds = 0;
        do
        {
            Block* block = _cpu.FindBlock(s->Rip);
            if (block != null) Interpreter.Run(_cpu, block);
        }
        while (!_cpu.IsFaulting && ++rounds < MaxRounds);
        Collect(ref output);
    }

    private void Collect(ref NativeResult output)
    {
        CpuState* s = _cpu.State;
        fixed (NativeResult* to = &output)
        {
            for (int i = 0; i < 16; i++) to->Registers[i] = s->Registers[i];
            Buffer.MemoryCopy(_data, to->Page, NativeCase.PageSize, NativeCase.PageSize);
            Buffer.MemoryCopy(s->Fx, to->Fx, 512, 512);
            to->Flags = _cpu.GetFlags();
            to->Rip = (long)(s->Rip - NativeCase.Code);
            to->Error = to->Address = 0;
            to->Trap = NativeResult.NoTrap;
            bool ended = _cpu.FaultVector == ExceptionVector.GeneralProtection && to->Rip != 0;
            if (!ended)
            {
                to->Trap = (uint)_cpu.FaultVector;
                to->Error = ExceptionVector.HasErrorCode((byte)_cpu.FaultVector) ? _cpu.FaultCode : 0;
                if (_cpu.FaultVector == ExceptionVector.PageFault) to->Address = _cpu.FaultAddress;
            }
            _cpu.ClearFault();
        }
    }

    public void Dispose()
    {
        _cpu.Dispose();
        _memory.Dispose();
    }

    private byte* PointerTo(ulong address)
    {
        Assert.True(_memory.TryGetPointer(address, NativeCase.PageSize, out byte* host));
        return host;
    }

    private void Map()
    {
        ulong next = Tables + 0x1000;
        MapPage(NativeCase.Data, DataFrame | PresentWritableUser);
        MapPage(CodePage, CodeFrame | PresentUser);

        void MapPage(ulong linear, ulong leaf)
        {
            ulong table = Tables;
            for (int shift = 39; shift > 12; shift -= 9)
            {
                ulong* entry = (ulong*)PointerTo(table) + (linear >> shift & 511);
                if (*entry == 0)
                {
                    *entry = next | PresentWritableUser;
                    next += 0x1000;
                }
                table = *entry & ~0xFFFul;
            }
            ((ulong*)PointerTo(table))[linear >> 12 & 511] = leaf;
        }
    }

    private static ProcessorState UserMode()
    {
        var state = ProcessorState.Reset();
        state.Cr0 = ControlBits.Cr0Pe | ControlBits.Cr0Mp | ControlBits.Cr0Et | ControlBits.Cr0Ne | ControlBits.Cr0Wp | ControlBits.Cr0Pg;
        state.Cr3 = Tables;
        state.Cr4 = ControlBits.Cr4Pae | ControlBits.Cr4OsFxsr | ControlBits.Cr4OsXmmExcept;
        state.Efer = ControlBits.EferSce | ControlBits.EferLme | ControlBits.EferLma | ControlBits.EferNxe;
        Array.Fill(state.Segments, new SegmentState(0x2B, 0, uint.MaxValue, 0xC0F3));
        state.Segments[SegmentRegister.Cs] = new SegmentState(0x33, 0, uint.MaxValue, 0xA0FB);
        return state;
    }

    /// <summary>No devices, no interrupts.</summary>
    private sealed class Nothing : IGuestBus, ISystemServices
    {
        public int ProcessorCount => 1;

        public ulong ApicPage => ulong.MaxValue;

        public ulong TaskPriority { get; set; }

        public object BusLock { get; } = new();

        public ulong ReadTsc() => 0;

        public ulong ReadApic(int offset, int size) => 0;

        public void WriteApic(int offset, int size, ulong value) { }

        public bool TryReadApicMsr(uint msr, out ulong value)
        {
            value = 0;
            return false;
        }

        public bool TryWriteApicMsr(uint msr, ulong value) => false;

        public int AcknowledgeInterrupt() => -1;

        public uint ReadPort(ushort port, int size) => uint.MaxValue;

        public void WritePort(ushort port, int size, uint value) { }

        public ulong ReadMmio(ulong address, int size) => ulong.MaxValue;

        public void WriteMmio(ulong address, int size, ulong value) { }
    }
}
