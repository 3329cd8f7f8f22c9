using Iced.Intel;

namespace VirtEngine.Tests.Software.Native;

/// <summary>Where a case's explicit memory operand is.</summary>
internal static unsafe class Operand
{
    internal static ulong AddressOf(in Instruction instruction, in NativeCase input)
    {
        ulong sum = instruction.MemoryDisplacement64;
        bool narrow = instruction.MemoryDisplSize == 4;
        if (instruction.IsIPRelativeMemoryOperand) return instruction.IPRelativeMemoryAddress;
        if (instruction.MemoryBase != Register.None)
        {
            narrow = instruction.MemoryBase.IsGPR32();
            sum += input.Registers[instruction.MemoryBase.GetNumber()];
        }
        if (instruction.MemoryIndex != Register.None)
        {
            narrow = instruction.MemoryIndex.IsGPR32();
            ulong index = input.Registers[instruction.MemoryIndex.GetNumber()];
            sum += (instruction.MemoryIndex == Register.AL ? (byte)index : index) * (ulong)instruction.MemoryIndexScale;
        }
        return narrow ? (uint)sum : sum;
    }
}
