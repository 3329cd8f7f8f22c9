using Iced.Intel;
using VirtEngine.Hypervisors.Software.Vector;
using VirtEngine.Tests.Software.Native;

namespace VirtEngine.Tests.Software.Vector;

/// <summary>The stubs alone, without a processor around them: one page of memory, and the checks that precede a stub.</summary>
internal sealed unsafe class StubsUnderTest : IInstructionUnderTest
{
    private const uint NotCanonical = 256, StackFault = 12, GeneralProtection = 13, PageFault = 14, FloatingPoint = 16,
        SimdFloatingPoint = 19;

    public void Run(in Instruction instruction, in NativeCase input, ref NativeResult output)
    {
        fixed (NativeCase* from = &input)
        fixed (NativeResult* to = &output)
        {
            Buffer.MemoryCopy(from->Registers, to->Registers, 128, 128);
            Buffer.MemoryCopy(from->Page, to->Page, NativeCase.PageSize, NativeCase.PageSize);
            to->Flags = from->Flags;
            to->Rip = instruction.Length;
            to->Trap = NativeResult.NoTrap;
            var image = stackalloc byte[FxImage.Size + 16];
            byte* fx = (byte*)(((nint)image + 15) & ~15);
            Buffer.MemoryCopy(from->Fx, fx, 512, 512);
            uint trap = Execute(instruction, input, to, fx);
            Buffer.MemoryCopy(fx, to->Fx, 512, 512);
            if (trap == NativeResult.NoTrap) return;
            to->Trap = trap;
            to->Rip = 0;
        }
    }

    private static uint Execute(in Instruction instruction, in NativeCase input, NativeResult* output, byte* fx)
    {
        Assert.True(VectorStubs.TryGet(instruction, out VectorStub* stub), $"no stub for {instruction.Code}");
        if (stub->Has(VectorTraits.X87 | VectorTraits.Mmx) && VectorUnit.HasPendingX87(fx)) return FloatingPoint;
        var buffer = stackalloc byte[32];
        byte* copy = (byte*)(((nint)buffer + 15) & ~15);
        byte* memory = null;
        uint fault = NativeResult.NoTrap;
        if (stub->MemorySize != 0)
        {
            fault = Find(stub, Operand.AddressOf(instruction, input), output, out memory);
            if (fault == NotCanonical) fault = instruction.MemoryBase is Register.RSP or Register.RBP ? StackFault : GeneralProtection;
            if (fault == NativeResult.NoTrap) Buffer.MemoryCopy(memory, copy, 16, stub->MemorySize);
            else if (!stub->Has(VectorTraits.X87) || !stub->Has(VectorTraits.WritesMemory)) return fault;
        }
        var before = stackalloc byte[FxImage.X87Size];
        Buffer.MemoryCopy(fx, before, FxImage.X87Size, FxImage.X87Size);
        void* first = Place(stub->First, 0, instruction, output, fx, copy);
        void* second = Place(stub->Second, 1, instruction, output, fx, copy);
        var implicitOperands = stackalloc ulong[4];
        implicitOperands[0] = output->Flags & 0x8D5;
        for (int i = 0; i < 3; i++) implicitOperands[i + 1] = output->Registers[i];
        if (!VectorUnit.TryRun(stub, fx, first, second, implicitOperands)) return SimdFloatingPoint;
        output->Flags = (output->Flags & ~0x8D5ul) | (implicitOperands[0] & 0x8D5);
        output->Registers[1] = stub->Has(VectorTraits.WritesIndex) ? implicitOperands[2] : output->Registers[1];
        if (!stub->Has(VectorTraits.WritesMemory) || (stub->Has(VectorTraits.X87)
            && VectorUnit.IsStorePrevented(fx))) return NativeResult.NoTrap;
        if (fault == NativeResult.NoTrap) Buffer.MemoryCopy(copy, memory, stub->MemorySize, stub->MemorySize);
        else Buffer.MemoryCopy(before, fx, FxImage.X87Size, FxImage.X87Size);
        return fault;
    }

    private static uint Find(VectorStub* stub, ulong address, NativeResult* output, out byte* memory)
    {
        memory = output->Page + (address - NativeCase.Data);
        output->Error = 0;
        if ((long)(address << 16) >> 16 != (long)address) return NotCanonical;
        if (stub->Has(VectorTraits.Aligned) && (address & 15) != 0) return GeneralProtection;
        if (address - NativeCase.Data <= (ulong)(NativeCase.PageSize - stub->MemorySize)) return NativeResult.NoTrap;
        output->Error = stub->Has(VectorTraits.WritesMemory) ? 6u : 4u;
        output->Address = address - NativeCase.Data >= NativeCase.PageSize ? address : NativeCase.Data + NativeCase.PageSize;
        return PageFault;
    }

    private static void* Place(OperandPlace place, int operand, in Instruction instruction, NativeResult* output, byte* fx,
        byte* memory) => place switch
    {
        OperandPlace.Xmm => FxImage.XmmOf(fx, instruction.GetOpRegister(operand) - Register.XMM0),
        OperandPlace.Mmx => FxImage.StackOf(fx, instruction.GetOpRegister(operand) - Register.MM0),
        OperandPlace.General => &output->Registers[(int)instruction.GetOpRegister(operand).GetFullRegister() - (int)Register.RAX],
        OperandPlace.Memory => memory,
        _ => null,
    };
}
