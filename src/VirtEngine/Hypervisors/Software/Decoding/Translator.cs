global using unsafe Handler = delegate*<VirtEngine.Hypervisors.Software.Cpu, VirtEngine.Hypervisors.Software.Op*, bool>;

using System.Numerics;
using Iced.Intel;
using VirtEngine.Hypervisors.Software.Instructions;

namespace VirtEngine.Hypervisors.Software.Decoding;

/// <summary>
/// Turns one decoded instruction into an <see cref="Op"/>: its operands into slots and an address, its meaning into a handler. The files
/// beside this one hold the instructions by the Intel manual's groups.
/// </summary>
internal static unsafe partial class Translator
{
    /// <summary>Translates.</summary>
    /// <param name="i">The instruction, decoded with its distance from the block's start as IP.</param>
    /// <param name="op">Where the op goes.</param>
    /// <param name="bits">The code size: 16, 32 or 64.</param>
    /// <param name="endsBlock">Whether control or what blocks depend on may change: the block ends behind it.</param>
    internal static void Translate(in Instruction i, Op* op, int bits, out bool endsBlock)
    {
        *op = default;
        op->Base = op->Index = Slot.Zero;
        op->Offset = (ushort)i.IP;
        op->LengthAndPrefixes = (byte)(i.Length | (int)(i.HasLockPrefix ? OpPrefixes.Lock : 0) | (int)(i.HasRepPrefix ? OpPrefixes.Rep : 0)
            | (int)(i.HasRepnePrefix ? OpPrefixes.Repne : 0));
        endsBlock = false;
        if (i.IsInvalid || i.Encoding != EncodingKind.Legacy) { op->Handler = &Miscellaneous.InvalidOpcode; endsBlock = true; }
        else
        {
            int memory = MemoryOperand(i);
            if (memory >= 0) SetAddress(i, op, bits, writes: memory == 0 && i.Mnemonic is not (Mnemonic.Cmp or Mnemonic.Test or Mnemonic.Push));
            op->Handler = TranslateTransfer(i, op, bits);
            if (op->Handler == null) op->Handler = TranslateArithmetic(i, op);
            if (op->Handler == null) op->Handler = TranslateControl(i, op, bits, ref endsBlock);
            if (op->Handler == null) op->Handler = TranslateString(i, op, bits);
            if (op->Handler == null) op->Handler = TranslateSystem(i, op, bits, ref endsBlock);
            if (op->Handler == null) op->Handler = TranslateVector(i, op);
            if (op->Handler == null) { op->Handler = &Miscellaneous.InvalidOpcode; endsBlock = true; }
        }
        op->Kind = HotCases.Of(op);
    }

    /// <summary>Slot of a general register.</summary>
    private static byte SlotOf(Register register)
    {
        if (register == Register.None) return Slot.Zero;
        if (register is >= Register.AH and <= Register.BH) return (byte)((register - Register.AH) * 8 + 1);
        int number = register.GetFullRegister() - Register.RAX;
        return (byte)(number * 8);
    }

    /// <summary>Number of the memory operand, or −1.</summary>
    private static int MemoryOperand(in Instruction i)
    {
        for (int n = 0; n < i.OpCount; n++)
            if (i.GetOpKind(n) == OpKind.Memory) return n;
        return -1;
    }

    private static void SetAddress(in Instruction i, Op* op, int bits, bool writes)
    {
        op->Size = (byte)Math.Min(Math.Max(i.MemorySize.GetSize(), 1), 255);
        if (writes) op->LengthAndPrefixes |= (byte)OpPrefixes.Writes;
        SetSegment(i.MemorySegment, op, bits);
        long displacement = (long)i.MemoryDisplacement64;
        int addressBits;
        if (i.IsIPRelativeMemoryOperand)
        {
            // Decoded with the block's start as 0, the target is the distance from it.
            op->Base = Slot.BlockRip;
            addressBits = i.MemoryBase == Register.EIP ? 32 : 64;
            displacement = (long)i.IPRelativeMemoryAddress;
            if (addressBits == 32) displacement = (int)displacement;
            if (displacement != (int)displacement)
            {
                op->Address |= AddressKind.FromNextInstruction;
                displacement -= (long)i.NextIP;
            }
        }
        else
        {
            op->Base = SlotOf(i.MemoryBase);
            op->Index = SlotOf(i.MemoryIndex);
            op->Scale = (byte)BitOperations.Log2((uint)i.MemoryIndexScale);
            Register named = i.MemoryBase != Register.None ? i.MemoryBase : i.MemoryIndex;
            addressBits = named != Register.None ? named.GetSize() * 8
                : i.MemoryDisplSize == 8 ? 64 : i.MemoryDisplSize == 2 ? 16 : 32;
            if (addressBits < 64) displacement = (int)displacement;
        }
        op->Displacement = (int)displacement;
        if (addressBits == 32) op->Address |= AddressKind.Bits32;
        else if (addressBits == 16) op->Address |= AddressKind.Bits16;
    }

    /// <summary>In 64-bit mode only FS and GS have a base; elsewhere every segment counts.</summary>
    private static void SetSegment(Register segment, Op* op, int bits)
    {
        int number = SegmentNumber(segment);
        if (bits == 64)
        {
            if (number >= SegmentRegister.Fs) op->Address |= (byte)(number << AddressKind.SegmentShift);
        }
        else op->Address |= (byte)(AddressKind.Legacy | number << AddressKind.SegmentShift);
    }

    private static int SegmentNumber(Register segment) => segment - Register.ES;

    private static bool IsRegister(in Instruction i, int operand) => i.GetOpKind(operand) == OpKind.Register;

    private static bool IsMemory(in Instruction i, int operand) => i.GetOpKind(operand) == OpKind.Memory;

    /// <summary>Bytes of an operand.</summary>
    private static int SizeOf(in Instruction i, int operand) =>
        IsRegister(i, operand) ? i.GetOpRegister(operand).GetSize() : i.MemorySize.GetSize();

    /// <summary>Picks a handler by size in bytes.</summary>
    private static Handler BySize(int bytes, Handler of8, Handler of16, Handler of32, Handler of64) =>
        bytes switch { 1 => of8, 2 => of16, 4 => of32, 8 => of64, _ => throw new InvalidOperationException($"No operand has {bytes} bytes.") };

    private static Handler BySize(int bytes, Handler of16, Handler of32, Handler of64) => BySize(bytes, null, of16, of32, of64);

    private static void SetDestination(in Instruction i, Op* op) => op->Destination = SlotOf(i.Op0Register);

    private static void SetSource(in Instruction i, Op* op, int operand = 1) => op->Source = SlotOf(i.GetOpRegister(operand));
}
