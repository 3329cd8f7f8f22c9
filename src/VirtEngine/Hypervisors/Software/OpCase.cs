namespace VirtEngine.Hypervisors.Software;

/// <summary>
/// The interpreter's cases. The names say the operation, the operand forms (R register, I immediate, M memory, destination first) and the
/// operand size. Everything that is not worth a case of its own is <see cref="Call"/>.
/// </summary>
internal enum OpCase : ushort
{
    /// <summary>Calls the handler.</summary>
    Call,

    /// <summary>The block goes on in the next one.</summary>
    EndOfBlock,

    /// <summary>The block's code was overwritten while it ran: look up again from here.</summary>
    Outdated,

    Nop,
    MovRR32, MovRR64, MovRI8, MovRI32, MovRI64,
    Load8, Load32, Load64, LoadZero8, LoadZero16, LoadSign32,
    Store8, Store16, Store32, Store64, StoreI8, StoreI32, StoreI64,
    ZeroRR8, ZeroRR16, SignRR32,
    Lea32, Lea64,
    AddRR32, AddRR64, AddRI32, AddRI64, AddRM32, AddRM64, AddMR64, AddMI32, AddMI64,
    SubRR32, SubRR64, SubRI32, SubRI64, SubRM64,
    AndRR32, AndRR64, AndRI32, AndRI64, AndRI8, AndRM64,
    OrRR32, OrRR64, OrRI32, OrRI64, OrRM64,
    XorRR32, XorRR64, XorRI32, XorRM32, XorRM64,
    CmpRR8, CmpRR32, CmpRR64, CmpRI8, CmpRI32, CmpRI64, CmpRM32, CmpRM64, CmpMR32, CmpMR64, CmpMI8, CmpMI16, CmpMI32, CmpMI64,
    TestRR8, TestRR32, TestRR64, TestRI8, TestRI32, TestMI8, TestMI32,
    IncR32, IncR64, DecR32, DecR64,
    ShlRI32, ShlRI64, ShrRI32, ShrRI64, SarRI32, SarRI64,
    Push64, Pop64,

    // The last op of a block.
    Jump, JumpIf, CallNear, ReturnNear, JumpRegister64, JumpMemory64, CallRegister64, CallMemory64,

    // A comparison and the conditional jump behind it. Destination and source or immediate are the comparison's, the jump's distance is
    // the displacement and its condition the scale.
    CmpRRJump32, CmpRRJump64, CmpRIJump32, CmpRIJump64, TestRRJump8, TestRRJump32, TestRRJump64, DecJump32, DecJump64,
}
