using Iced.Intel;
using VirtEngine.Hypervisors.Software.Instructions;

namespace VirtEngine.Hypervisors.Software.Decoding;

/// <content>String instructions (Intel SDM vol. 1, 5.1.8).</content>
internal static unsafe partial class Translator
{
    private static Handler TranslateString(in Instruction i, Op* op, int bits)
    {
        (StringOperation operation, int size) = i.Mnemonic switch
        {
            Mnemonic.Movsb => (StringOperation.Move, 1),
            Mnemonic.Movsw => (StringOperation.Move, 2),
            Mnemonic.Movsd when i.IsStringInstruction => (StringOperation.Move, 4),
            Mnemonic.Movsq => (StringOperation.Move, 8),
            Mnemonic.Stosb => (StringOperation.Store, 1),
            Mnemonic.Stosw => (StringOperation.Store, 2),
            Mnemonic.Stosd => (StringOperation.Store, 4),
            Mnemonic.Stosq => (StringOperation.Store, 8),
            Mnemonic.Lodsb => (StringOperation.Load, 1),
            Mnemonic.Lodsw => (StringOperation.Load, 2),
            Mnemonic.Lodsd => (StringOperation.Load, 4),
            Mnemonic.Lodsq => (StringOperation.Load, 8),
            Mnemonic.Cmpsb => (StringOperation.Compare, 1),
            Mnemonic.Cmpsw => (StringOperation.Compare, 2),
            Mnemonic.Cmpsd when i.IsStringInstruction => (StringOperation.Compare, 4),
            Mnemonic.Cmpsq => (StringOperation.Compare, 8),
            Mnemonic.Scasb => (StringOperation.Scan, 1),
            Mnemonic.Scasw => (StringOperation.Scan, 2),
            Mnemonic.Scasd => (StringOperation.Scan, 4),
            Mnemonic.Scasq => (StringOperation.Scan, 8),
            Mnemonic.Insb => (StringOperation.Input, 1),
            Mnemonic.Insw => (StringOperation.Input, 2),
            Mnemonic.Insd => (StringOperation.Input, 4),
            Mnemonic.Outsb => (StringOperation.Output, 1),
            Mnemonic.Outsw => (StringOperation.Output, 2),
            Mnemonic.Outsd => (StringOperation.Output, 4),
            _ => (StringOperation.Move, 0),
        };
        if (size == 0) return null;
        op->Destination = (byte)operation;
        op->Source = (byte)SegmentNumber(i.SegmentPrefix == Register.None ? Register.DS : i.SegmentPrefix);
        op->Address = AddressBits(i) switch { 16 => AddressKind.Bits16, 32 => AddressKind.Bits32, _ => 0 };
        return BySize(size, &Strings<Width8>.Execute, &Strings<Width16>.Execute, &Strings<Width32>.Execute, &Strings<Width64>.Execute);
    }

    // The address size shows in the operand kinds.
    private static int AddressBits(in Instruction i)
    {
        for (int n = 0; n < i.OpCount; n++)
            switch (i.GetOpKind(n))
            {
                case OpKind.MemorySegSI or OpKind.MemorySegDI or OpKind.MemoryESDI: return 16;
                case OpKind.MemorySegESI or OpKind.MemorySegEDI or OpKind.MemoryESEDI: return 32;
                case OpKind.MemorySegRSI or OpKind.MemorySegRDI or OpKind.MemoryESRDI: return 64;
            }
        return 64;
    }
}
