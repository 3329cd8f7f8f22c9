using Iced.Intel;
using VirtEngine.Hypervisors.Software.Vector;

namespace VirtEngine.Hypervisors.Software.Decoding;

/// <content>x87, MMX and SSE.</content>
internal static unsafe partial class Translator
{
    private static Handler TranslateVector(in Instruction i, Op* op)
    {
        if (i.Mnemonic is Mnemonic.Maskmovdqu or Mnemonic.Maskmovq)
        {
            // The only ones whose address is not written out: RDI, with the segment that prefixes choose.
            op->Base = Slot.Rdi;
            op->Size = 1;
            op->LengthAndPrefixes |= (byte)OpPrefixes.Writes;
            SetSegment(i.MemorySegment, op, i.CodeSize == CodeSize.Code64 ? 64 : 32);
            if (i.Op0Kind == Iced.Intel.OpKind.MemorySegEDI) op->Address |= AddressKind.Bits32;
            else if (i.Op0Kind == Iced.Intel.OpKind.MemorySegDI) op->Address |= AddressKind.Bits16;
        }
        return VectorInstructions.Translate(i, op);
    }
}
